"""Every number from outside has bounds: what it sizes, it cannot size beyond them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from studio.core.command import Spec
from studio.core.errors import StudioError
from tests.contract.test_contract import KINDS
from tests.contract.test_places import all_commands

NAMES_A_THING = {"index", "item", "items", "mark"}
"""Places in a row and numbers of things: looked up, and nothing is made of their size."""
COMPARED_ALONE = {"for_ms", "cues", "budget_ms"}
"""Times that a clock is compared with (`budget_ms` has bounds of its own)."""
MOST = 1e9


def numbers(shape: Any) -> Iterator[dict[str, Any]]:
    """Every number within a schema."""
    if isinstance(shape, dict):
        if shape.get("type") in ("integer", "number"):
            yield shape
        for key in ("anyOf", "items", "prefixItems"):
            yield from numbers(shape.get(key))
    elif isinstance(shape, list):
        for inner in shape:
            yield from numbers(inner)


def check(where: str, name: str, shape: Any) -> None:
    if name in NAMES_A_THING | COMPARED_ALONE:
        return
    for number in numbers(shape):
        low = number.get("minimum", number.get("exclusiveMinimum"))
        high = number.get("maximum", number.get("exclusiveMaximum"))
        assert low is not None, f"{where} {name}: no least value"
        assert high is not None, f"{where} {name}: no greatest value"
        assert max(abs(low), abs(high)) <= MOST, f"{where} {name}: {low}…{high}"


@pytest.mark.parametrize(
    "spec", [pytest.param(command, id=command.id) for command in all_commands()]
)
def test_numbers_of_a_command_have_bounds(spec: Spec) -> None:
    for name, shape in spec.schema().get("properties", {}).items():
        check(spec.id, name, shape)


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_settings_have_bounds_and_keep_them(kind: Any) -> None:
    for name, shape in kind.schema().get("properties", {}).items():
        check(kind.kind, name, shape)
        if shape.get("type") in ("integer", "number") and name not in COMPARED_ALONE:
            for absurd in (10**12, -(10**12), 10**400, "1e308", "nan", "inf", "-inf"):
                with pytest.raises(StudioError):
                    kind.decode({name: absurd})
