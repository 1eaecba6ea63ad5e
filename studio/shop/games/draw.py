"""A lucky draw whose outcome nobody at the desk could choose (`verify`)."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated, Any, Literal

import msgspec

from studio.core.errors import StudioError
from studio.shop.games.verify import FORMAT, canonical, digest_of, ranked

BEACON = 20
BEACON_S = 60.0
MOST_ENTRIES = 1_000_000
MOST_VALUE_CNY = 50_000_00
"""The most a prize of a draw may be worth in China (Anti-Unfair Competition Law, prize sales)."""

Stage = Literal["ready", "open", "closing", "drawn"]


class Prize(msgspec.Struct, frozen=True):
    """What can be won. ``value_cents`` of one, in the currency's cents."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    count: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    value_cents: Annotated[int, msgspec.Meta(ge=0, le=10_000_000_00)] = 0


class DrawRules(msgspec.Struct, frozen=True):
    """What is shown before entries are taken, and locked then.

    Attributes:
        keyword: what a comment must be to enter; "" for any.
        counts: which comment of a person is the entry.
        excluded: names of host and staff.
    """

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    prizes: Annotated[tuple[Prize, ...], msgspec.Meta(min_length=1, max_length=20)]
    keyword: Annotated[str, msgspec.Meta(max_length=40)] = ""
    counts: Literal["first", "last"] = "first"
    excluded: tuple[str, ...] = ()
    currency: str = "CNY"
    terms: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class Heard(msgspec.Struct, frozen=True):
    """A comment as a draw sees it.

    Attributes:
        person: platform and identity ("douyin/u9").
        author: the name that is shown.
    """

    id: str
    person: str
    author: str
    text: str


class DrawView(msgspec.Struct, frozen=True):
    """A draw as desks see it; the seed is secret until it is drawn."""

    id: str
    title: str
    stage: str
    commitment: str
    rules_sha256: str
    entries: int = 0
    beacon: int = 0
    winners: tuple[dict[str, str], ...] = ()


