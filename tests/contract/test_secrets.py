"""No command tells a secret: whatever it is called with, its event, answer and journal hide it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

from studio.core.command import Bus, Changed, CommandRan, Spec
from studio.core.credentials import is_secret_name
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from tests.contract.test_places import all_commands

WORD = "Pl4nted7secret9word"
ADDRESS = f"rtmp://admin:{WORD}@127.0.0.1:1/live/{WORD}?token={WORD}"
NAMES_A_BOOKING = {
    # command: why its "key" is none
    **dict.fromkeys(
        ("offers.hold", "orders.book", "orders.refund", "stock.confirm", "stock.hold",
         "stock.move", "stock.release", "stock.share"),
        "what names a booking, so that the same one counts once",
    ),
}  # fmt: skip


def _names(shape: Any, inside: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(shape, dict):
        for name, part in shape.get("properties", {}).items():
            yield (*inside, name)
            yield from _names(part, (*inside, name))
        for key in ("anyOf", "oneOf", "prefixItems"):
            for part in shape.get(key, ()):
                yield from _names(part, inside)
        yield from _names(shape.get("items"), inside)


def test_what_sounds_like_a_secret_is_declared_as_one() -> None:
    open_ones = [
        f"{spec.id} {'.'.join(way)}"
        for spec in all_commands()
        if spec.id not in NAMES_A_BOOKING
        for way in _names(spec.schema())
        if is_secret_name(way[-1]) and way[0] not in spec.secret_args
    ]
    assert not open_ones, "secret=(…)"


async def _told(spec: Spec, args: dict[str, Any]) -> str:
    """All that is said of a call: its event, and its error."""
    events = Events()
    told: list[CommandRan] = []
    events.on(CommandRan, told.append)
    bus = Bus(events, State(events, lambda work: None))
    bus._commands[spec.id] = (spec, lambda **args: Changed())
    error = ""
    try:
        await bus.run(spec.id, args)
    except StudioError as fault:
        error = fault.in_both()["en"] + str(fault)
    assert len(told) == 1
    return error + json.dumps([told[0].args, told[0].error], default=str)


def _typed(shape: dict[str, Any]) -> Any:
    """An address with secrets where text is taken, else something of the type."""
    for part in (shape, *shape.get("anyOf", ())):
        if part.get("type") == "string" and "enum" not in part:
            return ADDRESS
    kind = shape.get("type")
    return {"integer": shape.get("minimum", 0), "boolean": True, "array": [], "object": {}}.get(
        str(kind), ADDRESS
    )


def _calls(spec: Spec) -> Iterator[dict[str, Any]]:
    shapes = spec.schema().get("properties", {})
    secret = {name: WORD for name in shapes if name in spec.secret_args}
    right = {name: _typed(shape) for name, shape in shapes.items()} | secret
    yield right
    yield {**right, "settings": {"url": ADDRESS, "token": WORD}}
    yield {**secret, "stream_key": WORD}  # misspelt: nobody knows what it is
    yield {**secret, "Key": [WORD], "": {"a": WORD}}
    yield dict.fromkeys(shapes, ADDRESS)
    yield dict.fromkeys(secret, [[WORD]])
    yield {"settings": {"password": WORD, "more": [{"apiKey": WORD, "url": ADDRESS}]}}


def test_no_call_tells_its_secrets() -> None:
    async def all_of_them() -> dict[str, str]:
        told: dict[str, str] = {}
        for spec in all_commands():
            for args in _calls(spec):
                said = await _told(spec, args)
                if WORD in said:
                    told[spec.id] = said[max(0, said.find(WORD) - 200) :][:400]
        return told

    assert asyncio.run(all_of_them()) == {}
