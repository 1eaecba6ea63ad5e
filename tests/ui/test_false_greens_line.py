"""No green that nobody has proved, of lines, recordings and rates: broken on purpose, looked at.

Two faults are put in once. ``SHOPCAST_GREENS=200`` draws that many, ``SHOPCAST_GREENS_SEED``
others; each stands three seconds then.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bench.line.processes import Tree
from bench.line.server import Nginx, is_there
from studio.core.paths import runtime_dir
from ui.models.air_state import Air
from ui.models.outputs import is_running

COUNT = int(os.environ.get("SHOPCAST_GREENS", "0"))
SEED = int(os.environ.get("SHOPCAST_GREENS_SEED", "1"))
pytestmark = [
    pytest.mark.ui,
    pytest.mark.timeout(180 + 30 * COUNT),
    pytest.mark.skipif(os.name == "nt" or not is_there(), reason="needs signals and nginx-rtmp"),
]
SHARES_WINDOW = True
SOON = 20_000
STANDS_MS = 3_000 if COUNT else 1_000
STREAM, RECORD, PHONE, RATE = "Shop", "record", "Phone", 10


class Fault(NamedTuple):
    """Something that breaks.

    Attributes:
        put_in: breaks it.
        is_green: whether anything on the desk says that it is well.
        take_out: mends it.
        is_well: whether it is.
    """

    put_in: Callable[[], object]
    is_green: Callable[[], bool]
    take_out: Callable[[], object]
    is_well: Callable[[], bool]


class Phone:
    """FFmpeg pushes to the studio's own port, at its pace or at half of it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._process: subprocess.Popen[bytes] | None = None

    def push(self, pace: float) -> None:
        """Ends the call there is and calls again."""
        self.end()
        self._process = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-readrate", str(pace), "-f", "lavfi",
             "-i", f"testsrc2=s=320x180:r={RATE}", "-pix_fmt", "yuv420p", "-c:v", "libx264",
             "-preset", "ultrafast", "-tune", "zerolatency", "-g", "15", "-f", "flv",
             self._address],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def end(self) -> None:
        """Hangs up."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nginx]:
    with Nginx(tmp_path / "nginx") as made:
        yield made


@pytest.fixture
def faults(qtbot: Any, program: Any, server: Nginx, tmp_path: Path) -> Iterator[dict[str, Fault]]:
    """On air, recording, with a phone as a source; and what may break of it."""
    store, run, window = program.store, program.actions.run, program.window
    window.set_layout("technician")
    for plan in store.plans.plans:
        run("plans.enable", {"plan": plan.id, "on": False}, is_quiet=True)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    run("sources.add", {"name": PHONE, "kind": "ingest", "settings": {"port": port}})
    qtbot.waitUntil(lambda: PHONE in window.panels["sources"].rows, timeout=SOON)
    run("outputs.add", {"name": STREAM, "url": server.url("key-of-the-test")})
    qtbot.waitUntil(lambda: store.output(STREAM) is not None, timeout=SOON)
    run("outputs.start", {"name": STREAM})
    run("record.start", {"file": str(tmp_path / "air.mkv")})
    rows, senders = window.panels["outputs"].rows, Tree(runtime_dir())

    def green(name: str) -> Callable[[], bool]:
        return lambda: name in rows and rows[name].dot.tone == "good"

    def on_air() -> bool:
        badges = (window.topbar.on_air.tone, window.monitors.programme.badge.tone)
        return "on_air" in badges or store.air_state.air is Air.LIVE or green(STREAM)()

    def paced() -> bool:
        return bool(window.panels["sources"].rows[PHONE].dot.tone == "good")

    stopped: list[int] = []  # a sender that stands is replaced after a while: then it is well

    def halt() -> None:
        stopped[:] = [senders.senders()[RECORD]]
        os.kill(stopped[0], signal.SIGSTOP)

    def go_on() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(stopped[0], signal.SIGCONT)

    def stands_green() -> bool:
        return green(RECORD)() and senders.senders().get(RECORD) == stopped[0]

    qtbot.waitUntil(lambda: on_air() and green(RECORD)(), timeout=SOON)
    told: list[str] = []
    run("sources.address", {"name": PHONE},
        done=lambda reply: told.append(str(reply.answer["url"])))  # fmt: skip
    qtbot.waitUntil(lambda: bool(told), timeout=SOON)
    phone = Phone(told[0])
    phone.push(1.0)
    qtbot.waitUntil(paced, timeout=SOON)
    try:
        yield {
            "server_gone": Fault(server.kill, on_air, server.start, on_air),
            "server_stands": Fault(server.freeze, on_air, server.thaw, on_air),
            "recording_stands": Fault(
                halt, stands_green, go_on, green(RECORD)
            ),
            "half_the_rate": Fault(
                lambda: phone.push(0.5), paced, lambda: phone.push(1.0), paced
            ),
        }  # fmt: skip
    finally:
        phone.end()
        run("outputs.stop", {"confirm": True}, is_quiet=True)
        run("record.stop", {}, is_quiet=True)
        qtbot.waitUntil(lambda: not any(is_running(o) for o in store.outputs), timeout=SOON)


def test_none_is_green_while_it_is_broken(
    qtbot: Any, program: Any, faults: dict[str, Fault]
) -> None:
    drawn = random.Random(SEED)
    names = [drawn.choice(list(faults)) for _ in range(COUNT)] or ["server_gone", "half_the_rate"]
    for number, name in enumerate(names):
        fault = faults[name]
        fault.put_in()
        try:
            qtbot.waitUntil(lambda fault=fault: not fault.is_green(), timeout=SOON)
            left = STANDS_MS
            while left > 0:
                assert not fault.is_green(), (number, name)
                qtbot.wait(50)
                left -= 50
        finally:
            fault.take_out()

        def well_again(fault: Fault = fault, name: str = name) -> None:
            assert fault.is_well(), (name, program.store.outputs)

        qtbot.waitUntil(well_again, timeout=2 * SOON)
    print(f"{len(names)} faults, none green while it stood")
