"""What is kept by age: folders of files, the audit log by segment, the keys of persons."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from studio.core.clock import utc_of
from studio.core.errors import StudioError
from studio.governance.audit import Signer, drop_log, logs
from studio.governance.database import DatabaseError
from studio.governance.keeping.model import Due
from studio.governance.people import PeopleKeys


class KeptStore(Protocol):
    """Things of one rule, each with an age."""

    rule: str

    def older(self, than_s: float) -> list[Due]:
        """Those that are older than a moment (seconds since 1970), oldest first."""
        ...

    def drop(self, items: Sequence[Due]) -> int:
        """Takes them away for good; how many went.

        Raises:
            StudioError: failed.
        """
        ...


class FileStore:
    """Files or folders, each as old as its last change.

    Args:
        rule: whose they are.
        folder: where they are; it may not be there.
        pattern: their names.
    """

    def __init__(self, rule: str, folder: Path, pattern: str) -> None:
        self.rule = rule
        self._folder, self._pattern = folder, pattern

    def older(self, than_s: float) -> list[Due]:
        """By their last change."""
        found = []
        for path in sorted(self._folder.glob(self._pattern)):
            if path.is_symlink():
                continue
            try:
                stat = path.stat()
            except OSError:
                continue
            if stat.st_mtime < than_s:
                found.append(Due(rule=self.rule, item=path.name, since_utc=utc_of(stat.st_mtime),
                                 size=stat.st_size))  # fmt: skip
        return sorted(found, key=lambda due: due.since_utc)

    def drop(self, items: Sequence[Due]) -> int:
        """Removes them; a name never leads out of the folder."""
        count = 0
        for item in items:
            path = self._folder / Path(item.item).name
            try:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
                count += 1
            except FileNotFoundError:
                continue
            except OSError as error:
                why = error.strerror or str(error)
                raise StudioError(
                    "failed", "keeping.cannot_drop", path=str(path), why=why
                ) from None
        return count


class AuditStore:
    """The audit log: whole files, oldest first, each with a signed word that it was dropped.

    Args:
        folder: of the logs.
        signer: of this machine.
    """

    rule = "audit"

    def __init__(self, folder: Path, signer: Callable[[], Signer]) -> None:
        self._folder, self._signer = folder, signer

    def older(self, than_s: float) -> list[Due]:
        """All before the first that is young enough; never the newest."""
        found: list[Due] = []
        for path in logs(self._folder)[:-1]:
            stat = path.stat()
            if stat.st_mtime >= than_s:
                break
            found.append(Due(rule=self.rule, item=path.name, since_utc=utc_of(stat.st_mtime),
                             size=stat.st_size))  # fmt: skip
        return found

    def drop(self, items: Sequence[Due]) -> int:
        """Seals and drops them."""
        signer = self._signer()
        for item in items:
            try:
                drop_log(self._folder, Path(item.item).name, signer)
            except OSError as error:
                why = error.strerror or str(error)
                path = str(self._folder / item.item)
                raise StudioError("failed", "keeping.cannot_drop", path=path, why=why) from None
        return len(items)


class SeenPersons(Protocol):
    """Knows whom anything was heard of lately."""

    def seen_since(self, utc: str) -> set[str]:
        """Numbers of persons of whom there is an entry since then."""
        ...


class PersonsStore:
    """Keys of persons of whom nothing was heard for long: without them their words are gone.

    Args:
        people: the keys.
        seen: asked who was heard of since.
    """

    rule = "persons"

    def __init__(self, people: PeopleKeys, seen: SeenPersons) -> None:
        self._people, self._seen = people, seen

    def older(self, than_s: float) -> list[Due]:
        """Those first seen before, and not seen since."""
        than = utc_of(than_s)
        try:
            old = self._people.since_before(than)
            lately = self._seen.seen_since(than) if old else set()
        except DatabaseError as error:
            raise StudioError("failed", "keeping.cannot_read", why=str(error)) from None
        return [
            Due(rule=self.rule, item=person, since_utc=since)
            for person, since in old
            if person not in lately
        ]

    def drop(self, items: Sequence[Due]) -> int:
        """Destroys the keys."""
        try:
            return self._people.erase([item.item for item in items])
        except DatabaseError as error:
            raise StudioError("failed", "keeping.cannot_read", why=str(error)) from None


def all_older(stores: Iterable[KeptStore], days: dict[str, int], now_s: float) -> list[Due]:
    """What is due, by rule; 0 days is never."""
    return [
        due
        for store in stores
        if days.get(store.rule, 0) > 0
        for due in store.older(now_s - days[store.rule] * 86_400)
    ]
