"""What can be drawn over a programme, as plain data."""

from __future__ import annotations

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


class CardSpec(msgspec.Struct, frozen=True):
    """A product card as viewers see it; all texts are ready to show.

    Attributes:
        number: "1号", "No. 1" or "".
        photo: absolute path of the picture, or "".
        price, was: "¥199", "¥359" (struck through) or "".
        stock: "仅剩 4 件" or "".
        badge: "秒杀 02:31" or "".
    """

    number: str
    name: str
    variant: str
    photo: str
    price: str
    was: str = ""
    stock: str = ""
    badge: str = ""


class CommentSpec(msgspec.Struct, frozen=True):
    """A viewer's comment on the picture."""

    author: str
    text: str
    platform: str = ""


class LowerThirdSpec(msgspec.Struct, frozen=True):
    """Name and line at the lower edge."""

    title: str = ""
    line: str = ""
