"""Tops: laid over shoulders, torso and upper arms, behind chin and forearms."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from studio.core.text import Text
from studio.media.cv import cv2
from studio.tryon import asset as assets
from studio.tryon import body, paint
from studio.tryon.canonical import FACE_OVAL
from studio.tryon.fit import Fit
from studio.tryon.garments.base import Anchor, Garment, GarmentSettings, Person
from studio.tryon.model import Pose, What

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

_TORSO = 1.45
"""Shoulders to hips, in widths of the shoulders."""


class Top(Garment):
    """A T-shirt, blouse or jacket."""

    kind: ClassVar[str] = "top"
    label: ClassVar[Text] = Text("上衣", "Top")
    help: ClassVar[Text] = Text(
        "平铺的正面图，透明背景，袖子向两侧。宽度按两肩点之间量取。",
        "Laid flat, seen from the front, sleeves to the sides, on a transparent ground. The "
        "width is measured between the shoulder points.",
    )
    anchors: ClassVar[tuple[Anchor, ...]] = (
        Anchor("shoulder_left", Text("左肩点", "Left shoulder")),
        Anchor("shoulder_right", Text("右肩点", "Right shoulder")),
        Anchor("hem_left", Text("下摆左", "Hem left")),
        Anchor("hem_right", Text("下摆右", "Hem right")),
        Anchor("sleeve_left", Text("左袖口", "Left cuff")),
        Anchor("sleeve_right", Text("右袖口", "Right cuff")),
    )
    needs: ClassVar[frozenset[What]] = frozenset({"face", "pose"})
    usual_mm: ClassVar[float] = 385.0
    has_sleeves: ClassVar[bool] = True
    rise_cm: ClassVar[float] = 3.0
    """The shoulder seam lies so far above the joint."""

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        if picture is None:
            return Fit(kind=cls.kind, width_mm=cls.usual_mm)
        height, width = picture.shape[:2]
        seen = picture[:, :, 3] > 96
        x, y, w, h = assets.bounds_of(picture)
        low = _span(seen, y + h * 0.8, width, height) or (x, x + w)
        left, right = low
        inner = (right - left) * 0.09
        top = _top(seen, left + inner, width, height) or y
        cuffs = (x, x + w)
        sleeve_y = y + h * 0.36
        columns = seen[:, int(x * width) : int(x * width) + max(1, int(w * width * 0.05))]
        rows = np.flatnonzero(columns.any(1))
        if rows.size:
            sleeve_y = float(rows.mean()) / height
        return Fit(
            kind=cls.kind,
            width_mm=cls.usual_mm,
            anchors={
                "shoulder_left": (left + inner, top + h * 0.05),
                "shoulder_right": (right - inner, top + h * 0.05),
                "hem_left": (left, y + h),
                "hem_right": (right, y + h),
                "sleeve_left": (cuffs[0], sleeve_y),
                "sleeve_right": (cuffs[1], sleeve_y),
            },
        )

    def __init__(
        self,
        picture: NDArray[np.uint8] | None,
        fit: Fit | None,
        settings: GarmentSettings | None = None,
    ) -> None:
        super().__init__(picture, fit, settings)
        assert picture is not None
        self._on: set[int] = set()
        self._sleeves: tuple[assets.Sprite, assets.Sprite] | None = None
        if self.has_sleeves:
            body_part, left, right = self._parts(picture)
            self.sprite = assets.sprite(body_part)
            self._sleeves = assets.sprite(left), assets.sprite(right)

    def draw(self, frame: Frame, person: Person) -> bool:
        drawn = False
        for pose, strength in person.bodies:
            drawn = self._dress(frame, pose, strength, person) or drawn
        return drawn

    def _dress(self, frame: Frame, pose: Pose, strength: float, person: Person) -> bool:
        assert self.sprite is not None
        found = body.shoulders(pose)
        if found is None:
            return False
        left, right = found
        across = right - left
        width = float(np.hypot(*across))
        # What is on stays on a little longer: at the limit it would come and go.
        least = 0.15 if pose.track in self._on else 0.3
        self._on.discard(pose.track)
        if width < 8 or float(across[0]) < least * width:
            return False  # seen from behind or from the side: a front view would lie
        self._on.add(pose.track)
        unit = across / width
        middle = (left + right) / 2
        down, length = _down(pose, middle, unit)
        # A body turned away shows less of its width, not of its length.
        tall = max(width, length / _TORSO) / body.SHOULDERS_CM
        wide = width / body.SHOULDERS_CM
        mine = np.stack([self.anchor_px("shoulder_left"), self.anchor_px("shoulder_right")])
        span = max(1.0, float(np.hypot(*(mine[1] - mine[0]))))
        cm = self.width_mm * 0.1 * self.settings.scale / span
        offset = np.array([self.fit.offset_mm[0], -self.fit.offset_mm[1]]) * 0.1
        linear = np.column_stack([unit * wide, down * tall])
        base = middle + linear @ (offset - (0, self.rise_cm))
        matrix = np.eye(3)
        matrix[:2, :2] = linear * cm
        matrix[:2, 2] = base - matrix[:2, :2] @ mine.mean(0)
        opacity = strength * self.settings.opacity
        shape = self._shape(frame, pose, person, width) if self.fit.is_occluded else None
        if self._sleeves is not None:
            for index, sleeve in enumerate(self._sleeves):
                turned = self._sleeve(pose, index, matrix, mine[index])
                paint.draw_plane(
                    frame, sleeve, turned, opacity=opacity, light=person.light, shape=shape
                )
        touched = paint.draw_plane(
            frame, self.sprite, matrix, opacity=opacity, light=person.light, shape=shape
        )
        return touched is not None

    def _sleeve(
        self, pose: Pose, index: int, matrix: NDArray[np.float64], shoulder: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The matrix of a sleeve: the body's, turned about the shoulder with the upper arm."""
        elbow = body.ELBOWS[index]
        if float(pose.seen[elbow]) < 0.4:
            return matrix
        cuff = self.anchor_px("sleeve_left" if index == 0 else "sleeve_right")
        pivot = matrix[:2, :2] @ shoulder + matrix[:2, 2]
        lies = matrix[:2, :2] @ (cuff - shoulder)
        joint = (body.SHOULDER_LEFT, body.SHOULDER_RIGHT)[index]
        arm = (pose.points[elbow, :2] - pose.points[joint, :2]).astype(np.float64)
        if float(np.hypot(*arm)) < 1 or float(np.hypot(*lies)) < 1:
            return matrix
        turn = float(np.arctan2(arm[1], arm[0]) - np.arctan2(lies[1], lies[0]))
        turn = (turn + np.pi) % (2 * np.pi) - np.pi
        c, s = np.cos(turn), np.sin(turn)
        spin = np.array([[c, -s, 0.0], [s, c, 0.0], [0, 0, 1.0]])
        spin[:2, 2] = pivot - spin[:2, :2] @ pivot
        turned: NDArray[np.float64] = spin @ matrix
        return turned

    def _parts(
        self, picture: NDArray[np.uint8]
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
        """The picture cut into body and sleeves along the line from shoulder to armpit."""
        height, width = picture.shape[:2]
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        body_part, sleeves = picture.copy(), []
        for index, side in enumerate(("left", "right")):
            sign = -1.0 if index == 0 else 1.0
            cuff = self.anchor_px(f"sleeve_{side}")
            shoulder, hem = self.anchor_px(f"shoulder_{side}"), self.anchor_px(f"hem_{side}")
            # Distance beyond the seam, which runs from the shoulder to the side of the body.
            t = np.clip((ys - shoulder[1]) / max(1.0, (hem[1] - shoulder[1]) * 0.5), 0, 1)
            seam = shoulder[0] + (hem[0] - shoulder[0]) * t
            beyond = (xs - seam) * sign
            soft = max(2.0, width * 0.012)
            outer = np.clip(beyond / soft + 0.5, 0, 1)
            # A sleeve reaches under the body, so that no gap opens when it turns.
            near = np.hypot(xs - shoulder[0], ys - shoulder[1]) < abs(cuff[0] - shoulder[0]) * 0.8
            under = np.clip((beyond + width * 0.05 * near) / soft, 0, 1)
            upper = (ys < _armpit(picture, hem[0], shoulder[1], sign)).astype(np.float32)
            body_part[:, :, 3] = (body_part[:, :, 3] * (1 - outer * upper)).astype(np.uint8)
            sleeve = picture.copy()
            sleeve[:, :, 3] = (sleeve[:, :, 3] * under * upper).astype(np.uint8)
            sleeves.append(sleeve)
        return body_part, sleeves[0], sleeves[1]

    @staticmethod
    def _shape(frame: Frame, pose: Pose, person: Person, width: float) -> paint.Shape | None:
        """Where it may be seen: not over the face, nor over forearms before the body."""
        rect = paint.reach(pose.points[:25, :2], frame, width * 0.3)
        if rect is None:
            return None
        mask = np.full((rect.h, rect.w), 255, np.uint8)
        origin = np.array([rect.x, rect.y], np.float32)
        if person.face is not None:
            oval = np.rint(person.face.points[list(FACE_OVAL), :2] - origin).astype(np.int32)
            cv2.fillPoly(mask, [oval], 0, cv2.LINE_AA)
        thick = max(2, int(width * 0.20))
        for index in (0, 1):
            elbow, wrist = body.ELBOWS[index], body.WRISTS[index]
            shoulder = (body.SHOULDER_LEFT, body.SHOULDER_RIGHT)[index]
            sure = float(min(pose.seen[elbow], pose.seen[wrist]))
            nearer = float(pose.points[wrist, 2]) < float(pose.points[shoulder, 2]) - width * 0.15
            if sure < 0.5 or not nearer:
                continue
            hand = pose.points[wrist, :2] * 1.35 - pose.points[elbow, :2] * 0.35
            line = np.rint(np.stack([pose.points[elbow, :2], hand]) - origin).astype(int)
            first, last = tuple(line[0].tolist()), tuple(line[1].tolist())
            cv2.line(mask, first, last, 0, thick, cv2.LINE_AA)
        mask = cv2.GaussianBlur(mask, (0, 0), max(0.8, width * 0.008))
        return paint.Shape(rect, mask, 255)


def _down(
    pose: Pose, middle: NDArray[np.float64], unit: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """The direction of the torso and its length in pixels, 0 when it is not seen."""
    straight = np.array([-unit[1], unit[0]])
    hips = (body.HIP_LEFT, body.HIP_RIGHT)
    if float(pose.seen[list(hips)].min()) < 0.4:
        return straight, 0.0
    way = pose.points[list(hips), :2].mean(0).astype(np.float64) - middle
    length = float(np.hypot(*way))
    if length < 1 or float(way @ straight) < 0.5 * length:
        return straight, 0.0
    mixed = straight * 0.35 + way / length * 0.65
    return mixed / float(np.hypot(*mixed)), length


def _armpit(picture: NDArray[np.uint8], side: float, shoulder: float, sign: float) -> float:
    """The row below which the outline on one side is the body's, no longer the sleeve's."""
    height, width = picture.shape[:2]
    edge = int(np.clip(side + sign * width * 0.025, 0, width - 1))
    beyond = picture[:, :edge, 3] if sign < 0 else picture[:, edge:, 3]
    rows = np.flatnonzero((beyond > 96).any(1)) if beyond.size else np.zeros(0)
    rows = rows[rows < shoulder + (height - shoulder) * 0.75]
    return float(rows[-1] + 1) if rows.size else shoulder


def _span(
    seen: NDArray[np.bool_], level: float, width: int, height: int
) -> tuple[float, float] | None:
    columns = np.flatnonzero(seen[min(height - 1, int(level * height))])
    if not columns.size:
        return None
    return float(columns[0]) / width, float(columns[-1] + 1) / width


def _top(seen: NDArray[np.bool_], at: float, width: int, height: int) -> float | None:
    rows = np.flatnonzero(seen[:, min(width - 1, max(0, int(at * width)))])
    return float(rows[0]) / height if rows.size else None
