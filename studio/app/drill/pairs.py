"""Two or three faults at once: a later one while the first one's plan works; nothing sticks."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from studio.app.drill.crew import answer_all
from studio.app.drill.rests import PlanRests
from studio.app.drill.runner import STEPS_S, is_calm, takes_picture
from studio.app.drill.shadow import ShadowShow
from studio.core.errors import StudioError
from studio.core.text import Text
from studio.plans.faults.base import DrillFault
from studio.plans.model import Plan

HEALTHY_S, NOTICE_S, RECOVERY_S = 60.0, 60.0, 120.0
SLOW_S = 15.0
"""More than a fault's own time to be noticed: another one is in, and the machine is busy."""
LATEST_S = 3.0
AHEAD = 12
"""Of so many that come next the first one is taken whose plans have rested."""
APART = frozenset({"engine_kill", "overload"})
"""They take the line to the engine away while they last: a second fault could not be armed."""
SAME = (
    frozenset({"freeze", "unplug", "unplug_all", "black"}),
    frozenset({"network_cut", "network_cut_all", "stall", "reset", "slow", "refused"}),
    frozenset({"silence", "loud"}),
)
"""Faults of one thing hide each other: that one of them is noticed is enough."""
SAME_THING = Text("同一样东西的故障", "faults of one thing")


class FaultSet(NamedTuple):
    """Faults that are put in one after the other.

    Attributes:
        kinds: in their order.
        pauses_s: before each but the first.
    """

    kinds: tuple[type[DrillFault], ...]
    pauses_s: tuple[float, ...]

    @property
    def plans(self) -> frozenset[str]:
        """Those that are to answer."""
        return frozenset(kind.plan for kind in self.kinds)


class HiddenFault(msgspec.Struct):
    """A fault that cannot show while another one is in.

    Attributes:
        noticed_s: from taking the other one out until its plan started; None for faults of one
            thing, of which one is enough.
    """

    fault: str
    by: str
    why: Text
    noticed_s: float | None = None


class PairScore(msgspec.Struct):
    """How two or three faults at once went.

    Attributes:
        third: "" of a pair.
        apart_s, third_apart_s: that one came so long after the one before.
        noticed: plans that started.
        hidden: faults that could not show while another one was in, with the reason.
        safe_picture_s: from the first fault until viewers saw another picture; None where no plan
            takes one.
        settled_s: from clearing all until nothing ran and the programme was as before.
    """

    first: str
    second: str
    apart_s: float
    third: str = ""
    third_apart_s: float | None = None
    noticed: tuple[str, ...] = ()
    hidden: tuple[HiddenFault, ...] = ()
    safe_picture_s: float | None = None
    settled_s: float | None = None
    passed: bool = False
    why: str = ""


def chosen_sets(
    faults: Sequence[type[DrillFault]], count: int, seed: int, size: int = 2
) -> list[FaultSet]:
    """So many pairs or triples with their pauses; the same for the same seed.

    Every one comes once before one comes twice.
    """
    rng = random.Random(seed)
    names = sorted((f for f in faults if f.name not in APART), key=lambda fault: fault.name)
    known = list(itertools.permutations(names, size))
    chosen: list[FaultSet] = []
    while known and len(chosen) < count:
        rng.shuffle(known)
        chosen += [
            FaultSet(kinds, tuple(round(rng.uniform(0.0, LATEST_S), 2) for _ in kinds[1:]))
            for kinds in known
        ]
    return chosen[:count]


def next_set(left: list[FaultSet], rests: PlanRests) -> FaultSet:
    """Takes the next one out: of those that come soon the first whose plans have rested."""
    soon = left[:AHEAD]
    chosen = min(soon, key=lambda faults: max(0.0, rests.left_s(faults.plans)))
    left.remove(chosen)
    return chosen


def run_sets(
    shadow: ShadowShow,
    plans: Mapping[str, Plan],
    sets: Iterable[FaultSet],
    tell: Callable[[PairScore], None],
) -> list[PairScore]:
    """Runs one pair or triple after the other."""
    scores, left, rests = [], list(sets), PlanRests(plans)
    while left:
        score = _Together(shadow, plans, next_set(left, rests), rests).run()
        shadow.insist()
        scores.append(score)
        tell(score)
    return scores


def excused(
    kinds: Iterable[type[DrillFault]], missing: Iterable[type[DrillFault]]
) -> list[HiddenFault]:
    """Those of what nobody noticed beside which another fault of the same thing was noticed."""
    missing = list(missing)
    seen = [kind.name for kind in kinds if kind not in missing]
    return [
        HiddenFault(kind.name, by, SAME_THING)
        for kind in missing
        for by in [next((n for n in seen if any({n, kind.name} <= g for g in SAME)), "")]
        if by
    ]


