"""A heartbeat is a counter that the watcher times with a clock of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.core import life, processes


@pytest.fixture(autouse=True)
def _runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPCAST_RUNTIME", str(tmp_path / "run"))


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _watch(clock: Clock) -> life.BeatWatch:
    watch = life.BeatWatch("engine", clock)
    watch.start_over(os.getpid())
    return watch


def test_silence_is_counted_from_the_last_new_beat() -> None:
    clock = Clock()
    watch = _watch(clock)
    assert watch.silent_s() == float("inf")
    note = life.ProcessRecord("engine")
    assert watch.silent_s() == 0
    clock.now += 3
    assert watch.silent_s() == 3
    note.beat()
    assert watch.silent_s() == 0
    note.close()
    assert watch.silent_s() == float("inf")


def test_what_lies_there_from_before_is_no_beat() -> None:
    clock = Clock()
    note = life.ProcessRecord("engine")
    watch = _watch(clock)
    clock.now += 2
    assert watch.silent_s() == 2
    life.beat_path("engine").write_text("77 00000000000000000009\n", encoding="ascii")
    assert watch.silent_s() == float("inf"), "another process"
    note.close()


@pytest.mark.parametrize("at", [0, 1, 2**33])
def test_the_time_of_a_file_is_not_its_age(at: int) -> None:
    clock = Clock()
    note, watch = life.ProcessRecord("engine"), _watch(clock)
    os.utime(life.note_path("engine"), (at, at))
    assert watch.silent_s() == 0
    note.beat()
    os.utime(life.beat_path("engine"), (at, at))
    assert watch.silent_s() == 0
    clock.now += 5
    assert watch.silent_s() == 5, "nobody beat since"
    note.close()


def test_the_counter_grows_in_place(tmp_path: Path) -> None:
    note = life.ProcessRecord("engine")
    before = life.beat_path("engine").stat()
    for _ in range(50):
        note.beat()
    after = life.beat_path("engine").stat()
    assert (before.st_ino, before.st_size) == (after.st_ino, after.st_size)
    note.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full device")
def test_a_disk_without_room_ends_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    note, watch = life.ProcessRecord("engine"), _watch(clock)
    watch.silent_s()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    clock.now += 1
    assert note.beat()
    assert watch.silent_s() == 0, "it takes a new mark"
    monkeypatch.undo()


def test_an_awake_clock_leaves_sleep_out() -> None:
    clock = Clock()
    awake = life.AwakeClock(clock)
    for _ in range(20):
        clock.now += 0.1
        awake()
    assert awake() == pytest.approx(2.0)
    clock.now += 600  # the machine slept
    assert awake() == pytest.approx(3.0)
    clock.now -= 5  # no clock of ours goes back; if one does, nothing is unlived
    assert awake() == pytest.approx(3.0)
    clock.now += 0.5
    assert awake() == pytest.approx(3.5)


def test_a_note_that_was_cleaned_away_is_written_again() -> None:
    note = life.ProcessRecord("engine", on_air={"remote": "x"})
    life.note_path("engine").unlink()
    life.beat_path("engine").unlink()
    note.beat()
    found = life.read_note("engine")
    assert found is not None
    assert found["on_air"] == {"remote": "x"}
    assert processes.identity_in(found) == processes.own_identity()
    assert life.beat_path("engine").exists()
    note.close()
