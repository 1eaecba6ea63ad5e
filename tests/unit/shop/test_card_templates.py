"""Templates of cards: chosen by goods, bound to facts, refused with their place, drawn to fit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.graphics.card import draw_card
from studio.graphics.card_template import bound
from studio.graphics.model import CardSpec
from studio.scenes.model import Canvas
from studio.shop.card.book import CardBook
from studio.shop.card.drawing import card_spec, card_unit
from studio.shop.card.files import own_templates, read_template, shipped_templates
from studio.shop.card.kinds import KINDS
from studio.shop.card.model import AUTO, PLAIN, CardPart
from studio.shop.card.service import CardService, longest
from studio.shop.model import Product, ShopState, TryOn, Variant

TEA = Product(
    "tea", 2, "高山云雾绿茶", 8800, was_cents=12800, category="食品", points=("清明前采摘",)
)
LIPS = Product(
    "lips", 3, "丝绒口红", 16900, category="美妆",
    variants=(
        Variant("r", "正红", try_on=TryOn("lipstick", fit={"colour": "#c1121f"})),
        Variant("p", "豆沙", try_on=TryOn("lipstick", fit={"colour": "#b5656b"})),
    ),
)  # fmt: skip
SHAPES = {"landscape": Canvas("landscape", 1920, 1080), "portrait": Canvas("portrait", 1080, 1920)}


class Offers:
    """A live sale of everything."""

    share: tuple[int, int] | None = (41, 50)

    def card(self, product: Product, sku: str, language: str) -> tuple[int, int, str]:
        return 6600, 8800, "秒杀 02:31 剩9件"

    def sold_share(self, sku: str) -> tuple[int, int] | None:
        return self.share


def spec_of(product: Product, template: str, facts: dict[str, str], **more: object) -> CardSpec:
    state = ShopState(products=(product,), variant={"lips": "p"})
    found = shipped_templates()[template]
    return card_spec(product, state, Path(), "zh", more.get("offers"), found, facts)  # type: ignore[arg-type]


def drawn(spec: CardSpec, shape: str = "landscape") -> tuple[int, int]:
    layer = draw_card(spec, card_unit(SHAPES[shape]), is_portrait=shape == "portrait")
    return layer.frame.width, layer.frame.height


def test_each_kind_of_goods_has_its_template():
    book = CardBook()
    book.part = CardPart(template=AUTO, own={"hat": "sale", "plain": PLAIN})
    assert book.template_of(TEA).id == "food"
    assert book.template_of(LIPS).id == "beauty"
    assert book.template_of(Product("x", 1, "谜", 100)) is None
    assert book.template_of(Product("hat", 1, "帽子", 100)).id == "sale"
    assert book.template_of(Product("plain", 1, "帽子", 100)) is None
    assert {kind for t in shipped_templates().values() for kind in t.kinds} == set(KINDS)


def test_without_a_choice_the_card_is_the_plain_one():
    assert CardBook().template_of(TEA) is None
    assert card_spec(TEA, ShopState(), Path(), "zh") == replace(
        card_spec(TEA, ShopState(), Path(), "zh"), template=None, facts={}, shades=(), sold=-1.0
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("template", sorted(shipped_templates()))
def test_the_longest_words_stay_within_the_card(template: str, shape: str):
    """No card is taller than its template says, wider than 40 % of a landscape canvas, or cut."""
    worst = longest(LIPS, [LIPS, replace(TEA, name="很长的名字" * 30, points=("卖点" * 40,) * 6)])
    facts = {row.fact: "一个非常非常长的说明" * 6
             for block in shipped_templates()[template].landscape.blocks
             for row in block.rows}  # fmt: skip
    facts["origin"] = "产地" * 40
    state = ShopState(products=(worst,), variant={"lips": "p"})
    spec = card_spec(worst, state, Path(), "zh", Offers(), shipped_templates()[template], facts)
    canvas = SHAPES[shape]
    layout = getattr(shipped_templates()[template], shape)
    width, height = drawn(spec, shape)
    unit = card_unit(canvas)
    assert height <= (layout.most_height + 0.25) * unit
    assert width <= (0.4 if shape == "landscape" else 0.75) * canvas.width
    layer = draw_card(spec, unit, is_portrait=shape == "portrait")
    luma, alpha = layer.frame.planes[0], layer.frame.alpha
    assert alpha is not None
    edge = round(unit * 0.15)
    dark = (luma[edge:-edge, -edge : -round(unit * 0.1)] < 60) & (
        alpha[edge:-edge, -edge : -round(unit * 0.1)] > 250
    )
    assert not np.any(dark), "ink touches the card's edge"


def test_what_is_not_known_takes_no_room_and_no_old_figure_stands():
    bare = drawn(spec_of(TEA, "food", {}))
    told = drawn(spec_of(TEA, "food", {"origin": "浙江安吉", "shelf_life": "18 个月"}))
    assert told[1] > bare[1]
    assert told[0] == bare[0]
    sale = Offers()
    with_share = drawn(spec_of(TEA, "food", {}, offers=sale))
    sale.share = None
    assert drawn(spec_of(TEA, "food", {}, offers=sale))[1] < with_share[1]
    spec = spec_of(TEA, "food", {"origin": "浙江"})
    assert bound("{fact.origin} {name}", spec) == "浙江 高山云雾绿茶"
    assert bound("{fact.origin} {fact.licence}", spec) == ""
    assert bound("{price.was}", spec) == ""


def test_shades_show_their_colours_and_the_chosen_one():
    spec = spec_of(LIPS, "beauty", {})
    assert [(s.name, s.colour, s.is_chosen) for s in spec.shades] == [
        ("正红", "#c1121f", False), ("豆沙", "#b5656b", True),
    ]  # fmt: skip
    many = replace(LIPS, variants=tuple(Variant(f"v{n}", f"色号 {n:02}") for n in range(40)))
    state = ShopState(products=(many,), variant={"lips": "v37"})
    template = shipped_templates()["beauty"]
    first = draw_card(card_spec(many, state, Path(), "zh", None, template, {}), 107.0)
    state = replace(state, variant={"lips": "v2"})
    other = draw_card(card_spec(many, state, Path(), "zh", None, template, {}), 107.0)
    assert not np.array_equal(first.frame.planes[0], other.frame.planes[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1"),
        ("[]", "object"),
        ('{"id": "a"}', "zh"),
        ('{"id": "A b", "zh": "x", "en": "x"}', "id"),
        ('{"id":"plain","zh":"x","en":"x","landscape":LAY,"portrait":LAY}', "taken"),
        ('{"id":"a","zh":"x","en":"x","landscape":LAY,"portrait":LAY,"colour":"red"}', "colour"),
        ('{"id":"a","zh":"x","en":"x","landscape":LAY,"portrait":{"blocks":[]}}', "blocks"),
        (
            '{"id":"a","zh":"x","en":"x","portrait":LAY,'
            '"landscape":{"text_width":1e300,"blocks":[{"kind":"title"}]}}',
            "text_width",
        ),
        ("x" * 70_000, "0 MB"),
    ],
)
def test_a_broken_template_says_where(tmp_path: Path, text: str, said: str):
    (tmp_path / "cards").mkdir()
    path = tmp_path / "cards" / "mine.json"
    path.write_text(text.replace("LAY", '{"blocks":[{"kind":"title"}]}'), encoding="utf-8")
    with pytest.raises(StudioError) as caught:
        read_template(path)
    assert said in caught.value.in_language("en")
    assert "mine.json" in caught.value.in_language("en")
    found, faults = own_templates(tmp_path)
    assert not found
    assert len(faults) == 1


def test_a_show_brings_its_own_and_a_second_of_the_same_name_is_told(tmp_path: Path):
    (tmp_path / "cards").mkdir()
    plain = {"id": "food", "zh": "我的", "en": "Mine", "kinds": ["food"],
             "landscape": {"blocks": [{"kind": "title"}]},
             "portrait": {"blocks": [{"kind": "title"}]}}  # fmt: skip
    for name in ("a.json", "b.json"):
        (tmp_path / "cards" / name).write_text(json.dumps(plain), encoding="utf-8")
    found, faults = own_templates(tmp_path)
    assert found["food"].en == "Mine"
    assert "b.json" in faults[0].in_language("en")
    book = CardBook()
    book.own, book.part = found, CardPart(template=AUTO)
    assert book.template_of(TEA).en == "Mine"


def test_a_show_with_an_unknown_template_is_warned_of(tmp_path: Path):
    from studio.core.service import ShowContext

    part = CardPart(template="fasion", own={"tea": "nope"})
    places = [f.place for f in CardService.validate(part, ShowContext(tmp_path))]
    assert places == ["cards.template", "cards.own[tea]"]
