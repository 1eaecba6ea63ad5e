"""Who hears of comments as they come."""

from __future__ import annotations

from typing import Protocol

from studio.comments.model import Entry


class CommentListener(Protocol):
    """Hears every comment of a person that is not muted; it returns soon."""

    def __call__(self, id: str, person: str, author: str, text: str, /) -> None: ...


class RowListener(Protocol):
    """Hears every new row of the lists, with its verdict; it returns soon."""

    def __call__(self, entry: Entry, /) -> None: ...


def nobody(entry: Entry, /) -> None:
    """Hears nothing of a row."""
