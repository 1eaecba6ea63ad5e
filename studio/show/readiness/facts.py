"""What readiness is judged by; a running engine knows all of it, a show's file a part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from studio.core.errors import StudioError
from studio.core.service import ShowContext
from studio.outputs.model import CheckLine
from studio.protocols.rtmp.address import BadAddress, parse
from studio.sender.model import OutputSettings

LIVE_KINDS = ("camera", "ingest", "stream", "screen", "window")
"""Kinds of sources that show what happens now."""


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """A destination.

    Attributes:
        has_key: None where nobody looked (keys are in no show).
        wrong: why its address is none, by language; empty while it is one.
        refused: why the platform said no, by language.
        flows: media was taken just now; kbps is how much.
        is_measuring: it has not flowed for long enough to say at what rate.
    """

    name: str
    has_key: bool | None = None
    wrong: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    flows: bool = False
    is_waiting: bool = False
    is_measuring: bool = False
    kbps: float = 0.0


@dataclass(frozen=True, slots=True)
class GoodsFacts:
    """The shop: how many products, and the names of those that are not well."""

    count: int = 0
    sold_out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """Plans that wait to be accepted, and those that stand by; None where nobody knows."""

    waiting: int = 0
    standing_by: int | None = None


@dataclass(frozen=True, slots=True)
class ShowFacts:
    """Everything; None is not known.

    Attributes:
        troubled: sources that somebody has to look at.
        measuring: of the cameras, those whose pace nobody has measured yet.
        unused: cameras of this machine that are not in the show.
        luma: mean brightness of the programme.
        level_db: how loud it was on average while there was sound; silence is -100.
        free_gb: for recordings.
        trial: what the last trial of the destinations found.
    """

    cameras: tuple[str, ...] = ()
    troubled: tuple[str, ...] | None = None
    measuring: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    luma: float | None = None
    level_db: float | None = None
    scenes: int = 0
    has_standby: bool = False
    free_gb: float | None = None
    streams: tuple[StreamFacts, ...] = ()
    goods: GoodsFacts = GoodsFacts()
    plans: PlanFacts = PlanFacts()
    show: str = ""
    is_readonly: bool = False
    error: str = ""
    trial: tuple[CheckLine, ...] = ()


def address_facts(settings: OutputSettings, key: str | None) -> StreamFacts:
    """Of a destination by its address.

    Args:
        key: of its own; None where nobody looked.
    """
    try:
        address = parse(settings.url, key or "")
    except BadAddress as bad:
        said = StudioError("invalid", bad.key, url=bad.shown).in_both()
        return StreamFacts(settings.name, wrong=said)
    has_key = True if address.stream else None if key is None else False
    return StreamFacts(settings.name, has_key)


def facts_of_show(context: ShowContext) -> ShowFacts:
    """What a show's file tells; nothing runs, no key is looked at."""
    parts: Any = context.parts
    scenes = parts["scenes"].scenes if "scenes" in parts else ()
    products = parts["shop"].products if "shop" in parts else ()
    return ShowFacts(
        cameras=tuple(s.name for s in parts.get("sources", ()) if s.kind in LIVE_KINDS),
        scenes=len(scenes),
        has_standby=any(scene.purpose == "standby" for scene in scenes),
        streams=tuple(
            address_facts(settings, None)
            for settings in parts.get("outputs", ())
            if settings.kind == "rtmp"
        ),
        goods=GoodsFacts(
            len(products),
            tuple(product.name for product in products if product.stock == 0),
            tuple(product.name for product in products if product.stock is None),
        ),
        show=context.name,
    )
