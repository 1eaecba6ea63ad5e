"""What concerns the way out as a whole: the budget, the delay, marks, replay and clips."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from studio.outputs.model import AirBudget
from ui.client import Reply
from ui.desk import Desk
from ui.format import hms, seconds
from ui.i18n import t
from ui.models.outputs import is_record, is_running
from ui.widgets.bar import PartBar
from ui.widgets.basics import Button, Segments, TextLabel, below, column, row
from ui.widgets.hold import HoldButton
from ui.widgets.plain import plain

DELAYS_S = (0, 5, 10, 20, 30)
REPLAY_S = 20
MOST_CHOICES = 14


class BudgetBar(PartBar):
    """How much of the show's allowed gap is used up."""

    def show_budget(self, budget: AirBudget) -> None:
        """What is used now."""
        self.show_part(min(1.0, budget.used_s / budget.total_s) if budget.total_s else 0.0)


def _result(reply: Reply) -> dict[str, Any]:
    """What a command gave."""
    found = reply.answer
    return found if isinstance(found, dict) else {}


class AirStrip(QFrame):
    """Stands above the destinations.

    Signals:
        wants_standby: the form of the standby is asked for.
    """

    wants_standby = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("air")
        self._budget_name = TextLabel(size=12, tone="muted")
        self._bar = BudgetBar()
        self._budget = TextLabel(size=12)
        self._rest = TextLabel(size=12, tone="muted", wraps=True)
        self._delay_name = TextLabel(size=12, tone="muted")
        self._delay = Segments(gap=0)
        self._delay.chosen.connect(self._set_delay)
        self.dump = HoldButton("", "attention", held=self._dump)
        self.dump.let_go.connect(
            lambda: desk.say(self.dump, t("hold.tip", what=self.dump.text()), "attention")
        )
        self.mark = Button("", clicked=self._mark)
        self.replay = Button("", clicked=self._save_replay)
        self.clip = Button("", clicked=self._choose_clip)
        first = row(self._budget_name, self._bar, self._budget, gap=8)
        delay = row(self._delay_name, self._delay, gap=8)
        delay.addStretch(1)
        self.own = Button("", "quiet", icon="standby", clicked=self.wants_standby.emit)
        delay.addWidget(self.own)
        keep = row(self.mark, self.replay, self.clip, gap=6)
        keep.addStretch(1)
        keep.addWidget(self.dump)
        layout = column(gap=6, margins=(12, 8, 10, 8))
        for part in (first, delay, keep):
            layout.addLayout(part)
        layout.addWidget(self._rest)
        self.setLayout(layout)

    def retext(self) -> None:
        """In the language of the desk."""
        self._budget_name.setText(t("air.budget"))
        self._bar.setToolTip(plain(t("air.budget_tip")))
        self._delay_name.setText(t("air.delay"))
        choices = [(str(n), t("air.delay_s", n=n) if n else t("air.delay_none")) for n in DELAYS_S]
        self._delay.offer(choices)
        self._delay.setToolTip(plain(t("air.delay_tip")))
        self.dump.setText(t("outputs.dump"))
        self.dump.name(t("outputs.dump_tip"))
        self.own.name(t("standby_form.title"), t("standby_form.note"))
        self.mark.setText(t("air.mark"))
        self.mark.name(t("air.mark"), t("air.mark_tip"))
        self.replay.setText(t("air.replay"))
        self.clip.setText(t("air.clip"))
        self.clip.name(t("air.clip"), t("air.clip_tip"))
        self.show_air()

    def show_air(self) -> None:
        """What is known now."""
        store = self.desk.store
        air = store.air
        self._bar.show_budget(air.budget)
        words = t(
            "air.budget_of", used=f"{air.budget.used_s:.1f}", total=f"{air.budget.total_s:.1f}"
        )
        self._budget.setText(words)
        self._budget.set_tone("attention" if air.budget.used_s > air.budget.total_s / 2 else "")
        self._bar.setAccessibleName(f"{t('air.budget')} {words}")
        streams = [o for o in store.outputs if not is_record(o)]
        delays = {air.settings[o.name].delay_s for o in streams if o.name in air.settings}
        self._delay.set(f"{delays.pop():.0f}" if len(delays) == 1 else "")
        self._delay.setEnabled(bool(streams))
        waiting = max((o.delayed_ms for o in streams), default=0)
        self.dump.setVisible(any(is_running(o) for o in streams) and waiting > 0)
        records = any(is_record(o) and is_running(o) for o in store.outputs)
        self.mark.setEnabled(records)
        kept = max(air.replay_s.values(), default=0.0)
        self.replay.setEnabled(kept > 0)
        self.replay.name(t("air.replay"), t("air.replay_tip", time=hms(kept)))
        rest = [t("air.delay_now", time=seconds(waiting))] if waiting else []
        if air.standby_s:
            rest.append(t("air.standby", time=f"{air.standby_s:.1f} s"))
        if air.standby.state in ("encoding", "failed"):
            rest.append(air.standby.why or t(f"standby_form.{air.standby.state}"))
        if len(air.rungs) > 1:
            rest.append(t("air.rungs", n=len(air.rungs)))
        if air.squeezed:
            rest.append(t("air.squeezed", names=", ".join(air.squeezed)))
        self._rest.setText("  ·  ".join(rest))
        self._rest.set_tone("attention" if air.squeezed else "muted")
        self._rest.setVisible(bool(rest))

    def _set_delay(self, value: str) -> None:
        self.desk.actions.run("outputs.delay", {"seconds": float(value)}, origin=self._delay)

    def _dump(self) -> None:
        self.desk.actions.run("outputs.dump", {}, origin=self.dump)

    def _mark(self) -> None:
        def done(reply: Reply) -> None:
            if reply.ok:
                self.desk.say(self.mark, t("air.marked"), "good")

        self.desk.actions.run("marks.add", {}, origin=self.mark, done=done)

    def _save_replay(self) -> None:
        def done(reply: Reply) -> None:
            if reply.ok:
                self._say_saved(self.replay, _result(reply))

        args: dict[str, object] = {"seconds": REPLAY_S}
        self.desk.actions.run("replay.save", args, origin=self.replay, done=done)

    def _say_saved(self, where: QWidget, result: dict[str, object]) -> None:
        name = Path(str(result.get("file", ""))).name
        time = hms(float(str(result.get("length_s", 0))))
        self.desk.say(where, t("air.saved", file=name, time=time), "good")

    def _choose_clip(self) -> None:
        """Asks what the recording holds, then offers it."""
        self.desk.actions.run("marks.list", {}, origin=self.clip, done=self._offer_clips)

    def _offer_clips(self, reply: Reply) -> None:
        if not reply.ok:
            return
        chapters = [c for c in _result(reply).get("chapters", []) if isinstance(c, dict)]
        names = {p.id: p.name for p in self.desk.store.shop.products}
        choices: list[tuple[str, dict[str, object]]] = []
        for ref in dict.fromkeys(str(c.get("ref")) for c in chapters if c.get("kind") == "product"):
            choices.append((t("air.clip_product", name=names.get(ref, ref)), {"product": ref}))
        marks = [c for c in chapters if c.get("kind") == "mark"]
        for number, mark in enumerate(marks, 1):
            label = str(mark.get("label", ""))
            choices.append((t("air.clip_mark", n=number, label=label), {"mark": number}))
        if not choices:
            self.desk.say(self.clip, t("air.clip_none"), "attention")
            return
        menu = QMenu(self)
        for text, args in choices[-MOST_CHOICES:]:
            menu.addAction(text, functools.partial(self._cut, args))
        menu.popup(below(self.clip))

    def _cut(self, args: dict[str, object]) -> None:
        def done(reply: Reply) -> None:
            for clip in _result(reply).get("clips", [])[-1:]:
                self._say_saved(self.clip, clip)

        self.desk.actions.run("clips.cut", args, origin=self.clip, done=done)
