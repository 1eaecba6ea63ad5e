"""A text said: sound at 48 kHz with its mouth shapes, and as a WAV file."""

from __future__ import annotations

import functools
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from studio.host.voice.front import FrontEnd
from studio.host.voice.kokoro import FRAME, RATE, Speech, SpeechSynthesiser
from studio.host.voice.mouths import mouths_of_phonemes
from studio.media.spoken import STEP, SpokenFile

GAP_STEPS = 6
"""Silence between two pieces: 150 ms."""
OUT_RATE = 48_000
PEAK = 0.89
LONGEST_TEXT = 2_000


class Sayer:
    """Front end and model, loaded once; it belongs to one thread.

    Args:
        folder: with the files of the model.
        own: words of one's own (`FrontEnd`).
    """

    def __init__(self, folder: Path, own: Mapping[str, str] | None = None) -> None:
        self._front = FrontEnd(folder, own)
        self._model = SpeechSynthesiser(folder)

    def say(self, text: str, language: str, voice: str, speed: float = 1.0) -> SpokenFile:
        """Says a text; what has nothing that can be said is no sound at all."""
        sound: list[Speech] = []
        mouths: list[str] = []
        for piece in self._front.pieces(text[:LONGEST_TEXT], language):
            made = self._model.speak(piece, voice, speed)
            if not made.signs:
                continue
            if sound:
                sound.append(np.zeros(GAP_STEPS * FRAME, np.float32))
                mouths.append("-" * GAP_STEPS)
            sound.append(made.sound)
            mouths.append(mouths_of_phonemes(made.signs, made.lengths))
        if not sound:
            return SpokenFile(b"", "")
        return SpokenFile(_pcm(np.concatenate(sound)), "".join(mouths))


def _pcm(sound: Speech) -> bytes:
    """24 kHz float to 48 kHz 16 bit, with a peak of at most -1 dB."""
    stuffed = np.zeros(len(sound) * (OUT_RATE // RATE), np.float32)
    stuffed[::2] = sound
    smooth = np.convolve(stuffed, _half_band(), mode="same")
    peak = float(np.abs(smooth).max(initial=0.0))
    if peak > PEAK:
        smooth *= PEAK / peak
    return bytes(np.rint(smooth * 32_767).astype("<i2").tobytes())


@functools.cache
def _half_band() -> Speech:
    """A low pass at half the band, with the gain that zeros in between need."""
    at = np.arange(-31, 32)
    taps = np.sinc(at / 2) * np.blackman(len(at))
    made: Speech = (taps * 2 / taps.sum()).astype(np.float32)
    return made


def wav_bytes(made: SpokenFile, comment: str) -> bytes:
    """A WAV file, 48 kHz, 16 bit, one channel.

    Args:
        comment: goes into its INFO list as a comment (ICMT).
    """
    said = comment.encode() + b"\0"
    said += b"\0" * (len(said) % 2)
    info = b"INFO" + b"ICMT" + struct.pack("<I", len(said)) + said
    form = struct.pack("<HHIIHH", 1, 1, OUT_RATE, OUT_RATE * 2, 2, 16)
    body = b"WAVE" + b"".join(
        name + struct.pack("<I", len(raw)) + raw
        for name, raw in ((b"fmt ", form), (b"LIST", info), (b"data", made.pcm))
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


assert STEP == FRAME * (OUT_RATE // RATE)
