"""A studio on a server of its own, in folders of its own, for one job of the line benchmark."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.base import Row
from bench.line.chain import BenchChain, write_show
from bench.line.film import DrawnFilm
from bench.line.server import Nginx
from bench.places import own_places

SIZE = (1280, 720)


class Rig:
    """A studio on a server.

    Args:
        root: empty folder.
        size: of the landscape canvas.
    """

    def __init__(self, root: Path, size: tuple[int, int] = SIZE) -> None:
        self.root = root
        self.server = Nginx(root / "nginx")
        self.show = write_show(root / "line.show", size)
        self.environment = own_places(root)
        self.recording = root / "a.mkv"

    def start(self, *push: str) -> BenchChain:
        """Runs it, pushing to these addresses and recording; returns when all of it flows."""
        arguments = [part for url in push for part in ("--push", url)]
        chain = BenchChain(
            "run", str(self.show), *arguments, "--record", str(self.recording), "--port", "0",
            "--password", "", environment=self.environment,
        )  # fmt: skip
        chain.event("on_air")
        for number in range(len(push)):
            chain.flows(f"push{number + 1}")
        chain.flows("record")
        return chain


@contextlib.contextmanager
def running_rig(size: tuple[int, int] = SIZE) -> Iterator[Rig]:
    """A rig whose server runs; nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory(prefix="line-") as folder:
        rig = Rig(Path(folder), size)
        with rig.server:
            yield rig


def remote_of(chain: BenchChain) -> str:
    """Address of the newest engine's door."""
    lines = [line for _, line in chain.lines if line["event"] in ("on_air", "back_on_air")]
    return str(lines[-1]["remote"])


def film_rows(what: str, film: DrawnFilm, hole_ms: float) -> list[Row]:
    """What is asked of everything that arrived."""
    return [
        Row(f"{what}: longest hole", film.largest_hole_ms, None, "ms", hole_ms),
        Row(f"{what}: timestamps going back", film.goes_back, None, "", 0),
        Row(f"{what}: decoding faults", film.faults, None, "", 0),
    ]


def missing_of(film: DrawnFilm, fps: int = 30) -> int:
    """Pictures that a film of this rate should have between its first and last."""
    return sum(max(0, round(step * fps / 1000) - 1) for step in film.steps_ms())


def whole_rows(what: str, film: DrawnFilm, done: dict[str, Any]) -> list[Row]:
    """Nothing is missing but what the clock of a crowded machine skipped itself.

    Args:
        done: the engine's last line.
    """
    missing, skipped = missing_of(film), int(done["missed"]) + int(done["dropped"])
    return [
        Row(f"{what}: pictures the clock skipped", skipped, None, ""),
        Row(f"{what}: other pictures missing", missing - skipped, None, "", 0),
        *film_rows(what, film, 100 + 34 * skipped),
    ]
