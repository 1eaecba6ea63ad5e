"""What is kept by age in this data folder, for the engine and for the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.core.clock import utc_of
from studio.core.paths import data_dir, log_dir
from studio.governance.audit import Signer, logs
from studio.governance.keeping.keeper import Keeper
from studio.governance.keeping.stores import AuditStore, FileStore, PersonsStore
from studio.governance.people import PeopleKeys
from studio.governance.secrets import Secrets
from studio.insight.persons import JournalPersons


def keeper_of(
    people: PeopleKeys, secrets: Secrets, recordings: Path, anchor: Callable[[], str] = str
) -> Keeper:
    """The rules over the data folder.

    Args:
        recordings: where they go; records and reports stand beside them.
        people: the keys of persons.
        secrets: have the signing key.
        anchor: of the audit log now.
    """
    data = data_dir()
    audit = data / "audit"
    stores = (
        PersonsStore(people, JournalPersons(data / "journal.db", people)),
        AuditStore(audit, lambda: Signer(secrets)),
        FileStore("records", recordings / "records", "*"),
        FileStore("reports", recordings / "reports", "*"),
        FileStore("logs", log_dir(), "*.log.*"),
        FileStore("support", data / "support", "*.zip"),
    )

    def newest_utc() -> str:
        found = logs(audit)
        # The newest file may be the run that is on, begun under a clock that jumped.
        return utc_of(found[-2].stat().st_mtime) if len(found) > 1 else ""

    return Keeper(data / "privacy" / "keeping.json", stores, newest_utc, anchor)
