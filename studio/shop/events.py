"""What the shop announces."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text


class ProductExplained(Event, frozen=True, kw_only=True):
    """The host talks about another product."""

    name: ClassVar[str] = "shop.explained"
    label: ClassVar[Text] = Text("开始讲解", "Product featured")
    help: ClassVar[Text] = Text("主播开始讲解另一件商品。", "The host talks about another product.")

    product: str


class CardShown(Event, frozen=True, kw_only=True):
    """A product card came up or changed."""

    name: ClassVar[str] = "shop.card_shown"
    label: ClassVar[Text] = Text("已弹卡", "Card shown")
    help: ClassVar[Text] = Text("商品卡已上画面。", "A product card is on the picture.")

    product: str
    price: str


class CardHidden(Event, frozen=True, kw_only=True):
    """The product card went away."""

    name: ClassVar[str] = "shop.card_hidden"
    label: ClassVar[Text] = Text("已收卡", "Card hidden")
    help: ClassVar[Text] = Text("商品卡已离开画面。", "The product card left the picture.")

    product: str


class ProductChanged(Event, frozen=True, kw_only=True):
    """Price, stock or text of a product changed."""

    name: ClassVar[str] = "shop.product_changed"
    label: ClassVar[Text] = Text("商品已变", "Product changed")
    help: ClassVar[Text] = Text("商品的价格、库存或资料已变。", "A product's data changed.")

    product: str
    fields: tuple[str, ...]


class GoodsOrdered(Event, frozen=True, kw_only=True):
    """The goods have another order: their numbers were dealt out anew."""

    name: ClassVar[str] = "shop.ordered"
    label: ClassVar[Text] = Text("商品已重排", "Goods in another order")
    help: ClassVar[Text] = Text("商品编号按新顺序重排。", "Goods were numbered in a new order.")

    products: tuple[str, ...]


class TryOnChanged(Event, frozen=True, kw_only=True):
    """A product is worn, or no longer."""

    name: ClassVar[str] = "shop.try_on_changed"
    label: ClassVar[Text] = Text("试戴已变", "Try-on changed")
    help: ClassVar[Text] = Text("试戴的商品已变；空为关闭。", "Which product is worn; empty: none.")

    product: str
    source: str


class StockChanged(Event, frozen=True, kw_only=True):
    """The ledger has other figures for a SKU; "" as SKU: the ledger cannot be read."""

    name: ClassVar[str] = "stock.changed"
    label: ClassVar[Text] = Text("库存变化", "Stock changed")
    help: ClassVar[Text] = Text(
        "某个 SKU 的可售、锁定或已售件数变了。", "Free, held or sold pieces of a SKU changed."
    )

    sku: str
    channel: str
    free: int
    held: int
    sold: int


class OfferChanged(Event, frozen=True, kw_only=True):
    """An offer is armed, counts down, is live or has ended."""

    name: ClassVar[str] = "offers.changed"
    label: ClassVar[Text] = Text("优惠已变", "Offer changed")
    help: ClassVar[Text] = Text(
        "优惠已定时、进入倒计时、进行中或已结束（why：stopped、time、sold_out）。",
        "An offer is armed, counts down, is live or has ended (why: stopped, time, sold_out).",
    )

    offer: str
    stage: str
    why: str = ""


class CouponChanged(Event, frozen=True, kw_only=True):
    """A coupon may be booked, is released or has ended."""

    name: ClassVar[str] = "coupons.changed"
    label: ClassVar[Text] = Text("优惠券已变", "Coupon changed")
    help: ClassVar[Text] = Text(
        "优惠券开放预约、已放券或已停用。", "A coupon may be booked, is released or has ended."
    )

    coupon: str
    stage: str


class OrderTaken(Event, frozen=True, kw_only=True):
    """A shop's message was booked; the same message again is none."""

    name: ClassVar[str] = "orders.taken"
    label: ClassVar[Text] = Text("订单消息已入账", "Order taken")
    help: ClassVar[Text] = Text(
        "店铺发来的订单、取消或退货已入账。",
        "An order, cancellation or return of a shop was booked.",
    )

    sender: str
    order: str
    outcome: str


class ShortfallChanged(Event, frozen=True, kw_only=True):
    """More or fewer pieces of a SKU are owed to orders than before; 0: none."""

    name: ClassVar[str] = "orders.shortfall"
    label: ClassVar[Text] = Text("欠货变化", "Shortfall changed")
    help: ClassVar[Text] = Text(
        "某个 SKU 在别处卖出、这里已经没有的件数变了；0 为已补齐。",
        "Pieces of a SKU that were sold elsewhere and are not there; 0: none any more.",
    )

    sku: str
    owed: int


class GameChanged(Event, frozen=True, kw_only=True):
    """A draw or game is ready, open, closing or drawn."""

    name: ClassVar[str] = "games.changed"
    label: ClassVar[Text] = Text("游戏已变", "Game changed")
    help: ClassVar[Text] = Text(
        "抽奖或游戏已准备、进行中、已截止或已开奖。",
        "A draw or game is ready, open, closing or drawn.",
    )

    game: str
    stage: str


class GameKeptBack(Event, frozen=True, kw_only=True):
    """A game should have begun by itself and could not."""

    name: ClassVar[str] = "games.kept_back"
    label: ClassVar[Text] = Text("游戏没能开始", "Game could not begin")
    help: ClassVar[Text] = Text(
        "点赞到数的游戏没能自动开始，why 写明原因；处理后手动开始。",
        "A game that was to begin at a number of likes could not; why says what is missing.",
    )

    game: str
    why: str
