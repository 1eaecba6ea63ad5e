"""What lies over the programme: card, comment, lower third, try-on and its mark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from studio.core.clock import now_ns
from studio.core.personal import mask_text
from studio.core.service import Every, Service, ShowContext
from studio.graphics import qt
from studio.graphics.board import draw_board
from studio.graphics.bubble import draw_comment, draw_lower_third, draw_mark, draw_stamp
from studio.graphics.card import draw_card
from studio.graphics.crawl import (
    WIDEST,
    CommentCrawl,
    CrawlText,
    crawl_unit,
    draw_crawl,
    row_height,
)
from studio.graphics.deck import SLIDE_NS, OverlayStack
from studio.graphics.hearts import HeartShower, draw_hearts
from studio.graphics.model import (
    BoardSpec,
    CardSpec,
    CardTemplate,
    CommentSpec,
    CrawlSettings,
    LowerThirdSpec,
    Style,
)
from studio.graphics.placer import CORNERS
from studio.media.frame import Frame, blank, even
from studio.media.picture_file import encode_picture, read_picture
from studio.media.yuv import Layer, Rect, Scratch, blend, layer, resize
from studio.scenes.compositor import Overlay
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import Canvas, Scene
from studio.scenes.stage import Snapshot
from studio.shop.card.book import CardBook
from studio.shop.card.drawing import CardOffers, Cards, card_spec, card_unit
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product
from studio.shop.wearing import TryOnController
from studio.show.model import BrandKit

WATCH_S = 0.1
PREVIEW_EDGE, GREY = 48, (104, 128, 128)
MARK = {"zh": "虚拟试戴", "en": "Simulated"}


def _side(canvas: Canvas) -> int:
    return min(canvas.width, canvas.height)


class OverlayController:
    """Keeps the downstream graphics true to the state.

    Attributes:
        deck: what is up; the picture thread reads it.
        crawl: the comments that cross it.
        hearts: the likes that rise on it.
    """

    def __init__(
        self,
        deck: OverlayStack,
        scenes: SceneRepository,
        catalogue: Catalogue,
        wearer: TryOnController,
        offers: CardOffers | None = None,
        book: CardBook | None = None,
        fps: float = 30.0,
    ) -> None:
        self.deck, self.crawl, self.hearts = deck, CommentCrawl(fps), HeartShower()
        self._offers, self._book = offers, book or CardBook()
        self._scenes = scenes
        self._folder, self._language = Path(), "zh"
        self._catalogue, self._wearer = catalogue, wearer
        self._cards = Cards(deck, self._card)
        self._marks: dict[int, Layer] = {}
        self._hearts_for: tuple[tuple[Canvas, ...], Style] | None = None
        self._lower = LowerThirdSpec("")
        self._comment = CommentSpec("", "")
        self._board: BoardSpec | None = None
        self.style = Style()

    def reset(self) -> None:
        """Takes everything off at once: the show is left."""
        self.deck.clear()
        self.hearts.clear()
        self.run_crawl(CrawlSettings())
        self._marks.clear()
        self._cards.forget()
        self._lower, self._comment = LowerThirdSpec(""), CommentSpec("", "")
        self._board = None
        self.style = Style()

    def load(self, folder: Path, language: str, lower: LowerThirdSpec) -> None:
        """Takes over where a show's pictures are, its language and its lower third."""
        self._folder, self._language, self._lower = folder, language, lower

    @property
    def language(self) -> str:
        """The show's, in which viewers are spoken to."""
        return self._language

    @property
    def lower_third(self) -> LowerThirdSpec:
        """The show's own."""
        return self._lower

    def show_all(self) -> None:
        """Card and lower third as the state says: there from the first picture."""
        self.refresh_card(is_there=True)
        self._show_lower_third(now_ns() - SLIDE_NS)

    def _show_lower_third(self, since_ns: int) -> None:
        if self._lower.title:
            layers = self._drawn(
                lambda canvas: draw_lower_third(self._lower, _side(canvas) * 0.041, self.style)
            )
            self.deck.show("lower_third", layers, since_ns, ("bottom-right", "top-left"))

    def wear_brand(self, brand: BrandKit) -> None:
        """Draws everything that is up anew in the brand's colours and font, and its logo.

        Raises:
            StudioError: not_found or invalid: the font or the logo; nothing has changed then.
        """
        folder = self._folder
        family = brand.font
        if Path(brand.font).suffix.lower() in (".ttf", ".otf", ".ttc"):
            family = qt.add_font(folder / brand.font)
        elif brand.font:
            family = qt.known_family(brand.font)
        logo = read_picture(folder / brand.logo) if brand.logo else None
        self.style = Style(
            accent=brand.accent,
            ink=brand.ink,
            paper=brand.paper,
            plate=brand.plate,
            plate_ink=brand.plate_ink,
            bar=brand.bar,
            family=family,
        )
        self._cards.forget()
        self.refresh_card(is_there=True)
        self._show_lower_third(now_ns() - SLIDE_NS)
        if "comment" in self.deck.names:
            self.show_comment(self._comment.author, self._comment.text, self._comment.platform)
        if self._board is not None:
            self.show_board(self._board)
        if logo is None:
            self.deck.hide("logo", now_ns())
            return

        def scaled(canvas: Canvas) -> Layer:
            high = max(8, even(_side(canvas) * brand.logo_size))
            return layer(resize(logo, max(8, even(high * logo.width / logo.height)), high))

        corners = (brand.logo_corner, *(c for c in CORNERS if c != brand.logo_corner))
        self.deck.show("logo", self._drawn(scaled), now_ns() - SLIDE_NS, corners)

    def refresh_card(self, *, is_there: bool = False) -> None:
        """Draws the card anew from the catalogue; the same card costs nothing."""
        shop = self._catalogue.state
        product = shop.product(shop.card) if shop.card else None
        if product is None:
            self._cards.hide()
            return
        spec = self._spec(product, self._book.template_of(product))
        self._cards.show(spec, self._scenes.state.canvases, is_there=is_there)

    def _spec(self, product: Product, template: CardTemplate | None) -> CardSpec:
        facts = self._book.facts_of(product.id) if template is not None else {}
        shop = self._catalogue.state
        return card_spec(product, shop, self._folder, self._language, self._offers, template, facts)

    def _card(self, spec: CardSpec, canvas: Canvas) -> Layer:
        is_portrait = canvas.height > canvas.width
        return draw_card(spec, card_unit(canvas), self.style, is_portrait=is_portrait)

    def card_picture(
        self, product: Product, template: CardTemplate | None, *, is_portrait: bool
    ) -> bytes:
        """A card as large as on a canvas of 1080 lines, on a grey ground, as a PNG; any thread."""
        size = (1080, 1920) if is_portrait else (1920, 1080)
        drawn = self._card(self._spec(product, template), Canvas("preview", *size))
        ground = blank(drawn.frame.width + PREVIEW_EDGE, drawn.frame.height + PREVIEW_EDGE, GREY)
        blend(ground, drawn, PREVIEW_EDGE // 2, PREVIEW_EDGE // 2, Scratch())
        return encode_picture(ground)

    def show_comment(self, author: str, text: str, platform: str = "") -> None:
        """Puts a comment on the picture; "" takes it off."""
        if not text:
            self.deck.hide("comment", now_ns())
            return
        spec = self._comment = CommentSpec(author, text, platform)
        layers = self._drawn(
            lambda canvas: draw_comment(
                spec, _side(canvas) * 0.032, canvas.width * 0.62, self.style
            )
        )
        self.deck.show("comment", layers, now_ns(), ("top-left", "bottom-right", "top-right"))

    def show_board(self, spec: BoardSpec | None) -> None:
        """Puts the board of a game on the picture, or what has changed of it; None takes it off."""
        self._board = spec
        if spec is None:
            self.deck.hide("game", now_ns())
            return
        layers = self._drawn(
            lambda canvas: draw_board(spec, _side(canvas) * 0.03, canvas.width * 0.45, self.style)
        )
        self.deck.show("game", layers, now_ns(), ("top-left", "top-right", "bottom-right"))

    def run_crawl(self, settings: CrawlSettings) -> None:
        """Lets comments cross in another way; what crosses now goes."""
        self.crawl.settings = settings
        self.crawl.clear()
        is_ticker = settings.kind == "ticker"
        self.deck.spared = lambda width, height: (
            row_height(width, height, settings) if is_ticker else 0
        )

    def send_crawl(self, id: str, author: str, text: str) -> None:
        """Draws a comment that crosses the picture and lets it begin; any thread."""
        settings, style = self.crawl.settings, self.style
        self.crawl.send(CrawlText(id, {
            canvas.name: draw_crawl(
                author, text, crawl_unit(canvas.width, canvas.height, settings),
                canvas.width * WIDEST, style,
            )
            for canvas in self._scenes.state.canvases
            if canvas.is_enabled
        }))  # fmt: skip

    def send_hearts(self, count: int) -> None:
        """Lets hearts rise on every canvas."""
        canvases = tuple(c for c in self._scenes.state.canvases if c.is_enabled)
        if self._hearts_for != (canvases, self.style):
            self._hearts_for = canvases, self.style
            self.hearts.layers = {
                canvas.name: draw_hearts(_side(canvas) * 0.04, self.style) for canvas in canvases
            }
        self.hearts.send(count)

    def show_stamp(self, text: str) -> None:
        """Puts words up in a free corner, for a moment; "" takes them off."""
        if not text:
            self.deck.hide("stamp", now_ns())
            return
        words = mask_text(text)
        layers = self._drawn(
            lambda canvas: draw_stamp(words, _side(canvas) * 0.036, canvas.width * 0.5, self.style)
        )
        self.deck.show("stamp", layers, now_ns(), ("top-right", "top-left", "bottom-right"))

    def drop_effects(self) -> None:
        """Takes stamp and hearts off every canvas at once."""
        self.deck.drop("stamp")
        self.hearts.clear()

    def drop_comment(self) -> None:
        """Takes the comment off every canvas at once, also one that is sliding out."""
        self.deck.drop("comment")

    def mark(self) -> None:
        """Puts the mark up while something is worn on air, and takes it off."""
        is_up = "mark" in self.deck.names
        if self._wearer.is_worn_on_air():
            if not is_up:
                text = MARK.get(self._language, MARK["en"])
                layers = self._drawn(lambda canvas: draw_mark(text, _side(canvas) * 0.022))
                self.deck.show("mark", layers, now_ns(), ("top-right", "top-left"))
        elif is_up:
            self.deck.hide("mark", now_ns())

    def marked(self, frame: Frame) -> Frame:
        """A copy of a picture that bears the mark, for what is kept of a try-on."""
        side = min(frame.width, frame.height)
        if side not in self._marks:
            text = MARK.get(self._language, MARK["en"])
            self._marks[side] = draw_mark(text, max(9.0, side * 0.03))
        mark, copy = self._marks[side], frame.copy()
        gap = even(side * 0.03)
        x = max(0, copy.width - mark.frame.width - gap) & ~1
        blend(copy, mark, x, gap, Scratch())
        return copy

    def at(self, canvas: Canvas, at_ns: int) -> Sequence[Overlay]:
        """The graphics for a tick; called on the picture thread."""
        size = canvas.width, canvas.height
        placed = self.deck.at(canvas.name, *size, at_ns)
        is_crossed = self.crawl.settings.kind != "off"
        if is_crossed or not self.hearts.is_idle:
            avoid = [Rect(e.x, e.y, e.layer.width, e.layer.height) for e in placed]
            avoid += self.deck.faces(canvas.name)
            area = self.deck.area(canvas.name, *size)
            rising = self.hearts.at(canvas.name, size, area, avoid, at_ns)
            crossing = self.crawl.at(canvas.name, size, area, avoid, at_ns) if is_crossed else []
            placed = [*rising, *crossing, *placed]
        return [Overlay(entry.layer, entry.x, entry.y) for entry in placed]

    def over(
        self, snapshot: Snapshot, scene: Scene, canvas: Canvas, at_ns: int
    ) -> Sequence[Overlay]:
        """The graphics where they will be when ``scene`` is taken now; any thread."""
        if scene.is_standby:
            return ()
        faces = self._wearer.faces(snapshot, canvas.name, scene)
        placed = self.deck.over(canvas.name, canvas.width, canvas.height, faces, at_ns)
        return [Overlay(entry.layer, entry.x, entry.y) for entry in placed]

    def _drawn(self, draw: Callable[[Canvas], Layer]) -> dict[str, Layer]:
        return {canvas.name: draw(canvas) for canvas in self._scenes.state.canvases}


class OverlayService(Service):
    """Everything that lies over the programme.

    Args:
        overlays: draws it.
    """

    name: ClassVar[str] = "overlays"
    key: ClassVar[str] = "lower_third"
    Part: ClassVar[Any] = LowerThirdSpec

    def __init__(self, overlays: OverlayController) -> None:
        self.overlays = overlays
        self.every = (Every("mark", WATCH_S, overlays.mark),)

    async def reset(self) -> None:
        """An empty picture."""
        self.overlays.reset()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over the lower third."""
        self.overlays.load(context.folder, context.language, part)

    async def ready(self, context: ShowContext) -> None:
        """Card and lower third are there."""
        self.overlays.show_all()

    def save(self) -> LowerThirdSpec | None:
        """The lower third, where there is one."""
        return self.overlays.lower_third if self.overlays.lower_third.title else None
