"""What is wrong with offers by themselves, and with several of them beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from studio.core.errors import StudioError
from studio.shop.offers.model import Offer
from studio.shop.offers.pricing import offer_price
from studio.shop.offers.slots import slot_times

MOST_SLOT = timedelta(days=1)


def prices_of(offer: Offer, list_cents: int) -> list[int]:
    """Every price it can come to, from its first piece to its last."""
    return [offer_price(offer, list_cents), *(step.price_cents for step in offer.steps)]


def shape_faults(offer: Offer) -> Iterator[StudioError]:
    """What of it cannot be right, whatever the shop has and whatever runs."""
    yield from _part_faults(offer)
    yield from _step_faults(offer)
    if offer.edition and offer.pieces > offer.edition:
        yield StudioError(
            "invalid", "offers.beyond_edition", pieces=offer.pieces, edition=offer.edition
        )
    if (offer.edition or offer.most_a_buyer) and not offer.pieces:
        yield StudioError("invalid", "offers.counts_pieces", id=offer.id)
    elif offer.most_a_buyer > offer.pieces:
        yield StudioError(
            "invalid", "offers.buyer_beyond", most=offer.most_a_buyer, pieces=offer.pieces
        )
    if offer.slot is None:
        return
    try:
        starts, ends = slot_times(offer.slot)
    except StudioError as error:
        yield error
        return
    if ends is not None and offer.seconds and starts + timedelta(seconds=offer.seconds) != ends:
        yield StudioError("invalid", "offers.two_ends", id=offer.id)
    if ends is not None and ends - starts > MOST_SLOT:
        yield StudioError("invalid", "offers.slot_long", id=offer.id)


def _part_faults(offer: Offer) -> Iterator[StudioError]:
    if not offer.is_bundle:
        return
    skus = [part.sku for part in offer.parts]
    if offer.sku not in skus:
        yield StudioError("invalid", "offers.not_a_part", sku=offer.sku, id=offer.id)
    if len(set(skus)) != len(skus):
        yield StudioError("invalid", "offers.part_twice", id=offer.id)
    if sum(part.count for part in offer.parts) < 2:
        yield StudioError("invalid", "offers.one_part", id=offer.id)
    if any(part.channel for part in offer.parts):
        yield StudioError("invalid", "offers.part_channel", id=offer.id)


def _step_faults(offer: Offer) -> Iterator[StudioError]:
    if not offer.steps:
        return
    sold = [step.sold for step in offer.steps]
    if sorted(set(sold)) != sold:
        yield StudioError("invalid", "offers.steps_rise", id=offer.id)
    if not offer.pieces:
        yield StudioError("invalid", "offers.counts_pieces", id=offer.id)
    elif max(sold) >= offer.pieces:
        yield StudioError("invalid", "offers.step_beyond", sold=max(sold), pieces=offer.pieces)


def beside_faults(offers: Iterable[Offer]) -> Iterator[tuple[Offer, StudioError]]:
    """Offers of one SKU whose slots overlap: the second one could not begin."""
    timed: list[tuple[Offer, datetime, datetime]] = []
    for offer in offers:
        if offer.slot is None or offer.is_bundle:
            continue
        try:
            starts, ends = slot_times(offer.slot)
        except StudioError:
            continue
        ends = ends or starts + timedelta(seconds=offer.seconds or MOST_SLOT.total_seconds())
        for other, begins, stops in timed:
            if other.sku == offer.sku and starts < stops and begins < ends:
                yield (
                    offer,
                    StudioError("conflict", "offers.slots_meet", id=offer.id, other=other.id),
                )
                break
        timed.append((offer, starts, ends))
