"""Puts a product's try-on on the host, and knows where the faces are on each canvas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.filters.tryon import TryOn as TryOnFilter
from studio.media.yuv import Rect
from studio.scenes.keeper import Scenes
from studio.scenes.layout import lay, through
from studio.scenes.stage import Snapshot
from studio.shop.model import Product, TryOn
from studio.sources.bank import SourceBank
from studio.sources.model import FilterSpec

_log = logger(__name__)
FILTER = "试戴"


class Wearer:
    """The link between products and the try-on filters of the sources.

    Attributes:
        folder: of the show; assets are found from there.
        is_bypassed: try-on is off for now (a plan's step when the machine is overloaded).
    """

    def __init__(self, bank: SourceBank, scenes: Scenes) -> None:
        self._bank = bank
        self._scenes = scenes
        self.folder = Path()
        self.is_bypassed = False

    def filters(self) -> dict[str, TryOnFilter]:
        """Try-on filters by source."""
        return {
            source: one
            for source, filters in list(self._bank.filters.items())
            for one in list(filters.values())
            if isinstance(one, TryOnFilter)
        }

    def wear(self, product: Product | None, try_on: TryOn | None, source: str) -> str:
        """Puts something on, or (None) takes all off; returns the source that wears it.

        Args:
            source: whose picture; "" is the source with a try-on filter on programme, else any.

        Raises:
            StudioError: no source to wear it on, asset missing or broken, garment unknown.
        """
        if try_on is None:
            for one in self.filters().values():
                one.wear("")
            return source
        name = source or self._likely()
        if name not in self.filters():
            spec = self._bank.get(name)
            self._bank.set_filters(name, (*spec.filters, FilterSpec(name=FILTER, kind="tryon")))
        asset = (self.folder / try_on.asset).resolve() if try_on.asset else None
        if asset is not None and not asset.is_file():
            raise StudioError("not_found", "sources.file_missing", path=str(asset))
        chosen = self.filters()[name]
        if not self.is_bypassed:
            chosen.wear(try_on.garment, asset, dict(try_on.fit))
        for other, one in self.filters().items():
            if other != name:
                one.wear("")
        return name

    def warm(self, products: tuple[Product, ...]) -> None:
        """Reads all try-on pictures ahead, so that putting one on is quick; call it in a thread."""
        from studio.tryon import wardrobe

        for product in products:
            for try_on in (product.try_on, *(variant.try_on for variant in product.variants)):
                if try_on is None:
                    continue
                asset = (self.folder / try_on.asset).resolve() if try_on.asset else None
                try:
                    wardrobe.make(try_on.garment, asset, dict(try_on.fit))
                except StudioError as error:
                    _log.warning("try-on of %s: %s", product.name, error)

    def is_worn_on_air(self) -> bool:
        """Is something drawn on a source that is on programme? Then the mark must be up."""
        shown = self._scenes.on_programme()
        return any(one.is_worn for source, one in self.filters().items() if source in shown)

    def faces(self, snapshot: Snapshot, canvas_name: str) -> Sequence[Rect]:
        """The face boxes on a canvas's programme, in its pixels; safe on the picture thread."""
        scene = snapshot.state.scene(snapshot.state.programme.get(canvas_name, ""))
        if scene is None:
            return ()
        canvas = snapshot.state.canvas(canvas_name)
        filters = self.filters()
        found = []
        for item in scene.items:
            one = filters.get(item.source)
            runner = snapshot.sources.get(item.source)
            shot = runner.latest if runner else None
            if one is None or shot is None or not item.is_enabled or canvas_name not in item.boxes:
                continue
            size = (shot.frame.width, shot.frame.height)
            place = lay(item, item.boxes[canvas_name], size, (canvas.width, canvas.height))
            for box in one.boxes:
                rect = Rect(round(box.x), round(box.y), round(box.width), round(box.height))
                found.append(through(place, size, rect))
        return found

    def _likely(self) -> str:
        filters = self.filters()
        shown = self._scenes.on_programme()
        for name in filters:
            if name in shown:
                return name
        if filters:
            return next(iter(filters))
        raise StudioError("not_found", "shop.nobody_to_wear")
