"""Feeds the board from the studio's own events: what is counted, and what an alarm may follow."""

from __future__ import annotations

from studio.comments.events import CommentReceived
from studio.core.event import Events
from studio.insight.board import Board
from studio.outputs.events import OutputChanged
from studio.scenes.events import SceneTaken
from studio.shop.events import CardHidden, CardShown, OfferChanged, ProductChanged, ProductExplained
from studio.sources.events import SourceHealthChanged

TOLD_OUTPUTS = ("reconnecting", "standby", "failed", "congested", "live")
PRICES = ("price_cents", "was_cents", "variants")


class BoardFeed:
    """Listens on the engine loop.

    Args:
        board: told.
        events: listened to.
    """

    def __init__(self, board: Board, events: Events) -> None:
        self._board = board
        events.on(CommentReceived, self._comment)
        events.on(SceneTaken, self._cut)
        events.on(ProductExplained, self._explained)
        events.on(CardShown, self._card)
        events.on(CardHidden, self._card_hidden)
        events.on(ProductChanged, self._price)
        events.on(OfferChanged, self._offer)
        events.on(OutputChanged, self._output)
        events.on(SourceHealthChanged, self._source)

    def _comment(self, event: CommentReceived) -> None:
        self._board.figures.add("comments", 1)

    def sold(self, units: int, cents: int | None) -> None:
        """Pieces left the ledger as sold, or came back."""
        figures = self._board.figures
        if units < 0:
            figures.add("returned", -units)
            return
        figures.add("units", units)
        if cents is not None:
            figures.add("sold_cents", cents)

    def _cut(self, event: SceneTaken) -> None:
        self._board.happened("cut", f"{event.before} → {event.scene}")

    def _explained(self, event: ProductExplained) -> None:
        self._board.happened("explained", event.product)

    def _card(self, event: CardShown) -> None:
        self._board.happened("card", f"{event.product} {event.price}")

    def _card_hidden(self, event: CardHidden) -> None:
        self._board.happened("card_hidden", event.product)

    def _price(self, event: ProductChanged) -> None:
        if set(event.fields) & set(PRICES):
            self._board.happened("price", event.product)

    def _offer(self, event: OfferChanged) -> None:
        self._board.happened("offer", f"{event.offer} {event.stage}")

    def _output(self, event: OutputChanged) -> None:
        if event.state in TOLD_OUTPUTS:
            self._board.happened("output", f"{event.output} {event.before} → {event.state}")

    def _source(self, event: SourceHealthChanged) -> None:
        if event.before:
            self._board.happened("source", f"{event.source} {event.before} → {event.state}")
