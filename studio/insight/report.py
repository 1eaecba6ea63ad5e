"""Reports of a show: after two hours, a day, two days, a week; one HTML file and CSV tables.

Nothing is made up: what nobody told is "—" with the source that would tell it, and every figure
opens the rows it was made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from studio.core import report_html as html
from studio.core.clock import utc_iso, utc_of
from studio.core.errors import StudioError
from studio.core.i18n import system_language, translate
from studio.core.personal import mask_text
from studio.core.report_html import Cell
from studio.core.report_pdf import PdfPart, PdfRequest, make_pdf, pdf_request
from studio.core.table_text import csv_bytes
from studio.core.whole_file import PRIVATE, write_whole
from studio.insight.analysis.base import open_analysis
from studio.insight.analysis.sums import AiringRow, airings, find_airing, sums_of
from studio.insight.effects.find import find_effects
from studio.insight.effects.model import DoneAction
from studio.insight.effects.told import COLUMNS, effect_row, effect_section
from studio.insight.metrics import Metric, metrics, value_of, waterfall
from studio.insight.reach.viewers import MINE, SEGMENT_CASE
from studio.insight.report_questions import answer_part
from studio.shop.model import price_text

if TYPE_CHECKING:
    import duckdb

At = Literal["2h", "24h", "48h", "7d"]
MOST_ROWS = 200
CLIPS, CLIP_S, LEAD_S = 8, 60, 15
NAMED = ("insight.alarm", "plans.started", "plans.ended", "outputs.changed", "offers.changed")


class ReportFiles(NamedTuple):
    """What was written."""

    html: Path
    tables: tuple[Path, ...]
    pdf: Path | None = None


class ReportTable(NamedTuple):
    """A table of the report, for the page and for a CSV file."""

    name: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def write_report(
    analysis: Path, show: str, at: At, folder: Path, actions: Sequence[DoneAction] = (), *,
    with_pdf: bool = False,
) -> ReportFiles:  # fmt: skip
    """Writes a report into a folder, which is made.

    Args:
        actions: of shows before; a report of a week tells what they did.

    Raises:
        StudioError: not_found (the show, the analysis), failed (the folder), unavailable (PDF,
            where typst is not installed).
    """
    if not analysis.is_file():
        raise StudioError("not_found", "insight.not_built")
    with closing(open_analysis(analysis, is_read_only=True)) as base:
        airing = find_airing(base, show)
        report = ShowReport(base, airing, at, actions)
        text, tables = report.page(), report.tables
    paper = make_pdf(report.paper()) if with_pdf else None
    name = f"{utc_of((airing.began_us + airing.zone_us) / 1e6)[:10]}-{airing.id}-{at}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{name}.html", text, mode=PRIVATE)
        files = []
        for table in tables:
            file = folder / f"{name}-{table.name}.csv"
            rows = [[_masked(cell) for cell in row] for row in table.rows]
            write_whole(file, csv_bytes([table.heads, *rows]), mode=PRIVATE)
            files.append(file)
        if paper is not None:
            write_whole(folder / f"{name}.pdf", paper, mode=PRIVATE)
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "media.cannot_write", path=str(folder), why=why) from None
    pdf = folder / f"{name}.pdf" if paper is not None else None
    return ReportFiles(folder / f"{name}.html", tuple(files), pdf)


def _masked(cell: Cell) -> Cell:
    """A cell that does not say who somebody is."""
    return mask_text(cell) if isinstance(cell, str) else cell


class ShowReport:
    """Asks, and makes the page.

    Attributes:
        tables: made with the page.
    """

    def __init__(
        self, base: duckdb.DuckDBPyConnection, airing: AiringRow, at: At,
        actions: Sequence[DoneAction] = (),
    ) -> None:  # fmt: skip
        self._base, self._airing, self._at, self._done = base, airing, at, actions
        self._language = system_language()
        self.tables: list[ReportTable] = []
        earlier = [other for other in airings(base) if other.id < airing.id]
        same = [other for other in earlier if other.show == airing.show] or earlier
        self._before = same[-1] if same else None
        self._sums = sums_of(base, airing.id)
        self._sums_before = sums_of(base, self._before.id) if self._before else {}

    def page(self) -> str:
        """The HTML."""
        parts = [self._figures(), self._course(), self._happenings()]
        if self._at in ("24h", "48h", "7d"):
            parts += [self._clips(), self._products()]
        if self._at in ("48h", "7d"):
            parts.append(self._segments())
        if self._at == "7d":
            parts += [self._waterfall(), self._orders()]
            parts += [self._answer(name) for name in ("attribution", "profit", "claims")]
            parts += [self._effects(), self._actions()]
        return html.page("zh" if self._language == "zh" else "en", *self._title(), parts)

    def paper(self) -> PdfRequest:
        """What a PDF is made of, after `page`: its tables."""
        parts = [
            PdfPart(_t(f"report.{'course' if table.name == 'minutes' else table.name}"),
                    table.heads, table.rows)
            for table in self.tables
        ]  # fmt: skip
        return pdf_request(self._language, *self._title(), parts, _t("report.more_rows"))

    def _title(self) -> tuple[str, str]:
        airing = self._airing
        title = _t("report.title", show=airing.show, at=_t(f"report.at_{self._at}"))
        local = utc_of((airing.began_us + airing.zone_us) / 1e6)[:16].replace("T", " ")
        sub = _t("report.sub", airing=airing.id, began=local, minutes=round(airing.minutes),
                 made=utc_iso())  # fmt: skip
        return title, sub

    # -- figures -------------------------------------------------------------------------------

    def _figures(self) -> str:
        shown, missing, rows = [], [], []
        for metric in metrics().values():
            value = value_of(metric, self._sums)
            before = value_of(metric, self._sums_before)
            rows.append((metric.id, self._said(metric.label), value, before, metric.unit,
                         self._said(metric.where)))  # fmt: skip
            if value is None:
                missing.append(f"{self._said(metric.label)}（{self._said(metric.where)}）")
            else:
                shown.append(self._tile(metric, value, before))
        heads = _heads("id", "metric", "value", "before", "unit", "source")
        self.tables.append(ReportTable("figures", heads, rows))
        parts = [html.tiles(shown)] if shown else [html.paragraph(_t("report.nothing"))]
        if missing:
            words = _t("report.missing", n=len(missing))
            parts.append(html.folded(words, html.paragraph(" · ".join(missing), is_muted=True)))
        return html.section(_t("report.figures"), *parts)

    def _tile(self, metric: Metric, value: float, before: float | None) -> str:
        note = _t("report.no_before")
        if before is not None:
            note = _t("report.was", value=_shown(before, metric.unit))
            if before:
                note += f" ({(value - before) / abs(before):+.0%})"
        rows = self._rows_behind(metric)
        inside = html.folded(_t("report.rows"), rows) if rows else ""
        return html.tile(self._said(metric.label), _shown(value, metric.unit), note, inside)

    def _rows_behind(self, metric: Metric) -> str:
        """What a figure was made of: other figures, or lines of the journal and of imports."""
        if metric.formula:
            return html.paragraph(
                metric.formula + " = " + ", ".join(
                    f"{name} {self._sums[name]:g}" for name in sorted(self._sums)
                    if name in metric.formula
                ), is_muted=True,
            )  # fmt: skip
        names = {"comments": "comments.received", "units": "insight.sold",
                 "sold_cents": "insight.sold", "returned": "insight.returned"}  # fmt: skip
        if metric.id in names:
            rows = self._ask(
                "SELECT entry, strftime(make_timestamp(at_us), '%H:%M:%S'), sku, number, "
                "value_cents FROM events WHERE airing = ? AND name = ? ORDER BY entry LIMIT ?",
                self._airing.id, names[metric.id], MOST_ROWS,
            )  # fmt: skip
            heads: tuple[str, ...] = ("entry", "utc", "sku", "pieces", "cents")
        else:
            rows = self._ask(
                "SELECT strftime(make_timestamp(at_us), '%H:%M:%S'), platform, source, number "
                "FROM figures WHERE airing = ? AND metric = ? ORDER BY at_us LIMIT ?",
                self._airing.id, metric.id, MOST_ROWS,
            )  # fmt: skip
            heads = ("utc", "platform", "source", "value")
        return html.table(_heads(*heads), rows)

    # -- the course of the show ----------------------------------------------------------------

    def _course(self) -> str:
        length = min(24 * 60, int(self._airing.minutes) + 1)
        parts: list[str] = []
        rows: list[list[Cell]] = [[minute, None, None, None] for minute in range(length)]
        alarms = [row[0] for row in self._minutes("insight.alarm", "count(*)")]
        kinds = (
            ("comments.received", "count(*)", "comments"),
            ("insight.sold", "sum(number)", "units"),
            ("insight.sold", "sum(value_cents)", "sold_cents"),
        )
        for column, (name, what, metric) in enumerate(kinds, start=1):
            found = {minute: float(value) for minute, value in self._minutes(name, what) if value}
            if not found:
                continue
            scale = 100 if metric == "sold_cents" else 1
            values = [found.get(minute, 0.0) / scale for minute in range(length)]
            for minute, value in enumerate(values):
                rows[minute][column] = value
            label = self._said(metrics()[metric].label)
            parts += [html.paragraph(label), html.columns_chart(values, "", alarms)]
        heads = _heads("minute", "comments", "pieces", "money")
        self.tables.append(ReportTable("minutes", heads, [tuple(row) for row in rows]))
        return html.section(_t("report.course"), *(parts or [html.paragraph(_t("report.nothing"))]))

    def _minutes(self, name: str, what: str) -> list[tuple[int, Any]]:
        rows = self._ask(
            f"SELECT (at_us - ?) // 60000000, {what} FROM events WHERE airing = ? AND name = ? "
            "GROUP BY 1 ORDER BY 1", self._airing.began_us, self._airing.id, name,
        )  # fmt: skip
        return [(int(row[0]), row[1]) for row in rows]

    def _happenings(self) -> str:
        marks = ", ".join("?" for _ in NAMED)
        rows = self._ask(
            "SELECT entry, strftime(make_timestamp(at_us + ?), '%H:%M:%S'), name, scene, sku "
            f"FROM events WHERE airing = ? AND name IN ({marks}) ORDER BY entry LIMIT ?",
            self._airing.zone_us, self._airing.id, *NAMED, MOST_ROWS,
        )  # fmt: skip
        names = ("entry", "local", "kind", "scene", "sku")
        heads = _heads(*names)
        self.tables.append(ReportTable("happened", heads, rows))
        if not rows:
            return html.section(_t("report.happened"), html.paragraph(_t("report.nothing")))
        hint = html.paragraph(_t("report.moment_hint"), is_muted=True)
        return html.section(_t("report.happened"), html.table(heads, rows), hint)

    # -- a day and more ------------------------------------------------------------------------

    def _clips(self) -> str:
        """Moments worth a clip: minutes in which most was said and sold, apart from each other."""
        scores: dict[int, float] = {}
        why: dict[int, list[str]] = {}
        for name, metric in (("comments.received", "comments"), ("insight.sold", "units")):
            found = self._minutes(name, "count(*)")
            most = max((count for _, count in found), default=0)
            for minute, count in found:
                scores[minute] = scores.get(minute, 0.0) + count / most
                label = self._said(metrics()[metric].label)
                why.setdefault(minute, []).append(f"{label} {count}")
        chosen: list[int] = []
        for minute in sorted(scores, key=lambda minute: -scores[minute]):
            if len(chosen) < CLIPS and all(abs(minute - other) > 2 for other in chosen):
                chosen.append(minute)
        rows: list[tuple[Cell, ...]] = []
        for minute in sorted(chosen):
            begin = self._airing.began_us / 1e6 + minute * 60 - LEAD_S
            scene = self._scene_at(minute)
            words = " · ".join(part for part in scene if part)
            rows.append((utc_of(begin), utc_of(begin + CLIP_S + LEAD_S), words,
                         " · ".join(why[minute])))  # fmt: skip
        heads = _heads("in", "out", "words", "why")
        self.tables.append(ReportTable("clips", heads, rows))
        body = html.table(heads, rows) if rows else html.paragraph(_t("report.nothing"))
        return html.section(_t("report.clips"), body)

    def _scene_at(self, minute: int) -> tuple[str, str]:
        rows = self._ask(
            "SELECT scene, sku FROM events WHERE airing = ? AND at_us <= ? "
            "ORDER BY entry DESC LIMIT 1",
            self._airing.id, self._airing.began_us + minute * 60_000_000,
        )  # fmt: skip
        return (str(rows[0][0]), str(rows[0][1])) if rows else ("", "")

    def _products(self) -> str:
        rows = self._ask(
            "SELECT sku, currency, sum(number) FILTER (name = 'insight.sold'), "
            "sum(value_cents) FILTER (name = 'insight.sold'), "
            "-sum(number) FILTER (name = 'insight.returned') FROM events WHERE airing = ? "
            "AND name IN ('insight.sold', 'insight.returned') GROUP BY 1, 2 ORDER BY 4 DESC, 1",
            self._airing.id,
        )  # fmt: skip
        shown: list[tuple[Cell, ...]] = [
            (sku, units, None if cents is None else price_text(int(cents), currency or "CNY"), back)
            for sku, currency, units, cents, back in rows
        ]
        heads = _heads("sku", "pieces", "money", "returned")
        self.tables.append(ReportTable("products", heads, shown))
        body = html.table(heads, shown) if shown else html.paragraph(_t("report.no_ledger"))
        return html.section(_t("report.products"), body)

    def _segments(self) -> str:
        """Viewers who commented, by how often they were here; by pseudonym, nobody is named."""
        rows = self._ask(
            f"WITH mine AS ({MINE}) SELECT {SEGMENT_CASE}, count(*), sum(said) FROM mine "
            "GROUP BY 1 ORDER BY 2 DESC", air=self._airing.id,
        )  # fmt: skip
        shown: list[tuple[Cell, ...]] = [
            (_t(f"report.segment_{row[0]}"), row[1], row[2]) for row in rows
        ]
        heads = _heads("segment", "people", "comments")
        self.tables.append(ReportTable("segments", heads, shown))
        body = html.table(heads, shown) if shown else html.paragraph(_t("report.nothing"))
        hint = html.paragraph(_t("report.segments_hint"), is_muted=True)
        return html.section(_t("report.segments"), body, hint)

    # -- a week --------------------------------------------------------------------------------

    def _waterfall(self) -> str:
        steps = waterfall(self._sums_before, self._sums) if self._before else None
        if steps is None or self._before is None:
            return html.section(_t("report.waterfall"), html.paragraph(_t("report.no_waterfall")))
        known = metrics()
        rows: list[tuple[Cell, ...]] = [
            (
                _t("report.was_gmv", airing=self._before.id),
                round(self._sums_before["gmv_cents"]) / 100,
            )
        ]
        rows += [
            (self._said(known[step.factor].label), round(step.change / 100, 2)) for step in steps
        ]
        rows.append((_t("report.is_gmv"), round(self._sums["gmv_cents"]) / 100))
        heads = _heads("factor", "change")
        self.tables.append(ReportTable("waterfall", heads, rows))
        return html.section(_t("report.waterfall"), html.table(heads, rows))

    def _orders(self) -> str:
        """Imported orders that were placed while the show was on air."""
        rows: list[tuple[Cell, ...]] = self._ask(
            "SELECT kind, rank, count(DISTINCT order_id), count(*), currency FROM orders "
            "WHERE at_us BETWEEN ? AND ? GROUP BY kind, rank, currency ORDER BY 1, 2",
            self._airing.began_us, self._airing.ended_us,
        )  # fmt: skip
        names = ("source", "rank", "orders", "lines", "currency")
        heads = _heads(*names)
        self.tables.append(ReportTable("orders", heads, rows))
        body = html.table(heads, rows) if rows else html.paragraph(_t("report.no_orders"))
        return html.section(_t("report.orders"), body)

    def _answer(self, name: str) -> str:
        """A saved question about this show."""
        part = answer_part(self._base, name, self._airing.id, self._language)
        self.tables.append(ReportTable(name, part.heads, part.rows))
        return part.section

    def _effects(self) -> str:
        """What the actions of shows before did to the figure they named."""
        effects = find_effects(self._base, self._airing, self._done)
        heads = tuple(translate(f"effects.head_{name}", self._language) for name in COLUMNS)
        rows = [tuple(effect_row(effect, self._language)) for effect in effects]
        self.tables.append(ReportTable("effects", heads, rows))
        return effect_section(effects, self._language)

    def _actions(self) -> str:
        """An empty form with five whys; a person fills it in, the program knows no reasons."""
        heads = _heads("what", "why5", "evidence", "owner", "until")
        blank: list[tuple[Cell, ...]] = [("", "", "", "", "")] * 5
        hint = html.paragraph(_t("report.actions_hint"), is_muted=True)
        return html.section(_t("report.actions"), html.table(heads, blank), hint)

    # -- small things --------------------------------------------------------------------------

    def _ask(self, sql: str, *values: Any, **named: Any) -> list[tuple[Any, ...]]:
        return self._base.execute(sql, named or list(values)).fetchall()

    def _said(self, label: Any) -> str:
        return str(label.zh if self._language == "zh" else label.en)


def _shown(value: float, unit: str) -> str:
    if unit == "cents":
        return price_text(round(value))
    return f"{value:,.2f}".rstrip("0").rstrip(".") + (" %" if unit == "%" else "")


def _heads(*names: str) -> tuple[str, ...]:
    """The heads of a table."""
    return tuple(_t(f"report.head_{name}") for name in names)


def _t(key: str, **params: object) -> str:
    return translate(key, None, **params)


def names(files: Sequence[Path]) -> str:
    """File names in one line."""
    return ", ".join(file.name for file in files)
