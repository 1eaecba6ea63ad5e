"""An export, read: which kind it is and what it adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.i18n import translate
from studio.core.registry import discover, plugin_modules
from studio.insight.imports.base import ExportKind, ReadExport
from studio.insight.imports.model import Export, Merged
from studio.shop.importers.base import Table, head_name
from studio.shop.importers.reading import best_kind, heads_of
from studio.shop.importers.tables import HEAD_ROWS, Grid


def export_kinds() -> Kinds[ExportKind]:
    """Every kind of export, those of plugins included."""
    import studio.insight.imports.kinds as folder

    return discover(folder, ExportKind, plugin_modules())


def read_export(grid: Grid, kind: type[ExportKind], options: ReadExport) -> Export:
    """The rows of a grid whose heads the kind knows."""
    _, at, _ = best_kind(grid.rows, [kind])
    return read_below(grid, at, kind, kind.fields(heads_of(grid.rows[at])), options)


def read_below(
    grid: Grid, at: int, kind: type[ExportKind], fields: dict[str, list[int]], options: ReadExport
) -> Export:
    """The rows below row ``at``, the heads', with the columns of each field."""
    heads = heads_of(grid.rows[at])
    return kind().read(Table(heads, grid.rows[at + 1 :], at + 2, fields, {}), options)


def head_row(grid: Grid, kind: type[ExportKind] | None, mapping: dict[str, str], path: str) -> int:
    """Number of the heads' row, from 0.

    Raises:
        StudioError: invalid: the mapping names a head that is not there.
    """
    if mapping:
        wanted = {head_name(head) for head in mapping.values()}
        for at, row in enumerate(grid.rows[:HEAD_ROWS]):
            if wanted <= {head_name(head) for head in row}:
                return at
        said = ", ".join(mapping.values())
        raise StudioError("invalid", "imports.no_such_head", path=path, head=said)
    points, at, _ = best_kind(grid.rows, [kind] if kind is not None else [])
    if points:
        return at
    # Nobody knows the heads: they stand in the first row that is as wide as most.
    widths = [len(heads_of(row)) for row in grid.rows[:HEAD_ROWS]]
    return next((at for at, wide in enumerate(widths) if wide >= max(widths)), 0)


def fields_of(
    kind: type[ExportKind], heads: list[str], mapping: dict[str, str], path: str
) -> dict[str, list[int]]:
    """Columns by field: those of the kind, and before them what a person said.

    Raises:
        StudioError: invalid: no such field or head.
    """
    fields, names = kind.fields(heads), [head_name(head) for head in heads]
    for name, head in mapping.items():
        if name not in kind.names():
            known = ", ".join(kind.names())
            raise StudioError("invalid", "imports.no_field", field=name, known=known)
        if head_name(head) not in names:
            raise StudioError("invalid", "imports.no_such_head", path=path, head=head)
        fields[name] = [names.index(head_name(head))]
    return fields


def told(export: Export, merged: Merged, language: str) -> dict[str, Any]:
    """What was found and kept, for the command line."""
    at = 0 if language == "zh" else 1
    found = told_pairs(export, merged)
    found["errors"] = [{**fault, "why": fault["why"][at]} for fault in found["errors"]]
    found["questions"] = [pair[at] for pair in found["questions"]]
    return found


def told_pairs(export: Export, merged: Merged) -> dict[str, Any]:
    """What was found and kept; sentences are pairs, Chinese and English."""
    return {
        "kind": export.kind,
        "heading_line": export.heading_line,
        "rows": len(export.rows) + len(export.errors),
        "orders": export.orders,
        "lines": export.lines,
        "sum_cents": export.sum_cents,
        "currency": export.currency,
        "sums": export.sums,
        "figures": export.figures,
        "new": merged.new,
        "same": merged.same,
        "changed": merged.changed,
        "older": merged.older,
        "errors": [
            {"row": fault.row, "column": fault.column, "value": fault.value,
             "why": _pair(f"imports.row.{fault.why}", {"value": fault.value})}
            for fault in export.errors
        ],
        "questions": [
            _pair(f"imports.question.{key}", export.params)
            for key in (*export.questions, *export.hints)
        ],
    }  # fmt: skip


def _pair(key: str, params: Mapping[str, str]) -> list[str]:
    return [translate(key, language, **params) for language in ("zh", "en")]
