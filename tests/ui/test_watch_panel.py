"""The security watch: what wants somebody stands first; a breach is opened, told and closed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.governance.watch.model import (
    DoorReport,
    Guesses,
    Presence,
    RedCommand,
    WatchAlarm,
    WatchView,
)
from tests.ui.test_offers_panel import SOON, look, pop_form, press
from ui.i18n import language
from ui.widgets.basics import TextLabel

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True


def words(panel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(TextLabel))


def test_a_breach_by_mouse(program, qtbot):
    panel, store = program.window.panels["watch"], program.store
    program.window.reveal("watch")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    qtbot.waitUntil(lambda: bool(store.watch.door.present), timeout=SOON)  # this desk
    press(qtbot, panel, "Report a breach")
    form = pop_form()
    form.form.put("what", "a phone was lost")
    qtbot.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(store.watch.breaches) == 1, timeout=SOON)
    qtbot.waitUntil(lambda: "a phone was lost" in words(panel), timeout=SOON)
    look(program, "watch_en")
    press(qtbot, panel, "Authority told")
    qtbot.waitUntil(lambda: "authority" in store.watch.breaches[0].told, timeout=SOON)
    program.actions.run("watch.close", {"id": store.watch.breaches[0].id})
    qtbot.waitUntil(lambda: not store.watch.breaches, timeout=SOON)


def test_what_wants_somebody_stands_first(program, qtbot):
    panel, store = program.window.panels["watch"], program.store
    before = store.watch
    at = "2026-11-29T21:00:00Z"
    store.watch = WatchView(
        door=DoorReport(
            present=(Presence(who="desk", role="owner", address="127.0.0.1", is_here=True),),
            guesses=(Guesses(address="10.0.0.9", count=14),), limits={"places": 2},
        ),
        chain="broken", anchor_age_s=12, refused=3, due=4,
        red=(RedCommand(at_utc=at, command="outputs.stop", origin="desk", reason="late"),),
        alarms=(WatchAlarm(kind="chain_broken", subject="a.log:3", at_utc=at),),
    )  # fmt: skip
    try:
        store.changed.emit("watch")
        said = words(panel)
        assert said.index("broken") < said.index("10.0.0.9") < said.index("outputs.stop")
        assert panel.head.badge.text == "2 waiting"
        language.set("zh")
        assert "安全态势" in panel.windowTitle()
        look(program, "watch_zh")
    finally:
        language.set("en")
        store.watch = before
        store.changed.emit("watch")


def test_anchors_outside(program, qtbot, tmp_path):
    """The folder is chosen, and stands in the watch and in the settings."""
    panel, store = program.window.panels["watch"], program.store
    program.window.reveal("watch")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    assert "no folder for anchors" in words(panel)
    program.actions.run("audit.anchor_folder", {"path": str(tmp_path)})
    qtbot.waitUntil(lambda: bool(store.watch.anchors.at_utc), timeout=SOON)
    qtbot.waitUntil(lambda: str(tmp_path) in words(panel), timeout=SOON)
    assert list(tmp_path.glob("shopcast-anchors-*.jsonl"))
    settings = program.window.settings_card
    for code in ("en", "zh"):
        language.set(code)
        settings.open("privacy")
        qtbot.waitUntil(lambda: "anchor_folder" in {v.setting.id for _, v in settings.rows})
        look(program, f"anchors_{code}")
    language.set("en")
    press(qtbot, settings, "Keep none")
    qtbot.waitUntil(lambda: not store.watch.anchors.folder, timeout=SOON)
    settings.close_card()


def test_a_log_that_went_back_is_seen_by_the_desk(program, qtbot, tmp_path, monkeypatch):
    """This desk keeps the engine's anchors, and says so itself when there is less than it saw."""
    panel, store, keeper = program.window.panels["watch"], program.store, program.window.anchors
    program.window.reveal("watch")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    failed, seen = [], []

    def shut(made):
        failed.append(made)
        raise PermissionError(13, "shut")

    with monkeypatch.context() as meanwhile:  # the next ones are kept all the same
        meanwhile.setattr(keeper.kept, "take", shut)
        (tmp_path / "none").mkdir()
        program.actions.run("audit.anchor_folder", {"path": str(tmp_path / "none")})
        qtbot.waitUntil(lambda: bool(failed), timeout=SOON)
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        before = store.audit.anchor
        program.actions.run("audit.anchor_folder", {"path": str(tmp_path / name)})
        qtbot.waitUntil(lambda before=before: store.audit.anchor not in ("", before), timeout=SOON)
        seen.append(store.audit)
    first, second = seen
    qtbot.waitUntil(
        lambda: second.anchor in {made.anchor for made in keeper.kept.of(second.key)}, timeout=SOON
    )
    assert not keeper.doubts
    store.put("audit", first)  # as an engine would tell it whose log was cut
    qtbot.waitUntil(lambda: bool(keeper.doubts), timeout=SOON)
    try:
        assert "went back" in words(panel)
        assert first.anchor.split(":")[0] in words(panel)
        look(program, "anchors_back_en")
        language.set("zh")
        look(program, "anchors_back_zh")
    finally:
        language.set("en")
        keeper.doubts.clear()
        store.put("audit", second)
        program.actions.run("audit.anchor_folder", {"path": ""})
        keeper.changed.emit()
    qtbot.waitUntil(lambda: "went back" not in words(panel), timeout=SOON)
