"""Keeps to the rules: says what is due, drops it when somebody says so, proves it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from studio.core.asking import asking
from studio.core.clock import seconds_of, utc_iso, utc_ms
from studio.core.errors import StudioError
from studio.governance.document import PrivateDocument
from studio.governance.keeping.model import Deletion, Due, Hold, KeepingRule, KeepingView, RuleView
from studio.governance.keeping.stores import KeptStore, all_older

MOST_BYTES, MOST_PROOFS, MOST_HOLDS = 16_000_000, 2000, 100
AHEAD_DAYS = 400
"""Nothing was written for longer than this, it seems: the clock is believed no more."""

RULES = (
    KeepingRule(id="persons", data="personal", days=1095, least=0, ground="interest"),
    KeepingRule(id="audit", data="inner", days=1095, least=183, ground="logs"),
    KeepingRule(id="records", data="personal", days=0, least=1095, ground="trade"),
    KeepingRule(id="reports", data="inner", days=1095, least=0, ground="interest"),
    KeepingRule(id="logs", data="inner", days=365, least=183, ground="logs"),
    KeepingRule(id="support", data="inner", days=30, least=0, ground="interest"),
)
"""E-Commerce Law Art. 31 and the rules for live selling: three years of trade and live records;
Cybersecurity Law Art. 21: logs for six months at least."""


class _Kept(msgspec.Struct, kw_only=True):
    """What is written down."""

    days: dict[str, int] = {}
    holds: list[Hold] = []
    proofs: list[Deletion] = []


class Keeper:
    """The rules over every store.

    Args:
        file: where days, holds and proofs stand.
        stores: what is kept.
        newest_utc: of the last thing that was written for sure; "" when there is none.
        anchor: of the audit log now.
    """

    def __init__(
        self,
        file: Path,
        stores: Sequence[KeptStore],
        newest_utc: Callable[[], str] = str,
        anchor: Callable[[], str] = str,
    ) -> None:
        # Holds that cannot be read hold everything: nothing goes by mistake.
        self._document = PrivateDocument(
            file, _Kept, most_bytes=MOST_BYTES,
            unreadable="keeping.unreadable", not_kept="keeping.not_kept",
        )  # fmt: skip
        self._stores = tuple(stores)
        self._newest, self._anchor = newest_utc, anchor

    @property
    def rules(self) -> tuple[KeepingRule, ...]:
        """With the days that hold here."""
        return _with_days(self._document.read())

    def set_days(self, id: str, days: int) -> int:
        """Another time of keeping; the one before.

        Raises:
            StudioError: not_found; invalid: shorter than the law asks for.
        """
        rule = self._rule(id)
        if days and days < rule.least:
            raise StudioError("invalid", "keeping.too_short", rule=id, least=rule.least)
        with self._document.changing() as kept:
            before = kept.days.get(id, rule.days)
            kept.days[id] = days
        return before

    def hold(self, rule: str, reason: str) -> Hold:
        """Nothing of this rule goes until it is released.

        Raises:
            StudioError: not_found; conflict: too many.
        """
        if rule != "*":
            self._rule(rule)
        made = Hold(
            id=secrets.token_hex(3), rule=rule, reason=reason, by=asking().person or "engine",
            at_utc=utc_iso(),
        )  # fmt: skip
        with self._document.changing() as kept:
            if len(kept.holds) >= MOST_HOLDS:
                raise StudioError("conflict", "keeping.too_many", most=MOST_HOLDS)
            kept.holds.append(made)
        return made

    def release(self, id: str) -> Hold:
        """A hold ends.

        Raises:
            StudioError: not_found.
        """
        with self._document.changing() as kept:
            found = next((hold for hold in kept.holds if hold.id == id), None)
            if found is None:
                raise StudioError("not_found", "keeping.no_hold", id=id)
            kept.holds.remove(found)
        return found

    def due(self) -> list[Due]:
        """What is over its time, and what of it a hold keeps: the dry run.

        Raises:
            StudioError: failed: a store cannot be read; conflict: the clock is not believed.
        """
        now_s = utc_ms() / 1000
        newest = self._newest()
        if newest and now_s - seconds_of(newest) > AHEAD_DAYS * 86_400:
            raise StudioError("conflict", "keeping.clock", newest=newest[:10])
        kept = self._document.read()
        days = {rule.id: rule.days for rule in _with_days(kept)}
        return [
            msgspec.structs.replace(due, held=_held_by(due, kept.holds))
            for due in all_older(self._stores, days, now_s)
        ]

    def drop(self, expected: int) -> Deletion:
        """Drops what is due and not held.

        Args:
            expected: how many the dry run showed.

        Raises:
            StudioError: conflict: it is not what the dry run showed; failed.
        """
        going = [due for due in self.due() if not due.held]
        if len(going) != expected:
            raise StudioError("conflict", "keeping.other", n=len(going), expected=expected)
        dropped: dict[str, int] = {}
        for store in self._stores:
            mine = [due for due in going if due.rule == store.rule]
            if mine:
                dropped[store.rule] = store.drop(mine)
        lines = "\n".join(sorted(f"{due.rule} {due.item} {due.since_utc}" for due in going))
        proof = Deletion(
            at_utc=utc_iso(), by=asking().person or "engine", dropped=dropped,
            digest=hashlib.sha256(lines.encode()).hexdigest(), anchor=self._anchor(),
        )  # fmt: skip
        with self._document.changing() as kept:
            kept.proofs = [*kept.proofs, proof][-MOST_PROOFS:]
        return proof

    def view(self, due: Sequence[Due]) -> KeepingView:
        """The rules with what is due; reads the disk.

        Args:
            due: as `due` just told.

        Raises:
            StudioError: failed: it cannot be read.
        """
        kept = self._document.read()
        return KeepingView(
            rules=tuple(
                RuleView(
                    rule=rule,
                    due=sum(entry.rule == rule.id and not entry.held for entry in due),
                    held=sum(entry.rule == rule.id and bool(entry.held) for entry in due),
                )
                for rule in _with_days(kept)
            ),
            holds=tuple(kept.holds), last=kept.proofs[-1] if kept.proofs else None,
        )  # fmt: skip

    @staticmethod
    def _rule(id: str) -> KeepingRule:
        found = next((rule for rule in RULES if rule.id == id), None)
        if found is None:
            known = ", ".join(rule.id for rule in RULES)
            raise StudioError("not_found", "keeping.no_rule", rule=id, known=known)
        return found


def _with_days(kept: _Kept) -> tuple[KeepingRule, ...]:
    return tuple(
        msgspec.structs.replace(rule, days=kept.days.get(rule.id, rule.days)) for rule in RULES
    )


def _held_by(due: Due, holds: Sequence[Hold]) -> str:
    return next((hold.id for hold in holds if fnmatchcase(due.rule, hold.rule)), "")
