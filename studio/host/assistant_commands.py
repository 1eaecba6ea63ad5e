"""The assistant from outside: a question about the goods, answered from the facts."""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec

from studio.core.command import Changed, Role, changed, command
from studio.host.assistant.model import ServiceAnswer

AskedText = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class AssistantRoom(Protocol):
    """The assistant of this show."""

    def ask(self, question: str) -> ServiceAnswer: ...


class AssistantCommands:
    """Answers with their source."""

    def __init__(self, room: AssistantRoom) -> None:
        self._room = room

    @command(
        "host.ask",
        role=Role.VIEWER,
        label=("问资料", "Ask the facts"),
        help=(
            "退换、发货、尺码、材质等问题，按商品资料回答并写明出处；资料没有的就说不知道。",
            "Returns, delivery, size, material and the like, answered from the facts with the "
            "source; what they lack is said to be unknown.",
        ),
    )
    def ask(self, question: AskedText) -> Changed:
        return changed(result=msgspec.to_builtins(self._room.ask(question)))
