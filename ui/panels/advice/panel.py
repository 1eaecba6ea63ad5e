"""What to do next: the order of goods, the price of one, what is to be expected."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ui.i18n import t
from ui.listen import listen
from ui.panels.advice.forecast import ForecastSection
from ui.panels.advice.order import OrderSection
from ui.panels.advice.price import PriceSection
from ui.panels.base import Panel
from ui.panels.spot import RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, calm
from ui.widgets.flow import Flow


class AdvicePanel(Panel):
    """Proposals in sections; nothing changes before a person says so."""

    id = "advice"
    rank = 79
    spots = {"prepare": Spot(RIGHT, 0), "review": Spot(RIGHT, 0)}
    keys = (("Tab", "advice.key_next"), ("↑ ↓", "advice.key_rows"))

    def build(self) -> None:
        self.order, self.price = OrderSection(self.desk), PriceSection(self.desk)
        self.forecast = ForecastSection(self.desk)
        self.choices = {
            "order": Button("", "quiet", checkable=True, clicked=self.show_order),
            "price": Button("", "quiet", checkable=True, clicked=self.show_price),
            "forecast": Button("", "quiet", checkable=True, clicked=self.show_forecast),
        }
        self.stack = QStackedWidget()
        for section in (self.order, self.price, self.forecast):
            self.stack.addWidget(section)
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.addLayout(Flow(*self.choices.values()))
        page.addWidget(self.stack, 1)
        inside.setLayout(page)
        calm(inside)
        self.add_scroll(inside)
        listen(self, self.desk.store.changed, self._changed)
        listen(self, self.desk.store.loaded, self._show)

    def retext(self) -> None:
        super().retext()
        for name, button in self.choices.items():
            button.setText(t(f"advice.show_{name}"))
            button.name(t(f"advice.show_{name}"), t(f"advice.show_{name}_tip"))
        self.order.retext(self.title())
        self.price.retext()
        self.forecast.retext()
        self._show()

    def show_order(self) -> None:
        """The order of goods."""
        self._choose(self.order)

    def show_price(self) -> None:
        """The price of one."""
        self._choose(self.price)

    def show_forecast(self) -> None:
        """What the next days bring."""
        self._choose(self.forecast)

    def show_place(self, place: str) -> None:
        """ "price" and "forecast" open that section."""
        if place in ("price", "forecast"):
            self.show_price() if place == "price" else self.show_forecast()

    def _choose(self, section: QWidget) -> None:
        self.stack.setCurrentWidget(section)
        self._show()

    def _changed(self, part: str) -> None:
        if part in ("advice", "shop", "pricing"):
            self._show()

    def _show(self) -> None:
        words = self.order.show_now()
        self.price.show_now()
        self.head.count.setText(words)
        for number, button in enumerate(self.choices.values()):
            button.setChecked(self.stack.currentIndex() == number)
