"""Filters through the commands, on a bank with real sources: what desk, remote and CLI do."""

from __future__ import annotations

import json
import math
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import studio.filters.kinds as filter_folder
import studio.sources.kinds as source_folder
from studio.core.clock import now_ns
from studio.core.command import specs_of
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.core.registry import discover
from studio.filters.base import Filter
from studio.filters.workshop import FilterFactory
from studio.sources.bank import SourceManager
from studio.sources.base import Source, SourceContext
from studio.sources.filter_commands import FilterCommands
from studio.sources.model import FilterSpec, SourceSpec


def until(check: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        threading.Event().wait(0.02)
    return False


BASE = assets_dir() / "demo" / "demo.show"


class Place:
    def __init__(self) -> None:
        self.kinds = discover(filter_folder, Filter)
        around = SourceContext(BASE, None, 30.0, 640, 360)
        self.workshop = FilterFactory(self.kinds, lambda: around.base)
        self.said: list[Any] = []
        sources = discover(source_folder, Source)
        self.bank = SourceManager(sources, around, self.workshop, self.said.append)
        self.commands = FilterCommands(self.bank, self.workshop, self.said.append)
        self._by_id = {spec.id: name for spec, name in specs_of(FilterCommands)}

    def do(self, id: str, **args: Any) -> Any:
        return getattr(self.commands, self._by_id[id])(**args)

    def undo(self, done: Any) -> Any:
        assert done.undo is not None
        return self.do(done.undo[0], **done.undo[1])

    def names(self, source: str = "a") -> list[str]:
        return [filter_.name for filter_ in self.bank.get(source).filters]

    def spec(self, name: str, source: str = "a") -> FilterSpec:
        return next(filter_ for filter_ in self.bank.get(source).filters if filter_.name == name)


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place()
    colour = {"top": "#808080", "bottom": "#808080"}
    made.bank.put(SourceSpec(name="a", kind="colour", settings=colour))
    made.bank.put(SourceSpec(name="b", kind="colour", settings=colour))
    assert until(lambda: all(r.latest for r in made.bank.runners.values()))
    yield made
    made.bank.stop()


def test_every_filter_is_made_changed_and_removed_by_command(place: Place) -> None:
    for kind in place.kinds:
        place.do("filters.set", source="a", name=kind.kind, kind=kind.kind)
        place.do("filters.set", source="a", name=kind.kind, enabled=False)
        place.do("filters.set", source="a", name=kind.kind, enabled=True, settings={})
    assert place.names() == place.kinds.names() or set(place.names()) == set(place.kinds.names())
    assert {s.state for s in place.bank.filter_status("a").values()} == {"ok"}
    for name in place.names():
        place.do("filters.remove", source="a", name=name)
    assert place.names() == []


def test_a_still_picture_shows_a_setting_at_once_without_a_new_filter(place: Place) -> None:
    luma = lambda: int(place.bank.runners["a"].latest.frame.y[0, 0])  # noqa: E731
    before = luma()
    place.do("filters.set", source="a", name="c", kind="colour_correction")
    one = place.bank.filters["a"]["c"]
    done = place.do("filters.set", source="a", name="c", settings={"brightness": 0.3})
    assert luma() > before + 40
    assert place.bank.filters["a"]["c"] is one
    place.undo(done)
    assert luma() == before


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"colour": "green"}, "#rrggbb"),
        ({"colour": "#12345"}, "#rrggbb"),
        ({"similarity": 7}, "similarity"),
        ({"similarity": "much"}, "similarity"),
        ({"similarity": math.nan}, "similarity"),
        ({"similarty": 0.5}, "similarity, smoothness"),
    ],
)
def test_wrong_settings_are_refused_and_nothing_changes(
    place: Place, settings: dict[str, Any], says: str
) -> None:
    place.do("filters.set", source="a", name="key", kind="chroma_key")
    before = place.spec("key")
    with pytest.raises(StudioError) as told:
        place.do("filters.set", source="a", name="key", settings=settings)
    assert told.value.code == "invalid"
    assert says in told.value.in_language("en")
    assert place.spec("key") == before
    with pytest.raises(StudioError):
        place.do("filters.set", source="a", name="new", kind="chroma_key", settings=settings)
    assert place.names() == ["key"]


def test_an_unknown_kind_and_an_empty_name_are_refused(place: Place) -> None:
    for args in ({"name": "x", "kind": "teapot"}, {"name": " ", "kind": "blur"}, {"name": "x"}):
        with pytest.raises(StudioError):
            place.do("filters.set", source="a", **args)
    with pytest.raises(StudioError, match="budget"):
        place.do("filters.set", source="a", name="x", kind="blur", budget_ms=-1.0)


