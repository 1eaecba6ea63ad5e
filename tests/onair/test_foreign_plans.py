"""A stranger's show does nothing by itself; accepted, it has a controller's rights at most."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.onair.peer import Peer
from tests.onair.studio import Studio, small_show
from tests.waiting import until

PASSWORD = "a password"
WORDS = {"zh": "预案", "en": "A plan"}
TOKEN = {"command": "remote.token_add", "args": {"name": "spy", "role": "owner"}}
OUTPUT = {"command": "outputs.add", "args": {"name": "leak", "url": "rtmp://127.0.0.1:9/live"}}
REMOVAL = {"command": "sources.remove", "args": {"name": "title"}}
ACCEPT = {"command": "plans.accept", "args": {"plan": "second"}}
DELAY = {"command": "outputs.delay", "args": {"seconds": 5.0}}
TAKE = {"command": "scenes.take", "args": {"scene": "Two", "transition": "cut"}}


def plan(id: str, *steps: dict[str, Any], trigger: bool = True) -> dict[str, Any]:
    made: dict[str, Any] = {"id": id, "label": WORDS, "help": WORDS, "level": "green"}
    if trigger:
        # Source "clip" is not there: the trigger stands from the first moment.
        made["trigger"] = {"kind": "source_health", "settings": {"least_area": 0.0}}
    made["steps"] = [{"type": "command", "is_optional": True, **step} for step in steps]
    return {**made, "cooldown_s": 600}


def a_show(tmp_path: Path, *plans: dict[str, Any]) -> Path:
    folder = small_show(tmp_path / "stranger.show")
    raw = json.loads((folder / "show.json").read_text(encoding="utf-8"))
    raw["sources"][1]["settings"]["path"] = "gone.mp4"
    raw["scenes"]["programme"] = {"landscape": "Three", "portrait": "Three"}
    raw["scenes"]["scenes"].append({"name": "Three", "items": [{"id": 1, "source": "clip"}]})
    raw["plans"] = {"enabled": [made["id"] for made in plans]}
    (folder / "show.json").write_text(json.dumps(raw), encoding="utf-8")
    (folder / "plans").mkdir()
    for made in plans:
        write(folder, made)
    return folder


def write(folder: Path, made: dict[str, Any]) -> None:
    (folder / "plans" / f"{made['id']}.json").write_text(json.dumps(made), encoding="utf-8")


def rows(peer: Peer, part: str) -> Any:
    return peer.run("state.get", parts=[part])[part]


def plan_row(peer: Peer, id: str) -> dict[str, Any]:
    return next(row for row in rows(peer, "plans")["plans"] if row["id"] == id)


def incidents(peer: Peer) -> list[dict[str, Any]]:
    return list(peer.run("plans.incidents")["result"])


def test_what_comes_with_a_show_is_off_until_it_is_accepted(tmp_path: Path) -> None:
    first = plan("first", TOKEN, OUTPUT, REMOVAL, ACCEPT, DELAY, TAKE)
    show = a_show(tmp_path, first, plan("second", TAKE, trigger=False))
    with Studio(tmp_path, show=str(show), password=PASSWORD) as studio:
        with Peer(studio.address, PASSWORD, events=0) as owner:
            # Off, for everybody, with the list of what it may do.
            row = plan_row(owner, "first")
            assert row["needs_accept"]
            assert row["highest"] == "owner"
            assert [step["command"] for step in row["may"]] == [
                step["command"] for step in (TOKEN, OUTPUT, REMOVAL, ACCEPT, DELAY, TAKE)
            ]
            assert [step["never"] for step in row["may"]] == [True] * 4 + [False] * 2
            assert owner.run_code("plans.run", plan="first") == "plans.needs_accept"
            assert owner.run_code("plans.run_red", plan="first", confirm=True) != ""
            # The password may be typed anywhere: accepting is for whoever sits here.
            assert owner.run_code("plans.accept", plan="first") == "plans.accept_here"
            tokens = owner.run("remote.tokens")["result"]
        with Peer(studio.address, studio.key(), events=0) as here:
            assert here.run_code("plans.accept", plan="first", digest="0" * 64) != ""
            assert incidents(here) == []
            here.run("plans.accept", plan="first", digest=row["digest"])
            # It runs on until the source is measured to be back, which is never.
            until(lambda: incidents(here) and len(incidents(here)[0]["timeline"]) > 6, "the run")
            lines = incidents(here)[0]["timeline"][1:7]
            # Begun by the engine: secrets, tokens, removals never; no more than a controller.
            assert [line["is_ok"] for line in lines] == [False] * 5 + [True]
            assert rows(here, "scenes")["programme"]["landscape"] == "Two"
            assert not [row for row in rows(here, "outputs") if row["name"] == "leak"]
            assert here.run("remote.tokens")["result"] == tokens
            assert plan_row(here, "second")["needs_accept"]
        # A file that has changed is off again; one that has not stays accepted.
        write(show, plan("second", TAKE, trigger=False))
        with Peer(studio.address, studio.key(), events=0) as here:
            here.run("plans.accept", plan="second")
            here.run("show.save")
        studio.stop()
        write(show, plan("first", TAKE, TAKE))
        studio.start()
        with Peer(studio.address, studio.key(), events=0) as here:
            assert plan_row(here, "first")["needs_accept"]
            assert not plan_row(here, "second")["needs_accept"]
            here.run("plans.accept", plan="second", on=False)
            assert here.run_code("plans.run", plan="second") == "plans.needs_accept"


def test_a_plan_has_the_right_of_whoever_runs_it(tmp_path: Path) -> None:
    show = a_show(tmp_path, plan("mine", DELAY, TAKE, trigger=False))
    with Studio(tmp_path, show=str(show), password=PASSWORD) as studio:  # noqa: SIM117 - an address
        with Peer(studio.address, studio.key(), events=0) as here:
            here.run("plans.accept", plan="mine")
            made = here.run("remote.token_add", name="tablet", role="controller")["result"]

            def ran(peer: Peer) -> list[bool]:
                peer.run("plans.run", plan="mine")
                until(lambda: incidents(here)[0]["state"] != "running", "the run")
                return [line["is_ok"] for line in incidents(here)[0]["timeline"][1:]]

            with Peer(studio.address, made["token"], events=0) as tablet:
                assert ran(tablet) == [False, True]
            assert ran(here) == [True, True]


def test_a_plan_in_place_of_a_shipped_one_leaves_that_at_work(tmp_path: Path) -> None:
    show = a_show(tmp_path, plan("source_lost", TOKEN))
    with Studio(tmp_path, show=str(show), password=PASSWORD) as studio:  # noqa: SIM117 - an address
        with Peer(studio.address, studio.key(), events=0) as here:
            row = plan_row(here, "source_lost")
            assert row["needs_accept"]
            assert row["stands_in"]
            assert row["label"][1] == "Main source lost · standby"
            until(lambda: rows(here, "scenes")["programme"]["landscape"] == "Standby", "standby")
