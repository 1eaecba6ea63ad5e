"""Who hears of comments as they come."""

from __future__ import annotations

from typing import Protocol

from studio.comments.model import Entry


class CommentListener(Protocol):
    """Hears every comment of a person that is not muted; it returns soon."""

    def __call__(self, id: str, person: str, author: str, text: str, /) -> None: ...


class GiftListener(Protocol):
    """Hears of every comment that gives something; it returns soon."""

    def __call__(self, id: str, author: str, /) -> None: ...


class RowListener(Protocol):
    """Hears every new row of the lists, with its verdict; it returns soon."""

    def __call__(self, entry: Entry, /) -> None: ...


class RepeatListener(Protocol):
    """Hears of each comment that joined a row there was, with the row's state ("allowed", "held",
    "blocked"); it returns soon."""

    def __call__(self, state: str, /) -> None: ...


def nobody(entry: Entry, /) -> None:
    """Hears nothing of a row."""
