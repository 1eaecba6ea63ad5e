"""The form of a feed: which platform, its name, and what it asks for."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout

from ui.desk import Desk
from ui.dialogs.form import Form
from ui.i18n import pick, t
from ui.models.commands import FieldKind
from ui.widgets.basics import TextLabel, calm, clear, column
from ui.widgets.schema_form import SchemaForm

FIRST = (
    "douyin", "bilibili", "twitch", "youtube", "ninja", "websocket", "sse", "webhook", "replay",
)  # fmt: skip
"""Platforms before bridges, bridges before rehearsals."""


class FeedForm(Form):
    """Adds a feed of comments."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.kind = QComboBox()
        self.kind.setAccessibleName(t("feeds.kind"))
        kinds = sorted(desk.store.kinds.feeds, key=_rank)
        for kind in kinds:
            self.kind.addItem(pick(kind.label), kind.kind)
        self.name = QLineEdit()
        self.name.setAccessibleName(t("feeds.name"))
        self._help = TextLabel(size=12, tone="muted", wraps=True)
        self._at = QVBoxLayout()
        self.form = SchemaForm({})
        layout = column(gap=8, margins=(12, 10, 12, 10))
        layout.addWidget(TextLabel(t("feeds.new"), weight=600))
        layout.addWidget(self.kind)
        layout.addWidget(self.name)
        layout.addWidget(self._help)
        layout.addLayout(self._at)
        layout.addWidget(self.error)
        layout.addLayout(self._buttons())
        self.setLayout(layout)
        calm(self)
        self.kind.currentIndexChanged.connect(self._show_kind)
        self._show_kind()

    def begin(self) -> None:
        """Puts the hand where it starts."""
        self.kind.setFocus()

    def _kind(self) -> FieldKind | None:
        wanted = self.kind.currentData()
        return next((kind for kind in self.desk.store.kinds.feeds if kind.kind == wanted), None)

    def _usual_name(self) -> str:
        kind = self._kind()
        base = pick(kind.label) if kind else ""
        taken = {feed.name for feed in self.desk.store.comments.feeds}
        return next(n for n in (base, *(f"{base} {i}" for i in range(2, 999))) if n not in taken)

    def _show_kind(self) -> None:
        kind = self._kind()
        clear(self._at)
        self.form = SchemaForm(kind.settings if kind else {})
        self._at.addWidget(self.form)
        self.name.setPlaceholderText(": ".join(filter(None, (t("feeds.name"), self._usual_name()))))
        lines = [pick(kind.help)] if kind else []
        if kind and kind.blind_spots:
            spots = t("feeds.and").join(pick(spot) for spot in kind.blind_spots)
            lines.append(t("feeds.blind", what=spots))
        self._help.setText("\n".join(lines))

    def _save(self) -> None:
        self.save.setEnabled(False)
        args = {
            "name": self.name.text().strip() or self._usual_name(),
            "kind": self.kind.currentData(),
            "settings": self.form.values(),
        }
        self.desk.actions.run("feeds.add", args, origin=self.save, done=self._answered)


def _rank(kind: FieldKind) -> tuple[int, str]:
    return (FIRST.index(kind.kind) if kind.kind in FIRST else len(FIRST), kind.kind)