class _Together:
    """One pair or triple."""

    def __init__(
        self, shadow: ShadowShow, plans: Mapping[str, Plan], faults: FaultSet, rests: PlanRests
    ) -> None:
        self._shadow, self._plans, self._rests = shadow, plans, rests
        self._set = faults
        self._faults = {kind: kind() for kind in faults.kinds}
        names = [kind.name for kind in faults.kinds]
        self.score = PairScore(names[0], names[1], faults.pauses_s[0])
        if len(names) > 2:
            self.score.third, self.score.third_apart_s = names[2], faults.pauses_s[1]
        self._known: set[str] = set()
        self._before: dict[str, str] = {}
        self._began = 0.0
        self._held_up: set[type[DrillFault]] = set()
        """Those that could not even be put in."""

    def run(self) -> PairScore:
        """Arms all, waits for their plans, clears all whatever happens, waits for calm."""
        score, shadow = self.score, self._shadow
        shadow.wait(self._rests.left_s(self._set.plans))
        if not shadow.until(lambda: self._is_calm(None), HEALTHY_S):
            score.why = "the shadow was not well before"
            return score
        self._before = dict(shadow.part("scenes")["programme"])
        self._known = {row["id"] for row in self._incidents()}
        try:
            try:
                self._arm()
                self._watch()
            finally:
                cleared = time.monotonic()
                self._clear()
            if shadow.until(lambda: self._is_calm(self._before), RECOVERY_S):
                score.settled_s = round(time.monotonic() - cleared, 2)
            else:
                score.why = score.why or "not as before"
        except StudioError as error:
            score.why = score.why or str(error)
        with suppress(StudioError):
            score.noticed = tuple(sorted(self._started()))
        self._rests.over(score.noticed)
        score.passed = not score.why and score.settled_s is not None
        return score

    # -- the faults ----------------------------------------------------------------------------

    def _arm(self) -> None:
        self._began = time.monotonic()
        for kind, pause_s in zip(self._set.kinds, (0.0, *self._set.pauses_s), strict=True):
            self._shadow.wait(pause_s)
            try:
                self._faults[kind].arm(self._shadow)
            except StudioError:
                if self._hider(kind) is None:
                    raise
                self._held_up.add(kind)

    def _clear(self) -> None:
        """Takes all out, the last first; one that will not go leaves none of the others in."""
        first_error: StudioError | None = None
        for kind in reversed(self._set.kinds):
            try:
                self._faults[kind].clear(self._shadow)
            except StudioError as error:
                first_error = first_error or error
        if first_error is not None:
            raise first_error

    def _hider(self, kind: type[DrillFault]) -> type[DrillFault] | None:
        """The fault of this set while which another one cannot show."""
        return next((other for other in self._set.kinds if other.name in kind.hidden_by), None)

    def _limit_s(self, kinds: Iterable[type[DrillFault]]) -> float:
        return max((NOTICE_S, *(kind.notice_s + SLOW_S for kind in kinds)))

    def _watch(self) -> None:
        """Until each was noticed; what another one hides is looked for when that one is out."""
        score, shadow = self.score, self._shadow
        shadow.until(self._has_noticed, self._limit_s(self._set.kinds))
        plans = [self._plans[id] for id in self._set.plans if id in self._plans]
        if any(map(takes_picture, plans)) and not shadow.until(self._is_safe, STEPS_S):
            score.why = "no safe picture"
        missing = self._missing()
        score.hidden = tuple(excused(self._set.kinds, missing))
        known = {hidden.fault for hidden in score.hidden}
        for kind in missing:
            if kind.name in known:
                continue
            by = self._hider(kind)
            if by is None:
                score.why = score.why or f"not noticed: {kind.name}"
                continue
            score.hidden += (self._unhide(kind, by),)

    def _unhide(self, kind: type[DrillFault], by: type[DrillFault]) -> HiddenFault:
        """Takes the other fault out and sees whether this one is noticed now."""
        hidden = HiddenFault(kind.name, by.name, kind.hidden_by[by.name])
        began = time.monotonic()
        self._faults[by].clear(self._shadow)
        if kind in self._held_up:
            self._faults[kind].arm(self._shadow)
        if self._shadow.until(lambda: kind not in self._missing(), self._limit_s([kind])):
            hidden.noticed_s = round(time.monotonic() - began, 2)
        else:
            self.score.why = self.score.why or f"not noticed: {kind.name}, {by.name} was out"
        return hidden

    # -- what the shadow says ------------------------------------------------------------------

    def _incidents(self) -> list[dict[str, Any]]:
        return list(self._shadow.run("plans.incidents", limit=40)["result"])

    def _started(self) -> set[str]:
        return {row["plan"] for row in self._incidents() if row["id"] not in self._known}

    def _missing(self) -> list[type[DrillFault]]:
        """Faults that no plan has answered yet; plans' questions are answered meanwhile."""
        answer_all(self._shadow)
        started = self._started()
        return [kind for kind in self._set.kinds if kind.plan not in started]

    def _has_noticed(self) -> bool:
        """Each that can show was noticed; what another one hides had its time, too."""
        self._is_safe()
        missing = self._missing()
        same = {hidden.fault for hidden in excused(self._set.kinds, missing)}
        left = [kind for kind in missing if kind.name not in same]
        if any(self._hider(kind) is None for kind in left):
            return False
        time_s = max((kind.notice_s for kind in left if kind not in self._held_up), default=0.0)
        return time.monotonic() - self._began >= time_s

    def _is_safe(self) -> bool:
        """Have viewers seen another picture? The first time counts."""
        is_first = self.score.safe_picture_s is None
        if is_first and self._shadow.part("scenes")["programme"] != self._before:
            self.score.safe_picture_s = round(time.monotonic() - self._began, 2)
        return self.score.safe_picture_s is not None

    def _is_calm(self, before: dict[str, str] | None) -> bool:
        """No run, no question, every line flows, and the programme is as it was."""
        answer_all(self._shadow)
        shadow = self._shadow
        return (
            is_calm(shadow, self._set.plans)
            and not shadow.part("plans")["asks"]
            and before in (None, shadow.part("scenes")["programme"])
        )
