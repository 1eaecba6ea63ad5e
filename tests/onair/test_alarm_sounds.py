"""Alarm sounds are heard on the chosen output; programme and monitor mix have none of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from studio.audio.chime import NOTES, AlarmSpeaker
from studio.audio.playback import playbacks
from tests.onair.door import Door
from tests.onair.pulse import Pulse
from tests.onair.studio import Studio
from tests.waiting import until

pytestmark = [
    pytest.mark.onair,
    pytest.mark.timeout(120),
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or shutil.which("pulseaudio") is None,
        reason="needs pulseaudio",
    ),
]
RATE = 48_000


class Ear:
    """What a sink plays, as it is recorded from its monitor."""

    def __init__(self, pulse: Pulse, sink: str) -> None:
        self.path = pulse.folder / f"{sink}.raw"
        self._file = self.path.open("wb")
        call = ["parec", "-d", f"{sink}.monitor", "--format=float32le", "--rate=48000",
                "--channels=1", "--latency-msec=20"]  # fmt: skip
        self._child = subprocess.Popen(call, env=pulse.environment, stdout=self._file)

    def sound(self) -> Any:
        whole = self.path.read_bytes()
        return np.frombuffer(whole[: len(whole) // 4 * 4], np.float32)

    def stop(self) -> None:
        self._child.terminate()
        self._child.wait()
        self._file.close()


def loudest_db(sound: Any, hertz: float) -> float:
    """The loudest tenth of a second of a tone, dB under full scale."""
    count = RATE // 10
    blocks = sound[: len(sound) // count * count].reshape(-1, count)
    if not len(blocks):
        return -200.0
    wave = np.exp(-2j * np.pi * hertz * np.arange(count) / RATE)
    return float(20 * np.log10(np.abs(blocks @ wave).max() * 2 / count + 1e-10))


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    server = Pulse(tmp_path)
    monkeypatch.setenv("PULSE_SERVER", f"unix:{server.socket}")
    server.start()
    subprocess.run(
        ["pactl", "load-module", "module-null-sink", "sink_name=alarms", "rate=48000",
         "sink_properties=device.description=Alarms"],
        env=server.environment, check=True, capture_output=True,
    )  # fmt: skip
    yield server
    server.stop()


def test_heard_on_the_chosen_output_and_nowhere_else(pulse: Pulse, tmp_path: Path) -> None:
    file = tmp_path / "programme.mkv"
    assert "Alarms" in [output["name"] for output in playbacks()]
    other = next(output["name"] for output in playbacks() if output["name"] != "Alarms")
    chosen, monitored = Ear(pulse, "alarms"), Ear(pulse, "vmic")
    faults: list[object] = []
    speaker = AlarmSpeaker(faults.append)
    with Studio(tmp_path) as studio, Door(studio.address) as door:
        door.run("sound.headphones", on=True, device=other)
        door.run("outputs.add", name="file", url=str(file), canvas="landscape", kind="file")
        door.run("outputs.start", name="file")

        def sent() -> int:
            return int(door.run("outputs.list")["result"][0]["packets"])

        until(lambda: sent() > 20, "the recording runs")
        for level in NOTES:
            assert speaker.play(level, "Alarms", -12.0)
            until(lambda: not speaker.is_playing, f"{level} is over")
        until(lambda: loudest_db(chosen.sound(), 523.25) > -20, "the last is heard")
        before = sent()
        until(lambda: sent() > before + 40, "it would have come by now")
        door.run("outputs.stop", name="file", confirm=True)
    speaker.stop()
    chosen.stop()
    monitored.stop()
    assert faults == [None] * len(NOTES)
    with av.open(str(file)) as media:
        programme = np.concatenate([f.to_ndarray()[0] for f in media.decode(audio=0)])
    assert len(programme) > RATE
    for hertz in {hertz for notes in NOTES.values() for hertz, _ in notes if hertz}:
        assert loudest_db(chosen.sound(), hertz) > -20, hertz
        assert loudest_db(programme, hertz) <= -90, hertz
        assert loudest_db(monitored.sound(), hertz) <= -90, hertz
