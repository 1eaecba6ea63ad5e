"""Products as plain data. Money is integer cents with a currency."""

from __future__ import annotations

from typing import Annotated

import msgspec

from studio.core.text import Text
from studio.shop.money import exponent, read_amount

LONGEST_ID, LONGEST_NAME, MOST_PRODUCTS = 200, 600, 20_000
"""Of a product's id and name, characters; of a show's goods."""
Cents = Annotated[int, msgspec.Meta(ge=0, le=10_000_000_00)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]

SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "MYR": "RM", "SGD": "S$"}


def price_text(cents: int, currency: str = "CNY") -> str:
    """ "¥199", "¥199.50", "$1,299.00" → as shops write it: no empty cents for CNY.

    Args:
        cents: minor units of the currency: fen, yen, thousandths of a rial.
    """
    sign = SIGNS.get(currency, currency + " ")
    digits = exponent(currency)
    if not digits:
        return f"{sign}{cents:,}"
    whole, part = divmod(cents, 10**digits)
    if part == 0 and currency == "CNY":
        return f"{sign}{whole:,}"
    return f"{sign}{whole:,}.{part:0{digits}d}"


def typed_price(text: str, currency: str = "CNY") -> int | None:
    """What a person typed as a price, in minor units; None when it is none.

    "199", "¥1,299.00", "１９９"; more digits than the currency has are no price.
    """
    try:
        amount = read_amount(text, currency, is_number=True)
    except ValueError:
        return None
    is_other = amount.currency != currency or amount.is_from or amount.minor < 0
    return None if is_other else amount.minor


class TryOn(msgspec.Struct, frozen=True):
    """How a product is tried on.

    Attributes:
        garment: kind of garment ("glasses", "lipstick", …).
        asset: path of the picture in the show's folder; "" for colours.
        fit: garment settings as the garment kind knows them.
    """

    garment: str
    asset: str = ""
    fit: dict[str, float | str | bool] = {}


class Variant(msgspec.Struct, frozen=True):
    """A colour or size of a product.

    Attributes:
        price_cents: its own price; None where it costs what the product costs.
        was_cents: before (0: no former price); only beside an own price.
        stock: as the last import counted; where there is a ledger, that one counts.
    """

    sku: str
    name: str
    photo: str = ""
    try_on: TryOn | None = None
    price_cents: Cents | None = None
    was_cents: Cents = 0
    stock: Count | None = None
    barcode: str = ""


class Product(msgspec.Struct, frozen=True):
    """One product of the show.

    Attributes:
        id: unique in the catalogue.
        number: its number in the show, as the host calls it.
        price_cents, was_cents: now and before (0: no former price).
        stock: pieces left, None when it is not known.
        low_stock: from how few on viewers are told.
    """

    id: str
    number: int
    name: str
    price_cents: Cents
    was_cents: Cents = 0
    currency: str = "CNY"
    stock: Count | None = None
    low_stock: Count = 50
    photo: str = ""
    try_on: TryOn | None = None
    variants: tuple[Variant, ...] = ()
    points: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    category: str = ""
    barcode: str = ""

    def price_of(self, sku: str = "") -> tuple[int, int]:
        """Price now and before of a variant; of the product where it has none of its own."""
        variant = self.variant(sku) if sku else None
        if variant is None or variant.price_cents is None:
            return self.price_cents, self.was_cents
        return variant.price_cents, variant.was_cents

    @property
    def has_several_prices(self) -> bool:
        """Do its variants cost different amounts?"""
        return len({self.price_of(variant.sku)[0] for variant in self.variants}) > 1

    @property
    def skus(self) -> tuple[str, ...]:
        """Under which it is counted: its variants', or its own id where it has none."""
        return tuple(variant.sku for variant in self.variants) or (self.id,)

    def variant(self, sku: str) -> Variant | None:
        """The variant of this SKU."""
        return next((variant for variant in self.variants if variant.sku == sku), None)


class ShopState(msgspec.Struct, frozen=True):
    """The catalogue and what is being shown of it.

    Attributes:
        explaining: id of the product the host talks about, "" for none.
        card: id of the product whose card is up.
        variant: chosen variant by product id.
        trying: id of the product that is worn.
    """

    products: tuple[Product, ...] = ()
    explaining: str = ""
    explaining_since: str = ""
    card: str = ""
    trying: str = ""
    variant: dict[str, str] = {}

    def product(self, id: str) -> Product | None:
        """The product of this id."""
        return next((product for product in self.products if product.id == id), None)


class ShownGoods(msgspec.Struct, frozen=True):
    """What must survive a kill: what is shown and chosen, as in `ShopState`."""

    card: str = ""
    explaining: str = ""
    explaining_since: str = ""
    trying: str = ""
    variant: dict[str, str] = {}


class WornView(msgspec.Struct, frozen=True):
    """Try-on on one source, in the part "tryon" of the state; no landmarks.

    Attributes:
        quality: "full", "half", … as the filter steps down when the machine is busy.
        age_ms, age_p95_ms: of the landmarks that are drawn with.
    """

    is_worn: bool = False
    quality: str = ""
    faces: int = 0
    age_ms: float = 0.0
    age_p95_ms: float = 0.0
    error: str = ""
    product: str = ""
    garment: str = ""
    compared: str = ""
    is_split: bool = False
    split_at: float = 0.5
    is_bypassed: bool = False


class TryOnKept(msgspec.Struct, frozen=True):
    """What of a try-on must survive a kill, beside the product that is worn."""

    compared: str = ""
    is_split: bool = False
    split_at: float = 0.5
    is_bypassed: bool = False


STOCK_LEFT = Text("仅剩 {count} 件", "Only {count} left")
SOLD_OUT = Text("已售罄", "Sold out")
SOLD_SHARE = Text("已抢 {percent}%", "{percent}% claimed")
FROM_PRICE = Text("{price}起", "from {price}")
NUMBER = Text("{number}号", "No. {number}")
