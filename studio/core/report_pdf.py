"""A report on paper: words, tables and pictures as PDF, set by typst where it is installed.

What is told is data of the template and never part of it: no name of a product can become markup,
and nothing is read or fetched. Typst is an extra (``pdf``): 34 MB that most do without. An engine
has it done by a process of its own, ``python -m studio.core.report_pdf``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from studio.core.child_process import ProcessReply, ask_process, serve_one
from studio.core.clean import write_json
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.core.personal import mask_text
from studio.core.report_html import Cell

MOST_ROWS = 120
LIMIT_S = 60.0
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#let jpegs = json(bytes(sys.inputs.jpegs))
#set page(paper: "a4", margin: (x: 16mm, y: 18mm), numbering: "1 / 1")
#set text(font: ("Noto Sans CJK SC", "Noto Sans SC"), size: 9pt, lang: data.language)
#set document(title: data.title)
#text(size: 18pt, weight: "bold", data.title)

#text(fill: luma(100), data.sub)
#for part in data.parts {
  block(above: 18pt, below: 8pt, text(size: 12pt, weight: "bold", part.title))
  for words in part.words { par(text(words)) }
  if part.rows.len() > 0 {
    table(
      columns: range(part.heads.len()).map(at => if at == part.wide { 1fr } else { auto }),
      stroke: (x, y) => (bottom: 0.4pt + luma(210)),
      inset: (x: 4pt, y: 3pt),
      align: (x, y) => if part.numbers.at(x) { right } else { left },
      table.header(..part.heads.map(head => text(weight: "bold", head))),
      ..part.rows.flatten().map(cell => text(cell)),
    )
  }
  if part.more > 0 { text(fill: luma(100), data.more.replace("{n}", str(part.more))) }
  for picture in part.pictures {
    block(breakable: false, {
      image(bytes(jpegs.at(picture.at)), format: "jpg", width: 62%)
      text(picture.words)
    })
  }
}
"""


class PdfPicture(NamedTuple):
    """A JPEG and the words beneath it."""

    jpeg: bytes
    words: str


class PdfPart(NamedTuple):
    """A table with its title, words above it and pictures beneath it.

    Attributes:
        wide: the column that takes the room which the others leave; -1 where none does.
        most: rows that are shown.
    """

    title: str
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    words: Sequence[str] = ()
    pictures: Sequence[PdfPicture] = ()
    wide: int = -1
    most: int = MOST_ROWS


class PdfRequest(msgspec.Struct):
    """What a PDF is made of.

    Attributes:
        data: of the template, JSON.
        pictures: JPEG, in the order in which ``data`` counts them.
    """

    data: str
    pictures: tuple[bytes, ...] = ()


class PdfReply(ProcessReply):
    """The file."""

    pdf: bytes = b""


def pdf_request(
    language: str, title: str, sub: str, parts: Sequence[PdfPart], more: str = "+ {n}"
) -> PdfRequest:
    """What the template is given; no text in it says who somebody is.

    Args:
        more: words for rows that are left out, with ``{n}``.
    """
    pictures: list[bytes] = []
    plain = [
        _plain(part, pictures) for part in parts if part.rows or part.words or part.pictures
    ]  # fmt: skip
    data = {
        "language": language, "title": mask_text(title), "sub": mask_text(sub), "more": more,
        "parts": plain,
    }  # fmt: skip
    return PdfRequest(write_json(data), tuple(pictures))


def _plain(part: PdfPart, pictures: list[bytes]) -> dict[str, object]:
    """A part as the template reads it; its pictures are added to the others."""
    shown = []
    for picture in part.pictures:
        shown.append({"at": len(pictures), "words": mask_text(picture.words)})
        pictures.append(picture.jpeg)
    return {
        "title": part.title,
        "heads": list(part.heads),
        "numbers": [
            any(isinstance(row[at], int | float) for row in part.rows)
            for at in range(len(part.heads))
        ],
        "rows": [[_text(cell) for cell in row] for row in part.rows[: part.most]],
        "more": max(0, len(part.rows) - part.most),
        "words": [mask_text(words) for words in part.words],
        "pictures": shown,
        "wide": part.wide,
    }


def _text(cell: Cell) -> str:
    if cell is None or cell == "":
        return "—"
    if isinstance(cell, float):
        return f"{cell:,.2f}".rstrip("0").rstrip(".")
    return mask_text(cell) if isinstance(cell, str) else str(cell)


def make_pdf(request: PdfRequest) -> bytes:
    """The file. It takes seconds: not in an engine.

    Raises:
        StudioError: unavailable, where typst is not installed; failed.
    """
    try:
        import typst
    except ImportError:
        raise StudioError("unavailable", "report.no_typst") from None
    fonts: Any = [assets_dir() / "fonts"]  # typst's own types want the type of the input here
    # Inputs are texts: a picture goes as the numbers of its bytes.
    jpegs = msgspec.json.encode([list(picture) for picture in request.pictures]).decode()
    try:
        made = typst.compile(
            TEMPLATE.encode(), font_paths=fonts, format="pdf",
            sys_inputs={"data": request.data, "jpegs": jpegs},
        )  # fmt: skip
    except (RuntimeError, ValueError, OSError) as error:
        raise StudioError("failed", "report.pdf_failed", why=error) from None
    if not isinstance(made, bytes):
        raise StudioError("failed", "report.pdf_failed", why=type(made).__name__)
    return made


async def make_pdf_apart(request: PdfRequest) -> bytes:
    """The file, made by a process of low priority.

    Raises:
        StudioError: as `make_pdf`; failed, when the process ended or took too long.
    """
    return (await ask_process("studio.core.report_pdf", request, PdfReply, LIMIT_S)).pdf


def main() -> None:
    """One request on stdin, its reply on stdout."""
    serve_one(PdfRequest, PdfReply, lambda request: PdfReply(pdf=make_pdf(request)))


if __name__ == "__main__":
    main()
