"""The report of an incident on paper: what its page says, as data of a PDF."""

from __future__ import annotations

from studio.core.i18n import system_language
from studio.core.report_pdf import PdfPart, PdfPicture, PdfRequest, pdf_request
from studio.plans.incidents.model import IncidentReport
from studio.plans.incidents.told import IncidentWords, Picture, ToldTable

MOST_ROWS = 2_000
"""A busy half hour; five thousand take 750 MB to be set."""


def report_paper(report: IncidentReport, picture: Picture, language: str = "") -> PdfRequest:
    """What the PDF is made of; its pictures are read from recordings: not for the engine's loop."""
    words = IncidentWords(report, language or system_language())
    pictures = [PdfPicture(*shown) for shown in words.pictures(picture)]
    rows = [(figure.name, figure.value, figure.note) for figure in words.figures()]
    heads = [words.t(f"head_{name}") for name in ("figure", "value", "note")]
    marks = [words.marks()] if words.marks() else []
    none = [] if pictures else [words.t("no_pictures")]
    parts = [
        PdfPart(words.t("summary"), heads, rows, marks, wide=2),
        _part(words.outputs(), 0),
        PdfPart(words.t("pictures"), words=none, pictures=pictures),
        _part(words.timeline(), 4),
        _part(words.whys(), 1),
        _part(words.actions(), 1),
    ]
    return pdf_request(words.language, *words.title(), parts, words.t("more"))


def _part(table: ToldTable, wide: int) -> PdfPart:
    return PdfPart(table.title, table.heads, table.rows, table.words, wide=wide, most=MOST_ROWS)
