"""What try-on announces."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text


class TryOnCaptured(Event, frozen=True, kw_only=True):
    """A picture or clip for the product page is written."""

    name: ClassVar[str] = "tryon.captured"
    label: ClassVar[Text] = Text("试戴画面已保存", "Try-on captured")
    help: ClassVar[Text] = Text(
        "试戴的图片或短片已写好；出错时带原因。",
        "A picture or clip of the try-on is written, or why it could not be.",
    )

    file: str
    product: str = ""
    frames: int = 0
    error: str = ""
    error_en: str = ""
