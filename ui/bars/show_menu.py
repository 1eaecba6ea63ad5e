"""What can be done with the show: opened, made, saved, brought in; edits taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from ui.client import Reply
from ui.desk import Desk
from ui.i18n import t
from ui.widgets.basics import below

ENDING = ".show"


def open_show_menu(desk: Desk, at: QWidget) -> QMenu:
    """The menu under the show's name; the recent shows come when the engine has answered."""
    menu = QMenu(at)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    actions = desk.actions

    def add(words: str, call: Callable[[], object], keys: str = "") -> None:
        text = f"{words}\t{keys}" if keys else words
        menu.addAction(text).triggered.connect(lambda: call())

    add(t("show.open"), lambda: ask_open(desk, at))
    recent = menu.addMenu(t("show.recent"))
    recent.setEnabled(False)
    _fill_recent(desk, at, recent)
    add(t("show.new"), lambda: ask_new(desk, at))
    add(t("show.demo"), lambda: actions.run("show.open", {"folder": ""}, origin=at))
    menu.addSeparator()
    add(t("show.save"), lambda: save(desk, at), "Ctrl+S")
    add(t("show.save_as"), lambda: ask_save_as(desk, at), "Ctrl+Shift+S")
    menu.addSeparator()
    add(t("show.import_obs"), lambda: ask_import(desk, at))
    add(t("show.brand"), lambda: desk.change("brand", ""))
    add(t("show.wear"), lambda: actions.run("brand.apply", {}, origin=at))
    menu.addSeparator()
    for words, empty, what, call, keys in (
        ("undo.of", "undo.button", actions.next_undo, actions.undo, "Ctrl+Z"),
        ("redo.of", "redo.button", actions.next_redo, actions.redo, "Ctrl+Shift+Z"),
    ):
        action = menu.addAction((t(words, what=what) if what else t(empty)) + f"\t{keys}")
        action.setEnabled(bool(what))
        action.triggered.connect(lambda _=False, c=call: c())
    menu.addSeparator()
    camera = menu.addAction(t("virtualcam.toggle"))
    camera.setCheckable(True)
    camera.setChecked(desk.store.virtualcam.is_on)
    camera.triggered.connect(lambda: toggle_camera(desk, at))
    add(t("show.hotkeys"), lambda: desk.change("hotkeys", ""), "Ctrl+Shift+K")
    menu.popup(below(at))
    return menu


def _fill_recent(desk: Desk, at: QWidget, menu: QMenu) -> None:
    def show(reply: Reply) -> None:
        found = reply.answer
        shows = found.get("shows", []) if reply.ok and isinstance(found, dict) else []
        for folder in shows:
            action = menu.addAction(f"{Path(folder).stem}\t{Path(folder).parent}")
            action.setCheckable(True)
            action.setChecked(folder == found.get("now") if found else False)
            action.triggered.connect(lambda _=False, f=folder: open_folder(desk, at, f))
        menu.setEnabled(bool(shows))

    desk.client.call("show.recent", {}, show, menu)


def toggle_camera(desk: Desk, at: QWidget) -> None:
    """The virtual camera on or off; where there is none the engine says what to install."""
    on = desk.store.virtualcam.is_on
    desk.actions.run("virtualcam.stop" if on else "virtualcam.start", {}, origin=at)


def open_folder(desk: Desk, at: QWidget, folder: str) -> None:
    """Goes over to another show; what goes out runs on."""
    desk.actions.run("show.open", {"folder": folder}, origin=at)


def save(desk: Desk, at: QWidget) -> None:
    """Saves; the demo show asks for a place of its own."""
    if desk.store.show.is_readonly:
        ask_save_as(desk, at)
    else:

        def done(reply: Reply) -> None:
            if reply.code == "conflict":
                ask_whose(desk, at)

        desk.actions.run("show.save", {}, origin=at, done=done)


def ask_whose(desk: Desk, at: QWidget) -> QMenu:
    """The file was changed elsewhere: which of the two stays is for a person to say."""
    menu = QMenu(at)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    folder = desk.store.show.folder
    menu.addAction(t("show.take_over")).triggered.connect(
        lambda: desk.actions.run("show.save", {"take_over": True}, origin=at)
    )
    menu.addAction(t("show.take_theirs")).triggered.connect(lambda: open_folder(desk, at, folder))
    menu.popup(below(at))
    return menu


def ask_open(desk: Desk, at: QWidget) -> QFileDialog:
    """A folder, in a window beside the desk."""
    dialog = _dialog(desk, at, "show.open")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
    dialog.fileSelected.connect(lambda folder: open_folder(desk, at, folder))
    dialog.show()
    return dialog


def ask_save_as(desk: Desk, at: QWidget) -> QFileDialog:
    """A name for the folder of this show."""

    def done(folder: str) -> None:
        def saved(reply: Reply) -> None:
            found = reply.answer
            if reply.ok and isinstance(found, dict):  # work goes on in the copy
                open_folder(desk, at, str(found.get("folder", "")))

        desk.actions.run("show.save_as", {"folder": folder}, origin=at, done=saved)

    dialog = _dialog(desk, at, "show.save_as")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(f"{desk.store.show.name or 'Shopcast'}{ENDING}")
    dialog.fileSelected.connect(done)
    dialog.show()
    return dialog


def ask_import(desk: Desk, at: QWidget) -> QFileDialog:
    """A scene collection that OBS has exported; then a card says what came and what did not."""

    def done(reply: Reply) -> None:
        found = reply.answer
        if reply.ok and isinstance(found, dict):
            desk.tell("imported", found)

    dialog = _dialog(desk, at, "show.import_obs")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter("OBS (*.json)")
    dialog.fileSelected.connect(
        lambda file: desk.actions.run("show.import_obs", {"file": file}, origin=at, done=done)
    )
    dialog.show()
    return dialog


def ask_new(desk: Desk, at: QWidget) -> QFileDialog:
    """A name for its folder; the new show is opened."""

    def make(folder: str) -> None:
        def made(reply: Reply) -> None:
            found = reply.answer
            if reply.ok and isinstance(found, dict):
                open_folder(desk, at, str(found.get("folder", "")))

        desk.actions.run("show.new", {"folder": folder}, origin=at, done=made)

    dialog = _dialog(desk, at, "show.new")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(f"{t('show.new_name')}{ENDING}")
    dialog.fileSelected.connect(make)
    dialog.show()
    return dialog


def _home(desk: Desk) -> str:
    """Where this show stands; the demo stands in the program's own folder, so not there."""
    folder = desk.store.show.folder
    return str(Path.home()) if desk.store.show.is_readonly or not folder else str(
        Path(folder).parent
    )  # fmt: skip


def _dialog(desk: Desk, at: QWidget, key: str) -> QFileDialog:
    dialog = QFileDialog(at.window(), t(key), _home(desk))
    dialog.setModal(False)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
