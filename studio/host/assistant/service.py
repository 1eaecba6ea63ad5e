"""The assistant as a service: next line, what was left out, questions, answers from facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol

import msgspec

from studio.comments.model import EntryView
from studio.core.instants import from_iso, utc_now
from studio.core.service import Every, Service
from studio.core.state import State
from studio.host.assistant.answers import answer_to
from studio.host.assistant.model import AssistantView, OpenQuestion, ServiceAnswer
from studio.host.assistant_commands import AssistantCommands
from studio.host.guard.claim import Known
from studio.host.prompter.model import PrompterLine
from studio.host.prompter.place import Place
from studio.shop.catalogue import Catalogue

TICK_S = 1.0
MOST_QUESTIONS, MOST_LEFT = 5, 5


class PlaceInText(Protocol):
    """The prompter: its text and the place in it."""

    lines: tuple[PrompterLine, ...]

    def place(self) -> Place:
        """Line and signs of it."""
        ...


class GoodsKnown(Protocol):
    """Every product with its facts."""

    def goods(self) -> Mapping[str, Known]:
        """By id."""
        ...


class AssistantService(Service):
    """Reads along: nothing it shows was made up, and a comment gives it no orders.

    Args:
        prompter: what is read.
        guard: knows the facts.
        catalogue: says what is on.
        state: has the comments; told.
    """

    name: ClassVar[str] = "assistant"
    View: ClassVar[Any] = AssistantView

    def __init__(
        self, prompter: PlaceInText, guard: GoodsKnown, catalogue: Catalogue, state: State
    ) -> None:
        self._prompter, self._guard = prompter, guard
        self._catalogue, self._state = catalogue, state
        self._ids: tuple[str, ...] = ()
        self._left: list[str] = []
        self._line = 0
        self._shown = AssistantView()
        self._commands = (AssistantCommands(self),)
        self.every = (Every("assistant", TICK_S, self._tick),)
        self._asked: tuple[EntryView, ...] | None = None
        state.watch(("prompter",), self._follow)
        state.watch(("comments",), self._forget_comments)

    def commands(self) -> Sequence[object]:
        """Ask."""
        return self._commands

    async def reset(self) -> None:
        """Nothing was read yet."""
        self._ids, self._left, self._line = (), [], 0
        self._asked, self._shown = None, AssistantView()

    def ask(self, question: str) -> ServiceAnswer:
        """What the facts say to a question about the goods."""
        return answer_to(question, self._catalogue.state.explaining, self._guard.goods())

    def view(self) -> AssistantView:
        """As last looked at: what it reads along with does not wait for it."""
        return self._shown

    def seen(self) -> AssistantView:
        """The next line, what was left out, the questions that wait longest."""
        lines, at = self._prompter.lines, self._prompter.place()[0]
        after = lines[at + 1] if at + 1 < len(lines) else None
        by_id = {line.id: line for line in lines}
        left = tuple(by_id[id].text for id in self._left if id in by_id)[-MOST_LEFT:]
        return AssistantView(
            after.text if after else "", after.star if after else "", left,
            tuple(self._questions(utc_now())),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """The place moved: lines with ★ that it leapt over were left out; a way back takes them."""
        lines = self._prompter.lines
        ids = tuple(line.id for line in lines)
        at = min(self._prompter.place()[0], max(0, len(lines) - 1))
        if ids != self._ids:
            self._ids, self._left, self._line = ids, [], at
            return
        if at > self._line:
            self._left += [
                line.id for line in lines[self._line + 1 : at]
                if line.star and line.id not in self._left
            ]  # fmt: skip
        if lines and lines[at].id in self._left:
            self._left.remove(lines[at].id)
        self._line = at

    def _questions(self, now: datetime) -> Iterable[OpenQuestion]:
        if self._asked is None:
            self._asked = tuple(self._waiting())
        for entry in self._asked:
            waits = (now - from_iso(entry.at_utc)).total_seconds() if entry.at_utc else 0.0
            answer = self.ask(entry.text)
            yield OpenQuestion(
                entry.id, entry.author, entry.text, max(0, int(waits)) // 5 * 5,
                answer if answer.topic else None,
            )  # fmt: skip

    def _waiting(self) -> list[EntryView]:
        """Open questions, the oldest first; asked for only when the comments changed."""
        if "comments" not in self._state.parts:
            return []
        part = self._state.get(("comments",))["comments"]
        raw = part.get("best", ()) if isinstance(part, dict) else ()
        entries = [msgspec.convert(entry, EntryView, strict=False) for entry in raw]
        waiting = [entry for entry in entries if entry.is_open and not entry.answered]
        return sorted(waiting, key=lambda entry: entry.at_utc)[:MOST_QUESTIONS]

    def _forget_comments(self) -> None:
        self._asked = None

    def _tick(self) -> None:
        seen = self.seen()
        if seen != self._shown:
            self._shown = seen
            self._state.touch("assistant")
