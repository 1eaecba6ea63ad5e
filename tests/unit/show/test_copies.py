"""Copies of a show that were kept: which is the latest."""

from __future__ import annotations

from pathlib import Path

from studio.show.file import last_copies


def test_copies_of_one_millisecond_are_in_the_order_they_were_made(tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    stamp = "show-2026-12-01T061021123Z"
    names = [f"{stamp}.json", f"{stamp}-0001.json", f"{stamp}-0002.json",
             "show-2026-12-01T061021124Z.json"]  # fmt: skip
    for name in names:
        (tmp_path / "backups" / name).write_text("{}", encoding="utf-8")
    assert [path.name for path in last_copies(tmp_path)] == names[::-1]
