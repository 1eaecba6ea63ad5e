"""The sentence model as a tier of the room: what rules let pass is judged once more, later.

A comment is there at once as the rules leave it. When the model objects, it becomes held: off the
lists of what may be shown, off the picture. What somebody wants on the picture waits for its
verdict; what cannot be judged in time is held for a person, never shown.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

from msgspec.structs import replace

from studio.comments.events import CommentDoubted
from studio.comments.model import Entry, ModerationWords, SentencesView, State, Verdict
from studio.comments.rings import CommentRings
from studio.comments.sentences.judge import RULE, with_objections
from studio.comments.sentences.link import IN_TIME_S, URGENT, SentenceLink
from studio.comments.sentences.wire import SentenceReply, SentenceRequest

MOST_KEPT = 8192
STARTING_S = 3.0
"""So long the first comment waits that somebody wants on the picture: the process starts then."""
LATE = ModerationWords(
    "上屏前没来得及判断整句意思，请人工看",
    "Its meaning could not be judged in time; look yourself",
)


class DoubtedList(Protocol):
    """The comments of a show (`studio.comments.keeper.CommentQueue`)."""

    rings: CommentRings
    counts: dict[str, int]
    last_shown: Entry | None
    take_off: Callable[[], None]

    def decide(self, entry: Entry, state: State, by: str = "person") -> None: ...


class SentenceTier:
    """Asks the model about what rules let pass, and holds what it objects to.

    Args:
        queue: whose comments they are.
        announce: publishes events.
        touch: says that the part "comments" changed.
        link: the model's process; None asks nothing.

    Attributes:
        is_on: whether anything is asked at all.
        doubted: how many rows it held.
    """

    def __init__(
        self,
        queue: DoubtedList,
        announce: Callable[[Any], None],
        touch: Callable[[], None],
        link: SentenceLink | None = None,
    ) -> None:
        self._queue, self._announce, self._touch = queue, announce, touch
        self.is_on = True
        self.doubted = 0
        self._link = link
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._names: OrderedDict[str, str] = OrderedDict()

    def known(self, text: str, name: str, verdict: Verdict) -> Verdict:
        """The verdict with what the model said of the same words before; it asks nothing."""
        if not self.is_on or verdict.action != "allow":
            return verdict
        of_text = self._texts.get(verdict.normalised, "")
        of_name = self._names.get(name, "")
        return with_objections(verdict, text, of_text, of_name) if of_text or of_name else verdict

    def offer(self, entry: Entry) -> None:
        """Asks about a new row that rules let pass; nobody waits for the answer."""
        link = self._link
        if link is None or not self.is_on or entry.state != "allowed":
            return
        request = self._request(entry)
        if request is not None:
            link.ask(request, entry.rank, lambda reply: self._answered(entry, request, reply))

    def is_open(self, entry: Entry) -> bool:
        """Would `settle` have to ask?"""
        if self._link is None or not self.is_on or entry.state != "allowed":
            return False
        return self._link.is_there and self._request(entry) is not None

    async def settle(self, entry: Entry) -> None:
        """Asks now, before all others; holds what is objected to or not judged in time."""
        link, request = self._link, self._request(entry)
        if link is None or request is None:
            return
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def told(reply: SentenceReply | None) -> None:
            self._answered(entry, request, reply)
            if not done.done():
                done.set_result(reply is not None)

        link.ask(request, URGENT, told)
        limit_s = IN_TIME_S if link.state == "ready" else STARTING_S
        try:
            async with asyncio.timeout(limit_s):
                is_judged = await done
        except TimeoutError:
            is_judged = False
        if not is_judged and link.is_there and self._request(entry) is not None:
            self._hold(entry, replace(
                entry.verdict, action="hold", category="late", rule=f"{RULE}:late", why=LATE,
                stage="model",
            ))  # fmt: skip

    def forget(self) -> None:
        """Another show: nothing of this one is asked or known."""
        self.doubted = 0
        self.forget_words()
        if self._link is not None:
            self._link.forget()

    def forget_words(self) -> None:
        """What was said of names and texts is not kept any longer."""
        self._texts.clear()
        self._names.clear()

    async def stop(self) -> None:
        """Ends the process."""
        if self._link is not None:
            await self._link.stop()

    def view(self) -> SentencesView:
        """How it is, for desks."""
        link = self._link
        if not self.is_on or link is None:
            return SentencesView(is_on=self.is_on)
        return SentencesView(
            self.is_on, link.state, round(link.ms), link.judged, link.passed, self.doubted
        )

    def _request(self, entry: Entry) -> SentenceRequest | None:
        """What of it the model was not asked about yet; None is nothing."""
        name, normalised = entry.comment.author, entry.verdict.normalised
        text = "" if not normalised or normalised in self._texts else entry.comment.text
        request = SentenceRequest(text, "" if name in self._names else name)
        return request if request.text or request.name else None

    def _answered(
        self, entry: Entry, request: SentenceRequest, reply: SentenceReply | None
    ) -> None:
        if reply is None or not self.is_on:
            return
        if request.text:
            _keep(self._texts, entry.verdict.normalised, reply.text)
        if request.name:
            _keep(self._names, request.name, reply.name)
        verdict = self.known(entry.comment.text, entry.comment.author, entry.verdict)
        if verdict.action == "hold":
            self._hold(entry, verdict)

    def _hold(self, entry: Entry, verdict: Verdict) -> None:
        queue = self._queue
        if queue.rings.get(entry.comment.id) is not entry or entry.state != "allowed":
            return  # gone, or a person decided meanwhile
        queue.rings.judge_anew(entry, verdict)
        queue.counts["held"] += entry.count
        self.doubted += 1
        was_shown = queue.last_shown is entry
        queue.decide(entry, "held", "rules")
        entry.decider = ""
        if was_shown:
            queue.take_off()
        self._announce(
            CommentDoubted(
                comment=entry.comment.id,
                rule=verdict.rule,
                category=verdict.category,
                was_shown=was_shown,
            )  # fmt: skip
        )
        self._touch()


def _keep(known: OrderedDict[str, str], words: str, said: str) -> None:
    known[words] = said
    if len(known) > MOST_KEPT:
        known.popitem(last=False)
