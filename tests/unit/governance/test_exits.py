"""Every part of the state, planted in every field: nothing in clear without the right to see it."""

from __future__ import annotations

import enum
import random
import typing
from collections.abc import Iterator
from typing import Any, Literal

import msgspec
import pytest

from studio.app.root import SERVICES
from studio.core.asking import Asker, Scope
from studio.core.event import all_events
from studio.core.personal import mask_name
from studio.core.redact import keep_secret
from studio.governance.catalogue import PARTS, WHOLE, class_of
from studio.governance.masking import Sight, shown, shown_event, shown_parts, sight_of
from studio.governance.sealing import names_somebody
from studio.host.events import HostSaid
from tests.unit.governance.test_masks import identity, mail, phone

KEY = "streamkey-planted-4711"
DEEP = 6


def kinds_of(kind: Any) -> Any:
    """A type without what is said beside it."""
    while typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    return kind


def filled(kind: Any, words: str, depth: int = 0) -> Any:
    """Plain data of a type with the words in every text; None where it has no place for one."""
    kind = kinds_of(kind)
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if depth > DEEP or kind is type(None):
        return None
    if kind is str or kind is Any or kind is object:
        return words
    if origin is Literal:
        return args[0]
    if origin in (tuple, list, set, frozenset):
        return [filled(args[0], words, depth + 1)] if args else []
    if origin is dict:
        return {"k": filled(args[1], words, depth + 1)}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind)).value
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {
            field.encode_name: filled(field.type, words, depth + 1)
            for field in msgspec.structs.fields(kind)
        }
    parts = [part for part in args if part is not type(None)]
    return filled(parts[0], words, depth + 1) if parts else 1


def in_clear(value: Any, words: str, place: str) -> Iterator[str]:
    """Places where the words still stand, but those that are found again by them."""
    if isinstance(value, dict):
        for name, part in value.items():
            here = f"{place}.{name}"
            if name not in WHOLE and class_of(here) != "public":
                yield from in_clear(part, words, here)
    elif isinstance(value, list):
        for part in value:
            yield from in_clear(part, words, place)
    elif isinstance(value, str) and words in value:
        yield place


VIEWS = {service.name: service.View for service in SERVICES if service.name in PARTS}


@pytest.mark.parametrize("part", sorted(PARTS))
def test_nothing_planted_stands_in_a_part_that_names_somebody(part: str) -> None:
    keep_secret(KEY)
    dice = random.Random(part)
    for planted in (phone(dice), identity(dice), mail(dice), KEY):
        for role in range(5):
            sight = sight_of(Asker(role, False, "x", (), (Scope(data=()),), "x"))
            for told in (sight, Sight.NAMES):
                plain = filled(VIEWS[part], f"我是 {planted}")
                out = shown_parts({part: plain}, told)[part]
                assert sorted(set(in_clear(out, planted, part))) == []
    goods = "¥199.00 SKU-13812345678"
    plain = filled(VIEWS[part], goods)
    out = shown_parts({part: plain}, Sight.NAMES)[part]
    assert set(in_clear(out, goods, part)) == set(in_clear(plain, goods, part))


def test_names_are_masked_for_who_may_not_see_them() -> None:
    for part, view in VIEWS.items():
        out = shown_parts({part: filled(view, "rosalind")}, Sight.NOBODY)[part]
        for place in in_clear(out, "rosalind", part):
            assert class_of(place) != "personal" or place.rpartition(".")[2] in (
                "text", "reason", "words",
            ), place  # fmt: skip
    assert mask_name("rosalind") == "r**"


def test_events_that_name_somebody_are_masked_as_the_state_is() -> None:
    planted = "13812345678"
    told = 0
    for name, kind in all_events().items():
        if not kind.__module__.startswith("studio."):
            continue
        plain = filled(kind, planted)
        if not names_somebody(kind):
            continue
        told += 1
        assert list(in_clear(shown(plain, name, Sight.NAMES), planted, name)) == [], name
    assert told >= 4


def test_what_is_read_out_aloud_is_masked_too() -> None:
    event = HostSaid(text="打13812345678")
    assert shown_event(event, Sight.NAMES)["text"] == "打138****5678"
    assert shown_event(event, Sight.ALL)["text"] == "打13812345678"
