"""Hair colour: the person above the face whose colour is the hair's, not the skin's or the room's.

No hair network comes along, so hair is told by its colour: samples just above the hairline against
samples of cheeks and of the room. Where hair and wall have one colour it is wrong; hence
experimental.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from studio.core.text import Text
from studio.media.cv import cv2
from studio.tryon import makeup, paint
from studio.tryon.canonical import BROW_LEFT, BROW_RIGHT, FACE_OVAL
from studio.tryon.fit import Fit
from studio.tryon.garments.base import GarmentSettings, Person
from studio.tryon.garments.coloured import Coloured
from studio.tryon.model import What

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame
    from studio.media.yuv import Rect

_HAIRLINE = (54, 103, 67, 109, 10, 338, 297, 332, 284)
"""The upper end of the mesh, on the forehead."""
_CHEEKS = (50, 101, 205, 280, 330, 425, 117, 346, 9, 151)
_SIDE = 144
"""The part is judged at this width."""
_WEIGHTS = np.array([0.45, 1.6, 1.6], np.float32)
"""Luma varies within hair, chroma hardly."""
_EASE = 0.15


@dataclass(slots=True)
class _Colours:
    """What hair, skin and room look like on one person, (3,) and spread (3,)."""

    hair: NDArray[np.float32]
    skin: NDArray[np.float32]
    room: NDArray[np.float32] | None


class Hair(Coloured):
    """Hair colour."""

    kind: ClassVar[str] = "hair"
    label: ClassVar[Text] = Text("染发", "Hair colour")
    help: ClassVar[Text] = Text(
        "试验功能：按颜色区分头发、皮肤和背景；头发与背景同色时会出错。",
        "Experimental: hair is told from skin and room by its colour; it errs where alike.",
    )
    usual_colour: ClassVar[str] = "#7a2f3a"
    is_experimental: ClassVar[bool] = True
    needs: ClassVar[frozenset[What]] = frozenset({"face", "mask"})

    def __init__(
        self,
        picture: NDArray[np.uint8] | None,
        fit: Fit | None,
        settings: GarmentSettings | None = None,
    ) -> None:
        super().__init__(picture, fit, settings)
        self._known: dict[int, _Colours] = {}
        self._last: dict[int, NDArray[np.float32]] = {}

    def draw(self, frame: Frame, person: Person) -> bool:
        if person.face is None or person.mask is None:
            return False
        points = person.face.points[:, :2]
        up = points[10] - points[152]
        tall = float(np.hypot(*up))
        unit = up / max(tall, 1.0)
        # From the crown to the shoulders, as wide as two heads.
        across = np.array([-unit[1], unit[0]]) * tall * 0.95
        top, low = points[10] + up * 0.75, points[152] - up * 0.35
        rect = paint.reach(
            np.stack([top - across, top + across, low - across, low + across]), frame
        )
        if rect is None or rect.w < 32 or rect.h < 32 or tall < 24:
            return False
        mask = self._mask(frame, person, rect, unit * tall)
        if mask is None:
            return False
        mask = cv2.convertScaleAbs(mask, alpha=person.strength * self.settings.opacity)
        makeup.lay_on(frame, rect, mask, self._colour, person.light, cover=0.75, tone=0.35)
        return True

    def _mask(
        self, frame: Frame, person: Person, rect: Rect, up: NDArray[np.float32]
    ) -> NDArray[np.uint8] | None:
        """Where the hair is, uint8 of the rectangle's size; None when it cannot be told."""
        assert person.face is not None
        assert person.mask is not None
        x, y, w, h = rect
        ratio = min(1.0, _SIDE / w)
        size = (max(16, round(w * ratio)), max(16, round(h * ratio)))
        planes = (
            frame.y[y : y + h, x : x + w],
            frame.u[y // 2 : (y + h) // 2, x // 2 : (x + w) // 2],
            frame.v[y // 2 : (y + h) // 2, x // 2 : (x + w) // 2],
        )
        small = np.dstack([cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in planes])
        person_part = cv2.resize(person.mask[y : y + h, x : x + w], size) / np.float32(255)
        points = (person.face.points[:, :2] - (x, y)) * (size[0] / w, size[1] / h)
        colours = self._learn(person.face.track, small, person_part, points, up * ratio)
        if colours is None:
            return None
        pixels = small.astype(np.float32)
        off_hair = _distance(pixels, colours.hair)
        others = _distance(pixels, colours.skin)
        if colours.room is not None:
            # Where the mask is sure of the person, the room's colour says little.
            others = np.minimum(others, _distance(pixels, colours.room) * (1.1 + 2 * person_part))
        share = others / np.maximum(off_hair + others, 1e-3)
        sure = np.clip((share - 0.45) / 0.25, 0, 1) * np.clip((person_part - 0.2) / 0.4, 0, 1)
        sure *= np.clip((60 - off_hair) / 20, 0, 1)
        face = np.zeros(size[::-1], np.uint8)
        oval = points[list(FACE_OVAL)]
        cv2.fillPoly(face, [np.rint(oval).astype(np.int32)], 255)
        brows = np.concatenate([points[list(BROW_LEFT)], points[list(BROW_RIGHT)]])
        unit = up / max(1e-6, float(np.hypot(*up)))
        below = float((brows @ unit).max())
        rows, columns = np.mgrid[0 : size[1], 0 : size[0]]
        is_low = columns * unit[0] + rows * unit[1] < below
        # Brows, beard and eyes are dark too: in the face only what falls over the forehead counts.
        sure[(face > 0) & is_low] = 0
        sure *= _beside_neck(points, up, unit, columns, rows)
        # What does not hang together with the top of the head is clothes.
        _, labels = cv2.connectedComponents((sure > 0.25).astype(np.uint8))
        tops = np.unique(labels[(labels > 0) & ~is_low & (sure > 0.6)])
        sure[~np.isin(labels, tops)] = 0
        before = self._last.get(person.face.track)
        sure = sure.astype(np.float32)
        if before is not None:
            sure = sure * 0.6 + cv2.resize(before, size) * 0.4
        self._last = {person.face.track: sure}
        soft = cv2.GaussianBlur(sure, (0, 0), 1.1)
        hair: NDArray[np.uint8] = cv2.resize(
            (soft * 255).astype(np.uint8), (w, h), interpolation=cv2.INTER_LINEAR
        )
        return hair

    def _learn(
        self,
        track: int,
        small: NDArray[np.uint8],
        person: NDArray[np.float32],
        points: NDArray[np.floating],
        up: NDArray[np.float32],
    ) -> _Colours | None:
        """The colours of this person, eased from frame to frame."""
        line = points[list(_HAIRLINE)]
        above = np.concatenate([line + up * share for share in (0.1, 0.15, 0.2, 0.26)])
        hair = _taken(small, above)
        inside = _taken(person[:, :, None], above)
        if hair is None or inside is None or len(hair) < 8:
            return self._known.get(track)
        hair = hair[inside[:, 0] > 0.5] if len(inside) == len(hair) else hair
        skin = _taken(small, points[list(_CHEEKS)])
        if skin is None or len(hair) < 6:
            return self._known.get(track)
        empty = small[person < 0.1]
        room = np.median(empty, axis=0).astype(np.float32) if len(empty) > 50 else None
        skin_mean = np.median(skin, axis=0).astype(np.float32)
        # A high forehead shows skin above the mesh: the samples least like it are the hair's.
        off = _distance(hair[None].astype(np.float32), skin_mean)[0]
        mean = np.median(hair[off >= np.percentile(off, 40)], axis=0).astype(np.float32)
        if float(_distance(mean[None, None], skin_mean)[0, 0]) < 9:
            return self._known.get(track)  # bald, or as fair as the skin
        known = self._known.get(track)
        if known is None:
            known = _Colours(mean, skin_mean, room)
        else:
            known.hair += (mean - known.hair) * np.float32(_EASE)
            known.skin += (skin_mean - known.skin) * np.float32(_EASE)
            known.room = room
        self._known = {track: known}
        return known


def _beside_neck(
    points: NDArray[np.floating],
    up: NDArray[np.float32],
    unit: NDArray[np.floating],
    columns: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> NDArray[np.floating]:
    """1 where hair may be, 0 on the neck, fading out towards the shoulders; (h, w)."""
    tall = max(1e-6, float(np.hypot(*up)))
    chin = points[152]
    x, y = columns - chin[0], rows - chin[1]
    height = (x * unit[0] + y * unit[1]) / tall
    aside = np.abs(-x * unit[1] + y * unit[0]) / tall
    wide = float(np.hypot(*(points[454] - points[234]))) / tall
    # The shade under a chin is as dark as hair.
    neck = np.clip((0.16 - height) / 0.08, 0, 1) * np.clip((0.56 * wide - aside) / 0.06, 0, 1)
    fading: NDArray[np.floating] = (1 - neck) * np.clip((height + 0.32) / 0.25, 0, 1)
    return fading


def _distance(pixels: NDArray[np.float32], colour: NDArray[np.float32]) -> NDArray[np.float32]:
    off = (pixels - colour) * _WEIGHTS
    found: NDArray[np.float32] = np.sqrt((off * off).sum(2))
    return found


def _taken(picture: NDArray[Any], points: NDArray[np.floating]) -> NDArray[Any] | None:
    """The picture's values at points inside of it, (n, c)."""
    at = np.rint(points).astype(int)
    inside = (
        (at[:, 0] >= 0) & (at[:, 1] >= 0)
        & (at[:, 0] < picture.shape[1]) & (at[:, 1] < picture.shape[0])
    )  # fmt: skip
    at = at[inside]
    return picture[at[:, 1], at[:, 0]] if len(at) else None
