"""The contract of every service: load, reset, save and resume mean the same for all of them."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from studio.app.check import read
from studio.app.engine import Engine
from studio.app.extensions import Extensions
from studio.app.root import SERVICES
from studio.core.errors import StudioError
from studio.core.service import Service
from studio.core.services import Services, decode_parts
from studio.show.checkpoint import recall
from studio.show.file import demo_show
from studio.show.keeper import OpenShow
from studio.show.model import SCHEMA

KEYS = sorted(service.show_key() for service in SERVICES if service.show_key())

A: dict[str, Any] = {
    "schema": 1, "name": "A", "language": "en", "fps": "25",
    "canvases": {"landscape": [320, 180], "portrait": [180, 320], "on": ["landscape", "portrait"]},
    "sources": [
        {"name": "ground", "kind": "colour", "settings": {"top": "#ff0000"}},
        {"name": "beep", "kind": "tone", "settings": {"frequency": 440.0}},
        {"name": "later", "kind": "hologram", "settings": {"depth": 3}},
    ],
    "scenes": {
        "scenes": [
            {"name": "One", "id": "1", "items": [{"id": 1, "source": "ground"}]},
            {"name": "Two", "id": "2", "items": [{"id": 1, "source": "beep"}]},
            {"name": "Back soon", "id": "3", "purpose": "standby",
             "items": [{"id": 1, "source": "ground"}]},
        ],
        "programme": {"landscape": "One", "portrait": "One"},
        "preview": {"landscape": "Two", "portrait": "Two"},
        "transition": {"kind": "fade", "duration_ms": 500},
    },
    "sound": {"strips": [{"source": "beep", "gain_db": -6.0}], "master_db": -3.0},
    "shop": {
        "products": [{"id": "hat", "number": 1, "name": "Hat", "price_cents": 9900, "stock": 4}],
        "card": "hat", "explaining": "hat",
    },
    "offers": {
        "offers": [{"id": "sale", "sku": "hat", "price_cents": 5900, "seconds": 60}],
        "limits": {"hat": {"floor_cents": 5000}},
        "market": "eu",
    },
    "coupons": {"coupons": [{"id": "hats", "off_cents": 500, "from_cents": 5000, "uses": 9}]},
    "advice": {"margin_percent": 10},
    "pricing": {"mandates": [{"sku": "hat", "low_cents": 7000}]},
    "cards": {"template": "auto", "own": {"hat": "sale"}},
    "run_order": {"goods": ["hat"]},
    "effects": {"gifts": True},
    "orders": {"senders": [{"name": "web", "kind": "shopify"}], "port": 9460},
    "stock": {"shop": "contract", "channel": "desk 2", "hold_s": 60.0},
    "lower_third": {"title": "Lin", "line": "Host"},
    "brand": {"accent": "#123456"},
    "outputs": [{"name": "far", "url": "rtmp://127.0.0.1:9/live"}],
    "standby": {"picture": {"path": "ground.png"}},
    "audience": {"sentences": False, "rules": ["grey"], "words": [
        {"category": "rival", "action": "block", "words": ["Acme"]}], "packs": ["absent"]},
    "plans": {"enabled": ["source_lost"]},
    "risks": {"risks": [{"id": "rain", "weights": [0.5, 0.5],
                         "matrix": [[0.5, 0.5], [0.0, 1.0]]}]},
    "rundown": {"start_utc": "2026-11-29T12:00:00.000Z", "zone": "Asia/Shanghai", "phases": [
        {"id": "only", "items": [{"id": "hat", "title": "Hats off", "seconds": 300}]}]},
    "script": {"audience": "older", "facts": [
        {"product": "hat", "name": "material", "value": "Straw hats", "source": "label"}],
        "scripts": [{"product": "hat", "lines": [{"id": "a", "text": "Tip your hat"}]}]},
    "prompter": {"speed": 3.0},
    "packs": {"places": ["eu"], "off": ["eu-basics"]},
    "guard": {"armed": False, "source": "beep"},
    "standin": {"scene": "Two"},
    "nodes": {"marks": [{"node": "figures", "owner": "Hat team", "ticked_by": "Hatter"}]},
    "later": {"kept": True},
}  # fmt: skip
B: dict[str, Any] = {
    "schema": 1, "name": "B", "language": "zh", "fps": "25",
    "canvases": {"landscape": [320, 180], "portrait": [180, 320], "on": ["landscape"]},
    "sources": [{"name": "底色", "kind": "colour"}],
    "scenes": {"scenes": [{"name": "垫片", "id": "9", "purpose": "standby",
                           "items": [{"id": 1, "source": "底色"}]}]},
}  # fmt: skip


def written(folder: Path, raw: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "show.json").write_text(json.dumps(raw), encoding="utf-8")
    if "standby" in raw:
        (folder / "ground.png").write_bytes(
            (demo_show() / "products" / "sunglasses.png").read_bytes()
        )
    return folder


@pytest.fixture
def shows(tmp_path: Path) -> tuple[Path, Path]:
    return written(tmp_path / "a.show", A), written(tmp_path / "b.show", B)


def run(folder: Path, body: Callable[[Engine], Awaitable[None]]) -> None:
    """Runs ``body`` with an engine that has the show of ``folder`` open."""

    async def live() -> None:
        engine = Engine(read(folder), Extensions())
        try:
            await engine.start()
            await body(engine)
        finally:
            await engine.stop()

    asyncio.run(live())


def kept_of(engine: Engine) -> dict[str, Any]:
    """What the show keeps, without the order in which strips came."""
    kept: dict[str, Any] = json.loads(json.dumps(engine.parts.services.save()))
    kept["sound"]["strips"].sort(key=lambda strip: strip["source"])
    return kept


def seen_of(engine: Engine) -> dict[str, Any]:
    """What desks see, without what is of the moment: health, figures, incidents, readiness."""
    seen = json.loads(json.dumps(engine.parts.state.get()))
    for source in seen["sources"]:
        source.pop("health")
        source.pop("filter_status")
    seen["sound"].pop("loudness")
    seen["sound"]["strips"].sort(key=lambda strip: strip["source"])
    seen["shop"].pop("explaining_since")
    seen["prompter"].pop("is_voice")
    seen["air"]["standby"].pop("state")
    seen["plans"].pop("incidents")
    seen["plans"].pop("told")
    for plan in seen["plans"]["plans"]:
        plan.pop("last_run_utc")
    seen.pop("outputs")
    seen.pop("audit")
    seen.pop("watch")
    seen.pop("ready")
    return seen


def test_every_service_is_named_once_and_keeps_the_contract() -> None:
    names = [service.name for service in SERVICES]
    assert all(names)
    assert len(set(names)) == len(names)
    assert len(set(KEYS)) == len(KEYS)
    for service in SERVICES:
        assert issubclass(service, Service), service
        for kind in (service.Part, service.View, service.Checkpoint):
            if kind is not None:
                msgspec.inspect.type_info(kind)  # msgspec can write and read it


def test_what_is_opened_after_another_show_is_as_if_it_were_the_first(
    shows: tuple[Path, Path],
) -> None:
    a, b = shows
    fresh: dict[str, Any] = {}

    async def first(engine: Engine) -> None:
        fresh["kept"], fresh["seen"] = kept_of(engine), seen_of(engine)

    async def later(engine: Engine) -> None:
        await engine.parts.bus.run("comments.add_rule", {"word": "x", "action": "block"})
        await engine.parts.bus.run("comments.say", {"text": "hello", "author": "Li"})
        await engine.parts.session.open(b)
        assert kept_of(engine) == fresh["kept"]
        assert seen_of(engine) == fresh["seen"]

    run(b, first)
    run(a, later)


def test_a_show_that_is_left_and_opened_again_is_the_same(shows: tuple[Path, Path]) -> None:
    a, b = shows

    async def body(engine: Engine) -> None:
        kept, seen = kept_of(engine), seen_of(engine)
        await engine.parts.session.open(b)
        saved = json.loads((b / "show.json").read_text(encoding="utf-8"))
        assert saved["scenes"]["scenes"][0]["name"] == "垫片"
        await engine.parts.session.open(a)
        assert kept_of(engine) == kept
        assert seen_of(engine) == seen

    run(a, body)


def test_saved_loaded_and_saved_is_equal(shows: tuple[Path, Path]) -> None:
    a, _ = shows
    first: list[dict[str, Any]] = []

    async def body(engine: Engine) -> None:
        engine.parts.session.repository.save()
        first.append(json.loads((a / "show.json").read_text(encoding="utf-8")))

    run(a, body)
    run(a, body)
    assert first[0] == first[1]
    assert first[0]["later"] == {"kept": True}, "what no service knows is kept"
    for key in KEYS:
        assert key in first[0], key
        part = first[0][key]
        given = A[key]
        if isinstance(given, dict):
            for name, value in given.items():
                if not isinstance(value, dict | list):
                    assert part[name] == value, (key, name)
    assert [source["name"] for source in first[0]["sources"]] == ["ground", "beep", "later"]
    assert first[0]["audience"]["words"][0]["action"] == "block"


def test_a_killed_engine_goes_on_where_it_was(shows: tuple[Path, Path]) -> None:
    a, _ = shows
    kept: dict[str, Any] = {}
    seen: dict[str, Any] = {}

    async def before(engine: Engine) -> None:
        bus = engine.parts.bus
        await bus.run("scenes.take", {"scene": "Two", "transition": "cut"})
        await bus.run("shop.card_off", {})
        said = await bus.run("comments.say", {"text": "Is it warm?", "author": "Li"})
        await bus.run("comments.pin", {"id": said.result["id"]})
        await bus.run("comments.mute", {"id": said.result["id"], "minutes": 5})
        await bus.run("comments.slow", {"on": True})
        kept.update(json.loads(json.dumps(engine.parts.services.checkpoint())))
        seen.update(seen_of(engine))

    async def after(engine: Engine) -> None:
        await engine.parts.services.restore(kept)
        again = json.loads(json.dumps(engine.parts.services.checkpoint()))
        pinned = again["comments"].pop("pinned")
        assert pinned is None, "whoever is muted does not come back on the picture"
        wanted = {**kept, "comments": {**kept["comments"]}}
        wanted["comments"].pop("pinned")
        assert again == wanted
        now = seen_of(engine)
        for part in ("scenes", "shop", "tryon"):
            assert now[part] == seen[part], part
        assert now["comments"]["is_slow"]
        assert [mute["author"] for mute in now["comments"]["muted"]] == ["Li"]

    run(a, before)
    run(a, after)


def test_a_pinned_comment_survives_a_kill(shows: tuple[Path, Path]) -> None:
    a, _ = shows
    kept: dict[str, Any] = {}

    async def before(engine: Engine) -> None:
        said = await engine.parts.bus.run("comments.say", {"text": "Is it warm?", "author": "Li"})
        await engine.parts.bus.run("comments.pin", {"id": said.result["id"]})
        kept.update(json.loads(json.dumps(engine.parts.services.checkpoint())))

    async def after(engine: Engine) -> None:
        await engine.parts.services.restore(kept)
        assert engine.parts.state.get(["comments"])["comments"]["pinned"]["author"] == "Li"

    run(a, before)
    run(a, after)


def test_reset_leaves_no_thread_task_or_word_behind(shows: tuple[Path, Path]) -> None:
    a, b = shows

    async def body(engine: Engine) -> None:
        tasks_before = {task.get_name() for task in asyncio.all_tasks()}
        await engine.parts.session.open(b)

        def left() -> set[str]:
            threads = {thread.name for thread in threading.enumerate()}
            gone = (" ground", " beep", " later")
            return {name for name in threads if name.endswith(gone)} | (
                {task.get_name() for task in asyncio.all_tasks()} - tasks_before
            )

        async with asyncio.timeout(10):
            while left():  # what ends with the show may take a moment more on a busy machine
                await asyncio.sleep(0.01)
        text = json.dumps(engine.parts.state.get(), ensure_ascii=False)
        for word in ("One", "Lin", "Hat", "#123456", "grey", "Acme", "rtmp://", "ground.png"):
            assert word not in text, word
        assert "comment" not in json.dumps(engine.parts.services.checkpoint()["comments"]["mutes"])

    run(a, body)


@pytest.mark.parametrize("key", KEYS)
def test_an_unknown_field_is_refused_with_its_place(tmp_path: Path, key: str) -> None:
    raw = json.loads(json.dumps(A))
    part = raw[key][0] if isinstance(raw[key], list) else raw[key]
    part["unheard_of"] = 1
    with pytest.raises(StudioError) as caught:
        read(written(tmp_path / "x.show", raw))
    assert caught.value.code == "invalid"
    said = caught.value.in_language("en")
    assert key in said
    assert "unheard_of" in said


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("broken", [3, "x", [[[]]], {"scenes": 3, "strips": 3, "on": 3}])
def test_a_broken_part_is_refused_with_its_place(tmp_path: Path, key: str, broken: Any) -> None:
    raw = {**A, key: broken}
    with pytest.raises(StudioError) as caught:
        read(written(tmp_path / "x.show", raw))
    assert caught.value.code == "invalid"
    assert key in caught.value.in_language("en")


def test_a_service_that_fails_names_itself_and_the_show_before_is_back(
    shows: tuple[Path, Path],
) -> None:
    a, b = shows

    async def body(engine: Engine) -> None:
        kept, seen = kept_of(engine), seen_of(engine)
        for service in engine.parts.services:
            if not service.show_key():
                continue
            loads = service.load

            async def fails(part: Any, context: Any, loads: Any = loads) -> None:
                if context.folder == b:
                    raise RuntimeError("no")
                await loads(part, context)

            service.load = fails  # type: ignore[method-assign]
            with pytest.raises(StudioError) as caught:
                await engine.parts.session.open(b)
            assert caught.value.key == "show.not_taken"
            assert service.name in caught.value.in_language("en")
            assert kept_of(engine) == kept, service.name
            assert seen_of(engine) == seen, service.name
            service.load = loads  # type: ignore[method-assign]

    run(a, body)


def test_nothing_half_loaded_is_ever_written(shows: tuple[Path, Path]) -> None:
    """Saves, edits and checkpoints that fall into the middle of a change of shows."""
    a, b = shows

    async def body(engine: Engine) -> None:
        session = engine.parts.session
        await engine.parts.bus.run("shop.card_off", {})
        session.save()
        before = [(folder / "show.json").read_bytes() for folder in shows]
        tried: list[str] = []

        async def meddle(part: Any, context: Any) -> None:
            for job in session.every:
                job.job()
            await engine.parts.bus.run("comments.slow", {"on": True})
            await asyncio.sleep(0.1)
            with pytest.raises(StudioError):
                await engine.parts.bus.run("show.save", {})
            session.save()
            now = [(folder / "show.json").read_bytes() for folder in shows]
            assert now == before, "a show that is half loaded was written"
            kept = recall()
            assert kept is not None
            assert kept.show == str(a), "a checkpoint of a show that is half loaded"
            tried.append("load")

        last = list(engine.parts.services)[-1]
        loads = last.load

        async def load(part: Any, context: Any) -> None:
            await loads(part, context)
            await meddle(part, context)

        last.load = load  # type: ignore[method-assign]
        await session.open(b)
        assert tried == ["load"]
        last.load = loads  # type: ignore[method-assign]

    run(a, body)


def test_an_engine_whose_show_cannot_be_loaded_leaves_its_file_alone(
    shows: tuple[Path, Path],
) -> None:
    a, _ = shows
    before = (a / "show.json").read_bytes()

    async def live() -> None:
        engine = Engine(read(a), Extensions())
        last = list(engine.parts.services)[-1]

        async def fails(part: Any, context: Any) -> None:
            raise RuntimeError("no")

        last.load = fails  # type: ignore[method-assign]
        try:
            with pytest.raises(StudioError):
                await engine.start()
        finally:
            await engine.stop()

    asyncio.run(live())
    assert (a / "show.json").read_bytes() == before


def test_a_list_with_a_name_twice_is_refused() -> None:
    class Twin(Service):
        name = "twin"

    with pytest.raises(ValueError, match="twin"):
        Services((Twin(), Twin()))


def test_the_parts_of_the_demo_show_decode() -> None:
    show: OpenShow = read(None)
    assert set(show.parts) == set(KEYS)
    again = decode_parts(SERVICES, show.raw, "demo")
    assert {key: again[key] for key in KEYS if key != "scenes"} == {
        key: part
        for key, part in show.parts.items()
        if key != "scenes"  # ids are made anew
    }


def lost(old: Any, new: Any, place: str = "") -> list[str]:
    """Places of what stands in ``old`` and not in ``new``."""
    if isinstance(old, dict) and isinstance(new, dict):
        gone = [f"{place}.{key}" for key in old if key not in new]
        return gone + [x for k in old if k in new for x in lost(old[k], new[k], f"{place}.{k}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = zip(old, new, strict=True)
        return [x for at, (a, b) in enumerate(pairs) for x in lost(a, b, f"{place}[{at}]")]
    return [] if old == new else [f"{place}: {old!r} → {new!r}"]


KEPT_SHOWS = sorted((Path(__file__).parents[1] / "data" / "shows").glob("*.show"))


@pytest.mark.parametrize("kept", KEPT_SHOWS, ids=[path.stem for path in KEPT_SHOWS])
def test_a_show_of_an_earlier_version_opens_and_saves_without_loss(
    tmp_path: Path, kept: Path
) -> None:
    """One show of each schema stands in tests/data/shows, as its version saved it."""
    folder = Path(shutil.copytree(kept, tmp_path / kept.name))
    old = json.loads((folder / "show.json").read_text(encoding="utf-8"))

    async def body(engine: Engine) -> None:
        engine.parts.session.repository.save()

    run(folder, body)
    new = json.loads((folder / "show.json").read_text(encoding="utf-8"))
    old["schema"] = new["schema"]
    assert lost(old, new) == []


def test_there_is_a_show_of_every_schema() -> None:
    names = {f"schema-{number}" for number in range(1, SCHEMA + 1)}
    assert names <= {path.stem for path in KEPT_SHOWS}
