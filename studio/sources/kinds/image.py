"""A still picture from a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from studio.core.clock import now_ns
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.picture_file import read_animation
from studio.sources.base import Feed, Source


class ImageSettings(Settings):
    """Settings of an image."""

    path: Annotated[
        str,
        setting("文件", "File", "file"),
    ] = ""


class Image(Source):
    """PNG, JPEG, WebP, AVIF, BMP, TGA, SVG, GIF; alpha is kept, moving pictures move."""

    kind: ClassVar[str] = "image"
    is_still: ClassVar[bool] = True
    label: ClassVar[Text] = Text("图片", "Image")
    help: ClassVar[Text] = Text(
        "显示一张图片，可带透明；GIF、WebP、APNG 动图会动。",
        "Shows a picture, with alpha if it has any; GIF, WebP and APNG move.",
    )
    Settings: ClassVar[type[Settings]] = ImageSettings

    settings: ImageSettings

    def run(self, feed: Feed) -> None:
        """Delivers the picture once; a moving one as often as its file says, while somebody looks.

        Raises:
            StudioError: not_found, invalid (not a picture).
        """
        pictures, plays = read_animation(self.around.find(self.settings.path))
        if len(pictures) == 1:
            feed.picture(pictures[0][0], still=True)
            return
        due, played = now_ns(), 0
        while not feed.stopping.is_set():
            if plays and played >= plays:
                return  # the last picture stays
            played += 1
            for frame, ms in pictures:
                feed.picture(replace(frame, pts_ns=due), still=True)
                due = max(due + ms * 1_000_000, now_ns())
                if not feed.sleep_until(due):
                    return
                while feed.may_rest and not feed.rest():
                    pass