def test_undo_puts_a_removed_filter_back_as_and_where_it_was(place: Place) -> None:
    for name in ("one", "two", "three"):
        place.do("filters.set", source="a", name=name, kind="blur", settings={"radius": 3})
    place.do("filters.set", source="a", name="two", enabled=False, budget_ms=20.0)
    before = place.bank.get("a").filters
    done = place.do("filters.remove", source="a", name="two")
    assert place.names() == ["one", "three"]
    again = place.undo(done)
    assert place.bank.get("a").filters == before
    place.undo(again)
    assert place.names() == ["one", "three"]


def test_order_by_move_and_its_undo(place: Place) -> None:
    for name in ("one", "two", "three"):
        place.do("filters.set", source="a", name=name, kind="sharpen")
    done = place.do("filters.move", source="a", name="one", index=2)
    assert place.names() == ["two", "three", "one"]
    place.undo(done)
    assert place.names() == ["one", "two", "three"]


def test_copy_one_or_all_and_take_it_back(place: Place) -> None:
    place.do("filters.set", source="a", name="soft", kind="blur", settings={"radius": 9})
    place.do("filters.set", source="a", name="loud", kind="gain", enabled=False)
    place.do("filters.set", source="b", name="soft", kind="sharpen")
    done = place.do("filters.copy", source="a", to="b")
    assert done.result == ["soft 2", "loud"]
    assert place.spec("soft 2", "b").settings == {"radius": 9}
    assert not place.spec("loud", "b").is_enabled
    place.undo(done)
    assert place.names("b") == ["soft"]
    one = place.do("filters.copy", source="a", to="a", name="soft")
    assert place.names() == ["soft", "loud", "soft 2"]
    place.undo(one)
    assert place.names() == ["soft", "loud"]


def test_a_whole_list_is_taken_or_refused_whole(place: Place) -> None:
    place.do("filters.set", source="a", name="x", kind="blur")
    for bad in (
        [{"name": "y"}],
        [{"name": "y", "kind": "teapot"}],
        [{"name": "y", "kind": "blur"}, {"name": "y", "kind": "blur"}],
        [{"name": "y", "kind": "blur", "settings": {"radius": "far"}}],
    ):
        with pytest.raises(StudioError):
            place.do("filters.set_all", source="a", filters=bad)
        assert place.names() == ["x"]
    place.do("filters.set_all", source="a", filters=[{"name": "y", "kind": "crop"}])
    assert place.names() == ["y"]


def test_a_file_is_looked_for_in_the_show(place: Place) -> None:
    image = "products/handbag.png"
    assert (BASE / image).is_file()
    settings = {"shape": "image", "image": image}
    place.do("filters.set", source="a", name="m", kind="mask", settings=settings)
    assert place.bank.filter_status("a")["m"].state == "ok"
    with pytest.raises(StudioError, match="none.png"):
        place.do("filters.set", source="a", name="m", settings={"image": str(Path("none.png"))})


def test_a_filter_whose_file_is_gone_is_kept_and_said_to_be_missing(place: Place) -> None:
    lut = FilterSpec(name="look", kind="lut", settings={"path": "gone.cube"})
    odd = FilterSpec(name="odd", kind="of_tomorrow", settings={"a": 1})
    place.bank.set_filters("a", (lut, odd))
    status = place.bank.filter_status("a")
    assert status["look"].state == status["odd"].state == "missing"
    assert status["look"].error == "filters.file_missing"
    assert place.names() == ["look", "odd"]
    place.bank.watch()
    told = [entry for entry in place.said if getattr(entry, "state", "") == "missing"]
    assert {entry.filter for entry in told if hasattr(entry, "filter")} == {"look", "odd"}


def test_a_filter_over_its_budget_is_bypassed_and_announced(place: Place) -> None:
    clip = sorted((BASE / "media").glob("*.mp4"))[0]
    place.bank.put(SourceSpec(name="clip", kind="clip", settings={"path": str(clip)}))
    place.do(
        "filters.set", source="clip", name="b", kind="blur",
        settings={"radius": 200}, budget_ms=0.01,
    )  # fmt: skip

    def bypassed() -> bool:
        runner = place.bank.runners["clip"]
        runner.look(now_ns())
        place.bank.watch()
        return place.bank.filter_status("clip")["b"].state == "slow"

    assert until(bypassed)
    told = [entry for entry in place.said if entry.name == "sources.filter_state"]
    assert (told[0].source, told[0].filter, told[0].before) == ("clip", "b", "ok")
    assert told[0].error == "filters.too_slow"
    assert place.bank.runners["clip"].latest is not None
    place.do("filters.set", source="clip", name="b", budget_ms=500.0)
    assert until(lambda: place.bank.filter_status("clip")["b"].state == "ok")


