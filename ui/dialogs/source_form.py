"""The form of a source: kind, name, and its settings drawn from their schema."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QVBoxLayout,
)

from studio.sources.model import SourceView
from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.form import Form
from ui.i18n import pick, t
from ui.models.commands import FieldKind
from ui.theme import icons, tokens
from ui.widgets.basics import Button, TextLabel, calm, clear, column, row
from ui.widgets.flow import Flow
from ui.widgets.schema_form import SchemaForm

SOUNDS = ("microphone", "desktop_sound", "tone")
POLICIES = ("hold", "slate", "hide")
FIRST = {
    "clip": ("path", "loop", "sound", "speed"),
    "text": ("text", "size", "colour", "font"),
    "countdown": ("until", "seconds", "end_text", "size"),
    "screen": ("what", "window", "display", "cursor"),
}
"""What a form shows at once, where that is not the first four fields."""
MEDIA = {
    "": ("play", "pause", "restart", "stop", "previous", "next"),
    "countdown": ("play", "pause", "restart", "reset"),
}


class SourceForm(Form):
    """Adds a source, or changes the settings of one.

    Signals:
        added: (source, scene) of a new one that shall stand in a scene.
    """

    added = Signal(str, str)

    def __init__(self, desk: Desk, source: SourceView | None) -> None:
        super().__init__(desk)
        self.source = source
        self._name = ""
        self.kind = QComboBox()
        for kind in desk.store.kinds.sources:
            self.kind.addItem(icons.icon(icons.of_kind(kind.kind)), pick(kind.label), kind.kind)
        self.name = QLineEdit(source.name if source else "")
        self.name.setPlaceholderText(t("source_form.name"))
        self.name.setAccessibleName(t("source_form.name"))
        self.kind.setAccessibleName(t("source_form.kind"))
        state = desk.store.scenes
        self.scene = state.preview.get("landscape") or next(iter(state.preview.values()), "")
        self.into = QCheckBox(t("source_form.into", scene=self.scene))
        self.into.setFont(tokens.font(12))
        self.into.setChecked(self.scene not in state.programme.values())  # never on air unasked
        self._help = TextLabel(size=12, tone="muted", wraps=True)
        self._at = QVBoxLayout()
        self.form = SchemaForm({})
        self.on_loss = QComboBox()
        for policy in POLICIES:
            self.on_loss.addItem(t(f"on_loss.{policy}"), policy)
        self.on_loss.setAccessibleName(t("source_form.on_loss"))
        self.slate = QLineEdit(source.slate if source else "")
        self.slate.setPlaceholderText(t("source_form.slate"))
        self.slate.setAccessibleName(t("source_form.slate"))
        if source is not None:
            self.on_loss.setCurrentIndex(max(0, self.on_loss.findData(source.on_loss)))
        self.on_loss.currentIndexChanged.connect(self._show_slate)
        self._show_slate()
        layout = column(gap=8, margins=(12, 10, 12, 10))
        title = t("source_form.edit", name=source.name) if source else t("source_form.new")
        layout.addWidget(TextLabel(title, weight=600))
        if source is None:
            layout.addWidget(self.kind)
        layout.addWidget(self.name)
        for part in (self._help, self.error):
            layout.addWidget(part)
        layout.insertLayout(layout.count() - 1, self._at)
        if source is not None and source.has_video:
            loss = row(gap=8)
            loss.addWidget(TextLabel(t("source_form.on_loss"), size=12, tone="muted"))
            loss.addWidget(self.on_loss, 1)
            loss.addWidget(self.slate, 1)
            layout.insertLayout(layout.count() - 1, loss)
        if source is not None and source.is_media:
            layout.addLayout(self._media_row(source))
        if source is None:
            layout.addWidget(self.into)
        layout.addLayout(self._buttons())
        self.setLayout(layout)
        calm(self)
        if source is not None:
            self.kind.setCurrentIndex(max(0, self.kind.findData(source.kind)))
        self.kind.currentIndexChanged.connect(self._show_kind)
        self._show_kind()

    def begin(self) -> None:
        """Puts the hand where it starts."""
        if self.source is None:
            self.name.setFocus()
        else:
            self.form.begin()

    def choose(self, kind: str) -> None:
        """A kind of source, for a new one; one that there is not changes nothing."""
        at = self.kind.findData(kind)
        if self.source is None and at >= 0:
            self.kind.setCurrentIndex(at)

    def _kind(self) -> FieldKind | None:
        wanted = self.source.kind if self.source else self.kind.currentData()
        return next((k for k in self.desk.store.kinds.sources if k.kind == wanted), None)

    def _show_kind(self) -> None:
        kind = self._kind()
        clear(self._at)
        values = dict(self.source.settings) if self.source else None
        schema = kind.settings if kind else {}
        first = FIRST.get(kind.kind if kind else "", [*schema.get("properties", {})][:4])
        self.form = SchemaForm(schema, values, self._choices, first=first)
        self._at.addWidget(self.form)
        is_seen = kind is not None and kind.kind not in SOUNDS
        self.into.setVisible(bool(self.scene) and is_seen and self.source is None)
        missing = t("source_form.missing_kind", kind=self.source.kind) if self.source else ""
        usual = self._usual_name()
        self.name.setPlaceholderText(": ".join(filter(None, (t("source_form.name"), usual))))
        self._help.setText(pick(kind.help) if kind else missing)
        self._help.setVisible(bool(self._help.text()))

    def _usual_name(self) -> str:
        """What a new source is called when nothing is typed: its kind, and a number if need be."""
        kind = self._kind()
        if self.source is not None or kind is None:
            return ""
        base = pick(kind.label)
        taken = {source.name for source in self.desk.store.sources}
        return next(n for n in (base, *(f"{base} {i}" for i in range(2, 999))) if n not in taken)

    def given_name(self) -> str:
        return self.name.text().strip() or self._usual_name()

    def _media_row(self, source: SourceView) -> Flow:
        """Play, pause and the rest; works at once, without saving."""
        media = Flow()
        for action in MEDIA.get(source.kind, MEDIA[""]):
            button = Button(t(f"media.{action}"), "quiet")
            button.name(t("media.of", what=t(f"media.{action}"), name=source.name))
            button.clicked.connect(lambda _=False, a=action, b=button: self._lead(a, 0, b))
            media.addWidget(button)
        for number, at_ms in enumerate(sorted(source.settings.get("cues", [])), 1):
            button = Button(t("media.cue", n=number, s=f"{at_ms / 1000:g}"), "quiet")
            button.clicked.connect(lambda _=False, n=number, b=button: self._lead("cue", n, b))
            media.addWidget(button)
        return media

    def _lead(self, action: str, value: float, origin: Button) -> None:
        assert self.source is not None
        args = {"name": self.source.name, "action": action, "at_ms": value}
        self.desk.actions.run("sources.media", args, origin=origin)

    def _show_slate(self) -> None:
        self.slate.setVisible(self.on_loss.currentData() == "slate")

    def _choices(self, name: str) -> list[tuple[str, str]]:
        store = self.desk.store
        kind = self._kind()
        if kind is not None and kind.kind == "mirror" and name == "source":
            own = self.source.name if self.source else ""
            return [(s.name, s.name) for s in store.sources if s.has_video and s.name != own]
        if kind is not None and kind.kind == "scene" and name == "scene":
            return [(scene.name, scene.name) for scene in store.scenes.scenes]
        return [(entry.id, entry.name or entry.id) for entry in self.desk.store.devices.of(name)]

    def _save(self) -> None:
        self.save.setEnabled(False)
        if self.source is not None:
            name = self.name.text().strip()
            if name and name != self.source.name:
                renamed = {"name": self.source.name, "new_name": name}
                self.desk.actions.run(
                    "sources.rename", renamed, origin=self.save, done=self._renamed
                )
                return
            args: dict[str, object] = {
                "name": self.source.name,
                "settings": self.form.values(only_changed=True),
            }
            loss = (str(self.on_loss.currentData()), self.slate.text().strip())
            if loss != (self.source.on_loss, self.source.slate):
                given = {"name": self.source.name, "policy": loss[0], "picture": loss[1]}
                done = None if args["settings"] else self._answered
                self.desk.actions.run("sources.on_loss", given, origin=self.save, done=done)
            elif not args["settings"]:
                self.save.setEnabled(True)  # nothing to undo later, then
                self.closed.emit()
            if not args["settings"]:
                return
            self.desk.actions.run("sources.edit", args, origin=self.save, done=self._answered)
            return
        self._name = self.given_name()
        args = {
            "name": self._name,
            "kind": self.kind.currentData(),
            "settings": self.form.values(),
        }
        self.desk.actions.run("sources.add", args, origin=self.save, done=self._answered)

    def _renamed(self, reply: Reply) -> None:
        """Its name first; the rest goes to the source by its new one."""
        if reply.ok and self.source is not None:
            self.source = msgspec.structs.replace(self.source, name=self.name.text().strip())
            self._save()
        else:
            self._answered(reply)

    def _saved(self) -> None:
        if self.source is None and self.into.isChecked() and not self.into.isHidden():
            self.added.emit(self._name, self.scene)
