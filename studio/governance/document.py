"""A private JSON document of the data folder: read whole, changed by one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import encode_json, read_json
from studio.core.errors import StudioError
from studio.core.whole_file import PRIVATE, write_whole

T = TypeVar("T")


class PrivateDocument(Generic[T]):
    """What is written down in a file that the user alone may read.

    Args:
        path: the file; its folder is made.
        kind: what is in it; made without arguments where there is no file yet.
        most_bytes: a longer file is not read.
        unreadable, not_kept: messages, with ``path`` and ``why``.
    """

    def __init__(
        self, path: Path, kind: type[T], *, most_bytes: int, unreadable: str, not_kept: str
    ) -> None:
        self.path = path
        self._kind, self._most_bytes = kind, most_bytes
        self._unreadable, self._not_kept = unreadable, not_kept
        self._lock = threading.Lock()
        self._known: T | None = None

    def read(self) -> T:
        """What is in the file.

        Raises:
            StudioError: failed: it cannot be read; invalid: it is too long.
        """
        try:
            if not self.path.exists():
                return self._kind()
            raw = read_json(read_bounded(self.path, self._most_bytes))
            return msgspec.convert(raw, self._kind)
        except (OSError, ValueError, msgspec.ValidationError) as error:
            raise StudioError(
                "failed", self._unreadable, path=str(self.path), why=str(error)
            ) from None

    def known(self) -> T:
        """The same as it was written here last, without the disk; not to be changed.

        Raises:
            StudioError: as `read`.
        """
        if self._known is None:
            with self._lock:
                self._known = self.read()
        return self._known

    @contextmanager
    def changing(self) -> Iterator[T]:
        """What is in the file, to be changed in place; written at the end, unless that raised.

        Raises:
            StudioError: as `read`; failed: it cannot be written, and what was there stays.
        """
        with self._lock:
            content = self.read()
            yield content
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self.path, encode_json(content), mode=PRIVATE, is_synced=True)
            except OSError as error:
                why = error.strerror or str(error)
                raise StudioError("failed", self._not_kept, path=str(self.path), why=why) from None
            self._known = content
