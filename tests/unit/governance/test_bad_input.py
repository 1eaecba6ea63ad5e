"""What goes wrong around rights and privacy: clocks, keyrings, a key twice or in a comment."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.comments.events import CommentReceived
from studio.core.clock import utc_ms, utc_of
from studio.core.command import Changed, changed, command
from studio.core.errors import StudioError
from studio.core.redact import keep_secret
from studio.governance import roles
from studio.governance.keeping.keeper import Keeper
from studio.governance.keeping.stores import FileStore
from studio.governance.people import PeopleKeys
from studio.governance.persons import Persons
from studio.governance.rights import model as rights
from studio.governance.rights.book import OperatorBook
from studio.governance.rights.model import Operator
from studio.governance.secrets import Secrets
from studio.governance.watch.model import DoorReport, Presence
from studio.insight.persons import JournalPersons
from studio.remote import certificate
from tests.unit.governance.test_keeping import aged
from tests.unit.governance.test_watch import Post

YEARS = (1970, 2038, 2126)


def clock_of(year: int) -> int:
    """Milliseconds of the wall clock in that year."""
    return int(datetime.datetime(year, 2, 1, tzinfo=datetime.UTC).timestamp() * 1000)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    made = Post(tmp_path)
    made.bus.add(Tokens(made.book))
    yield made
    made.log.close()


class Tokens:
    """The door's command, without the door."""

    def __init__(self, book: OperatorBook) -> None:
        self.book, self.removed = book, list[str]()

    @command("remote.token_remove", label=("删", "Remove"), help=("删。", "Removes."))
    def remove(self, name: str) -> Changed:
        roles.remove(self.book._store, name)
        self.book.touch()
        return changed()


# -- clocks ----------------------------------------------------------------------------------------


def test_a_token_that_was_over_opens_nothing_when_the_clock_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = roles.Token("old", "s", "owner", utc_of(utc_ms() / 1000 - 3600))
    assert over.left_s <= 0
    for year in (1970, 2020):
        monkeypatch.setattr(rights, "utc_ms", lambda year=year: clock_of(year))
        assert over.left_s <= 0, year
    monkeypatch.undo()
    for wrong in ("2038-01-19T03:14:08Z", "9999-12-31T23:59:59Z"):
        assert roles.Token("t", "s", "owner", wrong).left_s > 0
    for odd in ("10000-01-01", "soon", "2026-13-40T00:00:00Z"):
        assert roles.Token("t", "s", "owner", odd).left_s <= 0, odd


def test_a_certificate_of_a_clock_that_was_wrong_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_CONFIG", str(tmp_path))
    for year in YEARS:
        with monkeypatch.context() as set_to:
            set_to.setattr(certificate, "utc_ms", lambda year=year: clock_of(year))
            certificate.server_context(["127.0.0.1"])
            assert certificate.valid_until()[:4] in (str(year), str(year + 1))
    certificate.server_context(["127.0.0.1"])  # the clock is right again
    until, now = certificate.valid_until(), utc_of(utc_ms() / 1000)
    assert now < until < utc_of(utc_ms() / 1000 + 398 * 86_400)


