"""Handbags: hung over the forearm or held in the hand, swinging with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.media.cv import cv2
from studio.tryon import asset as assets
from studio.tryon import body, paint
from studio.tryon.fit import Fit
from studio.tryon.garments.base import Anchor, Garment, GarmentSettings, Person
from studio.tryon.model import Pose, What
from studio.tryon.swing import Swing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame


class HandbagSettings(GarmentSettings, kw_only=True):
    """Which arm carries it."""

    arm: Annotated[
        Literal["free", "left", "right"],
        setting(
            "哪只手臂",
            "Arm",
            words={
                "free": ("看得清的那只", "The one that is seen"),
                "left": ("左臂", "Left"),
                "right": ("右臂", "Right"),
            },
        ),
    ] = "free"


class Handbag(Garment):
    """A handbag."""

    kind: ClassVar[str] = "handbag"
    label: ClassVar[Text] = Text("手提包", "Handbag")
    help: ClassVar[Text] = Text(
        "正面图，提手在上，透明背景。宽度按包身量取。",
        "A front view, handle up, on a transparent ground. The width is that of the bag.",
    )
    anchors: ClassVar[tuple[Anchor, ...]] = (Anchor("handle", Text("提手", "Handle")),)
    needs: ClassVar[frozenset[What]] = frozenset({"pose"})
    usual_mm: ClassVar[float] = 240.0
    Settings: ClassVar[type[extension.Settings]] = HandbagSettings
    settings: HandbagSettings

    def __init__(
        self,
        picture: NDArray[np.uint8] | None,
        fit: Fit | None,
        settings: HandbagSettings | None = None,
    ) -> None:
        super().__init__(picture, fit, settings or HandbagSettings())
        self._side: dict[int, int] = {}
        self._swing = Swing(spring=25.0, drag=4.0, push=0.012)

    @classmethod
    def propose(cls, picture: NDArray[np.uint8] | None) -> Fit:
        if picture is None:
            return Fit(kind=cls.kind, width_mm=cls.usual_mm)
        x, y, w, h = assets.bounds_of(picture)
        return Fit(
            kind=cls.kind, width_mm=cls.usual_mm, anchors={"handle": (x + w / 2, y + h * 0.04)}
        )

    def draw(self, frame: Frame, person: Person) -> bool:
        if self.sprite is None:
            return False
        drawn = False
        for pose, strength in person.bodies:
            side = self._arm(pose)
            if side is None:
                continue
            drawn = self._carry(frame, pose, side, strength, person) or drawn
        return drawn

    def _arm(self, pose: Pose) -> int | None:
        """The arm that carries it, 0 the picture's left; None when none is seen."""
        sure = [float(min(pose.seen[body.ELBOWS[i]], pose.seen[body.WRISTS[i]])) for i in (0, 1)]
        wanted = self.settings.arm
        if wanted in ("left", "right"):
            chosen = 0 if wanted == "right" else 1  # the person's right is the picture's left
        else:
            # The arm that carries it goes on doing so until the other is seen far better.
            lead = 0.35 if pose.track in self._side else 0.1
            chosen = self._side.get(pose.track, 0)
            if sure[chosen] < sure[1 - chosen] - lead:
                chosen = 1 - chosen
            self._side = {pose.track: chosen}
        return chosen if sure[chosen] >= 0.5 else None

    def _carry(self, frame: Frame, pose: Pose, side: int, strength: float, person: Person) -> bool:
        assert self.sprite is not None
        px_per_cm = body.px_per_cm(pose)
        if px_per_cm <= 0.1:
            return False
        elbow = pose.points[body.ELBOWS[side], :2].astype(np.float64)
        wrist = pose.points[body.WRISTS[side], :2].astype(np.float64)
        arm = wrist - elbow
        steep = abs(float(np.arctan2(arm[1], abs(arm[0]))))
        # Over a level forearm it hangs near the elbow, from a hanging arm in the hand.
        if steep < 0.8:
            at = elbow + arm * 0.4
        elif arm[1] > 0:
            at = wrist + arm * 0.28
        else:
            return False  # a raised hand carries no bag
        _, _, w, _ = self.sprite.bounds
        size = px_per_cm * self.width_mm * self.cm_scale / max(1.0, w * self.sprite.width)
        lean = self._swing.lean((pose.track, side), float(at[0]) / px_per_cm, frame.pts_ns)
        lean += np.radians(self.fit.tilt_deg)
        c, s = np.cos(lean) * size, np.sin(lean) * size
        matrix = np.array([[c, -s, 0.0], [s, c, 0.0], [0, 0, 1.0]])
        offset = np.array([self.fit.offset_mm[0], -self.fit.offset_mm[1]]) * 0.1 * px_per_cm
        matrix[:2, 2] = at + offset - matrix[:2, :2] @ self.anchor_px("handle")
        shape = None
        if self.fit.is_occluded:
            shape = _behind_arm(frame, elbow, wrist + arm * 0.3, at, px_per_cm)
        touched = paint.draw_plane(
            frame, self.sprite, matrix,
            opacity=strength * self.settings.opacity, light=person.light, shape=shape,
        )  # fmt: skip
        return touched is not None


def _behind_arm(
    frame: Frame,
    elbow: NDArray[np.float64],
    hand: NDArray[np.float64],
    at: NDArray[np.float64],
    px_per_cm: float,
) -> paint.Shape | None:
    """Where the bag may be seen: the handle goes behind the arm that carries it."""
    ends = np.stack([elbow, hand]).astype(np.float32)
    rect = paint.reach(ends, frame, 6 * px_per_cm)
    if rect is None:
        return None
    mask = np.full((rect.h, rect.w), 255, np.uint8)
    line = np.rint(ends - (rect.x, rect.y)).astype(int)
    thick = max(2, int(5.5 * px_per_cm))
    cv2.line(mask, tuple(line[0].tolist()), tuple(line[1].tolist()), 0, thick, cv2.LINE_AA)
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.6, px_per_cm * 0.15))
    return paint.Shape(rect, mask, 255)
