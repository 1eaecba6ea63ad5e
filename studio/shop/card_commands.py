"""How product cards look, from outside."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.places import names_place
from studio.core.whole_file import write_whole
from studio.shop.card.book import CardBook
from studio.shop.card.model import AUTO, PLAIN, CardPart, CardsView, TemplateId
from studio.shop.catalogue import Catalogue

ProductName = Annotated[str, msgspec.Meta(max_length=200)]


class CardRoom(Protocol):
    """What draws cards and tells of them (`studio.shop.card.service.CardService`)."""

    def view(self) -> CardsView:
        """As it is now."""
        ...

    def turn(self, part: CardPart) -> None:
        """Another choice; what is on the picture is drawn anew."""
        ...

    async def read_own(self) -> None:
        """Reads the show's own templates anew."""
        ...

    def preview(self, product: str, template: str, canvas: str, *, is_longest: bool) -> bytes:
        """A card as a PNG; takes its time."""
        ...

    def place(self, file: str) -> Path:
        """Where a picture of this name goes: into the recordings, where it is no whole path."""
        ...


class CardCommands:
    """Templates of cards."""

    def __init__(self, book: CardBook, catalogue: Catalogue, room: CardRoom) -> None:
        self._book, self._catalogue, self._room = book, catalogue, room

    @command(
        "cards.list",
        role=Role.VIEWER,
        label=("商品卡样式", "List card templates"),
        help=(
            "列出商品卡样式与谁在用；会重新读取场次文件夹 cards 里的样式。",
            "Lists the templates and what is chosen; reads those in the show's folder cards anew.",
        ),
    )
    async def list_all(self) -> Changed:
        await self._room.read_own()
        return changed("cards", result=msgspec.to_builtins(self._room.view()))

    @command(
        "cards.use",
        role=Role.CONTROLLER,
        label=("换商品卡样式", "Choose a card template"),
        help=(
            "全部商品（或一件商品）的卡用哪个样式：plain 简洁、auto 按品类自动，或样式名；"
            "画面上的卡立即更新。单件商品留空样式则跟随全部。",
            "The template of all products' cards, or of one product: plain, auto (by category), or "
            "a template's id; the card on the picture follows. One product without: as all.",
        ),
    )
    async def use(self, template: TemplateId = "", product: ProductName = "") -> Changed:
        part = self._book.part
        if not self._is_known(template):
            await self._room.read_own()
        self._check(template)
        if not product:
            before = part.template
            self._room.turn(replace(part, template=template))
            return changed("cards", undo=("cards.use", {"template": before}))
        id = self._catalogue.get(product).id
        before = part.own.get(id, "")
        own = {name: value for name, value in part.own.items() if name != id}
        self._room.turn(replace(part, own={**own, id: template} if template else own))
        return changed("cards", undo=("cards.use", {"template": before, "product": id}))

    @command(
        "cards.preview",
        role=Role.CONTROLLER,
        label=("预览商品卡", "Preview a card"),
        help=(
            "画出商品卡（不上画面）：可选样式、横竖屏、最长的名字与价格；"
            "给文件名则存为 PNG，否则返回图片。",
            "Draws a card, not on the picture: with a template, for a canvas, with the longest "
            "names and prices; as a PNG file, or in the answer.",
        ),
    )
    async def preview(
        self,
        product: ProductName = "",
        template: TemplateId = "",
        canvas: Literal["landscape", "portrait"] = "landscape",
        longest: bool = False,
        file: Annotated[str, names_place("write", max_length=1000)] = "",
    ) -> Changed:
        self._check(template)
        picture = await asyncio.to_thread(
            self._room.preview, product, template, canvas, is_longest=longest
        )
        if not file:
            data = base64.b64encode(picture).decode("ascii")
            return changed(result={"picture": f"data:image/png;base64,{data}"})
        place = self._room.place(file)
        await asyncio.to_thread(write_whole, place, picture)
        return changed(result={"file": str(place)})

    def _is_known(self, template: str) -> bool:
        return template in ("", PLAIN, AUTO, *self._book.templates())

    def _check(self, template: str) -> None:
        if not self._is_known(template):
            known = ", ".join([PLAIN, AUTO, *self._book.templates()])
            raise StudioError("not_found", "cards.no_template", template=template, known=known)
