"""Goods from a file, from outside: what it would change, then what is accepted of it."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, changed, command
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.i18n import translate
from studio.core.paths import runtime_dir
from studio.core.places import names_place
from studio.shop.catalogue import Catalogue
from studio.shop.events import ProductChanged
from studio.shop.importers.child import ReadRequest, read_apart
from studio.shop.importers.difference import apply, compare, unpriced
from studio.shop.importers.model import DifferenceLine, RowFault, Understood
from studio.shop.model import MOST_PRODUCTS, Product
from studio.shop.money import CODES
from studio.shop.stock.answers import answered
from studio.shop.stock_commands import Stockroom

KEPT = 8
MOST_NAMED = 50
Pasted = Annotated[str, msgspec.Meta(max_length=2_000_000)]
Rows = Annotated[dict[str, dict[str, str]], msgspec.Meta(max_length=20_000)]
Lines = Annotated[list[str], msgspec.Meta(max_length=100_000)]


class Import(msgspec.Struct):
    """A file that was read, until it is accepted; and what was there before, to take it back.

    Attributes:
        other: products by id as they are after the next undo or redo; None: not there.
        order: ids of all products after the next undo or redo.
        moves: pieces by SKU that undo or redo books.
    """

    id: str
    understood: Understood
    difference: list[DifferenceLine]
    is_accepted: bool = False
    other: dict[str, Product | None] = {}
    order: list[str] = []
    moves: dict[str, int] = {}


class ImportCommands:
    """Files of other shops.

    Args:
        announce: told of each product that is another one.
        refresh: draws the card anew.
        room: the shop's ledger: where it is open, stock is booked there as a difference.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        announce: Callable[[Event], None],
        refresh: Callable[[], None],
        room: Stockroom,
    ) -> None:
        self._catalogue, self._announce = catalogue, announce
        self._refresh, self._room = refresh, room
        self._imports: dict[str, Import] = {}
        self._turn = asyncio.Lock()

    @command(
        "shop.import",
        label=("导入商品", "Import goods"),
        help=(
            "读取店铺导出的商品表，列出与本场的差异；不改动商品，由 shop.accept 接受。",
            "Reads a shop's export and says what it would change; shop.accept takes it.",
        ),
    )
    async def import_file(
        self,
        path: Annotated[str, names_place("read")] = "",
        text: Pasted = "",
        kind: str = "",
        currency: str = "",
        mapping: dict[str, str] | None = None,
        mends: Rows | None = None,
    ) -> Changed:
        money = (currency or self._usual_currency()).upper()
        if money not in CODES:
            raise StudioError("invalid", "imports.no_currency", currency=currency)
        if bool(path) == bool(text):
            raise StudioError("invalid", "imports.path_or_text")
        request = ReadRequest(path, kind, money, bool(currency), mapping or {}, mends or {})
        products = self._catalogue.state.products
        understood, difference, answer = await asyncio.to_thread(
            self._prepared, request, text, products
        )
        held = Import(uuid.uuid4().hex[:12], understood, difference)
        self._imports[held.id] = held
        for old in list(self._imports)[:-KEPT]:
            del self._imports[old]
        return changed(result={"id": held.id, **answer})

    @command(
        "shop.accept",
        label=("接受导入", "Accept an import"),
        help=(
            "接受导入的差异（默认全部，下架除外；可逐行指定）；全部生效或都不生效。",
            "Takes an import's lines, by default all but goods that are gone: all or nothing.",
        ),
    )
    async def accept(self, id: str = "", lines: Lines | None = None) -> Changed:
        async with self._turn:  # two desks, or a double click: the second one finds it accepted
            return await self._accept(self._held(id), lines)

    async def _accept(self, held: Import, lines: Lines | None) -> Changed:
        if held.is_accepted:
            raise StudioError("conflict", "imports.accepted")
        before = self._catalogue.state.products
        fresh = compare(held.understood, before, self._room.free)
        chosen = {line.id for line in held.difference if line.is_chosen}
        if lines is not None:
            chosen = set(lines)
        seen = {line.id: line for line in held.difference}
        for line_id in chosen:
            if line_id not in seen:
                raise StudioError("not_found", "imports.no_line", line=line_id)
        # Stock moves while one looks; a price or a name that moved was decided by somebody.
        now = {line.id: line for line in fresh}
        if any(seen[id] != now.get(id) for id in chosen if seen[id].what != "stock"):
            raise StudioError("conflict", "imports.moved_on")
        taken = apply(held.understood, before, chosen)
        after: dict[str, Product] = {product.id: product for product in taken.products}
        if len(after) > MOST_PRODUCTS:
            raise StudioError("invalid", "imports.too_many_products", most=MOST_PRODUCTS)
        self._catalogue.insist_unused([p for p in before if p.id not in after])
        counts = {sku: count for sku, count in taken.counts.items() if self._is_booked(sku)}
        held.moves = await self._book(held.id, counts)
        # While the ledger was asked somebody else may have changed other goods: that stays.
        if before is not self._catalogue.state.products:
            before = self._catalogue.state.products
            taken = apply(held.understood, before, chosen)
            after = {product.id: product for product in taken.products}
        was: dict[str, Product] = {product.id: product for product in before}
        everything = [*was, *(key for key in after if key not in was)]
        touched = [key for key in everything if was.get(key) != after.get(key)]
        held.other = {key: was.get(key) for key in touched}
        held.order = [product.id for product in before]
        held.is_accepted = True
        self._take_over(taken.products, touched)
        await self._room.look()
        kinds: Counter[str] = Counter(seen[line].what for line in chosen)
        result: dict[str, Any] = {"id": held.id, "accepted": len(chosen), **kinds}
        return changed("shop", "stock", result=result, undo=("shop.undo_import", {"id": held.id}))

    @command(
        "shop.undo_import",
        label=("撤回导入", "Undo an import"),
        help=(
            "撤回一次已接受的导入；再次调用则恢复。",
            "Takes an import back; once more redoes it.",
        ),
    )
    async def undo(self, id: str) -> Changed:
        async with self._turn:
            return await self._undo(self._held(id))

    async def _undo(self, held: Import) -> Changed:
        if not held.is_accepted:
            raise StudioError("conflict", "imports.not_accepted")
        present = {product.id: product for product in self._catalogue.state.products}
        leaving = [present[key] for key, to in held.other.items() if to is None and key in present]
        self._catalogue.insist_unused(leaving)
        back = {sku: -by for sku, by in held.moves.items()}
        held.moves = await self._book_moves(f"{held.id}:{uuid.uuid4().hex[:8]}", back)
        present = {product.id: product for product in self._catalogue.state.products}
        restored = dict(present)
        for key, product in held.other.items():
            if product is None:
                restored.pop(key, None)
            else:
                restored[key] = _restored(present.get(key), product)
        order = [key for key in held.order if key in restored]
        placed = set(order)
        order += [key for key in restored if key not in placed]
        held.other = {key: present.get(key) for key in held.other}
        held.order = list(present)
        self._take_over([restored[key] for key in order], list(held.other))
        await self._room.look()
        return changed("shop", "stock", undo=("shop.undo_import", {"id": held.id}))

    def _prepared(
        self, request: ReadRequest, text: str, products: Sequence[Product]
    ) -> tuple[Understood, list[DifferenceLine], dict[str, Any]]:
        """In a thread: a large file must not hold up the engine's loop."""
        understood = _read(request, text)
        difference = compare(understood, products, self._room.free)
        understood.notes += list(unpriced(understood, products))
        return understood, difference, described(understood, difference)

    def _held(self, id: str) -> Import:
        held = self._imports.get(id) if id else next(reversed(self._imports.values()), None)
        if held is None:
            raise StudioError("not_found", "imports.no_import", id=id or "-")
        return held

    def _usual_currency(self) -> str:
        counted = Counter(product.currency for product in self._catalogue.state.products)
        return counted.most_common(1)[0][0] if counted else "CNY"

    def _take_over(self, products: Sequence[Product], touched: Sequence[str]) -> None:
        state = replace(self._catalogue.state, products=tuple(products))
        self._catalogue.load(state)
        self._refresh()
        # Thousands of events would drown every listener: many changes are one that names none.
        for id in touched if len(touched) <= MOST_NAMED else ("",):
            self._announce(ProductChanged(product=id, fields=("import",)))

    # -- the ledger -----------------------------------------------------------------------------

    def _is_booked(self, sku: str) -> bool:
        return bool(self._room.part.shop)

    async def _book(self, id: str, counts: dict[str, int]) -> dict[str, int]:
        moves = {sku: count - (self._room.free(sku) or 0) for sku, count in counts.items()}
        return await self._book_moves(id, moves)

    async def _book_moves(self, id: str, moves: dict[str, int]) -> dict[str, int]:
        """Books all of them or none; returns those that are not 0.

        Raises:
            StudioError: conflict, when pieces that would go out are held or sold by now.
        """
        moves = {sku: by for sku, by in moves.items() if by}
        if not moves:
            return {}
        ledger, channel = self._room.need(), self._room.part.channel
        futures = [
            ledger.receive(f"import:{id}:{sku}", sku, by, channel, why="import")
            for sku, by in moves.items()
        ]
        booked = await asyncio.gather(*(answered(future) for future in futures))
        failed = [answer for answer in booked if answer.outcome != "done"]
        if failed:
            for (sku, by), answer in zip(moves.items(), booked, strict=True):
                if answer.outcome == "done":
                    key = f"import-back:{id}:{sku}"
                    await answered(ledger.receive(key, sku, -by, channel, why="import"))
            await self._room.look()
            first = failed[0]
            raise StudioError("conflict", "stock.short", sku=first.sku, free=first.free)
        return moves


