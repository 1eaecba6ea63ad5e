"""The data catalogue: what each field of what is written down is, and why it is kept.

A field is classed by its name, or by its place where the name alone would mislead
(``comments.pinned.text``). A contract test fails for a name that nobody has looked at.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

DataClass = Literal["public", "inner", "personal", "secret"]


class ClassRule(NamedTuple):
    """What holds for a class.

    Attributes:
        purpose, ground: keys of messages under ``privacy.``.
    """

    purpose: str
    ground: str


RULES: dict[DataClass, ClassRule] = {
    "public": ClassRule("purpose.shown", "ground.shown"),
    "inner": ClassRule("purpose.run", "ground.interest"),
    "personal": ClassRule("purpose.moderate", "ground.interest"),
    "secret": ClassRule("purpose.access", "ground.contract"),
}

PERSONAL = frozenset(("author", "author_id", "avatar", "buyer", "who"))
"""Names of fields that say who somebody is, wherever they stand."""

PLACES: dict[str, DataClass] = {
    "comments.received.entry.text": "personal",
    "comments.received.entry.reason": "personal",
    "comments.pinned.text": "personal",
    "comments.say.text": "personal",
    "comments.bulk.text": "personal",
    "comments.reply.text": "personal",
    "comments.quick_reply.text": "personal",
    "guard.hear.text": "personal",
    "tally.acknowledged.who": "inner",
    # A file that is read to be written again: masked, it would be kept masked.
    "plans.source.text": "public",
}
"""Where a field is not what its name says."""

SECRET = frozenset(("key", "password", "secret", "token"))
PUBLIC = frozenset(("cents", "currency", "price", "was_cents", "product", "title"))
"""What viewers see anyhow."""


PARTS = frozenset(("assistant", "comments", "drills", "games", "guard", "incidents", "orders",
                   "plans", "post", "privacy", "stock", "watch"))  # fmt: skip
"""Parts of the state that say who somebody is, or what they said; a contract test compares."""
TEXTS = frozenset(("text", "reason", "words"))
"""Personal for what they say: shown to all with what gives somebody away masked."""
WHOLE = frozenset(
    ("id", "key", "sku", "skus", "platform", "at_utc", "span", "address", "addresses")
)
"""Never masked: by these data are found again. None of them is about a person."""


def class_of(place: str) -> DataClass:
    """The class of a field, ``event.field``, ``event.field.part`` or ``command.argument``."""
    given = PLACES.get(place)
    if given is not None:
        return given
    name = place.rpartition(".")[2]
    if name in PERSONAL:
        return "personal"
    if name in SECRET:
        return "secret"
    if name in PUBLIC:
        return "public"
    return "inner"


def is_personal(place: str) -> bool:
    """Does this field say who somebody is, or what they said?"""
    return class_of(place) == "personal"
