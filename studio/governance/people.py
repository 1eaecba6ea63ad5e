"""One key for each viewer: what a person said or is stands sealed under it; no key, no person.

Journal and audit log keep sealed words (AES-256-GCM), so that erasing somebody is destroying a
key: entries, numbers, links and totals stay as they were. The keys stand in ``data/people.db``,
each wrapped by a key of this machine that is kept with the stream keys, in a file that is
encrypted as all databases are; SQLite overwrites what it deletes there (``secure_delete``), and
its log is emptied.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import queue
import threading
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from studio.core.clean import Plain, encode_json, read_json
from studio.core.clock import utc_iso
from studio.core.log import logger
from studio.core.paths import keep_private
from studio.governance.database import (
    Database,
    DatabaseError,
    MissingTableError,
    is_outdated,
    open_database,
)
from studio.governance.secrets import SecretStore

_log = logger(__name__)
MASTER = "people/key"
NEXT = "people/key.next"
"""The key that a change of keys goes to, until every person's key is wrapped with it."""
SEALED = "sealed:1:"
"""What a sealed word begins with; then the person's number, and the words in base64."""
GONE = "sealed:1:gone"
"""Stands where words were that somebody had taken out."""
NONCE, KEY_BYTES = 12, 32
MOST_WAITING = 50_000
MOST_KNOWN = 200_000
GATHER_S = 0.05
_making = threading.Lock()
_TABLE = """
CREATE TABLE IF NOT EXISTS people (
  id TEXT PRIMARY KEY, key BLOB NOT NULL, called TEXT NOT NULL, about TEXT NOT NULL,
  since_utc TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS people_called ON people (called);
"""


class Person(NamedTuple):
    """Somebody of whom something is kept.

    Attributes:
        id: a number that tells nothing of them.
        who: as mutes and floods know them, ``platform/identity``.
        author: the name last seen; "" when it is not known any more.
        since_utc: when they were first seen here.
    """

    id: str
    who: str
    author: str
    since_utc: str


def pseudonym(who: str, salt: bytes) -> str:
    """A viewer's number: the same for the same viewer here, nothing elsewhere."""
    return hashlib.blake2b(who.encode(), digest_size=8, key=salt).hexdigest() if who else ""


