"""Try-on: the goods of a product on the person in the picture."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ClassVar

from studio.core import extension
from studio.core.errors import StudioError
from studio.core.extension import setting
from studio.core.log import logger
from studio.core.text import Text
from studio.filters.base import Filter
from studio.media.frame import Frame
from studio.tryon import behind, wardrobe
from studio.tryon.garments.base import Garment
from studio.tryon.model import Landmarks, PixelBox, Quality, What
from studio.tryon.presence import Presence
from studio.tryon.tracker import Tracker

_log = logger(__name__)
_AGES = 150


class TryOnSettings(extension.Settings, kw_only=True):
    """What is worn, and by how many."""

    garment: Annotated[str, setting("种类", "Garment")] = ""
    asset: Annotated[str, setting("图片", "Picture", "file")] = ""
    fit: Annotated[dict[str, float | str | bool], setting("贴合", "Fit")] = {}
    most_faces: Annotated[int, setting("最多人脸", "Faces at most", ge=1, le=4)] = 1
    is_split: Annotated[bool, setting("前后对比", "Before | after")] = False
    split_at: Annotated[float, setting("分界", "Where it parts", "slider", ge=0.1, le=0.9)] = 0.5


class TryOnFilter(Filter):
    """Draws the garment on every frame with the latest landmarks, carried to the frame's moment.

    Runs in the source's thread and waits for nothing. Attributes that others read are replaced
    whole, so they may be read from any thread.

    Attributes:
        boxes: the faces in the last frame, in its pixels.
        is_worn: something was drawn on the last frame: the picture needs the mark 虚拟试戴.
        quality: how often landmarks are found.
        age_ms: how old the landmarks of the last frame were.
        ages_ms: the same of the last few hundred frames on which something was worn.
        is_split: without the garment left of the line, with it right of it.
        split_at: where the line is, 0..1 of the width.
        error: why nothing can be drawn, None when all is well.
        on_late: called once, from another thread, when the first landmarks come after a frame
            that may be the only one (a still picture): filter it again.
    """

    kind: ClassVar[str] = "tryon"
    label: ClassVar[Text] = Text("虚拟试戴", "Try-on")
    help: ClassVar[Text] = Text(
        "把商品戴在画面里的人身上。", "Puts the product on the person in the picture."
    )
    Settings: ClassVar[type[extension.Settings]] = TryOnSettings
    settings: TryOnSettings
    is_try_on: ClassVar[bool] = True
    budget_ms: ClassVar[float] = 30.0

    def __init__(self, settings: TryOnSettings) -> None:
        super().__init__(settings)
        self.boxes: tuple[PixelBox, ...] = ()
        self.is_worn = False
        self.is_split = settings.is_split
        self.split_at = settings.split_at
        self.quality: Quality = "full"
        self.age_ms = 0.0
        self.ages_ms: deque[float] = deque(maxlen=_AGES)
        self.error: StudioError | None = None
        self.on_late: Callable[[], None] | None = None
        self._lock = threading.Lock()
        self._worn: tuple[Garment | None, Garment | None] = (None, None)
        self._tracker: Tracker | None = None
        self._presence = Presence()
        self._size = (0, 0)
        self._is_late = True
        if settings.garment:
            asset = Path(settings.asset) if settings.asset else None
            self.wear(settings.garment, asset, settings.fit)
        else:
            self._look_for(frozenset({"face"}))

    def wear(
        self,
        garment: str,
        asset: Path | None = None,
        fit: dict[str, float | str | bool] | None = None,
        beside: tuple[str, Path | None, dict[str, float | str | bool]] | None = None,
    ) -> None:
        """Puts another thing on; the tracker goes on, so it is there on the next frame.

        Args:
            garment: kind of garment; "" takes everything off and only follows the face.
            asset: its picture.
            fit: fit and settings, as products carry them.
            beside: a second variant worn on the right half of the picture, for comparison.

        Raises:
            StudioError: not_found or invalid; what was worn before stays on.
        """
        first = wardrobe.make(garment, asset, fit) if garment else None
        second = wardrobe.make(*beside) if beside else None
        needs: set[What] = {"face"}
        worn = [entry for entry in (first, second) if entry is not None]
        for entry in worn:
            needs |= entry.needs
        rare: set[What] = {"hand"} if any(map(behind.wants_hands, worn)) else set()
        self._look_for(frozenset(needs | rare), frozenset(rare - needs))
        self._worn = (first, second)
        self.error = None

    def apply(self, frame: Frame) -> Frame:
        """The frame with the goods on; the same frame when there is nobody to wear them."""
        if frame.alpha is not None or min(frame.width, frame.height) < 32:
            return frame
        tracker = self._tracker
        if tracker is None:
            return frame
        if (frame.width, frame.height) != self._size:
            self._size = (frame.width, frame.height)
            self._presence = Presence()
        tracker.offer(frame)
        people = self._presence.at(frame, tracker.latest)
        self.boxes = self._presence.boxes
        self.age_ms = self._presence.age_ms
        first, second = self._worn
        if first is None or not people:
            self.is_worn = False
            return frame
        drawn = frame.copy()
        if second is not None:
            worn = _draw(first, drawn, people, frame)
            other = frame.copy()
            worn = _draw(second, other, people, frame) or worn
            _side(drawn, other, self.split_at)
        else:
            worn = _draw(first, drawn, people, frame)
            if self.is_split:
                _side(drawn, frame, self.split_at, is_left=True)
        self.is_worn = worn
        if worn:
            self.ages_ms.append(self.age_ms)
        return drawn if worn else frame

    def age_at(self, share: float) -> float:
        """How old landmarks were in so large a share of the frames of the last seconds, ms."""
        ages = sorted(self.ages_ms.copy())
        return ages[min(len(ages) - 1, int(share * len(ages)))] if ages else 0.0

    @property
    def worn(self) -> str:
        """Kind of garment that is on, "" for none."""
        first = self._worn[0]
        return first.kind if first is not None else ""

    def close(self) -> None:
        """Ends the tracker."""
        tracker, self._tracker = self._tracker, None
        if tracker is not None:
            tracker.stop()

    def _look_for(self, needs: frozenset[What], rare: frozenset[What] = frozenset()) -> None:
        """A tracker for these; the running one stays when it finds all of them already."""
        with self._lock:
            before = self._tracker
            if before is not None and (before.needs, before.rare) == (needs, rare):
                return
            tracker = Tracker(
                needs,
                most_faces=self.settings.most_faces,
                rare=rare,
                on_quality=self._on_quality,
                on_fault=self._on_fault,
                on_found=self._on_found,
            )
            tracker.start()
            self._tracker = tracker
        if before is not None:
            before.stop()

    def _on_quality(self, quality: Quality) -> None:
        self.quality = quality

    def _on_fault(self, fault: Exception) -> None:
        if isinstance(fault, StudioError):
            self.error = fault
        else:
            _log.warning("try-on: %s", type(fault).__name__)

    def _on_found(self, _found: Landmarks) -> None:
        self.error = None
        if self._is_late:
            self._is_late = False
            if self.on_late:
                self.on_late()


def _draw(garment: Garment, frame: Frame, people: list[Any], bare: Frame) -> bool:
    worn = False
    for person in people:
        worn = garment.draw(frame, person) or worn
    if worn and behind.wants_hands(garment):
        behind.put_back(frame, bare, people[0].hands)
    return worn


def _side(target: Frame, other: Frame, at: float, is_left: bool = False) -> None:
    """Takes what is right (or left) of the line from ``other``."""
    half = round(target.width * at / 2) * 2
    for index, (mine, its) in enumerate(zip(target.planes, other.planes, strict=True)):
        middle = half if index == 0 else half // 2
        part = slice(0, middle) if is_left else slice(middle, None)
        mine[:, part] = its[:, part]
        mine[:, middle - (1 if index == 0 else 0) : middle + 1] = (225, 128, 128)[index]
