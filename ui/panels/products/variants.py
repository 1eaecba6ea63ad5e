"""The variants of a product as small buttons; those that have no room stand in a menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Button, below

GAP = 2


class VariantChips(QWidget):
    """No name is ever cut: as many as fit, the chosen one among them, the others behind "…".

    Args:
        choose: called with the SKU of the one that is chosen.
    """

    def __init__(self, choose: Callable[[str], None]) -> None:
        super().__init__()
        self._choose = choose
        self._names: tuple[tuple[str, str], ...] = ()
        self._chosen = ""
        self.chips: dict[str, Button] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.more = self._chip("…")
        self.more.clicked.connect(lambda: self.open_menu())

    def show_variants(self, names: tuple[tuple[str, str], ...], chosen: str) -> None:
        """What there is (SKU and name), and which of it is chosen."""
        if names != self._names:
            self._names = names
            for chip in self.chips.values():
                chip.hide()
                chip.deleteLater()
            self.chips = {}
            for sku, name in names:
                chip = self.chips[sku] = self._chip(name)
                chip.setCheckable(True)
                chip.clicked.connect(partial(self._clicked, sku))
                chip.name(t("products.variant", name=name))
            self.updateGeometry()
        self._chosen = chosen
        for sku, chip in self.chips.items():
            chip.setChecked(sku == chosen)
        self.more.name(t("products.variants", names=" · ".join(name for _, name in names)))
        self.setVisible(bool(names))
        self._fit()

    def open_menu(self) -> QMenu:
        """All of them, each whole."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for sku, name in self._names:
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(sku == self._chosen)
            action.triggered.connect(partial(self._clicked, sku))
        menu.popup(below(self.more))
        return menu

    def sizeHint(self) -> QSize:
        """All of them side by side."""
        wide = sum(chip.sizeHint().width() + self._gap for chip in self.chips.values())
        return QSize(max(0, wide - self._gap), self.more.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The menu alone."""
        return self.more.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many as there is room for now."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Sizes are known from here on."""
        super().showEvent(event)
        self._fit()

    @property
    def _gap(self) -> int:
        return tokens.px(GAP)

    def _clicked(self, sku: str, _: bool = False) -> None:
        self._choose(sku)

    def _chip(self, name: str) -> Button:
        chip = Button(name, "quiet")
        chip.setParent(self)
        chip.setFont(tokens.font(11))
        chip.setStyleSheet(
            f"QPushButton {{ padding: 0 {tokens.px(5)}px; min-height: {tokens.px(17)}px;"
            f" border-radius: {tokens.px(4)}px; }}"
        )
        return chip

    def _fit(self) -> None:
        wide = {sku: chip.sizeHint().width() for sku, chip in self.chips.items()}
        shown = set(wide)
        if sum(wide.values()) + self._gap * max(0, len(wide) - 1) > self.width():
            left = self.width() - self.more.sizeHint().width()
            shown = set()
            for sku in sorted(wide, key=lambda sku: sku != self._chosen):
                if wide[sku] + self._gap <= left:
                    shown.add(sku)
                    left -= wide[sku] + self._gap
        x, high = 0, self.more.sizeHint().height()
        for sku, chip in self.chips.items():
            chip.setVisible(sku in shown)
            if sku in shown:
                chip.setGeometry(x, 0, wide[sku], high)
                x += wide[sku] + self._gap
        self.more.setVisible(len(shown) < len(wide))
        self.more.setGeometry(x, 0, self.more.sizeHint().width(), high)
