"""Loudness as FFmpeg's ebur128 measures it, and what is said when it leaves its target."""

from __future__ import annotations

import re
import shutil
import subprocess
import wave

import numpy as np
import pytest

from studio.audio.loudness import Loudness, LoudnessWatch
from studio.media.sound import RATE, silence


def tone(db, seconds=5.0, hz=997.0):
    at = np.arange(int(RATE * seconds)) / RATE
    wave_ = 10 ** (db / 20) * np.sin(2 * np.pi * hz * at)
    return np.stack([wave_, wave_], axis=1).astype(np.float32)


def in_blocks(meter, samples, size=1601):
    for at in range(0, len(samples), size):
        meter.feed(samples[at : at + size])


def test_the_standards_own_signal():
    """EBU Tech 3341, case 1: a 1 kHz sine at -23 dBFS on both channels reads -23 LUFS."""
    meter = Loudness()
    in_blocks(meter, tone(-23.0, 20.0, 1000.0))
    assert meter.momentary == pytest.approx(-23.0, abs=0.1)
    assert meter.short_term == pytest.approx(-23.0, abs=0.1)
    assert meter.integrated == pytest.approx(-23.0, abs=0.1)


def test_silence_and_what_is_much_quieter_do_not_count():
    """EBU Tech 3341, case 4 in short: -72, -36, -23, -36, -72 dBFS reads -23 LUFS."""
    meter = Loudness()
    for db, seconds in ((-72, 5), (-36, 5), (-23, 30), (-36, 5), (-72, 5)):
        in_blocks(meter, tone(db, seconds))
    assert meter.integrated == pytest.approx(-23.0, abs=0.15)
    in_blocks(meter, silence(RATE * 4))
    assert meter.momentary == -120.0
    assert meter.integrated == pytest.approx(-23.0, abs=0.15)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is the peer")
@pytest.mark.parametrize("seed", [1, 2])
def test_it_agrees_with_ffmpeg(tmp_path, seed):
    """Noise through bands and pauses, against the ebur128 filter of the ffmpeg command."""
    random = np.random.default_rng(seed)
    parts = []
    for _ in range(12):
        loud = 10 ** (random.uniform(-40, -12) / 20)
        block = random.normal(0, loud, (RATE, 2))
        kernel = np.ones(int(random.integers(1, 40)))
        for channel in range(2):
            block[:, channel] = np.convolve(block[:, channel], kernel / len(kernel), "same")
        parts.append(block)
    samples = np.clip(np.concatenate(parts), -1, 1).astype(np.float32)
    path = tmp_path / "x.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    said = subprocess.run(
        ["ffmpeg", "-nostats", "-i", str(path), "-af", "ebur128", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stderr
    theirs = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])
    meter = Loudness()
    in_blocks(meter, samples)
    assert meter.integrated == pytest.approx(theirs, abs=0.2)


def heard(watch, samples):
    watch._loudness.feed(samples[:0])
    for at in range(0, len(samples), 4800):
        if watch._loudness.feed(samples[at : at + 4800]):
            watch._judge()
    return watch.reading.verdict


def test_a_warning_comes_late_and_goes_at_once():
    watch = LoudnessWatch()
    assert heard(watch, tone(-16.0, 5)) == "ok"
    assert heard(watch, tone(-30.0, 5)) == "ok"  # speech has pauses
    assert heard(watch, tone(-30.0, 12)) == "quiet"
    assert heard(watch, tone(-16.0, 4)) == "ok"
    assert heard(watch, tone(-6.0, 15)) == "loud"
    assert heard(watch, silence(RATE * 7)) == "silent"
    assert heard(watch, tone(-16.0, 5)) == "ok"


def test_it_works_in_its_own_thread_and_starts_over():
    watch = LoudnessWatch()
    watch.start()
    try:
        import threading

        done = threading.Event()
        for _ in range(40):
            watch.hear(tone(-20.0, 0.1))
        for _ in range(200):
            if watch.reading.momentary > -21:
                break
            done.wait(0.02)
        assert watch.reading.momentary == pytest.approx(-20.0, abs=0.3)
    finally:
        watch.stop()