def test_a_still_picture_scrolls_while_somebody_looks(place: Place) -> None:
    settings = {"top": "#ff0000", "bottom": "#0000ff"}
    place.bank.put(SourceSpec(name="ramp", kind="colour", settings=settings))
    place.do("filters.set", source="ramp", name="s", kind="scroll",
             settings={"speed_x": 0, "speed_y": 900})  # fmt: skip
    runner, seen = place.bank.runners["ramp"], set()

    def moves() -> bool:
        shot = runner.look(now_ns())
        if shot is not None:
            seen.add(int(shot.frame.y[0, 0]))
        return len(seen) > 4

    assert until(moves)
    assert runner.health(now_ns()).state == "still"
    place.do("filters.remove", source="ramp", name="s")
    assert runner._pulse is None


def test_music_ducks_under_another_source_and_follows_its_name(place: Place) -> None:
    place.bank.put(SourceSpec(name="mic", kind="tone", settings={}))
    place.bank.put(SourceSpec(name="music", kind="tone", settings={}))
    place.do("filters.set", source="music", name="d", kind="ducking",
             settings={"source": "mic", "attack_ms": 1, "threshold_db": -50})  # fmt: skip

    def loud() -> float:
        runner = place.bank.runners["music"]
        runner.look(now_ns())
        place.bank.runners.get("mic", runner).look(now_ns())
        taken = runner.ring.take(960, now_ns() - 60_000_000)
        return float(np.abs(taken).max())

    tone = 10 ** (place.bank.runners["music"].source.settings.level_db / 20)
    assert until(lambda: 0 < loud() < 0.35 * tone), (tone, loud())
    place.bank.rename("mic", "host")
    assert place.spec("d", "music").settings["source"] == "host"


def test_a_check_before_air_tells_a_filter_whose_file_is_gone(tmp_path: Path) -> None:
    from studio.app.check import check

    folder = tmp_path / "my.show"
    shutil.copytree(BASE, folder)
    file = folder / "show.json"
    plain = json.loads(file.read_text(encoding="utf-8"))
    look = {"name": "look", "kind": "lut", "settings": {"path": "gone.cube"}}
    plain["sources"][0].setdefault("filters", []).append(look)
    file.write_text(json.dumps(plain), encoding="utf-8")
    found = [entry for entry in check(folder) if "filters[look]" in entry.place]
    assert len(found) == 1
    assert "gone.cube" in found[0].text


def test_a_copy_of_a_show_brings_the_files_of_its_filters_along(tmp_path: Path) -> None:
    from studio.show.gather import collect_media

    for name in ("a.cube", "hole.png"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    filters = [
        {"kind": "lut", "settings": {"path": str(tmp_path / "a.cube")}},
        {"kind": "mask", "settings": {"image": str(tmp_path / "hole.png")}},
    ]
    new = tmp_path / "new.show"
    made = collect_media({"sources": [{"filters": filters}]}, tmp_path / "old.show", new)
    kept = [source["settings"] for source in made["sources"][0]["filters"]]
    assert kept == [{"path": "media/a.cube"}, {"image": "media/hole.png"}]
    assert (new / "media" / "hole.png").is_file()


def test_a_filter_whose_file_was_broken_works_again_when_it_is_mended(place, tmp_path) -> None:
    look = tmp_path / "a.cube"
    text = "LUT_1D_SIZE 2\n0 0 0\n1 1 1\n"
    look.write_text(text)
    place.do("filters.set", source="a", name="look", kind="lut", settings={"path": str(look)})
    spec = place.bank.get("a")
    look.write_text(text[:16])
    place.bank.put(spec)  # as when the show is opened
    assert place.bank.filter_status("a")["look"].state == "missing"
    place.bank.watch()
    look.write_text(text)

    def mended() -> bool:
        place.bank.watch()
        return place.bank.filter_status("a")["look"].state == "ok"

    assert until(mended)
    look.unlink()
    place.bank.put(spec)
    assert place.bank.filter_status("a")["look"].error == "filters.file_missing"
