"""Every edit can be taken back: undo∘do leaves the state as it was, redo as it became.

Each command of the rooms that edit a show has an example here, or a reason to have none.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.remote import listing
from tests.onair.peer import Peer
from tests.onair.studio import Studio, small_show

pytestmark = [pytest.mark.onair, pytest.mark.timeout(180)]

ROOMS = ("scenes", "items", "sources", "filters", "sound", "shop", "brand", "templates", "hotkeys",
         "run_order", "effects")  # fmt: skip
PARTS = ("scenes", "sources", "sound", "shop", "brand", "effects")
HAT = {"id": "hat", "number": 1, "name": "Better hat", "price_cents": 8800}
GOODS = "sku,name,price,stock\nhat,Hat,77.00,9\ncap,Cap,12.50,3\nscarf,Scarf,59.00,2\n"
BOX = {"x": 0.1, "y": 0.1, "w": 0.5, "h": 0.5}

# Answers and moments: nothing of the show is another afterwards, or it is a state of the air.
NOT_EDITS = {
    "effects.play": "a moment on the picture",
    "filters.status": "asks",
    "hotkeys.list": "asks",
    "scenes.back": "answers only while standby is on; its undo is tried in test_standby",
    "scenes.tbar": "a lever in the hand; letting it go takes, and that can be undone",
    "scenes.put_air": "the undo of takes",
    "sources.address": "asks",
    "sources.devices": "asks",
    "sources.fault": "a drill",
    "sources.media": "moves a film on, like time itself",
    "shop.import": "reads a file; shop.accept takes it over",
    "sound.devices": "asks",
    "sound.headphones": "the person's own ears",
    "sound.measure_again": "begins to measure anew",
    "templates.list": "asks",
}
# These are what other commands answer as their undo; the examples run them too.
UNDOES = {
    "brand.restore", "hotkeys.put", "items.put", "items.restore", "items.regroup", "scenes.put",
    "scenes.restore", "sources.put_back", "sources.put_files", "filters.set_all",
    "shop.undo_import",
}  # fmt: skip

EXAMPLES: list[tuple[str, dict[str, Any]]] = [
    ("brand.apply", {}),
    ("brand.set", {"kit": {"accent": "#123456"}}),
    ("effects.set", {"likes": True, "sold_out": True}),
    ("filters.set", {"source": "clip", "name": "New", "kind": "blur"}),
    ("filters.set", {"source": "clip", "name": "Blur", "settings": {"radius": 9}}),
    ("filters.set", {"source": "clip", "name": "Blur", "enabled": False}),
    ("filters.copy", {"source": "clip", "to": "title"}),
    ("filters.move", {"source": "clip", "name": "Blur", "index": 1}),
    ("filters.remove", {"source": "clip", "name": "Blur"}),
    ("filters.rename", {"source": "clip", "name": "Blur", "new_name": "Soft"}),
    ("hotkeys.set", {"name": "scenes.take scene=Two", "keys": "F5"}),
    ("hotkeys.reset", {}),
    ("items.add", {"scene": "One", "source": "title"}),
    ("items.align", {"scene": "Two", "item": 2, "to": "top_right"}),
    ("items.copy", {"scene": "Two", "item": 2, "to_scene": "One"}),
    ("items.enable", {"scene": "Two", "item": 2, "on": False}),
    ("items.enable_group", {"scene": "Two", "group": "G", "on": False}),
    ("items.group", {"scene": "Two", "items": [1, 3], "group": "Other"}),
    ("items.move", {"scene": "Two", "item": 1, "index": 2}),
    ("items.place", {"scene": "Two", "boxes": {"1": BOX, "2": BOX}}),
    ("items.place", {"scene": "Two", "boxes": {"2": BOX}, "canvas": "portrait"}),
    ("items.remove", {"scene": "Two", "item": 2}),
    ("items.set", {"scene": "Two", "item": 2, "box": BOX, "opacity": 0.5, "rotation": 30}),
    ("items.show_on", {"scene": "Two", "item": 1, "canvas": "portrait", "on": False}),
    ("items.show_on", {"scene": "Two", "item": 2, "canvas": "portrait", "on": True}),
    ("run_order.add", {"product": "scarf", "place": 1}),
    ("run_order.begin", {"done": ["scarf"]}),
    ("run_order.mark", {"product": "scarf"}),
    ("run_order.move", {"product": "scarf", "place": 1}),
    ("run_order.next", {}),
    ("run_order.put", {"goods": ["scarf", "hat"]}),
    ("run_order.remove", {"product": "scarf"}),
    ("scenes.add", {"name": "Four"}),
    ("scenes.auto_layout", {"scene": "Two", "canvas": "portrait"}),
    ("scenes.canvas", {"name": "portrait", "on": True}),
    ("scenes.copy", {"name": "Two", "new_name": "Twice"}),
    ("scenes.move", {"name": "Two", "index": 0}),
    ("scenes.own_transition", {"scene": "Two", "kind": "fade", "duration_ms": 500}),
    ("scenes.preview", {"scene": "One"}),
    ("scenes.remove", {"name": "Standby"}),
    ("scenes.remove", {"name": "Two"}),
    ("scenes.rename", {"name": "Two", "new_name": "Deux"}),
    ("scenes.set", {"scene": "Two", "purpose": "host", "colour": "#112233"}),
    ("scenes.standby", {}),
    ("scenes.studio_mode", {"on": False}),
    ("scenes.take", {"scene": "Two", "transition": "cut"}),
    ("scenes.transition", {"kind": "fade", "duration_ms": 700}),
    ("shop.order", {"products": ["scarf", "hat"]}),
    ("shop.accept", {}),
    ("shop.card", {"product": "scarf"}),
    ("shop.card_off", {}),
    ("shop.explain", {"product": "hat"}),
    ("shop.price", {"product": "hat", "cents": 100}),
    ("shop.put", {"product": HAT}),
    ("shop.put", {"product": {**HAT, "id": "new", "number": 3}}),
    ("shop.remove", {"product": "scarf"}),
    ("shop.stock", {"product": "hat", "count": 5}),
    ("shop.try_on", {"product": ""}),
    ("shop.variant", {"product": "hat", "sku": "hat-2"}),
    ("sound.master", {"gain_db": -6}),
    ("sound.mute", {"source": "tone"}),
    ("sound.send", {"source": "tone", "canvas": "portrait", "gain_db": -10}),
    ("sound.set", {"source": "tone", "gain_db": -3, "pan": 0.5, "sync_ms": 40}),
    ("sound.solo", {"source": "tone"}),
    ("sound.target", {"lufs": -20}),
    ("sources.add", {"name": "Fresh", "kind": "colour"}),
    ("sources.become", {"name": "title", "kind": "colour", "settings": {"top": "#ff0000"}}),
    ("sources.copy", {"name": "title"}),
    ("sources.edit", {"name": "title", "settings": {"text": "Other"}}),
    ("sources.find_files", {"folder": str(Path(__file__).parent)}),
    ("sources.on_loss", {"name": "clip", "policy": "hide"}),
    ("sources.remove", {"name": "tone"}),
    ("sources.rename", {"name": "title", "new_name": "Heading"}),
    ("templates.use", {"template": "host"}),
]


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    root = tmp_path_factory.mktemp("undo")
    folder = small_show(root / "Small.show")
    show = json.loads((folder / "show.json").read_text(encoding="utf-8"))
    show["sources"][1]["filters"] = [
        {"name": "Blur", "kind": "blur"},
        {"name": "Sharp", "kind": "sharpen"},
    ]
    items = show["scenes"]["scenes"][1]["items"]
    items[1]["group"] = items[2]["group"] = "G"
    items[2]["is_enabled"] = False  # a group whose items differ
    product = show["shop"]["products"][0]
    product["variants"] = [{"sku": "hat-1", "name": "S"}, {"sku": "hat-2", "name": "L"}]
    scarf = {"id": "scarf", "number": 2, "name": "Scarf", "price_cents": 5900}
    show["shop"]["products"].append(scarf)
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    with Studio(root / "studio", show=str(folder)) as studio, Peer(studio.address) as one:
        one.until_pictured("clip")
        one.run("hotkeys.set", name="show.save", keys="F6")
        one.run("shop.card", product="hat")
        one.run("shop.import", text=GOODS)
        yield one


def state_of(peer: Peer) -> dict[str, Any]:
    """What an edit is about: no health, no counters, no lights."""
    whole = peer.run("state.get", parts=list(PARTS))
    found = {part: whole[part] for part in PARTS}
    found["sources"] = sorted(
        (
            {k: v for k, v in source.items() if k not in ("health", "filter_status")}
            for source in found["sources"]
        ),
        key=lambda entry: str(entry["name"]),
    )
    for name in ("tally", "tbar"):
        found["scenes"].pop(name, None)
    found["scenes"]["on_standby"].pop("since_utc")
    heard = ("headphones", "loudness")
    found["sound"] = {k: v for k, v in found["sound"].items() if k not in heard}
    found["shop"].pop("explaining_since", None)
    strips = found["sound"]["strips"]
    found["sound"]["strips"] = sorted(strips, key=lambda strip: str(strip["source"]))
    found["hotkeys"] = sorted(
        (hotkey["name"], hotkey["keys"]) for hotkey in peer.run("hotkeys.list")["result"]["hotkeys"]
    )
    return found


def test_every_command_that_edits_has_an_example() -> None:
    ids = {spec.id for spec in listing.specs() if spec.id.split(".")[0] in ROOMS}
    assert ids - {id for id, _ in EXAMPLES} - set(NOT_EDITS) - UNDOES == set()
    assert {id for id, _ in EXAMPLES} | set(NOT_EDITS) | UNDOES <= ids


@pytest.mark.parametrize(("command", "args"), EXAMPLES, ids=[id for id, _ in EXAMPLES])
def test_it_is_taken_back_and_done_again(peer: Peer, command: str, args: dict[str, Any]) -> None:
    before = state_of(peer)
    done = peer.run(command, **args)
    after = state_of(peer)
    assert done["undo"], "no way back"
    undone = peer.run(done["undo"][0], **done["undo"][1])
    assert state_of(peer) == before
    assert undone["undo"], "no way forth"
    redone = peer.run(undone["undo"][0], **undone["undo"][1])
    assert state_of(peer) == after
    assert redone["undo"]
    peer.run(redone["undo"][0], **redone["undo"][1])
    assert state_of(peer) == before


MEANWHILE: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("sources.edit", {"name": "title", "settings": {"text": "Other"}},
     "sources.edit", {"name": "title", "settings": {"size": 44}}),
    ("sources.edit", {"name": "title", "settings": {"colour": "#112233"}},
     "sources.edit", {"name": "title", "settings": {"text": "Other"}}),
    ("brand.apply", {}, "sources.edit", {"name": "title", "settings": {"text": "Other"}}),
    ("brand.set", {"kit": {"accent": "#123456"}}, "brand.set", {"kit": {"top": "#654321"}}),
    ("filters.set", {"source": "clip", "name": "Blur", "settings": {"radius": 9}},
     "filters.set", {"source": "clip", "name": "Blur", "enabled": False}),
    ("filters.copy", {"source": "clip", "to": "title"},
     "filters.set", {"source": "title", "name": "New", "kind": "blur", "index": 0}),
    ("hotkeys.set", {"name": "scenes.take scene=Two", "keys": "F5"},
     "hotkeys.set", {"name": "scenes.take scene=One", "keys": "F7"}),
    ("items.set", {"scene": "Two", "item": 2, "box": BOX},
     "items.set", {"scene": "Two", "item": 2, "opacity": 0.5}),
    ("items.align", {"scene": "Two", "item": 2, "to": "top_right", "canvas": "landscape"},
     "items.set", {"scene": "Two", "item": 2, "rotation": 20}),
    ("items.show_on", {"scene": "Two", "item": 2, "canvas": "portrait", "on": True},
     "items.set", {"scene": "Two", "item": 2, "box": BOX, "canvas": "landscape"}),
    ("items.place", {"scene": "Two", "boxes": {"2": BOX}, "canvas": "portrait"},
     "items.set", {"scene": "Two", "item": 2, "opacity": 0.5}),
    ("items.enable_group", {"scene": "Two", "group": "G", "on": False},
     "items.add", {"scene": "Two", "source": "title"}),
    ("scenes.auto_layout", {"scene": "Two", "canvas": "portrait"},
     "scenes.set", {"scene": "Two", "colour": "#112233"}),
    ("scenes.transition", {"kind": "slide", "duration_ms": 300},
     "scenes.transition", {"duration_ms": 900}),
    ("scenes.take", {"scene": "Two", "canvas": "landscape"},
     "scenes.take", {"scene": "Two", "canvas": "portrait"}),
    ("shop.put", {"product": HAT | {"price_cents": 7700}},
     "shop.stock", {"product": "hat", "count": 5}),
    ("shop.order", {"products": ["scarf", "hat"]},
     "shop.put", {"product": HAT | {"id": "new", "number": 3}}),
    ("effects.set", {"likes": True}, "effects.set", {"sold_out": True}),
]  # fmt: skip
"""A step, and what another desk does before it is taken back."""


@pytest.mark.parametrize(
    ("command", "args", "other", "others"), MEANWHILE, ids=[f"{m[0]}-{m[2]}" for m in MEANWHILE]
)
def test_what_another_did_meanwhile_stays(
    peer: Peer, command: str, args: dict[str, Any], other: str, others: dict[str, Any]
) -> None:
    before = state_of(peer)
    alone = peer.run(other, **others)
    with_others = state_of(peer)
    peer.run(alone["undo"][0], **alone["undo"][1])
    assert state_of(peer) == before
    done = peer.run(command, **args)
    theirs = peer.run(other, **others)
    both = state_of(peer)
    undone = peer.run(done["undo"][0], **done["undo"][1])
    assert state_of(peer) == with_others
    again = peer.run(undone["undo"][0], **undone["undo"][1])
    assert state_of(peer) == both
    peer.run(again["undo"][0], **again["undo"][1])
    peer.run(theirs["undo"][0], **theirs["undo"][1])
    assert state_of(peer) == before


def test_a_place_that_is_taken_back_starts_no_source_again(peer: Peer) -> None:
    """The film goes on where it was."""

    def at_ms() -> int:
        return int(peer.ask("GetMediaInputStatus", inputName="clip")["mediaCursor"] or 0)

    peer.run("scenes.take", scene="Two", transition="cut")
    peer.run("sources.media", name="clip", action="restart")  # not at its end by now
    until = time.monotonic() + 20
    while not 400 <= at_ms() < 3000 and time.monotonic() < until:
        time.sleep(0.02)
    moments = [at_ms()]
    done = peer.run("items.set", scene="Two", item=2, box=BOX)
    moments.append(at_ms())
    peer.run(done["undo"][0], **done["undo"][1])
    moments.append(at_ms())
    assert 400 <= moments[0] <= moments[1] <= moments[2], moments


def test_a_source_that_comes_back_is_as_loud_as_it_was(peer: Peer) -> None:
    """A microphone that was muted must not be open after Ctrl+Z."""
    for command, args in (("sound.mute", {"on": True}), ("sound.set", {"gain_db": -9})):
        peer.run(command, source="tone", **args)
    before = state_of(peer)
    done = peer.run("sources.remove", name="tone")
    done = peer.run(done["undo"][0], **done["undo"][1])
    assert state_of(peer) == before
    for _ in range(2):
        done = peer.run(done["undo"][0], **done["undo"][1])
    assert state_of(peer) == before
    peer.run("sound.mute", source="tone", on=False)
    peer.run("sound.set", source="tone", gain_db=0)
