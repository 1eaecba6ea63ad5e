"""A film file with its sound, looping or once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from studio.core.clock import NS
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.sound import RATE
from studio.sources.base import Feed, Progress, Source, Surroundings
from studio.sources.pacing import SOUND_AHEAD_NS, Player

if TYPE_CHECKING:
    import av


class ClipSettings(Settings):
    """Settings of a clip."""

    path: Annotated[str, setting("文件", "File", "file")] = ""
    loop: Annotated[bool, setting("循环", "Loop")] = True
    watch_frozen: Annotated[bool, setting("画面不动视为故障", "Frozen counts as a fault")] = True


class Clip(Source):
    """Plays any file FFmpeg reads; sound and picture on one clock."""

    kind: ClassVar[str] = "clip"
    label: ClassVar[Text] = Text("视频文件", "Clip")
    help: ClassVar[Text] = Text("播放一个视频文件，可循环。", "Plays a film, looped or once.")
    Settings: ClassVar[type[Settings]] = ClipSettings
    has_sound: ClassVar[bool] = True
    is_media: ClassVar[bool] = True
    is_live: bool = True

    settings: ClipSettings

    def __init__(self, settings: Any, around: Surroundings) -> None:
        super().__init__(settings, around)
        self.is_live = settings.watch_frozen
        self._playing = threading.Event()
        self._playing.set()
        self._seek_ms: float | None = None
        self._state: Literal["playing", "paused", "stopped", "ended"] = "playing"
        self._duration_ms: int | None = None
        self._at_ms = 0

    def control(self, action: str, value: float) -> None:
        """play, pause, stop, restart, seek (ms)."""
        if action in ("pause", "stop"):
            self._playing.clear()
            self._state = "paused" if action == "pause" else "stopped"
        if action in ("play", "restart"):
            self._playing.set()
            self._state = "playing"
        if action in ("restart", "stop"):
            self._seek_ms = 0.0
        if action == "seek":
            self._seek_ms = value

    def progress(self) -> Progress:
        """Where in the film it is."""
        return Progress(self._state, self._duration_ms, self._at_ms)

    def run(self, feed: Feed) -> None:
        """Decodes and paces until stopped, or to the end without ``loop``."""
        self._run_file(feed, self.around.find(self.settings.path))

    def _run_file(self, feed: Feed, path: Path) -> None:
        # Sound is read through a second handle: files whose tracks lie far apart play evenly.
        pictures, sounds = _Track(path, "video"), _Track(path, "audio")
        if not pictures.is_there and not sounds.is_there:
            raise StudioError("invalid", "sources.file_empty", path=str(path))
        try:
            self._play(feed, pictures, sounds, str(path))
        finally:
            pictures.close()
            sounds.close()

    def _play(self, feed: Feed, pictures: _Track, sounds: _Track, path: str) -> None:
        player = Player(feed)
        from_ms = 0.0
        main = pictures if pictures.is_there else sounds
        self._duration_ms = main.duration_ms
        while not feed.stopping.is_set():
            pictures.seek(from_ms)
            sounds.seek(from_ms)
            player.restart(None if from_ms == 0.0 else 0)
            from_ms, self._seek_ms = 0.0, None
            seen = 0
            for frame in main.frames():
                seen += 1
                if main is pictures:
                    sounds.deliver(player, frame.time or 0.0)
                    player.picture(frame)
                else:
                    player.sound(frame)
                    player.only_sound()
                self._at_ms = round((frame.time or 0.0) * 1000)
                self._pause(feed, player)
                if feed.stopping.is_set() or self._seek_ms is not None:
                    break
            if not seen:
                raise StudioError("invalid", "sources.file_empty", path=path)
            if self._seek_ms is not None:
                from_ms = self._seek_ms
                continue
            player.finish()
            if not self.settings.loop:
                self._state = "ended"
                feed.stopping.wait()

    def _pause(self, feed: Feed, player: Player) -> None:
        while not self._playing.is_set() and not feed.stopping.is_set():
            self._playing.wait(0.1)
            player.hold()


class _Track:
    """One track of a file: decoded frames, sound already at 48 kHz stereo float."""

    def __init__(self, path: Path, kind: str) -> None:
        import av

        if not path.is_file():
            raise StudioError("not_found", "sources.file_missing", path=str(path))
        try:
            self._media = av.open(str(path))
        except (av.FFmpegError, OSError) as error:
            raise StudioError(
                "invalid", "sources.file_broken", path=str(path), why=str(error)
            ) from None
        found = self._media.streams.video if kind == "video" else self._media.streams.audio
        self._stream = found[0] if found else None
        if self._stream is not None:
            # One thread: decoding is cheap, and the encoders need the cores.
            self._stream.codec_context.thread_count = 1
        self._path = path
        self._ahead: Iterator[Any] | None = None
        self._next: av.AudioFrame | None = None

    @property
    def is_there(self) -> bool:
        """Has the file such a track?"""
        return self._stream is not None

    @property
    def duration_ms(self) -> int | None:
        """How long the file is."""
        found = self._media.duration
        return None if found is None else round(found / 1000)

    def close(self) -> None:
        """Closes the file."""
        self._media.close()

    def seek(self, ms: float) -> None:
        """To the keyframe at or before ``ms``."""
        if self._stream is not None:
            self._media.seek(round(ms * 1000))
        self._ahead = self._next = None

    def frames(self) -> Iterator[Any]:
        """Decoded frames to the end; a broken place ends it early."""
        import av

        if self._stream is None:
            return
        is_sound = self._stream.type == "audio"
        sampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
        try:
            for packet in self._media.demux(self._stream):
                for frame in packet.decode():
                    if is_sound:
                        yield from sampler.resample(frame)  # type: ignore[arg-type]
                    else:
                        yield frame
        except av.FFmpegError:
            # The rest cannot be read; what could be was shown, the loop starts over.
            return

    def deliver(self, player: Player, media_s: float) -> None:
        """Hands the player all sound up to a little past ``media_s``."""
        if self._stream is None:
            return
        if self._ahead is None:
            self._ahead = self.frames()
            self._next = next(self._ahead, None)
        until = media_s + 2 * SOUND_AHEAD_NS / NS
        while self._next is not None and (self._next.time or 0.0) <= until:
            player.sound(self._next)
            self._next = next(self._ahead, None)
