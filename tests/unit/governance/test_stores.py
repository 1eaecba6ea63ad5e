"""Databases are encrypted: nothing to read in a file, keys that change, machines that lost one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from studio.core.errors import StudioError
from studio.core.paths import data_dir, project_dir
from studio.core.troubles import troubles
from studio.governance import database
from studio.governance.database import (
    CLEAR,
    DatabaseError,
    WrongKeyError,
    open_database,
)
from studio.governance.people import PeopleKeys
from studio.governance.recovery import recovery_codes, restore_key
from studio.governance.secrets import Secrets
from studio.governance.store_keys import own_store_keys
from studio.governance.stores import forget_keys, seal_stores, store_states
from studio.insight.imports.model import Export, ExportRow
from studio.insight.imports.store import ExportStore
from studio.insight.journal import Journal, broken_links, read
from studio.shop.stock.model import Line
from studio.shop.stock.sqlite import SqliteStock
from tests.waiting import until

WORDS = ("林小满", "rosalind@planted.example", "13812345678")
HAT = [Line("hat", 1)]


@pytest.fixture(autouse=True)
def _again_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(database, "AGAIN_S", 0.0)
    database._later.clear()
    yield
    database._later.clear()


def words_in_files() -> list[str]:
    """Files of the data folder in which a planted word stands."""
    return [
        file.name
        for file in data_dir().rglob("*")
        if file.is_file() and any(word.encode() in file.read_bytes() for word in WORDS)
    ]


def in_clear(path: Path, rows: int = 50) -> None:
    """A store as it was made before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("CREATE TABLE said (id INTEGER PRIMARY KEY, words TEXT)")
        base.executemany(
            "INSERT INTO said (words) VALUES (?)", [(WORDS[n % 3],) for n in range(rows)]
        )
        base.commit()


def said(path: Path) -> int:
    with closing(open_database(path, reads=True)) as base:
        return int(base.execute("SELECT count(*) FROM said").fetchone()[0])


def test_no_planted_word_stands_in_any_file_also_while_it_is_written() -> None:
    journal = Journal(data_dir() / "journal.db", WORDS[0])
    for number in range(3000):
        journal.write("own", {"text": WORDS[number % 3], "number": number})
    ledger = SqliteStock(data_dir() / "stock" / "s.db")
    ledger.receive("in", "hat", 100).result()
    for number in range(60):
        ledger.hold(f"o-{number}", HAT, WORDS[number % 3]).result()
    with closing(ExportStore()) as store:
        row = ExportRow(WORDS[2], WORDS[2], "", "", 0, 1, "CNY", {"buyer": WORDS[0]})
        store.merge(Export(kind="shopify", rows=[row]), "orders.csv")
        until(lambda: not journal.is_behind(0), "the journal is written", 10)
        assert (data_dir() / "journal.db-wal").stat().st_size > 0
        assert words_in_files() == []
    journal.close()
    ledger.close()
    assert words_in_files() == []
    assert len(list(read(data_dir() / "journal.db", last=9999))) == 3000
    assert {state.is_now for state in store_states()} == {"sealed"}


def test_a_store_of_before_is_sealed_once_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    path = data_dir() / "journal.db"
    in_clear(path)
    assert said(path) == 50  # looked at: as it is
    assert [state.is_now for state in store_states()] == ["clear"]
    open_database(path).close()
    assert said(path) == 50
    assert words_in_files() == []
    assert [state.is_now for state in store_states()] == ["sealed"]
    assert {file.name for file in data_dir().iterdir() if file.is_file()} <= {
        "journal.db", "journal.db-wal", "journal.db-shm",
    }  # fmt: skip
    with closing(sqlite3.connect(path)) as plain, pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT * FROM said").fetchall()


def test_a_start_that_was_cut_off_between_copy_and_overwriting_is_finished() -> None:
    path = data_dir() / "journal.db"
    in_clear(path)
    left = path.with_name("journal.db.wipe")
    left.hardlink_to(path)  # cut off before the copy took its place
    open_database(path).close()
    assert said(path) == 50
    in_clear(left)  # cut off after it
    assert words_in_files() == ["journal.db.wipe"] or words_in_files()
    open_database(path).close()
    assert not left.exists()
    assert said(path) == 50


