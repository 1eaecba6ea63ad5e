"""Games: draws, quizzes, votes, lucky words; one button takes each a step further."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.shop.model import Product
from ui.i18n import t
from ui.panels.base import Panel
from ui.panels.games.effects import EffectsButton
from ui.panels.games.row import GameRow
from ui.panels.spot import BOTTOM, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel
from ui.widgets.keyed_rows import keep_rows
from ui.widgets.pop_form import PopForm

KINDS = ("draw", "words", "quiz", "price", "vote")


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
        self.effects = EffectsButton(self.desk)
        self.tool(self.effects)
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
        self.effects.retext()
        self._new.setText(t("games.new"))
        self._new.name(t("games.new"), t("games.new_tip"))
        self._empty.setText(t("games.empty"))
        self._show()

    def _heard(self, part: str) -> None:
        if part == "games":
            self._show()
        elif part == "effects":
            self.effects.retext()

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
        known = [view.coupon for view in self.desk.store.coupons]
        coupons = [("", "—"), *((coupon.id, coupon.name or coupon.id) for coupon in known)]
        form = PopForm(
            self._new, t("games.new"), SCHEMA, {"kind": KINDS[0]}, self._save,
            lambda name: coupons if name == "coupon" else (),
        )  # fmt: skip
        form.open()

    def _save(self, given: dict[str, Any]) -> None:
        kind = str(given.get("kind") or KINDS[0])
        taken = {view.id for view in self.desk.store.games}
        options = [o for o in re.split(r"[/、，,\s]+", str(given.get("options", ""))) if o]
        products = self.desk.store.shop.products
        chosen = _chosen(options, products) if kind == "vote" else []
        if chosen:
            options = [product.name for product in chosen]
        prize, coupon = str(given.get("prize", "")).strip(), str(given.get("coupon") or "")
        has_prize = kind != "vote" or bool(prize or coupon)
        rules = {
            "title": str(given.get("title", "")).strip() or t(f"games.kind_{kind}"),
            "kind": kind,
            "prizes": [{
                "name": prize or coupon or t("games.prize"),
                "count": int(given.get("count") or 1),
                "coupon": coupon,
            }] if has_prize else [],
            "keyword": str(given.get("keyword", "")).strip() if kind in ("draw", "words") else "",
            "options": options if kind in ("quiz", "vote") else [],
            "products": [product.id for product in chosen],
            "open_s": int(given.get("open_s") or 0),
            "likes": int(given.get("likes") or 0),
            "claim_s": int(given.get("claim_min") or 0) * 60,
            "claim_word": t("games.claim_word") if given.get("claim_min") else "",
            "currency": products[0].currency if products else "CNY",
        }  # fmt: skip
        number = next(n for n in range(1, 1000) if f"game-{n}" not in taken)
        args = {"id": f"game-{number}", "rules": rules, "answer": str(given.get("answer", ""))}
        self.desk.actions.run("games.put", args, origin=self._new)


def _chosen(options: list[str], products: Sequence[Product]) -> list[Product]:
    """The goods that options of a vote name, by their numbers or names; none unless all do."""
    known = {str(product.number): product for product in products}
    known |= {product.name: product for product in products}
    found = [known[option] for option in options if option in known]
    return found if len(found) == len(options) and len(found) > 1 else []


def _text(zh: str, en: str) -> dict[str, Any]:
    return {"type": "string", "default": "", "x-zh": zh, "x-en": en}


def _number(zh: str, en: str, default: int, least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most, "default": default, "x-zh": zh,
            "x-en": en}  # fmt: skip


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": list(KINDS), "x-zh": "玩法", "x-en": "Game",
                 "x-words": {"draw": ("抽奖", "Draw"), "words": ("口令", "Lucky words"),
                             "quiz": ("问答", "Quiz"), "price": ("猜价", "Guess the price"),
                             "vote": ("投票选款", "Vote")}},
        "title": _text("标题或题目", "Title or question"),
        "prize": _text("奖品", "Prize"),
        "count": _number("份数", "How many", 1, 1, 10_000),
        "coupon": _text("奖品是优惠券", "The prize is a coupon"),
        "keyword": _text("口令（抽奖可空）", "Words to say (a draw may have none)"),
        "options": _text("选项（问答、投票：用空格隔开；投票可写商品编号）",
                         "Options (quiz, vote: with spaces; a vote takes product numbers)"),
        "answer": {**_text("答案（问答、猜价）", "Answer (quiz, guess the price)"),
                   "x-widget": "secret"},
        "likes": _number("点赞到数自动开始（0 手动）", "Begins at so many likes (0: by hand)",
                         0, 0, 10**9),
        "open_s": _number("几秒后自动截止（0 手动）", "Closes by itself after seconds (0: by hand)",
                          0, 0, 86_400),
        "claim_min": _number("几分钟内领奖（0 不限）", "Minutes to claim (0: any)", 0, 0, 1440),
    },
}  # fmt: skip
