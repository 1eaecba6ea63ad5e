"""A draw or game whose outcome nobody at the desk could choose (`verify`)."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import msgspec
from msgspec.structs import replace

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.shop.games.model import DrawRules, DrawView, Heard, Prize, Stage
from studio.shop.games.verify import (
    FORMAT,
    answer_digest,
    canonical,
    digest_of,
    in_order,
    plain,
    price_in,
    ranked,
)

BEACON = 20
BEACON_S = 60.0
MOST_ENTRIES = 1_000_000
MOST_VALUE_CNY = 50_000_00
"""The most a prize of a draw may be worth in China (Anti-Unfair Competition Law, prize sales)."""


class Draw:
    """One draw: ready → open → closing → drawn. Single-threaded.

    Args:
        seed: 32 bytes as hex; made by the system's own source of chance when "".
        answer: of a quiz (one of its options) or a price; secret until it is drawn.

    Raises:
        StudioError: invalid: a prize worth more than the law allows, a game without its answer.
    """

    def __init__(self, id: str, rules: DrawRules, seed: str = "", answer: str = "") -> None:
        dear = next((p for p in rules.prizes if p.value_cents > MOST_VALUE_CNY), None)
        if dear is not None and rules.currency == "CNY":
            raise StudioError("invalid", "games.prize_value", name=dear.name)
        self.seed = seed or secrets.token_hex(32)
        if not rules.prizes and rules.kind != "vote":
            raise StudioError("invalid", "games.no_prize")
        if rules.products and len(rules.products) != len(rules.options):
            raise StudioError("invalid", "games.no_votes")
        self.told_answer = answer
        self.answer = _checked_answer(rules, answer)
        digest = answer_digest(self.seed, self.answer) if self.answer else ""
        rules = replace(rules, answer_sha256=digest)
        self.id, self.rules = id, rules
        self.commitment = hashlib.sha256(bytes.fromhex(self.seed)).hexdigest()
        self._plain_rules = _shown(rules)
        self.rules_sha256 = hashlib.sha256(canonical(self._plain_rules)).hexdigest()
        self.stage: Stage = "ready"
        self.entries: dict[str, Heard] = {}
        self.beacon: list[Heard] = []
        self.passed_over: list[str] = []
        self.names: dict[str, str] = {}
        self.claimed: set[str] = set()
        self.coupons: dict[str, str] = {}
        self.won_ns: dict[str, int] = {}
        self.proof_path = ""
        self._people: dict[str, str] = {}
        self._frozen: list[dict[str, str]] = []
        self._entries_sha256 = ""
        self._order: list[str] = []
        self.opened_ns = self.closed_ns = 0
        self._keyword = plain(rules.keyword)
        self._options = {plain(option): option for option in rules.options}
        if rules.kind == "vote":
            for number, option in enumerate(rules.options, start=1):
                self._options.setdefault(str(number), option)
        self._answers = dict.fromkeys(rules.options, 0)
        self._claim_word = plain(rules.claim_word)
        self._excluded = {plain(name) for name in rules.excluded}

    def open(self, at_ns: int | None = None) -> None:
        """Takes entries from now on; the rules are locked."""
        self._need("ready")
        self.stage, self.opened_ns = "open", now_ns() if at_ns is None else at_ns

    def is_over(self, at_ns: int) -> bool:
        """Is the time for entries up?"""
        return self.stage == "open" and bool(self.rules.open_s) and self._open_ns(at_ns) <= 0

    def _open_ns(self, at_ns: int) -> int:
        return self.opened_ns + self.rules.open_s * NS - at_ns

    def hear(self, comment: Heard, now_ns: int) -> bool:
        """A comment came; whether it counts (as an entry, or after the end)."""
        if self.stage == "drawn":
            return self._claims(comment)
        if self.stage == "closing":
            if self.is_beacon_whole(now_ns):
                return False
            self.beacon.append(comment)
            return True
        if self.stage != "open" or len(self.entries) >= MOST_ENTRIES:
            return False
        if not self._is_entry(comment.text):
            return False
        if plain(comment.author) in self._excluded or not comment.person.partition("/")[2]:
            return False
        before = self.entries.get(comment.person)
        if before is not None:
            if self.rules.counts == "first":
                return False
            del self.entries[comment.person]
            self._count(before, -1)
        self.entries[comment.person] = comment
        self._count(comment, 1)
        return True

    def _is_entry(self, text: str) -> bool:
        if self.rules.kind in ("quiz", "vote"):
            return plain(text) in self._options
        if self.rules.kind == "price":
            return price_in(text, self.rules.currency) is not None
        return not self._keyword or plain(text) == self._keyword

    def _count(self, comment: Heard, by: int) -> None:
        option = self._options.get(plain(comment.text))
        if option is not None:
            self._answers[option] += by

    def _claims(self, comment: Heard) -> bool:
        """Does a winner claim the prize with this comment?"""
        if not self._claim_word or plain(comment.text) != self._claim_word:
            return False
        for winner in self._pairs():
            entry = winner["entry"]
            if self._people.get(entry) == comment.person and entry not in self.claimed:
                self.claimed.add(entry)
                return True
        return False

    def claim(self, entry: str) -> None:
        """A winner has claimed the prize.

        Raises:
            StudioError: not_found, conflict.
        """
        self._need("drawn")
        if entry not in [winner["entry"] for winner in self._pairs()]:
            raise StudioError("not_found", "games.no_winner", id=entry)
        self.claimed.add(entry)

    def overdue(self, now_ns: int) -> list[str]:
        """Winners who had their time and did not claim."""
        if self.stage != "drawn" or not self.rules.claim_s:
            return []
        for winner in self._pairs():
            self.won_ns.setdefault(winner["entry"], now_ns)
        return [
            winner["entry"]
            for winner in self._pairs()
            if self._left_ns(winner["entry"], now_ns) < 0
        ]

    def _left_ns(self, entry: str, now_ns: int) -> int:
        if entry in self.claimed:
            return 0
        return self.won_ns.get(entry, now_ns) + self.rules.claim_s * NS - now_ns

    def close(self, now_ns: int, muted: set[str]) -> str:
        """Freezes the entries without those who are muted; their hash.

        Raises:
            StudioError: conflict, when it is not open.
        """
        self._need("open")
        self.stage, self.closed_ns = "closing", now_ns  # from here on no entry is taken
        for number, comment in enumerate(self.entries.values()):
            if comment.person in muted:
                continue
            id = f"{number:07}"
            self.names[id] = comment.author
            self._people[id] = comment.person
            self._frozen.append({"id": id, "who": self._who(comment), "text": comment.text})
        self._entries_sha256 = digest_of(self._frozen)
        return self._entries_sha256

    def is_beacon_whole(self, now_ns: int) -> bool:
        """Have 20 comments come since the end, or has a minute gone by?"""
        return len(self.beacon) >= BEACON or now_ns - self.closed_ns >= int(BEACON_S * 1e9)

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
        order = ranked(self.seed, self._entries_sha256, beacon, ids)
        texts = {entry["id"]: entry["text"] for entry in self._frozen}
        self._order = in_order(order, texts, self._plain_rules, self.answer)
        self.stage = "drawn"
        self.overdue(now_ns)
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
            "winners": self._pairs(), **({"answer": self.answer} if self.answer else {}),
        }  # fmt: skip

    def coupons_won(self) -> list[tuple[str, str, str]]:
        """(entry, coupon, person) of winners whose prize is a coupon and theirs for good."""
        return [
            (entry, prize.coupon, self._people[entry])
            for prize, entry in self._won()
            if prize.coupon and (entry in self.claimed or not self.rules.claim_s)
        ]

    def leader(self) -> str:
        """Of a vote, the option with most votes; "" for none, or while two are equal."""
        if self.rules.kind != "vote":
            return ""
        most = max(self._answers.values())
        ahead = [option for option, count in self._answers.items() if count == most and count]
        return ahead[0] if len(ahead) == 1 else ""

    def view(self) -> DrawView:
        """As desks see it."""
        rules, now, is_drawn = self.rules, now_ns(), self.stage == "drawn"
        leader = self.leader()
        winners = []
        for winner in self.winners():
            if winner["entry"] in self.claimed:
                winner["claimed"] = "yes"
            elif rules.claim_s:
                left_ns = max(0, self._left_ns(winner["entry"], now))
                winner["left_s"] = str(-(-left_ns // NS))
            if winner["entry"] in self.coupons:
                winner["coupon"] = self.coupons[winner["entry"]]
            winners.append(winner)
        return DrawView(
            self.id, rules.title, self.stage, self.commitment, self.rules_sha256,
            len(self._frozen or self.entries), len(self.beacon), tuple(winners), rules.kind,
            "" if rules.kind == "words" and self.stage == "ready" else rules.keyword,
            rules.options, rules.counts, rules.prizes, dict(self._answers),
            self.answer if is_drawn else "", self.proof_path,
            max(1, -(-self._open_ns(now) // NS)) if self.stage == "open" and rules.open_s else 0,
            leader, self._product_of(leader), likes=rules.likes,
        )  # fmt: skip

    def _product_of(self, option: str) -> str:
        rules = self.rules
        return rules.products[rules.options.index(option)] if option and rules.products else ""

    def _pairs(self) -> list[dict[str, str]]:
        return [{"prize": prize.name, "entry": entry} for prize, entry in self._won()]

    def _won(self) -> list[tuple[Prize, str]]:
        passed = set(self.passed_over)
        waiting = (id for id in self._order if id not in passed)
        prizes = (prize for prize in self.rules.prizes for _ in range(prize.count))
        return list(zip(prizes, waiting, strict=False))

    def _plain_beacon(self) -> list[dict[str, str]]:
        return [{"who": self._who(comment), "text": comment.text} for comment in self.beacon]

    def _who(self, comment: Heard) -> str:
        """Whose entry it is, so that everybody finds the own one and nobody reads a list of ids."""
        return hashlib.sha256(f"{self.commitment} {comment.person}".encode()).hexdigest()[:32]

    def _need(self, stage: Stage) -> None:
        if self.stage != stage:
            raise StudioError("conflict", "games.stage", id=self.id, stage=self.stage)


def _checked_answer(rules: DrawRules, answer: str) -> str:
    """The answer in the form that is promised; "" of a game that has none.

    Raises:
        StudioError: invalid.
    """
    if rules.kind == "words" and not plain(rules.keyword):
        raise StudioError("invalid", "games.no_words")
    if rules.kind == "vote":
        votes = [plain(option) for option in rules.options]
        numbers = {str(number) for number in range(1, len(votes) + 1)}
        if len(votes) < 2 or len(set(votes)) != len(votes) or numbers & set(votes):
            raise StudioError("invalid", "games.no_votes")
    if rules.kind == "quiz":
        options = [plain(option) for option in rules.options]
        if len(options) < 2 or len(set(options)) != len(options) or plain(answer) not in options:
            raise StudioError("invalid", "games.no_option")
        return rules.options[options.index(plain(answer))]
    if rules.kind == "price":
        cents = price_in(answer, rules.currency)
        if cents is None:
            raise StudioError("invalid", "games.no_price", text=answer[:40])
        return str(cents)
    return ""


def _shown(rules: DrawRules) -> dict[str, Any]:
    """The rules as they are hashed; what a plain draw does not use is not in it, as ever."""
    found: dict[str, Any] = msgspec.to_builtins(rules)
    usual = {
        "kind": "draw", "options": [], "answer_sha256": "", "claim_s": 0, "claim_word": "",
        "open_s": 0, "products": [], "likes": 0,
    }  # fmt: skip
    for prize in found["prizes"]:
        if not prize["coupon"]:
            del prize["coupon"]
    return {name: v for name, v in found.items() if name not in usual or list_of(v) != usual[name]}


def list_of(value: Any) -> Any:
    """A tuple as JSON has it."""
    return list(value) if isinstance(value, tuple) else value
