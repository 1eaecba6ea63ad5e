"""What a controller does all evening, on a real engine: the desk's promises, by key and click."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMenu, QWidget

from ui.layouts import LAYOUTS, PAGES
from ui.widgets.basics import TextLabel
from ui.widgets.hold import HOLD_MS, HoldButton

pytestmark = pytest.mark.ui
SHARES_WINDOW = True
SOON = 8_000
SLOW = 40_000  # a process starts, on a machine that is busy


def test_a_key_previews_and_enter_takes(qtbot: Any, program: Any) -> None:
    window, store = program.window, program.store
    names = [scene.name for scene in store.scenes.scenes]
    QTest.keyClick(window, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: store.scenes.preview["landscape"] == names[2], timeout=SOON)
    QTest.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == names[2], timeout=SOON)


def test_a_click_previews_and_take_takes(qtbot: Any, program: Any) -> None:
    window, store = program.window, program.store
    card = next(c for c in window.scenes.cards.values() if c.tone == "")
    QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.scenes.preview["landscape"] == card.scene, timeout=SOON)
    qtbot.waitUntil(lambda: card.tone == "preview", timeout=SOON)
    QTest.mouseClick(window.scenes.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card.tone == "programme", timeout=SOON)


def test_f9_is_the_standby_scene(qtbot: Any, program: Any) -> None:
    program.window.notice.say(None, "something failed")  # a message never costs the key
    standby = next(s.name for s in program.store.scenes.scenes if s.purpose == "standby")
    QTest.keyClick(program.window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: program.store.scenes.programme["landscape"] == standby, timeout=SOON)


def test_what_was_done_is_taken_back_and_done_again(qtbot: Any, program: Any) -> None:
    window, store = program.window, program.store
    before = store.scenes.preview["landscape"]
    other = next(n for n, s in enumerate(store.scenes.scenes, 1) if s.name != before)
    QTest.keyClick(window, Qt.Key(Qt.Key.Key_0.value + other))
    name = store.scenes.scenes[other - 1].name
    qtbot.waitUntil(lambda: store.scenes.preview["landscape"] == name, timeout=SOON)
    qtbot.waitUntil(lambda: bool(program.actions.next_undo), timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: store.scenes.preview["landscape"] == before, timeout=SOON)
    qtbot.waitUntil(lambda: bool(program.actions.redo_steps), timeout=SOON)
    program.actions.redo()
    qtbot.waitUntil(lambda: store.scenes.preview["landscape"] == name, timeout=SOON)


def test_a_card_goes_up_and_comes_down(qtbot: Any, program: Any) -> None:
    store = program.store
    row = program.window.panels["products"].rows["watch"]
    QTest.mouseClick(row.card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.shop.card == "watch", timeout=SOON)
    qtbot.waitUntil(row.card.isChecked, timeout=SOON)
    QTest.mouseClick(row.card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.shop.card == "", timeout=SOON)
    qtbot.waitUntil(lambda: not row.card.isChecked(), timeout=SOON)


def test_stock_is_changed_in_place_and_nonsense_says_why(qtbot: Any, program: Any) -> None:
    store = program.store
    row = program.window.panels["products"].rows["handbag"]
    QTest.mouseDClick(row.stock, Qt.MouseButton.LeftButton)
    row.stock.edit.setText("7")
    QTest.keyClick(row.stock.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: store.shop.product("handbag").stock == 7, timeout=SOON)
    qtbot.waitUntil(lambda: "▲" in row.stock.label.text(), timeout=SOON)
    programme = dict(store.scenes.programme)
    QTest.mouseDClick(row.stock, Qt.MouseButton.LeftButton)
    row.stock.edit.setText("many")
    QTest.keyClick(row.stock.edit, Qt.Key.Key_Return)
    assert "many" in program.window.notice.text
    assert program.window.notice.isVisible()
    assert store.shop.product("handbag").stock == 7
    assert store.scenes.programme == programme  # Enter in a field takes no scene


def test_a_strip_is_muted_and_a_fader_moves(qtbot: Any, program: Any) -> None:
    store, mixer = program.store, program.window.panels["mixer"]
    name = store.sound.strips[0].source
    strip = mixer.strip(name)
    before = store.sound.strips[0].is_muted
    QTest.mouseClick(strip.mute, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.sound.strips[0].is_muted is not before, timeout=SOON)
    QTest.keyClick(strip.fader, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: store.sound.strips[0].gain_db == -3.0, timeout=SOON)
    QTest.keyClick(strip.fader, Qt.Key.Key_PageUp)
    QTest.mouseClick(strip.mute, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.sound.strips[0].gain_db == 0.0, timeout=SOON)


def test_pictures_come_and_move(qtbot: Any, program: Any) -> None:
    view = program.window.monitors.programme.view
    host = next(s.name for s in program.store.scenes.scenes if s.purpose == "host")
    program.actions.run("scenes.take", {"scene": host})

    def colours() -> int:
        image = view.feed.image
        if image is None:
            return 0
        return len({image.pixel(x, image.height() // 2) for x in range(0, image.width(), 9)})

    qtbot.waitUntil(lambda: colours() > 20, timeout=SOON)
    thumbs = [card.view for card in program.window.scenes.cards.values()]
    qtbot.waitUntil(lambda: all(thumb.has_picture for thumb in thumbs), timeout=SOON)


def test_the_language_is_switched_live(qtbot: Any, program: Any) -> None:
    window = program.window
    head = window.panels["products"].head
    assert head.title.text() == "Products"
    window.change("language", "zh")
    assert head.title.text() == "商品"
    assert "切到直播" in window.scenes.take.text()
    assert window.monitors.programme.title.text() == "节目画面"
    window.change("language", "en")
    assert head.title.text() == "Products"


def test_any_command_is_found_by_its_name_in_both_languages(qtbot: Any, program: Any) -> None:
    palette, store = program.window.palette_card, program.store
    for words in ("一键垫片", "standby"):
        palette.open()
        palette.search.setText(words)
        assert palette.list.item(0).data(Qt.ItemDataRole.UserRole) == "scenes.standby"
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    standby = next(s.name for s in store.scenes.scenes if s.purpose == "standby")
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == standby, timeout=SOON)
    qtbot.waitUntil(lambda: not palette.isVisible(), timeout=SOON)


def test_scenes_products_and_sources_are_found_by_name(qtbot: Any, program: Any) -> None:
    palette, store = program.window.palette_card, program.store
    scene, product = store.scenes.scenes[2].name, store.shop.products[1]
    palette.open()
    palette.search.setText(f"take {scene}")
    assert scene in palette.list.item(0).text()
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == scene, timeout=SOON)
    qtbot.waitUntil(lambda: not palette.isVisible(), timeout=SOON)
    palette.open()
    palette.search.setText(f"card {product.name[:3]}")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: store.shop.card == product.id, timeout=SOON)
    palette.open()
    palette.search.setText(f"source {store.sources[0].name}")
    assert store.sources[0].name in palette.list.item(0).text()
    palette.close_card()
    program.actions.run("shop.card_off")


def test_the_palette_asks_for_arguments_and_shows_the_error_there(qtbot: Any, program: Any) -> None:
    palette, store = program.window.palette_card, program.store
    palette.open()
    palette.search.setText("shop.stock")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.form is not None
    assert palette.form.names == ["product", "count"]
    palette.submit()
    assert "product" in palette.help.text()
    palette.form.put("product", "no such thing")
    palette.submit()
    qtbot.waitUntil(lambda: "no such thing" in palette.help.text(), timeout=SOON)
    palette.form.put("product", "heels")
    palette.form.put("count", 12)
    palette.submit()
    qtbot.waitUntil(lambda: store.shop.product("heels").stock == 12, timeout=SOON)


def test_what_cannot_be_undone_wants_to_be_held(qtbot: Any, program: Any) -> None:
    store, panel = program.store, program.window.panels["outputs"]
    program.actions.run("outputs.add", {"name": "spare", "url": "rtmp://127.0.0.1:9/live"})
    qtbot.waitUntil(lambda: "spare" in panel.rows, timeout=SOON)
    program.window.reveal("outputs")
    remove = panel.rows["spare"].remove
    assert isinstance(remove, HoldButton)
    QTest.mouseClick(remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "0.8" in program.window.notice.text, timeout=SOON)
    assert store.output("spare") is not None
    with qtbot.waitSignal(remove.held, timeout=HOLD_MS * 4):
        QTest.mousePress(remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.output("spare") is None, timeout=SOON)


def test_a_key_is_never_seen_again(qtbot: Any, program: Any) -> None:
    store, window = program.store, program.window
    panel = window.panels["outputs"]
    window.reveal("outputs")
    panel.edit("")
    form = panel.form
    form.name.setText("shop")
    form.url.setText("rtmp://127.0.0.1:9/live")
    form.key.setText("very-secret-key-1234")
    assert form.key.echoMode() == QLineEdit.EchoMode.Password
    QTest.mouseClick(form.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.output("shop") is not None, timeout=SOON)
    qtbot.waitUntil(lambda: panel.form is None, timeout=SOON)
    panel.edit("shop")
    shown = " ".join(
        [w.text() for w in window.findChildren(QLineEdit)]
        + [w.text() for w in window.findChildren(TextLabel)]
        + [w.toolTip() for w in window.findChildren(QWidget)]
        + [line.text for line in window.panels["journal"].lines.lines]
    )
    assert "very-secret-key" not in shown
    panel.close_form()
    program.actions.run("outputs.remove", {"name": "shop", "confirm": True})
    qtbot.waitUntil(lambda: store.output("shop") is None, timeout=SOON)


def test_a_destination_with_all_its_fields(qtbot: Any, program: Any) -> None:
    store, window = program.store, program.window
    panel = window.panels["outputs"]
    window.reveal("outputs")
    panel.edit("")
    form = panel.form
    form.name.setText("full")
    form.url.setText("rtmp://127.0.0.1:9/live/the-key-in-it")
    form.backup.setText("rtmp://127.0.0.1:9/spare")
    form.more.click()
    form.bitrate.setValue(1500)
    form.size_.setCurrentIndex(form.size_.findData(720))
    form.codec.set("hevc")
    form.delay.setValue(7)
    QTest.mouseClick(form.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "full" in store.air.settings, timeout=SOON)
    kept = store.air.settings["full"]
    assert (kept.bitrate_kbps, kept.short_side, kept.codec) == (1500, 720, "hevc")
    assert kept.delay_s == 7
    assert kept.url == "rtmp://127.0.0.1:9/live", "the key was moved out of it"
    panel.edit("full")
    assert panel.form.bitrate.value() == 1500, "what is set is there again"
    assert not panel.form.rest.isHidden()
    panel.form.bitrate.setValue(0)
    QTest.mouseClick(panel.form.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.air.settings["full"].bitrate_kbps == 0, timeout=SOON)
    assert store.air.settings["full"].codec == "hevc"
    program.actions.run("outputs.remove", {"name": "full", "confirm": True})
    qtbot.waitUntil(lambda: store.output("full") is None, timeout=SOON)


def test_a_standby_of_ones_own(qtbot: Any, program: Any) -> None:
    store, window = program.store, program.window
    panel = window.panels["outputs"]
    window.reveal("outputs")
    panel.air.own.click()
    panel.form.picture.setText("/not/there.png")
    QTest.mouseClick(panel.form.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "/not/there.png" in panel.form.error.text(), timeout=SOON)
    own = str(Path(__file__).parents[1] / "data" / "person_fullbody.mp4")
    panel.form.picture.setText(own)
    QTest.mouseClick(panel.form.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.air.standby.picture == own, timeout=SOON)
    qtbot.waitUntil(lambda: panel.form is None, timeout=SOON)
    program.actions.run("outputs.standby", {})
    qtbot.waitUntil(lambda: store.air.standby.picture == "", timeout=SOON)


def test_a_bad_address_says_what_is_wrong_in_the_form(qtbot: Any, program: Any) -> None:
    panel = program.window.panels["outputs"]
    program.window.reveal("outputs")
    panel.edit("")
    panel.form.name.setText("bad")
    panel.form.url.setText("http://example.invalid/live")
    panel.form.key.setText("k")
    QTest.keyClick(panel.form.url, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "rtmp://" in panel.form.error.text(), timeout=SOON)
    assert panel.form.key.text() == "k"  # typed once is enough
    panel.close_form()


def test_nothing_is_called_live_without_evidence(qtbot: Any, program: Any) -> None:
    store, window = program.store, program.window
    program.actions.run("outputs.add", {"name": "nobody", "url": "rtmp://127.0.0.1:9/live/k"})
    qtbot.waitUntil(lambda: store.output("nobody") is not None, timeout=SOON)
    try:
        program.actions.run("outputs.start", {"name": "nobody"})
        qtbot.waitUntil(lambda: store.is_trying, timeout=SOON)
        qtbot.waitUntil(lambda: store.output("nobody").reason.key != "", timeout=SLOW)
        row = window.panels["outputs"].rows["nobody"]
        qtbot.waitUntil(lambda: row.why.text() != "", timeout=SOON)
        assert not store.is_on_air
        assert row.dot.tone != "good"
        assert window.monitors.programme.badge.tone != "on_air"
    finally:
        program.actions.run("outputs.stop", {"name": "nobody", "confirm": True})
        qtbot.waitUntil(lambda: not store.is_trying, timeout=SLOW)
        program.actions.run("outputs.remove", {"name": "nobody", "confirm": True})
        qtbot.waitUntil(lambda: store.output("nobody") is None, timeout=SLOW)


def test_a_recording_is_green_when_bytes_grow(qtbot: Any, program: Any) -> None:
    store, panel = program.store, program.window.panels["outputs"]
    panel.key_record()
    qtbot.waitUntil(lambda: "record" in panel.rows, timeout=SOON)
    row = panel.rows["record"]
    qtbot.waitUntil(lambda: row.dot.tone == "good", timeout=SLOW)
    assert store.evidence.flows(store.output("record"))
    panel.key_record()
    qtbot.waitUntil(lambda: row.dot.tone == "off", timeout=10_000)


def test_comments_are_judged_pinned_and_taken_off(qtbot: Any, program: Any) -> None:
    store, panel = program.store, program.window.panels["comments"]
    if not store.has("comments"):
        pytest.skip("this engine has no comments")
    qtbot.waitUntil(lambda: panel.list.comments.rowCount() > 0, timeout=SLOW)
    panel.list.setCurrentIndex(panel.list.comments.index(0))
    QTest.keyClick(panel.list, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: store.comments.pinned is not None, timeout=SOON)
    assert panel.pin_bar.isVisibleTo(panel)
    QTest.mouseClick(panel.unpin, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.comments.pinned is None, timeout=SOON)


def test_f1_shows_the_keys_and_any_key_closes_them(qtbot: Any, program: Any) -> None:
    window = program.window
    before = dict(program.store.scenes.programme)
    window.hotkeys.show_card()
    assert window.keys_card.isVisible()
    QTest.keyClick(window.keys_card, Qt.Key.Key_Return)
    assert not window.keys_card.isVisible()
    assert program.store.scenes.programme == before


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_every_layout_stands_and_every_button_has_a_name(
    qtbot: Any, program: Any, layout: str
) -> None:
    window = program.window
    window.set_page(layout) if layout in PAGES else window.set_layout(layout)
    qtbot.wait(50)
    nameless = [
        widget
        for widget in window.findChildren(QAbstractButton)
        if widget.isVisibleTo(window)
        and not (widget.accessibleName() or widget.text() or widget.toolTip())
        and not widget.objectName().startswith("qt_")
    ]
    assert nameless == []
    for panel in window.panels.values():
        assert panel.windowTitle()
        assert not panel.windowTitle().startswith("ui.")


def test_nothing_is_cut_off_on_a_small_laptop(qtbot: Any, program: Any) -> None:
    window = program.window
    window.set_layout("controller")
    window.resize(1280, 720)
    panel = window.panels["products"]
    row = next(iter(panel.rows.values()))
    qtbot.waitUntil(lambda: panel.area.viewport().width() < 500, timeout=SOON)
    qtbot.waitUntil(lambda: row.width() <= panel.area.viewport().width(), timeout=SOON)
    for button in (row.explain, row.card, row.try_on):
        right = button.mapTo(panel.area.viewport(), QPoint(button.width(), 0)).x()
        assert right <= panel.area.viewport().width()


def test_another_text_size_makes_the_window_anew(qtbot: Any, program: Any) -> None:
    old = program.window
    old.asked.emit("scale", "+")
    qtbot.waitUntil(lambda: program.window is not old, timeout=SOON)
    new = program.window
    new.is_kept = False
    qtbot.waitUntil(lambda: len(new.scenes.cards) == 5, timeout=SOON)
    qtbot.waitUntil(lambda: new.monitors.programme.view.has_picture, timeout=10_000)
    assert new.scenes.take.mapTo(new, QPoint(0, 0)).y() > 0


def test_a_plan_is_run_by_hand_and_leaves_its_incident(qtbot: Any, program: Any) -> None:
    store, panel = program.store, program.window.panels["plans"]
    program.window.reveal("plans")
    close_up = next(s.name for s in store.scenes.scenes if s.purpose == "close_up")
    host = next(s.name for s in store.scenes.scenes if s.purpose == "host")
    program.actions.run("scenes.take", {"scene": host})
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == host, timeout=SOON)
    row = panel.rows["host_away"]
    seen = len(store.plans.incidents)
    QTest.mouseClick(row.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.scenes.programme["landscape"] == close_up, timeout=SOON)
    qtbot.waitUntil(lambda: len(store.plans.incidents) > seen, timeout=SOON)
    if any(p.running for p in store.plans.plans if p.id == "host_away"):
        program.actions.run("plans.abort", {"plan": "host_away"})
    qtbot.waitUntil(
        lambda: not any(p.running for p in store.plans.plans if p.id == "host_away"),
        timeout=SLOW,
    )


def test_a_plan_at_work_is_held_passed_over_and_taken_back(qtbot: Any, program: Any) -> None:
    store, panel = program.store, program.window.panels["plans"]
    program.window.reveal("plans")
    before = store.scenes.programme
    program.actions.run("plans.run", {"plan": "host_unwell"})

    def boxes() -> list[Any]:  # a busy machine has a plan of its own at work
        return [box for box in panel.runs.values() if box.run.plan == "host_unwell"]

    qtbot.waitUntil(lambda: bool(boxes()), timeout=SOON)
    [box] = boxes()
    qtbot.waitUntil(lambda: box.run.step == 4, timeout=SOON)
    assert box.run.can_undo
    box.buttons["hold"].click()
    qtbot.waitUntil(lambda: box.run.held, timeout=SOON)
    box.buttons["undo"].click()
    qtbot.waitUntil(lambda: not boxes(), timeout=SOON)
    qtbot.waitUntil(lambda: store.scenes.programme == before, timeout=SOON)


def test_a_red_plan_wants_to_be_held(qtbot: Any, program: Any) -> None:
    program.window.reveal("plans")
    row = program.window.panels["plans"].rows["spoken_violation"]
    before = dict(program.store.scenes.programme)
    QTest.mouseClick(row.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "0.8" in program.window.notice.text, timeout=SOON)
    assert program.store.scenes.programme == before
    assert isinstance(row.run, HoldButton)


def test_a_plan_stands_by_or_not(qtbot: Any, program: Any) -> None:
    store = program.store
    program.window.reveal("plans")
    row = program.window.panels["plans"].rows["source_lost"]

    def is_on() -> bool:
        return next(p.enabled for p in store.plans.plans if p.id == "source_lost")

    before = is_on()
    QTest.mouseClick(row.auto, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_on() is not before, timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: is_on() is before, timeout=SOON)


def test_the_check_before_air_names_what_is_missing(qtbot: Any, program: Any) -> None:
    panel = program.window.panels["ready"]
    program.window.reveal("ready")
    QTest.mouseClick(panel.prove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: program.store.air.check.at_utc != "", timeout=SLOW)
    panel.refresh()
    row = panel.rows["destination"]
    assert row.dot.tone == "attention"
    assert row.mend.isVisibleTo(panel)


def test_commands_bring_their_own_keys(qtbot: Any, program: Any) -> None:
    store, window = program.store, program.window
    assert window.hotkeys.commands.get("Ctrl+Shift+D") == "outputs.dump"
    before = len(window.panels["journal"].lines.lines)
    QTest.keyClick(
        window,
        Qt.Key.Key_D,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    qtbot.waitUntil(lambda: len(window.panels["journal"].lines.lines) > before, timeout=SOON)
    assert store.commands["outputs.dump"].keys == "Ctrl+Shift+D"


def test_a_device_that_is_plugged_in_is_offered_at_once(qtbot: Any, program: Any) -> None:
    from ui.models.devices import Device, Devices

    store, panel = program.store, program.window.panels["sources"]
    program.window.reveal("sources")
    qtbot.wait(100)
    store.devices = Devices(cameras=(Device("/dev/video-none", "Shop camera"),))
    store.changed.emit("devices")
    use = next(
        b for b in panel.findChildren(QAbstractButton) if "Shop camera" in b.accessibleName()
    )
    QTest.mouseClick(use, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.source("Shop camera") is not None, timeout=SOON)
    # There is no such device here: the source is kept and says so, with what to do.
    row = panel.rows["Shop camera"]
    qtbot.waitUntil(lambda: row.why.text() != "", timeout=SLOW)
    assert panel.offers == []
    program.actions.run("sources.remove", {"name": "Shop camera"})
    qtbot.waitUntil(lambda: store.source("Shop camera") is None, timeout=SOON)


def test_many_comments_are_decided_from_a_rows_menu(qtbot: Any, program: Any) -> None:
    store, panel = program.store, program.window.panels["comments"]
    for number in range(3):
        program.actions.run(
            "comments.say", {"text": f"黑心商家 {number} 号", "author": f"p{number}"}
        )

    def held() -> list[str]:
        return [e.id for e in store.comments.held if e.text.startswith("黑心商家")]

    qtbot.waitUntil(lambda: len(held()) == 3, timeout=SOON)
    panel.tabs.set("held")
    entry = next(e for e in store.comments.held if e.text.startswith("黑心商家"))
    panel.list.asked.emit(entry, panel.list.mapToGlobal(QPoint(5, 5)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    rule = menu.actions()[0].menu()

    def are_counted() -> bool:
        """The demo's own chat may have some of that rule, too."""
        same = [e for e in store.comments.held if e.reason and e.reason.rule == entry.reason.rule]
        return len(same) >= 3 and str(len(same)) in rule.title()

    qtbot.waitUntil(are_counted, timeout=SOON)
    rule.actions()[0].trigger()
    menu.close()
    qtbot.waitUntil(lambda: not held(), timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: len(held()) == 3, timeout=SOON)


