"""Which databases of this data folder are encrypted, and with which key."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw

from studio.core.paths import data_dir
from studio.governance.database import CLEAR, open_database
from studio.governance.store_keys import StoreKeys, own_store_keys
from studio.governance.watch.model import Sealing, StoreState

FILES = (
    "journal.db", "people.db", "stock/*.db", "stock/*.db*.moved", "plans/incidents.db",
    "imports/exports.db",
)  # fmt: skip


def store_states(folder: Path | None = None, keys: StoreKeys | None = None) -> list[StoreState]:
    """Looks at each store; reads files.

    Raises:
        StudioError: failed: the key cannot be had.
        OSError: the same.
    """
    folder, keys = folder or data_dir(), keys or own_store_keys()
    return [
        StoreState(file=path.relative_to(folder).as_posix(), is_now=_state_of(path, keys))
        for pattern in FILES
        for path in sorted(folder.glob(pattern))
    ]


def seal_stores() -> list[StoreState]:
    """Seals every store with the key that counts, while no engine has them open.

    Raises:
        StudioError: failed: the key cannot be had.
        OSError: the same.
    """
    folder = data_dir()
    for pattern in FILES:
        for path in folder.glob(pattern):
            try:
                open_database(path).close()
            except (apsw.Error, OSError):  # it is told as what it is
                continue
    return store_states()


def forget_keys(folder: Path | None = None, keys: StoreKeys | None = None) -> int:
    """Forgets the keys of before once every store is under the one that counts; how many.

    A store that cannot be read just now may need one of them: then all stay.

    Raises:
        StudioError: failed: the keys cannot be had or kept.
        OSError: the same.
    """
    keys = keys or own_store_keys()
    keys.read_again()
    current = keys.current()
    states = store_states(folder, keys)
    is_needed = not states or any(state.is_now != "sealed" for state in states)
    return 0 if is_needed else keys.forget(current)


def _state_of(path: Path, keys: StoreKeys) -> Sealing:
    try:
        with closing(open_database(path, reads=True, wait_s=1.0, keys=keys)) as base:
            if base.key == CLEAR:
                return "clear"
            return "sealed" if base.key == keys.current() else "older"
    except (apsw.Error, OSError):
        return "unreadable"
