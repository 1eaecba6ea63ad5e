"""What persons ask of us: requests with deadlines, and what they agreed to; sealed."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec

from studio.core.clock import age_days, utc_iso, utc_ms, utc_of
from studio.core.errors import StudioError
from studio.governance.document import PrivateDocument
from studio.governance.model import ConsentView, PrivacyView, RequestKind, RequestView
from studio.governance.people import SEALED, PeopleKeys

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
            id=secrets.token_hex(3), who=self._sealed(who), kind=kind,
            proof=self._words(who, proof),
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
            who = str(self._people.opened(found.who) or "")
            answered = msgspec.structs.replace(
                found, outcome=outcome, note=self._words(who, note),
                proof=self._words(who, proof), answered_utc=utc_iso(),
            )  # fmt: skip
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

    def agreed(self, purpose: str) -> list[ConsentView]:
        """Who may be addressed for a purpose now, each once, ``who`` in clear.

        Nobody who took it back, was erased, or objected since to the purpose, to advertising or
        to profiling: whoever is addressed by segment is profiled.
        """
        kept = self._document.read()
        last, profiling = dict[str, ConsentView](), dict[str, str]()
        for consent in kept.consents:
            if consent.purpose == purpose:
                last[consent.person] = consent
            if consent.purpose == "profiling" and consent.is_given:
                profiling[consent.person] = consent.at_utc
        objected: dict[str, dict[str, str]] = {}
        for entry in kept.requests:
            if entry.kind.startswith("object_") and entry.outcome != "refused":
                who = _full(str(self._people.opened(entry.who) or ""))
                objected.setdefault(who, {})[entry.kind] = entry.asked_utc
        found = []
        for person, consent in last.items():
            who = str(self._people.opened(consent.who) or "")
            against = objected.get(_full(who), {})
            is_profiled = against.get("object_profiling", "") <= profiling.get(person, "")
            others = [at for kind, at in against.items() if kind != "object_profiling"]
            is_agreed = consent.is_given and max(others, default="") <= consent.at_utc
            if who and is_profiled and is_agreed:
                found.append(msgspec.structs.replace(consent, who=_full(who)))
        return found

    def opened(self) -> list[RequestView]:
        """All requests with who asked, where that is not erased."""
        return [
            msgspec.structs.replace(
                self._readable(entry), who=str(self._people.opened(entry.who) or "")
            )
            for entry in self._document.read().requests
        ]

    def about(self, persons: Collection[str]) -> list[dict[str, Any]]:
        """What persons, by number, asked for and agreed to; readable.

        Raises:
            StudioError: failed: it cannot be read.
        """
        kept = self._document.read()
        found = []
        entries: list[RequestView | ConsentView] = [*kept.requests, *kept.consents]
        for entry in entries:
            told: Any = self._people.opened(msgspec.to_builtins(entry), persons)
            if told["who"]:
                found.append(told)
        return found

    def view(self) -> PrivacyView:
        """Counts and deadlines; names nobody.

        Raises:
            StudioError: failed: they cannot be read.
        """
        kept = self._document.read()
        still = [entry for entry in kept.requests if not entry.answered_utc]
        return PrivacyView(
            requests=tuple(
                msgspec.structs.replace(self._readable(entry), who="") for entry in still
            ),
            late=late_of(still),
            answered=len(kept.requests) - len(still), consents=len(kept.consents),
        )  # fmt: skip

    def _words(self, who: str, words: str) -> str:
        """What somebody of ours noted about a person, sealed with them while they are known."""
        is_sealed = not words or not who or words.startswith(SEALED)
        return words if is_sealed else self._people.seal(_full(who), words, who.rpartition("/")[2])

    def _readable(self, entry: RequestView) -> RequestView:
        return msgspec.structs.replace(
            entry, proof=str(self._people.opened(entry.proof) or ""),
            note=str(self._people.opened(entry.note) or ""),
        )  # fmt: skip

    def _sealed(self, who: str) -> str:
        return self._people.seal(_full(who), who, who.rpartition("/")[2])


def late_of(waiting: Iterable[RequestView]) -> int:
    """How many of those that wait are over their time now."""
    return sum(age_days(entry.due_utc) > 0 for entry in waiting)


def _full(who: str) -> str:
    """As persons are known: ``platform/identity``; a bare name has no platform."""
    return who if "/" in who else f"/{who}"
