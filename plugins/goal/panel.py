"""The goal on the desk: an example of a panel that a plugin brings."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from studio.api import Text
from ui.api import RIGHT, Button, Panel, Spot, TextLabel, column, holder, listen, pick

EMPTY = Text(
    "还没有目标。用 Ctrl+K 运行“设定目标”。", 'No goal yet. Run "Set the goal" with Ctrl+K.'
)


class GoalOnDesk(msgspec.Struct, frozen=True):
    """What this panel reads of the part "goal" of the state."""

    target: int = 0
    words: str = ""
    reached: int = 0


class GoalPanel(Panel):
    """How far the goal is, and a button that counts."""

    id = "goal"
    label = Text("目标", "Goal")
    parts: ClassVar = {"goal": GoalOnDesk}
    spots: ClassVar = {"prepare": Spot(RIGHT, 1)}

    def build(self) -> None:
        self.words = TextLabel(weight=600, elides=True)
        self.figure = TextLabel(size=28, weight=600)
        self.note = TextLabel(size=12, tone="muted", wraps=True)
        inside = column(self.words, self.figure, self.note, 1, gap=8, margins=(16, 16, 16, 16))
        self.add(holder(inside), 1)
        self.more = self.tool(Button("+1", clicked=self._count))
        listen(self, self.desk.store.changed, lambda part: self._show(part))

    def retext(self) -> None:
        super().retext()
        self.more.name(pick(("目标加一", "Count one")))
        self.note.setText(pick(EMPTY))
        self._show("goal")

    def _count(self) -> None:
        self.desk.actions.run("goal.add", {"count": 1}, origin=self.more)

    def _show(self, part: str) -> None:
        if part != "goal":
            return
        goal = self.desk.store.own.get("goal", GoalOnDesk())
        self.words.setText(goal.words)
        self.figure.setText(f"{goal.reached} / {goal.target}" if goal.target else "")
        self.note.setVisible(not goal.target)
        self.words.setVisible(bool(goal.target))
        self.figure.setVisible(bool(goal.target))
        self.more.setEnabled(bool(goal.target))
