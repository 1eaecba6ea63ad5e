"""The report of an incident as one HTML file without network."""

from __future__ import annotations

import base64

from studio.core import report_html as html
from studio.core.i18n import system_language
from studio.core.report_html import escape
from studio.plans.incidents.model import IncidentReport
from studio.plans.incidents.told import IncidentWords, Picture, ToldTable


def report_page(report: IncidentReport, picture: Picture, language: str = "") -> str:
    """The whole file."""
    words = IncidentWords(report, language or system_language())
    parts = [_figures(words), _table(words.outputs()), _pictures(words, picture)]
    parts += [_table(words.timeline()), _review(words), _table(words.actions())]
    return html.page("zh" if words.language == "zh" else "en", *words.title(), parts)


def _figures(words: IncidentWords) -> str:
    tiles = [
        html.tile(figure.name, figure.value, figure.note, is_known=figure.is_known)
        for figure in words.figures()
    ]
    warnings = [html.paragraph(words.marks())] if words.marks() else []
    return html.section(words.t("summary"), *warnings, html.tiles(tiles))


def _table(table: ToldTable) -> str:
    hints = [html.paragraph(words, is_muted=bool(table.rows)) for words in table.words]
    body = [html.table(table.heads, table.rows)] if table.rows else []
    return html.section(table.title, *hints, *body)


def _pictures(words: IncidentWords, picture: Picture) -> str:
    parts = []
    for data, text in words.pictures(picture):
        code = base64.b64encode(data).decode()
        parts.append(
            f'<p><img alt="{escape(text)}" style="max-width:100%" '
            f'src="data:image/jpeg;base64,{code}"><br>{escape(text)}</p>'
        )
    return html.section(words.t("pictures"), *(parts or [html.paragraph(words.t("no_pictures"))]))


def _review(words: IncidentWords) -> str:
    told = words.whys()
    parts = [html.paragraph(line) for line in told.words[:-1]]
    if told.rows:
        parts.append(html.table(told.heads, told.rows))
    return html.section(told.title, *parts, html.paragraph(told.words[-1], is_muted=True))
