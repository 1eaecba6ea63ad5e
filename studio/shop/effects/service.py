"""Effects as a service: hears likes, gifts and stock, and shows one thing at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

from studio.core.clock import NS, now_ns
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.core.text import Text
from studio.shop.catalogue import Catalogue
from studio.shop.effect_commands import EffectCommands
from studio.shop.effects.model import EffectsPart, EffectsView
from studio.shop.model import Product

LOOK_S = 0.2
SHOWN_NS = 3_500_000_000
APART_NS = 5 * NS
"""From the beginning of one stamp or thanks to the next at least."""
VETO_NS = 2 * NS
"""A name waits so long before it goes up: who blocks or mutes it meanwhile keeps it off."""
PATIENCE_NS = 30 * NS
MOST_WAITING = 6
MOST_HEARTS = 8
"""Of what came between two looks."""
SOLD_OUT = Text("{name} 售罄", "{name} sold out")
THANKS = Text("谢谢 {name} 的礼物", "Thank you, {name}")


class ThanksListener(Protocol):
    """Hears of a comment that gives something: its id and its author."""

    def __call__(self, id: str, author: str, /) -> None: ...


class Room(Protocol):
    """The room's comments."""

    def on_gift(self, listener: ThanksListener) -> None:
        """Calls ``listener`` with every comment that gives something."""
        ...

    def likes(self) -> int:
        """How many likes the room has."""
        ...

    def may_show(self, comment: str) -> bool:
        """May this comment, or its author, be on the picture now?"""
        ...


class EffectPicture(Protocol):
    """Where effects are drawn."""

    @property
    def language(self) -> str:
        """In which viewers are spoken to."""
        ...

    def send_hearts(self, count: int) -> None:
        """Lets hearts rise."""
        ...

    def show_stamp(self, text: str) -> None:
        """Puts words up in a free corner; "" takes them off."""
        ...

    def drop_effects(self) -> None:
        """Takes all effects off at once."""
        ...


class _Words(NamedTuple):
    """What waits to go up: its words, since when, and the comment or product it is about.

    Attributes:
        is_by_hand: somebody says so, whatever the ledger does.
    """

    text: Text
    name: str
    since_ns: int
    comment: str = ""
    product: str = ""
    is_by_hand: bool = False


