"""Likes of the room: how many each platform has counted; no comments, and in no list."""

from __future__ import annotations

import re
from collections.abc import Callable

from studio.comments.model import Comment

MOST = 10**9
_COUNT = re.compile(r"[+=]\d{1,10}", re.ASCII)


def like_text(count: int, total: int | None = None) -> str:
    """What stands for likes in a comment of kind "like": so many more, or so many in all."""
    return f"={max(0, total)}" if total is not None else f"+{max(0, count)}"


class LikeCounter:
    """Counts them. Lives on the engine loop.

    Args:
        touch: says that there are more.

    Attributes:
        by_platform: how many each has.
    """

    def __init__(self, touch: Callable[[], None]) -> None:
        self._touch = touch
        self.by_platform: dict[str, int] = {}

    @property
    def total(self) -> int:
        """Of all platforms."""
        return sum(self.by_platform.values())

    def take(self, comment: Comment) -> bool:
        """Counts what says how many; False for anything else, which is a comment."""
        if comment.kind != "like" or not _COUNT.fullmatch(comment.text):
            return False
        known, count = self.by_platform.get(comment.platform, 0), int(comment.text[1:])
        # A total that comes late is smaller than what is known: likes are not taken back.
        now = max(known, count) if comment.text[0] == "=" else known + count
        self.put(comment.platform, min(MOST, now))
        return True

    def put(self, platform: str, count: int) -> None:
        """Sets how many a platform has."""
        if self.by_platform.get(platform) != count:
            self.by_platform[platform] = count
            self._touch()

    def clear(self) -> None:
        """The show is left."""
        self.by_platform.clear()
