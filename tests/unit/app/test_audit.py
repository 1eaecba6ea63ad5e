"""The audit log: what was changed, cut, moved or written anew is found and named."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from studio.governance.audit import AuditLog, Signer, link, logs
from studio.governance.audit_check import check_logs
from studio.governance.secrets import Secrets

COUNT = 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two runs, sealed."""
    for run in range(2):
        log = written(tmp_path, run)
        log.close()
        assert log.lost == 0
    return tmp_path / "audit"


def signer(root: Path, name: str = "config") -> Signer:
    return Signer(Secrets(root / name, use_keyring=False))


def written(root: Path, run: int) -> AuditLog:
    log = AuditLog(root / "audit", lambda: signer(root))
    for number in range(COUNT):
        log.write("command", command="scenes.take", args={"scene": f"开场 {number}"}, run=run)
    return log


def whats(folder: Path, *anchors: str) -> set[str]:
    public = signer(folder.parent).public
    return {flaw.what for flaw in check_logs(folder, public, anchors).flaws}


def test_what_was_not_touched_is_whole(folder: Path) -> None:
    report = check_logs(folder, signer(folder.parent).public)
    assert (report.files, report.signed, report.flaws) == (2, 2, ())
    assert report.entries == 2 * (COUNT + 2)


def test_one_bit_in_a_thousand_places(folder: Path) -> None:
    chance = random.Random(3)
    path = logs(folder)[0]
    whole = path.read_bytes()
    for _ in range(1000):
        at, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        assert whats(folder), (at, bit)
    path.write_bytes(whole)
    assert not whats(folder)


def test_lines_cut_taken_out_swapped_put_in(folder: Path) -> None:
    first, last = logs(folder)
    whole = last.read_bytes().split(b"\n")
    kept = f"{last.name}:{COUNT}:{whole[COUNT - 1].split(b' ')[0].decode()}"
    last.write_bytes(b"\n".join([*whole[:50], b""]))
    assert whats(folder) == {"open"}, "a cut end looks like a run that was killed"
    assert whats(folder, kept) == {"open", "anchor_cut"}, "but not beside an anchor"
    for lines in (
        [*whole[:50], *whole[60:]],
        [*whole[:50], whole[51], whole[50], *whole[52:]],
        [*whole[:50], whole[50], *whole[50:]],
        whole[1:],
        [*whole[:-1], whole[-2], b""],
    ):
        last.write_bytes(b"\n".join(lines))
        assert "changed" in whats(folder)
    last.write_bytes(b"\n".join(whole))
    first.write_bytes(b"\n".join([*first.read_bytes().split(b"\n")[:50], b""]))
    assert whats(folder) == {"open", "cut"}, "the next file saw its end"
    first.unlink()
    assert whats(folder) == {"gone"}


def test_a_file_gone_that_nothing_follows(folder: Path) -> None:
    last = logs(folder)[-1]
    lines = last.read_text(encoding="utf-8").splitlines()
    kept = f"{last.name}:{len(lines)}:{lines[-1].split(' ')[0]}"
    last.unlink()
    assert whats(folder) == set()
    assert whats(folder, kept) == {"gone"}


def test_a_chain_made_anew_without_the_key(folder: Path) -> None:
    path = logs(folder)[-1]
    head, lines = "0" * 64, []
    for line in path.read_text(encoding="utf-8").splitlines():
        body = line.partition(" ")[2].replace("开场 7", "开场 8")
        head = link(head, body)
        lines.append(f"{head} {body}\n")
    path.write_text("".join(lines), encoding="utf-8")
    assert whats(folder) == {"unsigned"}


def test_a_stranger_s_key(folder: Path) -> None:
    stranger = signer(folder.parent, "other").public
    assert {flaw.what for flaw in check_logs(folder, stranger).flaws} == {"unsigned"}


def test_a_killed_run_is_no_flaw_of_the_next(tmp_path: Path) -> None:
    """Its end is missing; a line that was torn is told, and the next run follows it."""
    written(tmp_path, 0).close()
    path = logs(tmp_path / "audit")[0]
    whole = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join(whole[:50]) + b"\n" + whole[50][:80])
    written(tmp_path, 1).close()
    assert whats(tmp_path / "audit") <= {"open", "torn"}


def test_two_runs_at_once(tmp_path: Path) -> None:
    first, second = written(tmp_path, 0), written(tmp_path, 1)
    first.write("command", command="late")
    second.close()
    first.close()
    assert whats(tmp_path / "audit") == set()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("a file", encoding="utf-8")
    log = written(tmp_path, 0)
    log.close()
    assert log.lost == COUNT