def test_slow_mode_is_seen_and_ended_where_comments_are(qtbot: Any, program: Any) -> None:
    store, panel = program.store, program.window.panels["comments"]
    program.actions.run("comments.slow", {"on": True})
    qtbot.waitUntil(lambda: store.comments.is_slow, timeout=SOON)
    assert panel.end_slow.isVisibleTo(panel)
    QTest.mouseClick(panel.end_slow, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not store.comments.is_slow, timeout=SOON)


def test_an_item_of_the_preview_scene_is_hidden_and_comes_back(qtbot: Any, program: Any) -> None:
    store, panel = program.store, program.window.panels["items"]
    host = next(s.name for s in store.scenes.scenes if s.purpose == "host")
    program.window.reveal("items")
    program.actions.run("scenes.preview", {"scene": host})
    qtbot.waitUntil(lambda: panel.scene == host, timeout=SOON)
    item = store.scenes.scene(host).items[-1]
    row = panel.rows[host, item.id]
    assert panel.order()[0] == item.id  # the top row is in front
    QTest.mouseClick(row.eye, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not store.scenes.scene(host).items[-1].is_enabled, timeout=SOON)
    qtbot.waitUntil(lambda: row.dot.tone == "off", timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: store.scenes.scene(host).items[-1].is_enabled, timeout=SOON)


