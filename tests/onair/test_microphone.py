"""A microphone through the real path: PulseAudio's virtual source, lost and found again."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.audio.headphones import Monitor
from studio.audio.model import Headphones
from studio.audio.playback import playbacks
from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.media.sound import NS_PER_SAMPLE
from studio.sources.base import SourceContext
from studio.sources.kinds.desktop_sound import DesktopSound, loopbacks
from studio.sources.kinds.microphone import Microphone, microphones
from studio.sources.runner import SourceRunner
from tests.onair.pulse import Pulse

pytestmark = [
    pytest.mark.onair,
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or shutil.which("pulseaudio") is None,
        reason="needs pulseaudio",
    ),
]


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
    assert any("Remapped" in microphone["name"] for microphone in microphones())
    runner = SourceRunner("mic", Microphone(Microphone.decode({}), SourceContext(Path())))
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


def test_the_headphones_play_go_silent_and_play_again(pulse: Pulse) -> None:
    """What the monitor plays is heard at the sound server's own speaker."""
    assert any(
        "vmic" in playback["name"].lower() or "null" in playback["name"].lower()
        for playback in playbacks()
    )
    runner = SourceRunner("mic", Microphone(Microphone.decode({}), SourceContext(Path())))
    runner.start()
    monitor, stopping = Monitor(), threading.Event()

    def mix() -> None:
        made, began = 0, now_ns()
        tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(1600) / 48_000)).astype(np.float32)
        while not stopping.wait(0.005):
            while began + made * NS_PER_SAMPLE < now_ns():
                monitor.hear(np.stack([tone, tone], 1), int(began + made * NS_PER_SAMPLE))
                made += 1600

    mixer = threading.Thread(target=mix)
    mixer.start()

    def level() -> float:
        return float(np.abs(runner.ring.take(1600, now_ns() - 60_000_000)).max())

    try:
        monitor.set(Headphones(is_on=True))
        assert until(lambda: level() > 0.1)
        assert monitor.is_playing
        monitor.set(Headphones(is_on=True, gain_db=-40.0))
        assert until(lambda: 0 < level() < 0.05)
        pulse.stop()
        assert until(lambda: monitor.error is not None)
        pulse.start()
        monitor.set(Headphones(is_on=True))
        assert until(lambda: level() > 0.1, 30)
        monitor.set(Headphones())
        assert not monitor.is_playing
        assert until(lambda: level() < 0.01)
        monitor.set(Headphones(is_on=True, device="no such device"))
        assert until(lambda: monitor.error is not None)
        assert "no such device" in monitor.error.in_language("en")
    finally:
        stopping.set()
        mixer.join()
        monitor.stop()
        runner.stop()


def test_desktop_sound_is_what_the_machine_plays(pulse: Pulse) -> None:
    found = loopbacks()
    assert found, microphones()
    runner = SourceRunner("pc", DesktopSound(DesktopSound.decode({}), SourceContext(Path())))
    runner.start()
    player = pulse.play(30)

    def level() -> float:
        return float(np.abs(runner.ring.take(1600, now_ns() - 60_000_000)).max())

    try:
        assert until(lambda: level() > 0.05), runner.error
        player.kill()
        player.wait()
        assert until(lambda: level() < 0.001)
    finally:
        runner.stop()
        player.kill()
        player.wait()
    gone = DesktopSound(DesktopSound.decode({"device": "no such"}), SourceContext(Path()))
    with pytest.raises(StudioError) as wrong:
        gone._open()
    assert wrong.value.key == "sources.no_desktop_sound"
