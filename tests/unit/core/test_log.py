"""The log: nothing that strangers can say over and over fills it, no second line looks like one."""

from __future__ import annotations

import logging
from pathlib import Path

from studio.core.log import ALIKE_S, MOST_ALIKE, RepeatBrake, start_logging


def record(line: int, text: str = "forged by %s", *args: object) -> logging.LogRecord:
    return logging.LogRecord("a", logging.WARNING, "door.py", line, text, args or ("x",), None)


def test_a_flood_is_a_few_lines_and_a_number() -> None:
    now = 0.0
    brake = RepeatBrake(lambda: now)
    kept = [entry for entry in map(record, [1] * 5000) if brake.filter(entry)]
    assert len(kept) == MOST_ALIKE
    last = kept[-1]
    assert last.getMessage() == "forged by x (more like it are counted)"
    assert brake.filter(record(2)) is True, "other places are heard"
    now = ALIKE_S
    again = record(1)
    assert brake.filter(again)
    assert again.getMessage() == f"forged by x ({5000 - MOST_ALIKE} more like it before)"
    assert brake.filter(record(1)) is True


def test_many_places_are_not_kept_for_ever() -> None:
    brake = RepeatBrake(lambda: 0.0)
    for line in range(5000):
        brake.filter(record(line))
    assert len(brake._said) <= 500


def test_a_strangers_second_line_is_no_entry(tmp_path: Path) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        start_logging(tmp_path / "engine.log")
        logging.getLogger("a").warning("introduced as %s", "x\n12:00:00.000 ERROR studio: all lost")
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = before
        root.setLevel(level)
    lines = (tmp_path / "engine.log").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("    12:00:00.000 ERROR")
