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

import msgspec
import pytest

from studio.app.cli import main
from studio.app.drill.copy import NOWHERE, copy_show
from studio.app.drill.pairs import APART, FaultSet, chosen_sets, excused, next_set
from studio.app.drill.relay import Relay
from studio.app.drill.report import write_drill_report
from studio.app.drill.rests import PlanRests
from studio.app.drill.runner import DrillScore, surprise
from studio.app.drill.watch import RealShowWatch
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.loopback import is_this_machine, leads_outside, refuse_outside
from studio.plans.drill_log import last_drills
from studio.plans.faults.base import all_faults
from studio.plans.files import read_plans
from studio.plans.probe import CLOCK_FILE, Probe, drill_wall
from studio.remote.client import Where
from studio.show.file import demo_show
from tests.onair.peer import Peer
from tests.onair.studio import ROOT, Studio, small_show
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(240)]
PASSWORD = "a password"


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


@pytest.mark.skipif(os.name == "nt", reason="POSIX identities")
def test_a_sender_outlives_its_engine_but_not_the_drill(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    environment = {**os.environ, "SHOPCAST_DRILL": str(owner.pid)}
    sender = subprocess.Popen(
        [sys.executable, "-m", "studio.sender", "--output", "x", "--runtime", str(tmp_path)],
        env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: list(tmp_path.iterdir()), "the sender's door", 30)
        assert sender.poll() is None
        assert owner.stdin is not None
        owner.stdin.close()
        owner.wait(30)
        sender.wait(30)
    finally:
        sender.kill()
        owner.kill()


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


def test_a_line_is_reset_and_made_slow() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    relay = Relay(server.getsockname()[1])
    try:
        near = socket.create_connection(("127.0.0.1", relay.port), 5)
        far, _ = server.accept()
        near.sendall(b"one")
        assert far.recv(10) == b"one"
        relay.slow()
        far.settimeout(5)
        near.sendall(b"y")  # what was waited for already comes as before
        assert far.recv(10) == b"y"
        near.sendall(b"x" * 4000)
        assert len(far.recv(100_000)) <= 1024  # a trickle
        relay.reset()
        near.settimeout(5)
        until(lambda: _is_reset(near), "the reset")
        far.close()
        relay.heal()
        again = socket.create_connection(("127.0.0.1", relay.port), 5)
        far, _ = server.accept()
        again.sendall(b"two")
        assert far.recv(10) == b"two"
        far.close()
        again.close()
    finally:
        relay.close()
        server.close()
        near.close()


def _is_reset(end: socket.socket) -> bool:
    try:
        end.recv(10)
    except ConnectionResetError:
        return True
    return False


def _is_over(end: socket.socket) -> bool:
    try:
        return end.recv(10) == b""
    except OSError:
        return True


# -- what is drilled, and what of it is written ------------------------------------------------


def test_pairs_and_surprises_come_from_their_seed_and_cover_all() -> None:
    faults = list(all_faults().values())
    pairs = chosen_sets(faults, 500, 7)
    assert pairs == chosen_sets(faults, 500, 7)
    assert pairs != chosen_sets(faults, 500, 8)
    assert len(pairs) == 500
    names = [(first.name, second.name) for (first, second), _ in pairs]
    apart = len(faults) - len(APART)
    assert len(set(names)) == apart * (apart - 1)  # each before one comes twice
    assert all(first != second for first, second in names)
    triples = chosen_sets(faults, 100, 7, 3)
    assert all(len(set(kinds)) == 3 and len(pauses) == 2 for kinds, pauses in triples)
    assert surprise(faults, 6, 3) == surprise(faults, 6, 3)
    assert len({fault.name for fault in surprise(faults, len(faults), 3)}) == len(faults)
    assert len(faults) >= 18


def test_a_set_of_faults_waits_until_its_plans_have_rested_and_lets_others_go_first() -> None:
    plans = {plan.id: plan for plan in read_plans(demo_show())[0]}
    now = [0.0]
    rests, kinds = PlanRests(plans, lambda: now[0]), all_faults()
    storm, price, cut = (kinds[name] for name in ("comment_storm", "price_changed", "network_cut"))
    assert rests.left_s(plans) == 0.0
    rests.over(["comment_flood", "price_changed", "no such plan"])
    assert rests.left_s(["comment_flood"]) == plans["comment_flood"].cooldown_s
    left = [FaultSet((storm, cut), (1.0,)), FaultSet((price, cut), (1.0,)),
            FaultSet((cut, kinds["freeze"]), (0.5,))]  # fmt: skip
    assert [next_set(left, rests).kinds[0] for _ in range(3)] == [cut, price, storm]
    now[0] = 61.0
    assert rests.left_s(plans) <= 0.0


def test_a_fault_that_another_one_hides_says_by_which_and_why() -> None:
    kinds = all_faults()
    for kind in kinds.values():
        for by, why in kind.hidden_by.items():
            assert by in kinds
            assert all(why)
    freeze, loud, slow, cut = (kinds[name] for name in ("freeze", "loud", "slow", "network_cut"))
    [hidden] = excused((slow, freeze, cut), [slow])
    assert (hidden.fault, hidden.by, hidden.noticed_s) == ("slow", "network_cut", None)
    assert excused((loud, freeze), [loud]) == []  # that is looked for when the camera is back
    assert excused((slow, cut), [slow, cut]) == []


@pytest.mark.parametrize("ending", ["html", "json"])
def test_a_drills_report_is_signed(tmp_path: Path, ending: str) -> None:
    score = DrillScore("source_lost", "freeze", 0.4, 0.6, 2.0, 4, 4, 0, True, "<b>")
    found = {"show": "demo.show", "began_utc": "a", "ended_utc": "b",
             "drills": msgspec.to_builtins([score])}  # fmt: skip
    file = tmp_path / f"report.{ending}"
    write_drill_report(file, found)
    assert main(["verify", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    assert "source_lost" in text
    assert ending == "json" or "<b>" not in text.partition("</head>")[2].replace("<b></b>", "")
    file.write_text(text.replace("source_lost", "source_best"), encoding="utf-8")
    assert main(["verify", str(file)]) == 1


@pytest.mark.parametrize(
    "given",
    [
        "rtmp://push.example.com/live",
        {"url": " RTMPS://1.2.3.4/x"},
        {"a": [{"b": ("srt://x.y/z",)}]},
    ],
)
def test_a_shadow_refuses_a_real_address_wherever_it_stands(given: object) -> None:
    with pytest.raises(StudioError) as told:
        refuse_outside(given)
    assert "example.com/live" not in str(told.value)  # not the path: it may be a key
    refuse_outside({"url": "rtmp://127.0.0.1/live", "key": "a real key", "n": 3, "none": None})


def test_a_shadows_clock_is_set_and_the_computers_is_not(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHOPCAST_RUNTIME", str(tmp_path))
    probe = Probe(Events(), drill_wall)
    probe.sample()
    assert probe.sample()["clock.jump_s"].value == 0.0
    (tmp_path / CLOCK_FILE).write_text("45.0", encoding="utf-8")
    assert probe.sample()["clock.jump_s"].value == pytest.approx(45, abs=1)
    (tmp_path / CLOCK_FILE).write_text("what", encoding="utf-8")  # half written: as it is
    assert probe.sample()["clock.jump_s"].value == pytest.approx(45, abs=1)


@pytest.mark.parametrize("count", ["0", "-1", "1.5", "99999", "x"])
def test_an_odd_count_is_no_order(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["drill", "--pairs", count])
    assert count in capsys.readouterr().err


def test_a_real_alarm_ends_the_drill(tmp_path: Path) -> None:
    """The real show is looked at while its shadow works; a plan that runs there ends it."""
    why: list[str] = []
    show = str(small_show(tmp_path / "real.show"))
    with Studio(tmp_path, show=show, password=PASSWORD) as studio:
        where = Where(studio.address, PASSWORD)
        with RealShowWatch(why.append, where) as watch, Peer(studio.address, PASSWORD) as peer:
            assert watch.is_watching
            assert peer.run("plans.run", plan="host_unwell")
            until(lambda: why, "the alarm", 30)
    # A busy machine has late ticks before the plan is seen: an alarm as well.
    assert "host_unwell" in why[0] or "late ticks" in why[0]
    with RealShowWatch(why.append, Where(studio.address, PASSWORD)) as watch:
        assert not watch.is_watching  # none runs any more
    assert len(why) == 1
