"""Requests of persons: sealed, with deadlines, answered to the right one; consents."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.governance.people import PeopleKeys
from studio.governance.persons import Persons
from studio.governance.privacy import PrivacyService
from studio.governance.requests import RequestBook
from studio.governance.rights.book import OperatorBook
from studio.governance.secrets import Secrets


@pytest.fixture
def people(tmp_path: Path) -> Iterator[PeopleKeys]:
    secrets = Secrets(tmp_path / "s", use_keyring=False)
    made = PeopleKeys(tmp_path / "people.db", secrets, lambda: b"salt")
    yield made
    made.close()


def test_a_request_has_a_deadline_and_is_not_done_for_another(
    people: PeopleKeys, tmp_path: Path
) -> None:
    file = tmp_path / "requests.json"
    book = RequestBook(file, people)
    made = book.ask("douyin/rosalind", "access", "")
    assert made.due_utc > made.asked_utc
    assert b"rosalind" not in file.read_bytes()
    assert book.view().requests[0].who == ""
    assert book.opened()[0].who == "douyin/rosalind"
    with pytest.raises(StudioError):
        book.answer(made.id, "done", "", "")  # it may be in another's name
    with pytest.raises(StudioError):
        book.answer("x", "done", "", "p")
    book.answer(made.id, "done", "", "asked by platform message")
    view = RequestBook(file, people).view()
    assert (view.requests, view.answered) == ((), 1)
    # Who is erased is gone here, too; the count stays.
    Persons(people, (), tmp_path / "erasures.json").erase("douyin/rosalind")
    assert book.opened()[0].who == ""
    assert book.view().answered == 1


def test_a_consent_is_given_and_taken_back(people: PeopleKeys, tmp_path: Path) -> None:
    book = RequestBook(tmp_path / "r.json", people)
    assert not book.may("douyin/ann", "ads")
    book.consent("douyin/ann", "ads", "v1", True)
    assert book.may("douyin/ann", "ads")
    assert not book.may("douyin/ann", "profiling")
    assert not book.may("douyin/bob", "ads")
    book.consent("douyin/ann", "ads", "v1", False)
    assert not book.may("douyin/ann", "ads")


def test_who_objected_is_not_addressed(people: PeopleKeys, tmp_path: Path) -> None:
    book = RequestBook(tmp_path / "r.json", people)
    book.consent("douyin/ann", "ads", "v1", True)
    book.consent("douyin/bob", "ads", "v1", True)
    book.ask("douyin/ann", "object_ads", "phone")
    assert not book.may("douyin/ann", "ads")
    assert book.may("douyin/bob", "ads")


def test_requests_that_cannot_be_read_are_said(people: PeopleKeys, tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(StudioError):
        RequestBook(file, people).ask("a", "erase", "")
    assert file.read_text(encoding="utf-8") == "{"


def test_requests_made_at_the_same_moment_are_all_kept(people: PeopleKeys, tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    book = RequestBook(file, people)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: book.ask(f"douyin/{n}", "access", "").id, range(24)))
    assert {entry.id for entry in RequestBook(file, people).view().requests} == set(made)


def test_a_deadline_that_passes_is_told_without_anything_else(
    people: PeopleKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = Events()
    state = State(events, lambda work: None)
    privacy = PrivacyService(
        Persons(people, (), tmp_path / "e.json"), people,
        OperatorBook(Secrets(tmp_path / "s", use_keyring=False)),
        RequestBook(tmp_path / "r.json", people), events, state,
    )  # fmt: skip
    bus = Bus(events, state)
    bus.add(*privacy.commands())
    asyncio.run(bus.run("privacy.request", {"who": "douyin/ann", "kind": "access"}))
    assert (len(privacy.view().requests), privacy.view().late) == (1, 0)
    assert privacy.view().classes
    monkeypatch.setattr("studio.governance.requests.age_days", lambda utc: 1.0)
    for job in privacy.every:
        job.job()
    assert privacy.view().late == 1
