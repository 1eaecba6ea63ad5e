"""The journal: every entry with its facts, once, linked; earlier journals stay readable."""

from __future__ import annotations

import uuid
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import pytest

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.governance.database import open_database
from studio.governance.people import pseudonym
from studio.insight.analysis.apart import AnalysisRequest
from studio.insight.analysis.base import open_analysis
from studio.insight.analysis.child import analyse
from studio.insight.analysis.load import rebuild
from studio.insight.analysis.questions import ask, questions
from studio.insight.entries import EntryFacts, EntryIds
from studio.insight.journal import Journal, broken_links, read

OLD = """
CREATE TABLE runs (
  id INTEGER PRIMARY KEY, began_utc TEXT NOT NULL, began_ns INTEGER NOT NULL, show TEXT NOT NULL);
CREATE TABLE entries (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, at_ns INTEGER NOT NULL, at_utc TEXT NOT NULL,
  name TEXT NOT NULL, data TEXT NOT NULL);
INSERT INTO runs VALUES (1, '2026-11-01T10:00:00.000Z', 5, '旧节目');
INSERT INTO entries VALUES
 (1, 1, 10, '2026-11-01T10:00:01.000Z', 'outputs.changed',
  '{"output": "抖音", "state": "live", "before": "idle"}'),
 (2, 1, 20, '2026-11-01T10:00:02.000Z', 'comments.received', '{"entry": {}}'),
 (3, 1, 30, '2026-11-01T10:00:09.000Z', 'outputs.changed',
  '{"output": "抖音", "state": "stopped", "before": "live"}');
"""


class Ticks:
    zero_ns = 1
    fps = Fraction(30)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def rows(path: Path, columns: str, name: str) -> list[tuple[object, ...]]:
    with closing(open_database(path)) as base:
        return base.execute(
            f"SELECT {columns} FROM entries WHERE name = ? ORDER BY id", (name,)
        ).fetchall()


def test_an_entry_carries_what_is_known_and_no_more(path: Path) -> None:
    journal = Journal(path, "秋季")
    journal.write("before", {"a": 1})
    Ticks.zero_ns = now_ns()
    journal.clock = Ticks()
    journal.now = EntryFacts(show="秋季", scene="特写", sku="hat", phase="opening")
    journal.on_air_ns = now_ns() - 5 * NS
    own = EntryFacts(platform="douyin", value_cents=19900, currency="CNY", viewer="x")
    journal.write("insight.sold", {"units": 1}, own)
    journal.close()
    assert rows(path, "show, scene, tick, programme_ms, value_cents", "before") == [
        ("秋季", "", None, None, None)
    ]
    found = rows(
        path, "show, scene, sku, phase, platform, value_cents, currency, schema", "insight.sold"
    )
    assert found == [("秋季", "特写", "hat", "opening", "douyin", 19900, "CNY", 2)]
    ((tick, programme_ms),) = rows(path, "tick, programme_ms", "insight.sold")
    assert 0 <= int(str(tick)) < 300
    assert 5000 <= int(str(programme_ms)) < 15000


def test_ids_are_uuids_of_version_7_and_only_grow() -> None:
    ids = EntryIds()
    made = [ids.next(ms) for ms in [1000] * 9000 + [900] * 3 + [1001] * 3 + [5000]]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {uuid.UUID(bytes=id).version for id in made} == {7}
    assert {uuid.UUID(bytes=id).variant for id in made} == {uuid.RFC_4122}


def test_somebody_elses_entry_counts_once_and_does_not_break_the_link(path: Path) -> None:
    journal, id = Journal(path, "s"), uuid.uuid4().bytes
    for value in (1, 2, 3):
        journal.write("insight.figure", {"value": value}, EntryFacts(uid=id))
        journal.write("own", {"value": value})
    journal.close()
    again = Journal(path, "s")
    again.write("insight.figure", {"value": 4}, EntryFacts(uid=id))
    again.close()
    assert [entry["data"] for entry in read(path, "insight.figure")] == [{"value": 1}]
    assert len(list(read(path, "own"))) == 3
    assert broken_links(path) == []


@pytest.mark.parametrize(
    "crime",
    [
        "UPDATE entries SET value_cents = 1 WHERE seq = 5",
        "UPDATE entries SET data = '{}' WHERE seq = 5",
        "UPDATE entries SET at_utc = '2020-01-01T00:00:00.000Z' WHERE seq = 5",
        "DELETE FROM entries WHERE seq = 4",
        "UPDATE entries SET link = x'00' WHERE seq = 5",
    ],
)
def test_what_was_changed_by_another_hand_is_found(path: Path, crime: str) -> None:
    journal = Journal(path, "s")
    for number in range(20):
        journal.write("own", {"number": number})
    journal.close()
    assert broken_links(path) == []
    with closing(open_database(path)) as base:
        base.execute(crime)
    assert broken_links(path)[0] == (1, 5)


