"""The replay that was saved last, played on the picture: again each time it is shown or saved."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Annotated, Any, ClassVar

from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.paths import data_dir
from studio.core.text import Text
from studio.core.whole_file import write_whole
from studio.sources.base import Feed, SourceContext
from studio.sources.kinds.clip import Clip

_LOOK_S = 0.1


def remember(file: Path) -> None:
    """``file`` is the newest replay from now on."""
    note = _note()
    note.parent.mkdir(parents=True, exist_ok=True)
    write_whole(note, json.dumps({"file": str(file.resolve())}))


def latest() -> Path | None:
    """The newest replay, None before the first or when it was taken away."""
    try:
        file = Path(read_json(_note().read_bytes())["file"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return file if file.is_file() else None


def _note() -> Path:
    return data_dir() / "replay.json"


def _stamp() -> int:
    try:
        return _note().stat().st_mtime_ns
    except OSError:
        return 0


class ReplaySettings(Settings):
    """Settings of a replay."""

    watch_frozen: ClassVar[bool] = False
    path: ClassVar[str] = ""

    loop: Annotated[bool, setting("循环", "Loop")] = False


class Replay(Clip):
    """Plays what ``replay.save`` wrote last, and stands on its last picture."""

    kind: ClassVar[str] = "replay"
    label: ClassVar[Text] = Text("回放", "Replay")
    help: ClassVar[Text] = Text(
        "播放最近保存的回放；每次切到画面或再次保存时从头播放。",
        "Plays the replay saved last, from its start each time it is shown or saved anew.",
    )
    Settings: ClassVar[type[Settings]] = ReplaySettings

    def __init__(self, settings: Any, around: SourceContext) -> None:
        super().__init__(settings, around)
        self.is_live = False

    def run(self, feed: Feed) -> None:
        """Plays one replay after the other until stopped."""
        while not feed.stopping.is_set():
            turn = _Turn(feed)
            file = latest()
            if file is None:
                feed.wait(StudioError("unavailable", "sources.no_replay"))
                turn.wait()
                continue
            self._seek_ms = None
            self._playing.set()
            self._state = "playing"
            self._run_file(_feed_of(feed, turn), file)


def _feed_of(feed: Feed, turn: _Turn) -> Feed:
    return Feed(
        turn,
        lambda frame, still: feed.picture(frame, still=still),
        feed.sound,
        lambda: feed.is_wanted,
    )


class _Turn(threading.Event):
    """Set when the source must stop, when another replay was saved, when it is shown again."""

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self._feed = feed
        self._stamp = _stamp()
        self._was_wanted = feed.is_wanted
        self._next_s = 0.0

    def is_set(self) -> bool:
        """Looks at what may have happened; at the disk ten times a second at most."""
        if super().is_set():
            return True
        if self._feed.stopping.is_set():
            self.set()
            return True
        now = time.monotonic()
        if now >= self._next_s:
            self._next_s = now + _LOOK_S
            is_wanted = self._feed.is_wanted
            if _stamp() != self._stamp or (is_wanted and not self._was_wanted):
                self.set()
                return True
            self._was_wanted = is_wanted
        return False

    def wait(self, timeout: float | None = None) -> bool:
        """Waits in small steps, because others set what this one looks at."""
        until = None if timeout is None else time.monotonic() + timeout
        while not self.is_set():
            left = _LOOK_S if until is None else until - time.monotonic()
            if left <= 0:
                return False
            self._feed.stopping.wait(min(left, _LOOK_S))
        return True
