"""An experiment switches a real programme: taken back after a kill, never over a person's take."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.onair.peer import Peer
from tests.onair.studio import Studio
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(240)]
TWO = [{"command": "scenes.take", "args": {"scene": "Two", "transition": "cut"}}]
SOON = 60.0


def part(desk: Peer, name: str) -> Any:
    return desk.run("state.get", parts=[name])[name]


def programme(desk: Peer) -> str:
    return str(part(desk, "scenes")["programme"]["landscape"])


def begin(desk: Peer) -> str:
    made = desk.run("experiments.start", idea="first_look", a=TWO, b=TWO)["result"]
    until(lambda: programme(desk) == "Two", "the arm on the picture", SOON)
    return str(made["id"])


def test_a_killed_engine_leaves_nothing_and_a_take_by_hand_stands(tmp_path: Path) -> None:
    with Studio(tmp_path) as studio:
        with Peer(studio.address, studio.key(), events=0) as desk:
            desk.run("scenes.take", scene="One", transition="cut")
            desk.run("outputs.add", name="film", url=str(tmp_path / "film.mkv"), kind="file")
            desk.run("outputs.start", name="film")
            until(lambda: part(desk, "insight")["is_on_air"], "on air", SOON)
            id = begin(desk)
        studio.kill()  # the moment that the arm is there
        studio.options["restarts"] = 1
        studio.start()
        with Peer(studio.address, studio.key(), events=0) as desk:
            # Whatever was switched again meanwhile: the scene from before the first is back.
            until(lambda: part(desk, "trials")["running"], "the experiment again", SOON)
            desk.run("experiments.end", id=id)
            assert programme(desk) == "One"
            until(lambda: part(desk, "insight")["is_on_air"], "on air", SOON)
            id = begin(desk)
            desk.run("scenes.take", scene="Standby", transition="cut")
            until(lambda: part(desk, "trials")["running"][0]["is_held"], "held", SOON)
            assert "scenes.take" in part(desk, "trials")["running"][0]["held_why"]
            assert programme(desk) == "Standby"
            desk.run("experiments.end", id=id)
            assert programme(desk) == "Standby"


def test_the_command_line_starts_and_stops_one_and_writes_a_reach_list(tmp_path: Path) -> None:
    with Studio(tmp_path) as studio:

        def call(*words: str) -> tuple[int, Any, str]:
            done = subprocess.run(
                [sys.executable, "-m", "studio.app.cli", *words, "--json"],
                env=studio.environment, capture_output=True, text=True, encoding="utf-8",
                timeout=120, check=False,
            )  # fmt: skip
            return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr

        assert call("experiment", "status")[1] == {"running": [], "ended": []}
        code, made, _ = call("experiment", "start", "first_look", "--metric", "comments")
        assert code == 0
        _, now, _ = call("experiment", "status")
        assert [trial["id"] for trial in now["running"]] == [made["id"]]
        assert now["running"][0]["arm"] in ("a", "b")
        code, ended, _ = call("experiment", "stop")
        assert (code, ended["id"]) == (0, made["id"])
        assert call("experiment", "stop")[0] != 0  # none runs
        assert call("experiment", "start")[0] != 0  # which?

        with Peer(studio.address, studio.key(), events=0) as desk:
            args = {"purpose": "ads", "text_version": "2026-11"}
            desk.run("privacy.consent", who="douyin/rosa", **args)
            desk.run("privacy.consent", who="douyin/lin", **args)
        assert call("reach")[1]["segments"]["everyone"] == 2
        file = tmp_path / "list.csv"
        words = ("reach", "everyone", "--reason", "autumn", "--full", "--out", str(file))
        code, written, _ = call(*words)
        assert (code, written["count"]) == (0, 2)
        assert "rosa" in file.read_text(encoding="utf-8-sig")
        assert call(*words)[0] != 0  # it is there already
        assert call("privacy", "find", "douyin/rosa")[1][0]["who"] == "douyin/rosa"
        code, erased, _ = call("privacy", "erase", "douyin/rosa")
        assert erased["erased"]["reach"] == 1
        assert "rosa" not in file.read_text(encoding="utf-8-sig")
        (row,) = call("reach", "--lists")[1]["lists"]
        assert (row["people"], row["reason"], row["is_full"]) == (1, "autumn", True)
