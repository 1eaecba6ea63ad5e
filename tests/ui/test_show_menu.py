"""The show's menu: saved elsewhere, made new, opened, brought in from OBS; the brand live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QMenu

from ui.bars import show_menu

pytestmark = pytest.mark.ui
SHARES_WINDOW = True
SOON = 15_000


def words_of(menu: QMenu) -> list[str]:
    return [action.text().split("\t")[0] for action in menu.actions() if action.text()]


def test_the_menu_has_the_show_and_what_was_done(qtbot: Any, program: Any) -> None:
    desk, button = program.window.desk, program.window.topbar.show_button
    scene = program.store.scenes.scenes[1].name
    program.actions.run("scenes.preview", {"scene": scene})
    program.actions.run("scenes.add", {"name": "Extra"})
    qtbot.waitUntil(lambda: "Extra" in program.actions.next_undo, timeout=SOON)
    menu = show_menu.open_show_menu(desk, button)
    words = words_of(menu)
    assert {"Open…", "Recent", "New…", "Save as…", "Import OBS scenes…", "Brand kit…"} <= {*words}
    undo = next(action for action in menu.actions() if action.text().startswith("Undo"))
    assert "Extra" in undo.text()
    undo.trigger()
    qtbot.waitUntil(lambda: program.store.scenes.scene("Extra") is None, timeout=SOON)
    qtbot.waitUntil(lambda: "Extra" in program.actions.next_redo, timeout=SOON)
    menu.close()
    program.actions.redo()
    qtbot.waitUntil(lambda: program.store.scenes.scene("Extra") is not None, timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: program.store.scenes.scene("Extra") is None, timeout=SOON)


def test_an_import_tells_what_did_not_match_and_is_taken_back(
    qtbot: Any, program: Any, tmp_path: Path
) -> None:
    window, store = program.window, program.store
    collection = {
        "name": "My OBS",
        "sources": [
            {"id": "color_source_v3", "name": "Blue", "settings": {"color": 0xFFFF0000}},
            {"id": "game_capture", "name": "Alerts", "settings": {"window": "a:b:c"}},
            {
                "id": "scene",
                "name": "From OBS",
                "settings": {"items": [{"name": "Blue", "id": 1}, {"name": "Alerts", "id": 2}]},
            },
        ],
        "scene_order": [{"name": "From OBS"}],
    }
    file = tmp_path / "obs.json"
    file.write_text(json.dumps(collection))
    before = len(store.scenes.scenes)
    dialog = show_menu.ask_import(window.desk, window.topbar.show_button)
    assert not dialog.isModal()
    dialog.fileSelected.emit(str(file))
    dialog.close()
    card = window.imported_card
    qtbot.waitUntil(card.isVisible, timeout=SOON)
    assert "My OBS" in card.words.text()
    rows = [card.list.topLevelItem(n).text(1) for n in range(card.list.topLevelItemCount())]
    assert "Alerts" in rows
    qtbot.waitUntil(lambda: len(store.scenes.scenes) == before + 1, timeout=SOON)
    card.close_card()
    program.actions.undo()
    qtbot.waitUntil(lambda: len(store.scenes.scenes) == before, timeout=SOON)


def test_the_brand_is_changed_live_in_one_step(qtbot: Any, program: Any) -> None:
    window, store = program.window, program.store
    window.change("brand", "")
    form = window.brand_card.form
    was = store.brand
    form.put("accent", "#00ff0")  # not yet a colour: nothing is sent
    form.put("accent", "#00ff00")
    qtbot.waitUntil(lambda: store.brand.accent == "#00ff00", timeout=SOON)
    form.put("accent", "#0000ff")
    qtbot.waitUntil(lambda: store.brand.accent == "#0000ff", timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: store.brand == was, timeout=SOON)
    qtbot.waitUntil(lambda: form.values()["accent"] == was.accent, timeout=SOON)
    window.brand_card.close_card()


def test_a_show_is_saved_elsewhere_and_work_goes_on_there(
    qtbot: Any, program: Any, tmp_path: Path
) -> None:
    window, store = program.window, program.store
    button = window.topbar.show_button
    dialog = show_menu.ask_save_as(window.desk, button)
    dialog.fileSelected.emit(str(tmp_path / "Mine.show"))
    dialog.close()
    qtbot.waitUntil(lambda: store.show.folder == str(tmp_path / "Mine.show"), timeout=SOON)
    assert not store.show.is_readonly
    dialog = show_menu.ask_new(window.desk, button)
    dialog.fileSelected.emit(str(tmp_path / "Fresh.show"))
    dialog.close()
    qtbot.waitUntil(lambda: store.show.folder == str(tmp_path / "Fresh.show"), timeout=SOON)
    qtbot.waitUntil(lambda: [s.purpose for s in store.scenes.scenes] == ["standby"], timeout=SOON)
    assert "Fresh" in button.text()
    menu = show_menu.open_show_menu(window.desk, button)
    recent = next(action.menu() for action in menu.actions() if action.text() == "Recent")
    qtbot.waitUntil(lambda: len(recent.actions()) >= 2, timeout=SOON)
    mine = next(action for action in recent.actions() if action.text().startswith("Mine"))
    mine.trigger()
    menu.close()
    qtbot.waitUntil(lambda: len(store.scenes.scenes) > 1, timeout=SOON)
