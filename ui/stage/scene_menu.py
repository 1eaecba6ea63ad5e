"""What can be done with scenes: new ones, copies, names, places, own transitions."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from studio.api import free_name
from ui.client import Reply
from ui.desk import Desk
from ui.i18n import language, pick, t
from ui.widgets.basics import below
from ui.widgets.pop_form import PopForm


def name_schema() -> dict[str, Any]:
    """The schema of one name, labelled in both languages."""
    return {
        "type": "object",
        "properties": {"name": {"type": "string", "x-zh": "名称", "x-en": "Name"}},
    }


def open_new(desk: Desk, at: QWidget) -> None:
    """New, or from a template: asked of the engine, so that plugins' templates are there too."""

    def show(reply: Reply) -> None:
        menu = QMenu(at)
        menu.addAction(t("scenes.new")).triggered.connect(partial(_ask_new, desk, at))
        found = reply.answer
        if reply.ok and isinstance(found, dict):
            part = menu.addMenu(t("scenes.from_template"))
            for category, label in found.get("categories", {}).items():
                kinds = part.addMenu(pick(tuple(label)))
                for template, words in found.get("templates", {}).items():
                    action = kinds.addAction(pick(tuple(words)))
                    args = {"template": template, "category": category}
                    action.triggered.connect(
                        lambda _=False, a=args: desk.actions.run("templates.use", a, origin=at)
                    )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(below(at))

    desk.client.call("templates.list", {}, show, at)


def _ask_new(desk: Desk, at: QWidget) -> None:
    def make(values: dict[str, Any]) -> None:
        desk.actions.run("scenes.add", {"name": str(values.get("name", ""))}, origin=at)

    PopForm(at, t("scenes.new"), name_schema(), {}, make).open()


def ask_name(desk: Desk, at: QWidget, scene: str) -> None:
    """Another name for a scene."""

    def save(values: dict[str, Any]) -> None:
        args = {"name": scene, "new_name": str(values.get("name", ""))}
        desk.actions.run("scenes.rename", args, origin=at)

    PopForm(at, t("scenes.rename"), name_schema(), {"name": scene}, save).open()


def _fields(desk: Desk, kind: str) -> dict[str, Any]:
    """The schema of a transition's settings; empty when it has none."""
    found = next(
        (
            transition.settings
            for transition in desk.store.kinds.transitions
            if transition.kind == kind
        ),
        {},
    )
    return found if found.get("properties") else {}


def choose_own(desk: Desk, at: QWidget, scene: str, kind: str, _: bool = False) -> None:
    """A scene's own transition; one that cannot do without settings asks for them."""
    found = next(
        (transition for transition in desk.store.scenes.transitions if transition.kind == kind),
        None,
    )

    def answered(reply: Reply) -> None:
        if not reply.ok and _fields(desk, kind):
            _ask_own(desk, at, scene, kind)

    args = {"scene": scene, "kind": kind, "duration_ms": found.default_ms if found else 0}
    desk.actions.run("scenes.own_transition", args, origin=at, done=answered)


def _ask_own(desk: Desk, at: QWidget, scene: str, kind: str) -> None:
    """The settings of a scene's own transition."""
    own = desk.store.scenes.scene(scene)
    is_its = own is not None and own.transition == kind
    values = dict(own.transition_settings) if own is not None and is_its else {}
    found = next(
        (transition for transition in desk.store.scenes.transitions if transition.kind == kind),
        None,
    )
    usual = found.default_ms if found else 0
    duration_ms = own.transition_ms if own is not None and is_its else usual

    def save(values: dict[str, Any]) -> None:
        args = {"scene": scene, "kind": kind, "duration_ms": duration_ms, "settings": values}
        desk.actions.run("scenes.own_transition", args, origin=at)

    PopForm(at, t("scenes.settings").rstrip("…"), _fields(desk, kind), values, save).open()


def open_card(desk: Desk, at: QWidget, scene: str, where: QPoint) -> None:
    """The menu of one scene."""
    state = desk.store.scenes
    names = [scene.name for scene in state.scenes]
    if scene not in names:
        return
    place, found = names.index(scene), state.scene(scene)
    menu = QMenu(at)

    def run(command: str, args: dict[str, Any]) -> None:
        desk.actions.run(command, args, origin=at)

    copy = f"{scene} {t('scenes.copy')}" if language.code == "en" else f"{scene} 副本"
    menu.addAction(t("scenes.rename")).triggered.connect(lambda: ask_name(desk, at, scene))
    menu.addAction(t("scenes.copy")).triggered.connect(
        lambda: run("scenes.copy", {"name": scene, "new_name": free_name(copy, names)})
    )
    left = menu.addAction(t("scenes.left"))
    left.setEnabled(place > 0)
    left.triggered.connect(lambda: run("scenes.move", {"name": scene, "index": place - 1}))
    right = menu.addAction(t("scenes.right"))
    right.setEnabled(place < len(names) - 1)
    right.triggered.connect(lambda: run("scenes.move", {"name": scene, "index": place + 1}))
    own = menu.addMenu(t("scenes.own"))
    none = own.addAction(t("scenes.own_none"))
    none.setCheckable(True)
    none.setChecked(bool(found and not found.transition))
    none.triggered.connect(lambda: run("scenes.own_transition", {"scene": scene}))
    for kind in state.transitions:
        action = own.addAction(pick(kind.label))
        action.setCheckable(True)
        action.setChecked(bool(found and found.transition == kind.kind))
        action.triggered.connect(partial(choose_own, desk, at, scene, kind.kind))
    own.addSeparator()
    settings = own.addAction(t("scenes.settings"))
    settings.setEnabled(bool(found and _fields(desk, found.transition)))
    settings.triggered.connect(lambda: _ask_own(desk, at, scene, found.transition if found else ""))
    auto = menu.addMenu(t("scenes.auto"))
    for canvas in ("portrait", "landscape"):
        args = {"scene": scene, "canvas": canvas}
        auto.addAction(t(f"canvas.{canvas}")).triggered.connect(
            lambda _=False, a=args: run("scenes.auto_layout", a)
        )
    menu.addSeparator()
    gone = menu.addAction(t("scenes.remove"))
    gone.setEnabled(scene not in state.programme.values())
    gone.triggered.connect(lambda: run("scenes.remove", {"name": scene}))
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(where)
