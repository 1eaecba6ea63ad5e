"""What plugins bring and ask for; who waits, who is kept out, and for how long."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from studio.app.engine import Engine
from studio.app.extensions import Extensions
from studio.comments.platforms.base import CommentPlatform
from studio.core import plugins
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.paths import own_plugins_dir, plugins_dir
from studio.outputs.platforms import platforms
from studio.plans.faults.base import all_faults
from studio.plans.triggers.base import Trigger
from studio.remote import panel
from studio.shop.importers.reading import importer_kinds
from tests.contract.test_services import A, written
from tests.unit.test_plugin_service import run

EXAMPLE = plugins_dir() / "examples" / "corner_shop"
NAME = "corner_shop"


@pytest.fixture
def folder() -> Path:
    """The example as a person has it: in the folder of one's own plugins."""
    platforms.cache_clear()
    panel._pages.cache_clear()
    yield Path(shutil.copytree(EXAMPLE, own_plugins_dir() / NAME))
    platforms.cache_clear()
    panel._pages.cache_clear()


def state(folder: Path) -> tuple[str, str]:
    status = plugins.status_of(folder)
    return status.state, status.reason.key


def test_what_is_asked_for_is_accepted_first_and_anew_when_it_grows(folder: Path) -> None:
    assert state(folder) == ("held", "plugins.asks")
    held = Extensions.with_plugins()
    assert [error.key for error in held.errors] == ["plugins.asks"]
    assert "shop.card_off" in str(held.errors[0])
    assert NAME not in [service.name for service in held.services]
    assert NAME not in platforms()
    assert panel.serve(f"/plugins/{NAME}/phone.js").status_code == 404
    plugins.accept(NAME)
    assert state(folder) == ("on", "")
    manifest = json.loads((folder / "plugin.json").read_text(encoding="utf-8"))
    manifest["asks"]["network"] = True
    (folder / "plugin.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert state(folder) == ("held", "plugins.asks")
    plugins.accept(NAME)
    assert state(folder) == ("on", "")
    plugins.hold(NAME)
    assert state(folder) == ("held", "plugins.held")


@pytest.mark.usefixtures("folder")
def test_each_thing_it_brings_is_there(tmp_path: Path) -> None:
    plugins.accept(NAME)
    extensions = Extensions.with_plugins()
    assert not extensions.errors
    assert platforms()[NAME].max_kbps == 4000
    assert NAME in importer_kinds()
    assert f"{NAME}_no_preview" in extensions.of(Trigger)  # type: ignore[type-abstract]
    assert all_faults()[f"{NAME}_unplug"].plan == "source_lost"
    assert f"{NAME}_book" in extensions.of(CommentPlatform)  # type: ignore[type-abstract]
    assert "08:00" in translate(f"{NAME}.closed", "zh", until="08:00")
    assert json.loads(panel.serve("/plugins.json").body) == [NAME]
    assert b"export default" in panel.serve(f"/plugins/{NAME}/phone.js").body
    for path in ("/plugins/../phone.js", "/plugins/goal/phone.js", "/plugins/x/plugin.py"):
        assert panel.serve(path).status_code == 404

    async def body(engine: Engine) -> None:
        bus = engine.parts.bus
        book = tmp_path / "a.show" / "book.txt"
        book.write_text("of before\n", encoding="utf-8")
        await bus.run(
            "feeds.add",
            {"name": "book", "kind": f"{NAME}_book", "settings": {"path": "book.txt"}},
        )
        comments = engine.parts.state.get
        async with asyncio.timeout(15):
            while comments(["comments"])["comments"]["feeds"][-1]["state"] != "live":
                await asyncio.sleep(0.01)
            with book.open("a", encoding="utf-8") as file:
                file.write("hello there\n")
            while not comments(["comments"])["comments"]["all"]:
                await asyncio.sleep(0.01)
        assert comments(["comments"])["comments"]["all"][0]["text"] == "hello there"
        done = await bus.run(f"{NAME}.close", {"until": "09:00"})
        assert engine.parts.state.get([NAME])[NAME] == {"closed_until": "09:00"}
        with pytest.raises(StudioError) as told:
            await bus.run(f"{NAME}.ring")
        assert "09:00" in told.value.in_language("zh")
        await bus.run(*done.undo)
        assert (await bus.run(f"{NAME}.ring")).result == {"answer": "hello"}
        shown = engine.parts.state.get(["plugins"])["plugins"]
        assert {row["name"]: row["state"] for row in shown}[NAME] == "on"
        held = await bus.run("plugins.hold", {"name": NAME})
        assert held.result["plugin"].state == "held"
        with pytest.raises(StudioError):
            await bus.run("plugins.accept", {"name": "nobody"})

    run(written(tmp_path / "a.show", A), extensions, body)


def test_the_bus_refuses_what_was_not_asked_for(folder: Path, tmp_path: Path) -> None:
    manifest = json.loads((folder / "plugin.json").read_text(encoding="utf-8"))
    manifest["asks"] = {}
    (folder / "plugin.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert state(folder) == ("on", "")

    async def body(engine: Engine) -> None:
        with pytest.raises(StudioError) as told:
            await engine.parts.bus.run(f"{NAME}.close")
        assert told.value.key == "plugins.denied"
        assert told.value.code == "denied"

    run(written(tmp_path / "a.show", A), Extensions.with_plugins(), body)


def test_a_plugin_has_no_more_than_a_controllers_right(folder: Path, tmp_path: Path) -> None:
    manifest = json.loads((folder / "plugin.json").read_text(encoding="utf-8"))
    manifest["asks"] = {"commands": ["*"]}
    (folder / "plugin.json").write_text(json.dumps(manifest), encoding="utf-8")
    code = (folder / "plugin.py").read_text(encoding="utf-8")
    code = code.replace('run("shop.card_off")', 'run("plugins.accept", {"name": "goal"})')
    (folder / "plugin.py").write_text(code, encoding="utf-8")
    plugins.accept(NAME)

    async def body(engine: Engine) -> None:
        with pytest.raises(StudioError) as told:
            await engine.parts.bus.run(f"{NAME}.close")
        assert told.value.key == "command.denied"

    run(written(tmp_path / "a.show", A), Extensions.with_plugins(), body)


def test_one_that_fails_twice_is_kept_out_until_it_changes_or_is_accepted(
    folder: Path, tmp_path: Path
) -> None:
    plugins.accept(NAME)
    code = (folder / "plugin.py").read_text(encoding="utf-8")
    broken = code.replace("super().__init__(tools)", 'raise RuntimeError("no stock")')
    (folder / "plugin.py").write_text(broken, encoding="utf-8")
    show = written(tmp_path / "a.show", A)

    async def body(engine: Engine) -> None:
        assert NAME not in engine.parts.state.get([])

    for expected in ("on", "held"):
        run(show, Extensions.with_plugins(), body)
        assert state(folder)[0] == expected
    assert "no stock" in str(Extensions.with_plugins().errors[0])
    (folder / "plugin.py").write_text(code, encoding="utf-8")
    assert state(folder) == ("on", "")
    (folder / "plugin.py").write_text(broken, encoding="utf-8")
    assert state(folder)[0] == "held"
    plugins.accept(NAME)
    assert state(folder) == ("on", "")


def test_one_that_starts_well_again_is_forgiven(folder: Path) -> None:
    plugins.accept(NAME)
    plugins.note_fault(NAME, "once")
    plugins.note_well(NAME)
    plugins.note_fault(NAME, "and much later")
    assert state(folder) == ("on", "")


def test_a_job_that_fails_again_and_again_ends(folder: Path, tmp_path: Path) -> None:
    plugins.accept(NAME)
    code = (folder / "plugin.py").read_text(encoding="utf-8")
    code = code.replace(
        "        self._commands = (CornerCommands(self),)\n",
        "        self._commands = (CornerCommands(self),)\n"
        "        from studio.api import Every\n"
        "        self.every = (Every('count', 0.001, self.count),)\n\n"
        "    def count(self):\n        raise ZeroDivisionError\n",
    )
    (folder / "plugin.py").write_text(code, encoding="utf-8")

    async def body(engine: Engine) -> None:
        async with asyncio.timeout(20):
            while state(folder)[0] == "on":
                await asyncio.sleep(0.01)

    run(written(tmp_path / "a.show", A), Extensions.with_plugins(), body)
    assert state(folder) == ("held", "plugins.failed")


@pytest.mark.parametrize(
    "manifest",
    ["{", "[]", '{"asks": {"everything": true}}', '{"asks": {"commands": 3}}', '{"x": 1}', "\x00"],
)
def test_a_manifest_that_cannot_be_read_keeps_it_out(folder: Path, manifest: str) -> None:
    (folder / "plugin.json").write_text(manifest, encoding="utf-8")
    assert state(folder) == ("broken", "plugins.manifest")
    (error,) = Extensions.with_plugins().errors
    assert "plugin.json" in str(error)


def test_what_was_remembered_and_is_broken_accepts_nobody(folder: Path) -> None:
    plugins.accept(NAME)
    from studio.core.paths import config_dir

    (config_dir() / "plugins.json").write_bytes(b"\xff{")
    assert state(folder)[0] == "held"
    plugins.accept(NAME)
    assert state(folder)[0] == "on"


@pytest.mark.parametrize(
    "texts",
    [b"{", b"[1]", b'{"cli.help": {"zh": "x", "en": "x"}}', b'{"corner_shop.x": {"zh": "x"}}'],
)
def test_texts_are_its_own_alone(folder: Path, texts: bytes) -> None:
    (folder / "texts.json").write_bytes(texts)
    assert plugins.texts_of(folder) == {}


def test_a_second_platform_of_one_name_is_left_out(folder: Path) -> None:
    plugins.accept(NAME)
    profile: dict[str, Any] = json.loads(
        (folder / "platforms" / f"{NAME}.json").read_text(encoding="utf-8")
    )
    (folder / "platforms" / "x.json").write_text(
        json.dumps(profile | {"id": "douyin", "max_kbps": 1}), encoding="utf-8"
    )
    assert platforms()["douyin"].max_kbps > 1
