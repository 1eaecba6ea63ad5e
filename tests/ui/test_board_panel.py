"""The board panel: alarms with what preceded them, known figures, and grey ones that say why."""

from __future__ import annotations

import os

import pytest
from PySide6.QtWidgets import QApplication

from studio.insight.board import Board
from studio.insight.model import BoardAlarm, InsightView, LabelPair, Preceding
from ui.panels.board.tile import FigureTile, figure_text

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
MINUTES = tuple(None if at < 4 else 40.0 + at % 7 for at in range(29))


def view() -> InsightView:
    board = Board()
    board.begin()
    for _ in range(30):
        board.figures.add("comments", 7)
        board.figures.add("exposed", 100)
        board.figures.add("entered", 31)
        board.step()
    seen = board.view()
    alarm = BoardAlarm(
        "comments-1", "comments", LabelPair("评论", "Comments"), "times", 4.0, 42.0,
        "2026-11-29T12:10:00.000Z", "2026-11-29T12:11:30.000Z",
        (Preceding("2026-11-29T12:09:51.000Z", "cut", "Host → Close-up"),),
        LabelPair("抛一个问题", "Ask the viewers something"),
    )  # fmt: skip
    return InsightView(seen.figures, (alarm,), 20, True)


def test_figures_and_alarms_are_shown_and_unknown_is_never_zero(program, qtbot):
    panel = program.window.panels["board"]
    program.window.reveal("board")
    qtbot.waitUntil(panel.isVisible, timeout=15_000)
    store = program.store
    store.insight = view()
    store.changed.emit("insight")
    tiles = {tile.name.text(): tile for tile in panel.findChildren(FigureTile)}
    assert tiles["Comments"].value.text() == "42"
    assert tiles["Exposed → entered"].value.text() == "31.0 %"
    assert tiles["Likes"].value.text() == "—"
    assert "no data" in tiles["Likes"].accessibleName()
    (alarm,) = panel.alarms.values()
    assert "normal 42" in alarm.title.text()
    assert "Host → Close-up" in alarm.before.text()
    assert panel.head.badge.text == "1 unusual"
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(f"{folder}/board.png")
    store.insight = InsightView()
    store.changed.emit("insight")
    assert panel.alarms == {}


def test_a_figure_reads_as_people_read_it():
    assert figure_text(None, "people") == "—"
    assert figure_text(0, "people") == "0"
    assert figure_text(12345.4, "people") == "12,345"
    assert figure_text(19900, "cents") == "¥199"
    assert figure_text(7.25, "%") == "7.2 %"
