"""What is kept of a person: sealed as it is written, found, given out, and gone with the key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from studio.comments.events import AuthorMuted, CommentReceived
from studio.core.command import CommandRan
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.governance.audit import AuditLog, Signer
from studio.governance.audit_check import check_logs
from studio.governance.database import open_database
from studio.governance.people import GONE, PeopleKeys
from studio.governance.person_stores import AuditPersons, RequestPersons
from studio.governance.persons import Persons
from studio.governance.recovery import recovery_codes, restore_key
from studio.governance.requests import RequestBook
from studio.governance.sealing import sealed_data
from studio.governance.secrets import Secrets
from studio.insight.entries import EntryFacts
from studio.insight.journal import Journal, broken_links, read
from studio.insight.persons import JournalPersons
from studio.shop.stock.model import Line
from studio.shop.stock.persons import LedgerPersons
from studio.shop.stock.sqlite import SqliteStock
from tests.waiting import until

ROSE = "douyin/rose-77"
SAID = "这件大衣还有吗 rosewood"


class House:
    """A data folder with keys, a journal and a ledger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets = Secrets(folder / "config", use_keyring=False)
        (folder / "config").mkdir(parents=True)
        self.people = PeopleKeys(folder / "data" / "people.db", self.secrets, lambda: b"salt")
        self.journal = Journal(folder / "data" / "journal.db", "night")
        journal = JournalPersons(self.journal.path, self.people)
        ledgers = LedgerPersons(folder / "data" / "stock", self.people)
        self.persons = Persons(
            self.people, (journal, ledgers), folder / "data" / "privacy" / "erasures.json"
        )

    def write(self, event: Event, viewer: str = "") -> None:
        """As the engine writes it."""
        own = EntryFacts(viewer=self.people.person(viewer)) if viewer else None
        self.journal.write(event.name, partial(sealed_data, self.people, event), own)

    def comment(self, who: str, author: str, text: str) -> None:
        """A comment came."""
        entry = {"id": "1", "platform": who.partition("/")[0], "author": author, "text": text,
                 "who": who, "state": "allowed", "authors": 1, "reason": None}  # fmt: skip
        self.write(CommentReceived(entry=entry), who)

    def settle(self) -> None:
        """Everything is on the disk."""
        self.journal.close()

    def holds(self, *words: bytes) -> list[str]:
        """Files of the data folder in which one of these stands."""
        return [
            f"{path.name}: {word!r}"
            for path in (self.folder / "data").rglob("*")
            if path.is_file()
            for word in words
            if word in path.read_bytes()
        ]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.settle()
    made.people.close()


def test_nothing_that_names_somebody_is_written_in_clear(house: House) -> None:
    house.comment(ROSE, "玫瑰rosalind", SAID)
    house.write(AuthorMuted(who=ROSE, minutes=5))
    house.write(CommandRan(command="comments.unmute", args={"who": [ROSE]}, origin="desk", ok=True))
    house.write(
        CommandRan(command="stock.hold", args={"key": "o1", "buyer": "rosalind", "channel": "own"},
                   origin="desk", ok=True)
    )  # fmt: skip
    house.settle()
    house.people.close()
    assert not house.holds(b"rosalind", b"rosewood", b"rose-77", "玫瑰".encode(), b"\\u73ab")
    entries = list(read(house.journal.path))
    assert entries[0]["data"]["entry"]["state"] == "allowed"  # what is no one's stays readable
    assert entries[1]["data"]["minutes"] == 5
    opened: Any = house.people.opened(entries[0]["data"])
    assert opened["entry"]["text"] == SAID
    assert opened["entry"]["author"] == "玫瑰rosalind"


def test_a_person_is_found_exported_and_forgotten(house: House) -> None:
    for number in range(30):
        house.comment(f"douyin/other-{number}", f"other {number}", f"said {number}")
    house.comment(ROSE, "rosalind", SAID)
    house.write(AuthorMuted(who=ROSE, minutes=5))
    house.settle()
    for name in (ROSE, "rosalind", "douyin/rosalind", house.people.person(ROSE)):
        assert [person.who for person in house.persons.find(name)] == [ROSE], name
    given = house.persons.export("rosalind")
    said = str(given)
    assert SAID in said
    assert "other" not in said
    assert len(given["stores"]["journal"]) == 2
    before = [(entry["name"], entry["at"]) for entry in read(house.journal.path)]
    key = house.people._kept_key(house.people.person(ROSE))  # its very bytes must be gone, too

    erasure = house.persons.erase("rosalind")
    assert erasure.keys == 1
    assert erasure.erased["journal"] == 2
    assert [(entry["name"], entry["at"]) for entry in read(house.journal.path)] == before
    assert not broken_links(house.journal.path)
    assert not house.holds(b"rosalind", b"rosewood", key)
    with pytest.raises(StudioError) as told:
        house.persons.find(ROSE)
    assert told.value.code == "not_found"
    others = [house.people.opened(entry["data"]) for entry in read(house.journal.path)]
    assert sum("said" in str(other) for other in others) == 30
    assert house.persons.erasures() == [erasure]


