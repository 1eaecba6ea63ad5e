"""Asks about the meaning of what was heard; the engine loop never waits for the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from studio.comments.sentences.link import LinkState, SentenceLink
from studio.comments.sentences.wire import SentenceReply, SentenceRequest
from studio.host.guard.claim import Known
from studio.host.guard.judge import EDGE_SIGNS, TWICE_S, Judged
from studio.host.guard.meaning import MeaningPacks, claim_meant, open_sentences
from studio.host.packs.reading import Sentence

RANK = 2
"""An answer that comes late still counts (`studio.comments.sentences.link`)."""
WORKER = "studio.host.guard.meaning_worker"


class ClaimsTold(Protocol):
    """Told what a sentence means, when the answer is there."""

    def __call__(self, at_s: float, words: str, found: list[Judged], /) -> object: ...


class Touched(Protocol):
    """Told that the model's state changed."""

    def __call__(self) -> None: ...


class SecondOpinion:
    """The guard's side of the sentence model. Lives on the engine loop.

    Args:
        packs: under whose rules a claim is told.
        told: takes what was found.
        touch: says that the state of the model changed.
    """

    def __init__(self, packs: MeaningPacks, told: ClaimsTold, touch: Touched) -> None:
        self._packs, self._told = packs, told
        self._touch, self._state_told = touch, ""
        self._link = SentenceLink(self._changed, module=WORKER)
        self._heard: list[tuple[float, str]] = []
        self._show = 0

    @property
    def state(self) -> LinkState:
        """Of the model's process."""
        return self._link.state

    def ask(
        self, at_s: float, text: str, found: Sequence[Judged], product: str,
        goods: Mapping[str, Known],
    ) -> None:  # fmt: skip
        """About every sentence in which nothing was found."""
        for sentence in open_sentences(text, found):
            self._ask(at_s, text, sentence, product, goods, is_window=False)

    def ask_window(
        self, at_s: float, text: str, found: Sequence[Judged], product: str,
        goods: Mapping[str, Known], *, begins_clean: bool, ends_clean: bool,
    ) -> None:  # fmt: skip
        """The same for a window of speech, whose edges may cut a sentence: two must agree."""
        last = len(text.rstrip("。，,.!?！？ "))
        for sentence in open_sentences(text, found):
            is_cut = (not begins_clean and sentence.start < EDGE_SIGNS) or (
                not ends_clean and sentence.start + len(sentence.lower) >= last
            )
            if not is_cut:
                self._ask(at_s, text, sentence, product, goods, is_window=True)

    def forget(self) -> None:
        """Another show: what is on its way is of no use any more."""
        self._show += 1
        self._heard.clear()
        self._link.forget()

    async def stop(self) -> None:
        """Ends the process."""
        self._show += 1
        await self._link.stop()

    def _ask(
        self, at_s: float, text: str, sentence: Sentence, product: str,
        goods: Mapping[str, Known], *, is_window: bool,
    ) -> None:  # fmt: skip
        show = self._show

        def answered(reply: SentenceReply | None) -> None:
            if reply is None or show != self._show:
                return
            claim = claim_meant(reply.text, text, sentence, product, goods, self._packs)
            if claim is not None and (not is_window or self._is_heard_twice(at_s, claim.rule)):
                self._told(at_s, text, [claim])

        self._link.ask(SentenceRequest(sentence.lower.strip()), RANK, answered)

    def _is_heard_twice(self, at_s: float, rule: str) -> bool:
        self._heard = [(at, other) for at, other in self._heard if abs(at_s - at) <= TWICE_S]
        is_known = any(other == rule and at != at_s for at, other in self._heard)
        self._heard.append((at_s, rule))
        return is_known

    def _changed(self) -> None:
        if self._link.state != self._state_told:
            self._state_told = self._link.state
            self._touch()
