"""Whatever reads what others wrote says what is wrong with it, and nothing else."""

from __future__ import annotations

import random
from pathlib import Path

from bench.hostile.readers import hurt_readers, readers
from bench.hostile.values import Values, mutated

CALLS, SEED = 1300, 11


def test_right_inputs_are_read(tmp_path: Path) -> None:
    names = []
    for reader in readers(tmp_path):
        names.append(reader.name)
        reader.read(reader.seed)
    assert len(names) == len(set(names)) >= 24


def test_hurt_inputs_raise_nothing_else() -> None:
    counts, faults = hurt_readers(CALLS, SEED)
    assert faults == {}
    assert counts.total() == CALLS


def test_the_same_seed_gives_the_same() -> None:
    def drawn(seed: int) -> list[object]:
        chance = random.Random(seed)
        values = Values(chance, lambda: ["One"])
        schema = {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}
        return [(mutated(b"some words", chance), values.arguments(schema)) for _ in range(200)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
