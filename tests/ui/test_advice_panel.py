"""The advice panel: an order proposed with reasons, taken over by one click and taken back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QScrollArea

from studio.insight.model import LabelPair
from studio.insight.outlook.model import Outlook, OutlookDay
from studio.insight.shape.model import FunnelStep, HeatMap, ShowShape, WidePath
from studio.insight.strip.model import (
    ShowStrip,
    SpeechLine,
    StripLane,
    StripMark,
    StripShot,
)
from tests.ui.test_offers_panel import pop_form
from ui.i18n import language

SOON = 60_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def look(program, name):
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(str(Path(folder) / f"{name}.png"))


def test_an_order_is_proposed_and_taken_over(program, qtbot, tmp_path):
    program.window.pages.set_page("review")
    panel = program.window.panels["advice"]
    program.window.reveal("advice")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    assert not panel.order.accept.isEnabled()
    qtbot.mouseClick(panel.order.propose, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.order.model.rowCount() > 0, timeout=SOON)
    goods = program.window.desk.store.shop.products
    assert panel.order.model.rowCount() == len(goods)
    assert panel.order.says.text()
    look(program, "advice")
    sku = goods[0].skus[0]
    program.window.desk.actions.run("offers.limit", {"sku": sku, "cost_cents": 6000})
    qtbot.mouseClick(panel.choices["price"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.price.choice.findData(sku) >= 0, timeout=SOON)
    panel.price.choice.setCurrentIndex(panel.price.choice.findData(sku))
    qtbot.mouseClick(panel.price.propose, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.price.proposal is not None, timeout=SOON)
    found = panel.price.proposal
    assert found.ladder[0] >= 6000
    look(program, "price")
    if found.cents != found.now_cents:
        qtbot.mouseClick(panel.price.accept, Qt.MouseButton.LeftButton)
        store = program.window.desk.store
        qtbot.waitUntil(lambda: any(row.sku == sku for row in store.pricing.prices), timeout=SOON)
        qtbot.mouseClick(panel.price.withdraw, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(
            lambda: all(row.cents == row.list_cents for row in store.pricing.prices), timeout=SOON
        )
    qtbot.mouseClick(panel.choices["forecast"], Qt.MouseButton.LeftButton)
    panel.forecast.outlook = None  # a try before this one may have left its own
    qtbot.mouseClick(panel.forecast.ask, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.forecast.outlook is not None, timeout=SOON)
    assert not panel.forecast.band.isVisible()  # a first show has no three weeks behind it
    assert "21" in panel.forecast.says.text()
    day = OutlookDay("2026-12-24", 100.0, 300.0, 500.0, LabelPair("圣诞节", "Christmas"), False)
    panel.forecast.band.put(Outlook(LabelPair(), money=(day, replace(day, date="2026-12-25"))))
    assert "Christmas" in panel.forecast.band.accessibleName()
    look(program, "forecast")
    shape = program.window.panels["funnel"]
    program.window.reveal("funnel")
    qtbot.waitUntil(shape.isVisible, timeout=SOON)
    heat = HeatMap(LabelPair("热力", "Heat"), ("1", "7"), ("00", "01"), ((1.0, None), (0.0, 9.0)))
    steps = tuple(
        FunnelStep(name, LabelPair(name, name), value, rate, rate, LabelPair("平台", "platform"))
        for name, value, rate in (
            ("seen", 900.0, None),
            ("came", 300.0, 33.3),
            ("paid", None, None),
        )
    )
    shape.shape = ShowShape(1, "A", "", steps, (9, 3), (WidePath(("ads", "live"), 3),), (), heat,
                            heat, ())  # fmt: skip
    shape.retext()
    assert "Sun 01: 9" in shape.week.accessibleName()
    assert "no data: platform" in shape.bars.accessibleName()
    assert shape.model.rowCount() == 1
    for who in ("douyin/rosa", "douyin/lin"):
        args = {"who": who, "purpose": "ads", "text_version": "2026-11"}
        program.actions.run("privacy.consent", args)
    qtbot.waitUntil(lambda: program.store.privacy.consents == 2, timeout=SOON)
    qtbot.mouseClick(shape.reach.count, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shape.reach.counts.get("everyone") == 2, timeout=SOON)
    qtbot.mouseClick(shape.reach.write, Qt.MouseButton.LeftButton)
    form = pop_form()
    form.form.put("reason", "autumn coupons")
    if folder := os.environ.get("SHOPCAST_LOOK"):
        form.grab().save(str(Path(folder) / "reach_form.png"))
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shape.reach.rows) == 1, timeout=SOON)
    assert (shape.reach.rows[0].people, shape.reach.rows[0].is_full) == (2, False)
    shape.findChild(QScrollArea).ensureWidgetVisible(shape.reach)
    look(program, "funnel")
    language.set("zh")
    look(program, "funnel_zh")
    language.set("en")
    strip = program.window.panels["strip"]
    program.window.reveal("strip")
    qtbot.waitUntil(strip.isVisible, timeout=SOON)
    lane = StripLane("units", LabelPair("件数", "Pieces"), "", (1.0, 4.0, None), (2.0, None, 1.0))
    strip.put(ShowStrip(2, "A", "2026-11-29T12:00:00.000Z", 3, 1.0, 2.0, (lane,),
                        (StripMark(61.0, "card", "hat"),), "1 · B"))  # fmt: skip
    strip.hand.setValue(65)
    assert "Pieces 4 (—)" in strip.says.text()
    assert "card hat" in strip.says.text()
    colours = ("#b03030", "#30b030", "#3030b0")
    shots = []
    for number, colour in enumerate(colours):
        picture = QPixmap(160, 90)
        picture.fill(colour)
        picture.save(str(tmp_path / f"{number}.jpg"))
        shots.append(StripShot(30.0 + 60 * number, str(tmp_path / f"{number}.jpg")))
    before = strip.lanes.height()
    strip.put(replace(strip.strip, speech=(SpeechLine(60.0, "这件大衣是羊毛的"),)))
    strip.hand.setValue(65)
    assert "这件大衣是羊毛的" in strip.says.text()
    strip.lanes.put_shots([*shots, StripShot(3.0, str(tmp_path / "gone.jpg"))])
    assert len(strip.lanes.shots) == 3
    assert strip.lanes.height() > before
    strip.hand.setValue(100)
    assert "羊毛" not in strip.says.text()
    strip.hand.setValue(65)
    look(program, "strip")
    language.set("zh")
    look(program, "strip_zh")
    language.set("en")
    program.window.pages.set_page("prepare")
    rivals = program.window.panels["rivals"]
    program.window.reveal("rivals")
    qtbot.waitUntil(rivals.isVisible, timeout=SOON)
    rivals.save({"rival": "甲店", "goods": "墨镜", "price": "199", "hours": "20:00–24:00"})
    qtbot.waitUntil(lambda: rivals.model.rowCount() == 1, timeout=SOON)
    look(program, "rivals")
    rivals.table.selectRow(0)
    qtbot.mouseClick(rivals.remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rivals.model.rowCount() == 0, timeout=SOON)
    program.window.pages.set_page("live")