def test_a_store_that_somebody_else_has_open_stays_and_is_told() -> None:
    path = data_dir() / "journal.db"
    in_clear(path)
    other = subprocess.Popen(
        [sys.executable, "-c", "import sqlite3, sys; b = sqlite3.connect(sys.argv[1]);"
         "b.execute('SELECT count(*) FROM said').fetchone(); print('in', flush=True);"
         "sys.stdin.read()", str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert other.stdout is not None
    with other:
        assert other.stdout.readline() == b"in\n"
        with closing(open_database(path)) as base:
            assert base.key == CLEAR
            base.execute("INSERT INTO said (words) VALUES ('more')")
        assert ("stores.in_clear", str(path)) in [
            (key, params.get("path")) for key, params in troubles()
        ]
        other.communicate(b"")
    open_database(path).close()
    assert said(path) == 51
    assert [state.is_now for state in store_states()] == ["sealed"]


def test_without_its_key_a_store_says_what_to_do_and_a_recovery_code_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = data_dir() / "stock" / "s.db"
    ledger = SqliteStock(path)
    ledger.receive("in", "hat", 3).result()
    ledger.close()
    code = next(code for code in recovery_codes(Secrets()) if code.startswith("S-"))
    monkeypatch.setenv("SHOPCAST_CONFIG", str(tmp_path / "new machine"))
    with pytest.raises(StudioError, match="recovery sheet") as refused:
        SqliteStock(path)
    assert "shopcast keys restore" in refused.value.in_language("zh")
    assert [state.is_now for state in store_states()] == ["unreadable"]
    journal = Journal(data_dir() / "journal.db", "made here since")
    journal.close()
    assert restore_key(Secrets(), code) == "S"
    own_store_keys().read_again()  # as the next process does
    ledger = SqliteStock(path)
    assert ledger.levels()[0].free == 3
    ledger.close()
    assert len(list(read(data_dir() / "journal.db"))) == 0  # made under the other key: still read
    assert "unreadable" not in {state.is_now for state in store_states()}


def test_keys_change_while_journal_and_ledger_run_and_nothing_is_lost() -> None:
    journal = Journal(data_dir() / "journal.db", "show")
    ledger = SqliteStock(data_dir() / "stock" / "s.db")
    ledger.receive("in", "hat", 1000).result()
    before = own_store_keys().current()
    for number in range(300):
        journal.write("own", {"number": number})
        assert ledger.hold(f"o-{number}", HAT, "Li").result().outcome == "held"
        if number % 100 == 50:
            own_store_keys().change()
    until(lambda: not journal.is_behind(0), "the journal is written", 10)
    assert own_store_keys().current() != before
    assert ledger.levels()[0].held == 300
    ledger.close()
    journal.close()
    assert journal.lost == 0
    assert len(list(read(data_dir() / "journal.db"))) == 300
    assert broken_links(data_dir() / "journal.db") == []
    assert {state.is_now for state in store_states()} == {"sealed"}
    with (
        closing(database.Database(data_dir() / "stock" / "s.db", 2, 1.0)) as base,
        pytest.raises(DatabaseError),
    ):
        base.unlock(before)


def test_stores_under_a_key_of_before_are_sealed_anew_without_an_engine() -> None:
    path = data_dir() / "journal.db"
    in_clear(path)
    assert [state.is_now for state in seal_stores()] == ["sealed"]
    own_store_keys().change()
    assert [state.is_now for state in store_states()] == ["older"]
    assert said(path) == 50
    assert [state.is_now for state in seal_stores()] == ["sealed"]
    assert said(path) == 50


def test_keys_of_before_go_when_no_store_needs_them_and_not_sooner() -> None:
    path, other = data_dir() / "journal.db", data_dir() / "stock" / "s.db"
    for store in (path, other):
        in_clear(store)
        open_database(store).close()
    first = own_store_keys().current()
    own_store_keys().change()
    open_database(path).close()  # one is sealed anew, the other is not
    assert forget_keys() == 0
    assert own_store_keys().all()[1:] == (first,)
    other.with_name("t.db").write_bytes(b"\x17" * 8192)  # nobody knows what this one needs
    open_database(other).close()
    assert forget_keys() == 0
    other.with_name("t.db").unlink()
    assert forget_keys() == 1
    assert own_store_keys().all() == (own_store_keys().current(),)
    assert (said(path), said(other)) == (50, 50)


def test_keys_that_another_process_changed_meanwhile_stay() -> None:
    in_clear(data_dir() / "journal.db")
    open_database(data_dir() / "journal.db").close()
    judged = own_store_keys().current()
    own_store_keys().change()
    assert own_store_keys().forget(judged) == 0
    assert said(data_dir() / "journal.db") == 50


def test_the_keys_of_persons_are_a_store_too_also_those_of_before(
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = data_dir() / "people.db"
    people = PeopleKeys(path, Secrets(), lambda: b"salt")
    sealed: dict[str, str] = {}

    def come(group: int) -> None:
        for number in range(250):
            who = f"a/{group}-{number % 200}"
            sealed[who] = people.seal(who, who, f"name {group} {number}")

    crowd = [threading.Thread(target=come, args=(group,)) for group in range(4)]
    for group in crowd:
        group.start()
    for group in crowd:
        group.join()
    own_store_keys().change()
    sealed["a/late"] = people.seal("a/late", "a/late", "late")
    people.close()
    assert not caplog.records  # also of the very first ones, while the file is being made
    assert people.lost == 0
    assert [(state.file, state.is_now) for state in store_states()] == [("people.db", "sealed")]
    rows = []
    with closing(open_database(path, reads=True)) as base:
        rows = base.execute("SELECT * FROM people").fetchall()
    assert len(rows) == 801
    path.unlink()
    with closing(sqlite3.connect(path)) as plain:  # as it was before
        plain.execute(
            "CREATE TABLE people (id TEXT PRIMARY KEY, key BLOB NOT NULL, called TEXT"
            " NOT NULL, about TEXT NOT NULL, since_utc TEXT NOT NULL) WITHOUT ROWID"
        )
        plain.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", rows)
        plain.commit()
    after = PeopleKeys(path, Secrets(), lambda: b"salt")
    assert all(after.open(words) == who for who, words in sealed.items())
    assert [person.who for person in after.called("late")] == ["a/late"]
    after.close()
    assert [state.is_now for state in store_states()] == ["sealed"]


def test_processes_that_make_the_first_key_at_once_have_the_same() -> None:
    asks = (
        "from studio.governance.store_keys import own_store_keys; print(own_store_keys().current())"
    )
    starts = [
        subprocess.Popen([sys.executable, "-c", asks], stdout=subprocess.PIPE, cwd=project_dir())
        for _ in range(4)
    ]
    assert len({start.communicate()[0] for start in starts}) == 1
    assert all(start.returncode == 0 for start in starts)


def test_processes_that_keep_secrets_at_once_lose_none() -> None:
    keeps = (
        "import sys; from studio.governance.secrets import Secrets\n"
        "for n in range(10): Secrets().set(f'{sys.argv[1]}/{n}', 'x')"
    )
    starts = [
        subprocess.Popen([sys.executable, "-c", keeps, str(number)], cwd=project_dir())
        for number in range(3)
    ]
    assert [start.wait() for start in starts] == [0, 0, 0]
    assert all(Secrets().get(f"{a}/{b}") == "x" for a in range(3) for b in range(10))


def test_what_is_no_database_is_left_as_it_is() -> None:
    path = data_dir() / "journal.db"
    path.write_bytes(b"no database at all" * 400)
    with pytest.raises(WrongKeyError):
        open_database(path)
    assert path.read_bytes() == b"no database at all" * 400


def test_where_no_key_can_be_kept_there_is_a_record_all_the_same_and_it_is_sealed_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(self: Secrets, name: str, value: str) -> None:
        raise StudioError("failed", "security.cannot_keep", path="secrets.bin", why="full")

    path = data_dir() / "journal.db"
    with monkeypatch.context() as patched:
        patched.setattr(Secrets, "set", full)
        journal = Journal(path, "show")
        journal.write("own", {"number": 1})
        journal.close()
        assert journal.lost == 0
        assert ("stores.in_clear", str(path)) in [
            (key, params.get("path")) for key, params in troubles()
        ]
    journal = Journal(path, "show")
    journal.write("own", {"number": 2})
    journal.close()
    assert [entry["data"]["number"] for entry in read(path)] == [1, 2]
    assert [state.is_now for state in store_states()] == ["sealed"]
