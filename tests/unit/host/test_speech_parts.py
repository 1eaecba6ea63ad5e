"""What was said stands once in the journal, although windows of it overlap."""

from __future__ import annotations

from studio.host.ears.wire import HeardLine
from studio.host.guard.speech_parts import SpeechParts


def test_windows_that_overlap_are_taken_once() -> None:
    """A clock counts aloud, a number a second; windows of 3 and 6 s come each half second."""
    parts, taken = SpeechParts(), []
    for half in range(1, 61):
        at_s = half / 2
        for wide, is_long in ((3, False), (6, True)):
            words = " ".join(str(s) for s in range(max(0, round(at_s - wide)), int(at_s)))
            said = parts.take(HeardLine(at_s=at_s, text=words, is_long=is_long))
            if said:
                taken += said.split()
    assert taken == sorted(set(taken), key=int), "nothing twice"
    assert len(taken) >= 24


def test_the_end_of_an_utterance_is_taken_too() -> None:
    parts = SpeechParts()
    assert parts.take(HeardLine(at_s=6.0, text="long", is_long=True)) == "long"
    assert parts.take(HeardLine(at_s=8.0, text="cut", is_over=True)) == ""
    assert parts.take(HeardLine(at_s=9.0, text="short")) == ""
    assert parts.take(HeardLine(at_s=9.0, text="short", is_over=True)) == "short"
    assert parts.take(HeardLine(at_s=6.0, text="anew", is_long=True)) == "", "it is the past"
    assert parts.take(HeardLine(at_s=1.0, text="anew", is_over=True)) == "anew", "begun again"
