"""The rundown as it is edited: items put, moved, removed; a first one made from the goods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.host.rundown.model import (
    MOST_ITEMS,
    MOST_PHASES,
    RundownItem,
    RundownPart,
    RundownPhase,
    Shortened,
)
from studio.host.rundown.schedule import phase_lengths
from studio.shop.model import Product

USUAL_PACE = {"opening": 180, "middle": 240, "closing": 120}


def find_item(part: RundownPart, id: str) -> RundownItem:
    """The item of this id.

    Raises:
        StudioError: not_found.
    """
    item = next((item for item in part.items if item.id == id), None)
    if item is None:
        raise StudioError("not_found", "rundown.no_item", item=id)
    return item


def put_item(part: RundownPart, item: RundownItem, phase: str = "", index: int = -1) -> RundownPart:
    """The rundown with an item in the place of the one of its id, or as a new one.

    Args:
        phase: it goes to; "" where it is, or to the last.
        index: in its phase; -1 where it is, or at the end.

    Raises:
        StudioError: not_found, conflict.
    """
    where = next((p.id for p in part.phases if any(i.id == item.id for i in p.items)), "")
    phase = phase or where or (part.phases[-1].id if part.phases else "")
    if not part.phases:
        part, phase = replace(part, phases=(RundownPhase("middle", kind="middle"),)), "middle"
    if not any(p.id == phase for p in part.phases):
        known = ", ".join(p.id for p in part.phases)
        raise StudioError("not_found", "rundown.no_phase", phase=phase, known=known)
    if not where and len(part.items) >= MOST_ITEMS:
        raise StudioError("conflict", "rundown.too_many", most=MOST_ITEMS)
    phases = []
    for each in part.phases:
        items = list(each.items)
        place = next((n for n, there in enumerate(items) if there.id == item.id), None)
        if place is not None and (each.id != phase or index >= 0):
            del items[place]
            place = None
        if each.id == phase:
            if place is not None:
                items[place] = item
            else:
                items.insert(index if 0 <= index <= len(items) else len(items), item)
        phases.append(replace(each, items=tuple(items)))
    return replace(part, phases=tuple(phases))


def remove_item(part: RundownPart, id: str) -> RundownPart:
    """The rundown without an item.

    Raises:
        StudioError: not_found.
    """
    find_item(part, id)
    return replace(part, phases=tuple(
        replace(phase, items=tuple(item for item in phase.items if item.id != id))
        for phase in part.phases
    ))  # fmt: skip


def shortened(part: RundownPart, lines: Sequence[Shortened]) -> RundownPart:
    """The rundown with the lengths that a proposal gives."""
    seconds = {line.item: line.seconds for line in lines}
    return replace(part, phases=tuple(
        replace(phase, items=tuple(
            replace(item, seconds=seconds.get(item.id, item.seconds)) for item in phase.items
        ))
        for phase in part.phases
    ))  # fmt: skip


def new_id(taken: set[str], word: str = "item") -> str:
    """An id that no item has."""
    return next(f"{word}-{n}" for n in range(1, len(taken) + 2) if f"{word}-{n}" not in taken)


def drafted(
    products: Sequence[Product], total_s: int, start_utc: str, zone: str, language: str
) -> RundownPart:
    """A first rundown: welcome, every product with its share of the middle, thanks.

    Args:
        total_s: length of the show.
        language: of viewers; titles are in it.
    """
    opening, middle, closing = phase_lengths(total_s)
    order = sorted(products, key=lambda product: product.number)[: MOST_ITEMS - 8]
    count = len(order)
    goods, given = [], 0
    for number, product in enumerate(order, 1):
        upto = middle * number // count
        goods.append(RundownItem(
            f"product-{number}", product.name[:200], "product", upto - given, product=product.id
        ))  # fmt: skip
        given = upto

    def words(key: str) -> str:
        return translate(f"rundown.draft.{key}", language)

    greeting = opening * 2 // 5
    first = (
        RundownItem("welcome", words("welcome"), "talk", greeting),
        RundownItem("preview", words("preview"), "talk", opening - greeting),
    )
    recap = closing * 3 // 5
    last = (
        RundownItem("recap", words("recap"), "talk", recap),
        RundownItem("thanks", words("thanks"), "talk", closing - recap),
    )
    middles = tuple(goods) or (RundownItem("middle-talk", words("middle"), "talk", middle),)
    return RundownPart(start_utc, zone, (
        RundownPhase("opening", words("opening"), "opening", first, USUAL_PACE["opening"],
                     ("talk", "game", "product", "offer")),
        RundownPhase("middle", words("middle"), "middle", middles, USUAL_PACE["middle"]),
        RundownPhase("closing", words("closing"), "closing", last, USUAL_PACE["closing"],
                     ("talk", "offer", "product", "game")),
    ))  # fmt: skip


def faults(part: RundownPart) -> Iterator[tuple[str, StudioError, bool]]:
    """What is wrong with a rundown: place, error, and whether it cannot be used at all."""
    seen: set[str] = set()
    for number, phase in enumerate(part.phases):
        place = f"rundown.phases[{number}]"
        if phase.id in seen:
            yield place, StudioError("invalid", "rundown.twice", id=phase.id), True
        seen.add(phase.id)
    if len(part.phases) > MOST_PHASES or len(part.items) > MOST_ITEMS:
        yield "rundown", StudioError("invalid", "rundown.too_many", most=MOST_ITEMS), True
    seen.clear()
    for number, phase in enumerate(part.phases):
        for index, item in enumerate(phase.items):
            place = f"rundown.phases[{number}].items[{index}]"
            if item.id in seen:
                yield place, StudioError("invalid", "rundown.twice", id=item.id), True
            seen.add(item.id)
            if item.kind not in phase.allows:
                yield place, StudioError(
                    "invalid", "rundown.not_allowed", item=item.title or item.id,
                    phase=phase.name or phase.id,
                ), False  # fmt: skip
    yield from _shares(part)


def _shares(part: RundownPart) -> Iterator[tuple[str, StudioError, bool]]:
    """An opening or closing that is longer than a tenth over its due."""
    total = part.seconds
    kinds = {phase.kind for phase in part.phases}
    if not total or kinds != {"opening", "middle", "closing"}:
        return
    middle = sum(phase.seconds for phase in part.phases if phase.kind == "middle")
    wanted = phase_lengths(total)[1]
    if middle < 0.7 * total - 1 and middle < wanted - 1:
        yield (
            "rundown.phases",
            StudioError("invalid", "rundown.middle_short", share=round(100 * middle / total)),
            False,
        )
