"""A microphone through the real path: PulseAudio's virtual source, lost and found again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.core.clock import now_ns
from studio.sources.base import Surroundings
from studio.sources.microphone import Microphone, microphones
from studio.sources.runner import SourceRunner

pytestmark = [
    pytest.mark.onair,
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or shutil.which("pulseaudio") is None,
        reason="needs pulseaudio",
    ),
]


class Pulse:
    """A sound server of our own with one virtual microphone."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "p"
        self.environment = {
            **os.environ,
            "PULSE_SERVER": f"unix:{self.socket}",
            "PULSE_RUNTIME_PATH": str(folder),
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
                "--disallow-exit", "-L",
                f"module-native-protocol-unix socket={self.socket} auth-anonymous=1",
                "-L", "module-null-sink sink_name=vmic rate=48000",
                "-L", "module-remap-source master=vmic.monitor source_name=mic",
            ],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(400):
            if (
                subprocess.run(
                    ["pactl", "info"], env=self.environment, capture_output=True, check=False
                ).returncode
                == 0
            ):
                break
            time.sleep(0.02)
        subprocess.run(["pactl", "set-default-source", "mic"], env=self.environment, check=True)

    def play(self, seconds: float) -> subprocess.Popen[bytes]:
        """A tone into the microphone."""
        at = np.arange(int(seconds * 48_000)) / 48_000
        tone = self.folder / "tone.wav"
        with wave.open(str(tone), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(48_000)
            file.writeframes((8000 * np.sin(2 * np.pi * 440 * at)).astype("<i2").tobytes())
        return subprocess.Popen(
            ["paplay", "-d", "vmic", str(tone)],
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.socket.unlink(missing_ok=True)


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    server = Pulse(tmp_path)
    monkeypatch.setenv("PULSE_SERVER", f"unix:{server.socket}")
    server.start()
    yield server
    server.stop()


def until(check, seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        threading.Event().wait(0.02)
    return False


def test_a_microphone_is_listed_heard_lost_and_heard_again(pulse: Pulse) -> None:
    assert any("Remapped" in one["name"] for one in microphones())
    runner = SourceRunner("mic", Microphone(Microphone.decode({}), Surroundings(Path())))
    runner.start()
    player = pulse.play(60)
    levels: list[float] = []

    def hears() -> bool:
        block = runner.ring.take(1600, now_ns() - 60_000_000)
        levels.append(float(np.abs(block).max()))
        return levels[-1] > 0.05

    try:
        assert until(hears), levels[-5:]
        assert runner.health(now_ns()).state == "sound"
        pulse.stop()
        assert until(lambda: runner.health(now_ns()).state in ("lost", "missing"))
        player.wait()
        pulse.start()
        player = pulse.play(60)
        assert until(hears, 20), levels[-5:]
        assert until(lambda: runner.health(now_ns()).state == "sound")
    finally:
        runner.stop()
        player.kill()
        player.wait()
