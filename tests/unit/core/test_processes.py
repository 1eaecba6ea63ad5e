"""A number in a note is believed, and signalled, only when the system says that it is ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core import processes
from studio.core.processes import ProcessIdentity

WORDS = ["-c", "import time; time.sleep(60)"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, *WORDS])
    yield process
    process.kill()
    process.wait()


def _named(pid: int) -> ProcessIdentity:
    found = processes.identify(pid)
    assert found is not None
    return found


def test_one_that_is_what_it_ought_to_be_is_ended(child: subprocess.Popen[bytes]) -> None:
    assert processes.is_program(_named(child.pid), WORDS)
    assert processes.end(_named(child.pid), WORDS)
    child.wait(10)


@posix
def test_politely_is_sigterm(child: subprocess.Popen[bytes]) -> None:
    assert processes.end(_named(child.pid), WORDS, politely=True)
    assert child.wait(10) == -signal.SIGTERM


def test_a_strangers_process_is_left_alone(child: subprocess.Popen[bytes]) -> None:
    for words in (["-m", "studio"], ["time"], ["-c"] * 2, [], ["import"]):
        assert not processes.end(_named(child.pid), words)
    assert child.poll() is None


def test_a_number_that_was_used_again_is_left_alone(child: subprocess.Popen[bytes]) -> None:
    before = processes.own_identity()  # began at another time
    for started in (before.started, "", "0", _named(child.pid).started + "0"):
        assert not processes.end(ProcessIdentity(child.pid, started), WORDS)
    assert child.poll() is None


@pytest.mark.parametrize("pid", [-(1 << 40), -2, -1, 0, 1, 1 << 31, 1 << 70])
def test_numbers_that_are_no_process_reach_no_signal(
    pid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("asked the system")

    for name in ("kill", "pidfd_open"):
        monkeypatch.setattr(os, name, never, raising=False)
    assert processes.identify(pid) is None
    assert not processes.end(ProcessIdentity(pid, "x"), ["python"])


def test_never_itself() -> None:
    me = processes.own_identity()
    assert me.started
    row = Path("/proc/self/cmdline").read_bytes().decode().split("\0")[:1]
    assert not processes.end(me, row)


@posix
def test_a_zombie_has_ended(child: subprocess.Popen[bytes]) -> None:
    known = _named(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert processes.identify(child.pid) is None
    assert not processes.is_program(known, WORDS)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"pid": -1, "started": "x"},
        {"pid": 0, "started": "x"},
        {"pid": 1, "started": "x"},
        {"pid": True, "started": "x"},
        {"pid": 12.0, "started": "x"},
        {"pid": "12", "started": "x"},
        {"pid": 12},
        {"pid": 12, "started": None},
        {"pid": 1 << 80, "started": "x"},
    ],
)
def test_a_note_that_names_no_process(facts: dict[str, object]) -> None:
    assert processes.identity_in(facts) is None


@pytest.mark.skipif(sys.platform == "win32", reason="ps")
def test_the_way_of_macos_says_the_same(child: subprocess.Popen[bytes]) -> None:
    facts = processes._posix_facts(child.pid)
    assert facts is not None
    assert facts.is_own
    assert facts.started
    assert (facts.gap + " ".join(WORDS) + facts.gap) in facts.words
