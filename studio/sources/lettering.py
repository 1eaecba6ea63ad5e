"""How sources that show words look: one set of settings, one way to draw."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.media.frame import Frame
from studio.sources.base import SourceContext

Align = Annotated[
    Literal["left", "centre", "right"],
    setting(
        "对齐",
        "Align",
        words={"left": ("左", "Left"), "centre": ("中", "Centre"), "right": ("右", "Right")},
    ),
]


class Lettering(Settings):
    """Settings of all that shows words."""

    size: Annotated[int, setting("字号", "Size", ge=8, le=400)] = 64
    colour: Annotated[str, setting("颜色", "Colour", "colour")] = "#ffffff"
    weight: Annotated[int, setting("字重", "Weight", ge=100, le=900)] = 700
    font: Annotated[str, setting("字体名", "Font family")] = ""
    font_file: Annotated[str, setting("字体文件", "Font file", "file")] = ""
    outline: Annotated[int, setting("描边宽", "Outline width", ge=0, le=40)] = 0
    outline_colour: Annotated[str, setting("描边颜色", "Outline colour", "colour")] = "#000000"
    shadow: Annotated[bool, setting("阴影", "Shadow")] = True
    background: Annotated[str, setting("底色", "Background", "colour")] = ""
    align: Align = "left"


def draw(words: str, settings: Lettering, around: SourceContext, **more: Any) -> Frame:
    """The words as set.

    Raises:
        StudioError: unavailable, when there is nothing that draws; what is wrong with the font.
    """
    if around.draw is None:
        raise StudioError("unavailable", "sources.no_text", text=words)
    style = {**msgspec.to_builtins(settings), **more}
    if settings.font_file:
        style["font_file"] = str(around.find(settings.font_file))
    return around.draw.text(words, style)
