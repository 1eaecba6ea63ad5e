"""What goes between the engine and the sentence model: one line of JSON each way."""

from __future__ import annotations

import msgspec


class SentenceRequest(msgspec.Struct, frozen=True):
    """A line the worker reads; "" is not judged."""

    text: str = ""
    name: str = ""


class SentenceReply(msgspec.Struct, frozen=True):
    """A line the worker writes: the first says that it is ready, then one for each request.

    Attributes:
        text, name: category of what the model objects to; "" is nothing.
    """

    text: str = ""
    name: str = ""
