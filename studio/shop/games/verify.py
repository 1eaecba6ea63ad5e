"""Checks the proof of a draw with the standard library alone.

``shopcast verify-draw PROOF.json``, or this file by itself: ``python verify.py PROOF.json``.

1. ``commitment`` is the SHA-256 of ``seed``. It was shown before entries were taken.
2. ``rules_sha256`` is the SHA-256 of the rules in canonical JSON. It was shown with it.
3. ``entries_sha256`` is the SHA-256 of the frozen entries, one canonical JSON line each, in order.
4. ``beacon_sha256`` is the same of the comments that came after that: the desk, which knows the
   seed, could not know them; who wrote them did not know the seed.
5. ``answer_sha256`` of the rules, of a game that has an answer, is the SHA-256 of the seed and the
   answer in canonical JSON. It was shown with the rules; the answer is in the proof.
6. The key is SHA-256(seed + entries_sha256 + beacon_sha256), each as its hex digits. Entries are
   ranked by HMAC-SHA256(key, id of the entry); the lowest wins, then the next. In a quiz those
   with the right answer alone are ranked; who guessed a price is ranked by how near it is first.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import sys
import unicodedata
from collections import Counter
from typing import Any

FORMAT = "shopcast-draw/1"
DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "OMR": 3, "BHD": 3}
"""Decimal places of a currency's minor unit, where they are not two."""
_SIGNS = "¥￥$€£元块圓"


def plain(text: str) -> str:
    """As comments are compared: without spaces, wide letters and capitals."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def price_in(text: str, currency: str) -> int | None:
    """The price that a comment is, in minor units; None where it is anything else."""
    bare = plain(text).strip(_SIGNS)
    if not re.fullmatch(r"[0-9]{1,8}(\.[0-9]{1,3})?", bare, re.ASCII):
        return None
    whole, _, part = bare.partition(".")
    digits = DIGITS.get(currency, 2)
    if len(part.rstrip("0")) > digits:
        return None
    unit: int = 10**digits
    return int(whole) * unit + int((part + "000")[:digits] or 0)


def answer_digest(seed: str, answer: str) -> str:
    """What is shown of an answer before it is told."""
    return hashlib.sha256(canonical([seed, answer])).hexdigest()


def in_order(
    order: list[str], texts: dict[str, str], rules: dict[str, Any], answer: str
) -> list[str]:
    """Of entries in the order of chance, those that may win, the first in front.

    Args:
        order: ids.
        texts: what each wrote, by id.
    """
    kind = rules.get("kind", "draw")
    if kind == "quiz":
        return [id for id in order if plain(texts[id]) == plain(answer)]
    if kind == "price":
        right = int(answer)

        def far(id: str) -> int:
            guess = price_in(texts[id], rules["currency"])
            return abs((guess if guess is not None else 10**12) - right)

        return sorted(order, key=far)  # of equal ones chance decides: the sort is stable
    return order


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, signs beyond ASCII escaped."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def digest_of(rows: list[Any]) -> str:
    """SHA-256 of rows, a canonical line each."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(canonical(row) + b"\n")
    return digest.hexdigest()


def ranked(seed: str, entries_sha256: str, beacon_sha256: str, ids: list[str]) -> list[str]:
    """The entries in the order in which they win."""
    key = hashlib.sha256((seed + entries_sha256 + beacon_sha256).encode()).digest()
    return sorted(ids, key=lambda id: hmac.new(key, id.encode("utf-8"), hashlib.sha256).digest())


def faults(proof: Any) -> list[str]:
    """What does not hold; empty for a sound proof."""
    try:
        return list(_faults(proof))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return [f"the proof is broken: {type(error).__name__}: {error}"]


def _faults(proof: Any) -> list[str]:
    if proof["format"] != FORMAT:
        return [f"not a {FORMAT}: {proof['format']}"]
    found = []
    entries, ids = proof["entries"], [entry["id"] for entry in proof["entries"]]
    if hashlib.sha256(bytes.fromhex(proof["seed"])).hexdigest() != proof["commitment"]:
        found.append("the seed is not the one that was promised")
    if hashlib.sha256(canonical(proof["rules"])).hexdigest() != proof["rules_sha256"]:
        found.append("the rules are not those that were shown")
    if digest_of(entries) != proof["entries_sha256"]:
        found.append("an entry was changed, added or taken out")
    if digest_of(proof["beacon"]) != proof["beacon_sha256"]:
        found.append("a comment after the end was changed")
    twice = [who for who, count in Counter(entry["who"] for entry in entries).items() if count > 1]
    if twice or len(set(ids)) != len(ids):
        found.append(f"somebody has more than one entry: {', '.join(twice[:3])}")
    order = ranked(proof["seed"], proof["entries_sha256"], proof["beacon_sha256"], ids)
    answer = proof.get("answer", "")
    promised = proof["rules"].get("answer_sha256", "")
    if promised and answer_digest(proof["seed"], answer) != promised:
        found.append("the answer is not the one that was promised")
    texts = {entry["id"]: entry["text"] for entry in entries}
    order = in_order(order, texts, proof["rules"], answer)
    prizes = [prize["name"] for prize in proof["rules"]["prizes"] for _ in range(prize["count"])]
    passed = set(proof["passed_over"])
    waiting = [id for id in order if id not in passed]
    right = [{"prize": prize, "entry": id} for prize, id in zip(prizes, waiting, strict=False)]
    if proof["winners"] != right:
        found.append("the winners are not those that the order gives")
    return found


def main(path: str) -> int:
    """Exit code 0: sound; 1: not; 2: cannot be read."""
    try:
        with open(path, encoding="utf-8") as file:
            proof = json.load(file)
    except (OSError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 2
    found = faults(proof)
    for fault in found:
        print(fault)
    if not found:
        count, winners = len(proof["entries"]), len(proof["winners"])
        print(f"sound: {count} entries, {winners} winners, seed {proof['seed'][:16]}…")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else 2)
