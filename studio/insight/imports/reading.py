"""An export, read: which kind it is and what it adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.core.extension import Kinds
from studio.core.i18n import translate
from studio.core.registry import discover, plugin_modules
from studio.insight.imports.base import ExportKind, ReadExport
from studio.insight.imports.model import Export, Merged
from studio.shop.importers.base import Table
from studio.shop.importers.reading import heads_of
from studio.shop.importers.tables import Grid


def export_kinds() -> Kinds[ExportKind]:
    """Every kind of export, those of plugins included."""
    import studio.insight.imports.kinds as folder

    return discover(folder, ExportKind, plugin_modules())


def read_export(
    grid: Grid,
    kind: type[ExportKind],
    options: ReadExport,
    mapping: Mapping[str, str] | None = None,
) -> Export:
    """The rows of a grid.

    Args:
        mapping: field → head, where a person said so; each head must be there.

    Raises:
        StudioError: invalid: a field or a head that is not there.
    """
    from studio.insight.imports.taking import fields_of, head_row

    said = dict(mapping or {})
    at = head_row(grid, kind, said, kind.kind)
    heads = heads_of(grid.rows[at]) if grid.rows else []
    fields = fields_of(kind, heads, said, kind.kind)
    table = Table(heads, grid.rows[at + 1 :], at + 2, fields, {})
    return kind().read(table, options)


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
