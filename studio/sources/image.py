"""A still picture from a file."""

from __future__ import annotations

from typing import Annotated, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.picture_file import read_picture
from studio.sources.base import Feed, Source


class ImageSettings(Settings):
    """Settings of an image."""

    path: Annotated[
        str,
        setting("文件", "File", "file"),
    ] = ""


class Image(Source):
    """PNG, JPEG, WebP, BMP; alpha is kept."""

    kind: ClassVar[str] = "image"
    label: ClassVar[Text] = Text("图片", "Image")
    help: ClassVar[Text] = Text(
        "显示一张图片，可带透明。", "Shows a picture, with alpha if it has any."
    )
    Settings: ClassVar[type[Settings]] = ImageSettings

    settings: ImageSettings

    def run(self, feed: Feed) -> None:
        """Delivers the picture once.

        Raises:
            StudioError: not_found, invalid (not a picture).
        """
        feed.picture(read_picture(self.around.find(self.settings.path)), still=True)
