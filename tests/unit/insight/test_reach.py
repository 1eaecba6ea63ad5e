"""Reach lists: only who agreed, masked unless the owner says so, gone with whoever is erased."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from studio.core.asking import Asker, Scope, asked_by
from studio.core.command import Bus, Role
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.governance.database import open_database
from studio.governance.people import PeopleKeys
from studio.governance.persons import Persons
from studio.governance.requests import RequestBook
from studio.governance.secrets import Secrets
from studio.insight import reach_commands
from studio.insight.events import ReachWritten
from studio.insight.reach import book as reach_book
from studio.insight.reach.book import HEADS, ReachBook, ReachPersons
from studio.insight.reach.model import ReachList, ReachPerson
from studio.insight.reach.service import ReachService
from tests.unit.insight.made_shows import made_journal

OWNER = Asker(Role.OWNER, True, "desk", person="here")
CONTROLLER = Asker(Role.CONTROLLER, False, "phone", person="li")
LATELY = "2099-01-01T00:00:00Z"


class Ledger:
    """What two buyers ordered."""

    def bought(self, whos: Any) -> dict[str, tuple[int, str]]:
        known = {"shop/ann": (3, LATELY), "shop/eve": (1, "2020-01-01T00:00:00Z")}
        return {who: known[who] for who in whos if who in known}


class Room:
    """The lists with all they stand on."""

    def __init__(self, folder: Path, people: PeopleKeys) -> None:
        self.people, self.events = people, Events()
        self.consents = RequestBook(folder / "requests.json", people)
        self.book = ReachBook(folder / "reach")
        self.told: list[ReachWritten] = []
        self.events.on(ReachWritten, self.told.append)
        self.bus = Bus(self.events, State(self.events, lambda work: None))
        service = ReachService(self.book, self.consents, Ledger(), people, self.events)
        for commands in service.commands():
            self.bus.add(commands)
        stores = (ReachPersons(self.book),)
        self.persons = Persons(people, stores, folder / "erasures.json")

    def run(self, command: str, asker: Asker = OWNER, **args: Any) -> Any:
        async def work() -> Any:
            with asked_by(asker):
                if command == "reach.remove":
                    args["confirm"] = True
                ran = await self.bus.run(command, args, role=asker.role, origin=asker.origin)
                return ran.result

        return asyncio.run(work())


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    secrets = Secrets(tmp_path / "s", use_keyring=False)
    people = PeopleKeys(tmp_path / "people.db", secrets, lambda: b"salt")
    journal = made_journal(tmp_path / "journal.db", 4, minutes=16)
    made = Room(tmp_path, people)
    names = {"v1": "douyin/=rosa", "v2": "douyin/lin", "v3": "douyin/mo", "v999": "shop/ann"}
    with closing(open_database(journal)) as base:
        for number, who in names.items():
            base.execute("UPDATE entries SET viewer = ? WHERE viewer = ?",
                         (people.person(who), number))  # fmt: skip
    for who in ("douyin/=rosa", "douyin/lin", "shop/ann", "shop/eve"):
        made.consents.consent(who, "ads", "2026-11", True)
    yield made
    people.close()


def rows_of(file: str) -> list[list[str]]:
    raw = Path(file).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(raw.decode("utf-8-sig").splitlines()))


def test_only_who_agreed_is_counted_and_written(room: Room) -> None:
    counts = room.run("reach.count", CONTROLLER, purpose="ads")["segments"]
    assert counts["everyone"] == 4
    # Both wrote in all four shows, as far as the journal knows (60 viewers, hundreds of entries).
    assert sum(counts[f"viewers_{name}"] for name in ("new", "again", "regular", "away")) == 2
    assert (counts["buyers_best"], counts["buyers_once"]) == (1, 1)
    assert room.run("reach.count", CONTROLLER, purpose="sms")["segments"]["everyone"] == 0
    made = room.run("reach.write", segment="everyone", purpose="ads", reason="autumn", full=True)
    head, *rows = rows_of(made["file"])
    assert tuple(head) == HEADS
    assert made["count"] == len(rows) == 4
    people = {(row[1], row[2]) for row in rows}
    assert ("douyin", "'=rosa") in people  # no formula
    assert ("douyin", "mo") not in people
    assert all(row[6] == "2026-11" for row in rows)
    assert Path(made["file"]).stat().st_mode & 0o077 == 0
    (told,) = room.told
    assert (told.count, told.is_full, told.reason, told.operator) == (4, True, "autumn", "here")
    assert "rosa" not in str(told)


def test_who_took_it_back_or_objected_is_not_in_it(room: Room) -> None:
    made = room.run("reach.write", segment="everyone", purpose="ads", reason="autumn")
    room.consents.consent("douyin/lin", "ads", "2026-11", False)
    room.consents.ask("douyin/=rosa", "object_profiling", "message")
    room.consents.ask("shop/eve", "object_ads", "message")
    assert room.run("reach.count", purpose="ads")["segments"]["everyone"] == 1
    (row,) = room.run("reach.lists")["lists"]
    assert (row["id"], row["people"], row["withdrawn"]) == (made["id"], 4, 3)
    room.consents.consent("douyin/=rosa", "profiling", "2026-12", True)
    assert room.run("reach.count", purpose="ads")["segments"]["everyone"] == 2


def test_rights_masks_and_reasons(room: Room, tmp_path: Path) -> None:
    made = room.run("reach.write", CONTROLLER, segment="buyers_best", purpose="ads", reason="vip")
    assert [row[1:4] for row in rows_of(made["file"])[1:]] == [["shop", "a**", "a**"]]
    wanted = {"segment": "everyone", "purpose": "ads", "reason": "vip"}
    blind = CONTROLLER._replace(scopes=(Scope(data=()),))
    for asker, args, code in (
        (CONTROLLER, {**wanted, "full": True}, "denied"),
        (blind, wanted, "denied"),
        (OWNER, {**wanted, "reason": " "}, "invalid"),
        (OWNER, {**wanted, "purpose": "sms"}, "not_found"),
        (OWNER, {**wanted, "file": made["file"]}, "conflict"),
    ):
        with pytest.raises(StudioError) as caught:
            room.run("reach.write", asker, **args)
        assert caught.value.code == code
    assert len(room.run("reach.lists")["lists"]) == 1
    own = tmp_path / "own.csv"
    room.run("reach.write", **wanted, file=str(own))
    assert len(rows_of(str(own))) == 5


def test_whoever_is_erased_is_taken_out_and_copies_are_told(room: Room) -> None:
    args = {"segment": "everyone", "purpose": "ads", "reason": "autumn"}
    made = room.run("reach.write", **args, full=True)
    other = room.run("reach.write", **args)
    Path(other["file"]).write_text("mine now", encoding="utf-8")
    assert room.persons.export("douyin/lin")["stores"]["reach"][0]["purpose"] == "ads"
    erasure = room.persons.erase("douyin/lin")
    assert erasure.erased["reach"] == 2
    assert [(kept.what, kept.count) for kept in erasure.kept] == [("handed_on", 2)]
    assert {row[2] for row in rows_of(made["file"])[1:]} == {"'=rosa", "ann", "eve"}
    assert Path(other["file"]).read_text(encoding="utf-8") == "mine now"
    assert room.run("reach.count", purpose="ads")["segments"]["everyone"] == 3
    room.run("reach.remove", id=made["id"])
    room.run("reach.remove", id=other["id"])  # somebody else's file stays
    assert not Path(made["file"]).exists()
    assert Path(other["file"]).exists()
    assert room.run("reach.lists")["lists"] == []


def test_who_leaves_while_a_list_is_put_together_is_not_in_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The analysis takes its seconds; meanwhile one took it back and another was erased."""
    rest = reach_commands.people_of

    def slow(*args: Any) -> Any:
        people = rest(*args)
        room.consents.consent("douyin/lin", "ads", "2026-11", False)
        room.persons.erase("shop/ann")
        return people

    monkeypatch.setattr(reach_commands, "people_of", slow)
    made = room.run("reach.write", segment="everyone", purpose="ads", reason="autumn", full=True)
    assert {row[2] for row in rows_of(made["file"])[1:]} == {"'=rosa", "eve"}
    assert made["count"] == 2
    assert (room.told[0].count, room.run("reach.lists")["lists"][0]["people"]) == (2, 2)


def test_no_list_is_forgotten_while_its_file_is_there(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach_book, "MOST_LISTS", 2)
    agreed = room.consents.agreed("ads")
    people = [ReachPerson(number=consent.person, who=consent.who) for consent in agreed]
    order = ReachList(id="", file="", purpose="ads", segment="everyone", is_full=True, numbers=(),
                      operator="li", reason="autumn", at_utc="")  # fmt: skip

    def write() -> ReachList:
        return room.book.write(people, order, room.consents)

    first, _ = write(), write()
    with pytest.raises(StudioError) as full:
        write()
    assert (full.value.code, full.value.key) == ("conflict", "reach.full")
    room.persons.erase("douyin/lin")
    assert "lin" not in {row[2] for row in rows_of(first.file)[1:]}
    Path(first.file).unlink()
    write()
    assert len(room.book.lists()) == 2
