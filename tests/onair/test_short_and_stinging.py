"""A recording that is ended at once leaves a file; a stinger is heard as well as seen."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.onair.peer import Peer
from tests.onair.studio import Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(200)]
HZ = 1500


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio(tmp_path_factory.mktemp("short")) as running:
        yield running
        assert "Traceback" not in running.log()


@pytest.fixture
def peer(studio: Studio) -> Iterator[Peer]:
    with Peer(studio.address) as found:
        yield found


def pictures_of(path: Path) -> int:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v", "-show_entries",
         "stream=nb_read_frames", "-of", "default=nw=1:nk=1", str(path)],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return int(done.stdout.split()[0])


@pytest.mark.parametrize("ending", [".mkv", ".mp4", ".flv"])
def test_a_recording_that_is_ended_at_once_leaves_a_file(
    peer: Peer, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"short{ending}"
    peer.run("record.start", file=str(path))
    done = peer.run("record.stop")
    assert Path(done["result"]["file"]) == path
    assert pictures_of(path) >= 1


def loud_part(path: Path, hz: int) -> float:
    """Seconds of a recording in which a tone is the loudest there is."""
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-vn", "-ac", "1", "-ar", "8000", "-f", "s16le",
         "-"],
        capture_output=True, stdin=subprocess.DEVNULL, check=True,
    ).stdout  # fmt: skip
    sound, step = np.frombuffer(raw, "<i2").astype(float), 800
    blocks = [sound[at : at + step] for at in range(0, len(sound) - step + 1, step)]
    found = 0
    for block in blocks:
        spectrum = np.abs(np.fft.rfft(block * np.hanning(step)))
        found += np.abs(block).max() > 300 and abs(int(spectrum.argmax()) * 10 - hz) <= 20
    return found * 0.1


@pytest.mark.parametrize("is_on", [True, False])
def test_a_stinger_is_heard_unless_it_is_switched_off(
    peer: Peer, tmp_path: Path, is_on: bool
) -> None:
    film, path = tmp_path / "sting.mov", tmp_path / "take.mkv"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "color=red:s=160x90:r=10:d=1",
         "-f", "lavfi", "-i", f"sine={HZ}:r=44100:d=1", "-c:v", "qtrle", "-c:a", "pcm_s16le",
         str(film)],
        stdin=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    settings = {"path": str(film), "sound": is_on}
    peer.run("scenes.transition", kind="stinger", settings=settings)
    peer.run("record.start", file=str(path))
    deadline = time.monotonic() + 20
    while peer.ask("GetRecordStatus")["outputBytes"] == 0:
        assert time.monotonic() < deadline
    peer.run("scenes.take", scene="Two")
    peer.event("SceneTransitionEnded")
    peer.run("record.stop")
    heard = loud_part(path, HZ)
    assert (0.7 <= heard <= 1.2) if is_on else heard == 0
    peer.run("scenes.take", scene="One", transition="cut")
