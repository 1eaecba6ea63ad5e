"""Pairs of faults: a second one while the first one's plan works; all clears and nothing sticks."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from studio.app.drill.shadow import ShadowShow
from studio.core.errors import StudioError
from studio.plans.faults.base import DrillFault

HEALTHY_S, NOTICE_S, RECOVERY_S = 60.0, 60.0, 120.0
LATEST_S = 3.0
APART = frozenset({"engine_kill", "overload"})
"""They take the line to the engine away while they last: a second fault could not be armed."""
SAME = (
    frozenset({"freeze", "unplug", "unplug_all", "black"}),
    frozenset({"network_cut", "network_cut_all", "stall", "reset", "slow", "refused"}),
    frozenset({"silence", "loud"}),
)
"""Faults of one thing hide each other: that one of them is noticed is enough."""


class PairScore(msgspec.Struct):
    """How two faults at once went.

    Attributes:
        apart_s: the second one came so long after the first.
        noticed: plans that started.
        settled_s: from clearing both until nothing ran and the programme was as before.
    """

    first: str
    second: str
    apart_s: float
    noticed: tuple[str, ...] = ()
    settled_s: float | None = None
    passed: bool = False
    why: str = ""


def chosen_pairs(
    faults: Sequence[type[DrillFault]], count: int, seed: int
) -> list[tuple[type[DrillFault], type[DrillFault], float]]:
    """So many pairs with a pause between them; the same for the same seed.

    Every pair comes once before one comes twice.
    """
    rng = random.Random(seed)
    names = sorted((f for f in faults if f.name not in APART), key=lambda fault: fault.name)
    known = list(itertools.permutations(names, 2))
    chosen: list[tuple[type[DrillFault], type[DrillFault], float]] = []
    while known and len(chosen) < count:
        rng.shuffle(known)
        chosen += [(a, b, round(rng.uniform(0.0, LATEST_S), 2)) for a, b in known]
    return chosen[:count]


def run_pairs(
    shadow: ShadowShow,
    pairs: Iterable[tuple[type[DrillFault], type[DrillFault], float]],
    tell: Callable[[PairScore], None],
) -> list[PairScore]:
    """Runs one pair after the other."""
    scores = []
    for first, second, apart_s in pairs:
        score = _Pair(shadow, first, second, apart_s).run()
        shadow.insist()
        scores.append(score)
        tell(score)
    return scores


class _Pair:
    """One pair."""

    def __init__(
        self, shadow: ShadowShow, first: type[DrillFault], second: type[DrillFault], apart_s: float
    ) -> None:
        self._shadow, self._kinds = shadow, (first, second)
        self.score = PairScore(first.name, second.name, apart_s)
        self._known: set[str] = set()

    def run(self) -> PairScore:
        """Arms both, waits for their plans, clears both whatever happens, waits for calm."""
        score, shadow = self.score, self._shadow
        if not shadow.until(lambda: self._is_calm(None), HEALTHY_S):
            score.why = "the shadow was not well before"
            return score
        before = dict(shadow.part("scenes")["programme"])
        self._known = {row["id"] for row in self._incidents()}
        first, second = (kind() for kind in self._kinds)
        try:
            try:
                first.arm(shadow)
                pause_end = time.monotonic() + score.apart_s
                shadow.until(lambda: time.monotonic() >= pause_end, LATEST_S + 1)
                second.arm(shadow)
                if not shadow.until(self._has_noticed, NOTICE_S):
                    score.why = "not noticed: " + ", ".join(sorted(self._missing()))
            finally:
                began = time.monotonic()
                second.clear(shadow)
                first.clear(shadow)
            if shadow.until(lambda: self._is_calm(before), RECOVERY_S):
                score.settled_s = round(time.monotonic() - began, 2)
            else:
                score.why = score.why or "not as before"
        except StudioError as error:
            score.why = score.why or str(error)
        score.noticed = tuple(sorted({row["plan"] for row in self._new()}))
        score.passed = not score.why and score.settled_s is not None
        return score

    def _incidents(self) -> list[dict[str, Any]]:
        return list(self._shadow.run("plans.incidents", limit=40)["result"])

    def _new(self) -> list[dict[str, Any]]:
        return [row for row in self._incidents() if row["id"] not in self._known]

    def _missing(self) -> set[str]:
        """Faults that no plan has answered yet."""
        started = {row["plan"] for row in self._new()}
        missing = {kind.name for kind in self._kinds if kind.plan not in started}
        names = {kind.name for kind in self._kinds}
        if len(missing) == 1 and any(names <= group for group in SAME):
            return set()
        return missing

    def _has_noticed(self) -> bool:
        self._answer()
        return not self._missing()

    def _answer(self) -> None:
        for ask in self._shadow.part("plans")["asks"]:
            options = [option for option in ask["options"] if option != "stop"] or ask["options"]
            self._shadow.run("plans.answer", incident=ask["incident"], option=options[0])

    def _is_calm(self, before: dict[str, str] | None) -> bool:
        """No run, no question, every line flows, and the programme is as it was."""
        self._answer()
        shadow = self._shadow
        plans = shadow.part("plans")
        return (
            not plans["runs"]
            and not plans["asks"]
            and all(row["state"] == "live" and row["taken_kbps"] for row in shadow.part("outputs"))
            and before in (None, shadow.part("scenes")["programme"])
        )
