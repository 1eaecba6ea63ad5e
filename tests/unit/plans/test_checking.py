"""Every kind of fault of a plan file is told with file, line and what to do about it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import studio.plans.triggers as folder
from studio.app.check import AllCommands, check
from studio.app.cli import main
from studio.app.extensions import Extensions
from studio.core.i18n import catalogue
from studio.core.registry import discover
from studio.plans.checking.base import World
from studio.plans.checking.check import check_plans
from studio.plans.triggers.base import Trigger
from tests.onair.studio import small_show

WORDS = {"zh": "预案", "en": "A plan"}
STANDBY = {"type": "command", "command": "scenes.standby"}
BACK = {"type": "return"}
TELL = {"type": "tell", "role": "owner", "text": {"zh": "{subject}", "en": "{subject}"}}
ASK = {"type": "ask", "role": "controller", "question": WORDS, "options": ["yes", "stop"],
       "otherwise": "stop"}  # fmt: skip
GOOD: dict[str, Any] = {
    "id": "mine", "label": WORDS, "help": WORDS, "role": "controller",
    "trigger": {"kind": "source_health", "settings": {"states": ["lost"]}},
    "steps": [STANDBY, TELL, ASK], "recover": [BACK],
}  # fmt: skip


def step(id: str, **args: Any) -> dict[str, Any]:
    return {"type": "command", "command": id, "args": args}


# (kind of fault, what of the good plan is another, line on which it is told)
FAULTS: list[tuple[str, dict[str, Any] | str | bytes]] = [
    ("json", '{"id": "mine",\n "label": }'),
    ("encoding", b'{"id": "\xff\xfe"}'),
    ("too_large", '{"id": "' + "x" * 1_100_000 + '"}'),
    ("missing", '{"id": "mine",\n "label": {"zh": "x", "en": "x"}}'),
    ("field", {"well_ms": "long"}),
    ("field", {"steps": [{"type": "explode"}]}),
    ("field", {"steps": [{**TELL, "role": "nobody"}]}),
    ("unknown", {"stesp": []}),
    ("id", {"id": ""}),
    ("no_words", {"label": {"zh": "预案", "en": " "}}),
    ("no_words", {"steps": [STANDBY, {**TELL, "text": {"zh": "", "en": "x"}}]}),
    ("no_steps", {"steps": [], "recover": []}),
    ("recover_unreached", {"trigger": None, "steps": [STANDBY]}),
    ("unreached", {"steps": [STANDBY, {**ASK, "options": ["stop"]}, TELL]}),
    ("cooldown", {"cooldown_s": -1}),
    ("well", {"well_ms": -5}),
    ("flaps", {"well_ms": 0, "cooldown_s": 0}),
    ("red_alone", {"level": "red"}),
    ("trigger", {"trigger": {"kind": "moon_phase"}}),
    ("trigger_field", {"trigger": {"kind": "source_health", "settings": {"stats": ["lost"]}}}),
    ("trigger_settings", {"trigger": {"kind": "source_health", "settings": {"least_area": 7}}}),
    ("trigger_late", {"trigger": {"kind": "source_health", "settings": {"for_ms": 9_000_000}}}),
    ("trigger_never", {"trigger": {"kind": "source_health", "settings": {"states": ["tired"]}}}),
    ("trigger_always", {"trigger": {"kind": "source_health",
                                    "settings": {"states": ["lost", "ok"]}}}),
    ("trigger_always", {"trigger": {"kind": "overload", "settings": {"late_percent": 0}}}),
    ("trigger_reversed", {"trigger": {"kind": "overload",
                                      "settings": {"late_percent": 10, "well_percent": 20}}}),
    ("no_role", {"role": ""}),
    ("role", {"steps": [STANDBY, step("outputs.delay", seconds=5)]}),
    ("no_way_back", {"recover": []}),
    ("nothing_taken", {"steps": [TELL]}),
    ("command", {"steps": [STANDBY, step("scenes.tak")]}),
    ("never", {"steps": [STANDBY, step("scenes.remove", name="One")]}),
    ("args", {"steps": [STANDBY, step("scenes.take", scnee="One")]}),
    ("args", {"steps": [STANDBY, step("comments.slow")]}),
    ("secret", {"steps": [STANDBY, step("comments.say", text="rtmp://a.b/live/abcdefgh12")]}),
    ("scene", {"steps": [STANDBY, step("scenes.take", scene="Nine")]}),
    ("source", {"steps": [STANDBY, step("sound.mute", source="mic 9")]}),
    ("output", {"steps": [STANDBY, step("outputs.retry", name="Mars")]}),
    ("product", {"steps": [STANDBY, step("shop.card", product="shoe")]}),
    ("no_options", {"steps": [STANDBY, {**ASK, "options": []}]}),
    ("same_options", {"steps": [STANDBY, {**ASK, "options": ["yes", "yes", "stop"]}]}),
    ("no_default", {"steps": [STANDBY, {**ASK, "otherwise": ""}]}),
    ("default", {"steps": [STANDBY, {**ASK, "otherwise": "maybe"}]}),
    ("ask_time", {"steps": [STANDBY, {**ASK, "within_s": 0}]}),
    ("keys_default", {"steps": [STANDBY, {**ASK, "keys": 2, "otherwise": "yes"}]}),
    ("wait_for_nothing", {"trigger": None, "recover": [], "steps": [{"type": "wait"}]}),
    ("wait_when_well", {"recover": [{"type": "wait"}, BACK]}),
    ("wait_time", {"steps": [STANDBY, {"type": "wait", "within_s": -1}]}),
    ("placeholder", {"steps": [STANDBY, {**TELL, "text": {"zh": "{gone}", "en": "x"}}]}),
    ("no_subject", {"trigger": None, "recover": [], "steps": [TELL]}),
    ("two_keys", {"role": "technician", "steps": [STANDBY, step("outputs.stop", name="far")]}),
    ("start", {"steps": [STANDBY, {"type": "start", "plan": "gone"}]}),
    ("loop", {"steps": [STANDBY, {"type": "start", "plan": "mine"}]}),
]  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    specs = {spec.id: spec for spec in AllCommands(Extensions()).specs()}
    return World(
        specs, discover(folder, Trigger), frozenset({"One", "Two", "Standby"}),
        frozenset({"clip"}), frozenset({"far"}), frozenset({"hat"}),
    )  # fmt: skip


def told(show: Path, world: World, *plans: dict[str, Any] | str | bytes) -> list[Any]:
    (show / "plans").mkdir(parents=True, exist_ok=True)
    (show / "shipped").mkdir(exist_ok=True)
    for number, plan in enumerate(plans):
        path = show / "plans" / f"{number}.json"
        if isinstance(plan, bytes):
            path.write_bytes(plan)
        else:
            text = plan if isinstance(plan, str) else json.dumps(plan, indent=1)
            path.write_text(text, encoding="utf-8")
    return check_plans(show, world, show / "shipped")


def changed(other: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy({**GOOD, **other})


def test_a_good_plan_has_no_fault(tmp_path: Path, world: World) -> None:
    assert told(tmp_path, world, GOOD) == []


@pytest.mark.parametrize(
    ("key", "other"),
    [pytest.param(key, other, id=f"{key}-{n}") for n, (key, other) in enumerate(FAULTS)],
)
def test_each_kind_of_fault_is_told_with_line_and_mend(
    tmp_path: Path, world: World, key: str, other: Any
) -> None:
    plan = changed(other) if isinstance(other, dict) else other
    faults = told(tmp_path, world, plan)
    found = [f for f in faults if f.error.params["why"].key == f"plans.fault.{key}"]
    assert found, [str(f.error) for f in faults]
    # The fault and nothing that follows from it.
    assert {f.error.params["why"].key for f in faults} == {f"plans.fault.{key}"}
    lines = (tmp_path / "plans" / "0.json").read_bytes().count(b"\n") + 1
    assert 1 <= found[0].line <= lines
    for language in ("zh", "en"):
        words = found[0].error.in_language(language)
        assert "0.json" in words
        assert "plans.fault" not in words


def test_lines_are_those_of_the_fault(tmp_path: Path, world: World) -> None:
    text = (
        '{\n "id": "mine",\n "label": {"zh": "x", "en": "x"},\n "help": {"zh": "x", "en": "x"},\n'
        ' "steps": [\n  {"type": "command",\n   "command": "scenes.tak"},\n'
        '  {"type": "tell", "role": "owner",\n   "text": {"zh": "x",\n            "en": ""}}\n ]\n}'
    )
    lines = {f.error.params["why"].key: f.line for f in told(tmp_path, world, text)}
    assert lines["plans.fault.command"] == 7
    assert lines["plans.fault.no_words"] == 10


def test_plans_beside_each_other(tmp_path: Path, world: World) -> None:
    start = {"type": "start"}
    plans = [
        changed({"id": "a", "steps": [STANDBY, {**start, "plan": "b"}], "level": "amber"}),
        changed({"id": "b", "steps": [STANDBY, {**start, "plan": "a"}], "trigger": None,
                 "recover": []}),
        changed({"id": "c"}),
        changed({"id": "c", "trigger": None, "recover": [], "steps": [ASK]}),
    ]  # fmt: skip
    faults = told(tmp_path, world, *plans)
    keys = sorted(f.error.params["why"].key.removeprefix("plans.fault.") for f in faults)
    assert keys == ["loop", "loop", "twice"]
    same = told(
        tmp_path, world, *plans[:1], *plans[1:2], changed({"id": "c"}), changed({"id": "d"})
    )
    assert sum(f.error.params["why"].key == "plans.fault.same_cause" for f in same) == 2
    assert "a → b → a" in " ".join(str(f.error) for f in faults)


def test_there_are_more_than_twenty_five_kinds_and_all_are_tried() -> None:
    kinds = {key for key in catalogue() if key.startswith("plans.fault.")}
    tried = {f"plans.fault.{key}" for key, _ in FAULTS}
    # Said of each, of two files together, and of a file whose rights are wrong (root reads all).
    elsewhere = {f"plans.fault.{name}" for name in ("at", "twice", "same_cause", "unreadable")}
    assert kinds == tried | elsewhere
    assert len(tried) >= 25


def test_shopcast_check_names_them_and_the_show_is_ready_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show = small_show(tmp_path / "mine.show")
    (show / "plans").mkdir()
    broken = changed({"steps": [STANDBY, step("scenes.take", scene="Nine")]})
    (show / "plans" / "mine.json").write_text(json.dumps(broken, indent=1), encoding="utf-8")
    assert main(["check", str(show)]) == 0
    out = capsys.readouterr().out
    assert "mine.json line" in out
    assert '"Nine"' in out
    assert "One, Standby, Two" in out
    assert all(not finding.is_fatal for finding in check(show) if finding.place == "plans")


def test_the_shipped_plans_have_no_fault() -> None:
    assert [f.text for f in check(None) if "needs_accept" not in f.error.key] == []
