"""The door to every database that may tell of persons or trade: each page of it is encrypted.

SQLite with SQLite3 Multiple Ciphers, AEGIS-256: each page and each frame of the log has a nonce
and a tag of its own. The key is this machine's (`studio.governance.store_keys`) and is used as it
is, without stretching. A file of before, in clear or under an older key, is sealed anew when it
is next opened to be written, and what stood in clear is overwritten.

Whoever opens such a file goes through here: two SQLite libraries in one process do not see each
other's locks.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import apsw

from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.log import logger
from studio.core.paths import keep_private
from studio.core.troubles import tell_trouble
from studio.core.whole_file import take_name
from studio.governance.store_keys import StoreKeys, own_store_keys

_log = logger(__name__)
DatabaseError = apsw.Error
MissingTableError = apsw.SQLError
"""A table or column that a file of before has not."""
ConstraintError = apsw.ConstraintError
CIPHER = "aegis"
CLEAR = ""
"""In place of a key."""
WAIT_S = 10.0
SEALING_WAIT_S = 1.0
AGAIN_S = 60.0
WIPE_BYTES = 1 << 20
_later: dict[str, float] = {}
"""Files that could not be sealed anew, and when it is tried again (monotonic seconds)."""
_sealing = threading.Lock()


class WrongKeyError(apsw.Error):
    """No database, or one that was made with another machine's key."""


class Rows(Protocol):
    """What a statement found; what a column holds, its table says."""

    def __iter__(self) -> Iterator[Any]:
        """One by one."""
        ...

    def fetchone(self) -> Any:
        """The next one; None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """All that are left."""
        ...


class Database(apsw.Connection):
    """An open file; used by one thread at a time.

    Attributes:
        key: with which its pages are encrypted; `CLEAR` without.
        is_open: not closed yet.
    """

    key = CLEAR
    is_open = True

    if TYPE_CHECKING:

        def __enter__(self) -> Self: ...

        def execute(  # type: ignore[override]
            self, statements: str, bindings: Any = None
        ) -> Rows:
            """Runs statements; their rows."""

        def executemany(  # type: ignore[override]
            self, statements: str, sequenceofbindings: Any
        ) -> Rows:
            """Runs a statement for each of many values."""

    def __init__(self, path: Path, flags: int, wait_s: float) -> None:
        super().__init__(str(path), flags=flags)
        self.path = path
        self.set_busy_timeout(round(wait_s * 1000))

    def unlock(self, key: str) -> None:
        """Says which key; reads something with it.

        Raises:
            apsw.NotADBError: not this one.
            apsw.Error: it cannot be read.
        """
        if key:
            self.execute(f"PRAGMA cipher='{CIPHER}'").fetchall()
            self.execute(f"PRAGMA key='raw:{key}'").fetchall()
        self.execute("PRAGMA temp_store=MEMORY").fetchall()  # those files are not encrypted
        self.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        self.key = key

    def close(self, force: bool = False) -> None:
        """Closes it; again is no error."""
        self.is_open = False
        super().close(force)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Writes all or nothing; has the lock from the first statement on.

        Raises:
            apsw.Error: it cannot be written; nothing is then.
        """
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self.in_transaction:
                self.execute("ROLLBACK")
            raise

    def insert(self, sql: str, values: tuple[object, ...]) -> int:
        """Runs an INSERT; the number of its row."""
        self.execute(sql, values)
        return self.last_insert_rowid()


def open_database(
    path: Path, *, reads: bool = False, wait_s: float = WAIT_S, keys: StoreKeys | None = None
) -> Database:
    """Opens a store; to be written, it is made when it is not there.

    Args:
        reads: only to be looked at, while another process may be writing it.
        wait_s: for a lock that somebody else holds.
        keys: of another folder of settings than this process has.

    Raises:
        apsw.Error: it cannot be opened; `WrongKeyError`: with none of the keys that are here.
    """
    keys = keys or own_store_keys()
    flags = apsw.SQLITE_OPEN_READONLY if reads else (
        apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    )  # fmt: skip
    base = _unlocked(path, flags, wait_s, keys)
    if not reads:
        _wipe_left(path)
        if is_outdated(base, keys):
            base.close()
            with _sealing:
                _seal_anew(path, base.key, keys)
            base = _unlocked(path, flags, wait_s, keys)
    return base


def is_outdated(base: Database, keys: StoreKeys | None = None) -> bool:
    """Is it in clear, or under a key that was changed? Whoever holds it opens it again then.

    False for a while after that could not be done.
    """
    if _later.get(str(base.path), 0.0) > time.monotonic():
        return False
    known = _known(keys or own_store_keys(), base.path)
    return bool(known) and base.key != known[0]


