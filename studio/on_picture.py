"""What lies over the programme: card, comment, lower third, try-on and its mark."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.graphics.bubble import draw_comment, draw_lower_third, draw_mark
from studio.graphics.card import draw_card
from studio.graphics.deck import SLIDE_NS, Deck
from studio.graphics.model import CommentSpec, LowerThirdSpec
from studio.media.frame import Frame, even
from studio.media.yuv import Layer, Scratch, blend
from studio.scenes.compositor import Overlay
from studio.scenes.keeper import Scenes
from studio.scenes.model import Canvas
from studio.shop.cards import Cards, card_spec
from studio.shop.catalogue import Catalogue
from studio.shop.wearing import Wearer
from studio.show.keeper import OpenShow

_log = logger(__name__)
MARK = {"zh": "虚拟试戴", "en": "Simulated"}


def _side(canvas: Canvas) -> int:
    return min(canvas.width, canvas.height)


class OnPicture:
    """Keeps the downstream graphics true to the state.

    Attributes:
        deck: what is up; the picture thread reads it.
    """

    def __init__(
        self, show: OpenShow, deck: Deck, scenes: Scenes, catalogue: Catalogue, wearer: Wearer
    ) -> None:
        self.deck = deck
        self._show, self._scenes = show, scenes
        self._catalogue, self._wearer = catalogue, wearer
        self._cards = Cards(deck, draw_card)
        self._marks: dict[int, Layer] = {}

    def open(self, *, with_try_on: bool) -> None:
        """Card, try-on and lower third as the state says: there from the first picture."""
        self.refresh_card(is_there=True)
        trying = self._catalogue.state.trying
        product = self._catalogue.state.product(trying) if trying else None
        if product is not None and with_try_on:
            variant = product.variant(self._catalogue.state.variant.get(product.id, ""))
            try_on = (variant.try_on if variant else None) or product.try_on
            try:
                self._wearer.wear(product, try_on, "")
            except StudioError as error:
                _log.warning("try-on of the show: %s", error)
        raw = self._show.raw.get("lower_third") or {"title": ""}
        try:
            lower = msgspec.convert(raw, LowerThirdSpec)
        except msgspec.ValidationError as error:
            _log.warning("lower third of the show: %s", error)
            return
        if lower.title:
            layers = self._drawn(lambda canvas: draw_lower_third(lower, _side(canvas) * 0.041))
            self.deck.show("lower_third", layers, now_ns() - SLIDE_NS, ("bottom-right", "top-left"))

    def refresh_card(self, *, is_there: bool = False) -> None:
        """Draws the card anew from the catalogue; the same card costs nothing."""
        shop = self._catalogue.state
        product = shop.product(shop.card) if shop.card else None
        if product is None:
            self._cards.hide()
            return
        spec = card_spec(product, shop, self._show.folder, self._show.head.language)
        self._cards.show(spec, self._scenes.state.canvases, is_there=is_there)

    def show_comment(self, author: str, text: str, platform: str = "") -> None:
        """Puts a comment on the picture; "" takes it off."""
        if not text:
            self.deck.hide("comment", now_ns())
            return
        spec = CommentSpec(author, text, platform)
        layers = self._drawn(
            lambda canvas: draw_comment(spec, _side(canvas) * 0.032, canvas.width * 0.62)
        )
        self.deck.show("comment", layers, now_ns(), ("top-left", "bottom-right", "top-right"))

    def mark(self) -> None:
        """Puts the mark up while something is worn on air, and takes it off."""
        is_up = "mark" in self.deck.names
        if self._wearer.is_worn_on_air():
            if not is_up:
                text = MARK.get(self._show.head.language, MARK["en"])
                layers = self._drawn(lambda canvas: draw_mark(text, _side(canvas) * 0.022))
                self.deck.show("mark", layers, now_ns(), ("top-right", "top-left"))
        elif is_up:
            self.deck.hide("mark", now_ns())

    def marked(self, frame: Frame) -> Frame:
        """A copy of a picture that bears the mark, for what is kept of a try-on."""
        side = min(frame.width, frame.height)
        if side not in self._marks:
            text = MARK.get(self._show.head.language, MARK["en"])
            self._marks[side] = draw_mark(text, max(9.0, side * 0.03))
        mark, copy = self._marks[side], frame.copy()
        gap = even(side * 0.03)
        x = max(0, copy.width - mark.frame.width - gap) & ~1
        blend(copy, mark, x, gap, Scratch())
        return copy

    def at(self, canvas: Canvas, at_ns: int) -> Sequence[Overlay]:
        """The graphics for a tick; called on the picture thread."""
        placed = self.deck.at(canvas.name, canvas.width, canvas.height, at_ns)
        return [Overlay(one.layer, one.x, one.y) for one in placed]

    def _drawn(self, draw: Callable[[Canvas], Layer]) -> dict[str, Layer]:
        return {canvas.name: draw(canvas) for canvas in self._scenes.state.canvases}
