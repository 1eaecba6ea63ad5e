"""The replay source: what was saved last, from its start each time it is shown or saved anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.line.chain import write_clip
from studio.sources.base import Feed, SourceContext
from studio.sources.kinds import replay
from studio.sources.kinds.replay import Replay, ReplaySettings


class Watcher:
    """A runner's end: counts pictures."""

    def __init__(self, base: Path) -> None:
        self.stopping, self.is_wanted = threading.Event(), True
        self.pictures: list[Any] = []
        self.sounds = 0
        feed = Feed(self.stopping, self._picture, self._sound, lambda: self.is_wanted)
        self.source = Replay(ReplaySettings(), SourceContext(base))
        self.thread = threading.Thread(target=self.source.run, args=(feed,))
        self.thread.start()

    def _picture(self, frame: Any, still: bool) -> None:
        self.pictures.append(frame.width)

    def _sound(self, samples: Any, pts_ns: int) -> None:
        self.sounds += len(samples)

    def until(self, check: Callable[[], bool], seconds: float = 10) -> None:
        end = time.monotonic() + seconds
        while not check():
            assert time.monotonic() < end, (len(self.pictures), self.source.progress())
            time.sleep(0.02)


@pytest.fixture
def watcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watcher]:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    made = Watcher(tmp_path)
    yield made
    made.stopping.set()
    made.thread.join(3)
    assert not made.thread.is_alive(), "it ends soon"


def test_what_was_saved_last_is_played(watcher: Watcher, tmp_path: Path) -> None:
    first, second = tmp_path / "a.mp4", tmp_path / "b.mp4"
    write_clip(first, (64, 36), 1)
    write_clip(second, (96, 54), 1)
    assert not watcher.pictures, "nothing was saved yet: it waits, which is no fault"
    replay.remember(first)
    watcher.until(lambda: watcher.source.progress().state == "ended")
    count = len(watcher.pictures)
    assert 25 <= count <= 31
    assert set(watcher.pictures) == {64}
    assert watcher.sounds > 40_000
    replay.remember(second)
    watcher.until(lambda: watcher.pictures[-1] == 96)
    watcher.until(lambda: watcher.source.progress().state == "ended")
    count = len(watcher.pictures)
    watcher.is_wanted = False
    time.sleep(0.3)  # it is off the picture for a moment: that is what is tried here
    watcher.is_wanted = True
    watcher.until(lambda: len(watcher.pictures) > count + 20)


def test_a_replay_that_was_taken_away(watcher: Watcher, tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    write_clip(file, (64, 36), 1)
    replay.remember(file)
    watcher.until(lambda: bool(watcher.pictures))
    file.unlink()
    assert replay.latest() is None
