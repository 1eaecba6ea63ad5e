"""Data and settings of an engine brought back together: the desk of another machine says so."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.ui.conftest import RealEngine, _close, open_desk
from tests.ui.test_offers_panel import SOON, look
from ui.i18n import language
from ui.widgets.basics import TextLabel

pytestmark = [pytest.mark.ui, pytest.mark.timeout(180)]
LONG = 3 * SOON


def test_a_desk_elsewhere_names_what_the_engine_cannot_know(qtbot: Any, tmp_path: Path) -> None:
    """With its settings went the engine's own memory, and its key: to itself its log is whole."""
    home, copy = tmp_path / "engine", tmp_path / "copy"
    (tmp_path / "stick").mkdir()
    engine = RealEngine(home)
    port = engine.port
    program = open_desk(qtbot, "--port", str(port), "--language", "en")  # settings of its own
    try:
        store, keeper, run = program.store, program.window.anchors, program.actions.run
        qtbot.waitUntil(lambda: store.is_loaded and bool(store.commands), timeout=SOON)
        run("audit.anchor_folder", {"path": str(tmp_path / "stick")})  # signs at once
        qtbot.waitUntil(lambda: bool(store.audit.anchor), timeout=SOON)
        shutil.copytree(home, copy)  # data and settings, as a backup of the computer has them
        log_file = copy / "data" / "audit" / store.audit.file
        kept = len(log_file.read_bytes().splitlines())
        for _ in range(3):  # each is an entry, and a signature over those before it
            before = store.audit.anchor
            run("audit.anchor_folder", {"path": ""})
            run("audit.anchor_folder", {"path": str(tmp_path / "stick")})
            qtbot.waitUntil(lambda before=before: store.audit.anchor != before, timeout=SOON)
        assert int(store.audit.anchor.split(":")[1]) > kept
        later, key = store.audit.anchor, store.audit.key

        def is_kept() -> bool:
            return later in {made.anchor for made in keeper.kept.of(key)}

        qtbot.waitUntil(is_kept, timeout=SOON)
        assert not keeper.doubts
        engine.end()
        shutil.rmtree(home)
        shutil.copytree(copy, home)
        shutil.rmtree(tmp_path / "stick")
        engine = RealEngine(home, port)
        qtbot.waitUntil(lambda: bool(keeper.doubts), timeout=LONG)
        assert store.audit.key == key, "the key came back, too: its signatures are good"
        (what, log), *_ = keeper.doubts
        assert log == later.split(":")[0], what
        program.window.set_layout("technician")
        program.window.reveal("watch")
        panel = program.window.panels["watch"]
        for code in ("en", "zh"):
            language.set(code)
            shown = "\n".join(label.text() for label in panel.findChildren(TextLabel))
            assert log in shown
            look(program, f"rolled_back_{code}")
        # The engine asked by this desk tells all the others, and its chain is no longer whole.
        qtbot.waitUntil(
            lambda: "chain_back" in {alarm.kind for alarm in store.watch.alarms}, timeout=SOON
        )
    finally:
        language.set("en")
        _close(program)
        engine.end()
