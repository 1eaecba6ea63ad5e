"""A still of the host on which goods are fitted. What was found in it stays in this object."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from studio.media.cv import cv2
from studio.media.frame import Frame, to_rgb
from studio.tryon import asset as assets
from studio.tryon import behind, wardrobe
from studio.tryon.presence import Presence
from studio.tryon.tracker import Finder

if TYPE_CHECKING:
    from studio.tryon.garments.base import Garment, Person
    from studio.tryon.model import What

Values = dict[str, float | str | bool]
_LOOKS = 3
"""So often the still is looked at: the squares settle on the second."""
_FRAME_NS = 33_333_333


class Still:
    """One picture of the host, and the people in it, for one garment after the other.

    Args:
        frame: the picture as it came from the camera.
    """

    def __init__(self, frame: Frame) -> None:
        self.frame = frame.copy()
        self._people: dict[frozenset[What], list[Person]] = {}
        self._lock = threading.Lock()

    def people(self, needs: frozenset[What]) -> list[Person]:
        """Who is there; looked for once for each set of things. Takes up to 0.3 s."""
        with self._lock:
            if needs not in self._people:
                finder = Finder(needs | {"face"}, 4)
                for number in range(_LOOKS):
                    frame = replace(self.frame, pts_ns=(number + 1) * _FRAME_NS)
                    found = finder.find(frame)
                self._people[needs] = Presence().at(frame, found)
            return self._people[needs]

    def wearing(self, garment: Garment) -> tuple[Frame, bool]:
        """The still with the garment on, and whether somebody in it wears it."""
        drawn = self.frame.copy()
        worn = False
        hidden = behind.wants_hands(garment)
        people = self.people(frozenset(garment.needs | ({"hand"} if hidden else set())))
        for person in people:
            worn = garment.draw(drawn, person) or worn
        if worn and hidden:
            behind.put_back(drawn, self.frame, people[0].hands)
        return drawn, worn


def jpeg(frame: Frame, longest: int = 960, quality: int = 88) -> bytes:
    """A frame as JPEG, at most ``longest`` pixels on its longer side."""
    rgb = to_rgb(frame)
    ratio = min(1.0, longest / max(rgb.shape[:2]))
    if ratio < 1:
        rgb = cv2.resize(rgb, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    data = cv2.imencode(".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return bytes(data.tobytes())


def thumbnail(asset: Path, longest: int = 480) -> bytes:
    """An asset as a PNG with alpha, at most so many pixels on its longer side.

    Raises:
        StudioError: not_found or invalid.
    """
    rgba = assets.load(asset)
    ratio = min(1.0, longest / max(rgba.shape[:2]))
    if ratio < 1:
        rgba = cv2.resize(rgba, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".png", cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA))[1].tobytes())


def proposal(kind: str, asset: Path | None, values: Values | None = None) -> dict[str, Any]:
    """How a garment would sit, as plain data for a form.

    Returns:
        ``anchors``: name, label, x, y (0..1 of the asset) and the proposed px, py; ``width_mm``,
        ``offset_mm``, ``tilt_deg``, ``is_occluded``, ``colour``; ``size`` of the asset.

    Raises:
        StudioError: not_found or invalid.
    """
    made = wardrobe.kinds().get(kind)
    garment = wardrobe.make(kind, asset, values or {})
    usual = made.propose(garment.picture)
    size = (0, 0)
    if garment.picture is not None:
        size = (int(garment.picture.shape[1]), int(garment.picture.shape[0]))
    fit = garment.fit
    anchors = []
    for anchor in made.anchors:
        x, y = garment.anchor.get(anchor.name, (0.5, 0.5))
        px, py = usual.anchors.get(anchor.name, (x, y))
        anchors.append(
            {"name": anchor.name, "label": list(anchor.label), "x": x, "y": y, "px": px, "py": py}
        )
    return {
        "kind": kind,
        "anchors": anchors,
        "width_mm": garment.width_mm,
        "usual_mm": made.usual_mm,
        "offset_mm": list(fit.offset_mm),
        "tilt_deg": fit.tilt_deg,
        "is_occluded": fit.is_occluded,
        "colour": fit.colour,
        "size": list(size),
        "settings": msgspec.to_builtins(garment.settings),
    }


def catalogue() -> list[dict[str, Any]]:
    """All garment kinds as plain data: label, help, what they take, anchors, settings' schema."""
    out = []
    for made in wardrobe.kinds():
        out.append(
            {
                "kind": made.kind,
                "label": list(made.label),
                "help": list(made.help),
                "takes": made.takes,
                "is_experimental": made.is_experimental,
                "usual_mm": made.usual_mm,
                "anchors": [{"name": a.name, "label": list(a.label)} for a in made.anchors],
                "schema": made.schema(),
            }
        )
    return out
