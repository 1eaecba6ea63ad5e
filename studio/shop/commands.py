"""The shop from outside: explain, card, price, stock, try on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, changed, command
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.taking_back import (
    changed_since,
    order_taken_back,
    way_back,
    with_rows_taken_back,
)
from studio.shop.catalogue import Catalogue
from studio.shop.events import (
    CardHidden,
    CardShown,
    GoodsOrdered,
    ProductChanged,
    ProductExplained,
    TryOnChanged,
)
from studio.shop.model import (
    LONGEST_ID,
    LONGEST_NAME,
    MOST_PRODUCTS,
    Cents,
    Count,
    Product,
    TryOn,
    price_text,
)
from studio.shop.stock_commands import Stockroom, book_difference

GoodsOrder = Annotated[
    list[Annotated[str, msgspec.Meta(max_length=LONGEST_ID)]],
    msgspec.Meta(max_length=MOST_PRODUCTS),
]


class ShopCommands:
    """Products on the picture.

    Args:
        refresh: draws the card anew from the catalogue's state.
        wear: puts a try-on on a source's picture (None takes it off); returns the source's name.
        is_bypassed: whether try-on is off for now, so that nothing of it is drawn.
        room: the shop's ledger; where it knows a product, its stock is booked there.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        announce: Callable[[Any], None],
        refresh: Callable[[], None],
        wear: Callable[[Product | None, TryOn | None, str], str],
        is_bypassed: Callable[[], bool] = lambda: False,
        room: Stockroom | None = None,
    ) -> None:
        self._room = room
        self._is_bypassed = is_bypassed
        self._catalogue = catalogue
        self._announce = announce
        self._refresh = refresh
        self._wear = wear

    @command(
        "shop.explain",
        label=("讲解", "Feature"),
        help=("标记主播正在讲解的商品。", "Marks the product the host talks about."),
    )
    def explain(self, product: str = "") -> Changed:
        before = self._catalogue.state.explaining
        id = self._catalogue.get(product).id if product else ""
        self._catalogue.explain(id)
        self._announce(ProductExplained(product=id))
        return changed("shop", undo=("shop.explain", {"product": before}))

    @command(
        "shop.card",
        label=("弹卡", "Show card"),
        help=("把商品卡放上画面。", "Puts the product's card on the picture."),
        keys="C",
    )
    def card(self, product: str) -> Changed:
        before = self._catalogue.state.card
        found = self._catalogue.get(product)
        self._catalogue.set_card(found.id)
        self._refresh()
        cents, _ = found.price_of(self._catalogue.state.variant.get(found.id, ""))
        price = price_text(cents, found.currency)
        self._announce(CardShown(product=found.id, price=price))
        undo = ("shop.card", {"product": before}) if before else ("shop.card_off", {})
        return changed("shop", undo=undo)

    @command(
        "shop.card_off",
        label=("收卡", "Hide card"),
        help=("让商品卡离开画面。", "Takes the product card off the picture."),
        keys="Shift+C",
    )
    def card_off(self) -> Changed:
        before = self._catalogue.state.card
        self._catalogue.set_card("")
        self._refresh()
        if before:
            self._announce(CardHidden(product=before))
        return changed("shop", undo=("shop.card", {"product": before}) if before else None)

    @command(
        "shop.price",
        label=("改价", "Set price"),
        help=("修改价格（分）；画面上的卡立即更新。", "Sets the price in cents; the card follows."),
    )
    def price(self, product: str, cents: Cents, was_cents: Cents | None = None) -> Changed:
        found = self._catalogue.get(product)
        was = found.was_cents if was_cents is None else was_cents
        if was and was < cents:
            raise StudioError(
                "invalid",
                "shop.was_below",
                price=price_text(cents, found.currency),
                was=price_text(was, found.currency),
            )
        plain = [replace(v, price_cents=None, was_cents=0) for v in found.variants]
        fresh = replace(found, price_cents=cents, was_cents=was, variants=tuple(plain))
        self._put(fresh, "price_cents", "was_cents")
        return _restorable(found, fresh)

    @command(
        "shop.stock",
        label=("改库存", "Set stock"),
        help=("修改库存件数；空为未知。", "Sets how many pieces are left; null: not known."),
    )
    async def stock(self, product: str, count: Count | None) -> Changed:
        found = self._catalogue.get(product)
        if self._room is not None and self._room.part.shop:
            return await book_difference(self._room, found, count)
        plain = [replace(variant, stock=None) for variant in found.variants]
        fresh = replace(found, stock=count, variants=tuple(plain))
        self._put(fresh, "stock")
        return _restorable(found, fresh)

    @command(
        "shop.variant",
        label=("选款", "Choose variant"),
        help=(
            "选择颜色或尺码；卡与试戴同步。",
            "Chooses a colour or size.",
        ),
    )
    def variant(self, product: str, sku: str) -> Changed:
        found = self._catalogue.get(product)
        before = self._catalogue.state.variant.get(found.id, "")
        self._catalogue.choose(found, sku)
        self._refresh()
        if self._catalogue.state.trying == found.id:
            self._put_on(found, "")
        undo = ("shop.variant", {"product": found.id, "sku": before})
        return changed("shop", "tryon", undo=undo)

    @command(
        "shop.try_on",
        label=("试戴", "Try on"),
        help=("主播“戴上”这件商品；空为摘下。", "The host wears the product; empty takes it off."),
        keys="T",
    )
    def try_on(self, product: str = "", source: str = "") -> Changed:
        before = self._catalogue.state.trying
        if product:
            self._put_on(self._catalogue.get(product), source)
        else:
            name = self._wear(None, None, source)
            self._catalogue.set_trying("")
            self._announce(TryOnChanged(product="", source=name))
        result = None
        if product and self._is_bypassed():
            words = [translate("tryon.is_bypassed", code) for code in ("zh", "en")]
            result = {"no_effect": words}
        return changed("shop", "tryon", result=result, undo=("shop.try_on", {"product": before}))

    @command(
        "shop.put",
        label=("编辑商品", "Edit product"),
        help=(
            "新增或替换一件商品；给出 instead_of（那一步留下的样子）时只还原有差别的项。",
            "Adds a product, or replaces the one with its id; with instead_of, what the step had "
            "left, only where the two differ.",
        ),
    )
    def put(self, product: Product, instead_of: Product | None = None) -> Changed:
        old = self._catalogue.state.product(product.id)
        if instead_of is not None:
            if old is None:  # another has taken it out since
                raise changed_since()
            product = with_rows_taken_back(
                old, instead_of, product, "variants", lambda variant: variant.sku
            )
        if old is None:
            if not 0 < len(product.id) <= LONGEST_ID or len(product.name) > LONGEST_NAME:
                raise StudioError("invalid", "shop.bad_id", id=LONGEST_ID, name=LONGEST_NAME)
            if len(self._catalogue.state.products) >= MOST_PRODUCTS:
                raise StudioError("invalid", "imports.too_many_products", most=MOST_PRODUCTS)
        elif len(product.name) > max(LONGEST_NAME, len(old.name)):
            raise StudioError("invalid", "shop.bad_id", id=LONGEST_ID, name=LONGEST_NAME)
        self._put(product, "all")
        if old is None:
            return changed("shop", undo=("shop.remove", {"product": product.id}))
        return _restorable(old, product)

    @command(
        "shop.remove",
        label=("移除商品", "Remove product"),
        help=(
            "把商品移出本场；正在讲解、弹卡、试戴的不行。",
            "Takes a product out; not while it is featured, worn or its card is up.",
        ),
    )
    def remove(self, product: str) -> Changed:
        found = self._catalogue.get(product)
        self._catalogue.insist_unused([found])
        self._catalogue.remove(found)
        self._announce(ProductChanged(product=found.id, fields=("removed",)))
        return changed("shop", undo=("shop.put", {"product": _plain(found)}))

    @command(
        "shop.order",
        label=("商品排序", "Order the goods"),
        help=(
            "按给出的顺序重排商品编号；每件商品恰好一次。",
            "Numbers the goods anew in this order; each product once.",
        ),
    )
    def order(self, products: GoodsOrder, instead_of: GoodsOrder | None = None) -> Changed:
        if instead_of is not None:
            now = sorted(self._catalogue.state.products, key=lambda product: product.number)
            products = order_taken_back([product.id for product in now], instead_of, products)
        before = self._catalogue.sort(products)
        self._refresh()
        self._announce(GoodsOrdered(products=tuple(products)))
        return changed("shop", undo=way_back("shop.order", "products", before, products))

    def _put_on(self, product: Product, source: str) -> None:
        variant = product.variant(self._catalogue.state.variant.get(product.id, ""))
        try_on = (variant.try_on if variant else None) or product.try_on
        if try_on is None:
            raise StudioError("invalid", "shop.no_try_on", product=product.name)
        name = self._wear(product, try_on, source)
        self._catalogue.set_trying(product.id)
        self._announce(TryOnChanged(product=product.id, source=name))

    def _put(self, product: Product, *fields: str) -> None:
        self._catalogue.put(product)
        self._refresh()
        self._announce(ProductChanged(product=product.id, fields=fields))


def _plain(product: Product) -> Any:
    return msgspec.to_builtins(product)


def _restorable(before: Product, after: Product) -> Changed:
    """What another changes of the product until it is taken back stays."""
    return changed("shop", undo=way_back("shop.put", "product", before, after))
