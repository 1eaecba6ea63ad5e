"""What goes between the engine and the ears: sound one way, lines of words the other."""

from __future__ import annotations

import msgspec


class EarsRequest(msgspec.Struct, frozen=True):
    """The first line the worker reads; raw sound follows: 16 kHz, 16 bit, one channel.

    Attributes:
        is_checked: the files of the model were held against their hashes by a worker before.
    """

    folder: str
    language: str = "zh"
    hints: str = ""
    is_checked: bool = False


class HeardLine(msgspec.Struct, frozen=True):
    """A line the worker writes.

    Attributes:
        at_s: end of the window, in seconds of sound since it began.
        text: what was recognised; "" is a sign of life.
        is_long: of the 6 s window.
        begins_clean, ends_clean: no word is cut off there.
        is_over: the utterance is over.
        error: key of a message: the worker cannot work.
        where: what the error is about.
    """

    at_s: float = 0.0
    text: str = ""
    is_long: bool = False
    begins_clean: bool = True
    ends_clean: bool = True
    is_over: bool = False
    error: str = ""
    where: str = ""
