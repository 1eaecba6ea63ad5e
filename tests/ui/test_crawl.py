"""Bullet comments on the desk: chosen in a menu, said in a bar, ended by a click."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.ui.test_offers_panel import SOON, look
from ui.i18n import language

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def choose(panel, title: str, part: str = "") -> None:
    menu = panel.crawl.open_menu()
    found = menu
    if part:
        found = next(a.menu() for a in menu.actions() if a.text() == part)
    next(a for a in found.actions() if a.text() == title).trigger()
    menu.close()


def test_comments_cross_the_picture_and_are_ended(program, qtbot):
    panel, store = program.window.panels["comments"], program.store
    program.window.reveal("comments")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    assert not panel.crawling.isVisible()
    choose(panel, "None", "Wait before")
    qtbot.waitUntil(lambda: store.comments.crawl.settings.wait_s == 0, timeout=SOON)
    choose(panel, "Bullet comments")
    qtbot.waitUntil(panel.crawling.isVisible, timeout=SOON)
    program.actions.run("comments.say", {"text": "主播今天真好看呀", "author": "小鹿"})
    qtbot.waitUntil(lambda: store.comments.crawl.shown > 0, timeout=SOON)
    qtbot.waitUntil(lambda: " shown" in panel.crawling.words.text(), timeout=SOON)
    for name, code, size in (
        ("crawl_en_1280", "en", (1280, 720)),
        ("crawl_zh_1920", "zh", (1920, 1080)),
    ):
        language.set(code)
        program.window.resize(*size)
        look(program, name)
    language.set("en")
    choose(panel, "Questions alone", "Which comments")
    qtbot.waitUntil(lambda: store.comments.crawl.settings.which == "questions", timeout=SOON)
    qtbot.mouseClick(panel.crawling.off, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel.crawling.isVisible(), timeout=SOON)
    assert store.comments.crawl.settings.kind == "off"
