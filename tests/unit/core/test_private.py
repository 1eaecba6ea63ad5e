"""What the studio writes is its user's alone, and a log steers no terminal."""

from __future__ import annotations

import logging
import os
import stat
import tempfile
from pathlib import Path

import pytest

from studio.core import paths
from studio.core.log import redact, start_logging, without_controls
from studio.insight.journal import Journal

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX modes and owners")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SHOPCAST_RUNTIME", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_link_laid_beforehand_is_not_followed(temporary: Path) -> None:
    usual = paths.runtime_dir()
    usual.rmdir()
    target = temporary / "target"
    target.mkdir(mode=0o755)
    target.chmod(0o755)
    usual.symlink_to(target)
    taken = paths.runtime_dir()
    assert taken != usual
    assert not taken.is_symlink()
    assert mode(taken) == 0o700
    assert mode(target) == 0o755
    usual.unlink()
    assert paths.runtime_dir() == taken, "processes that start later meet the earlier ones"


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root gives folders away")
def test_a_folder_of_another_user_is_left_to_them(temporary: Path) -> None:
    usual = paths.runtime_dir()
    os.chown(usual, 65534, 65534)
    taken = paths.runtime_dir()
    assert taken != usual
    assert mode(taken) == 0o700
    assert taken.stat().st_uid == os.getuid()


@pytest.mark.parametrize("is_there", [False, True])
def test_journal_and_log_are_private(tmp_path: Path, is_there: bool) -> None:
    log, base = tmp_path / "a.log", tmp_path / "journal.db"
    if is_there:
        for file in (log, base):
            file.touch()
            file.chmod(0o644)
    before = logging.getLogger().handlers[:]
    try:
        start_logging(log)
        logging.getLogger("x").warning("\x1b]0;owned\x07 rtsp://u:pass@word@host/a")
        said = log.read_text("utf-8")
    finally:
        logging.getLogger().handlers[:] = before
    assert "\x1b" not in said
    assert "\\x1b" in said
    assert "pass" not in said
    assert "word" not in said
    journal = Journal(base, "show")
    journal.close()
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {log, base} < set(files), "the key of the journal is kept beside them"
    for file in files:
        assert mode(file) == 0o600, file


def test_controls_are_written_out() -> None:
    steering = [*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)]
    assert without_controls("a\n\tb") == "a\n\tb"
    for sign in steering:
        assert without_controls(chr(sign)) == f"\\x{sign:02x}"


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps", "http", "https", "srt", "RTSP"])
def test_a_password_in_an_address_is_hidden(scheme: str) -> None:
    said = redact(f"{scheme}://admin:s3cret-pw@10.0.0.2:554/ch1?a=b failed")
    assert "s3cret" not in said
    assert "10.0.0.2:554/ch1" in said
