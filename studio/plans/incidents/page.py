"""The report of an incident as one HTML file without network."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

from studio.core import report_html as html
from studio.core.clock import seconds_of, utc_iso, utc_of, zone_s
from studio.core.i18n import system_language, translate
from studio.core.report_html import Cell, escape
from studio.plans.incidents.model import IncidentReport, TimelineLine
from studio.plans.model import Pair

MOST_PICTURES = 6
Picture = Callable[[str], bytes | None]
"""The programme at a time in UTC as JPEG."""


def report_page(report: IncidentReport, picture: Picture, language: str = "") -> str:
    """The whole file."""
    return _Page(report, picture, language or system_language()).whole()


class _Page:
    """One page in one language."""

    def __init__(self, report: IncidentReport, picture: Picture, language: str) -> None:
        self._report, self._picture, self._language = report, picture, language

    def _t(self, key: str, **params: object) -> str:
        return translate(f"plans.report_{key}", self._language, **params)

    def _said(self, pair: Pair) -> str:
        return pair[0] if self._language == "zh" else pair[1]

    def whole(self) -> str:
        """Every part."""
        report = self._report
        title = self._t("title", label=self._said(report.label), subject=report.subject or "-")
        sub = self._t("sub", id=report.id, began=_local(report.began_utc), made=_local(utc_iso()))
        parts = [self._figures(), self._outputs(), self._pictures(), self._timeline()]
        parts += [self._review(), self._actions()]
        return html.page("zh" if self._language == "zh" else "en", title, sub, parts)

    def _figures(self) -> str:
        report, orders = self._report, self._report.orders
        tiles = [
            html.tile(self._t("severity"), report.severity, self._said(report.severity_why)),
            html.tile(self._t("state"), self._t(f"state_{report.state}"), self._said(report.cause)),
            self._seconds("saved", report.saved_ms),
            self._seconds("recovered", report.recovered_ms),
            self._seconds("over", report.over_ms),
        ]
        if orders.is_known:
            note = self._t("orders_note", expected=f"{orders.expected:g}", low=f"{orders.low:g}",
                           high=f"{orders.high:g}", sold=orders.sold)  # fmt: skip
            tiles.append(html.tile(self._t("orders"), f"{orders.lost:g}", note))
            if orders.cents is not None:
                money = f"{orders.cents / 100:,.2f} {orders.currency}"
                tiles.append(html.tile(self._t("money"), money, self._t("money_note")))
        else:
            note = self._t("no_orders", units=orders.basis_units, seconds=f"{orders.basis_s:.0f}")
            tiles.append(html.tile(self._t("orders"), "—", note, is_known=False))
        marks = [
            self._t(f"is_{name}")
            for name, is_so in (("drill", report.is_drill), ("secret", report.is_confidential))
            if is_so
        ]
        warnings = [html.paragraph(" · ".join(marks))] if marks else []
        return html.section(self._t("summary"), *warnings, html.tiles(tiles))

    def _seconds(self, name: str, ms: int | None) -> str:
        if ms is None:
            return html.tile(self._t(name), "—", self._t("unmeasured"), is_known=False)
        return html.tile(self._t(name), f"{ms / 1000:.1f} s", self._t(f"{name}_note"))

    def _outputs(self) -> str:
        rows: list[Sequence[Cell]] = [
            (o.output, o.canvas, o.off_s, o.down_s, o.clip_s, o.standby_s)
            for o in self._report.outputs
        ]
        heads = [self._t(f"head_{name}") for name in
                 ("output", "canvas", "off", "down", "clip", "standby")]  # fmt: skip
        body = html.table(heads, rows) if rows else html.paragraph(self._t("no_outputs"))
        return html.section(self._t("outputs"), body)

    def _pictures(self) -> str:
        parts = []
        for line in _moments(self._report):
            data = self._picture(line.at_utc)
            if data is None:
                continue
            code = base64.b64encode(data).decode()
            words = f"{_local(line.at_utc)[11:]} · {self._said(line.text)}"
            parts.append(
                f'<p><img alt="{escape(words)}" style="max-width:100%" '
                f'src="data:image/jpeg;base64,{code}"><br>{escape(words)}</p>'
            )
        return html.section(
            self._t("pictures"), *(parts or [html.paragraph(self._t("no_pictures"))])
        )

    def _timeline(self) -> str:
        heads = [
            self._t(f"head_{name}") for name in ("local", "after", "kind", "who", "what", "ok")
        ]
        rows: list[Sequence[Cell]] = [
            (
                _local(line.at_utc)[11:], f"{line.at_ms / 1000:+.1f} s",
                self._t(f"kind_{line.kind}"), line.who, self._said(line.text),
                "" if line.ok is None else "✓" if line.ok else "✗",
            )
            for line in self._report.lines
        ]  # fmt: skip
        hints = []
        if not self._report.has_journal:
            hints.append(html.paragraph(self._t("no_journal"), is_muted=True))
        if self._report.is_cut:
            hints.append(html.paragraph(self._t("cut", n=len(rows)), is_muted=True))
        return html.section(self._t("timeline"), *hints, html.table(heads, rows))

    def _review(self) -> str:
        review = self._report.review
        if not (review.summary or review.whys or review.learned):
            return html.section(self._t("review"), html.paragraph(self._t("no_review")))
        parts = [html.paragraph(review.summary)] if review.summary else []
        whys: list[Sequence[Cell]] = [(n, why) for n, why in enumerate(review.whys, 1)]
        if whys:
            parts.append(html.table([self._t("head_n"), self._t("head_why")], whys))
        if review.learned:
            parts.append(html.paragraph(self._t("learned", text=review.learned)))
        parts.append(html.paragraph(self._t("no_blame"), is_muted=True))
        return html.section(self._t("review"), *parts)

    def _actions(self) -> str:
        rows: list[Sequence[Cell]] = [
            (a.id, a.what, a.owner, a.until, self._t("done") if a.done_utc else self._t("open"))
            for a in self._report.actions
        ]
        heads = [self._t(f"head_{name}") for name in ("action", "what", "owner", "until", "state")]
        body = html.table(heads, rows) if rows else html.paragraph(self._t("no_actions"))
        return html.section(self._t("actions"), body)


def _moments(report: IncidentReport) -> list[TimelineLine]:
    """Whose pictures tell most: the first line, each other scene, the last line."""
    within = [line for line in report.lines if line.kind in ("plan", "scene")]
    if not within:
        return []
    scenes = [line for line in within if line.kind == "scene"][: MOST_PICTURES - 2]
    first = next((line for line in within if line.at_ms >= 0), within[0])
    chosen = {line.at_utc: line for line in (first, *scenes, within[-1])}
    return sorted(chosen.values(), key=lambda line: line.at_ms)


def _local(utc: str) -> str:
    seconds = seconds_of(utc)
    return utc_of(seconds + zone_s(seconds))[:19].replace("T", " ")
