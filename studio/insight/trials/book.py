"""The experiments that people started, on the disk; not for the engine's loop."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from studio.core.asking import asking
from studio.core.clock import utc_ms, utc_of
from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.governance.document import PrivateDocument
from studio.insight.experiments import (
    MOST_TESTS,
    RATES,
    USUAL_SPREAD,
    commitment,
    ideas,
    planned,
)
from studio.insight.metrics import metrics
from studio.insight.trials.arms import right_of
from studio.insight.trials.model import ArmCommand, ArmCounts, ArmUndo, Trial

MOST, MOST_BYTES = 500, 5_000_000


def trials_file() -> Path:
    """Where they stand."""
    return data_dir() / "insight" / "trials.json"


class TrialBook:
    """All of them, the newest last.

    Args:
        file: where they stand.
    """

    def __init__(self, file: Path) -> None:
        self._document = PrivateDocument(
            file, list[Trial], most_bytes=MOST_BYTES,
            unreadable="experiment.unreadable", not_kept="experiment.not_kept",
        )  # fmt: skip

    @property
    def all(self) -> tuple[Trial, ...]:
        """The newest last.

        Raises:
            StudioError: failed: they cannot be read.
        """
        return tuple(self._document.known())

    @property
    def known(self) -> tuple[Trial, ...]:
        """The same, none where they cannot be read; without the disk once they were read."""
        try:
            return self.all
        except StudioError:
            return ()

    def start(
        self,
        idea_id: str,
        metric: str,
        a: tuple[ArmCommand, ...] = (),
        b: tuple[ArmCommand, ...] = (),
        show: str = "",
        sources: tuple[str, str] = ("", ""),
    ) -> Trial:
        """Slots count from now.

        Args:
            metric: what is compared; "" is the step that the idea is for.
            a, b: what the arms do to the picture, with the right of whoever asks.
            show: in which.
            sources: by viewer: link or coupon of each arm, whose visitors are counted.

        Raises:
            StudioError: not_found; conflict, when three run; invalid; failed.
        """
        idea = next((idea for idea in ideas() if idea.id == idea_id), None)
        if idea is None:
            known = ", ".join(idea.id for idea in ideas())
            raise StudioError("not_found", "experiment.no_idea", id=idea_id, known=known)
        if (a or b) and idea.unit != "time":
            raise StudioError("invalid", "experiment.by_viewer_only", id=idea_id)
        if any(sources) and (idea.unit != "viewer" or not all(sources) or len(set(sources)) < 2):
            raise StudioError("invalid", "experiment.two_sources", id=idea_id)
        chosen = metric or idea.step
        if chosen not in metrics():
            known = ", ".join((*RATES, "orders", "units", "sold_cents", "comments"))
            raise StudioError("not_found", "experiment.no_metric", id=chosen, known=known)
        plan, secret, now_ms = planned(idea, 0.0, USUAL_SPREAD), secrets.token_bytes(32), utc_ms()
        made = Trial(
            id=secrets.token_hex(3), idea=idea.id, label=idea.label, a=idea.a, b=idea.b,
            unit=idea.unit, metric=chosen, guards=idea.guards, effect=plan.effect,
            pairs=plan.pairs, viewers=plan.viewers, commitment=commitment(secret),
            secret=secret.hex(), began_ms=now_ms, began_utc=utc_of(now_ms / 1000),
            by=asking().person or "engine", a_does=a, b_does=b, show=show,
            a_source=sources[0], b_source=sources[1],
            right=right_of(asking()),
        )  # fmt: skip
        with self._document.changing() as trials:
            running = [trial for trial in trials if not trial.ended_utc]
            if len(running) >= MOST_TESTS:
                raise StudioError("conflict", "experiment.enough", most=MOST_TESTS)
            if any(trial.idea == idea.id for trial in running):
                raise StudioError("conflict", "experiment.runs", id=idea.id)
            trials.append(made)
            del trials[:-MOST]
        return made

    def end(self, id: str, why: str = "") -> Trial:
        """It is over; its coin may be seen.

        Args:
            why: what its result said; "" is a person's end.

        Raises:
            StudioError: not_found; conflict; failed.
        """
        now_ms, by = utc_ms(), asking().person or "engine"

        def ended(trial: Trial) -> Trial:
            at = utc_of(now_ms / 1000)
            return replace(trial, ended_ms=now_ms, ended_utc=at, ended_by=by, ended_why=why)

        return self._change(id, ended)

    def count(self, id: str, counts: ArmCounts) -> Trial:
        """What a person read off.

        Raises:
            StudioError: not_found; conflict, invalid; failed.
        """
        if counts.a_did > counts.a_of or counts.b_did > counts.b_of:
            raise StudioError("invalid", "experiment.more_than_all")

        def counted(trial: Trial) -> Trial:
            if trial.unit != "viewer":
                raise StudioError("conflict", "experiment.in_time_only", id=id)
            if trial.a_source:
                raise StudioError("conflict", "experiment.counted", id=id)
            return replace(trial, counts=counts)

        return self._change(id, counted)

    def hold(self, id: str, why: str) -> Trial:
        """A person's hand goes before; "" lets it go on.

        Raises:
            StudioError: not_found; conflict; failed.
        """
        return self._change(id, lambda trial: replace(trial, is_held=bool(why), held_why=why))

    def count_slot(self, id: str, number: int) -> Trial:
        """A slot was as the coin said.

        Raises:
            StudioError: not_found; failed.
        """
        return self._change(
            id, lambda trial: replace(trial, clean=(*trial.clean, number)), or_over=True
        )

    def add_back(self, id: str, way: ArmUndo) -> Trial:
        """Something more is on the picture, and this takes it back.

        Raises:
            StudioError: not_found; failed.
        """
        return self._change(id, lambda trial: replace(trial, back=(*trial.back, way)), or_over=True)

    def put_back(self, id: str, ways: tuple[ArmUndo, ...]) -> Trial:
        """Only these are left to be taken back.

        Raises:
            StudioError: not_found; failed.
        """
        return self._change(id, lambda trial: replace(trial, back=ways), or_over=True)

    def _change(self, id: str, change: Callable[[Trial], Trial], *, or_over: bool = False) -> Trial:
        with self._document.changing() as trials:
            at = next((at for at, trial in enumerate(trials) if trial.id == id), None)
            if at is None:
                raise StudioError("not_found", "experiment.none", id=id)
            if trials[at].ended_utc and not or_over:
                raise StudioError("conflict", "experiment.over", id=id)
            trials[at] = change(trials[at])
            return trials[at]
