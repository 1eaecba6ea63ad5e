"""What an incident's report says, in one language: the page and the paper say the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.core.clock import seconds_of, utc_iso, utc_of, zone_s
from studio.core.i18n import translate
from studio.core.report_html import Cell
from studio.plans.incidents.model import IncidentReport, TimelineLine
from studio.plans.model import Pair

MOST_PICTURES = 6
Picture = Callable[[str], bytes | None]
"""The programme at a time in UTC as JPEG."""


class ToldFigure(NamedTuple):
    """A figure with its name; note says how it came to be, or why it is not known."""

    name: str
    value: str
    note: str
    is_known: bool = True


class ToldTable(NamedTuple):
    """A table; no rows where nothing is to be told, and then ``words`` say so."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words: Sequence[str] = ()


class IncidentWords:
    """A report in one language.

    Args:
        language: "zh" or "en".
    """

    def __init__(self, report: IncidentReport, language: str) -> None:
        self._report, self.language = report, language

    def t(self, key: str, **params: object) -> str:
        """Words of reports."""
        return translate(f"plans.report_{key}", self.language, **params)

    def said(self, pair: Pair) -> str:
        """The language's own."""
        return pair[0] if self.language == "zh" else pair[1]

    def title(self) -> tuple[str, str]:
        """Title and what stands under it."""
        report = self._report
        title = self.t("title", label=self.said(report.label), subject=report.subject or "-")
        sub = self.t("sub", id=report.id, began=local(report.began_utc), made=local(utc_iso()))
        return title, sub

    def marks(self) -> str:
        """Drill, confidential; "" for neither."""
        report = self._report
        marks = (("drill", report.is_drill), ("secret", report.is_confidential))
        return " · ".join(self.t(f"is_{name}") for name, is_so in marks if is_so)

    def figures(self) -> list[ToldFigure]:
        """Severity, times, cost."""
        report = self._report
        return [
            ToldFigure(self.t("severity"), report.severity, self.said(report.severity_why)),
            ToldFigure(self.t("state"), self.t(f"state_{report.state}"), self.said(report.cause)),
            self._seconds("saved", report.saved_ms),
            self._seconds("recovered", report.recovered_ms),
            self._seconds("over", report.over_ms),
            *self.losses(),
        ]

    def losses(self) -> list[ToldFigure]:
        """Orders lost, by either measure."""
        return [*self._usual(), *self._orders()]

    def _usual(self) -> list[ToldFigure]:
        usual, name = self._report.usual, self.t("usual")
        if not usual.is_known:
            key = "usual_slow" if usual.is_slow else "usual_unknown"
            return [ToldFigure(name, "—", self.t(key), is_known=False)]
        note = self.t("usual_note", shows=usual.shows, expected=f"{usual.expected:g}",
                      low=f"{usual.low:g}", high=f"{usual.high:g}",
                      sold=self._report.orders.sold)  # fmt: skip
        figures = [ToldFigure(name, f"{usual.lost:g}", note)]
        if usual.cents is not None:
            money = f"{usual.cents / 100:,.2f} {usual.currency}"
            figures.append(ToldFigure(self.t("usual_money"), money, self.t("usual_money_note")))
        return figures

    def _orders(self) -> list[ToldFigure]:
        orders = self._report.orders
        if not orders.is_known:
            note = self.t("no_orders", units=orders.basis_units, seconds=f"{orders.basis_s:.0f}")
            return [ToldFigure(self.t("orders"), "—", note, is_known=False)]
        note = self.t("orders_note", expected=f"{orders.expected:g}", low=f"{orders.low:g}",
                      high=f"{orders.high:g}", sold=orders.sold)  # fmt: skip
        figures = [ToldFigure(self.t("orders"), f"{orders.lost:g}", note)]
        if orders.cents is not None:
            money = f"{orders.cents / 100:,.2f} {orders.currency}"
            figures.append(ToldFigure(self.t("money"), money, self.t("money_note")))
        return figures

    def _seconds(self, name: str, ms: int | None) -> ToldFigure:
        if ms is None:
            return ToldFigure(self.t(name), "—", self.t("unmeasured"), is_known=False)
        return ToldFigure(self.t(name), f"{ms / 1000:.1f} s", self.t(f"{name}_note"))

    def outputs(self) -> ToldTable:
        """Seconds off programme."""
        rows: list[Sequence[Cell]] = [
            (o.output, o.canvas, o.off_s, o.down_s, o.clip_s, o.standby_s)
            for o in self._report.outputs
        ]
        heads = self._heads("output", "canvas", "off", "down", "clip", "standby")
        return ToldTable(self.t("outputs"), heads, rows, [] if rows else [self.t("no_outputs")])

    def timeline(self) -> ToldTable:
        """All lines."""
        rows: list[Sequence[Cell]] = [
            (
                local(line.at_utc)[11:], f"{line.at_ms / 1000:+.1f} s",
                self.t(f"kind_{line.kind}"), line.who, self.said(line.text),
                "" if line.ok is None else "✓" if line.ok else "✗",
            )
            for line in self._report.lines
        ]  # fmt: skip
        hints = [] if self._report.has_journal else [self.t("no_journal")]
        if self._report.is_cut:
            hints.append(self.t("cut", n=len(rows)))
        heads = self._heads("local", "after", "kind", "who", "what", "ok")
        return ToldTable(self.t("timeline"), heads, rows, hints)

    def whys(self) -> ToldTable:
        """The review's whys, and its words in order: what happened, what was learned."""
        review = self._report.review
        rows: list[Sequence[Cell]] = [(n, why) for n, why in enumerate(review.whys, 1)]
        words = [review.summary] if review.summary else []
        if review.learned:
            words.append(self.t("learned", text=review.learned))
        words.append(self.t("no_blame" if rows or words else "no_review"))
        return ToldTable(self.t("review"), self._heads("n", "why"), rows, words)

    def actions(self) -> ToldTable:
        """Who does what by when."""
        rows: list[Sequence[Cell]] = [
            (a.id, a.what, a.owner, a.until, self.t("done" if a.done_utc else "open"))
            for a in self._report.actions
        ]
        heads = self._heads("action", "what", "owner", "until", "state")
        return ToldTable(self.t("actions"), heads, rows, [] if rows else [self.t("no_actions")])

    def _heads(self, *names: str) -> list[str]:
        return [self.t(f"head_{name}") for name in names]

    def pictures(self, picture: Picture) -> list[tuple[bytes, str]]:
        """The moments that tell most, as JPEG and words."""
        found = []
        for line in moments(self._report):
            data = picture(line.at_utc)
            if data is not None:
                found.append((data, f"{local(line.at_utc)[11:]} · {self.said(line.text)}"))
        return found


def moments(report: IncidentReport) -> list[TimelineLine]:
    """Whose pictures tell most: the first line, each other scene, the last line."""
    within = [line for line in report.lines if line.kind in ("plan", "scene")]
    if not within:
        return []
    scenes = [line for line in within if line.kind == "scene"][: MOST_PICTURES - 2]
    first = next((line for line in within if line.at_ms >= 0), within[0])
    chosen = {line.at_utc: line for line in (first, *scenes, within[-1])}
    return sorted(chosen.values(), key=lambda line: line.at_ms)


def local(utc: str) -> str:
    """A time of this machine's zone: "2026-11-30 20:41:05"."""
    seconds = seconds_of(utc)
    return utc_of(seconds + zone_s(seconds))[:19].replace("T", " ")
