"""Puts a product's try-on on the host, and knows where the faces are on each canvas."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.filters.kinds.tryon import TryOnFilter as TryOnFilter
from studio.media.frame import Frame
from studio.media.yuv import Rect
from studio.scenes.keeper import SceneRepository
from studio.scenes.layout import map_rect, place_item
from studio.scenes.model import Item, Scene
from studio.scenes.stage import Snapshot
from studio.shop.model import Product, TryOn, TryOnKept, WornView
from studio.sources.bank import SourceManager
from studio.sources.model import FilterSpec
from studio.sources.runner import Shot

_log = logger(__name__)
FILTER = "试戴"


class TryOnController:
    """The link between products and the try-on filters of the sources.

    Attributes:
        folder: of the show; assets are found from there.
        is_bypassed: try-on is off for now (a plan's step when the machine is overloaded).
        is_split: before and after, side by side.
        compared: SKU of the variant worn on the right half, "" for none.
        source: who wears it.
        worn: what is worn.
        is_leaving: the show is left: pictures need not be read ahead any more.
    """

    def __init__(self, bank: SourceManager, scenes: SceneRepository) -> None:
        self._bank = bank
        self._scenes = scenes
        self.folder = Path()
        self.is_bypassed = False
        self.is_split = False
        self.split_at = 0.5
        self.compared = ""
        self.source = ""
        self.worn: TryOn | None = None
        self._beside: TryOn | None = None
        self._product = ""
        self.is_leaving = False

    def filters(self) -> dict[str, TryOnFilter]:
        """Try-on filters by source."""
        return {
            source: filter_
            for source, filters in list(self._bank.filters.items())
            for filter_ in list(filters.values())
            if isinstance(filter_, TryOnFilter)
        }

    def reset(self) -> None:
        """Nothing is worn, compared, split or bypassed: the show is left."""
        with contextlib.suppress(StudioError):
            self.wear(None, None, "")
        self.split(False)
        self.is_bypassed, self.source = False, ""

    def wear(self, product: Product | None, try_on: TryOn | None, source: str) -> str:
        """Puts something on, or (None) takes all off; returns the source that wears it.

        Args:
            product: whose it is.
            try_on: what; a comparison with another product ends.
            source: whose picture; "" is the source with a try-on filter on programme, else any.

        Raises:
            StudioError: no source to wear it on, asset missing or broken, garment unknown.
        """
        id = product.id if product else ""
        if try_on is None:
            for tryon in self.filters().values():
                tryon.wear("")
            self.worn = self._beside = None
            self.compared = self._product = ""
            return source
        name = source or self._likely()
        if name not in self.filters():
            spec = self._bank.get(name)
            self._bank.set_filters(name, (*spec.filters, FilterSpec(name=FILTER, kind="tryon")))
        beside = self._beside if id and id == self._product else None
        self._put(name, try_on, beside)
        self.source, self.worn, self._product = name, try_on, id
        self._beside = beside
        self.compared = self.compared if beside is not None else ""
        for other, tryon in self.filters().items():
            if other != name:
                tryon.wear("")
        return name

    def compare(self, sku: str, beside: TryOn | None) -> None:
        """Wears a second variant on the right half of the picture; None ends it.

        Raises:
            StudioError: conflict when nothing is worn; asset missing or broken.
        """
        if self.worn is None or self.source not in self.filters():
            raise StudioError("conflict", "tryon.nothing_worn")
        self._put(self.source, self.worn, beside)
        self._beside, self.compared = beside, sku if beside is not None else ""

    def split(self, is_on: bool, at: float = 0.5) -> None:
        """Shows before left of the line and after right of it."""
        self.is_split, self.split_at = is_on, at
        for filter_ in self.filters().values():
            filter_.is_split, filter_.split_at = is_on, at

    def bypass(self, is_on: bool) -> None:
        """Leaves the picture as it is for now; what is worn is remembered.

        Raises:
            StudioError: what was worn cannot be put on again.
        """
        self.is_bypassed = is_on
        if is_on:
            for filter_ in self.filters().values():
                filter_.wear("")
        elif self.worn is not None and self.source in self.filters():
            self._put(self.source, self.worn, self._beside)

    def asset(self, name: str) -> Path | None:
        """Where an asset of the show is, None for "".

        Raises:
            StudioError: not_found.
        """
        if not name:
            return None
        path = (self.folder / name).resolve()
        if not path.is_file():
            raise StudioError("not_found", "sources.file_missing", path=str(path))
        return path

    def bare(self, source: str = "") -> tuple[str, Frame]:
        """A source and its newest picture without anything tried on.

        Raises:
            StudioError: not_found without a source or a picture of it.
        """
        name = source or self.source or self._likely()
        self._bank.get(name)
        runner = self._bank.runners.get(name)
        frame = runner.raw if runner else None
        if frame is None or frame.alpha is not None:
            raise StudioError("not_found", "tryon.no_picture", source=name)
        return name, frame

    def latest(self, source: str) -> Frame | None:
        """A source's newest picture with what is worn on it."""
        shot = self._shot(source)
        return shot.frame if shot else None

    def warm(self, products: tuple[Product, ...]) -> None:
        """Reads all try-on pictures ahead, so that putting one on is quick; call it in a thread."""
        from studio.tryon import wardrobe

        for product in products:
            if self.is_leaving:
                return
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
        worn = {source for source, tryon in self.filters().items() if tryon.is_worn}
        worn &= self._scenes.on_programme()
        if not worn:
            return False
        items = self._on_programme()
        for source in worn:
            own = [item.has_try_on for item in items if item.source == source]
            if any(own) or not own:  # not by itself: it is in a scene that is shown as a source
                return True
        return False

    def view(self) -> dict[str, WornView]:
        """What is true of each source with a try-on; no landmarks."""
        return {
            source: WornView(
                # The last picture before a bypass may still be looked at; it is not worn now.
                is_worn=tryon.is_worn and not self.is_bypassed,
                quality=tryon.quality,
                faces=len(tryon.boxes),
                age_ms=round(tryon.age_ms, -1),
                age_p95_ms=round(tryon.age_at(0.95), 1),
                error=tryon.error.in_language() if tryon.error else "",
                product=self._product if source == self.source else "",
                garment=tryon.worn,
                compared=self.compared if source == self.source else "",
                is_split=tryon.is_split,
                split_at=tryon.split_at,
                is_bypassed=self.is_bypassed,
            )
            for source, tryon in self.filters().items()
        }

    def told(self) -> object:
        """What of `view` is worth telling at once when it changes."""
        return {
            name: (tryon.is_worn, tryon.quality, str(tryon.error), self.is_bypassed)
            for name, tryon in self.filters().items()
        }

    def kept(self) -> TryOnKept:
        """What a restarted engine needs beside the product that is worn."""
        return TryOnKept(self.compared, self.is_split, self.split_at, self.is_bypassed)

    def face_in(self, source: str) -> tuple[float, float] | None:
        """Where the largest face is in a source's picture, 0..1; None without one."""
        worn, shot = self.filters().get(source), self._shot(source)
        if worn is None or shot is None or not worn.boxes:
            return None
        box = max(worn.boxes, key=lambda b: b.width * b.height)
        x, y = box.x + box.width / 2, box.y + box.height / 2
        return (
            min(1.0, max(0.0, x / shot.frame.width)),
            min(1.0, max(0.0, y / shot.frame.height)),
        )

    def is_generated(self, source: str) -> bool:
        """Is it no person but made by a machine, itself or what it mirrors?"""
        seen: set[str] = set()
        while source not in seen:
            seen.add(source)
            runner = self._bank.runners.get(source)
            if runner is None or runner.source.is_generated:
                return runner is not None
            source = str(getattr(runner.source.settings, "source", source))
        return False

    def _shot(self, source: str) -> Shot | None:
        runner = self._bank.runners.get(source)
        return runner.latest if runner else None

    def faces(
        self, snapshot: Snapshot, canvas_name: str, shown: Scene | None = None
    ) -> Sequence[Rect]:
        """The face boxes of a scene on a canvas, in its pixels; safe on the picture thread.

        Args:
            shown: the scene; None is the one on programme.
        """
        scene = shown or snapshot.state.scene(snapshot.state.programme.get(canvas_name, ""))
        if scene is None:
            return ()
        canvas = snapshot.state.canvas(canvas_name)
        filters = self.filters()
        found = []
        for item in scene.items:
            tryon = filters.get(item.source)
            runner = snapshot.sources.get(item.source)
            shot = runner.latest if runner else None
            if (
                tryon is None
                or shot is None
                or not item.is_enabled
                or canvas_name not in item.boxes
            ):
                continue
            size = (shot.frame.width, shot.frame.height)
            place = place_item(item, item.boxes[canvas_name], size, (canvas.width, canvas.height))
            for box in tryon.boxes:
                rect = Rect(round(box.x), round(box.y), round(box.width), round(box.height))
                found.append(map_rect(place, size, rect))
        return found

    def _put(self, name: str, try_on: TryOn, beside: TryOn | None) -> None:
        """Makes a filter wear it; checks the assets even while try-on is bypassed."""
        asset = self.asset(try_on.asset)
        second = None
        if beside is not None:
            second = (beside.garment, self.asset(beside.asset), dict(beside.fit))
        if self.is_bypassed:
            return
        tryon = self.filters()[name]
        tryon.is_split, tryon.split_at = self.is_split, self.split_at
        tryon.wear(try_on.garment, asset, dict(try_on.fit), second)

    def _on_programme(self) -> list[Item]:
        """Everything that is visible on a canvas that is on."""
        state = self._scenes.state
        found = []
        for canvas in state.canvases:
            scene = state.scene(state.programme.get(canvas.name, ""))
            if canvas.is_enabled and scene is not None:
                found += [i for i in scene.items if i.is_enabled and canvas.name in i.boxes]
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
