"""What persons ask of us: requests with deadlines, and what they agreed to; sealed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from studio.core.clock import age_days, utc_iso, utc_ms, utc_of
from studio.core.errors import StudioError
from studio.governance.document import PrivateDocument
from studio.governance.model import ConsentView, PrivacyView, RequestKind, RequestView
from studio.governance.people import PeopleKeys

DAYS = 15
"""个人信息保护法 asks for soon; GDPR Art. 12 for a month."""
MOST_BYTES, MOST = 16_000_000, 10_000
Outcome = Literal["done", "refused"]


class _Kept(msgspec.Struct, kw_only=True):
    """What is written down; ``who`` is sealed under the person's own key."""

    requests: list[RequestView] = []
    consents: list[ConsentView] = []


class RequestBook:
    """Requests and consents, on the disk.

    Args:
        file: where they stand.
        people: seal who it was: whoever is erased is gone here, too.
    """

    def __init__(self, file: Path, people: PeopleKeys) -> None:
        self._document = PrivateDocument(
            file, _Kept, most_bytes=MOST_BYTES,
            unreadable="privacy.requests_unreadable", not_kept="privacy.requests_not_kept",
        )  # fmt: skip
        self._people = people

    def ask(self, who: str, kind: RequestKind, proof: str) -> RequestView:
        """Notes a request; its clock runs from now.

        Args:
            who: ``platform/identity``, a name or an order.
            proof: how it was made sure that it is them; "" is not yet.

        Raises:
            StudioError: failed: it cannot be kept.
        """
        made = RequestView(
            id=secrets.token_hex(3), who=self._sealed(who), kind=kind, proof=proof,
            asked_utc=utc_iso(), due_utc=utc_of(utc_ms() / 1000 + DAYS * 86_400),
        )  # fmt: skip
        with self._document.changing() as kept:
            kept.requests = [*kept.requests, made][-MOST:]
        return made

    def answer(self, id: str, outcome: Outcome, note: str, proof: str) -> RequestView:
        """It is answered; nothing is given to somebody who may be another.

        Raises:
            StudioError: not_found; conflict: nobody made sure that it is them; failed.
        """
        with self._document.changing() as kept:
            found = next((entry for entry in kept.requests if entry.id == id), None)
            if found is None:
                raise StudioError("not_found", "privacy.no_request", id=id)
            proof = proof or found.proof
            if outcome == "done" and not proof:
                raise StudioError("conflict", "privacy.no_proof_of_person", id=id)
            answered = msgspec.structs.replace(
                found, outcome=outcome, note=note, proof=proof, answered_utc=utc_iso()
            )
            kept.requests = [answered if entry.id == id else entry for entry in kept.requests]
        return answered

    def consent(self, who: str, purpose: str, text: str, is_given: bool) -> ConsentView:
        """Notes what somebody agreed to, or took back.

        Args:
            text: version of the words that they were shown.

        Raises:
            StudioError: failed.
        """
        made = ConsentView(
            person=self._people.person(_full(who)), who=self._sealed(who),
            purpose=purpose, text_version=text, is_given=is_given, at_utc=utc_iso(),
        )  # fmt: skip
        with self._document.changing() as kept:
            kept.consents = [*kept.consents, made][-MOST:]
        return made

    def may(self, who: str, purpose: str) -> bool:
        """Did somebody agree to a purpose, and not take it back or object since?"""
        number, kept = self._people.person(_full(who)), self._document.read()
        last = [entry for entry in kept.consents
                if entry.person == number and entry.purpose == purpose]  # fmt: skip
        objected = [
            entry.asked_utc for entry in kept.requests
            if entry.kind == f"object_{purpose}" and entry.outcome != "refused"
            and _full(str(self._people.opened(entry.who) or "")) == _full(who)
        ]  # fmt: skip
        return bool(last) and last[-1].is_given and max(objected, default="") <= last[-1].at_utc

    def opened(self) -> list[RequestView]:
        """All requests with who asked, where that is not erased."""
        return [
            msgspec.structs.replace(entry, who=str(self._people.opened(entry.who) or ""))
            for entry in self._document.read().requests
        ]

    def view(self) -> PrivacyView:
        """Counts and deadlines; names nobody.

        Raises:
            StudioError: failed: they cannot be read.
        """
        kept = self._document.read()
        still = [entry for entry in kept.requests if not entry.answered_utc]
        return PrivacyView(
            requests=tuple(msgspec.structs.replace(entry, who="") for entry in still),
            late=late_of(still),
            answered=len(kept.requests) - len(still), consents=len(kept.consents),
        )  # fmt: skip

    def _sealed(self, who: str) -> str:
        return self._people.seal(_full(who), who, who.rpartition("/")[2])


def late_of(waiting: Iterable[RequestView]) -> int:
    """How many of those that wait are over their time now."""
    return sum(age_days(entry.due_utc) > 0 for entry in waiting)


def _full(who: str) -> str:
    """As persons are known: ``platform/identity``; a bare name has no platform."""
    return who if "/" in who else f"/{who}"
