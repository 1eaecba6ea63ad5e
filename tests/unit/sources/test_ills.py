"""What ails a source is told as what it is: waiting, gone, broken; and it mends by itself."""

from __future__ import annotations

import socket

import numpy as np
import pytest

import studio.sources as folder
from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.registry import discover
from studio.media.frame import Frame
from studio.sources.base import Source
from studio.sources.health import Fault, Watch
from studio.sources.runner import SourceRunner
from tests.unit.sources.media import runner_of, state, until

KINDS = discover(folder, Source)
DEADLINE_S = 8.0


@pytest.fixture
def run(tmp_path):
    runners: list[SourceRunner] = []

    def start(kind, around=None, sleepy=False, **settings):
        runner = runner_of(KINDS, kind, settings, tmp_path, **(around or {}))
        runner.is_sleepy = sleepy
        runners.append(runner)
        runner.start()
        return runner

    yield start
    for runner in runners:
        runner.stop()


def picture(level=90):
    planes = (np.full((48, 64), level, np.uint8), *(np.full((24, 32), 128, np.uint8),) * 2)
    return Frame(*planes, now_ns())


# -- waiting and gone -----------------------------------------------------------------------------


def test_an_ingest_nobody_has_called_waits_and_is_no_fault(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    runner = run("ingest", port=port)
    assert until(lambda: state(runner) == "waiting")
    found = runner.health(now_ns())
    assert not found.is_bad
    assert found.error == "sources.ingest_waiting"
    assert str(port) in found.params["address"]


def test_a_busy_port_is_a_fault_at_once(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    with socket.create_server(("127.0.0.1", 0)) as one:
        runner = run("ingest", port=one.getsockname()[1])
        assert until(lambda: state(runner) == "missing")
        assert runner.error.key == "sources.ingest_port"
    assert until(lambda: state(runner) == "waiting")  # the other program has ended


def test_waiting_ends_with_the_first_picture_and_does_not_come_back():
    watch = Watch(is_live=True, has_video=True)
    error = StudioError("unavailable", "sources.ingest_waiting", address="x")
    watch.wait()
    assert watch.health(now_ns(), error, Fault.NONE).state == "waiting"
    watch.saw(picture(), False)
    assert watch.health(now_ns(), None, Fault.NONE).state == "ok"
    watch.wait()
    assert watch.health(now_ns() + 10**9, error, Fault.NONE).state == "lost"


class Others:
    """Stands where the engine lends pictures of other sources."""

    def __init__(self, is_still):
        self.there, self.frame, self.is_still = True, picture(), is_still

    def look(self, name):
        if not self.there:
            raise StudioError("not_found", "sources.mirrored_gone", source=name)
        return self.frame if self.is_still else picture(now_ns() // 10**7 % 200)

    def has(self, name):
        return self.there


@pytest.mark.parametrize("is_still", [True, False])
@pytest.mark.parametrize("is_seen", [True, False])
def test_a_mirror_of_what_was_removed_is_missing_and_comes_back(run, is_still, is_seen):
    others = Others(is_still)
    around = {"look": others.look, "has": others.has}
    runner = run("mirror", around, sleepy=not is_seen, source="host")
    assert until(lambda: state(runner) in ("ok", "still"))
    others.there = False
    assert until(lambda: state(runner) == "missing"), runner.health(now_ns())
    found = runner.health(now_ns())
    assert found.is_bad
    assert found.error == "sources.mirrored_gone"
    assert found.params["source"] == "host"
    others.there = True
    assert until(lambda: state(runner) in ("ok", "still"))
    assert runner.health(now_ns()).error == ""
