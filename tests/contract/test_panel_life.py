"""What is connected to the store, the link and the language goes with the widget that did it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import SIGNAL, QCoreApplication, QEvent, QMetaMethod, QObject
from PySide6.QtWidgets import QWidget

from studio.api import StudioSettings
from tests.contract import source_tree
from ui.actions import Actions
from ui.bars.statusbar import StatusBar
from ui.bars.topbar import TopBar
from ui.client import DeskClient, Reply, failure
from ui.desk import Desk
from ui.i18n import language
from ui.listen import listen, owner_of
from ui.measure import Measure
from ui.panels.registry import panel_kinds
from ui.photos import Photos
from ui.pictures import PictureStreams
from ui.stage.monitors import Monitors
from ui.stage.scenes import ScenesPanel
from ui.store import Store

WIDGETS = [*panel_kinds(), Monitors, ScenesPanel, TopBar, StatusBar]


@pytest.fixture
def desk(qapp: Any) -> Iterator[Desk]:
    """The hands of a panel, with a link that nobody started."""
    _settle()  # windows of tests before
    client = DeskClient("127.0.0.1", 0, "", "contract")
    store, measure = Store(client), Measure()
    pictures, photos = PictureStreams(client, measure), Photos()
    desk = Desk(
        client, store, Actions(client, store), pictures, measure, photos, StudioSettings()
    )  # fmt: skip
    stage = Monitors(desk)
    desk.stage = stage.stage
    yield desk
    pictures.stop()
    photos.stop()
    stage.deleteLater()
    _settle()


def _settle() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()


def _listeners(desk: Desk) -> dict[str, int]:
    """How many listen to each signal of what outlives a panel."""
    found: dict[str, int] = {}
    lasting: list[Any] = [
        desk.client, desk.store, desk.actions, desk.pictures, desk.measure, desk.photos, language
    ]  # fmt: skip
    for lasts in lasting:
        if not isinstance(lasts, QObject):
            continue
        kind = lasts.metaObject()
        for index in range(QObject.staticMetaObject.methodCount(), kind.methodCount()):
            method = kind.method(index)
            if method.methodType() is QMetaMethod.MethodType.Signal:
                signature = bytes(method.methodSignature().data()).decode()
                name = f"{type(lasts).__name__}.{signature}"
                found[name] = lasts.receivers(SIGNAL(signature))
    return found


@pytest.mark.parametrize("kind", WIDGETS, ids=lambda kind: kind.__name__)
def test_a_widget_that_is_gone_hears_nothing(desk: Desk, kind: type[QWidget]) -> None:
    before = _listeners(desk)
    widget = kind(desk)  # type: ignore[call-arg]
    assert _listeners(desk) != before, "it listens to nothing at all: nothing was tried"
    widget.deleteLater()
    del widget
    _settle()
    after = _listeners(desk)
    assert after == before, {name: after[name] - before[name] for name in after
                             if after[name] != before[name]}  # fmt: skip


def test_the_count_sees_a_lambda_that_stays(desk: Desk) -> None:
    """Else the test above would prove nothing."""
    before = _listeners(desk)
    widget = QWidget()
    desk.store.changed.connect(lambda part: None)
    heard: list[str] = []
    listen(widget, desk.store.changed, heard.append)
    widget.deleteLater()
    _settle()
    after = _listeners(desk)
    assert sum(after.values()) == sum(before.values()) + 1
    desk.store.changed.emit("shop")
    assert heard == []


LASTING = ("store", "client", "actions", "language", "photos", "pictures", "measure")


def test_no_lambda_is_connected_to_what_lasts() -> None:
    """Forms and rows come and go too, and no test builds them all."""
    wrong = []
    for file, tree in source_tree.trees().items():
        if not file.startswith("ui/") or file == "ui/__main__.py":
            continue
        for node in source_tree.nodes(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            name = source_tree.callee(node.func).split(".")
            is_lasting = name[-1] == "connect" and len(name) >= 3 and name[-3] in LASTING
            if is_lasting and any(isinstance(arg, ast.Lambda | ast.Call) for arg in node.args):
                wrong.append(f"{file}:{node.lineno}")
    assert not wrong, "use ui.listen.listen"


GUARDS_ITSELF = ("ui/actions.py", "ui/pictures.py")
"""Their functions look who is still there, or tell no widget."""


def test_no_function_waits_for_a_reply_without_its_owner() -> None:
    """A reply comes a moment later: the panel, row or menu that asked may be gone by then."""
    wrong = []
    for file, tree in source_tree.trees().items():
        if not file.startswith("ui/") or file in GUARDS_ITSELF:
            continue
        for node in source_tree.nodes(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            is_call = source_tree.callee(node.func).endswith("client.call")
            if is_call and len(node.args) == 3 and not isinstance(node.args[2], ast.Attribute):
                wrong.append(f"{file}:{node.lineno}")
    assert not wrong, "a function that is called with the reply names its owner"


def test_a_reply_finds_no_widget_that_is_gone(desk: Desk) -> None:
    """Neither a function whose owner is named nor a method of the widget itself."""

    class Asker(QWidget):
        def answered(self, reply: Reply) -> None:
            heard.append("method")

    heard: list[str] = []
    client = desk.client
    gone, there = Asker(), Asker()
    waiting = {
        "1": (gone.answered, owner_of(gone.answered)),
        "2": (lambda reply: heard.append("function"), gone),
        "3": (there.answered, owner_of(there.answered)),
        "4": (lambda reply: heard.append("nobody's"), None),
    }
    for number, (done, owner) in waiting.items():
        client._waiting[number] = (done, owner, 0.0)
    gone.deleteLater()
    _settle()
    for number in waiting:
        client._give(number, failure("unavailable", "ui.link.no_engine"))
    there.deleteLater()
    assert heard == ["method", "nobody's"]
