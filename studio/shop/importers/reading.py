"""A goods file, read: which kind it is, where its heads stand, and what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.registry import discover, plugin_modules
from studio.shop.importers.base import GoodsImporter, ReadOptions, Table, TableKind, head_name
from studio.shop.importers.model import RowFault, Understood
from studio.shop.importers.remembered import remember, remembered
from studio.shop.importers.tables import HEAD_ROWS, Grid, read_grid
from studio.shop.money import currencies_in

SPECIAL = 1000
"""A kind with heads of its own goes before the generic one, however few they are."""
MOST_LOOKED_AT = 20_000
Kind = type[GoodsImporter]
K = TypeVar("K", bound=type[TableKind])


def importer_kinds() -> Kinds[GoodsImporter]:
    """Every kind of goods file, those of plugins included."""
    import studio.shop.importers.kinds as folder

    return discover(folder, GoodsImporter, plugin_modules())


def best_kind(rows: Sequence[Sequence[str]], kinds: Iterable[K]) -> tuple[int, int, K | None]:
    """Points, number of the head row (from 0) and the kind that knows most of its heads."""
    best: tuple[int, int, K | None] = (0, 0, None)
    for at, row in enumerate(rows[:HEAD_ROWS]):
        for kind in kinds:
            points = kind.score(row)
            if points and not kind.is_generic:
                points += SPECIAL
            if points > best[0]:
                best = (points, at, kind)
    return best


def read_goods(
    path: Path, kinds: Iterable[Kind], options: ReadOptions, wanted: str = ""
) -> Understood:
    """What is in a goods file.

    Args:
        kinds: those there are.
        wanted: only this kind; "" for the one that fits.

    Raises:
        StudioError: not_found, invalid.
    """
    known = [kind for kind in kinds if wanted in ("", kind.kind)]
    if not known:
        raise StudioError("not_found", "extension.unknown", kind=wanted, room="importers")
    grid = read_grid(path, lambda rows: best_kind(rows, known)[0])
    return understand(grid, known, options, str(path))


def understand(grid: Grid, kinds: Sequence[Kind], options: ReadOptions, path: str) -> Understood:
    """The goods in a grid.

    Raises:
        StudioError: invalid, when no kind knows its heads.
    """
    _, at, kind = best_kind(grid.rows, kinds)
    is_said = bool(options.mapping)
    if kind is None and not is_said:
        options.mapping = remembered(grid.rows[:HEAD_ROWS])
    if options.mapping:
        at, kind = _mapped_row(grid, options.mapping, path), kind or _generic(kinds)
    if kind is None:
        heads = next((row for row in grid.rows if len(row) > 1), grid.rows[0] if grid.rows else [])
        seen = ", ".join(head[:30] for head in heads[:12])
        raise StudioError("invalid", "imports.no_heads", path=path, heads=seen)
    heads = heads_of(grid.rows[at])
    fields = kind.fields(heads)
    for name, head in options.mapping.items():
        fields[name] = [_column(heads, head, path)]
    table = Table(heads, grid.rows[at + 1 :], at + 2, fields, options.mends)
    if not options.is_currency_said:
        options.currency = usual_currency(table, options.currency)
    out = kind().read(table, options)
    several_prices(table, out)
    if is_said and out.products:
        remember(heads, options.mapping)
    out.label = (kind.label.zh, kind.label.en)
    out.heads, out.head_row = heads, at + 1
    out.encoding, out.separator, out.sheet = grid.encoding, grid.separator, grid.sheet
    out.mapping = {name: heads[columns[0]] for name, columns in fields.items() if name != "place"}
    for note in grid.notes:
        out.notes.append(RowFault(0, "", "", f"imports.row.{note}"))
    made = sum(not v.has_own_sku for product in out.products for v in product.variants)
    if made:
        params = {"count": str(made)}
        out.notes.append(RowFault(0, table.head("sku"), "", "imports.row.made_skus", params))
    return out


def usual_currency(table: Table, otherwise: str) -> str:
    """The one currency that the prices of a file name, for those that name none.

    "1.299,00 €" in one row and "49,90" in the next are both euros. Where a file names two, or
    none, the show's own is meant.
    """
    named = set()
    columns = [at for name in ("price", "was", "sale") for at in table.fields.get(name, ())]
    for at in columns:
        named |= currencies_in(table.heads[at])
    for cells in table.rows[:MOST_LOOKED_AT]:
        for at in columns:
            if at < len(cells) and not cells[at].isdecimal():
                named |= currencies_in(cells[at])
    return named.pop() if len(named) == 1 else otherwise


def several_prices(table: Table, out: Understood) -> None:
    """Says which price was taken where the table has more than one."""
    columns = table.fields.get("price", [])
    if len(columns) > 1:
        others = ", ".join(table.heads[at] for at in columns[1:])
        params = {"used": table.heads[columns[0]], "others": others}
        out.notes.insert(
            0, RowFault(0, table.heads[columns[0]], "", "imports.row.several_prices", params)
        )


def heads_of(row: Sequence[str]) -> list[str]:
    """A row of heads without blank ones at its end."""
    heads = [head.strip() for head in row]
    while heads and not heads[-1]:
        heads.pop()
    return heads


def _generic(kinds: Sequence[Kind]) -> Kind | None:
    return next((kind for kind in kinds if kind.is_generic), None)


def _mapped_row(grid: Grid, mapping: dict[str, str], path: str) -> int:
    wanted = {head_name(head) for head in mapping.values()}
    for at, row in enumerate(grid.rows[:HEAD_ROWS]):
        if wanted <= {head_name(head) for head in row}:
            return at
    raise StudioError(
        "invalid", "imports.no_such_head", path=path, head=", ".join(mapping.values())
    )


def _column(heads: Sequence[str], head: str, path: str) -> int:
    for at, there in enumerate(heads):
        if head_name(there) == head_name(head):
            return at
    raise StudioError("invalid", "imports.no_such_head", path=path, head=head)
