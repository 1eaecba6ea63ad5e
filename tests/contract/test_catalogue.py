"""Every field of what is written down has a class, and what is personal is sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

import studio.app.root  # noqa: F401  # all rooms, and with them their events
from studio.comments.model import EntryView
from studio.core.clean import Plain
from studio.core.command import CommandRan
from studio.core.event import all_events
from studio.governance.catalogue import PLACES, class_of
from studio.governance.sealing import sealed_data
from studio.remote import listing

INNER = Path(__file__).parents[1] / "data" / "inner_fields.txt"


def _places() -> list[str]:
    specs = listing.specs()  # imports every room, and with it its events
    places = [
        f"{name}.{field.name}"
        for name, kind in all_events().items()
        if kind.is_journaled and kind.__module__.startswith("studio.")
        for field in msgspec.structs.fields(kind)
    ]
    entry = msgspec.structs.fields(EntryView)
    places += [f"comments.received.entry.{field.name}" for field in entry]
    for spec in specs:
        places += [f"{spec.id}.{field.name}" for field in msgspec.structs.fields(spec.args)]
    return places


def test_every_field_has_a_class() -> None:
    inner = set(INNER.read_text(encoding="utf-8").split())
    without = [
        place
        for place in _places()
        if class_of(place) == "inner"
        and place.rpartition(".")[2] not in inner
        and place not in PLACES
    ]
    assert not without, (
        "do these say who somebody is? then they are personal in studio/governance/catalogue.py; "
        f"else they go into {INNER.name}: {without}"
    )


def test_what_is_personal_is_sealed_in_every_command() -> None:
    class Marks:
        def seal(self, who: str, words: Plain, author: str = "") -> str:
            return "sealed:1:x:y"

        seal_known = seal

    for spec in listing.specs():
        args: dict[str, Any] = {
            field.name: "rosalind" for field in msgspec.structs.fields(spec.args)
        }
        written = sealed_data(Marks(), CommandRan(command=spec.id, args=args, origin="", ok=True))
        for name, value in written["args"].items():
            is_sealed = class_of(f"{spec.id}.{name}") == "personal"
            assert (value == "sealed:1:x:y") == is_sealed, (spec.id, name)
