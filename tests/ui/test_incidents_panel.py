"""The incidents panel: an incident that happened is found, reviewed, and asked why."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from ui.widgets.pop_form import PopForm

SOON = 30_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = True


AWAY = "host_away"


def at_work(program) -> list[str]:
    return [run.plan for run in program.store.plans.runs]


def listed(panel) -> list[str]:
    return [row.plan for row in panel.model.found]


def save_form(qtbot, **values: str) -> None:
    (form,) = [
        w for w in QApplication.topLevelWidgets() if isinstance(w, PopForm) and w.isVisible()
    ]
    for name, value in values.items():
        form.form.put(name, value)
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)


def test_an_incident_is_found_reviewed_and_asked_why(program, qtbot):
    panel = program.window.panels["incidents"]
    before = dict(program.store.scenes.programme)
    program.actions.run("plans.run", {"plan": AWAY})
    qtbot.waitUntil(lambda: program.store.scenes.programme != before, timeout=SOON)
    qtbot.waitUntil(lambda: AWAY not in at_work(program), timeout=SOON)
    program.actions.run("plans.undo", {"plan": AWAY})
    qtbot.waitUntil(lambda: program.store.scenes.programme == before, timeout=SOON)
    program.window.pages.set_page("review")
    program.window.reveal("incidents")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    qtbot.waitUntil(lambda: AWAY in listed(panel), timeout=SOON)
    panel.table.selectRow(listed(panel).index(AWAY))  # a busy machine has incidents of its own
    qtbot.waitUntil(lambda: panel.report is not None, timeout=SOON)
    assert panel.report.plan == AWAY
    assert panel.lines.rowCount() >= 3
    qtbot.mouseClick(panel.review, Qt.MouseButton.LeftButton)
    save_form(qtbot, summary="The host left", why1="No deputy", learned="Name a deputy")
    qtbot.waitUntil(lambda: "Name a deputy" in panel.summary.text(), timeout=SOON)
    assert panel.report.review.whys == ("No deputy",)
    qtbot.mouseClick(panel.action, Qt.MouseButton.LeftButton)
    save_form(qtbot, what="Name a deputy", owner="Li", until="2020-01-01")
    qtbot.waitUntil(lambda: panel.head.badge.text == "1 actions late", timeout=SOON)
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(f"{folder}/incidents.png")

    def done() -> list[QPushButton]:
        buttons = panel.findChildren(QPushButton)
        return [b for b in buttons if b.accessibleName() == "Done: Name a deputy"]

    qtbot.waitUntil(lambda: len(done()) == 1 and done()[0].isVisible(), timeout=SOON)
    qtbot.mouseClick(done()[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.head.badge.text == "", timeout=SOON)
    qtbot.mouseClick(panel.why, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "was taken at" in panel.says.text(), timeout=SOON)
    program.window.pages.set_page("live")
