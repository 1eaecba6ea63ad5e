"""How large the pictures of an OBS collection are, in OBS's pixels and in ours, and its canvas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from studio.scenes.model import Canvas, Crop
from studio.show.obs_geometry import Picture, Window, filtered, frame_size, window
from studio.show.obs_report import ImportReport
from studio.show.obs_values import Size, pixels
from studio.sources.model import SourceSpec


class Pictures:
    """The pictures of a collection's sources, looked at when they are first asked for.

    Args:
        base: size of OBS's canvas.
        canvases: ours; none is one of the shape of OBS's.
        size_of: a source's picture in pixels, (0, 0) when it cannot be known.
        specs: the sources as read so far; a slide show gets the size of its pictures.
        report: told what had to be guessed.
    """

    def __init__(
        self,
        base: Size,
        canvases: Sequence[Canvas],
        size_of: Callable[[SourceSpec], Size],
        specs: dict[str, SourceSpec],
        report: ImportReport,
    ) -> None:
        self._base, self._size_of = base, size_of
        self._specs, self._report = specs, report
        self.windows = _windows(base, canvases)
        self._known: dict[str, Picture] = {}

    @property
    def main(self) -> str:
        """The canvas whose shape is most like that of OBS's."""
        return next(iter(self.windows))

    def of(self, name: str) -> Picture:
        """A source's picture; the one of which nothing is known is as large as the canvas."""
        if name not in self._known:
            self._known[name] = self._look_at(self._specs[name])
        return self._known[name]

    def _look_at(self, spec: SourceSpec) -> Picture:
        base = self._base
        if spec.kind == "scene":
            view = self.windows[self.main]
            edge = (view.left / view.size[0], view.top / view.size[1])
            frame = (float(view.size[0]), float(view.size[1]))
            return Picture(base, frame, Crop(*edge, *edge))
        size = self._size_of(spec)
        own = spec.settings
        if spec.kind in ("colour", "slide_show") and own.get("width") and own.get("height"):
            size = (pixels(own["width"], 1), pixels(own["height"], 1))
        elif spec.kind == "colour":
            size = base
        is_guessed = not (size[0] and size[1])
        if is_guessed:
            size = base
        size = (max(2.0, size[0]), max(2.0, size[1]))
        if spec.kind == "slide_show":  # OBS's is as large as its largest picture, ours as told
            told = {"width": min(3840, int(size[0]) & ~1), "height": min(3840, int(size[1]) & ~1)}
            self._specs[spec.name] = replace(spec, settings={**own, **told})
            return filtered(spec.filters, Picture(size, (told["width"], told["height"])))
        frame = frame_size(spec.kind, size)
        return filtered(spec.filters, Picture(size, frame, is_guessed=is_guessed))


def _windows(base: Size, canvases: Sequence[Canvas]) -> dict[str, Window]:
    """Where OBS's canvas lies on ours, the one most like it first.

    Others show it too where that one is not on: a picture with bars is better than none.
    """
    if not canvases:
        whole = (max(2, round(base[0])), max(2, round(base[1])))
        return {"landscape": Window(1.0, 0.0, 0.0, whole) if whole == base else window(base, whole)}
    likeness = {
        canvase.name: abs(math.log(canvase.width / canvase.height * base[1] / base[0]))
        for canvase in canvases
    }
    main = min(canvases, key=lambda canvas: likeness[canvas.name])
    shown = (
        [main]
        if main.is_enabled
        else [main, *(canvase for canvase in canvases if canvase.is_enabled)]
    )
    return {canvas.name: window(base, (canvas.width, canvas.height)) for canvas in shown}
