"""What stands in each section of the settings; every line acts at once."""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit, QSpinBox, QWidget
from shiboken6 import isValid

from studio.api import VERSION, config_dir, data_dir, log_dir, own_plugins_dir
from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.settings.alarms import alarms
from ui.dialogs.settings.phone import phone
from ui.dialogs.settings.plugins import plugins
from ui.dialogs.settings.rows import SettingRow, ask_folder, button, choice, open_folder
from ui.i18n import language, pick, t
from ui.theme import tokens
from ui.widgets.basics import calm, padded, row
from ui.widgets.comment_words import TELLING, sentences_words
from ui.widgets.plain import plain

Section = Callable[[Desk], list[SettingRow]]
SCALES = (("-", "A−"), ("0", "A"), ("+", "A+"))


def _toggle(is_on: bool, toggled: Callable[[bool], object], *, can: bool = True) -> QCheckBox:
    made = QCheckBox()
    made.setChecked(is_on)
    made.setEnabled(can)
    made.toggled.connect(toggled)
    return made


def _pair(*parts: QWidget) -> QWidget:
    made = QWidget()
    made.setLayout(row(*parts, gap=6))
    return made


def general(desk: Desk) -> list[SettingRow]:
    """The person and the window."""
    name = QLineEdit(desk.settings.user_name)
    name.setFixedWidth(tokens.px(180))
    name.setMaxLength(40)

    def named() -> None:
        desk.settings.user_name = name.text().strip()
        desk.change("settings", "")

    name.editingFinished.connect(named)
    return [
        SettingRow(
            "language",
            choice(
                [("zh", "中文"), ("en", "English")],
                language.code,
                partial(desk.change, "language"),
            ),
        ),
        SettingRow("text_size", choice(list(SCALES), "", partial(desk.change, "scale"))),
        SettingRow("user_name", name),
        SettingRow(
            "layout_reset", button(t("layout.reset"), partial(desk.change, "layout_reset", ""))
        ),
        SettingRow("first_run", button(t("first.open"), partial(desk.change, "first_run", ""))),
    ]


def video(desk: Desk) -> list[SettingRow]:
    """The canvases; their size and rate are the show's."""
    rows = []
    canvases = desk.store.scenes.canvases
    on = [canvas for canvas in canvases if canvas.is_enabled]
    for canvas in canvases:
        only = canvas.is_enabled and len(on) == 1
        toggle = _toggle(canvas.is_enabled, partial(_canvas, desk, canvas.name), can=not only)
        words = t("settings.canvas_words", size=f"{canvas.width}×{canvas.height}")
        rows.append(SettingRow(f"canvas_{canvas.name}", toggle, words))
    fps = t("settings.fps_words", fps=desk.store.engine.fps)
    return [*rows, SettingRow("fps", words=fps)]


def _canvas(desk: Desk, name: str, is_on: bool) -> None:
    desk.actions.run("scenes.canvas", {"name": name, "on": is_on})


def sound(desk: Desk) -> list[SettingRow]:
    """Headphones and loudness."""
    view = desk.store.sound
    target = QSpinBox()
    padded(target)
    calm(target)
    target.setRange(-40, -5)
    target.setSuffix(" LUFS")
    target.setKeyboardTracking(False)
    target.setValue(round(view.loudness.target))
    target.valueChanged.connect(partial(_run, desk, "sound.target", "lufs"))
    phones = view.headphones
    return [
        SettingRow(
            "headphones", _toggle(phones.is_on, partial(_run, desk, "sound.headphones", "on"))
        ),
        SettingRow("loudness", target),
    ]


def _run(desk: Desk, command: str, name: str, value: Any) -> None:
    desk.actions.run(command, {name: value})


def keys(desk: Desk) -> list[SettingRow]:
    """Keys and where they are changed."""
    return [
        SettingRow("hotkeys", button(t("show.hotkeys"), partial(desk.change, "hotkeys", ""))),
        SettingRow("keys_card", button("F1", partial(desk.change, "keys", ""))),
        SettingRow("palette", button("Ctrl+K", partial(desk.change, "palette", ""))),
    ]


def outputs(desk: Desk) -> list[SettingRow]:
    """Where streams and recordings go."""
    folder = desk.store.engine.recordings
    pick: Any = button(t("settings.choose_folder"), lambda: None)
    pick.clicked.connect(
        lambda: ask_folder(desk, pick, folder, partial(_run, desk, "record.folder", "path"))
    )
    both = _pair(pick, open_folder(desk, Path(folder))) if folder else pick
    camera = desk.store.virtualcam
    return [
        SettingRow("destinations", button(t("outputs.title"), partial(desk.reveal, "outputs"))),
        SettingRow("recordings", both, folder),
        SettingRow(
            "virtualcam",
            _toggle(camera.is_on, lambda on: _camera(desk, on)),
        ),
    ]


