"""Plans at work: what each does now and next, and how a person holds, skips, stops, undoes it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from studio.plans.model import WHOLE, RunView
from ui.desk import Desk
from ui.format import age_s
from ui.i18n import pick, t
from ui.widgets.basics import Button, TextLabel, column, row


class RunBox(QFrame):
    """One run; its texts follow it, its buttons stay where they are."""

    def __init__(self, desk: Desk, run: RunView) -> None:
        super().__init__()
        self.setObjectName("ask")
        self.desk, self.run = desk, run
        self._title = TextLabel(weight=600, elides=True)
        self._left = TextLabel(size=12, tone="attention")
        self._now = TextLabel(size=12, wraps=True)
        self._next = TextLabel(size=11, tone="muted", wraps=True)
        head = row(gap=8)
        head.addWidget(self._title, 1)
        head.addWidget(self._left)
        self.buttons = {name: Button("") for name in ("hold", "skip", "stop", "undo")}
        ends = row(gap=6)
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, n=name: self._say(n))
            ends.addWidget(button)
        ends.addStretch(1)
        layout = column(gap=4, margins=(10, 8, 10, 8))
        layout.addLayout(head)
        layout.addWidget(self._now)
        layout.addWidget(self._next)
        layout.addLayout(ends)
        self.setLayout(layout)
        self.show_run(run)

    def show_run(self, run: RunView) -> None:
        """The run as it is now."""
        self.run = run
        name = pick(run.label) or run.plan
        title = name if run.subject in ("", *WHOLE) else f"{name} · {run.subject}"
        self._title.setText(title)
        at = f"{run.step}/{run.steps}  " if run.steps and run.phase != "watch" else ""
        self._now.setText(at + pick(run.now))
        said = t("plans.run_next", what=pick(run.next))
        self._next.setText(f"{said}  {t('plans.run_overruled')}" if run.overruled else said)
        for name_, button in self.buttons.items():
            words = "go_on" if name_ == "hold" and run.held else name_
            button.setText(t(f"plans.run_{words}"))
            button.setAccessibleName(f"{button.text()}: {title}")
        self.buttons["undo"].setEnabled(run.can_undo)
        self.setAccessibleName(title)
        self.tick()

    def tick(self) -> None:
        """The time that is left to the step."""
        age = age_s(self.run.until_utc) if self.run.until_utc else None
        held = t("plans.run_held") if self.run.held else ""
        self._left.setText(held if age is None else f"{max(0, int(-age))} s")

    def _say(self, name: str) -> None:
        args: dict[str, object] = {"incident": self.run.incident}
        if name == "hold":
            args["on"] = not self.run.held
        self.desk.actions.run(f"plans.{name}", args, origin=self.buttons[name])