def test_what_is_given_out_names_nobody_else_and_leaves_nothing_out(house: House) -> None:
    """An entry about two, what was done about them in the audit log, requests and consents."""
    other, data = "douyin/other-1", house.folder / "data"
    house.comment(ROSE, "rosalind", SAID)
    house.comment(other, "otto", "other words")
    both = CommandRan(command="comments.unmute", args={"who": [ROSE, other]}, origin="x", ok=True)
    house.write(both)
    log = AuditLog(data / "audit", lambda: Signer(house.secrets))
    until(lambda: log.count > 0, "the audit log has begun", 10)
    log.write("command", **sealed_data(house.people, both))
    log.write("command", command="scenes.take")
    log.close()
    book = RequestBook(data / "privacy" / "requests.json", house.people)
    asked = book.ask(ROSE, "access", "she showed rosewood 77")
    book.ask(other, "erase", "")
    book.consent(ROSE, "ads", "2026-11", True)
    book.answer(asked.id, "done", "sent to rosalind", "")
    house.settle()
    stores = (
        JournalPersons(house.journal.path, house.people),
        RequestPersons(data / "privacy" / "requests.json", house.people),
        AuditPersons(data / "audit", house.people),
    )
    persons = Persons(house.people, stores, data / "privacy" / "erasures.json")
    given = persons.export(ROSE)
    assert [len(given["stores"][store.name]) for store in stores] == [2, 2, 1]
    assert given["stores"]["audit"][0]["args"] == {"who": [ROSE, None]}
    assert given["stores"]["requests"][0]["proof"] == "she showed rosewood 77"
    assert given["stores"]["requests"][0]["note"] == "sent to rosalind"
    assert not {"otto", other, "other words"} & set(str(given).split("'"))
    erasure = persons.erase(ROSE)
    assert erasure.erased == {"journal": 2, "requests": 2, "audit": 1}
    assert not house.holds(b"rosalind", b"rosewood")
    assert [(entry.who, entry.proof, entry.note) for entry in book.opened()] == [
        ("", "", ""), (other, "", "")
    ]  # fmt: skip
    flaws = check_logs(data / "audit", Signer(house.secrets).public).flaws
    assert not flaws


def test_who_comes_back_after_being_forgotten_is_somebody_new(house: House) -> None:
    house.comment(ROSE, "rosalind", SAID)
    house.settle()
    house.persons.erase(ROSE)
    sealed = house.people.seal(ROSE, "again", "rosalind")
    assert house.people.open(sealed) == "again"
    assert len(house.persons.find(ROSE)) == 1


def test_entries_of_before_lose_their_words_and_the_links_hold(house: House) -> None:
    entry = {"platform": "douyin", "author": "rosalind", "text": SAID, "who": ROSE, "id": "1"}
    rose = EntryFacts(viewer=house.people.person(ROSE))
    house.journal.write("comments.received", {"entry": entry}, rose)
    house.journal.write("comments.received", {"entry": {**entry, "who": "a/b", "author": "b"}})
    house.journal.write("command.ran", {"command": "comments.say", "origin": "desk",
                                        "args": {"author": "rosalind", "text": SAID}})  # fmt: skip
    house.journal.write("scenes.taken", {"scene": "close-up"})
    house.settle()
    house.people.seal(ROSE, "", "rosalind")  # known since
    house.persons.erase(ROSE)
    assert not broken_links(house.journal.path)
    entries = list(read(house.journal.path))
    assert len(entries) == 4
    assert "rosalind" not in str(entries)
    assert entries[1]["data"]["entry"]["text"] == SAID  # another one's own words
    assert not house.holds(b"rosalind", b"rose-77")


def test_several_of_one_name_are_told_apart_first(house: House) -> None:
    house.comment("douyin/1", "rose", "a")
    house.comment("taobao/2", "rose", "b")
    house.settle()
    for deed in (house.persons.erase, house.persons.export):  # nobody is given another one's data
        with pytest.raises(StudioError) as told:
            deed("rose")
        assert told.value.code == "conflict"
        assert "taobao/2" in str(told.value)
    assert [row["who"] for row in house.persons.export("taobao/2")["persons"]] == ["taobao/2"]
    assert house.persons.erase("taobao/2").keys == 1
    assert [person.who for person in house.persons.find("rose")] == ["douyin/1"]