def _camera(desk: Desk, is_on: bool) -> None:
    desk.actions.run("virtualcam.start" if is_on else "virtualcam.stop", {})


def comments(desk: Desk) -> list[SettingRow]:
    """Moderation."""
    view = desk.store.comments
    return [
        SettingRow("slow", _toggle(view.is_slow, partial(_run, desk, "comments.slow", "on"))),
        SettingRow(
            "sentences",
            _toggle(view.sentences.is_on, partial(_run, desk, "comments.sentences", "on")),
            sentences_words(view.sentences) if view.sentences.state in TELLING else "",
        ),
        SettingRow("comments_panel", button(t("comments.title"), partial(desk.reveal, "comments"))),
    ]


def privacy(desk: Desk) -> list[SettingRow]:
    """Where secrets and what happened are kept."""
    kept = t(f"output_form.kept_in_{desk.store.engine.secrets_in or 'file'}")
    return [
        SettingRow("secrets", words=kept),
        SettingRow("journal_kept", open_folder(desk, data_dir())),
        _anchors(desk),
    ]


def _anchors(desk: Desk) -> SettingRow:
    """Where anchors of the audit log are kept outside."""
    place = desk.store.watch.anchors
    chosen = partial(_run, desk, "audit.anchor_folder", "path")
    pick: Any = button(t("settings.choose_folder"), lambda: None)
    pick.clicked.connect(lambda: ask_folder(desk, pick, place.folder, chosen))
    if not place.folder:
        return SettingRow("anchor_folder", pick)
    none = button(t("settings.anchor_none"), partial(chosen, ""))
    both = _pair(pick, open_folder(desk, Path(place.folder)), none)
    words = t("settings.anchor_same", folder=place.folder) if place.is_same_disk else place.folder
    if place.error:
        words = t("settings.anchor_failed", folder=place.folder, why=place.error)
    return SettingRow("anchor_folder", both, plain(words))


def folders(desk: Desk) -> list[SettingRow]:
    """Where everything is."""
    places = {
        "folder_config": config_dir(),
        "folder_data": data_dir(),
        "folder_logs": log_dir(),
        "folder_plugins": own_plugins_dir(),
    }
    return [
        SettingRow(id, open_folder(desk, folder), plain(str(folder)))
        for id, folder in places.items()
    ]


def about(desk: Desk) -> list[SettingRow]:
    """What this is."""
    words = t(
        "settings.about_words",
        version=VERSION,
        python=platform.python_version(),
        system=platform.platform(terse=True),
    )
    return [
        SettingRow("version", words=words),
        SettingRow("help", button(t("help.title"), partial(desk.change, "help", ""))),
        SettingRow("update", _update_field(desk)),
        SettingRow("bundle", _bundle_button(desk)),
    ]


def _update_field(desk: Desk) -> QWidget:
    """Where the newest version is told, and a button that asks there; it asks at no other time."""
    where = QLineEdit(desk.settings.update_from)
    where.setFixedWidth(tokens.px(220))
    where.setPlaceholderText(t("settings.update_where"))
    where.setAccessibleName(t("settings.update_where"))

    def keep() -> None:
        desk.settings.update_from = where.text().strip()
        desk.change("settings", "")

    def done(reply: Reply) -> None:
        found = reply.answer
        if reply.ok and isinstance(found, dict) and isValid(where):
            key = "settings.update_newer" if found.get("is_newer") else "settings.update_none"
            words = t(key, version=str(found.get("newest", "")), notes=pick(found.get("notes", {})),
                      url=str(found.get("url", "")))  # fmt: skip
            desk.say(where, words.strip(), "attention" if found.get("is_newer") else "good")

    def ask() -> None:
        keep()
        text = where.text().strip()
        name = "url" if text.startswith(("http://", "https://")) else "path"
        desk.actions.run("support.check_update", {name: text}, origin=where, done=done)

    where.editingFinished.connect(keep)
    return _pair(where, button(t("settings.update_check"), ask))


def _bundle_button(desk: Desk) -> QWidget:
    made: Any = None

    def done(reply: Reply) -> None:
        found = reply.answer
        if reply.ok and isinstance(found, dict):
            desk.say(made, t("settings.bundle_done", file=str(found.get("file", ""))), "good")

    def write() -> None:
        desk.actions.run("support.bundle", {}, origin=made, done=done)

    made = button(t("settings.bundle_write"), write)
    both = _pair(made, open_folder(desk, data_dir() / "support"))
    both.setAccessibleName(t("settings.bundle"))
    return both


SECTIONS: dict[str, Section] = {
    "general": general,
    "video": video,
    "sound": sound,
    "alarms": alarms,
    "keys": keys,
    "outputs": outputs,
    "comments": comments,
    "privacy": privacy,
    "phone": phone,
    "plugins": plugins,
    "folders": folders,
    "about": about,
}
"""In the order they stand; the name of each is ``ui.settings.section_ID``."""
