"""The key of this machine's stores, and those of before it until nothing needs them."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

from studio.core.file_lock import file_lock
from studio.core.paths import config_dir
from studio.governance.secrets import Secrets, SecretStore

KEY = "stores/key"
BEFORE = "stores/key.before"
"""Keys that were changed or replaced, newest first: a store that could not be sealed anew yet
(somebody else had it open) is still read."""
KEY_BYTES = 32
MOST_KEPT = 8
_lock = threading.Lock()
_of_folders: dict[Path, StoreKeys] = {}


def own_store_keys() -> StoreKeys:
    """Those of this person on this machine."""
    folder = config_dir()
    with _lock:
        if folder not in _of_folders:
            _of_folders[folder] = StoreKeys(Secrets(), folder)
        return _of_folders[folder]


class StoreKeys:
    """Keys as 64 hexadecimal digits. Callable from any thread; asked once, then kept in memory.

    Args:
        store: where they are kept.
        folder: for the lock between processes that make the first key at the same moment.
    """

    def __init__(self, store: SecretStore, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._guard = threading.Lock()
        self._known: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        """The one that counts, made at first use; then those of before.

        Raises:
            StudioError: failed: it cannot be kept or read.
            OSError: the same.
        """
        with self._guard:
            if not self._known:
                self._known = self._read() or self._made(is_first=True)
            return self._known

    def current(self) -> str:
        """The one that stores are written with.

        Raises:
            StudioError: failed.
            OSError: the same.
        """
        return self.all()[0]

    def read_again(self) -> bool:
        """Asks where they are kept; are there others now?"""
        with self._guard:
            before, self._known = self._known, self._read()
            return self._known != before

    def change(self) -> None:
        """Another one counts from now on.

        Raises:
            StudioError: failed: it cannot be kept; the old one goes on.
            OSError: the same.
        """
        with self._guard:
            self._known = self._made(is_first=False)

    def forget(self, unless: str) -> int:
        """Those of before are gone; how many there were.

        Args:
            unless: the key that was found to be enough; where another one counts by now (another
                process has changed it), all stay.

        Raises:
            StudioError: failed: it cannot be kept.
            OSError: the same.
        """
        with self._guard, file_lock(self._folder / "stores.lock"):
            there = self._read()
            if there[:1] != (unless,):
                return 0
            if len(there) > 1:
                self._store.set(BEFORE, "")
            self._known = there[:1]
            return len(there[1:])

    def adopt(self, other: str) -> None:
        """The key of a recovery sheet counts from now on; those that are here are still read.

        Raises:
            StudioError: failed: it cannot be kept.
            OSError: the same.
        """
        with self._guard, file_lock(self._folder / "stores.lock"):
            self._known = self._keep(other, self._read())

    def _made(self, *, is_first: bool) -> tuple[str, ...]:
        with file_lock(self._folder / "stores.lock"):
            there = self._read()
            if there and is_first:
                return there
            return self._keep(secrets.token_hex(KEY_BYTES), there)

    def _keep(self, key: str, there: tuple[str, ...]) -> tuple[str, ...]:
        older = tuple(other for other in there if other != key)[:MOST_KEPT]
        if older:  # before the new one: a start that is cut off here has lost none
            self._store.set(BEFORE, ",".join(older))
        self._store.set(KEY, key)
        return (key, *older)

    def _read(self) -> tuple[str, ...]:
        key = self._store.get(KEY)
        older = [part for part in self._store.get(BEFORE).split(",") if part and part != key]
        return (key, *older) if key else ()
