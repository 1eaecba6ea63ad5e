"""Every part of the state that says who somebody is goes through the masks at the door."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from studio.app.root import SERVICES
from studio.governance.catalogue import PARTS, PERSONAL


def _fields(kind: Any, seen: set[Any]) -> Iterator[str]:
    """Names of all fields of a view, however deep."""
    for part in typing.get_args(kind):
        yield from _fields(part, seen)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
        seen.add(kind)
        for field in msgspec.structs.fields(kind):
            yield field.name
            yield from _fields(field.type, seen)


def test_parts_that_name_somebody_are_known() -> None:
    naming = {
        service.name
        for service in SERVICES
        if service.View is not None and PERSONAL & set(_fields(service.View, set()))
    }
    assert naming <= PARTS, "these go into PARTS of studio/governance/catalogue.py"
    assert {service.name for service in SERVICES} >= PARTS