@pytest.mark.parametrize("year", YEARS)
def test_nothing_is_dropped_by_a_clock_that_is_wrong(
    tmp_path: Path, year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    young = aged(tmp_path / "support" / "a.zip", 1)
    stores = (FileStore("support", tmp_path / "support", "*.zip"),)
    keeper = Keeper(tmp_path / "k.json", stores, lambda: utc_of(utc_ms() / 1000))
    module = importlib.import_module("studio.governance.keeping.keeper")
    names = [name for name in ("utc_ms", "utc_iso") if hasattr(module, name)]
    assert names
    for name in names:
        made = clock_of(year)
        value: Any = made if name == "utc_ms" else utc_of(made / 1000)
        monkeypatch.setattr(module, name, lambda value=value: value)
    with contextlib.nullcontext() if year == 1970 else pytest.raises(StudioError):
        keeper.drop(len(keeper.due()))
    assert young.exists()


# -- keys ------------------------------------------------------------------------------------------


def test_one_token_at_two_addresses_is_told_once(post: Post) -> None:
    def here(*addresses: str) -> DoorReport:
        phones = [Presence(who="remote:phone", address=address) for address in addresses]
        remotes = [Presence(who="remote", address=f"127.0.0.{n}") for n in (1, 2)]
        return DoorReport(present=(*phones, *remotes))

    post.door = here("127.0.0.1", "127.0.0.1")  # two pages of one phone
    post.look()
    assert post.kinds == []
    post.door = here("127.0.0.1", "127.0.0.9")
    post.look()
    post.look()
    assert [(alarm.kind, alarm.subject) for alarm in post.heard] == [("two_places", "phone")]


def comment(text: str) -> CommentReceived:
    return CommentReceived(entry={"text": text, "author": "a", "who": "douyin/1"})


def test_a_token_in_a_comment_is_taken_back(post: Post) -> None:
    token = roles.add(post.book._store, "phone", "controller")
    kept = roles.add(post.book._store, "tablet", "controller")
    post.book.touch()
    keep_secret("streamkey-of-tonight-1")

    async def work() -> None:
        post.events.publish(comment(f"log in with {token.secret}!"))
        for _ in range(3):  # a key of another kind: nobody but a person can change it
            post.events.publish(comment("it is streamkey-of-tonight-1 :)"))
        post.events.publish(comment("这件大衣还有吗"))
        await post.watch.stop()

    asyncio.run(work())
    assert [(alarm.kind, alarm.subject) for alarm in post.heard] == [
        ("secret_pasted", "phone"), ("secret_pasted", "-"),
    ]  # fmt: skip
    assert [entry.name for entry in post.book.tokens] == [kept.name]
    assert all(token.secret not in alarm.subject for alarm in post.heard)


def test_a_keyring_that_goes_loses_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locked, or its bus is gone: no key is made anew over the one that is there."""
    import keyring

    kept: dict[str, str] = {}
    is_gone = False

    def get(service: str, name: str) -> str | None:
        if is_gone:
            raise ConnectionError("the bus is gone")
        return kept.get(name)

    def put(service: str, name: str, value: str) -> None:
        if is_gone:
            raise keyring.errors.KeyringLocked("locked")
        kept[name] = value

    monkeypatch.setattr("studio.governance.secrets._keyring_works", lambda: True)
    monkeypatch.setattr(keyring, "get_password", get)
    monkeypatch.setattr(keyring, "set_password", put)
    store = Secrets(tmp_path, use_keyring=True)
    people = PeopleKeys(tmp_path / "people.db", store, lambda: b"salt")
    sealed = people.seal("douyin/1", "words", "a")
    people.close()
    book = OperatorBook(store)
    book.put(Operator(name="小李"))
    before = dict(kept)
    is_gone = True
    for work in (lambda: store.get("x"), lambda: store.set("x", "y"), lambda: store.set("x", ""),
                 lambda: PeopleKeys(people.path, store, lambda: b"salt").seal("douyin/2", "w"),
                 lambda: OperatorBook(store).put(Operator(name="x"))):  # fmt: skip
        with pytest.raises(StudioError):
            work()
    assert OperatorBook(store).operators == (), "nobody has a right that cannot be read"
    assert kept == before
    is_gone = False
    again = PeopleKeys(people.path, store, lambda: b"salt")
    assert again.open(sealed) == "words"
    again.close()
    assert [operator.name for operator in OperatorBook(store).operators] == ["小李"]


# -- persons ---------------------------------------------------------------------------------------


def test_an_operator_who_commented_is_erased_as_a_viewer_and_works_on(tmp_path: Path) -> None:
    store = Secrets(tmp_path, use_keyring=False)
    book = OperatorBook(store)
    book.put(Operator(name="小李"))
    people = PeopleKeys(tmp_path / "people.db", store, lambda: b"salt")
    journal = JournalPersons(tmp_path / "journal.db", people)
    persons = Persons(people, (journal,), tmp_path / "erasures.json")
    with pytest.raises(StudioError):
        persons.erase("小李")  # who works here is no viewer
    people.seal("douyin/77", "hello", "小李")
    assert persons.erase("小李").keys == 1
    assert OperatorBook(store).find("小李") is not None
    people.close()
