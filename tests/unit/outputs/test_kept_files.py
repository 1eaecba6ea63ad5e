"""Recordings and clips are found again: newest first, what is no film left out."""

from __future__ import annotations

import os
from pathlib import Path

from studio.outputs.kept_files import kept_files


def _film(path: Path, at_s: int, size: int = 10) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (at_s, at_s))
    return path


def test_the_newest_come_first_clips_among_them(tmp_path: Path) -> None:
    for number in range(7):
        _film(tmp_path / f"{number}.mkv", 1_000_000 + number * 10, number)
    _film(tmp_path / "clips" / "墨镜.mp4", 1_000_055)
    _film(tmp_path / "picture.png", 2_000_000)
    _film(tmp_path / ".half.mkv", 2_000_000)
    (tmp_path / "folder.mkv").mkdir()
    found = kept_files(tmp_path)
    assert [Path(kept.file).name for kept in found] == [
        "6.mkv", "墨镜.mp4", "5.mkv", "4.mkv", "3.mkv"
    ]  # fmt: skip
    assert [kept.is_clip for kept in found] == [False, True, False, False, False]
    assert found[0].size_bytes == 6
    assert found[0].at_utc == "1970-01-12T13:47:40.000Z"
    assert len(kept_files(tmp_path, most=100)) == 8


def test_what_is_written_now_stands_on_top(tmp_path: Path) -> None:
    old = _film(tmp_path / "show.mkv", 1_000_000)
    _film(tmp_path / "later.mkv", 2_000_000)
    found = kept_files(tmp_path, [str(old)])
    assert [(Path(kept.file).name, kept.is_growing) for kept in found] == [
        ("show.mkv", True),
        ("later.mkv", False),
    ]


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert kept_files(tmp_path / "gone") == []
    (tmp_path / "broken.mkv").symlink_to(tmp_path / "nowhere")
    assert kept_files(tmp_path) == []
