"""Faults of comments and goods: a storm, abuse, a price that changes, the last piece sold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from studio.core.text import Text
from studio.plans.faults.base import DrillFault, Shadow

SKU = "DRILL-1"
FREE = 5


class CommentStorm(DrillFault):
    """Nine hundred comments at once: enough for ten seconds of a busy computer."""

    name: ClassVar[str] = "comment_storm"
    label: ClassVar[Text] = Text("评论刷屏", "Comment storm")
    plan: ClassVar[str] = "comment_flood"
    notice_s: ClassVar[float] = 20.0

    def arm(self, shadow: Shadow) -> None:
        """As fast as they can be said: nobody waits for an answer before the next one."""
        comments = [{"text": f"演练 {n}", "author": f"观众 {n % 90}"} for n in range(900)]
        shadow.run_all("comments.say", comments)

    def clear(self, shadow: Shadow) -> None:
        """It ends by itself."""


class ForbiddenWords(DrillFault):
    """A surge of comments that break the rules."""

    name: ClassVar[str] = "forbidden_words"
    label: ClassVar[Text] = Text("违规评论骤增", "Surge of forbidden words")
    plan: ClassVar[str] = "rude_surge"
    notice_s: ClassVar[float] = 15.0

    def arm(self, shadow: Shadow) -> None:
        """Each of them is blocked."""
        comments = [{"text": f"加微信 abc{n}123", "author": f"号 {n}"} for n in range(60)]
        shadow.run_all("comments.say", comments)

    def clear(self, shadow: Shadow) -> None:
        """It ends by itself."""


class PriceChanged(DrillFault):
    """A price changes behind everybody's back."""

    name: ClassVar[str] = "price_changed"
    label: ClassVar[Text] = Text("价格被改", "Price changed behind us")
    plan: ClassVar[str] = "price_changed"

    def __init__(self) -> None:
        self._before: tuple[str, int] | None = None

    def arm(self, shadow: Shadow) -> None:
        """The first product's."""
        product = shadow.part("shop")["products"][0]
        self._before = product["id"], product["price_cents"]
        shadow.run("shop.price", product=product["id"], cents=product["price_cents"] + 100)

    def clear(self, shadow: Shadow) -> None:
        """As before."""
        if self._before is not None:
            shadow.run("shop.price", product=self._before[0], cents=self._before[1])


class LastPieceSold(DrillFault):
    """Another till sells the last piece."""

    name: ClassVar[str] = "last_piece"
    label: ClassVar[Text] = Text("最后一件被抢光", "Last piece sold elsewhere")
    plan: ClassVar[str] = "sold_out"
    hidden_by: ClassVar[Mapping[str, Text]] = {
        "store_down": Text(
            "账本不可用，什么都记不进去", "nothing is booked while the ledger is away"
        )
    }

    def arm(self, shadow: Shadow) -> None:
        """All free pieces are gone."""
        shadow.run("stock.move", sku=SKU, count=-FREE, why="drill")

    def clear(self, shadow: Shadow) -> None:
        """They are there again."""
        levels = {row["sku"]: row["free"] for row in shadow.part("stock")["levels"]}
        if levels.get(SKU, FREE) == 0:
            shadow.run("stock.move", sku=SKU, count=FREE, why="drill")


class StoreDown(DrillFault):
    """Another till hangs with the stock ledger in its hands."""

    name: ClassVar[str] = "store_down"
    label: ClassVar[Text] = Text("库存账本不可用", "Stock ledger away")
    plan: ClassVar[str] = "shop_down"
    notice_s: ClassVar[float] = 25.0

    def arm(self, shadow: Shadow) -> None:
        """Nothing can be booked."""
        shadow.lose_ledger(True)

    def clear(self, shadow: Shadow) -> None:
        """It is there again."""
        shadow.lose_ledger(False)