class PeopleKeys:
    """Seals and opens words of persons. Keys are written by a thread of its own.

    Args:
        path: of the keys.
        secrets: have this machine's key; asked at first use.
        salt: of the pseudonyms; asked at first use.

    Attributes:
        lost: keys that could not be written; what they seal cannot be read again.
    """

    def __init__(self, path: Path, secrets: SecretStore, salt: Callable[[], bytes]) -> None:
        self.path = path
        self.lost = 0
        self._secrets, self._salt_of = secrets, salt
        self._salt = self._machine = b""
        self._keys: dict[str, bytes] = {}
        self._lock, self._changing = threading.Lock(), threading.Lock()
        self._queue: queue.Queue[tuple[Any, ...] | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._reader: Database | None = None

    def close(self) -> None:
        """Writes what waits."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(5.0)
            self._thread = None
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    # -- sealing -------------------------------------------------------------------------------

    def person(self, who: str) -> str:
        """The number of a viewer."""
        if not self._salt:
            self._salt = self._salt_of()
        return pseudonym(who, self._salt)

    def seal(self, who: str, words: Plain, author: str = "") -> str:
        """Words of a person, readable as long as their key is.

        Args:
            who: ``platform/identity``.
            words: plain data.
            author: the name they go by, found again by `called`.
        """
        person = self.person(who)
        cipher = _cipher(self._key(person, who, author))
        nonce = os.urandom(NONCE)
        sealed = nonce + cipher.encrypt(nonce, encode_json(words).encode(), person.encode())
        return f"{SEALED}{person}:{base64.urlsafe_b64encode(sealed).decode('ascii')}"

    def seal_known(self, who: str, words: Plain, author: str = "") -> str:
        """The same for somebody who has a key, by whatever name; `GONE` where nobody has."""
        if not self._kept_key(self.person(who)):
            found = self.called(who)
            if not found:
                return GONE
            who, author = found[0].who, found[0].author
        return self.seal(who, words, author)

    def open(self, sealed: str) -> Plain:
        """The words again.

        Raises:
            KeyError: the key is gone: the person was erased.
            ValueError: nothing that was sealed here.
        """
        person, _, text = sealed.removeprefix(SEALED).partition(":")
        if not sealed.startswith(SEALED) or not text:
            raise KeyError(sealed) if sealed == GONE else ValueError("not sealed")
        key = self._keys.get(person) or self._kept_key(person)
        if not key:
            raise KeyError(person)
        from cryptography.exceptions import InvalidTag

        raw = base64.urlsafe_b64decode(text)
        try:
            return read_json(
                _cipher(key).decrypt(raw[:NONCE], raw[NONCE:], person.encode()).decode()
            )
        except InvalidTag:
            raise ValueError("sealed by another key") from None

    def opened(self, value: Plain, only: Collection[str] = ()) -> Plain:
        """Plain data with everything that was sealed in it open; what is gone is None.

        Args:
            only: numbers of persons; what is anybody else's is None, too. () is everybody.
        """
        if isinstance(value, str) and value.startswith(SEALED):
            if only and value.removeprefix(SEALED).partition(":")[0] not in only:
                return None
            try:
                return self.open(value)
            except (KeyError, ValueError):
                return None
        if isinstance(value, dict):
            return {key: self.opened(part, only) for key, part in value.items()}
        if isinstance(value, list):
            return [self.opened(part, only) for part in value]
        return value

    # -- persons -------------------------------------------------------------------------------

    def called(self, name: str) -> list[Person]:
        """Those who go by a name or identity: ``name``, ``platform/identity`` or a number.

        Raises:
            DatabaseError: the keys cannot be read.
        """
        wanted = name.rpartition("/")[2] if "/" in name else name
        rows: list[Any] = []
        self._settle()
        if self.path.exists():
            with closing(self._base()) as base:
                rows = base.execute(
                    "SELECT id, about, since_utc FROM people WHERE id IN (?, ?) OR called = ?",
                    (name, self.person(name), self._name_mark(wanted)),
                ).fetchall()
        persons = []
        for id_, about, since in rows:
            told = self.opened(about)
            who, author = told if isinstance(told, list) and len(told) == 2 else ("", "")
            if "/" in name and name not in (str(who), f"{str(who).partition('/')[0]}/{author}"):
                continue
            persons.append(Person(id_, str(who), str(author), since))
        return persons

    def kept_of(self, numbers: Iterable[str]) -> list[Person]:
        """Of these numbers, those who have a key.

        Raises:
            DatabaseError: the keys cannot be read.
        """
        self._settle()
        if not self.path.exists():
            return []
        persons = []
        with closing(self._base()) as base:
            for number in numbers:
                rows = base.execute(
                    "SELECT about, since_utc FROM people WHERE id = ?", (number,)
                ).fetchall()
                for about, since in rows:
                    told = self.opened(about)
                    who, author = told if isinstance(told, list) and len(told) == 2 else ("", "")
                    persons.append(Person(number, str(who), str(author), since))
        return persons

    def since_before(self, utc: str) -> list[tuple[str, str]]:
        """Numbers of those who were first seen before a moment, with when; the oldest first.

        Raises:
            DatabaseError: the keys cannot be read.
        """
        self._settle()
        if not self.path.exists():
            return []
        with closing(self._base()) as base:
            return base.execute(
                "SELECT id, since_utc FROM people WHERE since_utc < ? ORDER BY since_utc", (utc,)
            ).fetchall()

    def erase(self, persons: Iterable[str]) -> int:
        """Destroys the keys of persons, by number; how many there were.

        Raises:
            DatabaseError: the keys cannot be written; nobody is erased then.
        """
        numbers = [(person,) for person in persons]
        self._settle()
        if not numbers or not self.path.exists():
            return 0
        with self._lock, closing(self._base()) as base:
            before = base.total_changes()
            with base.transaction():
                base.executemany("DELETE FROM people WHERE id = ?", numbers)
            gone = base.total_changes() - before
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            for (person,) in numbers:
                self._keys.pop(person, None)
        return gone

    # -- this machine's key --------------------------------------------------------------------

    def change_key(self) -> int:
        """Wraps every person's key with a new key of this machine; how many there are.

        Whenever it is broken off, all stay readable: both keys are kept until it is done.

        Raises:
            DatabaseError: the keys cannot be written; the old key goes on.
            StudioError: failed: the new key cannot be kept.
        """
        self._settle()
        fresh = os.urandom(KEY_BYTES)
        with self._changing:
            old = self._own_key()
            others = self._other_keys()
            if others:  # of a change that was broken off: nobody may need them any more
                self._wrap_anew([old, *others], old)
            self._secrets.set(NEXT, fresh.hex())
            rows = self._wrap_anew([old], fresh)
            self._secrets.set(MASTER, fresh.hex())
            self._machine = fresh
            self._secrets.set(NEXT, "")
        return rows

    def _wrap_anew(self, machines: list[bytes], fresh: bytes) -> int:
        """All in one transaction."""
        if not self.path.exists():
            return 0
        with closing(self._base()) as base:
            with base.transaction():
                rows = base.execute("SELECT id, key, about FROM people").fetchall()
                changed = []
                for person, wrapped, about in rows:
                    key = _unwrap_by(machines, person, wrapped)
                    if key:
                        told = self._opened_with(key, person, about)
                        name = str(told[1] or told[0]) if isinstance(told, list) else ""
                        mark = _mark(fresh, name.rpartition("/")[2])
                        changed.append((_wrap(fresh, person, key), mark, person))
                base.executemany("UPDATE people SET key = ?, called = ? WHERE id = ?", changed)
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return len(changed)

    def _opened_with(self, key: bytes, person: str, sealed: str) -> Plain:
        self._remember(person, key)
        return self.opened(sealed)

    # -- keys ----------------------------------------------------------------------------------

    def _key(self, person: str, who: str, author: str) -> bytes:
        with self._lock:
            key = self._keys.get(person)
            if key is not None:
                return key
            if len(self._keys) > MOST_KNOWN:
                self._keys.clear()
        key = self._kept_key(person)
        if not key:
            key = os.urandom(KEY_BYTES)
            self._remember(person, key)
            about = self.seal(who, [who, author], author)
            mark = self._name_mark(author or who.rpartition("/")[2])
            wrapped = _wrap(self._own_key(), person, key)
            self._write((person, wrapped, mark, about, utc_iso()))
        self._remember(person, key)
        return key

    def _remember(self, person: str, key: bytes) -> None:
        with self._lock:
            self._keys[person] = key

    def _kept_key(self, person: str) -> bytes:
        try:
            with self._lock:
                if self._reader is None:
                    if not self.path.exists():
                        return b""
                    self._reader = self._base()
                reader = self._reader
                row = reader.execute("SELECT key FROM people WHERE id = ?", (person,)).fetchone()
        except MissingTableError:  # the first ones of all are just being written
            return b""
        except DatabaseError as error:
            _log.warning("the key of %s cannot be read: %s", person, error)
            return b""
        return self._unwrapped(person, row[0]) if row else b""

    def _name_mark(self, name: str) -> str:
        """What a name is found by; without this machine's key it tells nothing."""
        return _mark(self._own_key(), name)

    def _unwrapped(self, person: str, wrapped: bytes) -> bytes:
        key = _unwrap_by([self._own_key(), *self._other_keys()], person, wrapped)
        if not key:
            _log.warning("the key of %s was made with another key of this machine", person)
        return key

    def _other_keys(self) -> list[bytes]:
        """Of a change of keys that was broken off."""
        kept = self._secrets.get(NEXT)
        return [bytes.fromhex(kept)] if kept else []

    def _own_key(self) -> bytes:
        if not self._machine:
            with _making:
                kept = self._secrets.get(MASTER)
                if not kept:
                    kept = os.urandom(KEY_BYTES).hex()
                    self._secrets.set(MASTER, kept)
            self._machine = bytes.fromhex(kept)
            self._finish_change()
        return self._machine

    def _finish_change(self) -> None:
        """A change of keys was broken off: did the persons' keys get there?"""
        others = self._other_keys()
        if not others or not self.path.exists():
            return
        with closing(self._base()) as base:
            rows = base.execute("SELECT id, key FROM people").fetchall()
        if any(_unwrap(others[0], person, wrapped) for person, wrapped in rows):
            before, self._machine = self._machine, others[0]
            self._secrets.set(MASTER, self._machine.hex())
            self._secrets.set(NEXT, before.hex())

    # -- the file ------------------------------------------------------------------------------

    def _base(self) -> Database:
        base = open_database(self.path)
        base.execute("PRAGMA secure_delete=ON").fetchall()
        return base

    def _opened(self) -> Database:
        """To be written; what was open to be read is closed, so that a change of keys gets in."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None
            base = self._base()
        base.execute("PRAGMA journal_mode=WAL").fetchall()
        base.execute(_TABLE).fetchall()
        return base

    def _write(self, row: tuple[Any, ...]) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="people", daemon=True)
            self._thread.start()
        try:
            self._queue.put_nowait(row)
        except queue.Full:
            self.lost += 1

    def _settle(self) -> None:
        """What waits is written now."""
        if self._thread is not None:
            self._queue.join()

    def _run(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            keep_private(self.path)
            base = self._opened()
        except (DatabaseError, OSError) as error:
            _log.error("keys of viewers cannot be kept in %s: %s", self.path, error)
            while self._queue.get() is not None:
                self.lost += 1
                self._queue.task_done()
            self._queue.task_done()
            return
        done = False
        while not done:
            rows, done = self._batch()
            try:
                if not base.is_open or is_outdated(base):
                    base.close()
                    base = self._opened()
                with base.transaction():
                    base.executemany("INSERT OR IGNORE INTO people VALUES (?, ?, ?, ?, ?)", rows)
            except (DatabaseError, OSError) as error:
                self.lost += len(rows)
                _log.error("keys of viewers were lost: %s", error)
            for _ in range(len(rows) + done):
                self._queue.task_done()
        base.close()

    def _batch(self) -> tuple[list[tuple[Any, ...]], bool]:
        rows: list[tuple[Any, ...]] = []
        item = self._queue.get()
        while item is not None:
            rows.append(item)
            try:
                item = self._queue.get(timeout=GATHER_S)
            except queue.Empty:
                return rows, False
        return rows, True


def _cipher(key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _mark(machine: bytes, name: str) -> str:
    return hmac.new(machine, name.encode(), hashlib.sha256).hexdigest()[:32]


def _wrap(machine: bytes, person: str, key: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    sealed: bytes = _cipher(machine).encrypt(nonce, key, person.encode())
    return nonce + sealed


def _unwrap_by(machines: list[bytes], person: str, wrapped: bytes) -> bytes:
    keys = (_unwrap(machine, person, wrapped) for machine in machines)
    return next((key for key in keys if key), b"")


def _unwrap(machine: bytes, person: str, wrapped: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        key: bytes = _cipher(machine).decrypt(wrapped[:NONCE], wrapped[NONCE:], person.encode())
    except InvalidTag:
        return b""
    return key
