"""What was recorded lately, and where it is: found again after the show."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from studio.outputs.model import KeptFile, KeptFiles
from ui.client import Reply
from ui.format import day_clock, size
from ui.i18n import t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.spot import LEFT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, clear, column, row

SHOWN = 5
LOOK_MS = 5000


class RecordingRow(QFrame):
    """One file: what, when, how large; a click opens it."""

    def __init__(self, kept: KeptFile) -> None:
        super().__init__()
        self.kept = kept
        self.setObjectName("recording")
        self.dot = Dot()
        self.name = TextLabel(Path(kept.file).name, elides=True)
        self.facts = TextLabel(size=12, tone="muted", is_steady=True)
        self.play = Button("", icon="play")
        words = QWidget()
        words.setLayout(column(self.name, self.facts, gap=2))
        layout = row(self.dot, gap=8, margins=(12, 6, 10, 6))
        layout.addWidget(words, 1)
        layout.addWidget(self.play)
        self.setLayout(layout)
        self.show_file(kept)

    def show_file(self, kept: KeptFile) -> None:
        """It may have grown."""
        self.kept = kept
        self.dot.set("good" if kept.is_growing else "off")
        kind = "growing" if kept.is_growing else "clip" if kept.is_clip else "whole"
        facts = (t(f"recordings.{kind}"), day_clock(kept.at_utc), size(kept.size_bytes))
        self.facts.setText(" · ".join(facts))
        name = Path(kept.file).name
        self.play.setText(t("recordings.open"))
        self.play.name(t("recordings.open_of", name=name), kept.file)
        self.setAccessibleName(f"{name} {self.facts.text()}")


class RecordingsPanel(Panel):
    """The last recordings and clips, with the folder they are in."""

    id = "recordings"
    rank = 75
    spots = {"review": Spot(LEFT, 1, 0.68)}
    place = LEFT
    keys = (("Tab", "recordings.key_next"), ("Space", "recordings.key_open"))

    def build(self) -> None:
        self.folder = ""
        self.rows: list[RecordingRow] = []
        self.open_folder = self.tool(Button("", clicked=self._open_folder))
        inside = QWidget()
        inside.setStyleSheet(f"#recording {{ border-bottom: 1px solid {tokens.RAISED}; }}")
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        outer = column(gap=0)
        outer.addLayout(self._list)
        self.note = TextLabel(size=12, tone="muted", wraps=True)
        self.note.setContentsMargins(*(tokens.px(v) for v in (16, 16, 16, 16)))
        outer.addWidget(self.note)
        outer.addStretch(1)
        inside.setLayout(outer)
        self.add_scroll(inside)
        self._known: tuple[KeptFile, ...] = ()
        self._look = QTimer(self)
        self._look.timeout.connect(self.ask)
        self._look.start(LOOK_MS)
        self.visibilityChanged.connect(self._seen)
        self.desk.store.loaded.connect(self.ask)
        listen(self, self.desk.store.happened, lambda name, data: self._event(name))

    def retext(self) -> None:
        super().retext()
        self.open_folder.setText(t("recordings.folder"))
        self.open_folder.name(t("recordings.folder"), self.folder or t("recordings.folder_tip"))
        self.note.setText(t("recordings.empty"))
        for row_ in self.rows:
            row_.show_file(row_.kept)

    def ask(self) -> None:
        """Looks what is there; only while somebody looks here."""
        if self.isVisible():
            self.desk.client.call("record.list", {"most": SHOWN}, self._take)

    def _seen(self, on: bool) -> None:
        if on:
            self.ask()

    def _event(self, name: str) -> None:
        if name == "outputs.changed":
            self.ask()

    def _take(self, reply: Reply) -> None:
        found = reply.answer
        if not reply.ok or not isinstance(found, dict):
            return
        try:
            kept = msgspec.convert(found, KeptFiles, strict=False)
        except msgspec.ValidationError:
            return
        self.folder = kept.folder
        self.open_folder.name(t("recordings.folder"), kept.folder)
        if [entry.file for entry in kept.files] != [row_.kept.file for row_ in self.rows]:
            clear(self._list)
            self.rows = []
            for entry in kept.files:
                row_ = RecordingRow(entry)
                row_.play.clicked.connect(partial(self._open, entry.file, row_.play))
                self._list.addWidget(row_)
                self.rows.append(row_)
        for row_, entry in zip(self.rows, kept.files, strict=True):
            row_.show_file(entry)
        self.note.setVisible(not kept.files)

    def _open_folder(self) -> None:
        if self.folder:
            self._open(self.folder, self.open_folder)
        else:
            self.desk.say(self.open_folder, t("recordings.unknown"), "attention")

    def _open(self, file: str, button: Button, *_: object) -> None:
        """With the program of this machine; an engine elsewhere has its files elsewhere."""
        if not Path(file).exists():
            self.desk.say(button, t("recordings.elsewhere", file=file), "attention")
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(file)):
            self.desk.say(button, t("recordings.no_program", file=file), "attention")
