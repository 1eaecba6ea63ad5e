"""The sources panel: new kinds are drawn, copied, searched, and told what is seen on loss."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from ui.dialogs.card import FormCard
from ui.i18n import t
from ui.theme import icons, tokens
from ui.widgets.basics import Button

SOON = 15_000
pytestmark = pytest.mark.ui
SHARES_WINDOW = True


def source(program, name):
    return program.store.source(name)


def test_a_playlist_is_made_with_its_files_and_copied(program, qtbot):
    panel = program.window.panels["sources"]
    program.window.reveal("sources")
    panel.edit("")
    form = panel.form
    form.kind.setCurrentIndex(form.kind.findData("playlist"))
    form.name.setText("Films")
    form.into.setChecked(False)
    form.form.put("files", ["media/host.mp4", "media/closeup.mp4"])
    form.save.click()
    qtbot.waitUntil(lambda: source(program, "Films") is not None, timeout=SOON)
    assert source(program, "Films").settings["files"] == ["media/host.mp4", "media/closeup.mp4"]
    panel.rows["Films"].copy.click()
    qtbot.waitUntil(lambda: source(program, "Films 2") is not None, timeout=SOON)
    for name in ("Films", "Films 2"):
        program.actions.run("sources.remove", {"name": name})
    qtbot.waitUntil(lambda: source(program, "Films") is None, timeout=SOON)


def test_cues_are_typed_as_numbers(program, qtbot):
    panel = program.window.panels["sources"]
    program.window.reveal("sources")
    panel.edit("")
    form = panel.form
    form.kind.setCurrentIndex(form.kind.findData("clip"))
    form.form.widget("cues").setText("1, 2.5 4")  # seconds
    assert form.form.values()["cues"] == [1000, 2500, 4000]
    panel.close_form()


def test_what_is_seen_on_loss_is_chosen_in_the_form(program, qtbot):
    panel = program.window.panels["sources"]
    program.window.reveal("sources")
    name = next(s.name for s in program.store.sources if s.has_video)
    panel.edit(name)
    panel.form.on_loss.setCurrentIndex(panel.form.on_loss.findData("slate"))
    assert not panel.form.slate.isHidden()
    panel.form.save.click()
    qtbot.waitUntil(lambda: source(program, name).on_loss == "slate", timeout=SOON)
    program.actions.run("sources.on_loss", {"name": name, "policy": "hold"})
    qtbot.waitUntil(lambda: source(program, name).on_loss == "hold", timeout=SOON)


def test_a_search_leaves_what_fits(program, qtbot):
    panel = program.window.panels["sources"]
    program.window.reveal("sources")
    names = list(panel.rows)
    panel.search.setText(names[0])
    assert not panel.rows[names[0]].isHidden()
    assert any(panel.rows[name].isHidden() for name in names[1:])
    panel.search.setText("")
    assert not any(row.isHidden() for row in panel.rows.values())


def test_each_row_has_a_picture(program, qtbot):
    panel = program.window.panels["sources"]
    program.window.reveal("sources")
    name = next(s.name for s in program.store.sources if s.has_video)
    qtbot.waitUntil(lambda: panel.rows[name].thumb.has_picture, timeout=SOON)


def test_the_address_of_an_ingest_is_copied(program, qtbot):
    from PySide6.QtGui import QGuiApplication

    panel = program.window.panels["sources"]
    program.window.reveal("sources")
    program.actions.run("sources.add", {"name": "Phone", "kind": "ingest",
                                        "settings": {"port": 29_351}})  # fmt: skip
    qtbot.waitUntil(lambda: "Phone" in panel.rows, timeout=SOON)
    panel.rows["Phone"].address.click()
    wanted = "rtmp://127.0.0.1:29351/live/phone-"
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().startswith(wanted), timeout=SOON)
    program.actions.run("sources.remove", {"name": "Phone"})
    qtbot.waitUntil(lambda: "Phone" not in panel.rows, timeout=SOON)


def test_a_countdown_is_led_from_its_form(program, qtbot):
    panel = program.window.panels["sources"]
    program.window.reveal("sources")
    settings = {"seconds": 90, "starts": False}
    program.actions.run("sources.add", {"name": "Soon", "kind": "countdown", "settings": settings})
    qtbot.waitUntil(lambda: source(program, "Soon") is not None, timeout=SOON)
    panel.edit("Soon")
    told = []
    program.client.heard.connect(lambda name, data: told.append((name, data)))
    found = [entry for entry in panel.form.findChildren(Button) if entry.text() == t("media.play")]
    found[0].click()
    qtbot.waitUntil(lambda: any("sources.media" in str(entry) for entry in told), timeout=SOON)
    panel.close_form()
    program.actions.run("sources.remove", {"name": "Soon"})
    qtbot.waitUntil(lambda: source(program, "Soon") is None, timeout=SOON)


def test_a_form_that_has_no_room_in_its_panel_lies_over_the_window(program, qtbot):
    window = program.window
    window.set_layout("controller")
    window.resize(1280, 720)
    window.reveal("sources")
    panel = window.panels["sources"]
    qtbot.waitUntil(lambda: panel.widget().height() < 300, timeout=3000)
    panel.edit("")
    card = panel.form.window().findChild(FormCard)
    assert card is not None
    assert card.isVisible()
    assert window.rect().contains(card.geometry())
    assert panel.form.save.visibleRegion().boundingRect() == panel.form.save.rect()
    window.hotkeys.close_card()  # Esc, wherever the cursor is
    assert panel.form is None
    qtbot.waitUntil(lambda: window.findChild(FormCard) is None, timeout=3000)
    window.resize(1600, 900)


def test_a_narrow_panel_shows_whole_rows(program, qtbot):
    window = program.window
    window.set_layout("controller")
    window.resize(1280, 720)
    window.reveal("sources")
    panel = window.panels["sources"]
    first = next(iter(panel.rows.values()))
    area = panel.findChild(QScrollArea)
    qtbot.waitUntil(lambda: first.width() <= area.viewport().width(), timeout=3000)
    for part in (first.copy, first.edit, first.remove, first.state):
        assert first.rect().contains(part.geometry()), part
    assert first.title.width() >= first.title.fontMetrics().horizontalAdvance("主播机位")
    window.resize(1600, 900)


def test_a_panel_is_large_with_a_double_click_and_back_with_a_key(program, qtbot):
    window = program.window
    window.set_layout("controller")
    window.resize(1280, 720)
    panel = window.panels["fitting"]
    window.reveal("fitting")
    before = panel.height()
    QTest.mouseDClick(panel.head, Qt.MouseButton.LeftButton, pos=QPoint(400, 18))
    assert panel.isFloating()
    qtbot.waitUntil(lambda: panel.height() > 2 * before, timeout=3000)
    assert panel.head.isVisible()
    window.enlarge(panel)
    assert not panel.isFloating()
    window.resize(1600, 900)


def test_a_new_source_stands_in_the_scene_on_preview_and_is_renamed(program, qtbot):
    window, store = program.window, program.store
    panel = window.panels["sources"]
    window.reveal("sources")
    panel.edit("")
    form = panel.form
    form.kind.setCurrentIndex(form.kind.findData("colour"))
    form.name.setText("Wall")
    assert form.into.isChecked()  # preview is not on air
    scene = form.scene
    form.save.click()

    def stands(name):
        return any(item.source == name for item in store.scenes.scene(scene).items)

    qtbot.waitUntil(lambda: stands("Wall"), timeout=SOON)
    QTest.mouseDClick(panel.rows["Wall"].title, Qt.MouseButton.LeftButton)
    assert panel.form is not None
    panel.form.name.setText("Back wall")
    panel.form.save.click()
    qtbot.waitUntil(lambda: stands("Back wall") and panel.form is None, timeout=SOON)
    for _ in range(3):  # the name, the place, the source
        before = len(program.actions.undo_steps)
        program.actions.undo()
        qtbot.waitUntil(lambda n=before: len(program.actions.undo_steps) < n, timeout=SOON)
    qtbot.waitUntil(lambda: source(program, "Wall") is None, timeout=SOON)


def test_a_form_is_as_high_as_its_kind_and_names_by_itself(program, qtbot):
    panel = program.window.panels["sources"]
    program.window.reveal("sources")
    panel.edit("")
    form = panel.form
    kinds = {form.kind.itemData(n): n for n in range(form.kind.count())}
    assert not any(form.kind.itemIcon(n).isNull() for n in kinds.values())
    assert all(icons.of_kind(kind) for kind in kinds)
    card = next(c for c in program.window.findChildren(FormCard) if c.form is form)
    form.kind.setCurrentIndex(kinds["tone"])
    qtbot.waitUntil(lambda: card.height() < tokens.px(360), timeout=SOON)
    form.kind.setCurrentIndex(kinds["text"])
    qtbot.waitUntil(lambda: card.height() > tokens.px(480), timeout=SOON)
    assert form.form.names[0] == "text"  # the words before their font
    form.kind.setCurrentIndex(kinds["colour"])
    usual = form.given_name()
    form.into.setChecked(False)
    form.save.click()
    qtbot.waitUntil(lambda: source(program, usual) is not None, timeout=SOON)
    program.actions.run("sources.remove", {"name": usual})
    qtbot.waitUntil(lambda: source(program, usual) is None, timeout=SOON)


def test_a_rename_in_the_form_is_one_step_back(program, qtbot):
    panel = program.window.panels["sources"]
    program.window.reveal("sources")
    name = next(s.name for s in program.store.sources if s.has_video)
    panel.edit(name)
    panel.form.name.setText("Renamed")
    panel.form.save.click()
    qtbot.waitUntil(lambda: source(program, "Renamed") is not None, timeout=SOON)
    qtbot.waitUntil(lambda: panel.form is None, timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: source(program, name) is not None, timeout=SOON)


def test_words_stand_whole_in_the_scene(program, qtbot):
    panel = program.window.panels["sources"]
    program.window.reveal("sources")
    scene = program.store.scenes.preview["landscape"]
    panel.edit("")
    form = panel.form
    form.kind.setCurrentIndex(form.kind.findData("text"))
    form.name.setText("Words")
    form.into.setChecked(True)
    form.save.click()

    def stands():
        return [item for item in program.store.scenes.scene(scene).items if item.source == "Words"]

    qtbot.waitUntil(lambda: [stand.fit for stand in stands()] == ["contain"], timeout=SOON)
    program.actions.run("items.remove", {"scene": scene, "item": stands()[0].id})
    program.actions.run("sources.remove", {"name": "Words"})
    qtbot.waitUntil(lambda: source(program, "Words") is None, timeout=SOON)
