"""Going live: a large button on every page, three lines, each with the way to its very field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from ui.layouts import NAMES, PAGES
from ui.theme import tokens
from ui.widgets.picture import PictureView

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]
SHARES_WINDOW = True
FULL_SIZE = True  # what a platform takes goes by the size
SOON = 20_000
RED = {
    QColor(name).rgb()
    for name in (tokens.ON_AIR, tokens.ON_AIR_FILL, tokens.ON_AIR_HOVER, tokens.ON_AIR_SOFT)
}


def places(window: Any) -> Iterator[str]:
    """Shows every layout of Live and every other page, one after the other."""
    for name in NAMES:
        window.set_layout(name)
        yield name
    for page in PAGES:
        window.set_page(page)
        yield page


def inside(window: QWidget, part: QWidget) -> bool:
    corner = part.mapTo(window, QPoint(0, 0))
    return window.rect().contains(QRect(corner, part.size()))


def press(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_button_is_on_every_page_and_nothing_is_red_off_air(qtbot: Any, program: Any) -> None:
    window = program.window
    qtbot.waitUntil(lambda: bool(program.store.ready.lines), timeout=SOON)
    for place in places(window):
        qtbot.waitUntil(lambda: window.topbar.go_live.start.isVisible(), timeout=SOON)
        start = window.topbar.go_live.start
        assert inside(window, start), place
        assert start.height() >= tokens.px(34), place
        QApplication.processEvents()
        image = window.grab().toImage()
        pictures = [
            QRect(view.mapTo(window, QPoint(0, 0)), view.size())
            for view in window.findChildren(PictureView)
            if view.isVisible()
        ]
        stage = window.monitors
        pictures.append(QRect(stage.mapTo(window, QPoint(0, 0)), stage.size()))
        red = [
            (x, y)
            for y in range(0, image.height(), 2)
            for x in range(0, image.width(), 2)
            if image.pixel(x, y) in RED and not any(area.contains(x, y) for area in pictures)
        ]
        assert red == [], (place, red[:3])
    window.set_layout("controller")


def test_three_lines_lead_to_the_field_and_the_same_is_told_to_all(
    qtbot: Any, program: Any
) -> None:
    window, store, card = program.window, program.store, program.window.go_live_card
    press(window.topbar.go_live.start)
    assert card.isVisible()
    assert list(card.heads) == ["picture", "sound", "line"]
    assert not card.start.isEnabled(), "there is nowhere to send"
    program.actions.run("outputs.add", {"name": "near", "url": "rtmp://127.0.0.1:9/live"})
    line = card.heads["line"]
    qtbot.waitUntil(lambda: "near" in line.text.text(), timeout=SOON)
    qtbot.waitUntil(lambda: card.start.isEnabled(), timeout=SOON)
    assert card.start.text() == "Go live anyway"
    told: list[Any] = []
    program.client.call("state.get", {"parts": ["ready"]}, lambda reply: told.append(reply.result))
    qtbot.waitUntil(lambda: bool(told), timeout=SOON)
    assert [head["text"] for head in told[0]["ready"]["heads"]] == [
        head.text for head in store.ready.heads
    ]
    press(line.fix)
    form = window.panels["outputs"].form
    assert form is not None
    assert not card.isVisible()
    assert form.window().focusWidget() is form.key  # whichever window the screen has in front
    form.key.setText("a-key-0123456789")
    press(form.save)
    card.open()
    qtbot.waitUntil(lambda: line.dot.tone != "attention", timeout=SOON)
    well = all(head.tone != "attention" for head in store.ready.heads)
    assert card.start.text() == ("Go live" if well else "Go live anyway")
    card.close_card()
    program.actions.run("outputs.remove", {"name": "near", "confirm": True})
    qtbot.waitUntil(lambda: store.output("near") is None, timeout=SOON)


def test_another_platform_brings_name_address_canvas_size_and_bitrate(
    qtbot: Any, program: Any
) -> None:
    window, store = program.window, program.store
    qtbot.waitUntil(lambda: len(store.platforms) > 9, timeout=SOON)
    window.reveal("outputs/+")
    form = window.panels["outputs"].form

    def choose(id: str) -> None:
        form.platform.setCurrentIndex(form.platform.findData(id))
        form.use_platform()

    choose("twitch")
    assert (form.name.text(), form.canvas.value) == ("Twitch", "landscape")
    assert form.url.text() == "rtmp://live.twitch.tv/app"
    choose("pinduoduo")
    assert (form.name.text(), form.canvas.value) == ("Pinduoduo", "portrait")
    assert form.url.text() == "", "the address of another platform is gone"
    assert form.bitrate.value() == 2500, "the canvas' 4500 is more than it takes"
    choose("youtube")
    assert form.bitrate.value() in (0, 6800)
    form.name.setText("my shop")
    form.url.setText("rtmp://127.0.0.1:9/own")
    choose("douyin")
    assert form.name.text() == "my shop", "what was written stays"
    assert form.url.text() == "rtmp://127.0.0.1:9/own"
    press(form.where)
    assert form.steps.isVisible()
    assert "1." in form.steps.text()
    for platform in store.platforms:
        assert platform.mark.zh, platform.id
        assert platform.mark.en, platform.id
        assert len(platform.where["zh"]) == len(platform.where["en"]) > 0, platform.id
        assert platform.canvas in platform.orientations, platform.id
        hue, strong, _, _ = QColor(platform.mark.colour).getHsv()
        assert strong < 120 or 20 <= hue <= 340, f"{platform.id}: red is for what is on air"
    form.closed.emit()


def test_on_air_the_button_ends_the_stream_when_it_is_held(qtbot: Any, program: Any) -> None:
    window, store, card = program.window, program.store, program.window.go_live_card
    program.actions.run("show.keep", {"name": "mine"})
    qtbot.waitUntil(lambda: not store.show.is_readonly, timeout=SOON)
    args = {"name": "far", "url": "rtmp://127.0.0.1:9/live", "key": "k"}
    program.actions.run("outputs.add", args)
    card.open()
    qtbot.waitUntil(lambda: card.start.isEnabled(), timeout=SOON)
    press(card.start)
    bar = window.topbar.go_live
    qtbot.waitUntil(lambda: bar.stop.isVisible() and not bar.start.isVisible(), timeout=SOON)
    qtbot.waitUntil(lambda: not card.isVisible(), timeout=SOON)
    bar.stop.held.emit()
    qtbot.waitUntil(lambda: bar.start.isVisible() and not bar.stop.isVisible(), timeout=SOON)
