"""Glasses: the front bent around the face, arms that vanish behind it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from studio.core.text import Text
from studio.media.cv import cv2
from studio.media.frame import yuv_of
from studio.tryon import asset as assets
from studio.tryon import paint, surface
from studio.tryon.canonical import FACE_OVAL, canonical
from studio.tryon.fit import Fit
from studio.tryon.garments.base import Anchor, Garment, GarmentSettings, Person

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame
    from studio.tryon.head import HeadPose

_ON = (33, 133, 362, 263, 168, 6, 197, 127, 356)
"""Eye corners, bridge of the nose and temples: what glasses rest on."""
_MIDDLE = np.array([0.0, 2.62, 6.0])
"""Between the pupils, head space: where the front stands before the bone of the nose."""
_PUPIL_LINE = 0.42
"""Opticians put the pupils a little above the middle of the lens: so far from the upper rim."""
_BEND = 0.045
"""How the front bends back: z falls by this times x², centimetres."""
_EAR = np.array([7.9, 2.3, -6.5])
"""Where an arm bends behind the ear."""


class Glasses(Garment):
    """Spectacles."""

    kind: ClassVar[str] = "glasses"
    label: ClassVar[Text] = Text("眼镜", "Glasses")
    help: ClassVar[Text] = Text(
        "正面图，透明背景。宽度按两侧镜腿铰链之间量取。",
        "A front view on a transparent ground. The width is measured from hinge to hinge.",
    )
    anchors: ClassVar[tuple[Anchor, ...]] = (
        Anchor("middle", Text("两眼正中", "Between the eyes")),
        Anchor("hinge_left", Text("左铰链", "Left hinge")),
        Anchor("hinge_right", Text("右铰链", "Right hinge")),
    )
    usual_mm: ClassVar[float] = 142.0
    lens_shadow: ClassVar[float] = 0.22

    def __init__(
        self,
        picture: NDArray[np.uint8] | None,
        fit: Fit | None,
        settings: GarmentSettings | None = None,
    ) -> None:
        super().__init__(picture, fit, settings)
        assert self.sprite is not None
        assert picture is not None
        self._shadow = assets.sprite(_shadow_of(picture))
        self._shadow_scale = self._shadow.width / self.sprite.width
        self._arm_yuv, self._arm_cm = self._arm(picture)
        self._grid = surface.grid(self.sprite.width, self.sprite.height)
        left, right = self.anchor_px("hinge_left"), self.anchor_px("hinge_right")
        across = right - left
        self._px_mm = float(np.hypot(across[0], across[1])) / self.width_mm
        self._level = float(np.arctan2(across[1], across[0])) + np.radians(self.fit.tilt_deg)

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        if picture is None:
            return Fit(kind=cls.kind, width_mm=cls.usual_mm)
        x, y, w, h = assets.bounds_of(picture)
        return Fit(
            kind=cls.kind,
            width_mm=cls.usual_mm,
            anchors={
                "middle": (x + w / 2, y + h * _PUPIL_LINE),
                "hinge_left": (x, y + h * 0.22),
                "hinge_right": (x + w, y + h * 0.22),
            },
        )

    def draw(self, frame: Frame, person: Person) -> bool:
        if person.face is None or person.head is None or self.sprite is None:
            return False
        head = person.head.anchored(_ON, person.face.points)
        opacity = person.strength * self.settings.opacity
        front = self._front(self._grid, head)
        shape = None
        if self.fit.is_occluded:
            shape = _before_nose(frame, head)
        low = self._front(self._grid, head, down=0.32, back=0.55)
        oval = person.face.points[list(FACE_OVAL), :2]
        rect = paint.reach(oval, frame)
        if rect is not None:
            skin = paint.Shape(rect, paint.polygon_mask([oval], rect))
            surface.draw(
                frame, self._shadow, self._grid * self._shadow_scale, low,
                opacity=opacity * self.lens_shadow, shape=skin,
            )  # fmt: skip
        for side in (-1.0, 1.0):
            self._draw_arm(frame, head, side, opacity, person)
        touched = surface.draw(
            frame, self.sprite, self._grid, front,
            opacity=opacity, light=person.light, shape=shape,
        )  # fmt: skip
        return touched is not None

    def _place(self, asset_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Asset pixels (n, 2) as head-space x, y relative to the middle, centimetres."""
        c, s = np.cos(self._level), np.sin(self._level)
        rel = (asset_px - self.anchor_px("middle")) @ np.array([[c, -s], [s, c]])
        placed: NDArray[np.float64] = rel * (np.array([1.0, -1.0]) * self.cm_scale / self._px_mm)
        return placed

    def _front(
        self, asset_px: NDArray[np.float64], head: HeadPose, down: float = 0.0, back: float = 0.0
    ) -> NDArray[np.float64]:
        """Where points of the asset are seen."""
        return head.project(self._solid(self._place(asset_px), down, back))

    def _solid(
        self, flat: NDArray[np.float64], down: float = 0.0, back: float = 0.0
    ) -> NDArray[np.float64]:
        """Points relative to the middle, bent around the face, in head space (n, 3)."""
        offset = np.array(self.fit.offset_mm) * 0.1
        x, y = flat[:, 0], flat[:, 1]
        # The pantoscopic tilt: the lower rim is nearer to the cheeks, some 8 degrees.
        z = -_BEND * np.minimum(x * x, 64.0) + 0.14 * np.minimum(y, 1.0)
        solid = np.stack([x, y - down, z - back], 1)
        bent: NDArray[np.float64] = solid + _MIDDLE + offset
        return bent

    def _draw_arm(
        self, frame: Frame, head: HeadPose, side: float, opacity: float, person: Person
    ) -> None:
        """An arm from the hinge to the ear, where that side of the head is seen."""
        hinge_px = self.anchor_px("hinge_right" if side > 0 else "hinge_left")
        hinge = self._solid(self._place(hinge_px[None]))[0]
        hinge[0] -= side * self._arm_cm * 0.3
        ear = _EAR * np.array([side, 1.0, 1.0])
        ear[0] = side * max(abs(hinge[0]) + 0.25, 7.6)
        to_camera = head.camera - (hinge + ear) / 2
        facing = side * float(to_camera[0]) / float(np.linalg.norm(to_camera))
        seen = float(np.clip(facing / 0.10, 0, 1))
        if seen <= 0:
            return
        steps = np.linspace(0, 1, 7)[:, None]
        line = hinge + (ear - hinge) * steps
        thick = self._arm_cm * (1 - 0.35 * steps[:, 0])
        up = np.zeros_like(line)
        up[:, 1] = thick / 2
        upper, lower = head.project(line + up), head.project(line - up)
        polygon = np.concatenate([upper, lower[::-1]]).astype(np.float32)
        rect = paint.reach(polygon, frame)
        if rect is None:
            return
        mask = paint.polygon_mask([polygon], rect)
        # It disappears into the hair: thinner and thinner towards the ear.
        ends = head.project(np.stack([hinge, ear]))
        along = ends[1] - ends[0]
        length2 = float(along @ along)
        if length2 > 1:
            ys, xs = np.mgrid[0 : rect.h, 0 : rect.w].astype(np.float32)
            t = (xs + (rect.x - ends[0, 0])) * along[0] + (ys + (rect.y - ends[0, 1])) * along[1]
            fade = np.clip((1.0 - t / length2) / 0.35, 0, 1)
            mask = (mask * fade).astype(np.uint8)
        y, u, v = self._arm_yuv
        g = person.light.gain
        colour = (16 + (y - 16) * g * 0.9, 128 + (u - 128) * g, 128 + (v - 128) * g)
        paint.tint(frame, rect, mask, colour, opacity * seen)

    def _arm(self, picture: NDArray[np.uint8]) -> tuple[tuple[int, int, int], float]:
        """Colour (YUV) and thickness (cm) of the arms, from the picture beside the hinges."""
        x, y, w, h = assets.bounds_of(picture)
        height, width = picture.shape[:2]
        edge = max(2, round(w * width * 0.035))
        left, right = round(x * width), round((x + w) * width)
        parts = [picture[:, left : left + edge], picture[:, right - edge : right]]
        pixels = np.concatenate([p[p[:, :, 3] > 128] for p in parts])
        if not len(pixels):
            return (30, 128, 128), 0.4
        colour = np.median(pixels[:, :3], axis=0)
        rows = [int((p[:, :, 3].max(1) > 128).sum()) for p in parts]
        px_mm = w * width / self.width_mm
        thick = float(np.clip(min(rows) / px_mm * 0.6, 2.5, 7.0)) * 0.1
        return yuv_of(*(int(c) for c in colour)), thick


