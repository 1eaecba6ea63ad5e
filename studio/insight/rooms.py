"""The services of advice, prices and experiments, in the order in which they load."""

from __future__ import annotations

from studio.core.command import Bus
from studio.core.event import Events
from studio.core.service import Service
from studio.core.state import State
from studio.insight.advice.service import AdviceService, FreePieces
from studio.insight.advice_commands import TodaysOrder
from studio.insight.pricing.service import PricingService
from studio.insight.pricing.tonight import OnAirNow
from studio.insight.trials.book import trials_file
from studio.insight.trials.service import TrialService
from studio.shop.catalogue import Catalogue
from studio.shop.offers.book import OfferBook

ADVICE_SERVICES: tuple[type[Service], ...] = (AdviceService, PricingService, TrialService)


def advice_services(
    catalogue: Catalogue, offers: OfferBook, ledger: FreePieces, today: TodaysOrder, bus: Bus,
    air: OnAirNow, events: Events, state: State,
) -> tuple[Service, ...]:  # fmt: skip
    """All of them, wired."""
    return (
        AdviceService(catalogue, offers, ledger, today, events, state),
        PricingService(offers, ledger.free, bus, air, events, state),
        TrialService(trials_file(), bus, air, events, state),
    )
