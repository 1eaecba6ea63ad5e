"""What is on, what is next, and by how much it is over."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from studio.host.rundown.model import RundownView
from ui.format import clock, ms_short
from ui.i18n import t
from ui.models.rundown import RUNS, left_s
from ui.widgets.basics import TextLabel, column, row


class RundownStrip(QFrame):
    """What is on, what is next, and by how much it is over."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rundownStrip")
        self.now = TextLabel(size=16, weight=600, elides=True)
        self.left = TextLabel(size=20, weight=600)
        self.next = TextLabel(size=12, tone="muted", elides=True)
        self.end = TextLabel(size=12, tone="muted")
        first = row(gap=8)
        first.addWidget(self.now, 1)
        first.addWidget(self.left)
        second = row(gap=8)
        second.addWidget(self.next, 1)
        second.addWidget(self.end)
        layout = column(gap=2, margins=(12, 6, 12, 6))
        layout.addLayout(first)
        layout.addLayout(second)
        self.setLayout(layout)

    def show_rundown(self, view: RundownView) -> None:
        """What is known now; called each second."""
        on = next((item for item in view.items if item.item.id == view.now), None)
        upcoming = next((item for item in view.items if item.item.id == view.next), None)
        self.now.setText(on.item.title or on.item.id if on else t(f"rundown.stage_{view.stage}"))
        left = left_s(view)
        words, tone = "", ""
        if left is not None:
            over = left < 0
            words = t("rundown.over", time=ms_short(-left)) if over else ms_short(left)
            tone = "attention" if over or view.stage == "paused" else ""
            if view.stage == "paused":
                words = f"{t('rundown.stage_paused')} {words}"
        self.left.setText(words)
        self.left.set_tone(tone)
        name = upcoming.item.title or upcoming.item.id if upcoming else ""
        self.next.setText(t("rundown.next_is", name=name) if name else "")
        end, late = clock(view.expected_end_utc or view.planned_end_utc), view.late_s
        said = t("rundown.ends", at=end) if end else ""
        if late:
            key = "rundown.late" if late > 0 else "rundown.early"
            said += " · " + t(key, time=ms_short(abs(late)))
        self.end.setText(said)
        self.end.set_tone("attention" if late > 0 and view.stage in RUNS else "muted")
        self.setAccessibleName(f"{self.now.text()}, {words}, {self.next.text()}, {said}")
