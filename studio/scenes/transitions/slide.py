"""A slide: the new picture comes in from a side."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.frame import Frame, even
from studio.media.yuv import place
from studio.scenes.transitions.base import Transition

WAYS = {"left": (1, 0), "right": (-1, 0), "up": (0, 1), "down": (0, -1)}


class SlideSettings(Settings):
    """Settings of a slide."""

    direction: Annotated[
        Literal["left", "right", "up", "down"],
        setting(
            "方向",
            "Direction",
            words={
                "left": ("向左", "Left"),
                "right": ("向右", "Right"),
                "up": ("向上", "Up"),
                "down": ("向下", "Down"),
            },
        ),
    ] = "left"
    push: Annotated[bool, setting("推走旧画面", "Push the old picture out")] = True


class Slide(Transition):
    """The new picture slides in, over the old one or pushing it out."""

    kind: ClassVar[str] = "slide"
    label: ClassVar[Text] = Text("滑动", "Slide")
    help: ClassVar[Text] = Text("新画面从一侧滑入。", "The new picture slides in from a side.")
    Settings: ClassVar[type[Settings]] = SlideSettings
    default_ms: ClassVar[int] = 400

    settings: SlideSettings

    def mix(self, target: Frame, before: Frame, after: Frame, progress: float) -> None:
        """Both pictures beside each other, moved; eased at both ends."""
        part = progress * progress * (3 - 2 * progress)
        across, down = WAYS[self.settings.direction]
        x, y = even(target.width * part) * across, even(target.height * part) * down
        if self.settings.push:
            place(target, before, -x, -y)
        else:
            place(target, before, 0, 0)
        place(target, after, target.width * across - x, target.height * down - y)
