"""The experiments that run and the last that are over, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt

from studio.insight.trials.model import TrialView
from ui.format import clock, day_clock
from ui.i18n import pick, t
from ui.models.rows import Index, RowsModel


class TrialsModel(RowsModel):
    """Those that run stand first."""

    def __init__(self) -> None:
        super().__init__()
        self.trials: tuple[TrialView, ...] = ()

    def put(self, trials: tuple[TrialView, ...]) -> None:
        """What there is now."""
        with self.other_rows(are_same=[x.id for x in trials] == [x.id for x in self.trials]):
            self.trials = trials

    def rows(self) -> Sequence[Any]:
        """As the state has them."""
        return self.trials

    def heads(self) -> list[str]:
        """What, the two ways, how it goes, what it needs."""
        return [t(f"trials.head_{name}") for name in ("what", "a", "b", "now", "needs")]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        trial = self.trials[index.row()]
        return (pick(trial.label), pick(trial.a), pick(trial.b), turn_words(trial),
                needs_words(trial))[index.column()]  # fmt: skip


def turn_words(trial: TrialView) -> str:
    """Whose turn it is, or when it ended."""
    if trial.ended_utc:
        words = t("trials.ended", at=day_clock(trial.ended_utc))
        return f"{words} · {t(f'trials.by_{trial.ended_why}')}" if trial.ended_why else words
    if trial.unit == "viewer":
        if trial.a_source:
            return t("trials.by_source", a=trial.a_source, b=trial.b_source)
        counts = trial.counts
        return t("trials.by_viewer", n=counts.a_of + counts.b_of)
    way = trial.b if trial.arm == "b" else trial.a
    return t("trials.turn", arm=trial.arm.upper(), way=pick(way), until=clock(trial.until_utc))


def switch_words(trial: TrialView) -> str:
    """Who switches, what it came to, what holds it; "" where a person does."""
    if not trial.switches:
        return ""
    words = t("trials.switched", clean=trial.clean, spoiled=trial.spoiled)
    if trial.is_held and not trial.ended_utc:
        words = t("trials.held", why=trial.held_why) + " · " + words
    return words


def needs_words(trial: TrialView) -> str:
    """Slots or viewers until the effect is usually found."""
    effect = f"{trial.effect:+.0%}"
    if trial.unit == "viewer":
        return t("trials.needs_viewers", n=trial.viewers, effect=effect) if trial.viewers else "–"
    return t("trials.needs_pairs", at=trial.pair, n=trial.pairs, effect=effect)
