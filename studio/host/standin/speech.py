"""What the stand-in's voice makes: the sentence that is due, and those that may come next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.host.standin.model import StandInPart, VoiceState
from studio.host.standin.mouths import mouths_of
from studio.host.voice.model_files import voice_for
from studio.host.voice.wire import SpeechJob, spoken_name

PATIENCE_S = 20.0
"""A sentence that is not made by then is said without a voice."""


class Voice(Protocol):
    """Has sentences made (`studio.host.voice.link.VoiceLink`)."""

    state: VoiceState
    fault: StudioError | None

    @property
    def is_absent(self) -> bool: ...

    def made(self, job: SpeechJob) -> str | None: ...

    def ask(self, job: SpeechJob, *, is_urgent: bool) -> None: ...

    def keep_ready(self, *, on: bool) -> None: ...

    def rest(self) -> None: ...


class Utterance(NamedTuple):
    """A sentence that can begin: mouth shapes, and the name of its sound ("" without a voice)."""

    text: str
    mouths: str
    sound: str


class StandInSpeech:
    """Turns sentences into utterances.

    Args:
        voice: makes them.
    """

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self._waiting: SpeechJob | None = None
        self._since_ns = 0

    @property
    def is_waiting(self) -> bool:
        """Is a sentence being made that is to be said at once?"""
        return self._waiting is not None

    def begin(self, text: str, part: StandInPart, language: str) -> Utterance | None:
        """What can be said now; None: it is being made, ask `ready` from time to time."""
        self._waiting = None
        if not part.has_voice or self.voice.is_absent:
            return Utterance(text, mouths_of(text), "")
        job = _job(text, part, language)
        if self.voice.made(job) is None:
            self.voice.ask(job, is_urgent=True)
        self._waiting, self._since_ns = job, now_ns()
        return self.ready()

    def ready(self) -> Utterance | None:
        """The sentence that waited, when it is made or will not be."""
        job = self._waiting
        if job is None:
            return None
        mouths = self.voice.made(job)
        is_late = now_ns() - self._since_ns > PATIENCE_S * NS
        if mouths is None and not (is_late or self.voice.is_absent):
            return None
        self._waiting = None
        if mouths:
            return Utterance(job.text, mouths, spoken_name(job))
        return Utterance(job.text, mouths_of(job.text), "")

    def prepare(self, texts: Iterable[str], part: StandInPart, language: str) -> None:
        """Has sentences made ahead."""
        if not part.has_voice:
            return
        for text in texts:
            self.voice.ask(_job(text, part, language), is_urgent=False)

    def keep_ready(self, part: StandInPart, *, on: bool) -> None:
        """While on, a sentence that nobody foresaw finds the voice loaded."""
        self.voice.keep_ready(on=on and part.has_voice)

    def forget(self) -> None:
        """Nothing waits to be said."""
        self._waiting = None


def _job(text: str, part: StandInPart, language: str) -> SpeechJob:
    return SpeechJob(text, language, voice_for(language, part.voice), part.speed)
