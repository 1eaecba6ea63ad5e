"""Records are read again twice a year, and what was found stays known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.app import record_cli
from studio.core.clean import write_json
from studio.core.clock import utc_iso, utc_ms, utc_of
from studio.insight.record import RecordPacker
from studio.insight.record_reading import own_shelf, read_again
from studio.outputs.recording_folder import RecordingFolder
from tests.unit.insight.test_record import _packer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two records, one packed long ago."""
    packer: RecordPacker = _packer(tmp_path)
    records = RecordingFolder().path / "records"
    packer.pack("last", records, with_media=False)
    (new,) = records.iterdir()
    old = records / "20250101T200000-old"
    old.mkdir()
    for file in new.rglob("*"):
        if file.is_file():
            to = old / file.relative_to(new)
            to.parent.mkdir(exist_ok=True)
            to.write_bytes(file.read_bytes())
    manifest = json.loads((old / "manifest.json").read_text("utf-8"))
    manifest["made"] = utc_of(utc_ms() / 1000 - 200 * 86_400)
    (old / "manifest.json").write_text(write_json(manifest), "utf-8")
    return records


def test_what_was_packed_half_a_year_ago_is_due_and_read_once(folder: Path) -> None:
    shelf = own_shelf(lambda: folder.parent)
    assert [record.is_due for record in shelf.records()] == [True, False]
    (read,) = read_again(shelf, folder, 10)
    assert read.name == "20250101T200000-old"
    assert read.found == "broken"  # its manifest is not as it was signed
    assert read.faults == 1
    assert not [record for record in shelf.records() if record.is_due]
    assert list(read_again(shelf, folder, 10)) == []
    again = own_shelf(lambda: folder.parent).records()
    assert {record.found for record in again} == {"broken", "packed"}
    assert {r.found for r in read_again(shelf, folder, 10, everything=True)} == {"broken", "whole"}


def test_a_file_that_changed_on_the_shelf_and_one_that_is_gone(folder: Path) -> None:
    shelf = own_shelf(lambda: folder.parent)
    new = next(record.name for record in shelf.records() if not record.is_due)
    with (folder / new / "journal.jsonl").open("r+b") as file:
        file.write(b"X")
    (folder / "20250101T200000-old" / "manifest.json").unlink()
    found = {r.name: r.found for r in read_again(shelf, folder, 10, everything=True)}
    assert found == {new: "broken", "20250101T200000-old": "unreadable"}
    assert [r.name for r in shelf.records() if r.is_due] == ["20250101T200000-old"]


def test_the_command_line_lists_reads_and_says_no(folder: Path) -> None:
    said: list[str] = []
    assert not record_cli.due(said.append, as_json=False)
    assert "due" in "\n".join(said)
    said.clear()
    assert not record_cli.read(said.append, everything=False, as_json=True)
    told = json.loads(said[0])
    assert [record["found"] for record in told["records"]] == ["broken"]
    assert not told["well"]
    assert utc_iso()[:10] == told["records"][0]["read_utc"][:10]
