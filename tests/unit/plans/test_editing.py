"""A plan as text: tried without doing anything, kept in the show, off until it is accepted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import studio.plans.triggers as folder
from studio.core.command import Role
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.core.registry import discover
from studio.plans.checking.base import World
from studio.plans.editing import keep_text, path_of, source_of, step_lines, try_text
from studio.plans.editing_commands import PlanEditing
from studio.plans.files import read_plan_files
from studio.plans.reach import is_never
from studio.plans.triggers.base import Trigger
from studio.show.file import demo_show
from tests.unit.plans.test_checking import GOOD
from tests.unit.plans.test_plans import House, within

KINDS = discover(folder, Trigger)  # type: ignore[type-abstract]
TEXT = json.dumps(GOOD, ensure_ascii=False, indent=1)
LOST = (assets_dir() / "plans" / "source_lost.json").read_text(encoding="utf-8")


class Room:
    """A house with a show of its own, and the editor of its plans."""

    def __init__(self, house: House, show: Path) -> None:
        self.house, self.show = house, show
        files, _ = read_plan_files(show)
        house.plans.load([f.plan for f in files if not f.digest], None,
                         [f for f in files if f.digest])  # fmt: skip
        self.editing = PlanEditing(house.plans, lambda: show, self.world)
        house.bus.add(self.editing)
        house.bus.add(house.commands)

    def world(self) -> World:
        scenes = frozenset(scene.name for scene in self.house.scenes.state.scenes)
        return World(self.house.plans.specs(), KINDS, scenes, frozenset(self.house.health))

    async def run(self, id: str, **args: Any) -> Any:
        return await self.house.bus.run(id, args, role=Role.TECHNICIAN, is_here=True)


def editing(tmp_path: Path, body: Any) -> None:
    show = tmp_path / "mine.show"
    show.mkdir(exist_ok=True)

    async def run(house: House) -> None:
        await body(Room(house, show))

    within(run)


def test_a_shipped_text_is_found_tried_and_does_nothing(tmp_path: Path) -> None:
    async def body(room: Room) -> None:
        found = (await room.run("plans.source", plan="source_lost")).result
        assert found["text"] == LOST
        assert found["own"] is False
        tried = (await room.run("plans.try_text", text=LOST, subject="侧机位")).result
        assert (tried["plan"], tried["faults"]) == ("source_lost", [])
        assert tried["highest"] == "controller"
        assert any("侧机位" in step["text"][0] for step in tried["steps"])
        assert {step["phase"] for step in tried["steps"]} == {"steps", "recover"}
        assert room.house.on_air != "垫片", "nothing is done"
        assert not (room.show / "plans").exists(), "nothing is kept"

    editing(tmp_path, body)


def test_each_fault_has_its_line_and_a_text_that_is_none_is_not_kept(tmp_path: Path) -> None:
    async def body(room: Room) -> None:
        wrong = TEXT.replace("scenes.standby", "scenes.stendby")
        tried = (await room.run("plans.try_text", text=wrong)).result
        (fault,) = [f for f in tried["faults"] if "scenes.stendby" in f["text"][1]]
        assert "scenes.stendby" in wrong.splitlines()[fault["line"] - 1]
        assert "plan-" not in json.dumps(tried), "no folder of ours is named"
        for none in ("", "{", "[]", '{"id": "x"}', TEXT.replace('"mine"', '""')):
            tried = (await room.run("plans.try_text", text=none)).result
            assert tried["plan"] == ""
            assert tried["faults"]
            with pytest.raises(StudioError) as told:
                await room.run("plans.save", text=none)
            assert told.value.code == "invalid"
        assert not list(room.show.rglob("*.json"))
        saved = (await room.run("plans.save", text=wrong)).result
        assert saved["faults"], "a fault is told, and kept all the same"

    editing(tmp_path, body)


def test_a_kept_plan_is_off_until_it_is_accepted_and_undo_brings_back(tmp_path: Path) -> None:
    async def body(room: Room) -> None:
        plans = room.house.plans
        changed = LOST.replace('"amber"', '"red"', 1)
        done = await room.run("plans.save", text=changed)
        assert done.undo == ("plans.discard", {"plan": "source_lost", "instead_of": changed})
        assert plans.plans["source_lost"].level == "amber", "the shipped one works meanwhile"
        assert plans.waiting["source_lost"].digest == done.result["digest"]
        assert read_plan_files(room.show)[0][-1].digest == done.result["digest"]
        await room.run("plans.accept", plan="source_lost", digest=done.result["digest"])
        assert plans.plans["source_lost"].level == "red"
        others = {id: plan for id, plan in plans.plans.items() if id != "source_lost"}
        again = await room.run("plans.save", text=LOST)
        assert again.undo == ("plans.save", {"text": changed, "instead_of": LOST})
        await room.run(again.undo[0], **again.undo[1])
        assert plans.plans["source_lost"].level == "red", "the same text is still accepted"
        await room.run("plans.discard", plan="source_lost")
        assert plans.plans["source_lost"].level == "amber"
        assert {id: plan for id, plan in plans.plans.items() if id != "source_lost"} == others
        with pytest.raises(StudioError) as told:
            await room.run("plans.discard", plan="source_lost")
        assert told.value.code == "not_found"

    editing(tmp_path, body)


def test_a_plan_that_runs_is_not_changed_and_the_others_go_on(tmp_path: Path) -> None:
    async def body(room: Room) -> None:
        plans = room.house.plans
        room.house.health["cam"] = room.house.health["cam"].__class__("lost")
        await room.house.until(lambda: plans.is_running("source_lost"))
        for call in (("plans.save", {"text": LOST}), ("plans.discard", {"plan": "source_lost"})):
            with pytest.raises(StudioError) as told:
                await room.run(call[0], **call[1])
            assert told.value.code == "conflict"
        await room.run("plans.save", text=TEXT)
        assert plans.is_running("source_lost")
        assert "mine" in plans.waiting

    editing(tmp_path, body)


def test_the_shows_own_file_is_written_over_whatever_its_name(tmp_path: Path) -> None:
    plans = tmp_path / "plans"
    plans.mkdir()
    (plans / "old name.json").write_text(TEXT, encoding="utf-8-sig")
    (plans / "broken.json").write_text("{", encoding="utf-8")
    assert source_of("mine", tmp_path).text == TEXT
    assert path_of("broken", plans) == plans / "broken.json", "to be put right here as well"
    keep_text(TEXT.replace("预案", "方案"), tmp_path)
    assert sorted(path.name for path in plans.iterdir()) == ["broken.json", "old name.json"]
    assert "方案" in source_of("mine", tmp_path).text
    tried = try_text(TEXT, tmp_path, World({}, KINDS))
    assert not any("twice" in fault.words[1] for fault in tried.faults)


@pytest.mark.parametrize("id", ["../../x", "a/../b", "/etc/x", "C:\\x", "con", "名字", "a" * 90])
def test_no_id_leads_out_of_the_shows_folder(tmp_path: Path, id: str) -> None:
    show = tmp_path / "deep" / "mine.show"
    show.mkdir(parents=True)
    keep_text(TEXT.replace('"mine"', json.dumps(id)), show)
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert file.parent == show / "plans"
    assert source_of(id, show).path == file
    assert keep_text(TEXT.replace('"mine"', json.dumps(id)), show)
    assert len(list((show / "plans").iterdir())) == 1


def test_the_demo_show_stays_as_it_is_and_a_full_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudioError) as told:
        keep_text(TEXT, demo_show())
    assert told.value.key == "plans.save_show_first"
    show = tmp_path / "file.show"
    show.write_text("no folder", encoding="utf-8")
    with pytest.raises(StudioError) as told:
        keep_text(TEXT, show)
    assert told.value.code == "failed"
    assert str(show) in told.value.in_language("en")


def test_no_plan_edits_plans() -> None:
    async def body(house: House) -> None:
        house.bus.add(PlanEditing(house.plans, Path, lambda: World({}, KINDS)))
        specs = house.plans.specs()
        for id in ("plans.save", "plans.discard"):
            assert is_never(specs[id]), id

    within(body)


def test_shipped_plans_are_plans_as_texts_and_say_their_steps(tmp_path: Path) -> None:
    async def body(house: House) -> None:
        for path in sorted((assets_dir() / "plans").glob("*.json"))[::6]:
            text = path.read_text(encoding="utf-8")
            tried = try_text(text, tmp_path, World(house.plans.specs(), KINDS))
            assert tried.plan is not None
            assert step_lines(tried.plan, "x", house.plans.specs())

    shutil.rmtree(tmp_path / "plans", ignore_errors=True)
    within(body)
