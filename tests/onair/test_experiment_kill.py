"""An experiment switches a real programme: taken back after a kill, never over a person's take."""

from __future__ import annotations

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
