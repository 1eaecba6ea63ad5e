"""A mix a canvas: what is taken off the portrait stream is silent there alone."""

from __future__ import annotations

import time
from pathlib import Path

import av
import numpy as np
import pytest

from tests.onair.door import Door
from tests.onair.studio import Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]


def levels(path: Path) -> list[float]:
    """RMS in dB of every tenth of a second."""
    with av.open(str(path)) as media:
        blocks = [f.to_ndarray().astype(np.float32) for f in media.decode(audio=0)]
        times = None
        media.seek(0)
        times = [p.pts for p in media.demux(audio=0) if p.pts is not None]
    assert times == sorted(times)
    sound = np.concatenate([b[0] if b.ndim > 1 else b for b in blocks])
    count = len(sound) // 4800
    power = np.square(sound[: count * 4800].reshape(count, 4800)).mean(axis=1)
    return [float(10 * np.log10(p + 1e-12)) for p in power]


def test_a_strip_leaves_one_canvas_and_comes_back(tmp_path: Path) -> None:
    wide, tall = tmp_path / "wide.mkv", tmp_path / "tall.mkv"
    with Studio(tmp_path, canvas="both") as studio, Door(studio.address) as door:
        door.run("sound.set", source="tone", follows_scene=False, gain_db=0)
        door.run("sound.mute", source="clip", on=True)
        for name, path, canvas in (("w", wide, "landscape"), ("t", tall, "portrait")):
            door.run("outputs.add", name=name, url=str(path), canvas=canvas, kind="file")
            door.run("outputs.start", name=name)

        def packets() -> int:
            found = door.run("outputs.list")["result"]
            return int(next(entry["packets"] for entry in found if entry["name"] == "t"))

        def go_on(count: int) -> None:
            """Waits until the portrait file has that many packets more."""
            wanted, deadline = packets() + count, time.monotonic() + 30
            while packets() < wanted:
                assert time.monotonic() < deadline
                time.sleep(0.02)

        go_on(60)
        door.run("sound.send", source="tone", canvas="portrait", gain_db=-100)
        go_on(120)
        door.run("sound.send", source="tone", canvas="portrait", gain_db=0)
        go_on(120)
        for name in ("w", "t"):
            door.run("outputs.stop", name=name, confirm=True)
    loud = [db > -40 for db in levels(wide)]
    assert sum(loud) > 0.9 * len(loud)
    there = [db > -40 for db in levels(tall)]
    assert there[3]
    quiet = [n for n, is_loud in enumerate(there) if not is_loud and n > 3]
    assert len(quiet) > 8, "it was never taken off"
    assert there[-2], "it never came back"
