"""A show's record: packed from journal, audit log and recordings; every change is named."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from studio.core.errors import StudioError
from studio.governance.audit import AuditLog, Signer
from studio.governance.secrets import Secrets
from studio.insight import record_check
from studio.insight.journal import Journal
from studio.insight.record import RecordPacker, check_folder, find_evening
from tests.waiting import until


def _data(folder: Path) -> Path:
    """A data folder after two evenings; the second was run by two engines."""
    data = folder / "data"
    (folder / "config").mkdir(parents=True)
    log = AuditLog(data / "audit", lambda: _signer(folder))
    until(lambda: log.count > 0, "the audit log has begun", 10)
    for show, runs in (("spring", 1), ("autumn/秋", 2)):
        for _ in range(runs):
            journal = Journal(data / "journal.db", show)
            journal.write("shop.card_shown", {"product": "COAT", "price": "=1+1"})
            journal.write("scenes.taken", {"scene": "close-up"})
            journal.close()
    log.write("command", command="scenes.take")
    log.close()
    return data


def _signer(folder: Path) -> Signer:
    return Signer(Secrets(folder / "config", use_keyring=False))


def _packer(folder: Path) -> RecordPacker:
    return RecordPacker(_data(folder), folder / "films", lambda: _signer(folder))


def _pack(folder: Path) -> Path:
    (folder / "films").mkdir()
    return Path(_packer(folder).pack("last", folder / "records").folder)


def test_an_evening_is_packed_whole(tmp_path: Path) -> None:
    folder = _pack(tmp_path)
    report = check_folder(folder)
    assert report.is_whole, report.faults
    assert (report.show, report.key) == ("autumn/秋", _signer(tmp_path).public)
    lines = (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["name"] for entry in entries] == ["shop.card_shown", "scenes.taken"] * 2
    assert {entry["run"] for entry in entries} == {2, 3}  # the engine was exchanged
    with (folder / "prices.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 2
    assert json.loads(rows[0]["data"])["price"] == "'=1+1"  # no spreadsheet runs it
    assert len(list((folder / "audit").iterdir())) == 1
    assert not list(tmp_path.rglob("*.part"))


def test_evenings_are_found_by_name_number_and_last(tmp_path: Path) -> None:
    journal = _data(tmp_path) / "journal.db"
    assert find_evening(journal, "spring").runs == (1,)
    assert find_evening(journal, "2").runs == (2, 3)
    assert find_evening(journal, "last").show == "autumn/秋"
    with pytest.raises(StudioError) as told:
        find_evening(journal, "winter")
    assert "spring" in str(told.value)


def _cut(folder: Path) -> str:
    (folder / "journal.jsonl").write_bytes((folder / "journal.jsonl").read_bytes()[:-9])
    return "changed journal.jsonl"


def _remove(folder: Path) -> str:
    (folder / "prices.csv").unlink()
    return "missing prices.csv"


def _slip_in(folder: Path) -> str:
    (folder / "more.txt").write_text("x", encoding="utf-8")
    return "extra more.txt"


def _rewrite(folder: Path) -> str:
    """A change that the manifest was made to fit."""
    _cut(folder)
    path = folder / record_check.MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    film = folder / "journal.jsonl"
    manifest["files"]["journal.jsonl"] = {
        "bytes": film.stat().st_size, "sha256": record_check.file_hash(film),
    }  # fmt: skip
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return "forged manifest.json"


def _unsign(folder: Path) -> str:
    (folder / record_check.SIGNATURE).unlink()
    return "unsigned manifest.json"


def _point_out(folder: Path) -> str:
    path = folder / record_check.MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"]["../../secrets.key"] = {"bytes": 1, "sha256": "0"}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return "unsafe ../../secrets.key"


@pytest.mark.parametrize("change", [_cut, _remove, _slip_in, _rewrite, _unsign, _point_out])
def test_every_change_is_named_with_python_alone_too(
    tmp_path: Path, change: Callable[[Path], str]
) -> None:
    folder = _pack(tmp_path)
    expected = change(folder)
    faults = [f"{fault.what} {fault.file}" for fault in check_folder(folder).faults]
    assert expected in faults
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / record_check.SCRIPT)],
        capture_output=True, check=False, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert expected.replace(" ", ": ", 1) in done.stdout


def test_the_script_alone_finds_a_whole_record_whole(tmp_path: Path) -> None:
    folder = _pack(tmp_path)
    script = shutil.copy(folder / record_check.SCRIPT, tmp_path / "elsewhere.py")
    call = [sys.executable, "-I", "-S", str(script), str(folder), "--key"]
    for key, code in ((_signer(tmp_path).public, 0), ("00" * 32, 1)):
        assert subprocess.run([*call, key], capture_output=True, check=False).returncode == code


def test_signatures_are_judged_as_the_library_judges() -> None:
    for number in range(12):
        key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        public = key.public_key().public_bytes_raw().hex()
        text = os.urandom(number * 9)
        signature = bytearray(key.sign(text))
        assert record_check.is_signed(public, text, signature.hex())
        signature[number * 5] ^= 1 << (number % 8)
        assert not record_check.is_signed(public, text, signature.hex())
    for nonsense in ("", "zz", "00" * 31, "ff" * 32):
        assert not record_check.is_signed(nonsense, b"", "00" * 64)


def test_a_full_disk_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packer = _packer(tmp_path)
    (tmp_path / "films").mkdir()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", full)
        with pytest.raises(StudioError) as told:
            packer.pack("last", tmp_path / "records")
    assert told.value.code == "failed"
    assert not list((tmp_path / "records").iterdir())
    assert packer.pack("last", tmp_path / "records").entries == 4
    with pytest.raises(StudioError) as again:
        packer.pack("last", tmp_path / "records")
    assert again.value.code == "conflict"