@functools.lru_cache(16)
def _shadow(alpha: bytes, width: int, height: int) -> NDArray[np.uint8]:
    out = np.zeros((height, width, 4), np.uint8)
    mask = np.frombuffer(alpha, np.uint8).reshape(height, width)
    out[:, :, 3] = cv2.GaussianBlur(mask, (0, 0), width / 60)
    out[:, :, 0] = 40
    return out


def _shadow_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A soft dark copy, small: what the goods throw onto the skin."""
    width = min(picture.shape[1], 256)
    height = max(2, round(picture.shape[0] * width / picture.shape[1]))
    small = cv2.resize(picture[:, :, 3], (width, height), interpolation=cv2.INTER_AREA)
    return _shadow(small.tobytes(), width, height)


def _before_nose(frame: Frame, head: HeadPose) -> paint.Shape | None:
    """Where the front may be seen on a turned head: not where the nose stands before it."""
    if abs(head.yaw) < 0.3:
        return None
    face = canonical()
    camera = head.camera
    centres = face.points[face.triangles].mean(1).astype(np.float64)
    view = camera - centres
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    lens = _MIDDLE[2] - _BEND * centres[:, 0] ** 2
    before = (centres[:, 2] - lens) / np.maximum(view[:, 2], 0.05)
    nose = (np.abs(centres[:, 0]) < 2.2) & (centres[:, 1] < 3.2) & (centres[:, 1] > -2.5)
    chosen = face.triangles[nose & (before > 0.15)]
    if not len(chosen):
        return None
    polygons = head.project(face.points.astype(np.float64)).astype(np.float32)[chosen]
    rect = paint.reach(polygons.reshape(-1, 2), frame)
    if rect is None:
        return None
    # One by one: filled together, triangles that overlap would cut holes (even-odd rule).
    hidden = np.zeros((rect.h, rect.w), np.uint8)
    for polygon in polygons:
        hidden = cv2.bitwise_or(hidden, paint.polygon_mask([polygon], rect))
    return paint.Shape(rect, cv2.bitwise_not(hidden), 255)