def _restored(present: Product | None, wanted: Product) -> Product:
    """What the import changed is as before; what was edited since then (a photo, try-on) stays."""
    if present is None:
        return wanted
    return replace(
        present, name=wanted.name, price_cents=wanted.price_cents, was_cents=wanted.was_cents,
        currency=wanted.currency, stock=wanted.stock, variants=wanted.variants,
        category=wanted.category, barcode=wanted.barcode,
    )  # fmt: skip


def _read(request: ReadRequest, text: str) -> Understood:
    if not text:
        return read_apart(request)
    with tempfile.NamedTemporaryFile(dir=runtime_dir(), suffix=".txt", delete=False) as file:
        file.write(text.encode("utf-8", "replace"))
    try:
        request.path = file.name
        return read_apart(request)
    finally:
        Path(file.name).unlink(missing_ok=True)


def described(understood: Understood, difference: Sequence[DifferenceLine]) -> dict[str, Any]:
    """What was understood, for a desk, a remote or the command line."""
    counts = Counter(line.what for line in difference)
    variants = [v for product in understood.products for v in product.variants]
    return {
        "kind": understood.kind,
        "kind_name": dict(zip(("zh", "en"), understood.label, strict=True)),
        "rows": understood.rows,
        "products": len(understood.products),
        "variants": len(variants),
        "pictures": sum(product.pictures for product in understood.products),
        "currencies": sorted({v.currency for v in variants if v.price is not None}),
        "head_row": understood.head_row,
        "heads": understood.heads,
        "encoding": understood.encoding,
        "separator": understood.separator,
        "sheet": understood.sheet,
        "mapping": understood.mapping,
        "errors": [told(fault) for fault in understood.errors],
        "notes": [told(fault) for fault in understood.notes],
        "questions": understood.questions,
        "counts": {what: counts.get(what, 0) for what in ("new", "price", "stock", "name", "gone")},
        "difference": msgspec.to_builtins(difference),
    }


def told(fault: RowFault) -> dict[str, Any]:
    """A fault with its reason in both languages."""
    words = {code: translate(fault.why, code, value=fault.value, column=fault.column,
                             **fault.params) for code in ("zh", "en")}  # fmt: skip
    return {
        "row": fault.row, "column": fault.column, "value": fault.value, "why": words,
        "mend": fault.mend, "reason": fault.why.rpartition(".")[2],
    }  # fmt: skip
