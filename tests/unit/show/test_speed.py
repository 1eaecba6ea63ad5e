"""The speed of a show sizes buffers: what cannot be sent is refused before anything is made."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from studio.core.errors import StudioError
from studio.show.file import read_show, speed


@pytest.mark.parametrize(
    "text",
    [
        "1/1000000", "0", "0/1", "1/0", "-30", "241", "1e9", "1e-9", "1e999999999", "nan", "inf",
        "", "30/", "/1", "0.001", "9" * 400, "1/" + "9" * 400, "30 30", "0x10", "３０/0",
    ],
)  # fmt: skip
def test_no_absurd_speed_is_taken(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="between 1 and 240"):
        speed(text)
    (tmp_path / "show.json").write_text(json.dumps({"schema": 1, "fps": text}), encoding="utf-8")
    with pytest.raises(StudioError) as fault:
        read_show(tmp_path)
    assert fault.value.key == "show.broken"


@pytest.mark.parametrize(
    "text", ["30", "10", "1", "240", "29.97", "30000/1001", "60000/1001", "25.0"]
)
def test_every_speed_in_use_is_taken(text: str) -> None:
    assert speed(text) == Fraction(text)
