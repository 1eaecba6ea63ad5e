"""Quick answers: texts of the show whose variables are filled from the fact sheet as they are sent.

A variable is the name of a fact in braces: ``{price}``, ``{stock}``, ``{size}``. One that the fact
sheet does not know is told, and nothing is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from studio.comments.model import MOST_REPLY
from studio.core.command import Changed
from studio.core.errors import StudioError
from studio.core.state import State

_VARIABLE = re.compile(r"\{([^{}]*)\}")
MOST_TOLD = 12
"""Names of facts that an error lists."""


class SheetFact(msgspec.Struct, frozen=True):
    """What is read of a fact that ``script.facts`` answers."""

    name: str
    value: str


def variables_of(text: str) -> tuple[str, ...]:
    """The variables of a text, in their order, each once."""
    return tuple(dict.fromkeys(name.strip() for name in _VARIABLE.findall(text)))


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with the facts in it.

    Raises:
        StudioError: not_found: a variable that is no fact of this product; invalid: longer than
            platforms take.
    """
    for name in variables_of(text):
        if not facts.get(name):
            known = ", ".join(f"{{{fact}}}" for fact in list(facts)[:MOST_TOLD]) or "–"
            raise StudioError("not_found", "audience.no_fact", name=name, known=known)
    filled = _VARIABLE.sub(lambda match: facts[match[1].strip()], text)
    if len(filled) > MOST_REPLY:
        raise StudioError("invalid", "audience.reply_too_long", count=len(filled), most=MOST_REPLY)
    return filled


class SheetAsker(Protocol):
    """Runs the command that answers with the facts of a product."""

    async def run(self, id: str, args: dict[str, Any] | None = None) -> Changed: ...


class FactSheet:
    """The facts of the goods, asked of the script's room by its command.

    Args:
        bus: runs ``script.facts`` with the right of whoever asks.
        state: says which product is explained now.
    """

    def __init__(self, bus: SheetAsker, state: State) -> None:
        self._bus, self._state = bus, state

    async def facts(self, product: str) -> dict[str, str]:
        """By name, as they are now.

        Args:
            product: its id; "" is the one that is explained.

        Raises:
            StudioError: conflict: none is explained; not_found.
        """
        shop: Any = self._state.get(["shop"]).get("shop") or {}
        id = product or str(shop.get("explaining", ""))
        if not id:
            raise StudioError("conflict", "audience.none_explained")
        done = await self._bus.run("script.facts", {"product": id})
        facts = msgspec.convert(done.result, list[SheetFact])
        return {fact.name: fact.value for fact in facts}
