"""The assistant as plain data."""

from __future__ import annotations

import msgspec


class ServiceAnswer(msgspec.Struct, frozen=True):
    """An answer to a viewer's question from the facts.

    Attributes:
        topic: "returns", "delivery", …; "" where nobody knows what was asked.
        is_known: a fact says it; else ``text`` says that it is not known.
        source: of the fact: where it stands.
        fact: its name.
    """

    topic: str
    text: tuple[str, str]
    is_known: bool = False
    source: str = ""
    fact: str = ""
    product: str = ""


class OpenQuestion(msgspec.Struct, frozen=True):
    """A viewer's question that nobody answered, with what the facts say to it."""

    id: str
    author: str
    text: str
    waits_s: int
    answer: ServiceAnswer | None = None


class AssistantView(msgspec.Struct, frozen=True):
    """What the host's desk and phone show.

    Attributes:
        next: the line after the one in hand; ★ where it is a conversion point.
        left_out: lines with ★ above the place that were jumped over.
    """

    next: str = ""
    star: str = ""
    left_out: tuple[str, ...] = ()
    questions: tuple[OpenQuestion, ...] = ()
