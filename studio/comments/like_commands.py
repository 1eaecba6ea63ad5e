"""Likes from outside: set by hand where no feed counts them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from studio.comments.likes import MOST, LikeCounter
from studio.core.command import Changed, changed, command


class LikeCommands:
    """How many likes the room has."""

    def __init__(self, likes: LikeCounter) -> None:
        self._likes = likes

    @command(
        "comments.likes",
        label=("点赞数", "Likes"),
        help=(
            "手动填写一个平台现在的点赞总数（接入的来源没有点赞时）；到数自动开始的游戏按各平台之和算。",
            "Sets by hand how many likes a platform has, where no feed counts them; games that "
            "begin at a number of likes go by the sum.",
        ),
    )
    def likes(
        self,
        count: Annotated[int, msgspec.Meta(ge=0, le=MOST)],
        platform: Annotated[str, msgspec.Meta(max_length=30)] = "",
    ) -> Changed:
        before = self._likes.by_platform.get(platform, 0)
        self._likes.put(platform, count)
        undo = ("comments.likes", {"count": before, "platform": platform})
        return changed("comments", undo=undo, result={"total": self._likes.total})
