"""For every test: folders of its own, one language, and nothing left running behind it."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from tests.engines import loaded_pid
from ui.garbage import collect_due, only_by_hand

ROOT = Path(__file__).parents[1]

# Set before anything of the studio is imported: no test may touch the person's own studio,
# its keyring or its settings. The names stay short because a socket's path may have 107 bytes.
_OWN = Path(tempfile.mkdtemp(prefix="sc-"))
os.environ.update(
    SHOPCAST_RUNTIME=str(_OWN / "run"),
    SHOPCAST_CONFIG=str(_OWN / "config"),
    SHOPCAST_DATA=str(_OWN / "data"),
    SHOPCAST_LANG="en",
    SHOPCAST_DEMO="zh",
    PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
)
# As in studio.graphics.qt, which comes too late when a plugin has imported PySide6 already: two
# threads that draw their first text together end the process.
os.environ.setdefault("PYSIDE6_OPTION_LAZY", "0")
if not os.environ.get("QT_QPA_PLATFORM"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # run.py test brings a screen of its own

# Threads that a library keeps for the life of the process.
_KEPT_THREADS = ("pytest_timeout", "asyncio_", "ThreadPoolExecutor-", "Dummy-", "pydevd")
_KEPT_CHILDREN = ("resource_tracker", "forkserver", "Xvfb")
_PATIENCE_S = 3.0


# They open windows and press keys: one window at a time has the keyboard of a screen.
_ON_SCREEN = ("ui", "unit/ui", "onair/test_desk_killed.py", "contract/test_panel")


# They go through the program's own source, which takes seconds to read (contract/source_tree.py).
_ON_SOURCE = tuple(
    f"contract/test_{name}.py"
    for name in (
        "circles", "clean_text", "clocks", "desk_words", "encodings", "generated", "one_wire",
        "panel_life", "process_words", "signals", "waits",
    )
)  # fmt: skip


def _group(nodeid: str) -> str:
    """What runs in one worker: a file's tests stay together, those with windows run in turn."""
    path = nodeid.partition("::")[0].removeprefix("tests/")
    if path in _ON_SOURCE:
        return "source"
    return "screen" if path.startswith(_ON_SCREEN) else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Hands out whole groups (by name, since marks of a group do not reach every version)."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _group(nodeid)

    config.option.loadscopereorder = False  # the order is that of the items, see below
    return ByGroup(config, log)


# They judge the pace of pictures, sound and answers: they run beside each other and
# beside nothing that keeps a core busy.
_PACED = frozenset(
    f"test_{name}.py"
    for name in (
        "desk_killed", "keeping", "line", "mixes", "outputs", "plans", "rungs", "shopcast",
        "sources_stream", "standby", "supervisor", "virtual_camera",
    )
)  # fmt: skip
# They load the machine and judge the pace: nothing at all runs beside them.
_ALONE = frozenset(
    f"test_{name}.py" for name in ("drill", "flood", "remote_budget", "remote_siege")
)


def _class(item: pytest.Item) -> int:
    name = item.path.name
    return 2 if name in _ALONE else 1 if name in _PACED else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In parallel, those that need the machine for themselves come last and meet each other.

    The tests with windows, the longest group of all, come first: one worker does them while the
    other does the rest; those that share a studio (tests/ui/conftest.py) come before the others.
    """
    for item in items:
        # Real processes on a machine that has other things to do as well: once more before it
        # counts. The summary names each of them: it is to be looked at all the same.
        if item.path.parent in (ROOT / "tests/onair", ROOT / "tests/ui"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    if os.environ.get("PYTEST_XDIST_TESTRUNUID"):
        items.sort(
            key=lambda item: (
                _class(item), _group(item.nodeid) != "screen",
                not getattr(getattr(item, "module", None), "SHARES_STUDIO", False),
            )
        )  # fmt: skip


class _Turns:
    """Waits until nothing runs that a test may not run beside.

    A worker stays in its room until its next test belongs into another: those that need the
    machine begin when the others are through, instead of in turn with them.
    """

    def __init__(self) -> None:
        self._room: tuple[int, IO[str]] | None = None

    def enter(self, item: pytest.Item) -> None:
        """Before a test."""
        run, what = os.environ.get("PYTEST_XDIST_TESTRUNUID"), _class(item)
        if run is None or sys.platform == "win32" or (self._room and self._room[0] == what):
            return
        import fcntl

        self.leave(None)
        with contextlib.ExitStack() as stack:
            gate, *rooms = (
                stack.enter_context(
                    (Path(tempfile.gettempdir()) / f"sc-{name}-{run}").open("w", encoding="utf-8")
                )
                for name in ("gate", "free", "paced")
            )
            # Whoever waits for a room to be empty keeps the gate: nobody new comes in meanwhile.
            fcntl.flock(gate, fcntl.LOCK_EX)
            for number, room in enumerate(rooms):
                if number != what:
                    fcntl.flock(room, fcntl.LOCK_EX)
                    fcntl.flock(room, fcntl.LOCK_UN)
            mine = rooms[what] if what < len(rooms) else gate  # alone: nobody passes the gate
            fcntl.flock(mine, fcntl.LOCK_EX if mine is gate else fcntl.LOCK_SH)
            self._room = (what, os.fdopen(os.dup(mine.fileno()), "w", encoding="utf-8"))

    def leave(self, following: pytest.Item | None) -> None:
        """After a test: out of its room, if the next one belongs elsewhere."""
        if self._room and (following is None or _class(following) != self._room[0]):
            import fcntl

            fcntl.flock(self._room[1], fcntl.LOCK_UN)  # a child may have it open, too
            self._room[1].close()
            self._room = None


_turns = _Turns()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Waits for its turn before its time limit begins; garbage goes in the windows' thread."""
    _turns.enter(item)
    try:
        return (yield)
    finally:
        _turns.leave(nextitem)
        collect_due()


