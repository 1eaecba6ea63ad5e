"""Ready for air? What was checked, what is not known yet, and where each thing is mended."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from studio.show.readiness.model import ReadyLine
from ui.client import Reply
from ui.desk import Desk
from ui.i18n import pick, t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, LEFT, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, row


class CheckRow(QFrame):
    """One line with its mend beside it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._mend_at = desk, ""
        self.setMinimumHeight(tokens.px(30))
        self.dot = Dot()
        self.name = TextLabel(size=12, tone="muted", elides=True)
        self.name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.name.setFixedWidth(tokens.px(64))
        self.text = TextLabel(wraps=True)
        self.mend = Button("", clicked=lambda: desk.reveal(self._mend_at))
        layout = row(self.dot, self.name, gap=8, margins=(12, 2, 10, 2))
        layout.addWidget(self.text, 1)
        layout.addWidget(self.mend)
        self.setLayout(layout)

    def show_line(self, line: ReadyLine) -> None:
        """What is known now."""
        name, text = pick(line.label), pick(line.text)
        self.dot.set(line.tone)
        self.name.setText(name)
        self.text.setText(text)
        self.text.set_tone("attention" if line.tone == "attention" else "")
        self._mend_at = line.fix
        self.mend.setVisible(bool(line.fix) and line.tone != "good" and line.fix != "ready")
        self.mend.setText(t("ready.mend"))
        self.mend.name(t("ready.mend_of", name=name))
        self.setAccessibleName(f"{name}: {text}")


class ReadyPanel(Panel):
    """The round before air; it goes on watching while on air."""

    id = "ready"
    rank = 70
    spots = {
        "controller": Spot(BOTTOM, 2),
        "technician": Spot(BOTTOM, 2),
        "vertical": Spot(RIGHT, 1),
        "prepare": Spot(LEFT, 1, 0.68),
    }
    keys = (("Tab", "ready.key_next"), ("Space", "ready.key_mend"))

    def build(self) -> None:
        self.rows: dict[str, CheckRow] = {}
        self.prove = self.tool(Button("", "primary", icon="check", clicked=self._run))
        inside = QWidget()
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, tokens.px(4), 0, tokens.px(4))
        self._list.setSpacing(0)
        self._list.addStretch(1)
        inside.setLayout(self._list)
        self.add_scroll(inside)
        listen(self, self.desk.store.changed, self._changed)

    def retext(self) -> None:
        super().retext()
        self.prove.setText(t("ready.prove"))
        self.prove.name(t("ready.prove_tip"))
        self.refresh()

    def _run(self) -> None:
        """The engine tries every destination; the window does not wait."""
        self.prove.setEnabled(False)
        self.desk.actions.run("outputs.check", {}, origin=self.prove, done=self._proven)

    def _proven(self, reply: Reply) -> None:
        self.prove.setEnabled(True)
        self.refresh()

    def _changed(self, part: str) -> None:
        if part == "ready":
            self.refresh()

    def refresh(self) -> None:
        lines = self.desk.store.ready.lines
        for position, line in enumerate(lines):
            row_ = self.rows.get(line.id)
            if row_ is None:
                row_ = self.rows[line.id] = CheckRow(self.desk)
                self._list.insertWidget(position, row_)
            row_.show_line(line)
        ids = [line.id for line in lines]
        for gone in [id for id in self.rows if id not in ids]:
            self.rows.pop(gone).deleteLater()
        good = sum(line.tone == "good" for line in lines)
        self.head.count.setText(t("ready.count", n=good, of=len(lines)))
        wants = sum(line.tone == "attention" for line in lines)
        self.head.show_badge(t("ready.wants", n=wants) if wants else "")
