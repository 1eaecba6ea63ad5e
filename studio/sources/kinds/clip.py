"""A film file with its sound: looped or once, from a place to a place, at a speed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.frame import clear
from studio.sources.base import Feed, Progress, Source, SourceContext
from studio.sources.file_list import is_list, read_list
from studio.sources.film import Film, Stop

OnShow = Literal["follow", "pause", "restart", "on_air", "on_air_pause"]
ON_SHOW = {
    "follow": ("跟上时间", "As if it had gone on"),
    "pause": ("从暂停处继续", "Go on where it was"),
    "restart": ("从头播放", "Start over"),
    "on_air": ("切到直播时从头播放，之前停在开头", "Start over on air, wait at its start"),
    "on_air_pause": ("只在直播中播放，离开时暂停", "Play on air alone, pause when it leaves"),
}
LOOK_S = 0.05


class ClipSettings(Settings):
    """Settings of a clip."""

    path: Annotated[str, setting("文件", "File", "file")] = ""
    loop: Annotated[bool, setting("循环", "Loop")] = True
    sound: Annotated[bool, setting("播放声音", "Play its sound")] = True
    sound_track: Annotated[
        int,
        setting("第几条声轨（0 为首条可播放的）", "Sound track (0: first that plays)", ge=0, le=64),
    ] = 0
    in_ms: Annotated[int, setting("入点（毫秒）", "In point (ms)", ge=0, le=86_400_000)] = 0
    out_ms: Annotated[
        int, setting("出点（毫秒，0 为结尾）", "Out point (ms, 0: the end)", ge=0, le=86_400_000)
    ] = 0
    cues: Annotated[list[int], setting("标记点（毫秒）", "Cue points (ms)", "numbers")] = []
    speed: Annotated[float, setting("速度", "Speed", ge=0.5, le=2)] = 1.0
    on_show: Annotated[
        OnShow,
        setting(
            "无人观看后再显示时",
            "When it is seen again",
            words=ON_SHOW,
        ),
    ] = "follow"
    clear_at_end: Annotated[bool, setting("播完后清空画面", "Nothing is shown at its end")] = False
    deinterlace: Annotated[bool, setting("去隔行", "Deinterlace")] = True
    watch_frozen: Annotated[bool, setting("画面不动视为故障", "Frozen counts as a fault")] = False


class Clip(Source):
    """Plays any file FFmpeg reads; sound and picture on one clock."""

    kind: ClassVar[str] = "clip"
    label: ClassVar[Text] = Text("视频文件", "Clip")
    help: ClassVar[Text] = Text(
        "播放一个视频文件：循环、入点出点、标记点、速度；可带透明。",
        "Plays a film: looped, from a place to a place, at a speed; alpha is kept.",
    )
    Settings: ClassVar[type[Settings]] = ClipSettings
    has_sound: ClassVar[bool] = True
    sound_ahead_ms: ClassVar[int] = 60
    is_media: ClassVar[bool] = True
    is_live: bool = False  # a film may well stand still, as at its end card

    settings: ClipSettings

    def __init__(self, settings: Any, around: SourceContext) -> None:
        super().__init__(settings, around)
        self.is_live = settings.watch_frozen
        self._playing = threading.Event()
        self._playing.set()
        self._seek_ms: float | None = None
        self._state: Literal["playing", "paused", "stopped", "ended"] = "playing"
        self._duration_ms: int | None = None
        self._at_ms = 0
        self.put_on_air(False)

    @property
    def in_ms(self) -> int:
        """Where it begins."""
        return int(getattr(self.settings, "in_ms", 0))

    def control(self, action: str, value: float) -> None:
        """play, pause, stop, restart, seek (ms), cue (number from 1), next and previous cue."""
        if action == "stop" or (action == "pause" and self._state != "ended"):
            self._playing.clear()
            self._state = "paused" if action == "pause" else "stopped"
        if action in ("play", "restart"):
            if action == "play" and self._state == "ended":
                self._seek_ms = float(self.in_ms)
            self._playing.set()
            self._state = "playing"
        if action in ("restart", "stop"):
            self._seek_ms = float(self.in_ms)
        if action == "seek":
            self._seek_ms = max(0.0, value)
        if action in ("cue", "next", "previous"):
            self._to_cue(action, round(value))

    def _to_cue(self, action: str, number: int) -> None:
        cues = sorted(getattr(self.settings, "cues", []))
        if action == "cue":
            if not 1 <= number <= len(cues):
                raise StudioError("not_found", "sources.no_cue", cue=str(number), n=str(len(cues)))
            self._seek_ms = float(cues[number - 1])
        elif action == "next":
            later = [cue for cue in cues if cue > self._at_ms + 50]
            self._seek_ms = float(later[0]) if later else self._seek_ms
        else:
            earlier = [cue for cue in cues if cue < self._at_ms - 1000]
            self._seek_ms = float(earlier[-1]) if earlier else float(self.in_ms)
        if self._state == "ended":
            self._state = "playing"

    def progress(self) -> Progress:
        """Where in the film it is."""
        return Progress(self._state, self._duration_ms, self._at_ms)

    def run(self, feed: Feed) -> None:
        """Decodes and paces until stopped, or to the end without ``loop``."""
        path = self.around.find(self.settings.path)
        if is_list(path):
            named = read_list(path)
            if len(named) > 1:
                n = str(len(named))
                raise StudioError("invalid", "sources.list_of_files", path=str(path), n=n)
            path = named[0]
        self._run_file(feed, path)

    def _run_file(self, feed: Feed, path: Path) -> None:
        settings = self.settings
        in_ms, out_ms = self.in_ms, int(getattr(settings, "out_ms", 0))
        if out_ms and out_ms <= in_ms:
            raise StudioError("invalid", "sources.in_out", in_ms=str(in_ms), out_ms=str(out_ms))
        with Film(
            path,
            feed,
            has_sound=bool(getattr(settings, "sound", True)),
            speed=float(getattr(settings, "speed", 1.0)),
            out_ms=out_ms or None,
            deinterlaces=bool(getattr(settings, "deinterlace", True)),
            sound_track=int(getattr(settings, "sound_track", 0)),
        ) as film:
            self._duration_ms = film.duration_ms
            self._play(feed, film, in_ms)

    def _play(self, feed: Feed, film: Film, in_ms: int) -> None:
        from_ms, is_exact, goes_on = float(in_ms), True, False
        while not feed.stopping.is_set():
            self._seek_ms = None
            why = film.play(from_ms, self._look, is_exact=is_exact, goes_on=goes_on)
            self._at_ms = round(film.at_ms)
            from_ms, is_exact, goes_on = float(in_ms), True, why is Stop.END
            if why is Stop.REST:
                from_ms, is_exact = self._rest(feed, film), False
            elif self._seek_ms is not None:
                from_ms = self._seek_ms
            elif why is Stop.END:
                film.finish()
                if not self.settings.loop:
                    self._wait_for_more(feed)
                    goes_on = False
                    from_ms = self._seek_ms if self._seek_ms is not None else from_ms

    def _look(self, film: Film, at_ms: float) -> bool:
        """Asked by the film at every picture: True ends its playing."""
        self._at_ms = round(at_ms)
        if not self._playing.is_set():
            film.hold(self._playing, lambda: self._seek_ms is not None)
        return self._seek_ms is not None

    def _wait_for_more(self, feed: Feed) -> None:
        """At the end: until it is wound or played again, or shown again where that starts it."""
        self._state = "ended"
        starts_again = getattr(self.settings, "on_show", "follow") == "restart"
        was_left = False
        if getattr(self.settings, "clear_at_end", False) and feed.size:
            feed.picture(clear(*feed.size, now_ns()))
        while not feed.stopping.wait(LOOK_S) and self._seek_ms is None:
            feed.still_here()
            if starts_again and was_left and not feed.may_rest:
                self._seek_ms = float(self.in_ms)
            was_left = was_left or feed.may_rest
        if self._state == "ended":
            self._state = "playing"

    def _rest(self, feed: Feed, film: Film) -> float:
        """Nobody looks or hears: nothing is decoded. Returns where to go on, ms."""
        began, at_ms = now_ns(), film.at_ms
        is_woken = False
        while not (is_woken or feed.stopping.is_set()):
            is_woken = feed.rest() or (film.has_sound and feed.is_heard)
            if self._seek_ms is not None:
                began, at_ms, self._seek_ms = now_ns(), self._seek_ms, None
                self._at_ms = round(at_ms)
        how = getattr(self.settings, "on_show", "follow")
        if how == "restart":
            return float(self.in_ms)
        if how in ("pause", "on_air_pause") or not self._playing.is_set():
            return at_ms
        at_ms += (now_ns() - began) / NS * 1000 * film.speed
        return film.within(at_ms, self.in_ms, is_loop=self.settings.loop)
