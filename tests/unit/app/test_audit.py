"""The audit log: what was changed, cut, moved or written anew is found and named."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import Any

import pytest

from studio.core.clock import utc_ms
from studio.governance import audit
from studio.governance.audit import AuditLog, Signer, link, logs
from studio.governance.audit_check import check_logs
from studio.governance.secrets import Secrets
from tests.waiting import until

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


def test_a_disk_that_is_full_for_a_while_breaks_no_chain(tmp_path: Path) -> None:
    """Half of a write goes through; what was lost is counted, what follows is whole."""
    log = AuditLog(tmp_path / "audit", lambda: signer(tmp_path))
    until(lambda: log.count > 0, "begun", 10)
    is_full = threading.Event()

    class Half:
        """The file, on a disk that takes half a line and then nothing."""

        def __init__(self, file: Any) -> None:
            self._file = file

        def write(self, data: memoryview) -> int:
            if is_full.is_set():
                self._file.write(data[:31])
                raise OSError(28, "No space left on device")
            return int(self._file.write(data))

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

    put = log._put
    log._put = lambda file, entries: put(Half(file), entries)  # type: ignore[method-assign]
    is_full.set()
    for number in range(40):
        log.write("command", number=number)
    log.checkpoint()
    until(lambda: log.lost >= 40, "lost", 10)
    is_full.clear()
    for number in range(10):
        log.write("command", number=number)
    log.close()
    report = check_logs(log.folder, signer(tmp_path).public)
    assert report.flaws == ()
    assert report.entries >= 12
    text = logs(log.folder)[0].read_text(encoding="utf-8")
    assert '"kind":"lost"' in text


def test_a_clock_that_was_set_is_named_by_line_and_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set back while it runs, and between two runs."""
    ahead = [0]
    monkeypatch.setattr(audit, "utc_ms", lambda: utc_ms() + ahead[0])
    log = AuditLog(tmp_path / "audit", lambda: signer(tmp_path))
    until(lambda: log.count > 0, "begun", 10)
    log.write("command", number=1)
    until(lambda: log.count > 1, "written", 10)
    ahead[0] = -3_600_000
    log.write("command", number=2)
    log.close()
    clocks = check_logs(log.folder, signer(tmp_path).public).flaws
    assert [(flaw.what, flaw.line, flaw.count) for flaw in clocks] == [("clock", 3, -3600)]
    assert clocks[0].at > clocks[0].seen
    ahead[0] = -7_200_000
    AuditLog(tmp_path / "audit", lambda: signer(tmp_path)).close()
    whole = check_logs(log.folder, signer(tmp_path).public)
    assert {flaw.what for flaw in whole.flaws} == {"clock"}
    assert any(flaw.line == 0 and flaw.count <= -3590 for flaw in whole.flaws)
