"""A PulseAudio server of a test's own, with a virtual microphone that is also its speaker."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import wave
from pathlib import Path

import numpy as np


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
