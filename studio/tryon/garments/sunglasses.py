"""Sunglasses: glasses that darken, wider and with a deeper shadow."""

from __future__ import annotations

from typing import ClassVar

from studio.core.text import Text
from studio.tryon.garments.glasses import Glasses


class Sunglasses(Glasses):
    """Sunglasses."""

    kind: ClassVar[str] = "sunglasses"
    label: ClassVar[Text] = Text("墨镜", "Sunglasses")
    help: ClassVar[Text] = Text(
        "正面图，透明背景，镜片可半透明。宽度按两侧镜腿铰链之间量取。",
        "A front view on a transparent ground, lenses may be translucent. The width is measured "
        "from hinge to hinge.",
    )
    usual_mm: ClassVar[float] = 148.0
    lens_shadow: ClassVar[float] = 0.34