def test_a_journal_of_before_gets_its_columns_and_is_read(path: Path, tmp_path: Path) -> None:
    with closing(open_database(path)) as base:
        base.execute(OLD)
    target = tmp_path / "old.duckdb"
    assert rebuild(path, tmp_path / "none.db", target).airings == 1  # before any engine opened it
    assert ask(target, "airings").rows[0][1] == "旧节目"
    journal = Journal(path, "新节目")
    journal.write("own", {})
    journal.close()
    assert [entry["name"] for entry in read(path)][-1] == "own"
    assert len(list(read(path))) == 4
    assert broken_links(path) == []
    assert rebuild(path, tmp_path / "none.db", target).entries == 4


def test_every_saved_question_is_answered_also_when_nothing_happened(
    path: Path, tmp_path: Path
) -> None:
    journal = Journal(path, "s")
    journal.write("own", {})
    journal.close()
    target = tmp_path / "a.duckdb"
    rebuild(path, tmp_path / "none.db", target)
    for name, question in questions().items():
        answer = ask(target, name)
        assert len(answer.columns) == len(question.columns)
        assert question.label.zh
        assert question.label.en


def test_sold_pieces_and_late_figures_are_counted_by_the_airing_they_happened_in(
    path: Path, tmp_path: Path
) -> None:
    journal = Journal(path, "秋季")
    journal.on_air_ns = now_ns()
    own = EntryFacts(sku="hat", value_cents=9900, currency="CNY")
    for _ in range(3):
        journal.write("insight.sold", {"units": 1}, own)
    back = EntryFacts(sku="hat", value_cents=-9900, currency="CNY")
    journal.write("insight.returned", {"units": -1}, back)
    journal.write("insight.figure", {"metric": "online", "value": 812}, EntryFacts(platform="抖音"))
    journal.write("insight.figure", {"metric": "online"}, EntryFacts(platform="抖音"))
    journal.on_air_ns = 0
    journal.write("insight.sold", {"units": 7}, own)
    journal.close()
    target = tmp_path / "a.duckdb"
    rebuild(path, tmp_path / "none.db", target)
    (row,) = ask(target, "sales_by_sku", "last").rows
    assert row[:4] == ("hat", "CNY", 2, 19800)
    (all_time,) = ask(target, "sales_by_sku").rows
    assert all_time[2] == 9
    (figure,) = ask(target, "platform_figures", "秋季").rows
    assert figure[1:] == ("抖音", "online", 1, 812, 812, 812)


def test_viewers_have_the_same_pseudonym_here_and_another_elsewhere() -> None:
    assert pseudonym("douyin/1", b"a") == pseudonym("douyin/1", b"a") != pseudonym("douyin/1", b"b")
    assert pseudonym("", b"a") == ""


def test_an_answer_is_of_now_without_being_asked_to_rebuild(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    for total in (1, 2):
        journal = Journal(tmp_path / "journal.db", "s")
        journal.write("own", {})
        journal.close()
        answer = analyse(AnalysisRequest("ask", "kinds")).answer
        assert answer is not None
        assert [row[1] for row in answer.rows if row[0] == "own"] == [total]


def test_a_broken_analysis_is_made_anew_and_a_broken_journal_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    journal = Journal(tmp_path / "journal.db", "s")
    journal.write("own", {"odd": float("nan"), "set": {1}})
    journal.close()
    (tmp_path / "insight").mkdir(exist_ok=True)
    (tmp_path / "insight" / "analysis.duckdb").write_bytes(b"junk")
    assert analyse(AnalysisRequest("ask", "kinds")).answer is not None
    for broken in (b"", b"x", b"SQLite format 3\0" + b"?" * 200):
        (tmp_path / "journal.db").write_bytes(broken)
        with pytest.raises(StudioError):
            analyse(AnalysisRequest("rebuild"))
    names = {file.name for file in (tmp_path / "insight").iterdir()}
    assert not {name for name in names if name.startswith(".analysis")}, names


def test_a_question_reads_no_file_and_no_network(path: Path, tmp_path: Path) -> None:
    Journal(path, "s").close()
    target = tmp_path / "a.duckdb"
    rebuild(path, tmp_path / "none.db", target)
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    with closing(open_analysis(target, is_read_only=True)) as base:
        for sql in (
            f"SELECT * FROM read_csv('{tmp_path}/secret.csv')",
            f"SELECT * FROM '{tmp_path}/secret.csv'",
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
            f"ATTACH '{path}' AS other (TYPE sqlite)",
            "INSTALL httpfs", "LOAD httpfs", "SET enable_external_access = true",
            "SET autoinstall_known_extensions = true",
            "SELECT * FROM 'http://127.0.0.1:9/a.parquet'",
        ):  # fmt: skip
            with pytest.raises(Exception, match=r".+"):
                base.execute(sql)
    assert not (tmp_path / "out.csv").exists()
