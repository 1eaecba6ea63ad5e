"""Who acts in a drill: the drill itself, as by a person with nothing to add, or a team."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from studio.app.drill.shadow import ShadowShow
from studio.core.errors import StudioError
from studio.plans.drills.model import DrillAsk, DrillTask, PersonScore
from studio.plans.drills.wire import DrillNews, DrillWord
from studio.plans.faults.base import DrillFault
from studio.plans.model import Plan

STOP = "stop"
TEAM_S = 45.0
"""So long a team has for its tasks before the fault is taken out."""


class Crew(Protocol):
    """Acts on the shadow while a fault is in it."""

    def begin(self, fault: type[DrillFault], plan: Plan) -> None:
        """A fault is put in now."""
        ...

    def look(self, shadow: ShadowShow) -> bool:
        """Does what there is to be done; True when nothing is left for people."""
        ...

    def scores(self) -> tuple[tuple[PersonScore, ...], int, int]:
        """People, and how many tasks and questions there were."""
        ...


def answer_all(shadow: ShadowShow) -> None:
    """Plans' questions, as by people of the role that is asked who let them go on.

    Where two keys are wanted two of them answer, each from a device of their own.
    """
    for ask in shadow.part("plans")["asks"]:
        options = [option for option in ask["options"] if option != STOP] or ask["options"]
        for number in range(ask["keys"]):
            with suppress(StudioError):  # its time is over meanwhile
                shadow.run_as(
                    f"{number}", ask["role"], "plans.answer",
                    incident=ask["incident"], option=options[0],
                )  # fmt: skip


class AloneCrew:
    """Answers each question with the first answer that lets the plan go on."""

    def begin(self, fault: type[DrillFault], plan: Plan) -> None:
        """Nothing to get ready."""

    def look(self, shadow: ShadowShow) -> bool:
        """Answers."""
        answer_all(shadow)
        return True

    def scores(self) -> tuple[tuple[PersonScore, ...], int, int]:
        """Nobody took part."""
        return (), 0, 0


@dataclass
class _Person:
    accepted: int = 0
    answered: int = 0
    wrong: int = 0
    first_s: float | None = None


class TeamCrew:
    """People at desks and phones of the real studio: told what is asked, their words taken.

    Args:
        tell: what is asked now, when it has changed.
        has_hints: it says what is the matter and what the plan does.
        count: faults of this drill.
    """

    def __init__(self, tell: Callable[[DrillNews], None], *, has_hints: bool, count: int) -> None:
        self._tell, self._has_hints, self._count = tell, has_hints, count
        self._words: deque[DrillWord] = deque()
        self._people: dict[str, _Person] = {}
        self._seen: tuple[tuple[DrillAsk, ...], tuple[DrillTask, ...]] = ((), ())
        self._by: dict[str, str] = {}
        self._tasks: set[str] = set()
        self._asks: set[str] = set()
        self._old: set[str] = set()
        self._answered: set[tuple[str, str, str]] = set()
        self._number, self._began = 0, 0.0

    def say(self, word: DrillWord) -> None:
        """Somebody does something; from any thread."""
        self._words.append(word)

    def begin(self, fault: type[DrillFault], plan: Plan) -> None:
        """The clock of this fault begins."""
        self._old |= self._tasks
        self._number, self._began = self._number + 1, time.monotonic()
        self._people, self._tasks, self._asks, self._by = {}, set(), set(), {}
        self._words.clear()
        self._seen = ((), ())
        hint = ("", "")
        if self._has_hints:
            hint = (f"{fault.label[0]} → {plan.label.zh}：{plan.help.zh}",
                    f"{fault.label[1]} → {plan.label.en}: {plan.help.en}")  # fmt: skip
        self._tell(DrillNews(kind="fault", number=self._number, count=self._count, hint=hint))

    def look(self, shadow: ShadowShow) -> bool:
        """Takes words, then tells what is left; a team's time is limited."""
        while self._words:
            self._take(shadow, self._words.popleft())
        asks = tuple(_ask(plain) for plain in shadow.part("plans")["asks"])
        tasks = tuple(
            DrillTask(id=plain["id"], role=plain["role"], text=tuple(plain["text"]),
                      by=self._by.get(plain["id"], ""))
            for plain in shadow.part("post")["tasks"]
            if not plain["done_utc"] and plain["id"] not in self._old
        )  # fmt: skip
        self._asks |= {ask.id for ask in asks}
        self._tasks |= {task.id for task in tasks}
        if (asks, tasks) != self._seen:
            self._seen = asks, tasks
            self._tell(DrillNews(kind="people", asks=asks, tasks=tasks))
        is_left = bool(asks) or any(not task.by for task in tasks)
        return not is_left or time.monotonic() - self._began > TEAM_S

    def scores(self) -> tuple[tuple[PersonScore, ...], int, int]:
        """Who did what, in the order of their first act."""
        people = tuple(
            PersonScore(who=who, accepted=person.accepted, answered=person.answered,
                        wrong=person.wrong, first_s=round(person.first_s or 0.0, 2))
            for who, person in self._people.items()
        )  # fmt: skip
        return people, len(self._tasks), len(self._asks)

    def _take(self, shadow: ShadowShow, word: DrillWord) -> None:
        person = self._people.get(word.who, _Person())
        try:
            if word.what == "answer":
                shadow.run_as(
                    word.individual, word.role, "plans.answer",
                    incident=word.id, option=word.option,
                )  # fmt: skip
                asked = next((ask.until_utc for ask in self._seen[0] if ask.id == word.id), "")
                once = (word.individual, word.id, asked)
                if word.option == STOP:
                    person.wrong += 1
                elif once not in self._answered:  # who turns the same key again answers nothing
                    self._answered.add(once)
                    person.answered += 1
            elif word.id in self._by:
                return  # the first one has it
            else:
                shadow.run_as(word.individual, word.role, "post.accept", task=word.id)
                self._by[word.id] = word.who
                person.accepted += 1
        except StudioError:  # it is not asked any more, or was answered by another
            return
        if person.first_s is None:
            person.first_s = time.monotonic() - self._began
        self._people[word.who] = person


def _ask(plain: dict[str, Any]) -> DrillAsk:
    return DrillAsk(
        id=plain["incident"], role=plain["role"], text=tuple(plain["question"]),
        options=tuple(plain["options"]), until_utc=plain["until_utc"],
        keys=plain["keys"], given=plain["given"],
    )  # fmt: skip
