"""Effects from outside: which are on, and one by hand."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

import msgspec
from msgspec.structs import asdict, replace

from studio.core.command import Changed, Role, changed, command, only_given
from studio.core.errors import StudioError
from studio.shop.effects.model import EffectsPart
from studio.shop.model import Product

ProductName = Annotated[str, msgspec.Meta(max_length=200)]


class EffectRoom(Protocol):
    """The effects of this show."""

    part: EffectsPart

    def change(self, part: EffectsPart) -> EffectsPart:
        """Other ones from now on."""
        ...

    def play_likes(self) -> None:
        """Hearts."""
        ...

    def play_sold_out(self, product: Product) -> None:
        """The stamp."""
        ...

    @property
    def explained(self) -> Product | None:
        """The product that is explained."""
        ...

    def get(self, product: str) -> Product:
        """A product."""
        ...


class EffectCommands:
    """Hearts for likes, thanks for gifts, a stamp for what is sold out."""

    def __init__(self, room: EffectRoom) -> None:
        self._room = room

    @command(
        "effects.set",
        role=Role.CONTROLLER,
        label=("画面特效", "Effects on the picture"),
        help=(
            "开关特效：likes 点赞飘心、gifts 感谢送礼的人、sold_out 售罄章；没给的项保持原样。"
            "数量有上限，不挡人脸、商品卡和价格；随场次保存。",
            "Switches effects: hearts for likes, thanks for gifts, a stamp for what is sold out; "
            "what is not given stays. Capped, never over a face, a card or a price. Kept with the "
            "show.",
        ),
    )
    def set(
        self, likes: bool | None = None, gifts: bool | None = None, sold_out: bool | None = None
    ) -> Changed:
        given = only_given(likes=likes, gifts=gifts, sold_out=sold_out)
        after = replace(self._room.part, **given)
        if after == self._room.part:
            return changed()
        before = asdict(self._room.change(after))
        return changed("effects", undo=("effects.set", {name: before[name] for name in given}))

    @command(
        "effects.play",
        role=Role.CONTROLLER,
        label=("放一个特效", "Play an effect"),
        help=(
            "手动放一次：likes 飘心，或 sold_out 售罄章（不写商品则为正在讲的那件）。",
            "One by hand: hearts, or the sold-out stamp (without a product for the one that is "
            "featured).",
        ),
    )
    def play(self, kind: Literal["likes", "sold_out"], product: ProductName = "") -> Changed:
        if kind == "likes":
            self._room.play_likes()
            return changed()
        found = self._room.get(product) if product else self._room.explained
        if found is None:
            raise StudioError("not_found", "effects.no_product")
        self._room.play_sold_out(found)
        return changed()
