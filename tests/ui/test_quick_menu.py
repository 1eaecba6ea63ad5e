"""Quick answers on the desk: made in a comment's menu, seen filled in, sent, never unfilled."""

from __future__ import annotations

import os
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from tests.ui.test_feeds_panel import twitch
from tests.ui.test_offers_panel import SOON, pop_form
from ui.i18n import language
from ui.panels.comments.quick import QuickMenu

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def opened(panel, entry) -> QuickMenu:
    """The menu of quick answers of a comment, shown."""
    panel.list.asked.emit(entry, panel.list.mapToGlobal(panel.list.pos()))
    menu = next(m for m in panel.findChildren(QMenu) if m.isVisible())
    return next(m for m in menu.findChildren(QuickMenu))


def line(menu: QMenu, name: str):
    return next(a for a in menu.actions() if a.text().startswith(name))


def look_at(menu: QMenu, name: str) -> None:
    """Keeps a picture of the menu where somebody wants to look."""
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        menu.popup(menu.parentWidget().pos())
        QApplication.processEvents()
        menu.grab().save(f"{folder}/{name}.png")


def closed(menu: QMenu) -> None:
    parent = menu.parentWidget()
    menu.close()
    parent.close()
    QApplication.processEvents()


def test_an_answer_is_made_seen_filled_in_and_sent(program, qtbot):
    panel, store = program.window.panels["comments"], program.store
    program.window.reveal("comments")
    product = min(store.shop.products, key=lambda p: p.number)
    program.actions.run("shop.card", {"product": product.id})
    program.actions.run("shop.explain", {"product": product.id})
    qtbot.waitUntil(lambda: store.shop.explaining == product.id, timeout=SOON)
    heard: list[str] = []
    delete = threading.Event()
    with twitch(heard, delete) as port:
        settings = {"channel": "coats", "login": "shop", "token": "planted-quick-token",
                    "url": f"ws://127.0.0.1:{port}"}  # fmt: skip
        args = {"name": "Quick chat", "kind": "twitch", "settings": settings}
        program.actions.run("feeds.add", args)
        qtbot.waitUntil(lambda: any(e.id == "77" for e in store.comments.all), timeout=SOON)
        entry = next(e for e in store.comments.all if e.id == "77")
        menu = opened(panel, entry)
        line(menu, "New quick answer").trigger()
        closed(menu)
        form = pop_form()
        form.form.put("name", "Price")
        form.form.put("text", "Today {price}, {stock} left")
        qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
        program.actions.run("comments.quick_put", {"name": "Height", "text": "Up to {height}"})
        qtbot.waitUntil(lambda: len(store.comments.answers) == 2, timeout=SOON)
        menu = opened(panel, entry)
        qtbot.waitUntil(lambda: "{price}" not in line(menu, "Price").text(), timeout=SOON)
        qtbot.waitUntil(lambda: not line(menu, "Height").isEnabled(), timeout=SOON)
        assert "no height" in line(menu, "Height").text(), "and why it cannot be sent"
        said = line(menu, "Price").text().partition("：")[2]
        assert said.startswith("Today ")
        look_at(menu, "quick_en")
        line(menu, "Price").trigger()
        closed(menu)
        qtbot.waitUntil(lambda: any(said in told for told in heard), timeout=SOON)
        language.set("zh")
        menu = opened(panel, entry)
        qtbot.waitUntil(lambda: "{price}" not in line(menu, "Price").text(), timeout=SOON)
        look_at(menu, "quick_zh")
        closed(menu)
        language.set("en")
        delete.set()
        program.actions.run("feeds.remove", {"name": "Quick chat"})
        for name in ("Price", "Height"):
            program.actions.run("comments.quick_remove", {"name": name})
        qtbot.waitUntil(lambda: not store.comments.answers, timeout=SOON)
        assert not any("{" in told for told in heard)