def _known(keys: StoreKeys, path: Path) -> tuple[str, ...]:
    """The keys; none where none can be kept: a record in clear is better than none."""
    try:
        return keys.all()
    except (StudioError, OSError) as error:
        _later[str(path)] = time.monotonic() + AGAIN_S
        tell_trouble("stores.in_clear", path=str(path), why=str(error))
        return ()


def _unlocked(path: Path, flags: int, wait_s: float, keys: StoreKeys) -> Database:
    base = _tried(path, flags, wait_s, _known(keys, path))
    if base is None and keys.read_again():  # another process has changed them
        base = _tried(path, flags, wait_s, _known(keys, path))
    if base is None:
        tell_trouble("stores.wrong_key", path=str(path))
        raise WrongKeyError(translate("stores.wrong_key_why"))
    return base


def _tried(path: Path, flags: int, wait_s: float, keys: tuple[str, ...]) -> Database | None:
    for key in (*keys, CLEAR):
        base = Database(path, flags, wait_s)
        try:
            base.unlock(key)
        except apsw.NotADBError:
            base.close()
        except BaseException:
            base.close()
            raise
        else:
            return base
    return None


def is_check(error: apsw.ConstraintError) -> bool:
    """Did a CHECK of the table refuse, and no trigger?"""
    return getattr(error, "extendedresult", 0) == apsw.SQLITE_CONSTRAINT_CHECK


# --- sealing anew -------------------------------------------------------------------------------


def _seal_anew(path: Path, key: str, keys: StoreKeys) -> None:
    """Under the key that counts; left as it is, and told, where that cannot be done now."""
    try:
        _copy_sealed(path, key, keys.current())
    except (apsw.Error, OSError) as error:
        _later[str(path)] = time.monotonic() + AGAIN_S
        _log.warning("%s cannot be sealed anew now: %s", path, error)
        if key == CLEAR:
            tell_trouble("stores.in_clear", path=str(path), why=str(error))


def _copy_sealed(path: Path, key: str, new: str) -> None:
    """A whole copy under the new key takes the file's name.

    Raises:
        apsw.Error: somebody else has it open, or it cannot be read or written.
        OSError: the disk.
    """
    fresh = path.with_name(f".{path.name}.sealing")
    fresh.unlink(missing_ok=True)
    is_this = path.stat().st_ino
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
    base = Database(path, flags, SEALING_WAIT_S)
    try:
        base.unlock(key)
        base.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
        base.execute("PRAGMA journal_mode=DELETE").fetchall()
        base.execute("BEGIN EXCLUSIVE; COMMIT").fetchall()
        if path.stat().st_ino != is_this:
            raise apsw.BusyError("somebody else has just sealed it")
        keep_private(fresh)
        fresh_uri = f"{fresh.absolute().as_uri()}?cipher={CIPHER}&key=raw:{new}"
        base.execute("VACUUM INTO ?", (fresh_uri,)).fetchall()
        _insist_whole(fresh, new)
        if sys.platform == "win32":
            base.close()
        _take_place(fresh, path, wipes=key == CLEAR)
    finally:
        base.close()
        fresh.unlink(missing_ok=True)


def _insist_whole(fresh: Path, key: str) -> None:
    """Raises:
    apsw.Error: it is not.
    """
    base = Database(fresh, apsw.SQLITE_OPEN_READWRITE, SEALING_WAIT_S)
    try:
        base.unlock(key)
        told = base.execute("PRAGMA quick_check(1)").fetchall()
        if told != [("ok",)]:
            raise apsw.CorruptError(str(told[0][0]))
        # Whoever opens it next keeps a lock from then on, as in a file that was always so.
        base.execute("PRAGMA journal_mode=WAL").fetchall()
    finally:
        base.close()


def _take_place(fresh: Path, path: Path, *, wipes: bool) -> None:
    with fresh.open("r+b") as file:
        os.fsync(file.fileno())
    old = _left(path)
    if wipes:
        old.unlink(missing_ok=True)
        try:
            os.link(path, old)  # so that what stood in clear has a name until it is overwritten
        except OSError:
            wipes = False
    take_name(fresh, path)
    _sync_folder(path.parent)
    if wipes:
        _wipe(old)


def _left(path: Path) -> Path:
    return path.with_name(f"{path.name}.wipe")


def _wipe_left(path: Path) -> None:
    """A start that was cut off has left a file to overwrite."""
    old = _left(path)
    if not old.exists():
        return
    try:
        if old.stat().st_ino == path.stat().st_ino:  # cut off before the copy took its place
            old.unlink()
        else:
            _wipe(old)
    except OSError as error:
        _log.warning("%s cannot be overwritten: %s", old, error)


def _wipe(file: Path) -> None:
    with file.open("r+b") as old:
        left = file.stat().st_size
        while left > 0:
            left -= old.write(bytes(min(left, WIPE_BYTES)))
        old.flush()
        os.fsync(old.fileno())
    file.unlink()


def _sync_folder(folder: Path) -> None:
    """The new name is on the disk before the old file is overwritten."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
