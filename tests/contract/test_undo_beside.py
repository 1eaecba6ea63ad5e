"""Two desks at the same things: what one takes back is its own step, the other's work stays.

In the rooms beside those of `test_undo`. Where both changed the very same value nothing is taken
back, and the refusal says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.onair.peer import Peer
from tests.onair.studio import Studio, small_show
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(180)]

PARTS = ("scenes", "shop", "script", "prompter", "rundown", "offers", "coupons", "games", "cards",
         "outputs", "air", "plans", "guard", "packs", "nodes", "post", "comments",
         "sound", "tryon", "advice", "effects")  # fmt: skip
OFFER = {"id": "sale", "sku": "hat", "price_cents": 5900, "pieces": 4, "seconds": 600}
COUPON = {"id": "ten", "off_cents": 1000, "from_cents": 5000}
FACT = {"product": "hat", "name": "material", "value": "wool", "source": "label"}
RULES = {"title": "Draw", "kind": "draw", "prizes": [{"name": "Hat", "count": 1}]}
SOON_S = 5.0
A_PLAN, B_PLAN = "source_lost", "black_picture"
MOVING = {"at_utc", "since_utc", "explaining_since", "left_s", "age_s", "anchor_ns", "now_utc",
          "over_s", "took_ms", "remaining_s", "elapsed_s", "expected_utc", "expected_end_utc",
          "drafts", "anchor_age_s", "changed_utc", "stages", "figures", "began_utc", "due_utc",
          "ends_utc", "drift_s", "proof", "turn", "ended_utc", "paused_utc", "offset",
          "seconds_left", "proposal", "late_s", "short_s", "loudness", "headphones", "incidents",
          "asks", "told", "runs", "readings", "health", "counts", "planned_end_utc"}  # fmt: skip
"""Fields that move by themselves."""

Pair = tuple[str, dict[str, Any], str, dict[str, Any]]
FORMS = {
    # A form sends all it shows: what it sends before the other's step is another thing.
    "coupons.put": {"coupon": {**COUPON, "uses": 7}},
    "offers.put": {"offer": {**OFFER, "pieces": 3}},
}

MERGED: list[Pair] = [
    ("shop.price", {"product": "hat", "cents": 100}, "shop.stock", {"product": "hat", "count": 5}),
    ("shop.stock", {"product": "hat", "count": 5}, "shop.price", {"product": "hat", "cents": 100}),
    ("shop.card", {"product": "hat"}, "shop.explain", {"product": "hat"}),
    ("scenes.preview", {"scene": "One", "canvas": "landscape"},
     "scenes.preview", {"scene": "Standby", "canvas": "portrait"}),
    ("scenes.preview", {"scene": "One"},
     "scenes.take", {"scene": "Standby", "canvas": "portrait", "transition": "cut"}),
    ("rundown.next", {}, "rundown.pause", {}),
    ("rundown.pause", {}, "rundown.put_item", {"item": {"id": "i9", "title": "More"}}),
    ("rundown.put_item", {"item": {"id": "i9", "title": "More"}}, "rundown.next", {}),
    ("rundown.start_at", {"start": "2030-01-01T10:00:00+00:00"},
     "rundown.put_item", {"item": {"id": "i9", "title": "More"}}),
    ("script.edit", {"product": "hat", "line": "1", "text": "Look at this one."},
     "script.edit", {"product": "hat", "line": "2", "text": "And it is warm."}),
    ("script.mark", {"product": "hat", "line": "1", "star": "price"},
     "script.edit", {"product": "hat", "line": "1", "text": "And it is warm."}),
    ("script.put", {"script": {"product": "hat", "lines": [{"id": "1", "text": "Hello."}]}},
     "script.edit", {"product": "scarf", "line": "1", "text": "And it is warm."}),
    ("script.fact", {"fact": {**FACT, "value": "silk"}},
     "script.fact", {"fact": {**FACT, "name": "origin", "value": "Italy"}}),
    ("script.forget_fact", {"product": "hat", "name": "material"},
     "script.fact", {"fact": {**FACT, "name": "origin", "value": "Italy"}}),
    ("script.settings", {"speed": 5}, "script.settings", {"audience": "family"}),
    ("prompter.speed", {"signs": 7}, "prompter.speed", {"size": 99}),
    ("prompter.jump", {"line": 1}, "prompter.speed", {"signs": 7}),
    ("offers.put", {"offer": {**OFFER, "price_cents": 5500}},
     "offers.put", {"offer": {**OFFER, "price_cents": 5500, "pieces": 3}}),
    ("offers.put", {"offer": {**OFFER, "id": "other"}},
     "offers.put", {"offer": {**OFFER, "pieces": 3}}),
    ("offers.remove", {"id": "sale"}, "offers.put", {"offer": {**OFFER, "id": "other"}}),
    ("offers.market", {"market": "eu"}, "offers.put", {"offer": {**OFFER, "pieces": 3}}),
    ("coupons.put", {"coupon": {**COUPON, "off_cents": 900}},
     "coupons.put", {"coupon": {**COUPON, "off_cents": 900, "uses": 7}}),
    ("coupons.remove", {"id": "ten"}, "coupons.put", {"coupon": {**COUPON, "id": "new"}}),
    ("games.show", {"id": "g1"}, "shop.card", {"product": "hat"}),
    ("cards.use", {"template": "food", "product": "hat"},
     "cards.use", {"template": "food", "product": "scarf"}),
    ("outputs.edit", {"name": "file", "bitrate_kbps": 2000},
     "outputs.edit", {"name": "file", "split_min": 30}),
    ("outputs.add", {"name": "second", "url": "b.mkv"},
     "outputs.edit", {"name": "file", "split_min": 30}),
    ("plans.enable", {"plan": A_PLAN, "on": False},
     "plans.enable", {"plan": B_PLAN, "on": False}),
    ("guard.arm", {"on": False}, "packs.arm", {"pack": "cn-food", "on": False}),
    ("packs.places", {"places": ["eu"]}, "guard.arm", {}),
    ("nodes.owner", {"node": "clips", "owner": "Anna"},
     "nodes.tick", {"node": "clips", "by": "Ben"}),
    ("comments.slow", {"on": True}, "comments.veto_window", {"seconds": 5}),
    ("comments.quick_put", {"name": "size", "text": "M"},
     "comments.quick_put", {"name": "post", "text": "Tomorrow"}),
    ("comments.crawl", {"kind": "ticker"}, "comments.slow", {"on": True}),
    ("sound.set", {"source": "tone", "gain_db": -3}, "sound.set", {"source": "tone", "pan": 0.5}),
    ("sound.mute", {"source": "tone"}, "sound.mute", {"source": "clip"}),
    ("advice.margin", {"percent": 20}, "shop.price", {"product": "hat", "cents": 100}),
]  # fmt: skip
"""A step, and what another desk does before it is taken back."""

REFUSED: list[Pair] = [
    ("shop.price", {"product": "hat", "cents": 100}, "shop.price", {"product": "hat", "cents": 90}),
    ("shop.card", {"product": "hat"}, "shop.card", {"product": "scarf"}),
    ("shop.explain", {"product": "hat"}, "shop.explain", {"product": "scarf"}),
    ("rundown.next", {}, "rundown.next", {}),
    ("rundown.next", {}, "rundown.go", {"item": "i3"}),
    ("script.edit", {"product": "hat", "line": "1", "text": "Look at this one."},
     "script.edit", {"product": "hat", "line": "1", "text": "And it is warm."}),
    ("script.fact", {"fact": {**FACT, "value": "silk"}},
     "script.fact", {"fact": {**FACT, "value": "linen"}}),
    ("script.settings", {"speed": 5}, "script.settings", {"speed": 6}),
    ("prompter.speed", {"signs": 7}, "prompter.speed", {"signs": 8}),
    ("offers.put", {"offer": {**OFFER, "price_cents": 5500}},
     "offers.put", {"offer": {**OFFER, "price_cents": 5400}}),
    ("offers.put", {"offer": {**OFFER, "id": "other"}},
     "offers.put", {"offer": {**OFFER, "id": "other", "pieces": 3}}),
    ("coupons.put", {"coupon": {**COUPON, "off_cents": 900}},
     "coupons.put", {"coupon": {**COUPON, "off_cents": 800}}),
    ("games.show", {"id": "g1"}, "games.show", {"id": "g2"}),
    ("cards.use", {"template": "food"}, "cards.use", {"template": "beauty"}),
    ("outputs.edit", {"name": "file", "split_min": 20},
     "outputs.edit", {"name": "file", "split_min": 30}),
    ("outputs.add", {"name": "second", "url": "b.mkv"},
     "outputs.edit", {"name": "second", "split_min": 30}),
    ("nodes.owner", {"node": "clips", "owner": "Anna"}, "nodes.owner", {"node": "clips",
                                                                       "owner": "Ben"}),
    ("packs.places", {"places": ["uk"]}, "packs.places", {"places": ["eu"]}),
    ("comments.quick_put", {"name": "size", "text": "M"},
     "comments.quick_put", {"name": "size", "text": "L"}),
    ("comments.veto_window", {"seconds": 5}, "comments.veto_window", {"seconds": 6}),
    ("sound.master", {"gain_db": -6}, "sound.master", {"gain_db": -9}),
    ("advice.margin", {"percent": 20}, "advice.margin", {"percent": 30}),
]  # fmt: skip
"""A step, and another that changes the very same."""


def _show(folder: Path) -> Path:
    show = json.loads((small_show(folder) / "show.json").read_text(encoding="utf-8"))
    show["shop"]["products"].append(
        {"id": "scarf", "number": 2, "name": "Scarf", "price_cents": 5900}
    )
    show["outputs"] = [{"name": "file", "kind": "file", "url": "a.mkv"}]
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Peer, Peer]]:
    root = tmp_path_factory.mktemp("beside")
    show = str(_show(root / "Small.show"))
    with (
        Studio(root / "studio", show=show) as studio,
        Peer(studio.address, events=0) as one,
        Peer(studio.address, events=0) as other,
    ):
        one.run("session.introduce", name="Anna")
        other.run("session.introduce", name="Ben")
        one.run("offers.put", offer=OFFER)
        one.run("coupons.put", coupon=COUPON)
        one.run("script.fact", fact=FACT)
        lines = [{"id": str(n), "text": f"Line {n}."} for n in range(4)]
        for product in ("hat", "scarf"):
            one.run("script.put", script={"product": product, "lines": lines})
        items = [{"id": f"i{n}", "title": f"Item {n}", "seconds": 600} for n in range(1, 5)]
        one.run("rundown.set", rundown={"phases": [{"id": "p", "title": "P", "items": items}]})
        one.run("rundown.begin")
        for plan in one.run("state.get", parts=["plans"])["plans"]["plans"]:
            if plan["id"] not in (A_PLAN, B_PLAN):  # they would act on a price that changes
                one.run("plans.enable", plan=plan["id"], on=False)
        for id in ("g1", "g2"):
            one.run("games.put", id=id, rules=RULES)
        yield one, other


def state_of(peer: Peer) -> dict[str, Any]:
    found: dict[str, Any] = _still(peer.run("state.get", parts=list(PARTS)))
    return found


def comes_to(peer: Peer, wanted: dict[str, Any]) -> None:
    """What follows from a step (a plan's readiness, the prompter's text) follows in its own time.

    Raises:
        AssertionError: it stays another.
    """
    until(lambda: state_of(peer) == wanted, "the state as it should be", SOON_S)


def _still(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _still(part) for name, part in value.items() if name not in MOVING}
    if isinstance(value, list):
        rows = [_still(part) for part in value]
        return sorted(rows, key=_name_in) if all(map(_name_in, rows)) else rows
    return value


def _name_in(row: Any) -> str:
    """The id of a row, "" where it has none: what was removed and comes back stands last."""
    if not isinstance(row, dict):
        return ""
    inner = row.get("offer") or row.get("coupon")
    return str(row.get("id") or (inner.get("id") if isinstance(inner, dict) else ""))


def _id_of(args: dict[str, Any]) -> Any:
    return next(iter(args.values())).get("id")


def back(peer: Peer, done: dict[str, Any]) -> Any:
    assert done["undo"], "no way back"
    command, args = done["undo"]
    return peer.run(command, **args, undoing=True)


def name_of(pair: Pair) -> str:
    return f"{pair[0]}-{pair[2]}"


@pytest.mark.parametrize("pair", MERGED, ids=name_of)
def test_the_work_of_another_stays_and_ones_own_goes(desks: tuple[Peer, Peer], pair: Pair) -> None:
    anna, ben = desks
    command, args, other, others = pair
    before = state_of(anna)
    is_form = others.keys() == FORMS.get(other, {}).keys() and command == other
    is_same = is_form and _id_of(args) == _id_of(others)
    alone = ben.run(other, **(FORMS[other] if is_same else others))
    with_others = state_of(anna)
    back(ben, alone)
    comes_to(anna, before)
    done = anna.run(command, **args)
    theirs = ben.run(other, **others)
    undone = back(anna, done)
    comes_to(anna, with_others)
    again = dict(done["undo"][1])
    key = anna.run_code(done["undo"][0], **again, undoing=True)
    assert key == "command.undone", "a second time it is gone"
    comes_to(anna, with_others)
    if undone["undo"]:  # an output that was removed has lost its key
        redone = back(anna, undone)
        back(anna, redone)
        comes_to(anna, with_others)
    back(ben, theirs)
    comes_to(anna, before)


@pytest.mark.parametrize("pair", REFUSED, ids=name_of)
def test_the_same_value_is_not_taken_from_another(desks: tuple[Peer, Peer], pair: Pair) -> None:
    anna, ben = desks
    command, args, other, others = pair
    before = state_of(anna)
    done = anna.run(command, **args)
    theirs = ben.run(other, **others)
    both = state_of(anna)
    key = anna.run_code(done["undo"][0], **done["undo"][1], undoing=True)
    assert key in ("command.changed_since", "command.overtaken")
    comes_to(anna, both)
    back(ben, theirs)
    back(anna, done)
    comes_to(anna, before)
