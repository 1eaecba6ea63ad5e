"""Full rights taken in need: for a quarter of an hour, loud, and looked at afterwards."""

from __future__ import annotations

import secrets
from typing import ClassVar

import msgspec

from studio.core.asking import asking
from studio.core.clock import utc_iso, utc_ms, utc_of
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.text import Text
from studio.governance.rights.book import OperatorBook
from studio.governance.rights.model import GlassView

MINUTES = 15
MOST_COMMANDS = 200


class GlassBroken(Event, frozen=True, kw_only=True):
    """Somebody took full rights in need, or they ended."""

    name: ClassVar[str] = "rights.glass_broken"
    label: ClassVar[Text] = Text("有人启用紧急全权", "Full rights were taken in need")
    help: ClassVar[Text] = Text(
        "某人因紧急情况临时取得全部权限，含理由与到期时间。",
        "Somebody took all rights for a while: why, and until when.",
    )

    operator: str
    reason: str
    until: str


class GlassCase:
    """Gives full rights in need, and keeps what was done with them.

    Args:
        book: of operators; knows who has full rights now.
        events: where it is told.
    """

    def __init__(self, book: OperatorBook, events: Events) -> None:
        self._book, self._events = book, events

    def smash(self, reason: str) -> GlassView:
        """Full rights for whoever asks, for a while.

        Raises:
            StudioError: denied: they may not; invalid: without a reason; conflict: they have
                them already.
        """
        operator = self._book.find(asking().person)
        if operator is None or not operator.may_break_glass:
            raise StudioError("denied", "rights.no_glass")
        if not reason.strip():
            raise StudioError("invalid", "rights.needs_reason", command="rights.break_glass")
        if self._book.glass_of(operator.name) is not None:
            raise StudioError("conflict", "rights.has_glass")
        glass = GlassView(
            id=secrets.token_hex(4), operator=operator.name, reason=reason.strip(),
            at_utc=utc_iso(), until=utc_of(utc_ms() / 1000 + MINUTES * 60),
        )  # fmt: skip
        self._book.put_glass(glass)
        self._events.publish(
            GlassBroken(operator=glass.operator, reason=glass.reason, until=glass.until)
        )
        return glass

    def ran(self, person: str, command: str) -> None:
        """Notes what was done with full rights."""
        glass = self._book.glass_of(person) if person else None
        if glass is not None and len(glass.commands) < MOST_COMMANDS:
            noted = msgspec.structs.replace(glass, commands=(*glass.commands, command))
            self._book.note_glass(noted)

    def give_back(self, person: str) -> GlassView:
        """They end before their time.

        Raises:
            StudioError: not_found.
        """
        glass = self._book.glass_of(person)
        if glass is None:
            raise StudioError("not_found", "rights.no_glass_now", name=person)
        ended = msgspec.structs.replace(glass, until=utc_iso())
        self._book.put_glass(ended)
        return ended

    def review(self, id: str, verdict: str) -> GlassView:
        """Somebody else has looked at it.

        Raises:
            StudioError: not_found; denied: one's own.
        """
        glass = next((entry for entry in self._book.glass if entry.id == id), None)
        if glass is None:
            raise StudioError("not_found", "rights.no_such_glass", id=id)
        if asking().person == glass.operator:
            raise StudioError("denied", "rights.own_glass")
        seen = msgspec.structs.replace(
            glass, reviewed_by=asking().person or "engine", verdict=verdict
        )
        self._book.put_glass(seen)
        return seen
