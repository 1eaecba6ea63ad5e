"""A real engine on a free port, and the desk's own window on it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.core.paths import config_dir
from tests.engines import start_engine
from tests.waiting import until

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0


class RealEngine:
    """``python -m studio`` as the supervisor starts it; its note is in the runtime folder.

    Args:
        is_small: its pictures are.
    """

    def __init__(self, folder: Path, port: int = 0, *, is_small: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        around = {
            **os.environ,
            "SHOPCAST_CONFIG": str(folder / "config"),
            "SHOPCAST_DATA": str(folder / "data"),
            "SHOPCAST_KEYRING": "0",
        }
        self.process = start_engine(around)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self.process.stdin as pipe:
            # The demo show at full pace and size takes a core, and the windows' tests another.
            size = {"size": [640, 360]} if is_small else {}
            pipe.write(json.dumps({"port": port, "password": "", "fps": 12, **size}) + "\n")
        self.on_air: dict[str, Any] = {}
        self._is_up = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._is_up.wait(PATIENCE_S):
            self.end()
            raise TimeoutError("the engine did not come on air")

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as pipe:
            for line in pipe:
                try:
                    found = json.loads(line)
                except ValueError:
                    continue
                if found.get("event") == "on_air":
                    self.on_air = found
                    self._is_up.set()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(str(self.on_air["remote"]).rsplit(":", 1)[1])

    def kill(self) -> None:
        """As a crash ends it."""
        self.process.kill()
        self.process.wait()
        self._reader.join(5)

    def end(self) -> None:
        """As the supervisor ends it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(5)


@pytest.fixture(scope="module")
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealEngine]:
    """One engine for the tests of a file; or the one of all that say ``SHARES_STUDIO = True``.

    A file that says ``FULL_SIZE = True`` has the show in its own size.
    """
    if getattr(request.module, "SHARES_STUDIO", False):
        _common.engine = _common.engine or RealEngine(tmp_path_factory.mktemp("engine"))
        yield _common.engine
        return
    is_small = not getattr(request.module, "FULL_SIZE", False)
    made = RealEngine(tmp_path_factory.mktemp("engine"), is_small=is_small)
    yield made
    made.end()


class _Common:
    """The studio that files share: made at first use, ended with the last of their tests."""

    def __init__(self) -> None:
        self.engine: RealEngine | None = None
        self.program: Any = None

    def end(self) -> None:
        """Ends it, if there is one."""
        if self.program is not None:
            _close(self.program)
        if self.engine is not None:
            self.engine.end()
        self.engine = self.program = None


_common = _Common()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """It ends before a test that has an engine of its own: two of them have one runtime folder."""
    yield
    if not getattr(getattr(nextitem, "module", None), "SHARES_STUDIO", False):
        _common.end()


def pytest_sessionfinish() -> None:
    """Also where the run was stopped at its first failure: the next test would have ended it."""
    _common.end()


def open_desk(qtbot: Any, *call: str, size: str = "1600x900") -> Any:
    """The desk's program with its window, linked and loaded."""
    from PySide6.QtWidgets import QApplication

    from ui.__main__ import Program, arguments

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    options = arguments(["--password", "", "--size", size, "--scale", "1", *call])
    program = Program(app, options)
    program.open()
    program.window.is_kept = False
    return program


@pytest.fixture
def program(request: pytest.FixtureRequest, qtbot: Any, engine: RealEngine) -> Iterator[Any]:
    """The desk on the real engine, in English, everything loaded.

    Each test has a window of its own, which takes two seconds to open; those of a file that says
    ``SHARES_WINDOW = True`` share one.
    """
    if getattr(request.module, "SHARES_WINDOW", False):
        shared = request.getfixturevalue("shared_program")
        if getattr(request.node, "execution_count", 1) > 1:
            _open_anew(request.getfixturevalue("qapp"), shared)  # the try before left its changes
        yield shared
        return
    made = open_desk(qtbot, "--port", str(engine.port), "--language", "en")
    qtbot.waitUntil(lambda: made.store.is_loaded and bool(made.store.commands), timeout=15_000)
    yield made
    _close(made)


@pytest.fixture(scope="module")
def shared_program(request: pytest.FixtureRequest, qapp: Any, engine: RealEngine) -> Iterator[Any]:
    """One window for the tests of a file; or that of all that share a studio.

    A studio that is shared opens the demo show anew, on the page it starts with: starting one
    takes six seconds, this takes half of one.
    """
    if getattr(request.module, "SHARES_STUDIO", False):
        made = _common.program = _common.program or _opened(qapp, engine)
        _open_anew(qapp, made)
        made.window.pages.set_page("live")
        made.window.pages.set_layout("controller")
        yield made
        return
    made = _opened(qapp, engine)
    yield made
    _close(made)


def _open_anew(qapp: Any, made: Any) -> None:
    opened: list[Any] = []
    made.actions.run("show.open", {}, done=opened.append)
    _until(qapp, lambda: bool(opened) and made.store.is_loaded)
    assert opened[0].ok, "the demo show stands as it is in its file"


def _opened(qapp: Any, engine: RealEngine) -> Any:
    made = open_desk(None, "--port", str(engine.port), "--language", "en")
    _until(qapp, lambda: made.store.is_loaded and bool(made.store.commands))
    return made


def _until(qapp: Any, check: Callable[[], bool]) -> None:
    def pumped() -> bool:
        qapp.processEvents()
        return check()

    until(pumped, "the desk's store", PATIENCE_S)


@pytest.fixture(scope="module", autouse=True)
def _window_first(request: pytest.FixtureRequest) -> None:
    """The shared window is there before a test begins: what it runs is no leak of that test.

    It stands as at its first start, whatever the files before it have left.
    """
    (config_dir() / "desk.json").unlink(missing_ok=True)
    if getattr(request.module, "SHARES_WINDOW", False):
        request.getfixturevalue("shared_program")


def _close(made: Any) -> None:
    made.window.is_kept = False  # a window that was made anew meanwhile keeps nothing either
    made.window.close()
    made.close()
    made.window.deleteLater()
