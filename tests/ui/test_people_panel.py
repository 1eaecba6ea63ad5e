"""People and devices: somebody is lent rights by mouse, paired by a code, and taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.governance.rights.model import AskedView, GlassView, Operator, OperatorView, RightsView
from tests.ui.test_offers_panel import SOON, look, pop_form, press
from ui.i18n import language
from ui.panels.people.matrix import RightsModel
from ui.widgets.basics import TextLabel

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def words(panel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(TextLabel))


def test_somebody_is_lent_rights_and_taken_back(program, qtbot):
    panel, store = program.window.panels["people"], program.store
    program.window.reveal("people")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    press(qtbot, panel, "Add or lend")
    form = pop_form()
    form.form.put("name", "小李")
    form.form.put("hours", 6)
    form.form.put("no_prices", True)
    form.form.put("only_show", True)
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(store.rights.operators) == 1, timeout=SOON)
    operator = store.rights.operators[0].operator
    assert "offers.*" in operator.without
    assert operator.shows == (store.show.name,)
    assert operator.until
    program.actions.run("remote.token_add", {"name": "tablet", "operator": "小李"})
    qtbot.waitUntil(lambda: store.rights.operators[0].devices == ("tablet",), timeout=SOON)
    qtbot.waitUntil(lambda: "tablet" in words(panel), timeout=SOON)
    press(qtbot, panel, "Table of rights")
    qtbot.waitUntil(panel.table.isVisible, timeout=SOON)
    assert cell(panel.model, "shop.price", "小李") == "·"
    assert cell(panel.model, "scenes.take", "小李") == "✓"
    look(program, "people_en")
    language.set("zh")
    look(program, "people_zh")
    language.set("en")
    press(qtbot, panel, "Table of rights")
    program.actions.run("rights.remove", {"name": "小李"})
    qtbot.waitUntil(lambda: not store.rights.operators, timeout=SOON)


def cell(model: RightsModel, command: str, head: str) -> object:
    at = model.heads().index(head)
    row = [info.id for info in model.rows()].index(command)
    return model.data(model.index(row, at))


def test_what_waits_stands_first(program, qtbot):
    panel, store = program.window.panels["people"], program.store
    program.window.reveal("people")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    before = store.rights
    store.rights = RightsView(
        operators=(OperatorView(operator=Operator(name="小王"), is_here=True),),
        asked=(AskedView(id="1", command="outputs.stop", label=("停止", "Stop output"),
                         asked_by="小李", reason="late", until="2026-11-29T21:00:00Z"),),
        glass=(GlassView(id="g", operator="小张", reason="fire", at_utc="2026-11-29T20:00:00Z",
                         until="2026-11-29T20:15:00Z", commands=("scenes.take",)),),
    )  # fmt: skip
    try:
        store.changed.emit("rights")
        assert panel.head.badge.text == "2 waiting"
        said = words(panel)
        assert said.index("Stop output") < said.index("小张") < said.index("小王")
        look(program, "people_waits_en")
    finally:
        store.rights = before
        store.changed.emit("rights")
