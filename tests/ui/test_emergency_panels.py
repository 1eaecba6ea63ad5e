"""The command post and incidents: a task is taken, an incident is found, reviewed, asked why."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from ui.i18n import t
from ui.widgets.pop_form import PopForm

SOON = 30_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


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
    for plan in at_work(program):  # a busy machine has plans of its own, and the graver one first
        program.actions.run("plans.stop", {"plan": plan})
    qtbot.waitUntil(lambda: not at_work(program), timeout=SOON)
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
    qtbot.waitUntil(lambda: panel.head.badge.text == "1 action late", timeout=SOON)
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(f"{folder}/incidents.png")

    qtbot.mouseClick(panel.paper, Qt.MouseButton.LeftButton)
    end = f"incident-{panel.report.id}.pdf" if find_spec("typst") else ""
    qtbot.waitUntil(lambda: panel.says.text() != t("incidents.writing"), timeout=SOON)
    assert panel.says.text().endswith(end)

    def done() -> list[QPushButton]:
        buttons = panel.findChildren(QPushButton)
        return [b for b in buttons if b.accessibleName() == "Done: Name a deputy"]

    qtbot.waitUntil(lambda: len(done()) == 1 and done()[0].isVisible(), timeout=SOON)
    qtbot.mouseClick(done()[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.head.badge.text == "", timeout=SOON)
    qtbot.mouseClick(panel.why, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "was taken at" in panel.says.text(), timeout=SOON)
    program.window.pages.set_page("live")


def press(qtbot, panel, name: str) -> None:
    def found() -> list[QPushButton]:
        buttons = panel.findChildren(QPushButton)
        return [b for b in buttons if b.accessibleName() == name and b.isVisible()]

    qtbot.waitUntil(lambda: len(found()) == 1, timeout=SOON)
    qtbot.mouseClick(found()[0], Qt.MouseButton.LeftButton)


def test_a_task_is_taken_and_done_and_a_message_read(program, qtbot):
    panel = program.window.panels["post"]
    program.window.reveal("post")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    store = program.store
    if not store.post.is_open:  # a busy machine may have opened it by a plan
        program.actions.run("post.open", {})
    qtbot.waitUntil(lambda: store.post.is_open, timeout=SOON)
    task = {"role": "controller", "text": "Call the platform"}
    program.actions.run("post.task", task)
    press(qtbot, panel, "I do it: Call the platform")
    press(qtbot, panel, "Done: Call the platform")
    qtbot.waitUntil(lambda: any(t.done_utc for t in store.post.tasks), timeout=SOON)
    panel.words.setText("They answer in five minutes")
    qtbot.mouseClick(panel.send, Qt.MouseButton.LeftButton)
    press(qtbot, panel, "Got it: They answer in five minutes")
    folder = os.environ.get("SHOPCAST_LOOK")
    if folder:
        QApplication.processEvents()
        program.window.grab().save(f"{folder}/post.png")
    qtbot.mouseClick(panel.toggle, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not store.post.is_open, timeout=SOON)


def test_a_plan_is_read_checked_while_typed_and_not_kept_in_the_demo(program, qtbot):
    panel = program.window.panels["plans"]
    panel.ask_edit()
    card = panel.editor
    qtbot.waitUntil(lambda: card.which.count() > 20, timeout=SOON)
    card.which.setCurrentIndex(card.which.findData("source_lost"))
    card.which.activated.emit(card.which.currentIndex())
    qtbot.waitUntil(lambda: "source_health" in card.text.toPlainText(), timeout=SOON)
    qtbot.waitUntil(lambda: "controller" in card.sum.text().lower(), timeout=SOON)
    assert not card.keep.isEnabled(), "nothing has changed"
    wrong = card.text.toPlainText().replace("scenes.standby", "scenes.stendby")
    card.text.setPlainText(wrong)
    qtbot.waitUntil(
        lambda: any("stendby" in card.said.item(n).text() for n in range(card.said.count())),
        timeout=SOON,
    )
    (fault,) = [
        item
        for item in (card.said.item(n) for n in range(card.said.count()))
        if "Line" in item.text() and "stendby" in item.text()
    ]
    card.said.itemClicked.emit(fault)
    assert "stendby" in card.text.textCursor().selectedText()
    assert card.keep.isEnabled()
    card.keep.click()
    qtbot.waitUntil(lambda: "name of your own" in " ".join(
        found.text() for found in program.window.findChildren(QLabel)), timeout=SOON)  # fmt: skip
    assert not [p for p in program.store.plans.plans if p.needs_accept]
    card.close_card()