class Draw:
    """One draw: ready → open → closing → drawn. Single-threaded.

    Args:
        seed: 32 bytes as hex; made by the system's own source of chance when "".

    Raises:
        StudioError: invalid: a prize worth more than the law allows.
    """

    def __init__(self, id: str, rules: DrawRules, seed: str = "") -> None:
        dear = next((p for p in rules.prizes if p.value_cents > MOST_VALUE_CNY), None)
        if dear is not None and rules.currency == "CNY":
            raise StudioError("invalid", "games.prize_value", name=dear.name)
        self.id, self.rules = id, rules
        self.seed = seed or secrets.token_hex(32)
        self.commitment = hashlib.sha256(bytes.fromhex(self.seed)).hexdigest()
        self._plain_rules = msgspec.to_builtins(rules)
        self.rules_sha256 = hashlib.sha256(canonical(self._plain_rules)).hexdigest()
        self.stage: Stage = "ready"
        self.entries: dict[str, Heard] = {}
        self.beacon: list[Heard] = []
        self.passed_over: list[str] = []
        self.names: dict[str, str] = {}
        self._frozen: list[dict[str, str]] = []
        self._entries_sha256 = ""
        self._order: list[str] = []
        self._closed_ns = 0
        self._keyword = _plain(rules.keyword)
        self._excluded = {_plain(name) for name in rules.excluded}

    def open(self) -> None:
        """Takes entries from now on; the rules are locked."""
        self._need("ready")
        self.stage = "open"

    def hear(self, comment: Heard, now_ns: int) -> bool:
        """A comment came; whether it counts (as an entry, or after the end)."""
        if self.stage == "closing":
            if self.is_beacon_whole(now_ns):
                return False
            self.beacon.append(comment)
            return True
        if self.stage != "open" or len(self.entries) >= MOST_ENTRIES:
            return False
        if self._keyword and _plain(comment.text) != self._keyword:
            return False
        if _plain(comment.author) in self._excluded or not comment.person.partition("/")[2]:
            return False
        if comment.person in self.entries:
            if self.rules.counts == "first":
                return False
            del self.entries[comment.person]
        self.entries[comment.person] = comment
        return True

    def close(self, now_ns: int, muted: set[str]) -> str:
        """Freezes the entries without those who are muted; their hash.

        Raises:
            StudioError: conflict, when it is not open.
        """
        self._need("open")
        self.stage, self._closed_ns = "closing", now_ns  # from here on no entry is taken
        for number, comment in enumerate(self.entries.values()):
            if comment.person in muted:
                continue
            id = f"{number:07}"
            self.names[id] = comment.author
            self._frozen.append({"id": id, "who": self._who(comment), "text": comment.text})
        self._entries_sha256 = digest_of(self._frozen)
        return self._entries_sha256

    def is_beacon_whole(self, now_ns: int) -> bool:
        """Have 20 comments come since the end, or has a minute gone by?"""
        return len(self.beacon) >= BEACON or now_ns - self._closed_ns >= int(BEACON_S * 1e9)

    def draw(self, now_ns: int) -> list[dict[str, str]]:
        """The winners, with names.

        Raises:
            StudioError: conflict: not closed, the comments after it are not there yet, no entries.
        """
        self._need("closing")
        if not self.is_beacon_whole(now_ns):
            raise StudioError("conflict", "games.beacon", have=len(self.beacon), want=BEACON)
        if not self._frozen:
            raise StudioError("conflict", "games.no_entries")
        ids = [entry["id"] for entry in self._frozen]
        beacon = digest_of(self._plain_beacon())
        self._order = ranked(self.seed, self._entries_sha256, beacon, ids)
        self.stage = "drawn"
        return self.winners()

    def pass_over(self, entry: str) -> list[dict[str, str]]:
        """A winner did not claim the prize: the next in rank has it.

        Raises:
            StudioError: not_found.
        """
        self._need("drawn")
        if entry not in [winner["entry"] for winner in self.winners()]:
            raise StudioError("not_found", "games.no_winner", id=entry)
        self.passed_over.append(entry)
        return self.winners()

    def winners(self) -> list[dict[str, str]]:
        """Prize, entry and name of each; empty until it is drawn."""
        if self.stage != "drawn":
            return []
        return [{**pair, "author": self.names[pair["entry"]]} for pair in self._pairs()]

    def proof(self) -> dict[str, Any]:
        """What anybody needs to check it; names are not in it.

        Raises:
            StudioError: conflict, until it is drawn.
        """
        self._need("drawn")
        beacon = self._plain_beacon()
        return {
            "format": FORMAT, "id": self.id, "rules": self._plain_rules,
            "rules_sha256": self.rules_sha256, "commitment": self.commitment, "seed": self.seed,
            "entries": self._frozen, "entries_sha256": self._entries_sha256, "beacon": beacon,
            "beacon_sha256": digest_of(beacon), "passed_over": self.passed_over,
            "winners": self._pairs(),
        }  # fmt: skip

    def view(self) -> DrawView:
        """As desks see it."""
        return DrawView(
            self.id, self.rules.title, self.stage, self.commitment, self.rules_sha256,
            len(self._frozen or self.entries), len(self.beacon), tuple(self.winners()),
        )  # fmt: skip

    def _pairs(self) -> list[dict[str, str]]:
        passed = set(self.passed_over)
        waiting = (id for id in self._order if id not in passed)
        prizes = [prize.name for prize in self.rules.prizes for _ in range(prize.count)]
        return [{"prize": p, "entry": id} for p, id in zip(prizes, waiting, strict=False)]

    def _plain_beacon(self) -> list[dict[str, str]]:
        return [{"who": self._who(comment), "text": comment.text} for comment in self.beacon]

    def _who(self, comment: Heard) -> str:
        """Whose entry it is, so that everybody finds the own one and nobody reads a list of ids."""
        return hashlib.sha256(f"{self.commitment} {comment.person}".encode()).hexdigest()[:32]

    def _need(self, stage: Stage) -> None:
        if self.stage != stage:
            raise StudioError("conflict", "games.stage", id=self.id, stage=self.stage)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
