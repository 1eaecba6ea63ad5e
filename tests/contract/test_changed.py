"""A command names every part of the state it changes; one that only reads changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.app.check import read
from studio.app.engine import Engine
from studio.app.extensions import Extensions
from studio.core.command import Changed
from studio.core.paths import runtime_dir
from studio.show.checkpoint import FILE
from tests.contract.test_services import seen_of
from tests.contract.test_undo import EXAMPLES, GOODS
from tests.onair.studio import small_show

MORE: list[tuple[str, dict[str, Any]]] = [
    ("comments.say", {"text": "多少钱？", "author": "Li"}),
    ("comments.slow", {"on": True}),
    ("comments.add_rule", {"word": "grey"}),
    ("outputs.add", {"name": "near", "url": "rtmp://127.0.0.1:9/live"}),
    ("outputs.edit", {"name": "far", "bitrate_kbps": 900}),
    ("outputs.delay", {"name": "far", "seconds": 3}),
    ("outputs.remove", {"name": "far", "confirm": True}),
    ("outputs.standby", {"path": ""}),
    ("plans.enable", {"plan": "source_lost", "on": False}),
    ("risks.put", {"risk": {"id": "rain", "weights": [1.0], "matrix": [[0.5, 0.5]]}}),
    (
        "script.fact",
        {"fact": {"product": "hat", "name": "material", "value": "wool", "source": "label"}},
    ),
    ("script.generate", {"product": "hat"}),
    ("script.accept", {"product": "hat"}),
    ("script.put", {"script": {"product": "hat", "lines": [{"id": "a", "text": "Hat"}]}}),
    ("script.settings", {"speed": 3.0}),
    ("prompter.speed", {"signs": 2.5, "size": 90}),
    ("shop.explain", {"product": "hat"}),
    ("prompter.follow", {}),
    ("prompter.stop", {}),
    ("packs.arm", {"pack": "cn-price", "on": False}),
    ("packs.places", {"places": ["us"]}),
    ("packs.dismiss", {"rule": "cn-price/lowest", "text": "x", "by": "Li"}),
    ("guard.hear", {"text": "全网最低价"}),
    ("guard.dismiss", {"alarm": 1, "by": "Li"}),
    ("host.stop", {}),
    ("nodes.owner", {"node": "clips", "owner": "Li"}),
    ("nodes.tick", {"node": "clips", "by": "Li"}),
    ("guard.arm", {"on": False}),
    ("guard.listen", {"on": False, "source": "beep"}),
    ("rundown.draft", {"minutes": 120}),
    ("rundown.start_at", {"start": "2026-11-29T20:00:00+08:00", "zone": "Asia/Shanghai"}),
    ("rundown.put_item", {"item": {"id": "new", "seconds": 60}}),
    ("rundown.begin", {}),
    ("rundown.remove_item", {"item": "hat"}),
    ("advice.margin", {"percent": 20}),
    ("offers.limit", {"sku": "scarf", "cost_cents": 2000}),
    ("pricing.mandate", {"mandate": {"sku": "scarf", "low_cents": 3000}}),
    ("pricing.step", {"sku": "scarf", "cents": 4900}),
    ("pricing.withdraw", {"sku": "scarf"}),
    ("pricing.end_mandate", {"sku": "scarf"}),
    ("show.save", {}),
]
READS: list[tuple[str, dict[str, Any]]] = [
    ("comments.list", {}),
    ("filters.status", {"source": "clip"}),
    ("outputs.list", {}),
    ("outputs.platforms", {}),
    ("plans.incidents", {}),
    ("risks.list", {}),
    ("script.facts", {"product": "hat"}),
    ("script.length", {"text": "hello"}),
    ("packs.explain", {"rule": "cn-price/lowest"}),
    ("packs.lint", {"text": "全网最低价"}),
    ("packs.list", {}),
    ("rundown.times", {}),
    ("nodes.list", {}),
    ("host.ask", {"question": "多少钱"}),
    ("show.recent", {}),
    ("templates.list", {}),
    ("virtualcam.status", {}),
    ("record.folder", {}),
    ("record.list", {}),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = small_show(tmp_path / "Small.show")
    show = json.loads((folder / "show.json").read_text(encoding="utf-8"))
    show["sources"][1]["filters"] = [
        {"name": "Blur", "kind": "blur"},
        {"name": "Sharp", "kind": "sharpen"},
    ]
    items = show["scenes"]["scenes"][1]["items"]
    items[1]["group"] = items[2]["group"] = "G"
    product = show["shop"]["products"][0]
    product["variants"] = [{"sku": "hat-1", "name": "S"}, {"sku": "hat-2", "name": "L"}]
    scarf = {"id": "scarf", "number": 2, "name": "Scarf", "price_cents": 5900}
    show["shop"]["products"].append(scarf)
    show["rundown"] = {"phases": [{"id": "only", "items": [{"id": "hat", "seconds": 300}]}]}
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    return folder


def differing(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for part, value in after.items():
        if value != before[part]:
            yield part


def test_what_a_command_changes_it_names(folder: Path) -> None:
    wrong: list[tuple[str, set[str]]] = []

    async def body(engine: Engine) -> None:
        told: list[Changed] = []
        engine.parts.bus.after(told.append)
        await engine.parts.bus.run("outputs.add", {"name": "far", "url": "rtmp://127.0.0.1:9/a"})
        await engine.parts.bus.run("shop.import", {"text": GOODS})
        for command, args in [*EXAMPLES, *MORE]:
            if command.startswith("hotkeys."):
                continue  # kept for the person, not in the show
            before = seen_of(engine)
            done = await engine.parts.bus.run(command, dict(args))
            unnamed = set(differing(before, seen_of(engine))) - set(told[-1].parts)
            if unnamed:
                wrong.append((command, unnamed))
            if done.undo:
                before = seen_of(engine)
                await engine.parts.bus.run(*done.undo)
                unnamed = set(differing(before, seen_of(engine))) - set(told[-1].parts)
                if unnamed:
                    wrong.append((f"undo of {command}", unnamed))

    live(folder, body)
    assert wrong == []


def test_what_only_reads_saves_and_writes_nothing(folder: Path) -> None:
    async def body(engine: Engine) -> None:
        await engine.parts.bus.run("scenes.preview", {"scene": "Two"})
        note = runtime_dir() / FILE
        before, kept = note.stat().st_mtime_ns, seen_of(engine)
        told: list[Changed] = []
        engine.parts.bus.after(told.append)
        for command, args in READS:
            await engine.parts.bus.run(command, dict(args))
            assert told[-1].parts == (), command
        assert note.stat().st_mtime_ns == before
        assert seen_of(engine) == kept

    live(folder, body)


def live(folder: Path, body: Any) -> None:
    """An engine with the show open, its periodic jobs not yet begun: only commands change it."""

    async def run() -> None:
        engine = Engine(read(folder), Extensions())
        try:
            await engine.parts.session.begin()
            await body(engine)
        finally:
            await engine.stop()

    asyncio.run(run())