def pytest_configure() -> None:
    only_by_hand()


def pytest_unconfigure() -> None:
    shutil.rmtree(_OWN, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def one_application() -> object:
    """One Qt application for windows and painting alike: a process can have only one."""
    from PySide6.QtWidgets import QApplication

    return QApplication.instance() or QApplication(["tests"])


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of test data."""
    return ROOT / "tests" / "data"


@pytest.fixture(scope="session")
def demo_dir() -> Path:
    """The demo show."""
    return ROOT / "assets" / "demo" / "demo.show"


def _children() -> dict[int, str]:
    """Live child processes of this one, by id, with their command lines (Linux)."""
    found: dict[int, str] = {}
    tasks = "/proc/self/task"
    for task in os.listdir(tasks) if sys.platform == "linux" else ():
        try:
            with open(f"{tasks}/{task}/children", "rb") as listing:
                pids = listing.read().split()
            for pid in map(int, pids):
                state = Path(f"/proc/{pid}/stat").read_text(errors="replace")
                if state.rpartition(")")[2].split()[0] != "Z":
                    command = Path(f"/proc/{pid}/cmdline").read_bytes()
                    found[pid] = command.replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue  # it ended while we looked
    return {
        pid: command
        for pid, command in found.items()
        if pid != loaded_pid() and not any(kept in command for kept in _KEPT_CHILDREN)
    }


def _noted() -> dict[int, str]:
    """Live processes with a note in the runtime folder: detached ones are nobody's children."""
    from studio.core import life, processes

    found = {}
    for path in (_OWN / "run").glob("*.json"):
        named = processes.identity_in(life.read_note(path.stem) or {})
        if named is None or named.pid == os.getpid():
            continue
        if processes.identify(named.pid) == named:
            found[named.pid] = path.stem
    return found


def _threads() -> set[threading.Thread]:
    return {
        thread
        for thread in threading.enumerate()
        if thread is not threading.current_thread() and not thread.name.startswith(_KEPT_THREADS)
    }


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fails a test that leaves a thread, a timer or a process behind.

    Set up before a test's own fixtures and torn down after them, so that what a fixture cleans
    up in time is no leak.
    """
    before = (_threads(), set(_children()), set(_noted()))
    yield
    if sys.platform == "linux" and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        pytest.fail("left this process, and all it starts, with the priority of real time")
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        threads = _threads() - before[0]
        children = {k: v for k, v in _children().items() if k not in before[1]}
        noted = {k: v for k, v in _noted().items() if k not in before[2]}
        if not (threads or children or noted):
            return
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    for pid in [*children, *noted]:
        try:
            os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        except OSError:
            pass
    left = sorted(thread.name for thread in threads) + [*children.values(), *noted.values()]
    pytest.fail("left running: " + ", ".join(left))


_folders = itertools.count()


@pytest.fixture(autouse=True)
def own_folders(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and data of one test are not seen by the next.

    Those that ask for a folder have them in it; for the others pytest need not keep one.
    """
    if "tmp_path" in request.fixturenames:
        folder: Path = request.getfixturevalue("tmp_path")
    else:
        folder = _OWN / "tests" / str(next(_folders))
        folder.mkdir(parents=True)
    monkeypatch.setenv("SHOPCAST_CONFIG", str(folder / "config"))
    monkeypatch.setenv("SHOPCAST_DATA", str(folder / "data"))
