"""The first minute and the settings: each step does what it says, each line acts and is found."""

from __future__ import annotations

import os
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QWidget

from studio.api import catalogue
from ui.dialogs.first_run import STEPS, placeholder
from ui.dialogs.help import PAGES, page_file
from ui.dialogs.settings.sections import SECTIONS
from ui.i18n import language
from ui.models.devices import Device, Devices

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 20_000


def press(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_from_nothing_to_a_rehearsal_in_eight_clicks(qtbot: Any, program: Any) -> None:
    """Camera, microphone, platform, product; clicks are counted, typing is not."""
    window, store = program.window, program.store
    qtbot.waitUntil(lambda: bool(store.ready.heads) and bool(store.platforms), timeout=SOON)
    card, clicks = window.first_run, 0
    store.devices = Devices(
        cameras=(Device("/dev/none", "A camera"),), microphones=(Device("nothing", "A mic"),)
    )
    store.look_for_devices = lambda: None  # this machine has none: what it lists is given
    host = placeholder(window.desk)
    assert host is not None
    assert host.kind == "clip"
    window.change("first_run", "")
    assert card.step == "camera"
    assert card.picture.isVisible()
    camera, microphone = card.steps["camera"], card.steps["microphone"]
    for step, next_step in ((camera, "microphone"), (microphone, "platform")):
        step.take(step.offered[0])
        clicks += 1
        qtbot.waitUntil(lambda step=step: bool(step.taken), timeout=SOON)
        press(card.next)
        clicks += 1
        assert card.step == next_step
    qtbot.waitUntil(lambda: store.source(host.name).kind == "camera", timeout=SOON)
    qtbot.waitUntil(lambda: store.source("A mic") is not None, timeout=SOON)
    card.steps["platform"].choose("twitch")
    clicks += 1
    form = card.steps["platform"].form
    form.key.setText("live_0123456789")
    press(form.save)
    clicks += 1
    qtbot.waitUntil(lambda: card.step == "product", timeout=SOON)
    assert store.air.settings["Twitch"].platform == "twitch"
    product = card.steps["product"]
    press(product.put)
    assert product.said.isVisible(), "what is missing is said in its place"
    product.name.setText("Blue hat")
    product.price.setText("$19.90")
    product.stock.setText("20")
    press(product.put)
    clicks += 1
    qtbot.waitUntil(lambda: card.step == "done", timeout=SOON)
    hat = next(p for p in store.shop.products if p.name == "Blue hat")
    assert (hat.price_cents, hat.stock, store.shop.card) == (1990, 20, hat.id)
    press(card.next)
    clicks += 1
    assert window.go_live_card.isVisible()
    assert clicks <= 8
    window.go_live_card.close_card()
    undone = {"name": host.name, "kind": "clip", "settings": host.settings}
    program.actions.run("sources.become", undone)
    qtbot.waitUntil(lambda: store.source(host.name).kind == "clip", timeout=SOON)


def test_every_step_can_be_skipped_and_waits_in_the_checks(qtbot: Any, program: Any) -> None:
    card = program.window.first_run
    card.open()
    for name in STEPS[:-1]:
        assert card.step == name
        press(card.skip)
    assert card.step == STEPS[-1]
    assert not card.skip.isVisible()
    card.close_card()


def test_every_setting_is_named_in_both_languages_and_found(qtbot: Any, program: Any) -> None:
    card = program.window.settings_card
    try:
        for code in ("zh", "en"):
            language.set(code)
            card.open()
            assert {section for section, _ in card.rows} == set(SECTIONS)
            for _, view in card.rows:
                keys = {f"ui.settings.{view.setting.id}", f"ui.settings.{view.setting.id}_help"}
                assert keys <= set(catalogue()), keys
                assert view.name.text()
                assert view.help.text()
                widget = view.setting.widget
                assert widget is None or widget.accessibleName(), view.setting.id
            card.search.setText(card.rows[3][1].name.text())
            assert card.rows[3][1].isVisibleTo(card)
            card.search.setText("qqqq")
            assert not any(view.isVisibleTo(card) for _, view in card.rows)
            assert card.nothing.isVisibleTo(card)
        card.search.setText("竖屏画布")
        assert [view.setting.id for _, view in card.rows if view.isVisibleTo(card)] == [
            "canvas_portrait"
        ], "found by its Chinese name on an English desk"
    finally:
        language.set("en")
        card.close_card()


def test_a_setting_acts_at_once(qtbot: Any, program: Any) -> None:
    card, store = program.window.settings_card, program.store

    def is_on() -> bool:
        return next(c.is_enabled for c in store.scenes.canvases if c.name == "portrait")

    card.open("video")
    was = is_on()
    toggle = next(v.setting.widget for _, v in card.rows if v.setting.id == "canvas_portrait")
    assert isinstance(toggle, QCheckBox)
    toggle.click()
    qtbot.waitUntil(lambda: is_on() is not was, timeout=SOON)
    program.actions.run("scenes.canvas", {"name": "portrait", "on": was})
    qtbot.waitUntil(lambda: is_on() is was, timeout=SOON)
    card.close_card()
    assert os.environ["SHOPCAST_DEMO"] == "zh"


def test_the_guide_is_read_and_searched_inside(qtbot: Any, program: Any) -> None:
    card = program.window.help_card
    try:
        for code, word in (("zh", "库存"), ("en", "standby")):
            language.set(code)
            card.open()
            assert card.list.count() == len(PAGES)
            for name in PAGES:
                file = page_file(name, code)
                assert file is not None, name
                assert file.name.endswith(".zh.md") == (code == "zh"), "a page in its own language"
                card.show_page(name)
                assert card.page.toPlainText().strip(), name
            card.search.setText(word)
            assert 0 < card.list.count() <= len(PAGES)
            assert card.page.textCursor().selectedText().lower() == word
            card.search.setText("qqqqqq")
            assert card.list.count() == 0
            assert card.nothing.isVisibleTo(card)
    finally:
        language.set("en")
        card.close_card()
