"""What a show is made and dressed with, as services: brand kit, templates, imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from studio.audio.desk import SoundDesk
from studio.audio.model import Strip
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.scenes.graph import SceneGraph
from studio.scenes.keeper import SceneRepository
from studio.shop.catalogue import Catalogue
from studio.show.brand import Brand, BrandCommands
from studio.show.import_commands import ImportCommands
from studio.show.layout_commands import LayoutCommands
from studio.show.model import BrandKit
from studio.show.obs_values import ImportedStrip
from studio.show.templates import Builder, Goods
from studio.sources.bank import SourceManager

MEND_S = 1.0


class BrandWear(Protocol):
    """What is drawn in the brand's colours."""

    def wear_brand(self, brand: BrandKit) -> None:
        """Draws everything anew; raises when font or logo cannot be used."""
        ...


class PortraitFinder(Protocol):
    """Knows where faces are."""

    def face_in(self, source: str) -> tuple[float, float] | None:
        """Where the largest is in a source's picture, 0..1."""
        ...


class BrandService(Service):
    """The brand kit.

    Args:
        sources: texts and grounds that wear it.
        wear: what is drawn with it.
        state: told when a font or logo is there again.
    """

    name: ClassVar[str] = "brand"
    Part: ClassVar[Any] = BrandKit
    View: ClassVar[Any] = BrandKit

    def __init__(self, sources: SourceManager, wear: BrandWear, state: State) -> None:
        self.brand = Brand(sources, wear.wear_brand)
        self._state = state
        self._given = BrandKit()
        self._commands = (BrandCommands(self.brand),)
        self.every = (Every("mend", MEND_S, self._mend),)

    def commands(self) -> Sequence[object]:
        """Set and wear the brand."""
        return self._commands

    @property
    def errors(self) -> list[StudioError]:
        """A font or logo that cannot be used."""
        return [self.brand.error] if self.brand.error else []

    async def reset(self) -> None:
        """No brand."""
        self.brand.forget()
        self._given = BrandKit()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Worn when the first picture is there."""
        self.brand.kit = self._given = part

    async def ready(self, context: ShowContext) -> None:
        """Wears it; a logo that is gone is told and left out."""
        self.brand.load(self._given)

    def save(self) -> BrandKit:
        """As it is now."""
        return self.brand.kit

    def view(self) -> BrandKit:
        """As it is now."""
        return self.brand.kit

    def _mend(self) -> None:
        if self.brand.mend():
            self._state.touch("brand")


class TemplateService(Service):
    """Scenes made from templates, and from one orientation to the other.

    Args:
        scenes, sources, graph: where they are made.
        catalogue: goods they show, the one that is explained first.
        brand: how they look.
        faces: what stays in view.
        events: where changes are told.
    """

    name: ClassVar[str] = "templates"

    def __init__(
        self,
        scenes: SceneRepository,
        sources: SourceManager,
        graph: SceneGraph,
        catalogue: Catalogue,
        brand: Brand,
        faces: PortraitFinder,
        events: Events,
    ) -> None:
        self._scenes, self._sources = scenes, sources
        self._catalogue, self._brand = catalogue, brand
        self._language = "zh"
        self._commands = (
            LayoutCommands(scenes, sources, graph, self._builder, events.publish, faces.face_in),
        )

    def commands(self) -> Sequence[object]:
        """Use a template, lay a scene out."""
        return self._commands

    async def load(self, part: Any, context: ShowContext) -> None:
        """Names are in the show's language."""
        self._language = context.language

    def _builder(self) -> Builder:
        shop = self._catalogue.state
        ordered = sorted(shop.products, key=lambda product: product.id != shop.explaining)
        goods = tuple(Goods(product.name, product.photo) for product in ordered)
        return Builder(self._scenes, self._sources, goods, self._brand.kit, self._language)


class ImportService(Service):
    """Brings in what another studio's show held.

    Args:
        scenes, sources: where it goes.
        desk: strips of what is brought in.
        events: where changes are told.
    """

    name: ClassVar[str] = "imports"

    def __init__(
        self, scenes: SceneRepository, sources: SourceManager, desk: SoundDesk, events: Events
    ) -> None:
        self._desk = desk
        self._commands = (
            ImportCommands(scenes, sources, events.publish, self._take_strip, desk.recall),
        )

    def commands(self) -> Sequence[object]:
        """Imports from outside."""
        return self._commands

    def _take_strip(self, source: str, given: ImportedStrip) -> None:
        """A source that was brought in gets its place in the mixer once it has sound."""
        self._desk.expect(
            Strip(
                source,
                gain_db=given.gain_db,
                is_muted=given.is_muted,
                pan=given.pan,
                sync_ms=given.sync_ms,
                follows_scene=given.follows_scene,
                is_monitored=given.is_monitored,
            )
        )
