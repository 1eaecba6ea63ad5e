"""An export from file to store: what was understood, what a person must say, what was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from studio.core.errors import StudioError
from studio.insight.imports.base import ExportKind, ReadExport
from studio.insight.imports.model import Export, Merged
from studio.insight.imports.reading import (
    export_kinds,
    fields_of,
    head_row,
    read_below,
    told_pairs,
)
from studio.insight.imports.remembered import (
    KnownTable,
    Tables,
    known_table,
    known_tables,
    remember_table,
)
from studio.insight.imports.request import TakeRequest
from studio.insight.imports.store import ExportStore
from studio.shop.importers.base import head_name
from studio.shop.importers.reading import SPECIAL, best_kind, heads_of
from studio.shop.importers.tables import HEAD_ROWS, Grid, read_grid

SHOWN_ROWS, SHOWN_FAULTS, SHOWN_COLUMNS = 20, 500, 60
LONGEST_CELL = 80


class Taken(msgspec.Struct, frozen=True):
    """A file as it was understood.

    Attributes:
        kind: "" where nobody knows what it is: a person chooses one and maps its columns.
        fields: of the kind; needs: those without which it cannot be read.
        mapping: field → head, as it was used.
        is_known: read as the last file with these heads.
        heads, head_row, sample: the table's head and its first rows, for a look.
        missing: fields that are needed and have no column.
        asked: what a person must say first: "year", "date_order", "kind", "mapping".
        file: its number in the store once it was kept.
    """

    kind: str = ""
    fields: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    mapping: dict[str, str] = {}
    is_known: bool = False
    heads: tuple[str, ...] = ()
    head_row: int = 0
    sample: tuple[tuple[str, ...], ...] = ()
    missing: tuple[str, ...] = ()
    export: Export = msgspec.field(default_factory=lambda: Export(""))
    merged: Merged = msgspec.field(default_factory=Merged)
    asked: tuple[str, ...] = ()
    file: int = 0


def take(request: TakeRequest, grid: Grid | None = None) -> Taken:
    """Reads a file; keeps its rows where it was asked to and nothing is open.

    Args:
        grid: the file's, where somebody has read it already.

    Raises:
        StudioError: not_found, invalid, failed.
    """
    check_zone(request.zone)
    path = Path(request.path)
    kinds = export_kinds()
    if request.kind and request.kind not in kinds:
        names = ", ".join(sorted(kinds.names()))
        raise StudioError("not_found", "imports.no_kind", kind=request.kind, known=names)
    wanted = [kind for kind in kinds if request.kind in ("", kind.kind)]
    tables = known_tables() if not (request.kind or request.mapping) else {}
    if grid is None:
        grid = read_grid(path, lambda rows: points_of(rows, wanted, tables, request.mapping))
    known = known_table(grid.rows[:HEAD_ROWS], tables)
    kind_id = request.kind or (known.kind if known else "")
    mapping = dict(request.mapping) or (dict(known.mapping) if known else {})
    kind = kinds.get(kind_id) if kind_id in kinds else best_kind(grid.rows, wanted)[2]
    taken = _understood(grid, kind, mapping, request, known)
    if request.is_kept and not taken.asked:
        return _kept(taken, path, request)
    if not taken.asked:
        with closing(ExportStore()) as store:
            merged = store.merge(taken.export, path.name, is_dry=True)
        taken = msgspec.structs.replace(taken, merged=merged)
    return taken


def points_of(
    rows: Sequence[Sequence[str]], kinds: Sequence[type[ExportKind]], tables: Tables,
    mapping: Mapping[str, str],
) -> int:  # fmt: skip
    """How well a grid is understood; the separator and the sheet with most points are taken."""
    heads = {head_name(head) for head in mapping.values()}
    if heads:
        return max(
            (len(heads & {head_name(c) for c in row}) for row in rows[:HEAD_ROWS]), default=0
        )
    points = best_kind(rows, kinds)[0]
    if known_table(rows[:HEAD_ROWS], tables) is not None:
        points = max(points, 2 * SPECIAL)
    widths = [len(row) for row in rows[:HEAD_ROWS] if len(row) > 1]
    even = max(widths, key=widths.count, default=0)  # nobody knows it: a table is even
    is_even = 2 * widths.count(even) > len(rows[:HEAD_ROWS])
    return points or (min(even, SPECIAL - 1) if is_even else 0)


def check_zone(zone: str) -> None:
    """Raises: StudioError: invalid: there is no such zone."""
    if zone:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            raise StudioError("invalid", "imports.no_zone", zone=zone) from None


def _understood(
    grid: Grid, kind: type[ExportKind] | None, mapping: dict[str, str], request: TakeRequest,
    known: KnownTable | None,
) -> Taken:  # fmt: skip
    at = head_row(grid, kind, mapping, request.path)
    heads = heads_of(grid.rows[at]) if grid.rows else []
    sample = tuple(
        tuple(str(cell)[:LONGEST_CELL] for cell in row[:SHOWN_COLUMNS])
        for row in grid.rows[at + 1 : at + 1 + SHOWN_ROWS]
    )
    shown = Taken(
        heads=tuple(heads[:SHOWN_COLUMNS]), head_row=at + 1, sample=sample, mapping=mapping,
        is_known=known is not None, asked=("kind",),
    )  # fmt: skip
    if kind is None:
        return shown
    fields = fields_of(kind, heads, mapping, request.path)
    missing = kind.missing(fields)
    shown = msgspec.structs.replace(
        shown, kind=kind.kind, needs=kind.needs, missing=missing,
        fields=kind.names(),
        mapping={name: heads[places[0]] for name, places in fields.items() if name != "known"},
        asked=("mapping",) if missing else (),
    )  # fmt: skip
    if missing:
        return shown
    currency = request.currency or (known.currency if known else "")
    zone = request.zone or (known.zone if known else "")
    export = read_below(grid, at, kind, fields, ReadExport(currency.upper(), request.year, zone))
    return msgspec.structs.replace(shown, export=export, asked=tuple(export.questions))


def _kept(taken: Taken, path: Path, request: TakeRequest) -> Taken:
    with closing(ExportStore()) as store:
        merged = store.merge(taken.export, path.name)
    if request.mapping or request.kind or request.currency or request.zone:
        mapping = dict(request.mapping)
        remember_table(
            taken.heads, KnownTable([], taken.kind, mapping, request.currency, request.zone)
        )
    return msgspec.structs.replace(taken, merged=merged, file=merged.file)


def shown(taken: Taken) -> dict[str, Any]:
    """For desks and remotes: without the rows, faults and questions in both languages."""
    kinds = export_kinds()
    plain: dict[str, Any] = msgspec.to_builtins(taken)
    del plain["export"], plain["merged"]
    found = told_pairs(taken.export, taken.merged)
    found["kind"] = taken.kind
    found["errors_more"] = max(0, len(found["errors"]) - SHOWN_FAULTS)
    found["errors"] = found["errors"][:SHOWN_FAULTS]
    return {
        **found, **plain,
        "kind_name": list(kinds.get(taken.kind).label if taken.kind else ("", "")),
        "kinds": [
            {"kind": kind.kind, "name": list(kind.label),
             "fields": list(kind.names()),
             "needs": list(kind.needs)}
            for kind in kinds
        ],
    }  # fmt: skip
