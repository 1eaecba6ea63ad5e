"""Everything that is registered keeps the house's contract: schema, two languages, help, role."""

from __future__ import annotations

import re

import msgspec
import pytest

import studio.comments.platforms as platforms
import studio.filters.kinds as filters
import studio.plans.triggers as triggers
import studio.scenes.transitions as transitions
import studio.sources.kinds as sources
import studio.tryon.garments as garments
from studio.audio.commands import SoundCommands
from studio.comments.commands import AudienceCommands
from studio.comments.platforms.base import CommentPlatform
from studio.core.command import Role, Spec, specs_of
from studio.core.event import all_events
from studio.core.paths import plugins_dir
from studio.core.registry import discover, load_plugins
from studio.filters.base import Filter
from studio.insight import stats as _stats  # noqa: F401  (its events count too)
from studio.outputs.commands import OutputCommands
from studio.plans.commands import PlanCommands
from studio.plans.triggers.base import Trigger
from studio.scenes.commands import SceneCommands
from studio.scenes.transitions.base import Transition
from studio.shop.commands import ShopCommands
from studio.show.keeper import ShowCommands
from studio.sources.base import Source
from studio.sources.commands import SourceCommands
from studio.sources.filter_commands import FilterCommands
from studio.tryon.garments.base import Garment

FOLDERS = {
    "source": (sources, Source),
    "filter": (filters, Filter),
    "transition": (transitions, Transition),
    "trigger": (triggers, Trigger),
    "platform": (platforms, CommentPlatform),
    "garment": (garments, Garment),
}
OWNERS = (
    AudienceCommands,
    FilterCommands,
    OutputCommands,
    PlanCommands,
    SceneCommands,
    ShopCommands,
    ShowCommands,
    SoundCommands,
    SourceCommands,
)
PLUGINS, PLUGIN_ERRORS = load_plugins(plugins_dir())
KINDS = [
    pytest.param(kind, id=f"{room}-{kind.kind}")
    for room, (folder, base) in FOLDERS.items()
    for kind in discover(folder, base, PLUGINS)
]
COMMANDS = [pytest.param(s, id=s.id) for owner in OWNERS for s, _ in specs_of(owner)]
EVENTS = [pytest.param(kind, id=name) for name, kind in all_events().items()]
HAN = re.compile(r"[\u4e00-\u9fff]")


def in_both_languages(label, help):
    assert HAN.search(label.zh), label
    assert label.en.strip(), label
    assert not HAN.search(label.en), label
    assert HAN.search(help.zh), help
    assert help.en.strip().endswith((".", ":")), help
    assert help.zh.strip().endswith(("。", "：")), help


@pytest.mark.parametrize("kind", KINDS)
def test_an_extension_describes_itself(kind):
    in_both_languages(kind.label, kind.help)
    assert re.fullmatch(r"[a-z0-9_]+", kind.kind)
    assert kind.version >= 1
    assert kind.decode({}) == kind.Settings()
    schema = kind.schema()
    msgspec.json.encode(schema)
    for name, field in schema.get("properties", {}).items():
        extra = field if "x-zh" in field else next(iter(field.get("anyOf", [{}])), {})
        assert HAN.search(extra.get("x-zh", "")), (name, field)
        assert extra.get("x-en") or field.get("title"), (name, field)


@pytest.mark.parametrize("kind", KINDS)
def test_an_extension_upgrades_what_is_older_and_keeps_what_is_unknown(kind):
    assert kind.upgrade({}, 1) == {}
    kind.decode({"a_field_of_tomorrow": 1})


@pytest.mark.parametrize("spec", COMMANDS)
def test_a_command_describes_itself(spec: Spec):
    in_both_languages(spec.label, spec.help)
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", spec.id)
    assert isinstance(spec.role, Role)
    msgspec.json.encode(spec.schema())
    assert spec.secret_args <= set(spec.args.__struct_fields__)


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_describes_itself(kind):
    in_both_languages(kind.label, kind.help)
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", kind.name)


def test_command_ids_are_unique():
    ids = [spec.id for owner in OWNERS for spec, _ in specs_of(owner)]
    assert len(ids) == len(set(ids))


def test_what_cannot_be_undone_is_guarded():
    guarded = {s.id for owner in OWNERS for s, _ in specs_of(owner) if s.needs_confirm}
    assert {"outputs.stop", "plans.run_red"} <= guarded


def test_no_heavy_import_before_it_is_needed():
    import subprocess
    import sys

    code = (
        "import studio.app.cli, studio.app.supervisor, sys;"
        "import studio.sources.kinds.clip, studio.outputs.commands;"
        "heavy = {'cv2', 'av', 'PySide6', 'ai_edge_litert', 'miniaudio'} & set(sys.modules);"
        "print(heavy or '')"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_bundled_plugins_load_and_lean_on_the_api_alone():
    import ast

    assert PLUGIN_ERRORS == []
    assert {m.__name__ for m in PLUGINS} >= {"shopcast_plugin_clock", "shopcast_plugin_dip"}
    for path in plugins_dir().rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                doors = {"studio.api"} | ({"ui.api"} if path.name == "panel.py" else set())
                assert not name.startswith(("studio", "ui")) or name in doors, (path, name)


def test_a_plugin_that_fails_is_left_out_and_said(tmp_path):
    for name, text in (("bad", "1/0"), ("worse", "def"), ("good", "X = 1")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plugin.py").write_text(text)
    modules, errors = load_plugins(tmp_path)
    assert [m.__name__ for m in modules] == ["shopcast_plugin_good"]
    assert len(errors) == 2
    assert "ZeroDivisionError" in str(errors[0])
