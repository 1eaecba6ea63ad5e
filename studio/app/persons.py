"""Every store that keeps something of persons, for the engine and for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.core.paths import config_dir, data_dir, folder_mark
from studio.governance.people import PeopleKeys
from studio.governance.person_stores import AuditPersons, RequestPersons
from studio.governance.persons import Persons, PersonStore
from studio.governance.requests import RequestBook
from studio.governance.secrets import Secrets
from studio.insight.context import viewers_salt
from studio.insight.persons import JournalPersons
from studio.insight.reach.book import ReachBook, ReachPersons
from studio.shop.stock.persons import LedgerPersons


def own_people(secrets: Secrets | None = None) -> PeopleKeys:
    """The persons' keys of the data folder."""
    return PeopleKeys(data_dir() / "people.db", secrets or Secrets(), viewers_salt)


def own_requests(people: PeopleKeys) -> RequestBook:
    """What persons asked for and agreed to, of the data folder."""
    return RequestBook(_requests_file(), people)


def reach_book() -> ReachBook:
    """The reach lists of the data folder."""
    return ReachBook(data_dir() / "reach")


def persons_of(
    people: PeopleKeys, live: Sequence[PersonStore] = (), reach: ReachBook | None = None
) -> Persons:
    """The rights of persons over the data folder.

    Args:
        live: stores of an engine that runs.
        reach: its lists; None where none runs.
    """
    data = data_dir()
    stores: tuple[PersonStore, ...] = (
        JournalPersons(data / "journal.db", people),
        LedgerPersons(data / "stock", people),
        RequestPersons(_requests_file(), people),
        AuditPersons(data / "audit", people),
        ReachPersons(reach or reach_book()),
        *live,
    )
    outside = config_dir() / "erased" / f"{folder_mark(data)}.json"
    return Persons(people, stores, data / "privacy" / "erasures.json", outside)


def _requests_file() -> Path:
    return data_dir() / "privacy" / "requests.json"