class EffectService(Service):
    """Hearts, thanks and stamps: capped, in corners that are free, gone by themselves.

    Args:
        room: its comments and likes.
        catalogue: whose last piece may go.
        picture: draws them.
        state: watched for the last piece, and told.
    """

    name: ClassVar[str] = "effects"
    Part: ClassVar[Any] = EffectsPart
    View: ClassVar[Any] = EffectsView

    def __init__(
        self, room: Room, catalogue: Catalogue, picture: EffectPicture, state: State
    ) -> None:
        self._room, self._catalogue, self._picture, self._state = room, catalogue, picture, state
        self.part = EffectsPart()
        self._waiting: deque[_Words] = deque()
        self._up: _Words | None = None
        self._began_ns = -APART_NS
        self._liked = 0
        self._gone: set[str] = set()
        self._is_stale = False
        self._shown = self._left_out = 0
        self._commands = (EffectCommands(self),)
        self.every = (Every("effects", LOOK_S, self._look),)
        room.on_gift(self._hear)
        state.watch(("shop",), self._shop_changed)

    def commands(self) -> Sequence[object]:
        """Set, play."""
        return self._commands

    async def reset(self) -> None:
        """No effect is on, none is on the picture."""
        self.part = EffectsPart()
        self._clear()
        self._shown = self._left_out = 0

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over which effects a show has; what is sold out already is no news."""
        self.part = part
        self._liked = self._room.likes()
        self._gone = {p.id for p in self._catalogue.state.products if p.stock == 0}

    def save(self) -> EffectsPart:
        """As it is now."""
        return self.part

    def view(self) -> EffectsView:
        """Which are on, and how many were shown."""
        return EffectsView(self.part, self._shown, self._left_out)

    # -- hands ---------------------------------------------------------------------------------

    def change(self, part: EffectsPart) -> EffectsPart:
        """Other effects from now on; what is up goes; the ones before."""
        before, self.part = self.part, part
        self._clear()
        self._liked = self._room.likes()
        return before

    def play_likes(self) -> None:
        """Some hearts, by hand."""
        self._picture.send_hearts(MOST_HEARTS)

    def play_sold_out(self, product: Product) -> None:
        """The stamp, by hand; pressed twice it is one."""
        there = [*self._waiting, *filter(None, (self._up,))]
        if all(words.product != product.id for words in there):
            self._put(_Words(SOLD_OUT, product.name, now_ns(), "", product.id, True))

    @property
    def explained(self) -> Product | None:
        """The product that is explained, else the one whose card is up."""
        shop = self._catalogue.state
        return shop.product(shop.explaining or shop.card)

    def get(self, product: str) -> Product:
        """A product by id or number.

        Raises:
            StudioError: not_found.
        """
        return self._catalogue.get(product)

    # -- what happens --------------------------------------------------------------------------

    def _hear(self, id: str, author: str) -> None:
        if self.part.gifts and author:
            self._put(_Words(THANKS, author, now_ns(), id))

    def _shop_changed(self) -> None:
        self._is_stale = True

    def _look(self) -> None:
        self._count_likes()
        if self._is_stale:
            self._is_stale = False
            self._look_at_stock()
        now = now_ns()
        if self._up is not None:
            is_over = now - self._began_ns >= SHOWN_NS
            if is_over or not self._may_show(self._up):
                self._picture.show_stamp("")
                self._up = None
        while self._waiting and now - self._waiting[0].since_ns > PATIENCE_NS:
            self._waiting.popleft()
            self._left_out += 1
            self._state.touch("effects")
        if self._up is None and now - self._began_ns >= APART_NS:
            self._show_next(now)

    def _count_likes(self) -> None:
        before, self._liked = self._liked, self._room.likes()
        if self.part.likes and self._liked > before:
            self._picture.send_hearts(min(MOST_HEARTS, self._liked - before))

    def _look_at_stock(self) -> None:
        products = self._catalogue.state.products
        gone = {p.id: p for p in products if p.stock == 0}
        for id, product in gone.items():
            if self.part.sold_out and id not in self._gone:
                self._put(_Words(SOLD_OUT, product.name, now_ns(), product=id))
        # While the ledger is away no figure is known: what was sold out is no news afterwards.
        unknown = {p.id for p in products if p.stock is None}
        self._gone = set(gone) | (self._gone & unknown)

    def _show_next(self, now: int) -> None:
        """Of what waits the first that may be seen; names wait a moment for a veto."""
        for words in tuple(self._waiting):
            if words.comment and now - words.since_ns < VETO_NS:
                continue
            self._waiting.remove(words)
            if not self._may_show(words):
                continue
            language = self._picture.language
            self._picture.show_stamp(words.text.in_language(language).format(name=words.name))
            self._up, self._began_ns = words, now
            self._shown += 1
            self._state.touch("effects")
            return

    def _may_show(self, words: _Words) -> bool:
        if words.product:  # pieces may have come in, or it may have left the show
            product = self._catalogue.state.product(words.product)
            return product is not None and (words.is_by_hand or product.stock == 0)
        return not words.comment or self._room.may_show(words.comment)

    def _put(self, words: _Words) -> None:
        self._waiting.append(words)
        if len(self._waiting) > MOST_WAITING:
            thanks = next((w for w in self._waiting if w.comment), self._waiting[0])
            self._waiting.remove(thanks)
            self._left_out += 1
            self._state.touch("effects")

    def _clear(self) -> None:
        self._waiting.clear()
        self._up = None
        self._picture.drop_effects()
