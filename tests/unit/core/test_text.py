"""What somebody wrote as a number is one, or is none; it never ends what reads it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest

from studio.core.state_text import state_text
from studio.core.table_text import csv_bytes
from studio.core.text import natural

NONE = ("", "-1", "+1", "1.0", "²", "٣", "１２", "1 ", "9" * 19, "9" * 5_000)


class Parts:
    """A state of one part."""

    def get(self, names: Sequence[str]) -> dict[str, Any]:
        return {"x": ["first", "last"]}


@pytest.mark.parametrize("text", NONE)
def test_what_is_none(text: str) -> None:
    assert natural(text) is None


def test_what_is_one() -> None:
    assert [natural(text) for text in ("0", "007", "9" * 18)] == [0, 7, 10**18 - 1]


def test_a_path_of_the_state_that_somebody_wrote() -> None:
    assert [state_text(Parts(), f"x.{step}") for step in ("0", "-1")] == ["first", "last"]
    assert {state_text(Parts(), f"x.{step}") for step in ("²", "--1", "9" * 5_000, "2")} == {""}


def test_no_cell_of_a_table_is_a_formula_and_half_a_sign_ends_none() -> None:
    cells = ["=1", "＝1", "\n=1", "＠a", "-1", "a=1", "\ud83d", 5, None]
    (row,) = csv.reader(io.StringIO(csv_bytes([cells]).decode("utf-8-sig"), newline=""))
    assert row == ["'=1", "'＝1", "'\n=1", "'＠a", "'-1", "a=1", "?", "5", ""]
