"""Several films or sounds one after the other, without a gap."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.log import logger
from studio.core.text import Text
from studio.media.frame import clear
from studio.sources.base import Feed, Progress, Source, SourceContext
from studio.sources.film import Film, Stop
from studio.sources.gather import FILMS, Order, gather
from studio.sources.kinds.clip import LOOK_S, ON_SHOW, OnShow
from studio.sources.pacing import Player

_log = logger(__name__)


class PlaylistSettings(Settings):
    """Settings of a playlist."""

    files: Annotated[list[str], setting("文件", "Files", "files")] = []
    folder: Annotated[str, setting("文件夹", "Folder", "folder")] = ""
    loop: Annotated[bool, setting("循环", "Loop")] = True
    shuffle: Annotated[bool, setting("随机顺序", "Shuffle")] = False
    sound: Annotated[bool, setting("播放声音", "Play the sound")] = True
    on_show: Annotated[
        OnShow,
        setting("无人观看后再显示时", "When it is seen again", words=ON_SHOW),
    ] = "follow"
    clear_at_end: Annotated[bool, setting("播完后清空画面", "Nothing is shown at its end")] = False
    deinterlace: Annotated[bool, setting("去隔行", "Deinterlace")] = True
    watch_frozen: Annotated[bool, setting("画面不动视为故障", "Frozen counts as a fault")] = False


class Playlist(Source):
    """next and previous go from one to another; a file that cannot be played is passed over."""

    kind: ClassVar[str] = "playlist"
    label: ClassVar[Text] = Text("播放列表", "Playlist")
    help: ClassVar[Text] = Text(
        "依次无缝播放多个视频或声音文件，可循环、随机、上一个、下一个。",
        "Plays films or sounds one after the other without a gap; loop, shuffle, next, previous.",
    )
    Settings: ClassVar[type[Settings]] = PlaylistSettings
    has_sound: ClassVar[bool] = True
    sound_ahead_ms: ClassVar[int] = 60
    is_media: ClassVar[bool] = True
    is_live: bool = False

    settings: PlaylistSettings

    def __init__(self, settings: Any, around: SourceContext) -> None:
        super().__init__(settings, around)
        self.is_live = settings.watch_frozen
        self._playing = threading.Event()
        self._playing.set()
        self._step: int | None = None
        self._is_from_first = False
        self._seek_ms: float | None = None
        self._state: Literal["playing", "paused", "stopped", "ended"] = "playing"
        self._duration_ms: int | None = None
        self._at_ms = 0
        self.now_playing = ""
        self.put_on_air(False)
        self._step, self._is_from_first = None, False

    def control(self, action: str, value: float) -> None:
        """play, pause, stop, restart, seek (ms in this file), next, previous."""
        if action == "stop" or (action == "pause" and self._state != "ended"):
            self._playing.clear()
            self._state = "paused" if action == "pause" else "stopped"
        elif action == "next":
            self._step = 1
        elif action == "previous":
            self._step = -1 if self._at_ms < 3000 else 0
        elif action == "seek":
            self._seek_ms = max(0.0, value)
        if action in ("restart", "stop"):
            self._step = 0
        if action in ("play", "restart", "next", "previous"):
            if self._state == "ended" and action == "play":
                self._step = 1
            self._playing.set()
            self._state = "playing"

    def put_on_air(self, is_on: bool) -> bool:
        """What starts over does so from its first file."""
        changes = super().put_on_air(is_on)
        self._is_from_first = self._is_from_first or self.settings.on_show == "on_air"
        return changes

    def progress(self) -> Progress:
        """Where in this file it is."""
        return Progress(self._state, self._duration_ms, self._at_ms)

    def run(self, feed: Feed) -> None:
        """Plays file after file until stopped.

        Raises:
            StudioError: not_found (no file), invalid (none of them can be played).
        """
        s = self.settings
        files = gather(s.files, s.folder, FILMS, self.around)
        order, player = Order(len(files), is_shuffled=s.shuffle), Player(feed)
        bad: StudioError | None = None
        said: dict[Path, str] = {}
        failed, goes_on = 0, False
        while not feed.stopping.is_set():
            try:
                goes_on = self._file(feed, files[order.now], player, goes_on)
                failed = 0
            except StudioError as error:
                bad, failed, goes_on = error, failed + 1, False
                if said.get(files[order.now]) != str(error):
                    said[files[order.now]] = str(error)
                    _log.warning("the playlist passes over %s: %s", files[order.now], error)
                if failed >= len(files):
                    raise bad from None
            step, self._step = self._step, None
            if step is None and order.is_last and not s.loop and not self._is_from_first:
                self._wait_for_more(feed)
                step, self._step = self._step, None
                goes_on = False
            if self._is_from_first:
                self._is_from_first, goes_on = False, False
                order.begin()
            else:
                order.step(1 if step is None else step)

    def _wait_for_more(self, feed: Feed) -> None:
        """At the end: until it is led on, or shown again where that starts it."""
        self._state = "ended"
        if self.settings.clear_at_end and feed.size:
            feed.picture(clear(*feed.size, now_ns()))
        was_left = False
        while not feed.stopping.wait(LOOK_S) and self._step is None and not self._is_from_first:
            feed.still_here()
            self._is_from_first = (
                was_left and not feed.may_rest and self.settings.on_show == "restart"
            )
            was_left = was_left or feed.may_rest
        if self._is_from_first and self._playing.is_set():
            self._state = "playing"

    def _file(self, feed: Feed, path: Path, player: Player, goes_on: bool) -> bool:
        """Plays one; True when it came to its end."""
        self.now_playing, from_ms, is_exact = path.name, 0.0, True
        s = self.settings
        with Film(path, feed, has_sound=s.sound, player=player, deinterlaces=s.deinterlace) as film:
            self._duration_ms = film.duration_ms
            while not feed.stopping.is_set():
                self._seek_ms = None
                why = film.play(from_ms, self._look, is_exact=is_exact, goes_on=goes_on)
                goes_on, is_exact = False, True
                if why is Stop.REST:
                    from_ms, is_exact = self._rest(feed, film), False
                if self._step is not None or self._is_from_first:
                    return False
                if self._seek_ms is not None:
                    from_ms, is_exact = self._seek_ms, True
                elif why is not Stop.REST:
                    return film.finish()
        return False

    def _look(self, film: Film, at_ms: float) -> bool:
        self._at_ms = round(at_ms)
        if not self._playing.is_set():
            film.hold(self._playing, lambda: self._asked)
        return self._asked

    @property
    def _asked(self) -> bool:
        return self._seek_ms is not None or self._step is not None

    def _rest(self, feed: Feed, film: Film) -> float:
        """Nobody looks or hears: it stands. Returns where in this file to go on, ms."""
        began, at_ms = now_ns(), film.at_ms
        while not feed.stopping.is_set() and not self._asked and not feed.rest():
            if film.has_sound and feed.is_heard:
                break
        if self.settings.on_show == "restart" and not self._asked and self._playing.is_set():
            self._is_from_first = True
        if self.settings.on_show != "follow":
            return at_ms
        gone_ms = (now_ns() - began) / NS * 1000 if self._playing.is_set() else 0.0
        return film.within(at_ms + gone_ms, 0.0, is_loop=True)
