"""What the host needs while talking: this product, its points, the question on screen."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.shop.model import Product
from ui.format import age_s, clock, ms_short
from ui.i18n import pick, t
from ui.listen import listen
from ui.models.run_order import product_after
from ui.models.rundown import RUNS, left_s
from ui.models.saying import (
    claim_reason,
    claim_to_correct,
    claim_words,
    hearing_words,
    message_to_host,
    price_to_say,
    question_to_answer,
    speech_state,
)
from ui.panels.base import Panel
from ui.panels.spot import LEFT, Spot
from ui.prompters import name_button, prompter_button
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, clear, column, line, row
from ui.widgets.flow import Flow

HERO, LARGE, CLAIM = 64, 26, 16
LOW, LOW_HERO = 540, 40
"""A panel that is lower (large text on a small screen) has its price in sight all the same."""


class HostPanel(Panel):
    """Large type, read from two metres."""

    id = "host"
    rank = 100
    spots = {
        "streamer": Spot(LEFT, is_front=True),
    }
    place = LEFT
    keys = (("N", "products.key_next"), ("C", "products.key_card"), ("T", "products.key_try_on"))

    def build(self) -> None:
        self.prompter = self.tool(prompter_button(self.desk))
        self.ears = self.tool(Button("", icon="microphone", clicked=self._listen))
        self.stand_in = Button("", clicked=self._change_host)
        self.say_next = Button("", clicked=self._say_next)
        inside = QWidget()
        layout = column(gap=10, margins=(16, 12, 16, 12))
        self._name = TextLabel(size=HERO, weight=600, wraps=True)
        self._price = TextLabel(size=HERO, weight=600)
        self._offer = TextLabel(size=LARGE, weight=600, tone="attention")
        self._stock = TextLabel(size=LARGE)
        self._time = TextLabel(size=LARGE, tone="muted", is_steady=True)
        self._segment = TextLabel(size=LARGE, weight=600, wraps=True)
        money = Flow(gap=16)
        for part in (self._price, self._offer, self._stock, self._time):
            money.addWidget(part)
        self._points = QVBoxLayout()
        self._points.setSpacing(tokens.px(6))
        self._next = Button("", "primary", dense=False, clicked=self._take_next)
        self._next.setFont(tokens.font(20, 600))
        self._question = TextLabel(size=LARGE, wraps=True)
        self._asker = TextLabel(size=13, tone="muted")
        self.claim = TextLabel(size=CLAIM, weight=600, tone="attention", wraps=True)
        self._claim_why = TextLabel(size=12, tone="muted", wraps=True)
        self.put_right = Button("", clicked=self._dismiss)
        self.hearing = TextLabel(size=13, tone="muted", wraps=True)
        self.speech = TextLabel(size=13, tone="muted", wraps=True)
        self._answer = TextLabel(size=13, tone="muted", wraps=True)
        self._left_out = TextLabel(size=13, tone="attention", wraps=True)
        self._told_by = TextLabel(size=13, tone="muted")
        self._told = TextLabel(size=LARGE, weight=600, wraps=True)
        self._read = Button("", "attention", clicked=self._acknowledge)
        self._message = ""
        layout.addWidget(self._name)
        layout.addLayout(money)
        layout.addWidget(self._segment)
        layout.addLayout(self._points)
        layout.addStretch(1)
        inside.setLayout(layout)
        self.add_scroll(inside)
        foot = QWidget()
        below = column(gap=6, margins=(16, 6, 16, 12))
        below.addWidget(self.hearing)
        below.addLayout(row(self.stand_in, self.say_next, 1, gap=8))
        below.addWidget(self.speech)
        below.addWidget(self.claim)
        below.addWidget(self._claim_why)
        below.addLayout(row(1, self.put_right, gap=8))
        below.addWidget(self._next)
        below.addWidget(line())
        below.addWidget(self._asker)
        below.addWidget(self._question)
        below.addWidget(self._answer)
        below.addWidget(self._left_out)
        below.addWidget(line())
        below.addLayout(row(self._told_by, 1, self._read, gap=8))
        below.addWidget(self._told)
        foot.setLayout(below)
        self.add(foot)
        self._shown_points: tuple[str, ...] | None = None
        parts = (
            "shop",
            "run_order",
            "offers",
            "comments",
            "plans",
            "post",
            "rundown",
            "guard",
            "standin",
            "assistant",
        )
        listen(self, self.desk.store.changed, lambda part: self._show() if part in parts else None)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._show_time)
        self._tick.start(1000)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As large as leaves room for the rest."""
        super().resizeEvent(event)
        size = HERO if self.height() >= tokens.px(LOW) else LOW_HERO
        for label in (self._name, self._price):
            label.setFont(tokens.font(size, 600))

    def retext(self) -> None:
        super().retext()
        name_button(self.prompter)
        self._read.setText(t("host.read"))
        self._read.name(t("host.read"))
        self.put_right.setText(t("guard.dismiss"))
        self.put_right.name(t("guard.dismiss"))
        self._show()

    def _show(self) -> None:
        shop, part = self.desk.store.shop, self.desk.store.comments
        product = shop.product(shop.explaining)
        self._name.setText(f"{product.number} {product.name}" if product else t("host.nothing"))
        self._show_price(product)
        stock = product.stock if product else None
        self._stock.setText("" if stock is None else t("products.stock", n=stock))
        self._stock.set_tone("attention" if stock is not None and stock <= 10 else "")
        points = product.points if product else ()
        if points != self._shown_points:
            self._shown_points = points
            clear(self._points)
            for point in points:
                self._points.addWidget(TextLabel(f"•  {point}", size=LARGE, wraps=True))
        after = self._after()
        self._next.setVisible(after is not None)
        if after is not None:
            self._next.setText(t("host.next", name=f"{after.number} {after.name}") + "   N")
        pinned = question_to_answer(self.desk.store)
        self._asker.setText(
            t("host.on_picture" if part.pinned else "host.asked", author=pinned.author)
            if pinned
            else t("host.no_question")
        )
        self._question.setText(pinned.text if pinned else "")
        self._show_assistant(pinned.id if pinned else "")
        self._show_claim()
        self._show_told()
        self._show_time()

    def _show_price(self, product: Product | None) -> None:
        words, is_offer = price_to_say(self.desk.store, product) if product else ("", False)
        price, _, offer = words.partition("  ")
        self._price.setText(price)
        self._price.set_tone("attention" if is_offer else "")
        self._offer.setText(offer)
        self._offer.setVisible(bool(offer))

    def _show_assistant(self, question: str) -> None:
        """What the facts say to the question on screen, and what was left out."""
        view = self.desk.store.assistant
        answer = next((q.answer for q in view.questions if q.id == question and q.answer), None)
        words = pick(answer.text) if answer else ""
        source = _source_words(answer.source) if answer else ""
        self._answer.setText(t("host.answer", words=words, source=source) if source else words)
        self._answer.setVisible(bool(words))
        left = view.left_out[-1] if view.left_out else ""
        self._left_out.setText(t("host.left_out", text=left) if left else "")
        self._left_out.setVisible(bool(left))

    def _show_claim(self) -> None:
        """Quiet: a line that is gone when all is well."""
        alarm = claim_to_correct(self.desk.store)
        guard = self.desk.store.guard
        self.ears.setText(t("guard.stop" if guard.listens else "guard.listen"))
        self.ears.name(t("guard.stop" if guard.listens else "guard.listen"))
        standin = self.desk.store.standin
        self.stand_in.setVisible(bool(standin.scenes))
        self.stand_in.setText(t("standin.back" if standin.is_in else "standin.come"))
        self.stand_in.name(t("standin.back" if standin.is_in else "standin.come"))
        self.say_next.setVisible(standin.is_in)
        is_ours = standin.is_speaking or standin.is_waiting
        self.say_next.setText(t("standin.stop" if is_ours else "standin.next"))
        self.say_next.name(t("standin.stop" if is_ours else "standin.next"))
        state = speech_state(standin)
        self.speech.setText(t(f"standin.{state}") if state else "")
        self.speech.setVisible(bool(state))
        self.hearing.setText(hearing_words(guard))
        self.hearing.set_tone("attention" if guard.ears in ("absent", "failed") else "muted")
        self.hearing.setVisible(guard.listens)
        for part in (self.claim, self._claim_why, self.put_right):
            part.setVisible(alarm is not None)
        self.claim.setText(claim_words(alarm) if alarm else "")
        self._claim_why.setText(claim_reason(alarm) if alarm else "")

    def _change_host(self) -> None:
        command = "host.back" if self.desk.store.standin.is_in else "host.stand_in"
        self.desk.actions.run(command, {}, origin=self.stand_in)

    def _say_next(self) -> None:
        standin = self.desk.store.standin
        command = "host.stop" if standin.is_speaking or standin.is_waiting else "host.say"
        self.desk.actions.run(command, {}, origin=self.say_next)

    def _listen(self) -> None:
        guard = self.desk.store.guard
        args = {"on": not guard.listens, "source": guard.source}
        self.desk.actions.run("guard.listen", args, origin=self.ears)

    def _dismiss(self) -> None:
        alarm = claim_to_correct(self.desk.store)
        if alarm is not None:
            self.desk.actions.run("guard.dismiss", {"alarm": alarm.id}, origin=self.put_right)

    def _show_told(self) -> None:
        message = message_to_host(self.desk.store)
        self._message = message.id if message else ""
        self._told_by.setText(
            " · ".join(part for part in (clock(message.at_utc), message.who) if part)
            if message
            else t("host.no_message")
        )
        self._told.setText(message.text if message else "")
        self._told.set_tone("attention" if message and message.is_urgent else "")
        self._read.setVisible(bool(self._message))

    def _acknowledge(self) -> None:
        if self._message:
            args = {"message": self._message}
            self.desk.actions.run("post.acknowledge", args, origin=self._read)

    def _show_time(self) -> None:
        since = age_s(self.desk.store.shop.explaining_since)
        self._time.setText(ms_short(since) if since and self.desk.store.shop.explaining else "")
        view = self.desk.store.rundown
        left = left_s(view) if view.stage in RUNS else None
        on = next((item for item in view.items if item.item.id == view.now), None)
        if left is None or on is None:
            self._segment.setText("")
        else:
            key, time = ("host.over", -left) if left < 0 else ("host.left", left)
            self._segment.setText(t(key, name=on.item.title or on.item.id, time=ms_short(time)))
        self._segment.setVisible(bool(self._segment.text()))
        self._segment.set_tone("attention" if left is not None and left < 0 else "")

    def _after(self) -> Product | None:
        return product_after(self.desk.store.shop, self.desk.store.run_order)

    def _take_next(self) -> None:
        product = self._after()
        if product is not None:
            for command in ("shop.explain", "shop.card"):
                self.desk.actions.run(command, {"product": product.id}, origin=self._next)


def _source_words(source: str) -> str:
    """Where a fact stands: the catalogue, an offer, or what the person wrote who entered it."""
    place = source.rpartition(": ")[0] or source
    kind = place.partition(":")[0]
    return t(f"host.from_{kind}") if kind in ("catalogue", "offer") else place
