"""Every store that keeps something of persons, for the engine and for the command line."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.paths import data_dir
from studio.governance.people import PeopleKeys
from studio.governance.persons import Persons, PersonStore
from studio.insight.persons import JournalPersons
from studio.shop.stock.persons import LedgerPersons


def persons_of(people: PeopleKeys, live: Sequence[PersonStore] = ()) -> Persons:
    """The rights of persons over the data folder.

    Args:
        live: stores of an engine that runs.
    """
    data = data_dir()
    stores: tuple[PersonStore, ...] = (
        JournalPersons(data / "journal.db", people),
        LedgerPersons(data / "stock", people),
        *live,
    )
    return Persons(people, stores, data / "privacy" / "erasures.json")
