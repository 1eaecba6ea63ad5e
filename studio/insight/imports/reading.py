"""An export, read: which kind it is and what it adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from studio.core.extension import Kinds
from studio.core.i18n import translate
from studio.core.registry import discover, plugin_modules
from studio.insight.imports.base import ExportKind, ReadExport
from studio.insight.imports.model import Export, Merged
from studio.shop.importers.base import Table
from studio.shop.importers.reading import best_kind, heads_of
from studio.shop.importers.tables import Grid


def export_kinds() -> Kinds[ExportKind]:
    """Every kind of export, those of plugins included."""
    import studio.insight.imports.kinds as folder

    return discover(folder, ExportKind, plugin_modules())


def read_export(grid: Grid, kind: type[ExportKind], options: ReadExport) -> Export:
    """The rows of a grid."""
    _, at, _ = best_kind(grid.rows, [kind])
    heads = heads_of(grid.rows[at])
    table = Table(heads, grid.rows[at + 1 :], at + 2, kind.fields(heads), {})
    return kind().read(table, options)


def told(export: Export, merged: Merged, language: str) -> dict[str, Any]:
    """What was found and kept, for the command line."""
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
             "why": translate(_key(fault.why), language, value=fault.value)}
            for fault in export.errors
        ],
        "questions": _said([*export.questions, *export.hints], export.params, language),
    }  # fmt: skip


def _key(why: str) -> str:
    return f"imports.row.{why}"


def _said(keys: Sequence[str], params: dict[str, str], language: str) -> list[str]:
    return [translate(f"imports.question.{key}", language, **params) for key in keys]
