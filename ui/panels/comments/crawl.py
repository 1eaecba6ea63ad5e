"""Comments that cross the picture: how, chosen from a menu; a bar says so while they do."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QMenu

from studio.comments.model import CrawlView
from ui.desk import Desk
from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, below, row

CHOICES: dict[str, tuple[object, ...]] = {
    "kind": ("off", "bullets", "ticker"),
    "which": ("all", "questions"),
    "wait_s": (0, 3, 5, 10),
    "lines": (1, 2, 3, 4, 6),
    "size": (0.75, 1, 1.5),
    "seconds": (6, 10, 16),
}
"""What the menu offers; the first is the way itself, the others stand below it."""


class CrawlButton(Button):
    """Opens the menu; filled while comments cross."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("", "quiet", icon="crawl", clicked=self.open_menu)
        self._desk = desk

    def retext(self) -> None:
        """In the desk's language."""
        self.name(t("comments.crawl"), t("comments.crawl_tip"))

    def open_menu(self) -> QMenu:
        """Shows the menu below the button."""
        settings = self._desk.store.comments.crawl.settings
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for field, offered in CHOICES.items():
            part = menu if field == "kind" else menu.addMenu(t(f"comments.crawl_{field}"))
            for value in offered:
                action = part.addAction(_words(field, value))
                action.setCheckable(True)
                action.setChecked(getattr(settings, field) == value)
                action.triggered.connect(partial(self._choose, field, value))
            if field == "kind":
                menu.addSeparator()
        menu.popup(below(self))
        return menu

    def _choose(self, field: str, value: object, _: bool = False) -> None:
        self._desk.actions.run("comments.crawl", {field: value}, origin=self)


class CrawlBar(QFrame):
    """Says how comments cross and how many did; hidden while none do."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("crawl")
        self.setStyleSheet(f"#crawl {{ background: {tokens.NEXT_SOFT}; }}")
        self._desk = desk
        self.words = TextLabel(size=12, elides=True)
        self.off = Button("", clicked=self._end)
        line = row(gap=8, margins=(12, 5, 8, 5))
        line.addWidget(self.words, 1)
        line.addWidget(self.off)
        self.setLayout(line)
        self.hide()

    def show_crawl(self, crawl: CrawlView) -> None:
        """How it stands now."""
        kind = crawl.settings.kind
        self.setVisible(kind != "off")
        if kind == "off":
            return
        words = t(f"comments.crawling_{kind}", n=crawl.shown)
        if crawl.waiting:
            words += " · " + t("comments.crawl_waiting", n=crawl.waiting)
        if crawl.left_out:
            words += " · " + t("comments.crawl_left_out", n=crawl.left_out)
        self.words.setText(words)
        self.off.setText(t("comments.crawl_end"))
        self.off.name(t("comments.crawl_end"), t("comments.crawl_end_tip"))

    def _end(self) -> None:
        self._desk.actions.run("comments.crawl", {"kind": "off"}, origin=self.off)


def _words(field: str, value: object) -> str:
    if field in ("kind", "which"):
        return t(f"comments.crawl_{field}_{value}")
    if field in ("wait_s", "seconds"):
        return t("comments.veto_s", n=value) if value else t("comments.veto_off")
    if field == "size":
        return f"{float(str(value)):.0%}"
    return str(value)
