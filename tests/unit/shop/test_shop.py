"""Prices, cards, variants: what viewers see is what the catalogue says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.graphics.card import draw_card
from studio.graphics.deck import OverlayStack
from studio.scenes.model import Canvas
from studio.shop.card.drawing import Cards, card_spec
from studio.shop.catalogue import Catalogue
from studio.shop.commands import ShopCommands
from studio.shop.model import Product, ShopState, TryOn, Variant, price_text
from studio.show.file import demo_show

BAG = Product(
    id="bag",
    number=3,
    name="羊皮链条包",
    price_cents=59900,
    stock=12,
    photo="products/handbag.png",
    variants=(
        Variant("B-RED", "酒红", try_on=TryOn("glasses", "a.png")),
        Variant("B-WHITE", "奶白"),
    ),
)


@pytest.fixture
def shop():
    told, worn, refreshed = [], [], []
    catalogue = Catalogue()
    catalogue.load(ShopState(products=(BAG,)))

    def wear(product, try_on, source):
        worn.append(try_on.asset if try_on else None)
        return source or "主播机位"

    commands = ShopCommands(catalogue, told.append, lambda: refreshed.append(1), wear)
    return catalogue, commands, told, worn, refreshed


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (19900, "CNY", "¥199"),
        (19950, "CNY", "¥199.50"),
        (129900, "USD", "$1,299.00"),
        (0, "CNY", "¥0"),
        (500, "JPY", "¥500"),
        (100, "BRL", "BRL 1.00"),
    ],
)
def test_prices_as_shops_write_them(cents, currency, text):
    assert price_text(cents, currency) == text


@pytest.mark.parametrize(
    ("stock", "language", "said"),
    [
        (4, "zh", "仅剩 4 件"),
        (4, "en", "Only 4 left"),
        (0, "zh", "已售罄"),
        (900, "zh", ""),
        (None, "zh", ""),
    ],
)
def test_stock_is_said_in_words_when_it_is_low(stock, language, said):
    from msgspec.structs import replace

    spec = card_spec(replace(BAG, stock=stock), ShopState(), Path(), language)
    assert spec.stock == said


def test_a_card_follows_its_product(shop):
    catalogue, commands, told, _, refreshed = shop
    commands.card("3")
    assert catalogue.state.card == "bag"
    commands.price("bag", 49900, 59900)
    asyncio.run(commands.stock("bag", 2))
    assert len(refreshed) == 3
    commands.card_off()
    assert [event.name for event in told] == [
        "shop.card_shown",
        "shop.product_changed",
        "shop.product_changed",
        "shop.card_hidden",
    ]


def test_a_former_price_below_the_price_is_refused(shop):
    catalogue, commands, *_ = shop
    with pytest.raises(StudioError, match="mislead"):
        commands.price("bag", 100, 50)
    assert catalogue.get("bag").price_cents == 59900


def test_a_variant_changes_what_is_worn(shop):
    catalogue, commands, _, worn, _ = shop
    commands.variant("bag", "B-RED")
    commands.try_on("bag")
    assert worn == ["a.png"]
    commands.try_on("")
    assert worn[-1] is None
    commands.variant("bag", "B-WHITE")
    with pytest.raises(StudioError) as caught:
        commands.try_on("bag")
    assert caught.value.key == "shop.no_try_on"
    assert catalogue.state.trying == ""


def test_what_is_not_there_is_said_with_what_is(shop):
    _, commands, *_ = shop
    with pytest.raises(StudioError, match="3 bag"):
        commands.card("77")
    with pytest.raises(StudioError, match="B-RED"):
        commands.variant("bag", "X")


def test_a_product_on_the_picture_cannot_be_removed(shop):
    catalogue, commands, *_ = shop
    commands.card("bag")
    with pytest.raises(StudioError):
        commands.remove("bag")
    commands.card_off()
    commands.explain("bag")
    with pytest.raises(StudioError):
        commands.remove("bag")
    commands.explain("")
    done = commands.remove("bag")
    assert catalogue.state.products == ()
    assert done.undo[0] == "shop.put"


@pytest.mark.parametrize(
    "wrong", [replace(BAG, id=""), replace(BAG, id="x" * 201), replace(BAG, name="包" * 10_000)]
)
def test_a_product_without_an_id_or_with_endless_words_is_refused(shop, wrong):
    catalogue, commands, *_ = shop
    with pytest.raises(StudioError) as refused:
        commands.put(wrong)
    assert refused.value.key == "shop.bad_id"
    assert catalogue.state.products == (BAG,)


def test_the_same_card_is_drawn_once():
    drawn = []

    def draw(spec, unit):
        drawn.append(unit)
        return draw_card(spec, 40)

    deck = OverlayStack()
    cards = Cards(deck, draw)
    canvases = (Canvas("landscape", 1920, 1080), Canvas("portrait", 1080, 1920))
    spec = card_spec(BAG, ShopState(), demo_show(), "zh")
    cards.show(spec, canvases)
    cards.show(spec, canvases)
    assert len(drawn) == 2
    assert deck.names == ["card"]
    cards.hide()
