"""The secret behind ingest keys: one for all who ask at once, never a part of one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from studio.core.paths import data_dir
from studio.sources.kinds.ingest import key_of

AT_ONCE, ROUNDS = 8, 200


def test_all_who_ask_at_once_get_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two ingests of a fresh machine: one of them had a key that nobody knew."""
    together = Barrier(AT_ONCE)

    def ask(_: int) -> str:
        together.wait(10)
        return key_of("phone")

    with ThreadPoolExecutor(AT_ONCE) as sources:
        for number in range(ROUNDS):
            monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / str(number)))
            assert len(set(sources.map(ask, range(AT_ONCE)))) == 1
            assert key_of("phone") == key_of("phone")
            assert [path.name for path in data_dir().iterdir()] == ["ingest.key"]


@pytest.mark.parametrize("left", [b"", b"short"])
def test_a_part_of_one_is_made_anew(left: bytes) -> None:
    data_dir().mkdir(parents=True, exist_ok=True)
    file = data_dir() / "ingest.key"
    file.write_bytes(left)
    made = key_of("phone")
    assert len(file.read_bytes()) == 32
    assert key_of("phone") == made
