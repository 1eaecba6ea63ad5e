"""Is the analysis fresh? What is imported while it is made is not forgotten."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from studio.core.clock import utc_of
from studio.insight.analysis import load
from studio.insight.analysis.load import is_fresh, rebuild
from studio.insight.imports.model import Export, ExportRow
from studio.insight.imports.store import ExportStore, store_path
from tests.unit.insight.made_shows import BEGAN_S, made_journal


def merge(order: str) -> None:
    with closing(ExportStore()) as store:
        row = ExportRow(order, order, utc_of(BEGAN_S + 60), amount=100, currency="CNY")
        store.merge(Export("other_orders", rows=[row]), f"{order}.csv")


def test_an_import_beside_a_rebuild_is_seen_by_the_next_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    journal, exports = made_journal(tmp_path / "journal.db", 1, minutes=16), store_path()
    target = tmp_path / "analysis.duckdb"
    merge("first")
    links = load.broken_links

    def while_it_is_made(path: Path) -> list[tuple[int, int]]:
        merge("second")  # after the exports were read, before the file has its name
        return links(path)

    monkeypatch.setattr(load, "broken_links", while_it_is_made)
    assert rebuild(journal, exports, target).orders == 1
    monkeypatch.setattr(load, "broken_links", links)
    assert not is_fresh(target, journal, exports)
    assert rebuild(journal, exports, target).orders == 2
    assert is_fresh(target, journal, exports)
    assert is_fresh(target, journal, exports), "looking changes nothing"
    with closing(ExportStore()) as store:
        newest = store.files(1)[0]
        store.undo(newest.id)
    assert not is_fresh(target, journal, exports)


def test_a_file_of_another_version_or_none_at_all_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    journal, target = made_journal(tmp_path / "journal.db", 1, minutes=16), tmp_path / "a.duckdb"
    assert not is_fresh(target, journal, store_path())
    target.write_bytes(b"no analysis")
    assert not is_fresh(target, journal, store_path())
    monkeypatch.setattr(load, "VERSION", 2)
    rebuild(journal, store_path(), target)
    monkeypatch.setattr(load, "VERSION", 3)
    assert not is_fresh(target, journal, store_path())
