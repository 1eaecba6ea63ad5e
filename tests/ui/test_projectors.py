"""Windows that a remote asks for: the desk tells its screens and opens them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from tests.onair.peer import Peer
from ui.projector import Multiview, Projector

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 8_000
PROGRAM = "OBS_WEBSOCKET_VIDEO_MIX_TYPE_PROGRAM"


@pytest.fixture
def peer(engine: Any, program: Any) -> Iterator[Peer]:
    with Peer(f"ws://127.0.0.1:{engine.port}", events=0) as one:
        yield one
    for window in list(program.window.desk.windows):
        window.close()


def opened(qtbot: Any, program: Any) -> Any:
    windows = program.window.desk.windows
    qtbot.waitUntil(lambda: bool(windows), timeout=SOON)
    return next(iter(windows))


def test_the_desks_screens_are_the_monitors(peer: Peer) -> None:
    screen = QGuiApplication.screens()[0]
    (found,) = peer.ask("GetMonitorList")["monitors"]
    assert found["monitorName"].startswith(screen.name())
    assert (found["monitorWidth"], found["monitorIndex"]) == (screen.geometry().width(), 0)


def test_programme_fills_a_screen_and_shows_a_picture(qtbot: Any, program: Any, peer: Peer) -> None:
    peer.ask("OpenVideoMixProjector", videoMixType=PROGRAM, monitorIndex=0)
    window = opened(qtbot, program)
    assert isinstance(window, Projector)
    assert window.isFullScreen()
    qtbot.waitUntil(lambda: window.view.has_picture, timeout=SOON)
    window.close()
    qtbot.waitUntil(lambda: not program.window.desk.windows, timeout=SOON)


def test_a_source_a_scene_and_the_multiview_open_in_windows(
    qtbot: Any, program: Any, peer: Peer
) -> None:
    scene = program.store.scenes.scenes[0]
    source = scene.items[0].source
    geometry = bytes(program.window.saveGeometry().toBase64().data()).decode()
    for request, data, kind in (
        ("OpenSourceProjector", {"sourceName": source}, Projector),
        ("OpenSourceProjector", {"sourceName": scene.name, "monitorIndex": -1}, Projector),
        ("OpenVideoMixProjector", {"videoMixType": PROGRAM.replace("PROGRAM", "MULTIVIEW"),
                                   "projectorGeometry": geometry}, Multiview),
    ):  # fmt: skip
        peer.ask(request, **data)
        window = opened(qtbot, program)
        assert isinstance(window, kind)
        assert not window.isFullScreen()
        if isinstance(window, Projector):
            assert data["sourceName"] in window.windowTitle()
            qtbot.waitUntil(lambda w=window: w.view.has_picture, timeout=SOON)
        window.close()
        qtbot.waitUntil(lambda: not program.window.desk.windows, timeout=SOON)


def test_a_screen_that_is_not_there_is_refused(program: Any, peer: Peer) -> None:
    assert peer.code("OpenVideoMixProjector", {"videoMixType": PROGRAM, "monitorIndex": 7}) == 600
    assert not program.window.desk.windows


def test_a_sources_settings_open_on_the_desk(qtbot: Any, program: Any, peer: Peer) -> None:
    panel, source = program.window.panels["sources"], program.store.sources[0].name
    peer.ask("OpenInputPropertiesDialog", inputName=source)
    qtbot.waitUntil(lambda: panel.form is not None, timeout=SOON)
    assert not panel.isHidden()
    assert peer.code("OpenInputInteractDialog", {"inputName": source}) == 703