def test_both_canvases_can_be_looked_at(qtbot: Any, program: Any) -> None:
    monitors = program.window.monitors
    monitors.set_canvas("portrait")
    rect = monitors.programme.view.picture_rect()
    assert rect.height() > rect.width()
    qtbot.waitUntil(
        lambda: (
            (image := monitors.programme.view.feed.image) is not None
            and image.height() > image.width()
        ),
        timeout=SOON,
    )
    monitors.set_canvas("landscape")


def test_closing_ends_the_studio_only_when_nothing_runs(qtbot: Any, program: Any) -> None:
    store, panel = program.store, program.window.panels["outputs"]
    program.leave()
    assert program.code == 0
    panel.key_record()
    qtbot.waitUntil(lambda: store.is_busy, timeout=SLOW)
    program.leave()
    assert program.code == 3  # the supervisor lets the engine go on
    panel.key_record()
    qtbot.waitUntil(lambda: not store.is_busy, timeout=SLOW)


def test_a_plan_of_the_show_is_read_and_accepted_by_holding(qtbot: Any, program: Any) -> None:
    from msgspec.structs import replace

    from studio.plans.model import StepView
    from ui.panels.plans.panel import AcceptBox

    panel, ran = program.window.panels["plans"], []
    mine = replace(
        program.store.plans.plans[0],
        needs_accept=True,
        may=(StepView("outputs.add", ("添加", "Add"), '{"name":"x"}', "technician", True),),
        highest="technician",
        digest="abc",
    )
    panel.show_waiting([mine])
    box = panel.findChild(AcceptBox)
    said = " ".join(label.text() for label in box.findChildren(TextLabel))
    assert "outputs.add" in said
    assert '{"name":"x"}' in said
    program.actions.run, was = lambda id, args, **_: ran.append((id, args)), program.actions.run
    try:
        box.button.held.emit()
    finally:
        program.actions.run = was
        panel.show_waiting([])
    assert ran == [("plans.accept", {"plan": mine.id, "digest": "abc"})]
