"""Keeping: dry run, law, hold, proof; a dropped audit file is missed only where nobody signed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from studio.core.clock import utc_ms
from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.governance.audit import DROPPED, AuditLog, Signer, logs
from studio.governance.audit_check import check_logs
from studio.governance.keeping.keeper import AHEAD_DAYS, RULES, Keeper
from studio.governance.keeping.model import Due
from studio.governance.keeping.service import KeepingService
from studio.governance.keeping.stores import AuditStore, FileStore, PersonsStore
from studio.governance.people import PeopleKeys
from studio.governance.secrets import Secrets

DAY = 86_400


def aged(path: Path, days: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text("x", encoding="utf-8")
    at = utc_ms() / 1000 - days * DAY
    os.utime(path, (at, at))
    return path


class Seen:
    def __init__(self, *numbers: str) -> None:
        self.numbers = set(numbers)

    def seen_since(self, utc: str) -> set[str]:
        return self.numbers


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(
        tmp_path / "keeping.json",
        (FileStore("support", tmp_path / "support", "*.zip"),
         FileStore("records", tmp_path / "records", "*")),
    )  # fmt: skip


def test_a_dry_run_then_what_was_shown_and_a_proof(keeper: Keeper, tmp_path: Path) -> None:
    old = aged(tmp_path / "support" / "a.zip", 31)
    young = aged(tmp_path / "support" / "b.zip", 29)
    record = aged(tmp_path / "records" / "r" / "x", 5000).parent
    aged(record, 5000)
    assert [due.item for due in keeper.due()] == ["a.zip"]  # records are kept for ever as set
    assert old.exists()
    with pytest.raises(StudioError, match="expected|试算|dry run"):
        keeper.drop(2)
    proof = keeper.drop(1)
    assert (proof.dropped, len(proof.digest)) == ({"support": 1}, 64)
    assert (old.exists(), young.exists(), record.exists()) == (False, True, True)
    assert keeper.due() == []
    assert keeper.view(keeper.due()).last == proof
    keeper.set_days("records", 1095)
    assert [due.rule for due in keeper.due()] == ["records"]
    keeper.drop(1)
    assert not record.exists()


def test_never_shorter_than_the_law_asks_for(keeper: Keeper) -> None:
    for rule in RULES:
        if rule.least:
            with pytest.raises(StudioError):
                keeper.set_days(rule.id, rule.least - 1)
        assert keeper.set_days(rule.id, rule.least) == rule.days
    with pytest.raises(StudioError):
        keeper.set_days("nothing", 5)


def test_a_hold_keeps_all_until_it_is_released(keeper: Keeper, tmp_path: Path) -> None:
    old = aged(tmp_path / "support" / "a.zip", 31)
    one, all_ = keeper.hold("support", "a quarrel"), keeper.hold("*", "an order")
    assert [due.held for due in keeper.due()] == [one.id]
    keeper.drop(0)
    keeper.release(one.id)
    assert [due.held for due in keeper.due()] == [all_.id]
    keeper.release(all_.id)
    keeper.drop(1)
    assert not old.exists()
    # Holds that cannot be read hold everything.
    aged(tmp_path / "support" / "c.zip", 31)
    (tmp_path / "keeping.json").write_text("{", encoding="utf-8")
    with pytest.raises(StudioError):
        keeper.drop(1)
    assert (tmp_path / "support" / "c.zip").exists()


def test_a_clock_that_jumped_drops_nothing(tmp_path: Path) -> None:
    aged(tmp_path / "support" / "a.zip", 31)
    stores = (FileStore("support", tmp_path / "support", "*.zip"),)
    late = Keeper(tmp_path / "k.json", stores, lambda: "2024-01-01T00:00:00Z")
    with pytest.raises(StudioError):
        late.drop(1)
    assert AHEAD_DAYS > 366


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    outside = aged(tmp_path / "keep.txt", 100)
    store = FileStore("support", tmp_path / "support", "*")
    (tmp_path / "support").mkdir()
    (tmp_path / "support" / "link").symlink_to(outside)
    assert store.older(utc_ms() / 1000) == []
    store.drop([Due(rule="support", item="../keep.txt", since_utc="")])
    assert outside.exists()


def test_audit_files_are_dropped_whole_and_signed(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "s", use_keyring=False)
    folder, public = tmp_path / "audit", Signer(secrets).public
    for number in range(3):
        log = AuditLog(folder, lambda: Signer(secrets))
        log.write("command", command=f"c{number}")
        log.close()
    first, second, third = logs(folder)
    for path in (first, second, third):
        aged(path, 2000)
    store = AuditStore(folder, lambda: Signer(secrets))
    due = store.older(utc_ms() / 1000 - 1095 * DAY)
    assert [entry.item for entry in due] == [first.name, second.name]  # never the newest
    assert store.drop(due) == 2
    assert logs(folder) == [third]
    assert check_logs(folder, public).flaws == ()
    # A word that this key did not sign lets nothing go.
    text = (folder / DROPPED).read_text(encoding="utf-8")
    (folder / DROPPED).write_text(text.replace(text[-20:-10], "0123456789"), "utf-8")
    assert [flaw.what for flaw in check_logs(folder, public).flaws] == ["gone"]
    (folder / DROPPED).unlink()
    assert [flaw.what for flaw in check_logs(folder, public).flaws] == ["gone"]


def test_persons_who_come_back_stay(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "s", use_keyring=False)
    people = PeopleKeys(tmp_path / "people.db", secrets, lambda: b"salt")
    try:
        sealed = {name: people.seal(f"douyin/{name}", "hi", name) for name in ("ann", "bob")}
        stays = people.person("douyin/bob")
        store = PersonsStore(people, Seen(stays))
        due = store.older(utc_ms() / 1000 + DAY)
        assert [entry.item for entry in due] == [people.person("douyin/ann")]
        assert store.drop(due) == 1
        assert people.open(sealed["bob"]) == "hi"
        with pytest.raises(KeyError):
            people.open(sealed["ann"])
    finally:
        people.close()


def test_a_dry_run_looks_once_and_shows_what_it_found(tmp_path: Path) -> None:
    class Counting(FileStore):
        looks = 0

        def older(self, than_s: float) -> list[Due]:
            self.looks += 1
            return super().older(than_s)

    aged(tmp_path / "support" / "a.zip", 31)
    store = Counting("support", tmp_path / "support", "*.zip")
    events = Events()
    state = State(events, lambda work: None)
    service = KeepingService(Keeper(tmp_path / "keeping.json", (store,)), state)
    bus = Bus(events, state)
    bus.add(*service.commands())
    (found,) = asyncio.run(bus.run("keeping.due")).result
    assert (found["item"], store.looks) == ("a.zip", 1)
    assert sum(rule.due for rule in service.view().rules) == 1
