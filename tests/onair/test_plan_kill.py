"""The engine is killed while a plan runs: the next one goes on with it, or takes it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.onair.peer import Peer
from tests.onair.studio import Studio, small_show
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(180)]
WORDS = {"zh": "预案", "en": "A plan"}
PLAN: dict[str, Any] = {
    "id": "mine", "label": WORDS, "help": WORDS,
    "steps": [
        {"type": "command", "command": "scenes.standby"},
        {"type": "command", "command": "comments.slow", "args": {"on": True},
         "undo": {"command": "comments.slow", "args": {"on": False}}},
        {"type": "ask", "role": "controller", "question": WORDS, "options": ["yes"],
         "within_s": 600},
        {"type": "return"},
        {"type": "command", "command": "comments.slow", "args": {"on": False}},
    ],
}  # fmt: skip


def put_plan(show: Path, steps: list[dict[str, Any]]) -> None:
    (show / "plans").mkdir(exist_ok=True)
    made = {**PLAN, "steps": steps}
    (show / "plans" / "mine.json").write_text(json.dumps(made), encoding="utf-8")


@pytest.mark.parametrize("is_same", [True, False], ids=["goes on", "undone"])
def test_a_plan_survives_the_engine(tmp_path: Path, is_same: bool) -> None:
    show = small_show(tmp_path / "mine.show")
    put_plan(show, PLAN["steps"])
    with Studio(tmp_path, show=str(show)) as studio:
        with Peer(studio.address, studio.key(), events=0) as desk:
            desk.run("plans.accept", plan="mine")
            desk.run("scenes.take", scene="One", transition="cut")
            incident = desk.run("plans.run", plan="mine")["result"]["incident"]
            until(lambda: part(desk, "plans")["asks"], "the question")
            assert part(desk, "scenes")["programme"]["landscape"] == "Standby"
            [run] = part(desk, "plans")["runs"]
            assert (run["step"], run["steps"], run["can_undo"]) == (3, 5, True)
        # A moment for the checkpoint that the engine writes beside its work.
        until(lambda: "Standby" in read(tmp_path / "run" / "resume.json"), "the checkpoint")
        studio.kill()
        if not is_same:
            put_plan(show, PLAN["steps"][:2])
        studio.options["restarts"] = 1
        studio.start()
        with Peer(studio.address, studio.key(), events=0) as desk:
            if is_same:
                until(lambda: part(desk, "plans")["asks"], "the question again")
                assert part(desk, "scenes")["programme"]["landscape"] == "Standby"
                desk.run("plans.answer", incident=incident, option="yes")
            until(lambda: state(desk, incident) != "running", "the end")
            assert part(desk, "scenes")["programme"]["landscape"] == "One"
            assert not part(desk, "comments")["is_slow"]
            row = next(
                row for row in desk.run("plans.incidents")["result"] if row["id"] == incident
            )
            assert row["state"] == ("saved" if is_same else "aborted")
            assert row["is_undone"] is not is_same
            assert "restarted" in str(row["timeline"])


def part(peer: Peer, name: str) -> Any:
    return peer.run("state.get", parts=[name])[name]


def state(peer: Peer, incident: str) -> str:
    rows = peer.run("plans.incidents")["result"]
    return next((str(row["state"]) for row in rows if row["id"] == incident), "")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
