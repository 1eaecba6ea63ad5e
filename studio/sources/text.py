"""Text on the picture: a title, a slogan."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.sources.base import Feed, Source


class TextSettings(Settings):
    """Settings of a text."""

    text: Annotated[
        str,
        setting("文字", "Text", "multiline"),
    ] = ""
    size: Annotated[
        int,
        setting("字号", "Size", ge=8, le=400),
    ] = 64
    colour: Annotated[str, setting("颜色", "Colour", "colour")] = "#ffffff"
    weight: Annotated[int, setting("字重", "Weight", ge=100, le=900)] = 700
    shadow: Annotated[bool, setting("阴影", "Shadow")] = True
    background: Annotated[
        str,
        setting("底色", "Background", "colour"),
    ] = ""


class TextSource(Source):
    """Text in the studio's own font, any language of it."""

    kind: ClassVar[str] = "text"
    label: ClassVar[Text] = Text("文字", "Text")
    help: ClassVar[Text] = Text("标题、口号等文字。", "A title, a slogan.")
    Settings: ClassVar[type[Settings]] = TextSettings

    settings: TextSettings

    def run(self, feed: Feed) -> None:
        """Draws once.

        Raises:
            StudioError: unavailable, when there is nothing that draws text.
        """
        if self.around.draw is None:
            raise StudioError("unavailable", "sources.no_text", text=self.settings.text)
        style = msgspec.to_builtins(self.settings)
        feed.picture(self.around.draw.text(style.pop("text"), style), still=True)
