"""A report on paper: the tables of the page as PDF, set by typst where it is installed.

What is told is data of the template and never part of it: no name of a product can become markup,
and nothing is read or fetched. Typst is an extra (``pdf``): 34 MB that most do without.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from studio.core.clean import write_json
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.core.personal import mask_text
from studio.core.report_html import Cell

MOST_ROWS = 120
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: (x: 16mm, y: 18mm), numbering: "1 / 1")
#set text(font: ("Noto Sans CJK SC", "Noto Sans SC"), size: 9pt, lang: data.language)
#set document(title: data.title)
#text(size: 18pt, weight: "bold", data.title)

#text(fill: luma(100), data.sub)
#for part in data.parts [
  #block(above: 18pt, below: 8pt, text(size: 12pt, weight: "bold", part.title))
  #table(
    columns: part.heads.len(),
    stroke: (x, y) => (bottom: 0.4pt + luma(210)),
    inset: (x: 4pt, y: 3pt),
    align: (x, y) => if part.numbers.at(x) { right } else { left },
    table.header(..part.heads.map(head => text(weight: "bold", head))),
    ..part.rows.flatten().map(cell => text(cell)),
  )
  #if part.more > 0 [#text(fill: luma(100), data.more.replace("{n}", str(part.more)))]
]
"""


class PdfPart(NamedTuple):
    """A table with its title."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def pdf_data(
    language: str, title: str, sub: str, parts: Sequence[PdfPart], more: str
) -> dict[str, object]:
    """What the template is given: texts alone, and nothing in them says who somebody is.

    Args:
        more: words for rows that are left out, with ``{n}``.
    """
    return {
        "language": language, "title": mask_text(title), "sub": mask_text(sub), "more": more,
        "parts": [
            {
                "title": part.title,
                "heads": list(part.heads),
                "numbers": [
                    any(isinstance(row[at], int | float) for row in part.rows)
                    for at in range(len(part.heads))
                ],
                "rows": [[_text(cell) for cell in row] for row in part.rows[:MOST_ROWS]],
                "more": max(0, len(part.rows) - MOST_ROWS),
            }
            for part in parts if part.rows
        ],
    }  # fmt: skip


def _text(cell: Cell) -> str:
    if cell is None or cell == "":
        return "—"
    if isinstance(cell, float):
        return f"{cell:,.2f}".rstrip("0").rstrip(".")
    return mask_text(cell) if isinstance(cell, str) else str(cell)


def make_pdf(data: dict[str, object]) -> bytes:
    """The file.

    Raises:
        StudioError: unavailable, where typst is not installed; failed.
    """
    try:
        import typst
    except ImportError:
        raise StudioError("unavailable", "report.no_typst") from None
    fonts: list[str | Path] = [assets_dir() / "fonts"]
    try:
        made = typst.compile(
            TEMPLATE.encode(), font_paths=fonts, sys_inputs={"data": write_json(data)},
            format="pdf",
        )  # fmt: skip
    except (RuntimeError, ValueError, OSError) as error:
        raise StudioError("failed", "report.pdf_failed", why=error) from None
    if not isinstance(made, bytes):
        raise StudioError("failed", "report.pdf_failed", why=type(made).__name__)
    return made
