"""A drill: a real fault on a shadow of the show, and nothing of it reaches anything outside."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from studio.app.cli import main
from studio.app.drill.copy import NOWHERE, copy_show
from studio.app.drill.relay import Relay
from studio.core.loopback import is_this_machine, leads_outside
from studio.plans.drill_log import last_drills
from studio.plans.faults.base import all_faults
from studio.plans.files import read_plans
from studio.show.file import demo_show
from tests.onair.studio import ROOT, small_show
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(240)]


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_camera_a_line_and_a_price_are_drilled(capsys: pytest.CaptureFixture[str]) -> None:
    """The small form; all of them run with `shopcast drill --all`."""
    done = main(["drill", "freeze", "network_cut", "price_changed", "--json"])
    scores = {row["fault"]: row for row in json.loads(capsys.readouterr().out)["drills"]}
    assert set(scores) == {"freeze", "network_cut", "price_changed"}
    assert done == 0, scores
    for score in scores.values():
        assert score["passed"], score
        assert score["steps_right"] == score["steps"]
        assert score["wrong_actions"] == 0
    assert scores["freeze"]["safe_picture_s"] >= scores["freeze"]["noticed_s"] - 0.1
    assert scores["network_cut"]["safe_picture_s"] is None
    assert last_drills()["source_lost"].passed


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_shadow_never_outlives_its_drill(tmp_path: Path, how: signal.Signals) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    drill = subprocess.Popen(
        [sys.executable, "-m", "studio.app.cli", "drill", "freeze"],
        env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    notes = "sc-drill-*/?/run/engine.json"
    until(lambda: len(list(tmp_path.glob(notes))) == 2, "both engines", 60)
    pids = [json.loads(note.read_text(encoding="utf-8"))["pid"] for note in tmp_path.glob(notes)]
    drill.send_signal(how)
    drill.wait(30)
    until(lambda: not any(map(_is_alive, pids)), "the end of the shadow", 30)
    if how == signal.SIGTERM:
        assert not list(tmp_path.glob("sc-drill-*"))


def _is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2]
    except OSError:
        return False


def test_every_fault_is_for_a_plan_that_starts_by_itself() -> None:
    plans = {plan.id: plan for plan in read_plans(demo_show())[0]}
    faults = all_faults()
    assert len({fault.plan for fault in faults.values()}) >= 15
    for name, fault in faults.items():
        assert plans[fault.plan].trigger is not None, name
        assert plans[fault.plan].is_auto, name
        assert fault.also <= plans.keys(), name
        assert all(fault.label), name


def test_a_plan_that_no_fault_proves_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", "moon"]) == 1
    assert "source_lost" in capsys.readouterr().err


def test_a_copy_holds_no_address_of_another_machine(tmp_path: Path) -> None:
    show = small_show(tmp_path / "real.show")
    raw = json.loads((show / "show.json").read_text(encoding="utf-8"))
    raw["outputs"] = [{"name": "live", "url": "rtmp://push.example.com/live"}]
    raw["sources"].append(
        {"name": "far", "kind": "stream", "settings": {"url": "rtmp://cam.example.com/a/b"}}
    )
    raw["audience"] = {
        "feeds": [{"name": "f", "kind": "socket", "settings": {"url": "ws://e.com"}}]
    }
    (show / "show.json").write_text(json.dumps(raw), encoding="utf-8")
    copied = copy_show(show, tmp_path / "copy.show")
    assert copied["outputs"] == []
    assert copied["audience"]["feeds"] == []
    far = next(source for source in copied["sources"] if source["name"] == "far")
    assert far["settings"]["url"] == NOWHERE
    assert "example.com" not in (tmp_path / "copy.show" / "show.json").read_text(encoding="utf-8")
    # Every picture bears the mark, standby too.
    for scene in copied["scenes"]["scenes"]:
        assert any(item["source"] == "演练 DRILL" for item in scene["items"]), scene["name"]
    assert json.loads((show / "show.json").read_text(encoding="utf-8")) == raw


OUTSIDE = """
import asyncio, socket
from studio.core.loopback import guard_drill, keep_inside
guard_drill()
def refused(what):
    try:
        what()
    except PermissionError:
        return True
    except Exception as error:
        return type(error).__name__
    return False
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print([
    refused(lambda: socket.create_connection(("192.0.2.1", 80), 1)),
    refused(lambda: socket.getaddrinfo("example.com", 80)),
    refused(lambda: udp.sendto(b"x", ("192.0.2.1", 9))),
    refused(lambda: socket.create_connection(("2001:db8::1", 80), 1)),
    refused(lambda: keep_inside("rtmp://example.com/live")),
    refused(lambda: asyncio.run(asyncio.open_connection("192.0.2.1", 80))),
])
server = socket.create_server(("127.0.0.1", 0))
print(refused(lambda: socket.create_connection(server.getsockname(), 1)))
"""


@pytest.mark.parametrize("is_drill", [True, False])
def test_a_shadow_opens_no_socket_to_another_machine(is_drill: bool) -> None:
    environment = {**os.environ, "SHOPCAST_DRILL": "1" if is_drill else "0"}
    if not is_drill:
        code = (
            "from studio.core.loopback import guard_drill, is_drill\n"
            "guard_drill()\nprint(is_drill())"
        )
    else:
        code = OUTSIDE
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8",
        env=environment, cwd=ROOT, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.split("\n")[:2] == (
        [str([True] * 6), "False"] if is_drill else ["False", ""]
    )


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("rtmp://127.0.0.1/live", False), ("rtmp://[::1]:1935/live", False),
        ("http://localhost:80", False), ("clip.mp4", False), ("C:/films/a.mp4", False),
        ("rtmp://127.0.0.1.example.com/live", True), ("https://1.2.3.4/x", True),
        ("rtmp://user@127.0.0.1@example.com/live", True), ("ws://0x7f000001/", True),
        ("rtmps://[::ffff:8.8.8.8]/live", True), ("file:///etc/passwd", False),
        (" RTMP://push.example.com/x", True), ("srt://[broken", True),
    ],
)  # fmt: skip
def test_what_leads_outside(address: str, outside: bool) -> None:
    assert leads_outside(address) is outside


def test_this_machine_is_told_by_its_number_alone() -> None:
    assert is_this_machine("127.8.8.8")
    assert is_this_machine("::1")
    assert not is_this_machine("0.0.0.0.example.com")
    assert not is_this_machine("192.168.1.2")


def test_a_line_is_cut_stalls_and_heals() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    relay = Relay(server.getsockname()[1])
    try:
        near = socket.create_connection(("127.0.0.1", relay.port), 5)
        far, _ = server.accept()
        near.sendall(b"one")
        assert far.recv(10) == b"one"
        relay.stall()
        far.settimeout(0.3)
        with contextlib.suppress(TimeoutError):  # what was in the pipe already may come
            far.recv(10)
        near.sendall(b"two")
        with pytest.raises(TimeoutError):
            far.recv(10)
        relay.heal()
        near.sendall(b"three")
        far.settimeout(5)
        assert far.recv(10)
        relay.cut()
        near.settimeout(5)
        until(lambda: _is_over(near), "the cut")
        far.close()
    finally:
        relay.close()
        server.close()


def _is_over(end: socket.socket) -> bool:
    try:
        return end.recv(10) == b""
    except OSError:
        return True
