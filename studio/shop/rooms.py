"""The services of the trade, offers to run order, in the order in which they load."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from studio.core.event import Events
from studio.core.service import Service
from studio.core.state import State
from studio.governance.secrets import SecretStore
from studio.shop.card.book import CardBook
from studio.shop.card.service import CardDrawer, CardService
from studio.shop.catalogue import Catalogue
from studio.shop.coupons.service import CouponService
from studio.shop.effects.service import EffectPicture, EffectService, Room
from studio.shop.games.service import CommentStream, GameBoard, GameService
from studio.shop.offers.book import OfferBook
from studio.shop.offers.service import OfferCard, OfferService
from studio.shop.orders.service import OrderService
from studio.shop.run_order.service import RunOrderService
from studio.shop.stock.service import StockService

TRADE_SERVICES: tuple[type[Service], ...] = (
    OfferService, CouponService, OrderService, CardService, RunOrderService,
)  # fmt: skip
GAME_SERVICES: tuple[type[Service], ...] = (GameService, EffectService)


class TradeCard(OfferCard, CardDrawer, Protocol):
    """The card that viewers see."""


class RecordingPlace(Protocol):
    """Where recordings and pictures go."""

    @property
    def path(self) -> Path:
        """The folder."""
        ...


def trade_services(
    catalogue: Catalogue,
    offers: OfferBook,
    cards: CardBook,
    stock: StockService,
    card: TradeCard,
    recordings: RecordingPlace,
    secrets: SecretStore,
    secure: Callable[[], ssl.SSLContext],
    events: Events,
    state: State,
) -> tuple[CouponService, RunOrderService, tuple[Service, ...]]:
    """The coupons, the run order, and all of them, wired."""
    coupons = CouponService(offers, catalogue, stock, events, state)
    orders = OrderService(stock, secrets, secure, events, state)
    looks = CardService(cards, catalogue, card, lambda: recordings.path, state)
    offer_room = OfferService(offers, stock, card, events, state)
    today = RunOrderService(catalogue, events, state)
    return coupons, today, (offer_room, coupons, orders, looks, today)


class LivelyComments(CommentStream, Room, Protocol):
    """The comments of the room, their people and likes."""


class LivelyPicture(GameBoard, EffectPicture, Protocol):
    """Where games and effects are seen."""


def game_services(
    comments: LivelyComments, coupons: CouponService, picture: LivelyPicture, catalogue: Catalogue,
    events: Events, state: State,
) -> tuple[Service, ...]:  # fmt: skip
    """Games, and effects on the picture."""
    return (
        GameService(comments, coupons, picture, events, state),
        EffectService(comments, catalogue, picture, state),
    )
