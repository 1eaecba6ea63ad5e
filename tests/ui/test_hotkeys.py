"""The hotkey editor on a real engine: keys work at once, are kept, told when taken."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.api import Hotkey, load_settings

pytestmark = pytest.mark.ui
SOON = 8_000
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def editor(qtbot: Any, program: Any) -> Any:
    """The editor, open, with the person's keys as they are at first."""
    window = program.window
    window.hotkeys.put({})
    window.change("hotkeys", "")
    yield window.hotkeys_card
    window.hotkeys.put({})


def test_a_key_is_captured_and_works_at_once(qtbot: Any, program: Any, editor: Any) -> None:
    window, store = program.window, program.store
    editor.select("comments.unpin")
    assert editor.line().keys == "Shift+P"
    editor.capture.click()
    QTest.keyClick(editor.capture, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert editor.line().keys == "Shift+F5"
    assert load_settings().hotkeys["comments.unpin"].keys == "Shift+F5"
    editor.close_card()
    with qtbot.waitSignal(program.actions.said, timeout=SOON):
        QTest.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert store.is_loaded


def test_a_scene_has_a_key_of_its_own(qtbot: Any, program: Any, editor: Any) -> None:
    window, store = program.window, program.store
    scene = store.scenes.scenes[2].name
    editor.add.click()
    editor.commands.setCurrentIndex(editor.commands.findData("scenes.take"))
    editor.form.put("scene", scene)
    editor.add_line()
    assert editor.line().name == f"scenes.take scene={scene}"
    editor.give("F8")
    editor.close_card()
    QTest.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == scene, timeout=SOON)
    window.hotkeys.show_card()
    from ui.widgets.basics import TextLabel

    assert "F8" in [entry.text() for entry in window.keys_card.findChildren(TextLabel)]
    window.keys_card.hide()


def test_a_taken_key_is_told_and_taken_over(program: Any, editor: Any) -> None:
    editor.select("replay.save")
    editor.give("Ctrl+K")  # the window's
    assert "Ctrl+K" in editor.words.text()
    assert editor.take_over.isHidden()
    assert editor.line().keys == "Ctrl+R"
    editor.give("Ctrl+S")
    assert not editor.take_over.isHidden()
    assert editor.line().keys == "Ctrl+R"
    editor.take_over.click()
    assert editor.line().keys == "Ctrl+S"
    own = program.settings.hotkeys
    assert own["show.save"] == Hotkey(command="show.save", keys="")
    editor.all_usual.click()
    assert program.settings.hotkeys == {}
    assert editor.line().keys == "Ctrl+R"


def test_the_key_of_standby_can_be_another(qtbot: Any, program: Any, editor: Any) -> None:
    window, store = program.window, program.store
    editor.select("scenes.standby")
    editor.give("F4")
    editor.close_card()
    names = [scene.name for scene in store.scenes.scenes]
    program.actions.run("scenes.take", {"scene": names[1], "transition": "cut"})
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == names[1], timeout=SOON)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    QTest.keyClick(window, Qt.Key.Key_F4)
    standby = next(s.name for s in store.scenes.scenes if s.purpose == "standby")
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == standby, timeout=SOON)


def test_keys_changed_by_a_command_are_taken_live(
    qtbot: Any, program: Any, editor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.core import settings

    mine = settings.load()
    mine.hotkeys = {"show.save": Hotkey(command="show.save", keys="F7")}
    settings.save(mine)
    lines = program.window.hotkeys.lines
    qtbot.waitUntil(
        lambda: any(line.keys == "F7" for line in program.window.hotkeys.lines), timeout=SOON
    )
    assert lines


def test_the_engine_lists_and_runs_the_persons_keys(qtbot: Any, program: Any, editor: Any) -> None:
    scene = program.store.scenes.scenes[1].name
    name = f"scenes.take scene={scene}"
    found: list[Any] = []
    program.actions.run("hotkeys.set", {"name": name, "keys": "Ctrl+Alt+2"}, done=found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=SOON)
    assert found[0].ok
    program.actions.run("hotkeys.set", {"name": "show.save", "keys": "Ctrl+Alt+2"},
                        done=found.append)  # fmt: skip
    qtbot.waitUntil(lambda: len(found) == 2, timeout=SOON)
    assert found[1].code == "conflict"
    program.actions.run("hotkeys.list", {}, done=found.append)
    qtbot.waitUntil(lambda: len(found) == 3, timeout=SOON)
    listed = {hotkey["name"]: hotkey for hotkey in found[2].result["result"]["hotkeys"]}
    assert listed[name]["keys"] == "Ctrl+Alt+2"
    assert listed["show.save"]["keys"] == "Ctrl+S"
    program.actions.undo()
    program.actions.run("hotkeys.list", {}, done=found.append)
    qtbot.waitUntil(lambda: len(found) == 4, timeout=SOON)
    assert name not in {hotkey["name"] for hotkey in found[3].result["result"]["hotkeys"]}


def test_a_snapshot_is_written_beside_the_recordings(qtbot: Any, program: Any) -> None:
    from pathlib import Path

    for what in ("programme", "preview"):
        program.window.monitors.snapshot(what)
        qtbot.waitUntil(
            lambda what=what: any(
                Path(program.store.engine.recordings).glob(f"{what} *.png")
            ),
            timeout=SOON,
        )  # fmt: skip
