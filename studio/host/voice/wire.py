"""What goes between the engine and the voice: a line for a sentence, a line when it is made."""

from __future__ import annotations

import hashlib

import msgspec


class SpeechJob(msgspec.Struct, frozen=True):
    """A sentence to make.

    Attributes:
        text: as it is written.
        language: "zh" or "en": how numbers are read.
        voice: name of a voice.
        speed: 0.5 to 2.
    """

    text: str
    language: str
    voice: str
    speed: float = 1.0


class SpeechMade(msgspec.Struct, frozen=True):
    """What came of it.

    Attributes:
        name: of its file; "" with an error, or as a sign of life.
        mouths: one sign each 25 ms.
        error: key of a message: the voice cannot work.
        where: what the error is about.
    """

    name: str = ""
    mouths: str = ""
    error: str = ""
    where: str = ""


def spoken_name(job: SpeechJob) -> str:
    """The name of a job's file: the same text in the same voice is made once."""
    whole = f"1|{job.language}|{job.voice}|{job.speed:.2f}|{job.text}"
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
