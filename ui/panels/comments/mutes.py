"""Who may not speak, why, and until when; each may be heard again with one click."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.comments.model import MutedView
from ui.desk import Desk
from ui.format import clock
from ui.i18n import pick, t
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, column, row
from ui.widgets.comment_words import drawable, person_words
from ui.widgets.keyed_rows import keep_rows
from ui.widgets.plain import plain

MOST = 200
"""Rows that are drawn; of a raid with more the newest."""


class MutedRow(QWidget):
    """One person: the name and the end, then what was said, the rule and who decided."""

    def __init__(self, desk: Desk, who: str) -> None:
        super().__init__()
        self._desk, self._who = desk, who
        self._name = TextLabel(weight=600, elides=True)
        self._about = TextLabel(size=12, tone="muted", wraps=True)
        self.lift = Button("", "quiet", clicked=self._lift)
        words = column(gap=1)
        words.addWidget(self._name)
        words.addWidget(self._about)
        line = row(gap=8, margins=(12, 4, 8, 4))
        line.addLayout(words, 1)
        line.addWidget(self.lift, 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)

    def show_mute(self, mute: MutedView) -> None:
        """What is known of it; one of an older engine has no words."""
        name = mute.author or mute.who
        self._name.setText(f"{name} · {t('comments.muted_until', at=clock(mute.until_utc))}")
        parts = [t("comments.said", text=drawable(mute.text))] if mute.text else []
        reason = mute.reason
        if reason is not None and reason.rule:
            parts.append(pick((reason.text.get("zh", ""), reason.text.get("en", ""))))
            parts.append(t("comments.rule", id=reason.rule))
        if mute.by:
            parts.append(t("comments.decided_by", who=person_words(mute.by)))
        self._about.setText(" · ".join(part for part in parts if part))
        self._about.setVisible(bool(parts))
        self.lift.setText(t("comments.lift"))
        self.lift.name(t("comments.lift_of", who=name), t("comments.lift_tip"))
        self.setAccessibleName(plain(f"{self._name.text()}, {self._about.text()}"))

    def _lift(self) -> None:
        args = {"who": self._who, "lift": True}
        self._desk.actions.run("comments.appeal", args, origin=self.lift)


class MutedList(QScrollArea):
    """All of them, the newest first."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._rows: dict[str, MutedRow] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        page = QVBoxLayout()
        page.setContentsMargins(0, tokens.px(4), 0, tokens.px(4))
        self._lines = QVBoxLayout()
        self._more = TextLabel(size=12, tone="muted")
        self._more.setContentsMargins(tokens.px(12), 0, 0, 0)
        page.addLayout(self._lines)
        page.addWidget(self._more)
        page.addStretch(1)
        inside.setLayout(page)
        self.setWidget(inside)

    def show_mutes(self, mutes: tuple[MutedView, ...]) -> None:
        """Who is muted now."""
        shown = {mute.who: mute for mute in reversed(mutes[-MOST:])}
        keep_rows(self._lines, self._rows, list(shown), partial(MutedRow, self._desk))
        for who, mute in shown.items():
            self._rows[who].show_mute(mute)
        more = len(mutes) - len(shown)
        self._more.setText(t("comments.muted_more", n=more))
        self._more.setVisible(more > 0)
