"""Exports as a desk takes them: read apart, asked about, kept, remembered, taken back."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import StudioError
from studio.insight.import_commands import ImportsCommands
from studio.insight.imports.request import TakeRequest
from studio.insight.imports.store import ExportStore
from studio.insight.imports.taking import take

HEADS = "Bestellung;Datum;Summe;Stück;Artikel\n"
ROWS = "A1;2026-11-01;12,50;1;S1\nA2;2026-11-02;20,00;2;S2\nA3;2026-11-02;x;1;S2\n"
MAPPING = {"order": "Bestellung", "amount": "Summe", "at": "Datum", "units": "Stück",
           "sku": "Artikel"}  # fmt: skip


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    return tmp_path


def written(folder: Path, rows: str = ROWS, name: str = "orders.csv") -> str:
    (folder / name).write_text(HEADS + rows, encoding="utf-8")
    return str(folder / name)


def rows() -> dict[str, int | None]:
    with closing(ExportStore()) as store:
        return {key: amount for key, _, amount, _ in store.rows("other_orders")}


def answer(work: Any) -> dict[str, Any]:
    found: dict[str, Any] = asyncio.run(work).result
    return found


def test_a_table_nobody_knows_is_mapped_and_known_the_next_time(data: Path) -> None:
    commands, path = ImportsCommands(), written(data)
    found = answer(commands.read(path))
    assert (found["kind"], found["asked"], found["heads"]) == (
        "", ["kind"], ["Bestellung", "Datum", "Summe", "Stück", "Artikel"]
    )  # fmt: skip
    assert found["sample"][1] == ["A2", "2026-11-02", "20,00", "2", "S2"]
    found = answer(commands.read(path, kind="other_orders"))
    assert (found["asked"], found["missing"]) == (["mapping"], ["order", "amount"])
    with pytest.raises(StudioError, match="mapping"):
        asyncio.run(commands.accept(found["id"]))
    found = answer(commands.read(path, kind="other_orders", mapping=MAPPING, currency="eur"))
    assert (found["asked"], found["sum_cents"], found["currency"]) == ([], 3250, "EUR")
    assert [(fault["row"], fault["column"]) for fault in found["errors"]] == [(4, "Summe")]
    assert found["new"] == 2
    assert not rows(), "reading keeps nothing"
    kept = asyncio.run(commands.accept(found["id"]))
    assert kept.undo == ("imports.undo", {"file": 1})
    assert rows() == {"A1|S1|": 1250, "A2|S2|": 2000}
    again = answer(commands.read(path))
    assert (again["kind"], again["is_known"], again["same"]) == ("other_orders", True, 2)


def test_a_file_is_taken_back_and_what_came_later_stays(data: Path) -> None:
    first = TakeRequest(written(data), "other_orders", MAPPING, "EUR", is_kept=True)
    assert take(first).file == 1
    later = written(data, "A2;2026-11-02;25,00;2;S2\nA4;2026-11-03;9,00;1;S1\n", "later.csv")
    assert take(TakeRequest(later, is_kept=True)).merged.changed == 1
    last = written(data, "A2;2026-11-02;30,00;2;S2\nA5;2026-11-04;1,00;1;S1\n", "last.csv")
    assert take(TakeRequest(last, is_kept=True)).file == 3
    with closing(ExportStore()) as store:
        done = store.undo(2)
        assert (done.removed, done.restored, done.kept) == (1, 0, 1)
        assert rows() == {"A1|S1|": 1250, "A2|S2|": 3000, "A5|S1|": 100}
        done = store.undo(3)
        assert (done.removed, done.restored) == (1, 1)
        assert rows() == {"A1|S1|": 1250, "A2|S2|": 2000}, "as the first file said it"
        for number, code in ((3, "conflict"), (9, "not_found")):
            with pytest.raises(StudioError) as caught:
                store.undo(number)
            assert caught.value.code == code
        store.undo(1)
        assert not rows()
        assert [bool(file.undone_utc) for file in store.files()] == [True, True, True]


def test_what_a_person_must_say_first(data: Path) -> None:
    file = data / "overview.csv"
    file.write_text(
        "Date,Video Views,Profile Views,Likes,Comments,Shares\nApril 12,10,1,1,1,1\n", "utf-8"
    )
    commands = ImportsCommands()
    found = answer(commands.read(str(file)))
    assert (found["kind"], found["asked"]) == ("tiktok_overview", ["year"])
    assert "year" in found["questions"][0][1]
    found = answer(commands.read(str(file), year=2026))
    assert (found["asked"], found["new"]) == ([], 1)


@pytest.mark.parametrize(
    ("more", "code"),
    [({"kind": "nothing"}, "not_found"), ({"zone": "Mars/Base"}, "invalid"),
     ({"kind": "other_orders", "mapping": {"order": "Nobody"}}, "invalid"),
     ({"kind": "other_orders", "mapping": {"nobody": "Summe"}}, "invalid")],
)  # fmt: skip
def test_wrong_words(data: Path, more: dict[str, Any], code: str) -> None:
    with pytest.raises(StudioError) as caught:
        asyncio.run(ImportsCommands().read(written(data), **more))
    assert caught.value.code == code
