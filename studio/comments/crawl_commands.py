"""Comments that cross the picture, from outside: how, and which."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from studio.comments.crawl import CrawlKeeper
from studio.core.command import Changed, changed, command, only_given


class CrawlCommands:
    """Bullet comments and the ticker."""

    def __init__(self, crawl: CrawlKeeper) -> None:
        self._crawl = crawl

    @command(
        "comments.crawl",
        label=("弹幕上屏", "Comments across the picture"),
        help=(
            "评论从画面上飘过：bullets 弹幕、ticker 底部滚动条、off 关闭；没给的项保持原样。"
            "wait_s 为上屏前等待的秒数，期间拦截、禁言、删除的不会上屏；随场次保存。",
            "Lets comments cross the picture: as bullets in the upper rows, as a ticker along the "
            "lower edge, or off; what is not given stays. wait_s is how long each waits first: "
            "what is blocked, muted or deleted meanwhile does not go up. Kept with the show.",
        ),
    )
    def crawl(
        self,
        kind: Literal["off", "bullets", "ticker", ""] = "",
        which: Literal["questions", "all", ""] = "",
        lines: Annotated[int, msgspec.Meta(ge=1, le=6)] | None = None,
        seconds: Annotated[float, msgspec.Meta(ge=4, le=30)] | None = None,
        size: Annotated[float, msgspec.Meta(ge=0.6, le=2)] | None = None,
        wait_s: Annotated[float, msgspec.Meta(ge=0, le=30)] | None = None,
    ) -> Changed:
        before = self._crawl.settings
        given = only_given(
            kind=kind or None, which=which or None, lines=lines,
            seconds=seconds, size=size, wait_s=wait_s,
        )  # fmt: skip
        after = replace(before, **given)
        if after == before:
            return changed()
        self._crawl.change(after)
        undo = {name: getattr(before, name) for name in given}
        return changed("comments", undo=("comments.crawl", undo))
