"""JSON lines to comments, strict enough to be safe and lenient enough to be useful."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.comments.likes import MOST, like_text
from studio.comments.model import Comment
from studio.comments.platforms.repeats import RepeatFilter
from studio.core.clean import read_json
from studio.core.clock import utc_iso

MOST_TEXT = 500
MOST_NAME = 60
MOST_MS = 4e12
_KINDS = ("comment", "like", "gift", "order", "enter", "follow")


class BadLine(ValueError):
    """A line that is no comment; says why."""


def parse(line: str, number: int, platform: str = "") -> tuple[Comment, float | None]:
    """One line → (comment, at_ms or None).

    Fields: text (needed), id, user, user_id, platform, kind, at_ms; of kind "like" instead of a
    text count or total. Unknown fields are ignored.

    Raises:
        BadLine: not JSON, not an object, no text.
    """
    try:
        raw = read_json(line)
    except (ValueError, RecursionError) as error:
        raise BadLine(str(error)) from None
    if not isinstance(raw, dict):
        raise BadLine("not an object")
    text, kind = raw.get("text"), _text(raw, "kind", "comment")
    if kind == "like" and not text:
        text = like_text(_whole(raw.get("count"), 1) or 0, _whole(raw.get("total"), None))
    if not isinstance(text, str):
        raise BadLine("text is missing")
    at_ms = raw.get("at_ms")
    comment = Comment(
        id=_text(raw, "id", made_id(platform, number))[:100],
        text=text[:MOST_TEXT],
        author=_text(raw, "user", "")[:MOST_NAME],
        author_id=_text(raw, "user_id", "")[:100],
        platform=_text(raw, "platform", platform)[:30],
        at_utc=utc_iso(),
        kind=kind if kind in _KINDS else "comment",
    )
    return comment, _time(at_ms)


class LineTaker:
    """Lines of a feed as comments: numbered, those that are none counted, repeats left out.

    Args:
        platform: of lines that name none.

    Attributes:
        bad: lines that were no comments, since the last connection.
    """

    def __init__(self, platform: str) -> None:
        self._platform = platform
        self._repeats = RepeatFilter()
        self._number = self.bad = 0

    def reconnected(self) -> None:
        """The connection is there again: what came before may come once more."""
        self._repeats.reconnected()
        self.bad = 0

    def take(self, line: str, put: Callable[[Comment], None]) -> str:
        """Puts a comment that did not come before; why it is none, or ""."""
        self._number += 1
        try:
            comment, _ = parse(line, self._number, self._platform)
        except BadLine as error:
            self.bad += 1
            return f"{self.bad} bad lines, last: {error}"
        has_id = comment.id != made_id(self._platform, self._number)
        self._repeats.pass_on(comment, put, has_id=has_id)
        return ""


def made_id(platform: str, number: int) -> str:
    """The id of a line that has none."""
    return f"{platform or 'line'}-{number}"


def _time(at_ms: object) -> float | None:
    """A time from the start, ms; None for what is none: NaN, below zero, a hundred years on."""
    if isinstance(at_ms, bool) or not isinstance(at_ms, (int, float)):
        return None
    return float(at_ms) if 0 <= at_ms <= MOST_MS else None


def _whole(value: object, otherwise: int | None) -> int | None:
    is_one = isinstance(value, int) and not isinstance(value, bool)
    return value if is_one and 0 <= value <= MOST else otherwise  # type: ignore[operator, return-value]


def _text(raw: dict[str, Any], name: str, otherwise: str) -> str:
    value = raw.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) else otherwise
