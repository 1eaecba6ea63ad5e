"""Subtitles and plain texts as sentences with times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from studio.core.clean import decode_words

CUE = re.compile(
    r"(\d{1,2}):(\d\d):(\d\d)[.,](\d{1,3})[ \t]*-->[ \t]*(\d{1,2}):(\d\d):(\d\d)[.,](\d{1,3})[^\n]*"
)
_MARKS = re.compile(r"<[^<>]{0,80}>|\{\\[^{}]{0,80}\}")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")
SIGNS_S = 4.5
"""So fast a text without times is taken to be read."""


class TimedText(NamedTuple):
    """What is said from one moment to another, in seconds."""

    start_s: float
    end_s: float
    text: str


def cues_of(text: str) -> Iterator[TimedText]:
    """The cues of subtitles (SRT, VTT) without marks, those without words too."""
    cues = list(CUE.finditer(text))
    for number, cue in enumerate(cues):
        until = cues[number + 1].start() if number + 1 < len(cues) else len(text)
        lines = [line.strip() for line in text[cue.end() : until].splitlines() if line.strip()]
        if number + 1 < len(cues) and lines and lines[-1].isdecimal():
            lines.pop()  # the next cue's number
        words = _MARKS.sub("", " ".join(lines)).strip()
        yield TimedText(_cue_s(cue, 1), _cue_s(cue, 5), words)


def _cue_s(cue: re.Match[str], first: int) -> float:
    hours, minutes, seconds, part = (cue[first + n] for n in range(4))
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(part.ljust(3, "0")) / 1000


def timed_texts(data: bytes) -> Iterator[TimedText]:
    """The sentences of a file: subtitles (also in GB2312) by their times, else as they are read."""
    text = decode_words(data)
    is_timed = False
    for cue in cues_of(text):
        is_timed = True
        if cue.text:
            yield cue
    if not is_timed:
        yield from _read_aloud(text)


def _read_aloud(text: str) -> Iterator[TimedText]:
    at = 0.0
    for found in _SENTENCE.finditer(text):
        words = found[0].strip()
        if words:
            end = at + len(words) / SIGNS_S
            yield TimedText(round(at, 2), round(end, 2), words)
            at = end
