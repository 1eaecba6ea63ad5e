"""Answers of saved questions as parts of a report: a table on the page, and one as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from studio.core import report_html as html
from studio.core.i18n import translate
from studio.core.report_html import Cell
from studio.insight.analysis.questions import answer_in

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 200


class AnswerPart(NamedTuple):
    """A section of the page, and its table."""

    section: str
    heads: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def answer_part(
    base: duckdb.DuckDBPyConnection, name: str, airing: int, language: str
) -> AnswerPart:
    """The answer about a time on air.

    Raises:
        StudioError: not_found, failed.
    """
    found = answer_in(base, name, [airing], MOST_ROWS)
    is_zh = language == "zh"
    heads = tuple(
        (column.label.zh if is_zh else column.label.en) + (f" ({column.unit})" if column.unit
                                                           else "")
        for column in found.columns
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [tuple(row) for row in found.rows]
    title = found.label.zh if is_zh else found.label.en
    nothing = html.paragraph(translate(f"report.no_{name}"))
    body = html.table(heads, rows) if rows else nothing
    hint = html.paragraph(translate(f"report.{name}_hint"), is_muted=True)
    return AnswerPart(html.section(title, body, hint), heads, rows)