def test_orders_that_are_done_lose_their_buyer_and_open_ones_stay(house: House) -> None:
    path = house.folder / "data" / "stock" / "own.db"
    ledger = SqliteStock(path)
    ledger.receive("in", "COAT", 9).result(5)
    for key, buyer in (("o1", "rosalind"), ("o2", "rosalind"), ("o3", "bob")):
        ledger.hold(key, [Line("COAT", 1)], buyer).result(5)
    ledger.confirm("o1").result(5)
    ledger.confirm("o3").result(5)
    assert [person.author for person in house.persons.find("o2")] == ["rosalind"]
    assert len(house.persons.export("rosalind")["stores"]["orders"]) == 2
    erasure = house.persons.erase("rosalind")
    assert [(kept.what, kept.count) for kept in erasure.kept] == [
        ("open_orders", 1), ("trade_records", 1),
    ]  # fmt: skip
    buyers = {entry.key: entry.buyer for entry in ledger.reservations()}
    assert buyers["o1"].startswith("erased:")
    assert (buyers["o2"], buyers["o3"]) == ("rosalind", "bob")
    assert not ledger.faults()
    ledger.release("o2").result(5)
    house.persons.erase("rosalind")
    ledger.close()
    assert not house.holds(b"rosalind")


def test_a_locked_key_store_leaves_words_out_rather_than_in_clear(house: House) -> None:
    class Locked:
        def seal(self, who: str, words: object, author: str = "") -> str:
            raise StudioError("failed", "security.cannot_keep", path="-", why="locked")

        seal_known = seal

    entry = {"author": "rosalind", "text": SAID, "who": ROSE, "state": "held"}
    written = sealed_data(Locked(), CommentReceived(entry=entry))
    assert "rosalind" not in str(written)
    assert written["entry"]["state"] == "held"


def test_keys_of_another_machine_open_nothing(house: House, tmp_path: Path) -> None:
    sealed = house.people.seal(ROSE, "words", "rosalind")
    house.people.close()
    (tmp_path / "elsewhere").mkdir()
    other = Secrets(tmp_path / "elsewhere", use_keyring=False)
    people = PeopleKeys(house.people.path, other, lambda: b"salt")
    assert people.opened([sealed]) == [None]
    people.close()
    with closing(open_database(house.people.path, reads=True)) as base:
        assert base.execute("SELECT count(*) FROM people").fetchone() == (1,)


class Breaks:
    """Secrets that fail at the n-th writing, as a program that is killed there."""

    def __init__(self, kept: Secrets, at: int) -> None:
        self.kept, self.left = kept, at

    def get(self, name: str) -> str:
        return self.kept.get(name)

    def set(self, name: str, value: str) -> None:
        self.left -= 1
        if self.left == 0:
            raise StudioError("failed", "security.cannot_keep", path="-", why="killed")
        self.kept.set(name, value)


def test_a_change_of_keys_loses_nobody_wherever_it_is_broken_off(house: House) -> None:
    sealed = {f"a/{n}": house.people.seal(f"a/{n}", n, f"name {n}") for n in range(5)}
    house.people.close()
    for at in (1, 2, 3, 9, 2, 9):
        secrets = Breaks(house.secrets, at)
        people = PeopleKeys(house.people.path, secrets, lambda: b"salt")
        try:
            assert people.change_key() == len(sealed)
        except StudioError:
            assert at < 9
        people.close()
        after = PeopleKeys(house.people.path, house.secrets, lambda: b"salt")
        for number, (who, words) in enumerate(sealed.items()):
            assert after.open(words) == number, at
            assert [person.who for person in after.called(f"name {number}")] == [who], at
        after.close()


def test_a_recovery_code_brings_the_key_to_another_machine(house: House, tmp_path: Path) -> None:
    sealed = house.people.seal(ROSE, "words", "rosalind")
    house.people.close()
    (tmp_path / "new").mkdir()
    fresh = Secrets(tmp_path / "new", use_keyring=False)
    code = recovery_codes(house.secrets)[0]
    for wrong in ("", "P", code[:-1] + ("A" if code[-1] != "A" else "B"), "X" + code[1:], "P-é"):
        with pytest.raises(StudioError):
            restore_key(fresh, wrong)
    assert restore_key(fresh, f" {code.lower()} ") == "P"
    people = PeopleKeys(house.people.path, fresh, lambda: b"salt")
    assert people.open(sealed) == "words"
    people.change_key()
    with pytest.raises(StudioError) as told:
        restore_key(fresh, code)
    assert told.value.code == "conflict"
    people.close()


def test_who_is_asked_about_is_not_known_by_that(house: House) -> None:
    """The entry of an erasure would else bring the person back under a new key."""

    def ask(command: str, who: str) -> Any:
        ran = CommandRan(command=command, args={"who": who}, origin="desk", ok=True)
        return sealed_data(house.people, ran)["args"]["who"]

    house.comment(ROSE, "rosalind", SAID)
    house.settle()
    assert house.people.open(ask("privacy.find", "rosalind")) == "rosalind"
    assert ask("privacy.export", "nobody-77") == GONE
    assert [person.who for person in house.persons.find("rosalind")] == [ROSE]
    house.persons.erase("rosalind")
    for who in ("rosalind", ROSE):
        assert ask("privacy.erase", who) == GONE
    for who in ("rosalind", ROSE, "nobody-77"):
        with pytest.raises(StudioError):
            house.persons.find(who)
    assert not house.holds(b"rosalind", b"rose-77", b"nobody-77")
