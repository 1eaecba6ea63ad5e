"""One game of the games panel: how far it is, who has won, what to do next."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from studio.shop.games.model import DrawView
from ui.desk import Desk
from ui.format import ms_short
from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, clear, column, row

NEXT = {"ready": "games.open", "open": "games.close", "closing": "games.draw"}
TONES = {"open": "good", "closing": "attention"}
MOST_WINNERS = 30


class GameRow(QFrame):
    """One draw, quiz, guess or lucky word."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._id, self._stage, self._product = desk, "", "", ""
        self._is_on_air = False
        self._shown: object = None
        self.setObjectName("offer")
        self.dot = Dot()
        self.name = TextLabel(weight=600, elides=True)
        self.what = TextLabel(size=12, tone="muted", elides=True)
        self.state = TextLabel(size=12)
        self.feature = Button("", clicked=self._feature)
        self.air = Button("", "quiet", clicked=self._show_on_air)
        self.step = Button("", "primary", clicked=self._next)
        self.remove = Button("✕", "quiet", clicked=self._remove)
        names = column(gap=1)
        names.addWidget(self.name)
        names.addWidget(self.what)
        head = row(self.dot, gap=8)
        head.addLayout(names, 1)
        for widget in (self.state, self.feature, self.air, self.step, self.remove):
            head.addWidget(widget)
        self._winners = QVBoxLayout()
        whole = column(gap=4, margins=(12, 4, 10, 4))
        whole.addLayout(head)
        whole.addLayout(self._winners)
        self.setLayout(whole)
        self.setMinimumHeight(tokens.px(46))

    def show_game(self, view: DrawView) -> None:
        """What is known now."""
        self._id, self._stage = view.id, view.stage
        self.dot.set(TONES.get(view.stage, "off"))
        self.name.setText(f"{t(f'games.kind_{view.kind}')} · {view.title}")
        self.what.setText(" · ".join(_rules(view)))
        said = [t(f"games.stage_{view.stage}"), t("games.entries", n=view.entries)]
        if view.stage == "ready" and view.likes:
            said.append(t("games.likes", n=f"{view.liked:,}", goal=f"{view.likes:,}"))
        if view.left_s:
            said.append(ms_short(view.left_s))
        if view.stage == "closing":
            said.append(t("games.beacon", n=view.beacon))
        self.state.setText(" · ".join(said))
        self._show_leader(view)
        self._is_on_air = view.on_air
        word = t("games.off_air" if view.on_air else "games.on_air")
        self.air.setText(word)
        self.air.name(t("games.step_of", what=word, name=view.title))
        self.air.set_kind("attention" if view.on_air else "quiet")
        word = t(f"games.step_{view.stage}") if view.stage in NEXT else ""
        self.step.setText(word)
        self.step.name(t("games.step_of", what=word, name=view.title))
        self.step.setVisible(view.stage in NEXT)
        self.remove.name(t("offers.remove_of", name=view.title))
        self.remove.setVisible(view.stage in ("ready", "drawn"))
        self.setAccessibleName(f"{self.name.text()}, {self.state.text()}")
        if view.winners != self._shown:
            self._show_winners(view)

    def _show_leader(self, view: DrawView) -> None:
        """Of a vote: what is ahead, and the button that goes on with it."""
        self._product = view.leader_product
        self.feature.setVisible(bool(view.leader_product) and view.stage in ("closing", "drawn"))
        self.feature.setText(t("games.feature", name=view.leader))
        self.feature.name(t("games.feature", name=view.leader))

    def _feature(self) -> None:
        self._desk.actions.run("shop.explain", {"product": self._product}, origin=self.feature)

    def _show_winners(self, view: DrawView) -> None:
        self._shown = view.winners
        clear(self._winners)
        for winner in view.winners[:MOST_WINNERS]:
            line, words = QWidget(), TextLabel("", elides=True)
            words.setText(f"{winner['prize']} · {winner['author']}")
            parts = row(words, gap=8, margins=(18, 0, 0, 0))
            parts.addStretch(1)
            if winner.get("claimed"):
                parts.addWidget(TextLabel(t("games.claimed"), size=12, tone="next"))
            elif winner.get("coupon") == "booked":
                parts.addWidget(TextLabel(t("games.booked"), size=12, tone="next"))
            else:
                if "coupon" in winner:
                    why = t("games.not_booked")
                    parts.addWidget(TextLabel(why, size=12, tone="attention"))
                if "left_s" in winner:
                    parts.addWidget(TextLabel(ms_short(int(winner["left_s"])), size=12))
                parts.addWidget(self._button("games.claim", winner))
                parts.addWidget(self._button("games.next", winner))
            line.setLayout(parts)
            self._winners.addWidget(line)

    def _button(self, command: str, winner: dict[str, str]) -> Button:
        args = {"id": self._id, "entry": winner["entry"]}
        word = t(f"{command.replace('.', '.do_')}")

        def run() -> None:
            self._desk.actions.run(command, dict(args), origin=self)

        button = Button(word, "quiet", clicked=run)
        button.name(t("games.step_of", what=word, name=winner["author"]))
        return button

    def _show_on_air(self) -> None:
        id = "" if self._is_on_air else self._id
        self._desk.actions.run("games.show", {"id": id}, origin=self.air)

    def _next(self) -> None:
        command = NEXT.get(self._stage)
        if command:
            self._desk.actions.run(command, {"id": self._id}, origin=self.step)

    def _remove(self) -> None:
        self._desk.actions.run("games.remove", {"id": self._id, "confirm": True}, origin=self)


def _rules(view: DrawView) -> list[str]:
    """What viewers may know."""
    found = [", ".join(f"{prize.name} ×{prize.count}" for prize in view.prizes)]
    if view.keyword:
        found.append(f"“{view.keyword}”")
    if view.options:
        found.append("  ".join(f"{name} {view.answers.get(name, 0)}" for name in view.options))
    if view.leader:
        found.append(t("games.leads", text=view.leader))
    if view.answer:
        found.append(t("games.answer", text=view.answer))
    found.append(t(f"games.counts_{view.counts}"))
    return [words for words in found if words]
