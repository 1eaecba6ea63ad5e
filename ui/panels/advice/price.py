"""The price of a SKU as a ladder: where it stands, which rung is proposed, what it should bring."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QSizePolicy, QVBoxLayout, QWidget

from studio.insight.pricing.model import MOST_STEPS, PriceProposal
from studio.shop.model import price_text
from ui.client import Reply
from ui.desk import Desk
from ui.i18n import pick, t
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel
from ui.widgets.flow import Flow
from ui.widgets.paint import painting
from ui.widgets.plain import plain

HIGH, EDGE, DOT = 64, 34, 5


class LadderView(QWidget):
    """Rungs from the lowest allowed price to the list price; now is filled, the proposal ringed."""

    def __init__(self) -> None:
        super().__init__()
        self.proposal: PriceProposal | None = None
        self.setFixedHeight(tokens.px(HIGH))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def put(self, proposal: PriceProposal | None) -> None:
        """Another proposal."""
        self.proposal = proposal
        self.setVisible(proposal is not None)
        if proposal is not None:
            said = [price_text(cents, proposal.currency) for cents in proposal.ladder]
            self.setAccessibleName(t("advice.ladder_says", prices=", ".join(said)))
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        found = self.proposal
        if found is None or not found.ladder:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, middle = tokens.px(EDGE), self.height() * 0.42
        low, high = found.ladder[0], max(found.ladder[-1], found.ladder[0] + 1)
        span = self.width() - 2.0 * edge

        def x(cents: int) -> float:
            return edge + span * max(0.0, min(1.0, (cents - low) / (high - low)))

        painter.setPen(QPen(tokens.colour(tokens.LINE), tokens.px(2)))
        painter.drawLine(QPointF(edge, middle), QPointF(edge + span, middle))
        painter.setFont(tokens.font(11))
        dot, before = tokens.px(DOT), -1e9
        for cents in found.ladder:
            at = QPointF(x(cents), middle)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.colour(tokens.FAINT))
            painter.drawEllipse(at, dot * 0.6, dot * 0.6)
            if at.x() - before > tokens.px(62):
                before = at.x()
                painter.setPen(tokens.colour(tokens.MUTED))
                box = QRectF(at.x() - edge, middle + dot + 2, 2.0 * edge, tokens.px(18))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter,
                                 price_text(cents, found.currency))  # fmt: skip
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour(tokens.TEXT))
        painter.drawEllipse(QPointF(x(found.now_cents), middle), dot, dot)
        if found.cents != found.now_cents:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.colour(tokens.ACCENT), tokens.px(2)))
            painter.drawEllipse(QPointF(x(found.cents), middle), dot * 1.6, dot * 1.6)


class PriceSection(QWidget):
    """One SKU at a time; nothing changes before a person accepts."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.proposal: PriceProposal | None = None
        self.choice = QComboBox()
        self.choice.setMinimumWidth(tokens.px(160))
        self.propose = Button("", "primary", clicked=self._propose)
        self.accept = Button("", clicked=self._accept)
        self.withdraw = Button("", clicked=self._withdraw)
        self.ladder = LadderView()
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        self.gain = TextLabel(weight=600, wraps=True)
        self.now = TextLabel(size=12, wraps=True)
        page = QVBoxLayout()
        page.setContentsMargins(0, 0, 0, 0)
        page.addLayout(Flow(self.choice, self.propose, self.accept, self.withdraw))
        for part in (self.gain, self.ladder, self.says, self.now):
            page.addWidget(part)
        page.addStretch(1)
        self.setLayout(page)
        self._goods: list[tuple[str, str]] = []

    def retext(self) -> None:
        """All texts in the present language."""
        for button, name in (
            (self.propose, "price_propose"), (self.accept, "price_accept"),
            (self.withdraw, "price_back"),
        ):  # fmt: skip
            button.setText(t(f"advice.{name}"))
            button.name(t(f"advice.{name}"), t(f"advice.{name}_tip"))
        self.choice.setAccessibleName(t("advice.price_sku"))
        self.choice.setToolTip(plain(t("advice.price_sku")))
        self._put(None)
        self.show_now()

    def show_now(self) -> None:
        """What is known now."""
        goods = [
            (sku, f"{product.number:02d} {product.name}{f' · {sku}' if product.variants else ''}")
            for product in sorted(self._desk.store.shop.products, key=lambda p: p.number)
            for sku in product.skus
        ]  # fmt: skip
        if goods != self._goods:
            chosen, self._goods = self.choice.currentData(), goods
            self.choice.clear()
            for sku, name in goods:
                self.choice.addItem(name, sku)
            self.choice.setCurrentIndex(max(0, self.choice.findData(chosen)))
        lines = [
            t("advice.price_line", name=row.name, now=price_text(row.cents, row.currency),
              list=price_text(row.list_cents, row.currency), n=row.steps, most=MOST_STEPS)
            + (t("advice.price_mandate", low=price_text(row.mandate.low_cents, row.currency))
               if row.mandate else "")
            for row in self._desk.store.pricing.prices
        ]  # fmt: skip
        why = pick(self._desk.store.pricing.why)
        self.now.setText("\n".join([*lines, *([why] if why else [])]))

    def _propose(self) -> None:
        sku = self.choice.currentData()
        if sku is None:
            self.says.setText(t("advice.price_no_goods"))
            return
        self.propose.setEnabled(False)
        self.says.setText(t("advice.asking"))
        self._desk.actions.run(
            "pricing.propose", {"sku": sku}, origin=self.propose, done=self._proposed
        )

    def _proposed(self, reply: Reply) -> None:
        self.propose.setEnabled(True)
        if not reply.ok or not isinstance(reply.result, dict):
            self._put(None)
            self.says.setText(t("advice.no_answer"))
            return
        self._put(msgspec.convert(reply.result.get("result"), PriceProposal))

    def _put(self, proposal: PriceProposal | None) -> None:
        self.proposal = proposal
        self.ladder.put(proposal)
        is_other = proposal is not None and proposal.cents != proposal.now_cents
        self.accept.setEnabled(is_other)
        self.gain.setVisible(is_other)
        if proposal is None:
            self.says.setText(t("advice.price_empty"))
            return
        self.says.setText(pick(proposal.reason))
        if is_other:
            self.gain.setText(_gain(proposal))

    def _accept(self) -> None:
        if self.proposal is not None:
            args = {"id": self.proposal.id}
            self._desk.actions.run("pricing.accept", args, origin=self.accept, done=self._accepted)

    def _accepted(self, reply: Reply) -> None:
        if reply.ok:
            self._put(None)

    def _withdraw(self) -> None:
        sku = self.choice.currentData()
        if sku is not None:
            self._desk.actions.run("pricing.withdraw", {"sku": sku}, origin=self.withdraw)


def _gain(found: PriceProposal) -> str:
    """What the step should bring; no figure where nobody can know."""
    now, cents = (price_text(amount, found.currency) for amount in (found.now_cents, found.cents))
    if found.middle is None or found.low is None or found.high is None:
        return t("advice.price_try", now=now, cents=cents)
    return t(
        "advice.price_gain", now=now, cents=cents, middle=f"{found.middle:+.0%}",
        low=f"{found.low:+.0%}", high=f"{found.high:+.0%}", units=f"{found.units_ratio or 0:.1f}",
    )  # fmt: skip
