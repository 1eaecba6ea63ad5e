"""Games: draws, quizzes, guess the price, lucky words; one button takes each a step further."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.i18n import t
from ui.panels.base import Panel
from ui.panels.games.row import GameRow
from ui.panels.spot import BOTTOM, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel
from ui.widgets.keyed_rows import keep_rows
from ui.widgets.pop_form import PopForm

KINDS = ("draw", "words", "quiz", "price")


class GamesPanel(Panel):
    """All games of the show."""

    id = "games"
    rank = 26
    spots = {
        "controller": Spot(BOTTOM, 2),
        "technician": Spot(BOTTOM, 2),
    }
    keys = (("Tab", "games.key_next"), ("Space", "games.key_press"))

    def build(self) -> None:
        self._rows: dict[str, GameRow] = {}
        self._new = self.tool(Button("", "primary", icon="plus", clicked=self._open_form))
        inside = QWidget()
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._empty = TextLabel(tone="muted", wraps=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._list.addWidget(self._empty)
        self._list.addStretch(1)
        inside.setLayout(self._list)
        inside.setStyleSheet(f"QFrame#offer {{ border-bottom: 1px solid {tokens.RAISED}; }}")
        self.add_scroll(inside)
        self.desk.store.changed.connect(self._heard)

    def retext(self) -> None:
        super().retext()
        self._new.setText(t("games.new"))
        self._new.name(t("games.new"), t("games.new_tip"))
        self._empty.setText(t("games.empty"))
        self._show()

    def _heard(self, part: str) -> None:
        if part == "games":
            self._show()

    def _show(self) -> None:
        views = self.desk.store.games
        ids = [view.id for view in views]
        keep_rows(self._list, self._rows, ids, lambda _: GameRow(self.desk))
        for view in views:
            self._rows[view.id].show_game(view)
        self._empty.setVisible(not views)
        runs = sum(view.stage in ("open", "closing") for view in views)
        self.head.show_badge(t("games.runs") if runs else "", "good")

    def _open_form(self) -> None:
        """A game in a few fields; more of its rules by command."""
        form = PopForm(
            self._new, t("games.new"), SCHEMA, {"kind": KINDS[0]}, self._save, lambda name: ()
        )
        form.open()

    def _save(self, given: dict[str, Any]) -> None:
        kind = str(given.get("kind") or KINDS[0])
        taken = {view.id for view in self.desk.store.games}
        options = [o for o in re.split(r"[/、，,\s]+", str(given.get("options", ""))) if o]
        products = self.desk.store.shop.products
        rules = {
            "title": str(given.get("title", "")).strip() or t(f"games.kind_{kind}"),
            "kind": kind,
            "prizes": [{
                "name": str(given.get("prize", "")).strip() or t("games.prize"),
                "count": int(given.get("count") or 1),
            }],
            "keyword": str(given.get("keyword", "")).strip() if kind in ("draw", "words") else "",
            "options": options if kind == "quiz" else [],
            "claim_s": int(given.get("claim_min") or 0) * 60,
            "claim_word": t("games.claim_word") if given.get("claim_min") else "",
            "currency": products[0].currency if products else "CNY",
        }  # fmt: skip
        number = next(n for n in range(1, 1000) if f"game-{n}" not in taken)
        args = {"id": f"game-{number}", "rules": rules, "answer": str(given.get("answer", ""))}
        self.desk.actions.run("games.put", args, origin=self._new)


def _text(zh: str, en: str) -> dict[str, Any]:
    return {"type": "string", "default": "", "x-zh": zh, "x-en": en}


def _number(zh: str, en: str, default: int, least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most, "default": default, "x-zh": zh,
            "x-en": en}  # fmt: skip


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": list(KINDS), "x-zh": "玩法", "x-en": "Game"},
        "title": _text("标题或题目", "Title or question"),
        "prize": _text("奖品", "Prize"),
        "count": _number("份数", "How many", 1, 1, 10_000),
        "keyword": _text("口令（抽奖可空）", "Words to say (a draw may have none)"),
        "options": _text("选项（问答，用空格隔开）", "Options (quiz, with spaces)"),
        "answer": {**_text("答案（问答、猜价）", "Answer (quiz, guess the price)"),
                   "x-widget": "secret"},
        "claim_min": _number("几分钟内领奖（0 不限）", "Minutes to claim (0: any)", 0, 0, 1440),
    },
}  # fmt: skip
