"""An old copy of the data brings nobody back who was erased; who comes back by themselves stays."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.service import ShowContext
from studio.core.state import State
from studio.governance.events import ErasedAgain
from studio.governance.people import PeopleKeys, Person
from studio.governance.persons import Persons, Returned, StoreAnswer
from studio.governance.privacy import PrivacyService
from studio.governance.requests import RequestBook
from studio.governance.rights.book import OperatorBook
from studio.insight.journal import Journal
from studio.insight.persons import JournalPersons
from studio.shop.stock.model import Line
from studio.shop.stock.persons import LedgerPersons
from studio.shop.stock.sqlite import SqliteStock
from tests.unit.governance.test_persons import ROSE, SAID, House


class Copied(House):
    """A house of whose data there is a copy; `outside` is beside the settings."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.join()

    def join(self) -> None:
        data = self.folder / "data"
        self.stores = (
            JournalPersons(self.journal.path, self.people),
            LedgerPersons(data / "stock", self.people),
        )
        self.persons = Persons(
            self.people, self.stores, data / "privacy" / "erasures.json",
            self.folder / "config" / "erased.json",
        )  # fmt: skip

    def rest(self) -> None:
        self.settle()
        self.people.close()

    def wake(self) -> None:
        """The next start."""
        self.rest()
        self.people = PeopleKeys(self.folder / "data" / "people.db", self.secrets, lambda: b"salt")
        self.journal = Journal(self.folder / "data" / "journal.db", "later")
        self.join()

    def copy(self) -> None:
        self.rest()
        shutil.copytree(self.folder / "data", self.folder / "copy")

    def bring_back(self) -> None:
        self.rest()
        shutil.rmtree(self.folder / "data")
        shutil.copytree(self.folder / "copy", self.folder / "data")
        self.wake()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Copied]:
    made = Copied(tmp_path)
    yield made
    made.rest()


def test_an_old_copy_brings_nobody_back(house: Copied) -> None:
    house.comment(ROSE, "rosalind", SAID)
    house.comment("douyin/2", "bob", "hello")
    house.copy()
    house.wake()
    assert house.persons.erase_again() == Returned()
    house.persons.erase(ROSE)
    assert house.persons.erase_again() == Returned()
    house.bring_back()
    assert [person.author for person in house.persons.find(ROSE)] == ["rosalind"]  # the danger
    assert house.persons.erase_again() == Returned(1, 1)
    with pytest.raises(StudioError):
        house.persons.find(ROSE)
    assert [person.author for person in house.persons.find("douyin/2")] == ["bob"]
    house.rest()
    assert not house.holds(b"rosalind", b"rosewood")
    house.wake()
    assert house.persons.erase_again() == Returned(), "once"
    # Both proofs are there again: of the erasure, and of the one at the start.
    assert len(house.persons.erasures()) == 2


def test_the_keys_alone_brought_back(house: Copied) -> None:
    house.comment(ROSE, "rosalind", SAID)
    house.copy()
    house.wake()
    house.persons.erase(ROSE)
    house.rest()
    shutil.copy(house.folder / "copy" / "people.db", house.folder / "data" / "people.db")
    house.wake()
    assert house.persons.erase_again() == Returned(1, 0)
    with pytest.raises(StudioError):
        house.persons.find(ROSE)


@pytest.mark.parametrize("year", ["1970", "2126"])
def test_who_came_back_by_themselves_stays_whatever_the_clock_said(
    house: Copied, year: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.comment(ROSE, "rosalind", SAID)
    house.copy()
    house.wake()
    with monkeypatch.context() as clock:
        set_back = f"{year}-01-01T00:00:00.000Z"
        clock.setattr("studio.governance.persons.utc_iso", lambda: set_back)
        house.persons.erase(ROSE)
    house.people.seal(ROSE, "again", "rosalind")
    house.wake()
    assert house.persons.erase_again() == Returned()
    assert len(house.persons.find(ROSE)) == 1
    house.bring_back()
    assert house.persons.erase_again() == Returned(1, 1)


def test_a_ledger_brought_back_and_orders_that_are_done_by_now(house: Copied) -> None:
    path = house.folder / "data" / "stock" / "own.db"
    ledger = SqliteStock(path)
    ledger.receive("in", "COAT", 9, "douyin").result(5)
    for key, buyer in (("o1", "rosalind"), ("o2", "rosalind"), ("o3", "bob")):
        ledger.hold(key, [Line("COAT", 1)], buyer, channel="douyin").result(5)
    ledger.confirm("o1").result(5)
    ledger.confirm("o3").result(5)
    ledger.close()
    house.comment(ROSE, "rosalind", SAID)
    house.copy()
    house.wake()
    assert [kept.what for kept in house.persons.erase(ROSE).kept][0] == "open_orders"
    assert house.persons.erase_again() == Returned(), "an open order stays"
    ledger = SqliteStock(path)
    ledger.release("o2").result(5)
    ledger.close()
    house.wake()
    house.persons.erase_again()
    assert buyers(path) == {"o1": "erased", "o2": "erased", "o3": "bob"}
    shutil.copy(house.folder / "copy" / "stock" / "own.db", path)
    for beside in path.parent.glob("own.db-*"):
        beside.unlink()
    house.wake()
    house.persons.erase_again()
    assert buyers(path) == {"o1": "erased", "o2": "rosalind", "o3": "bob"}


def buyers(path: Path) -> dict[str, str]:
    ledger = SqliteStock(path)
    found = {entry.key: entry.buyer.partition(":")[0] for entry in ledger.reservations()}
    ledger.close()
    return found


class Away:
    """A store on a machine that is away."""

    name = "away"

    def called(self, name: str) -> list[Person]:
        return []

    def about(self, persons: Sequence[Person]) -> list[dict[str, object]]:
        return []

    def erase(self, persons: Sequence[Person]) -> StoreAnswer:
        raise StudioError("failed", "privacy.unreadable", path="away", why="away")


def test_a_start_tells_it_with_a_number_and_no_name(house: Copied, tmp_path: Path) -> None:
    house.comment(ROSE, "rosalind", SAID)
    house.copy()
    house.wake()
    house.persons.erase(ROSE)
    house.bring_back()
    away = Persons(
        house.people, (*house.stores, Away()), tmp_path / "data" / "privacy" / "erasures.json",
        tmp_path / "config" / "erased.json",
    )  # fmt: skip
    with pytest.raises(StudioError):  # the key stays, so that the next start knows whom
        away.erase_again()
    heard: list[ErasedAgain] = []

    async def start() -> None:
        events = Events()
        events.on(ErasedAgain, heard.append)
        state = State(events, lambda work: None)
        service = PrivacyService(
            house.persons, house.people, OperatorBook(house.secrets),
            RequestBook(tmp_path / "r.json", house.people), events, state,
        )  # fmt: skip
        Bus(events, state).add(*service.commands())
        for _ in range(2):  # another show is no other start
            await service.load(None, ShowContext(tmp_path))

    asyncio.run(start())
    assert [(told.persons, told.missing) for told in heard] == [(1, 0)]
    with pytest.raises(StudioError):
        house.persons.find(ROSE)
