"""An example of each thing a plugin may bring: feed, importer, trigger, fault, texts, asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar

import msgspec

from studio.api import (
    Cause,
    Changed,
    Comment,
    CommentPlatform,
    DrillFault,
    ExtensionSettings,
    GoodsImporter,
    PlanText,
    PluginService,
    ServiceTools,
    Shadow,
    ShowContext,
    Situation,
    StudioError,
    Text,
    Trigger,
    changed,
    command,
    goods,
    setting,
)


class CornerGoods(GoodsImporter):
    """The corner shop's price list: article, price, pieces."""

    kind = "corner_shop"
    label = Text("街角小店价目表", "Corner shop's price list")
    needs = ("article", "price")
    columns = {
        "article": ("corner article",),
        "price": ("corner price",),
        "stock": ("corner pieces",),
    }

    def take(self, record: Any, options: Any, out: Any, groups: dict[str, Any]) -> None:
        """A row is a product with one variant."""
        name = record.get("article")
        if not name:
            raise record.refuse("article", "no_name")
        price, currency = goods.money(record, "price", options, out)
        pieces = goods.pieces(record, "stock", out)
        product = groups.setdefault(name, goods.GoodsProduct(goods.slug(name), name, record.row))
        product.variants.append(
            goods.GoodsVariant(goods.slug(name), record.row, "", price, None, currency, pieces)
        )


class GuestBookSettings(ExtensionSettings):
    """The form of the guest book in the desk."""

    path: Annotated[str, setting("文件", "File", "file")] = ""


class GuestBook(CommentPlatform):
    """What guests write into a file of text, a line each, as comments."""

    kind: ClassVar[str] = "corner_shop_book"
    label: ClassVar[Text] = Text("留言簿", "Guest book")
    help: ClassVar[Text] = Text("文件里每多一行就是一条评论。", "Each new line is a comment.")
    blind_spots: ClassVar[tuple[Text, ...]] = (
        Text("看不到谁写的", "It does not see who wrote it"),
    )
    Settings: ClassVar[type[ExtensionSettings]] = GuestBookSettings

    settings: GuestBookSettings

    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Looks once a second; what fails is said and tried again by the studio."""
        path = self.folder / self.settings.path
        at = path.stat().st_size
        told("live", "")
        while True:
            await asyncio.sleep(1.0)
            with path.open("rb") as book:
                book.seek(at)
                fresh = book.read(100_000)
            whole = fresh[: fresh.rfind(b"\n") + 1]
            for line in whole.splitlines(keepends=True):
                at += len(line)
                text = line.decode("utf-8", "replace").strip()
                if text:
                    put(Comment(f"book-{at}", text[:500], platform="corner_shop_book"))


class NothingOnPreview(Trigger):
    """The preview is empty: the next take would have nothing to show."""

    kind: ClassVar[str] = "corner_shop_no_preview"
    label: ClassVar[Text] = Text("预监为空", "Nothing on preview")
    help: ClassVar[Text] = Text("预监没有场景时触发。", "Fires while no scene is on preview.")

    def judge(self, now: Situation) -> Cause | None:
        """Is there none on any canvas?"""
        if any(now.scenes.preview.values()):
            return None
        return Cause("preview", PlanText("预监没有场景", "No scene is on preview"))

    def is_well(self, now: Situation, subject: str) -> bool:
        """There is one again."""
        return self.judge(now) is None


class CornerUnplug(DrillFault):
    """The cat pulls the plug of the shop's only camera."""

    name: ClassVar[str] = "corner_shop_unplug"
    label: ClassVar[Text] = Text("小店机位拔线", "The shop's camera unplugged")
    plan: ClassVar[str] = "source_lost"

    def arm(self, shadow: Shadow) -> None:
        """Nothing comes."""
        shadow.run("sources.fault", name=shadow.main, fault="lost")

    def clear(self, shadow: Shadow) -> None:
        """It is plugged in."""
        shadow.run("sources.fault", name=shadow.main, fault="none")


class CornerPart(msgspec.Struct, frozen=True):
    """What the show keeps: until when the shop is closed, "" while it is open."""

    closed_until: str = ""


class CornerCommands:
    """The shop's door."""

    def __init__(self, shop: CornerShop) -> None:
        self._shop = shop

    @command(
        "corner_shop.close",
        label=("打烊", "Close the shop"),
        help=("打烊并收起商品卡。", "Closes the shop and hides the card."),
    )
    async def close(self, until: str = "08:00") -> Changed:
        """Closes it; hiding the card is what the manifest asks for."""
        before = self._shop.part.closed_until
        self._shop.part = CornerPart(until)
        await self._shop.tools.bus.run("shop.card_off")
        undo = {"until": before} if before else {}
        return changed(
            "corner_shop", undo=("corner_shop.close" if before else "corner_shop.open", undo)
        )

    @command(
        "corner_shop.open", label=("开店", "Open the shop"), help=("开店。", "Opens the shop.")
    )
    def open(self) -> Changed:
        """Opens it."""
        before = self._shop.part.closed_until
        self._shop.part = CornerPart()
        return changed(
            "corner_shop", undo=("corner_shop.close", {"until": before}) if before else None
        )

    @command(
        "corner_shop.ring",
        label=("按门铃", "Ring the bell"),
        help=("开着时有人应门。", "Somebody answers while it is open."),
    )
    def ring(self) -> Changed:
        """Answers.

        Raises:
            StudioError: conflict, while it is closed.
        """
        until = self._shop.part.closed_until
        if until:
            raise StudioError("conflict", "corner_shop.closed", until=until)
        return changed(result={"answer": "hello"})


class CornerShop(PluginService):
    """Owns whether the shop is closed."""

    name: ClassVar[str] = "corner_shop"
    Part: ClassVar[Any] = CornerPart
    View: ClassVar[Any] = CornerPart

    def __init__(self, tools: ServiceTools) -> None:
        super().__init__(tools)
        self.part = CornerPart()
        self._commands = (CornerCommands(self),)

    def commands(self) -> Sequence[object]:
        """Close, open, ring."""
        return self._commands

    async def reset(self) -> None:
        """Another show's shop is open."""
        self.part = CornerPart()

    async def load(self, part: Any, context: ShowContext) -> None:
        """As the show keeps it."""
        self.part = part or CornerPart()

    def save(self) -> CornerPart:
        """As it is now."""
        return self.part

    def view(self) -> CornerPart:
        """As it is now."""
        return self.part
