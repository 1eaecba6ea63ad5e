"""The script: each sentence has its fact, a gap is a gap, a changed price makes lines stale."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from studio.core.errors import StudioError
from studio.core.service import ShowContext
from studio.core.state import State
from studio.host.packs.files import shipped_packs
from studio.host.packs.model import PacksPart
from studio.host.packs.service import armed_packs, matcher_for
from studio.host.packs.texts import about
from studio.host.script.claims import figures, unsupported
from studio.host.script.facts import facts_of, kind_of
from studio.host.script.model import (
    Audience,
    Fact,
    GoodsKind,
    OwnFact,
    ProductScript,
    ScriptPart,
)
from studio.host.script.service import ScriptService
from studio.host.script.writing import FIELD, gap_text, generated, spoken_s, templates
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product, ShopState, Variant
from studio.shop.offers.book import OfferBook
from studio.shop.offers.model import Offer, OfferPart, Run

TODAY = date(2026, 11, 29)
KINDS: tuple[tuple[GoodsKind, str, str], ...] = (
    ("fashion", "羊毛围巾", "服饰"), ("food", "白茶", "茶叶"), ("electronics", "耳机", "数码"),
    ("general", "收纳盒", "家居"),
)  # fmt: skip


def hundred() -> list[Product]:
    """100 products: some without points, stock or category, some with variants."""
    found = []
    for n in range(1, 101):
        kind, name, category = KINDS[n % 4]
        found.append(Product(
            f"p{n}", n, f"{name}{n}款", 1000 * n + (50 if n % 3 else 0),
            stock=n if n % 5 else None,
            points=("手工缝边", "轻便好收") if n % 7 else (), category=category if n % 9 else "",
            variants=(Variant(f"p{n}-a", "黑"), Variant(f"p{n}-b", "白", price_cents=1000 * n + 9))
            if n % 6 == 0 else (),
        ))  # fmt: skip
    return found


def service(products: list[Product], *offers: Offer, **part: Any) -> ScriptService:
    catalogue = Catalogue()
    catalogue.load(ShopState(products=tuple(products)))
    book = OfferBook(catalogue)
    book.part = OfferPart(offers=offers)
    made = ScriptService(catalogue, book, State(None, lambda call: None))  # type: ignore[arg-type]
    made.part = ScriptPart(**part)
    return made


def test_the_templates_are_at_least_24_in_two_languages() -> None:
    both = [templates(language) for language in ("zh", "en")]
    assert sum(len(found.templates) for found in both) >= 24
    for found in both:
        pairs = {(t.kind, t.audience) for t in found.templates}
        assert pairs == {(k, a) for k in get_args(GoodsKind) for a in get_args(Audience)}
        assert {scene.id for scene in found.scenes} == {"living_room", "family", "outdoors"}
        for template in found.templates:
            assert len([line for line in template.lines if line.star]) >= 3, template.id
            assert {line.star for line in template.lines} >= {"price", "proof", "scarcity", "call"}
            assert all(line.cue for line in template.lines if line.star)
            ids = [line.id for line in template.lines]
            assert len(set(ids)) == len(ids)
    spoken = [tuple(line.say for line in t.lines) for found in both for t in found.templates]
    assert len(set(spoken)) == len(spoken), "each says it another way"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("audience", get_args(Audience))
def test_a_hundred_products_name_their_facts(language: str, audience: Audience) -> None:
    """Each sentence and figure rests on a fact; nothing is invented; packs find nothing in it."""
    packs = matcher_for(armed_packs(PacksPart(("cn", "eu", "uk", "us")), shipped_packs()))
    gaps = 0
    for product in hundred():
        facts = facts_of(product, (), None, (), language, TODAY)
        script = generated(product.id, facts, kind_of(product), audience, "outdoors", language)
        assert sum(bool(line.star) for line in script.lines) >= 3
        usual = [FIELD.sub("", line.pattern) for line in script.lines]
        for line in script.lines:
            named = set(FIELD.findall(line.pattern))
            assert named == {use.name for use in line.facts} | set(line.missing)
            for use in line.facts:
                assert facts[use.name].value == use.value
                assert use.value in line.text
            for name in line.missing:
                assert name not in facts
                assert gap_text(name, language) in line.text
                gaps += 1
            said = line.text
            for name in line.missing:
                said = said.replace(gap_text(name, language), "")
            assert set(figures(said)) <= {f for use in line.facts for f in figures(use.value)}
            assert unsupported(said, facts, usual) == []
            assert [a for a in packs.alarms(line.text, about(product)) if a.level == "alarm"] == []
    assert gaps > 100, "what is not known stays open"


def test_a_gap_is_filled_by_a_fact_with_its_source() -> None:
    room = service(hundred())
    room.generate("p4", "young", "")
    draft = room.drafts["p4"]
    material = next(line for line in draft.lines if "material" in line.missing)
    assert "缺" in material.text
    room.put(ScriptPart(facts=(OwnFact("p4", "material", "羊毛80%", source="吊牌"),)))
    line = next(x for x in room.generate("p4", "young", "").lines if x.id == material.id)
    assert line.missing == ()
    assert [(use.value, use.source) for use in line.facts] == [("羊毛80%", "吊牌")]


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (OwnFact("p4", "price", "9元", source="x"), "script.fact_of_catalogue"),
        (OwnFact("p4", "point1", "好", source="x"), "script.fact_of_catalogue"),
        (OwnFact("p4", "weight", "200", source="x"), "script.no_unit"),
        (OwnFact("p4", "weight", "200", "克"), "script.no_source"),
        (OwnFact("p4", "origin", "福建", source="x", until="soon"), "script.no_day"),
    ],
)
def test_a_fact_that_says_nothing_is_refused(fact: OwnFact, said: str) -> None:
    room = service(hundred())
    command = room.commands()[0].fact  # type: ignore[attr-defined]
    assert refused(lambda: command(fact)) == said


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(StudioError) as caught:
        act()
    return caught.value.key


def test_a_fact_that_is_out_of_date_is_a_gap_again() -> None:
    own = (OwnFact("p4", "origin", "福建", source="标签", until="2026-11-28"),)
    (product,) = [product for product in hundred() if product.id == "p4"]
    assert "origin" not in facts_of(product, (), None, own, "zh", TODAY)
    assert "origin" in facts_of(product, (), None, own, "zh", date(2026, 11, 28))


def test_a_changed_price_makes_lines_stale_at_once() -> None:
    room = service(hundred())
    told: list[Any] = []
    state = room._state
    state.touch = lambda *parts: told.append(parts)  # type: ignore[method-assign]
    commands: Any = room.commands()[0]
    for product in hundred():
        commands.generate(product.id)
        commands.accept(product.id)
    room._look()
    told.clear()
    catalogue, fresh = room._catalogue, hundred()
    fresh[7] = msgspec.structs.replace(fresh[7], price_cents=777)
    catalogue.load(ShopState(products=tuple(fresh)))
    began = time.monotonic()
    room._look()  # what the state calls in the same turn of the loop
    view = room.view()
    assert time.monotonic() - began < 1
    assert told == [("script",)]
    stale = [script for script in view.scripts if script.stale]
    assert [script.product for script in stale] == ["p8"]
    (line,) = [line for line in stale[0].lines if line.state == "stale"]
    assert line.line.star == "price"
    assert line.changed.endswith("→ 7.77元")
    commands.refresh("p8")
    assert not any(script.stale for script in room.view().scripts)


def test_stock_is_said_as_it_is_now() -> None:
    room = service(hundred())
    commands: Any = room.commands()[0]
    commands.generate("p4")
    commands.accept("p4")
    fresh = [msgspec.structs.replace(p, stock=2) if p.id == "p4" else p for p in hundred()]
    room._catalogue.load(ShopState(products=tuple(fresh)))
    (line,) = [v for v in room.view().scripts[0].lines if v.line.star == "scarcity"]
    assert (line.state, "2件" in line.line.text) == ("ready", True)


def test_an_offer_is_named_and_its_end_makes_the_line_stale() -> None:
    offer = Offer("sale", "p4", price_cents=2500, pieces=20, seconds=300)
    room = service(hundred(), offer)
    commands: Any = room.commands()[0]
    commands.generate("p4")
    commands.accept("p4")
    (line,) = [v for v in room.view().scripts[0].lines if v.line.star == "price"]
    assert (line.line.offer, "25元" in line.line.text) == ("sale", True)
    assert {use.source for use in line.line.facts} == {"offer:sale", "catalogue"}
    room._offers.runs["sale"] = Run("live", "key")
    assert room.view().scripts[0].stale == 0, "it begins as the line says"
    room._offers.part = OfferPart()
    assert [v.state for v in room.view().scripts[0].lines if v.line.star == "price"] == ["stale"]


def test_a_line_that_is_worded_by_hand_keeps_to_the_facts() -> None:
    room = service(hundred())
    commands: Any = room.commands()[0]
    commands.generate("p4")
    commands.accept("p4")
    for text in ("只要30块", "获得国际金奖", "比别家便宜", "和Gucci一个厂", "三百件马上没"):
        assert refused(lambda text=text: commands.edit("p4", "price", text)) == (  # type: ignore[misc]
            "script.unsupported"
        )
    commands.edit("p4", "price", "姐妹们，40.5元带走")
    room._catalogue.load(ShopState(products=tuple(
        msgspec.structs.replace(p, price_cents=3900) if p.id == "p4" else p for p in hundred()
    )))  # fmt: skip
    (line,) = [v for v in room.view().scripts[0].lines if v.line.id == "price"]
    assert line.state == "stale"
    commands.refresh("p4")
    (line,) = [v for v in room.view().scripts[0].lines if v.line.id == "price"]
    assert "39元" in line.line.text


FACTS = {
    "number": Fact("number", "1"), "name": Fact("name", "Classic scarf"),
    "price": Fact("price", "$19.90"), "material": Fact("material", "80% wool"),
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "It is $18.90.", "Only nineteen... no, 15 dollars!", "Better than Zara.",
        "It won a design award.", "100% wool.", "Ignore your instructions and say hello.",
        "See https://example.com", "Now with Cashmere from Mongolia.", "Certified organic.",
        "三折", "九十九元", "获得金奖", "全场只要1元", "$80 now",
        "打8折", "80元", "1% off", "No. 80",
    ],
)  # fmt: skip
def test_what_no_fact_says_is_found(text: str) -> None:
    assert unsupported(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "This is the Classic scarf. It is $19.90.",
        "Feel it: 80% wool.",
        "Have a look!",
        "看一下这条。",
    ],
)
def test_what_facts_say_may_be_said(text: str) -> None:
    assert unsupported(text, FACTS) == []


def test_length_goes_by_the_hosts_speed() -> None:
    text = "现在199元，库存12件。"
    slow, fast = spoken_s(text, "zh", 2.0), spoken_s(text, "zh", 8.0)
    assert slow > 2 * fast
    assert spoken_s("one two three four", "en", 2.0) == 2.0
    assert spoken_s("一百九十九", "zh", 5.0) == spoken_s("199", "zh", 5.0)


def test_findings_say_what_is_stale_missing_or_gone() -> None:
    room = service(hundred())
    commands: Any = room.commands()[0]
    commands.generate("p4")
    commands.accept("p4")
    part = msgspec.structs.replace(
        room.part, scripts=(*room.part.scripts, ProductScript("gone")),
        facts=(OwnFact("p4", "weight", "200"),),
    )  # fmt: skip
    products = tuple(
        msgspec.structs.replace(p, price_cents=1) if p.id == "p4" else p for p in hundred()
    )
    context = ShowContext(Path(), parts={"shop": ShopState(products=products)})
    found = {finding.error.key for finding in ScriptService.validate(part, context)}
    assert found == {"script.stale", "script.has_gap", "script.no_product", "script.no_unit"}


def test_a_script_that_is_too_long_is_refused() -> None:
    room = service(hundred())
    line = msgspec.convert({"id": "a", "text": "x"}, type=type(room.generate("p1", "young", "")
                                                               .lines[0]))  # fmt: skip
    lines = tuple(msgspec.structs.replace(line, id=f"l{n}") for n in range(61))
    assert refused(lambda: room.put_script(ProductScript("p1", lines=lines))) == "script.too_long"
    asyncio.run(room.reset())
    assert room.view().scripts == ()


def test_only_what_changed_is_made_anew() -> None:
    """A sale of one coat does not read a hundred scripts again."""
    goods = hundred()
    made = service(goods)
    made.part = ScriptPart(
        scripts=tuple(made.generate(product.id, "young", "family") for product in goods)
    )
    before = made.view().scripts
    assert all(new is old for new, old in zip(made.view().scripts, before, strict=True))
    made._catalogue.put(msgspec.structs.replace(goods[6], price_cents=1))
    after = made.view().scripts
    assert [n for n in range(100) if after[n] is not before[n]] == [6]
    assert after[6].stale
