"""The desk's tests use what the desk shows and names publicly: nobody's private names."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "ui"
PRIVATE = re.compile(r"(?<!\bself)\._(?!_)[a-z]\w*|\bimport _[a-z]\w*")


def test_no_private_name_is_reached_for() -> None:
    reached = [
        f"{file.name}:{number} {found[0]}"
        for file in sorted(FOLDER.glob("*.py"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if (found := PRIVATE.search(line)) is not None
    ]
    assert not reached, "give it a name of its own, or use it as a person does"
