"""What can be drawn over a programme, as plain data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class Style(msgspec.Struct, frozen=True):
    """The brand as the graphics wear it; colours "#rrggbb".

    Attributes:
        accent: the price.
        bar: the edge of comments and lower thirds.
        ink, paper: text and ground of the product card.
        plate, plate_ink: ground and text of comments and lower thirds.
        family: name of the font; "" is the studio's own.
    """

    accent: str = "#d42a34"
    ink: str = "#1b1e25"
    paper: str = "#ffffff"
    plate: str = "#0e1016"
    plate_ink: str = "#ffffff"
    bar: str = "#4c8dff"
    family: str = ""


PLAIN = Style()


Share = Annotated[float, msgspec.Meta(ge=0.05, le=4.0)]
BlockKind = Literal["title", "line", "points", "facts", "shades", "sold", "price"]


class FactRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a table: a fact by its name, and what viewers call it."""

    fact: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    zh: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    en: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]


class CardBlock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One block of a card; what has nothing to show takes no room.

    Attributes:
        kind: "title"; "line" of text; selling "points"; table of "facts"; "shades" of colour or
            variants; how much is "sold" of an offer; "price" with what stands beside it.
        text: of a line: words with {number}, {name}, {variant}, {fact.NAME}; a line that misses
            one of them is left out.
        size: of the text, in heights of the plain card.
        lines: it may wrap into.
        most: points, facts or shades.
    """

    kind: BlockKind
    text: Annotated[str, msgspec.Meta(max_length=200)] = ""
    size: Annotated[float, msgspec.Meta(ge=0.06, le=0.5)] = 0.115
    weight: Annotated[int, msgspec.Meta(ge=100, le=900)] = 400
    tone: Literal["ink", "soft", "accent"] = "ink"
    lines: Annotated[int, msgspec.Meta(ge=1, le=4)] = 1
    most: Annotated[int, msgspec.Meta(ge=1, le=8)] = 3
    rows: Annotated[tuple[FactRow, ...], msgspec.Meta(max_length=12)] = ()


class CardLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card on one shape of canvas; lengths in heights of the plain card.

    Attributes:
        photo: where it stands.
        photo_width, photo_height: of it.
        text_width: of the blocks; it stays as it is when a price changes.
        most_height: blocks of the end that do not fit are left out, the price never.
    """

    blocks: Annotated[tuple[CardBlock, ...], msgspec.Meta(min_length=1, max_length=16)]
    photo: Literal["left", "top", "none"] = "left"
    photo_width: Share = 0.82
    photo_height: Share = 0.82
    text_width: Annotated[float, msgspec.Meta(ge=0.8, le=4.0)] = 1.7
    most_height: Annotated[float, msgspec.Meta(ge=0.8, le=4.0)] = 2.4


class CardTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How cards of a kind of goods look.

    Attributes:
        kinds: of goods that it is for (`studio.shop.card.kinds`).
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    zh: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    en: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    landscape: CardLayout
    portrait: CardLayout
    kinds: Annotated[tuple[str, ...], msgspec.Meta(max_length=8)] = ()


class Shade(msgspec.Struct, frozen=True):
    """A variant as a card shows it; ``colour`` "#rrggbb" or ""."""

    name: str
    colour: str = ""
    is_chosen: bool = False


class CardSpec(msgspec.Struct, frozen=True):
    """A product card as viewers see it; all texts are ready to show.

    Attributes:
        number: "1号", "No. 1" or "".
        photo: absolute path of the picture, or "".
        price, was: "¥199", "¥359" (struck through) or "".
        stock: "仅剩 4 件" or "".
        badge: "秒杀 02:31" or "".
        template: it is drawn by; None is the plain card.
        facts: values by name, for its tables and lines.
        sold: share of an offer's pieces, 0 to 1; below 0 where that is not known.
        language: "zh" or "en", for the words of a table.
    """

    number: str
    name: str
    variant: str
    photo: str
    price: str
    was: str = ""
    stock: str = ""
    badge: str = ""
    template: CardTemplate | None = None
    points: tuple[str, ...] = ()
    facts: dict[str, str] = {}
    shades: tuple[Shade, ...] = ()
    sold: float = -1.0
    sold_text: str = ""
    language: str = "zh"


class CommentSpec(msgspec.Struct, frozen=True):
    """A viewer's comment on the picture."""

    author: str
    text: str
    platform: str = ""


class LowerThirdSpec(msgspec.Struct, frozen=True):
    """Name and line at the lower edge."""

    title: str = ""
    line: str = ""


class BoardRow(msgspec.Struct, frozen=True):
    """An option of a game: its votes, and their share of all (0 to 1); None: not shown."""

    name: str
    count: int | None = None
    share: float = 0.0
    leads: bool = False


class BoardSpec(msgspec.Struct, frozen=True):
    """The board of a game: a title, options, lines below them."""

    title: str
    rows: tuple[BoardRow, ...] = ()
    foot: tuple[str, ...] = ()


class CrawlSettings(msgspec.Struct, frozen=True):
    """Comments that cross the picture: as bullet comments in rows, or as a ticker.

    Attributes:
        kind: "bullets" cross the upper rows, a "ticker" runs along the lower edge.
        which: questions alone, or all that may be shown.
        lines: rows of bullet comments; a ticker has one.
        seconds: in which the head of a comment crosses the picture.
        size: of the text; 1 is that of a pinned comment.
        wait_s: how long a comment waits before it goes on the picture, so that it can be blocked.
    """

    kind: Literal["off", "bullets", "ticker"] = "off"
    which: Literal["questions", "all"] = "all"
    lines: Annotated[int, msgspec.Meta(ge=1, le=6)] = 3
    seconds: Annotated[float, msgspec.Meta(ge=4, le=30)] = 10.0
    size: Annotated[float, msgspec.Meta(ge=0.6, le=2)] = 1.0
    wait_s: Annotated[float, msgspec.Meta(ge=0, le=30)] = 5.0
