"""What topics of claims share: a sentence with what is known, and what a topic finds in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from studio.host.guard.words import numbers_en
from studio.host.numbers import SIGNS, number_of
from studio.host.packs.model import Level
from studio.host.script.model import Fact
from studio.shop.model import Product

ZH_NUMBER = rf"[{SIGNS}]{{1,12}}(?:点[{SIGNS}]{{1,4}})?"
_EN_WORD = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    "hundred|thousand"
)
EN_NUMBER = rf"\b(?:{_EN_WORD})(?:[ -](?:and )?(?:{_EN_WORD})){{0,8}}\b"
NUMBER = rf"(?:\d[\d,]{{0,12}}(?:\.\d{{1,3}})?|{ZH_NUMBER}|{EN_NUMBER})"


class Known(NamedTuple):
    """A product and what is known of it."""

    product: Product
    facts: Mapping[str, Fact]


class Claim(NamedTuple):
    """A difference between what is said and what the facts say.

    Attributes:
        start, end: where it stands in the sentence, later in the text.
        topic: "price", "composition", …
        fact: what the facts say; "" where they say nothing.
        level: "look" where no fact says it, but none says otherwise either.
    """

    start: int
    end: int
    topic: str
    fact: str
    level: Level = "alarm"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence in lower case, and what is known."""

    text: str
    known: Known | None
    others: Mapping[str, Known]

    @property
    def product(self) -> Product | None:
        """What it is about."""
        return self.known.product if self.known else None

    @property
    def facts(self) -> Mapping[str, Fact]:
        """Of the product."""
        return self.known.facts if self.known else {}

    def words(self, *names: str) -> str:
        """The values of the facts of these names that are there, in lower case."""
        points = [n for n in self.facts if n.startswith("point")]
        wanted = [name for name in (*names, *points) if name in self.facts]
        return "; ".join(self.facts[name].value for name in wanted).lower()

    def all_words(self) -> str:
        """Every fact, in lower case."""
        return "; ".join(fact.value for fact in self.facts.values()).lower()

    def source(self, *names: str) -> str:
        """The first of these facts as an alarm shows it: "material: 棉 95%"."""
        name = next((name for name in names if name in self.facts), "")
        return f"{name}: {self.facts[name].value}" if name else ""


def value_of(text: str) -> float | None:
    """The number that stands there: "199", "1,299.5", "一百九十九", "七点五", "twenty five"."""
    plain = text.strip().lower()
    if re.match(r"\d", plain):
        return float(plain.rstrip(",").replace(",", ""))
    if re.match(r"[a-z]", plain):
        value = numbers_en().get(re.sub(r"[ -]+(?:and )?", " ", plain))
        return None if value is None else float(value)
    whole, _, part = plain.partition("点")
    number = number_of(whole)
    if number is None:
        return None
    digits = "".join(str(number_of(sign) or 0) for sign in part)
    return float(f"{number}.{digits}") if digits else float(number)
