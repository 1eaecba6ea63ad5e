"""What the host needs while talking: this product, its points, the question on screen."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.shop.model import Product
from ui.format import age_s, clock, ms_short
from ui.i18n import pick, t
from ui.listen import listen
from ui.models.saying import price_to_say, question_to_answer, told_to_host
from ui.panels.base import Panel
from ui.panels.spot import LEFT, Spot
from ui.prompters import name_button, prompter_button
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, clear, column, line, row

SHOWN_TOLD = 4


class HostPanel(Panel):
    """Large type, read from two metres."""

    id = "host"
    rank = 100
    spots = {
        "streamer": Spot(LEFT),
    }
    place = LEFT
    keys = (("N", "products.key_next"), ("C", "products.key_card"), ("T", "products.key_try_on"))

    def build(self) -> None:
        self.prompter = self.tool(prompter_button(self.desk))
        inside = QWidget()
        layout = column(gap=10, margins=(16, 12, 16, 12))
        self._name = TextLabel(size=24, weight=600, wraps=True)
        self._price = TextLabel(size=30, weight=600)
        self._stock = TextLabel(size=18)
        self._time = TextLabel(size=16, tone="muted")
        money = row(self._price, self._stock, gap=16)
        money.addStretch(1)
        money.addWidget(self._time)
        self._points = QVBoxLayout()
        self._points.setSpacing(tokens.px(6))
        self._next = Button("", "primary", dense=False, clicked=self._take_next)
        self._next.setFont(tokens.font(16, 600))
        self._question = TextLabel(size=20, wraps=True)
        self._asker = TextLabel(size=13, tone="muted")
        self._told = QVBoxLayout()
        layout.addWidget(self._name)
        layout.addLayout(money)
        layout.addLayout(self._points)
        layout.addWidget(self._next)
        layout.addWidget(line())
        layout.addWidget(self._asker)
        layout.addWidget(self._question)
        layout.addLayout(self._told)
        layout.addStretch(1)
        inside.setLayout(layout)
        self.add_scroll(inside)
        self._shown_points: tuple[str, ...] | None = None
        parts = ("shop", "offers", "comments", "plans")
        listen(self, self.desk.store.changed, lambda part: self._show() if part in parts else None)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._show_time)
        self._tick.start(1000)

    def retext(self) -> None:
        super().retext()
        name_button(self.prompter)
        self._show()

    def _show(self) -> None:
        shop, part = self.desk.store.shop, self.desk.store.comments
        product = shop.product(shop.explaining)
        self._name.setText(f"{product.number} · {product.name}" if product else t("host.nothing"))
        self._show_price(product)
        stock = product.stock if product else None
        self._stock.setText("" if stock is None else t("products.stock", n=stock))
        self._stock.set_tone("attention" if stock is not None and stock <= 10 else "")
        points = product.points if product else ()
        if points != self._shown_points:
            self._shown_points = points
            clear(self._points)
            for point in points:
                self._points.addWidget(TextLabel(f"•  {point}", size=20, wraps=True))
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
        self._show_told()
        self._show_time()

    def _show_price(self, product: Product | None) -> None:
        words, is_offer = price_to_say(self.desk.store, product) if product else ("", False)
        self._price.setText(words)
        self._price.set_tone("attention" if is_offer else "")

    def _show_told(self) -> None:
        clear(self._told)
        for told in told_to_host(self.desk.store)[:SHOWN_TOLD]:
            tone = "attention" if told.level in ("red", "amber", "attention") else "muted"
            text = f"{clock(told.at_utc)}  {pick(told.text)}"
            self._told.addWidget(TextLabel(text, size=16, tone=tone, wraps=True))

    def _show_time(self) -> None:
        since = age_s(self.desk.store.shop.explaining_since)
        self._time.setText(ms_short(since) if since and self.desk.store.shop.explaining else "")

    def _after(self) -> Product | None:
        shop = self.desk.store.shop
        order = sorted(shop.products, key=lambda p: p.number)
        if not order:
            return None
        at = next((n for n, p in enumerate(order) if p.id == shop.explaining), -1)
        return order[(at + 1) % len(order)]

    def _take_next(self) -> None:
        product = self._after()
        if product is not None:
            for command in ("shop.explain", "shop.card"):
                self.desk.actions.run(command, {"product": product.id}, origin=self._next)
