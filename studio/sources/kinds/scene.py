"""A scene inside another: its picture, drawn again for whoever shows it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane
from studio.sources.base import Feed, Source

LOOK_AGAIN = 15
"""A scene that hid all behind it is looked through again after this many pictures."""


class SceneSettings(Settings):
    """Settings of a nested scene."""

    scene: Annotated[str, setting("场景", "Scene")] = ""
    canvas: Annotated[
        Literal["landscape", "portrait"],
        setting(
            "画布",
            "Canvas",
            words={"landscape": ("横屏", "Landscape"), "portrait": ("竖屏", "Portrait")},
        ),
    ] = "landscape"
    is_transparent: Annotated[bool, setting("空白处透明", "See-through where empty")] = True


class NestedScene(Source):
    """Draws the scene at the programme's rate, only while somebody looks."""

    kind: ClassVar[str] = "scene"
    label: ClassVar[Text] = Text("场景嵌套", "Nested scene")
    help: ClassVar[Text] = Text(
        "把另一个场景当作来源放进场景，可再加滤镜。",
        "Another scene as a source, with filters of its own.",
    )
    Settings: ClassVar[type[Settings]] = SceneSettings

    settings: SceneSettings

    def run(self, feed: Feed) -> None:
        """Draws until stopped.

        Raises:
            StudioError: not_found (no such scene), conflict (it shows itself).
        """
        if self.around.render is None:
            raise StudioError("unavailable", "sources.no_scene", scene=self.settings.scene)
        opaque = 0
        due = now_ns()
        step = round(NS / max(1.0, self.around.fps))
        while not feed.stopping.is_set():
            if self.settings.is_transparent and opaque == 0:
                frame = self._see_through(due)
                opaque = LOOK_AGAIN if frame.alpha is None else 0
            else:
                frame = self._draw(due)
                opaque = max(0, opaque - 1)
            feed.picture(frame)
            due = max(due + step, now_ns() - step)
            if not feed.sleep_until(due):
                return
            while feed.may_rest and not feed.rest():
                pass
            due = max(due, now_ns() - step)

    def _draw(self, at_ns: int, ground: str = "") -> Frame:
        assert self.around.render is not None
        name = self.settings.scene
        drawn = self.around.render(name, self.settings.canvas, at_ns, ground)
        if drawn is None:
            raise StudioError("not_found", "sources.no_scene", scene=name)
        return drawn.copy()

    def _see_through(self, at_ns: int) -> Frame:
        """The scene without its ground: drawn on black and on white, what differs is not covered.

        A scene that covers all comes back without alpha.
        """
        black = self._draw(at_ns, "#000000")
        white = self._draw(at_ns, "#ffffff")
        clear = cv2.subtract(white.y, black.y)
        if int(clear.max()) < 3:
            return black
        alpha: Plane = cv2.bitwise_not(cv2.convertScaleAbs(clear, alpha=255 / 219))
        size = (black.width // 2, black.height // 2)
        half: Plane = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
        planes = []
        for plane, a, zero in zip(black.planes, (alpha, half, half), (16, 128, 128), strict=True):
            ground = cv2.convertScaleAbs(cv2.bitwise_not(a), alpha=zero / 255)
            planes.append(np.asarray(cv2.subtract(plane, ground), np.uint8))
        return Frame(planes[0], planes[1], planes[2], at_ns, alpha, half)
