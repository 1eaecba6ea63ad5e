"""Speech for the set: Kokoro reads the sentences in several voices, with music and noise beside.

The model and its voices come from packages and are put into a folder by hand (docs/host.md);
none of it, and no sound, is part of the project.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

from studio.host.ears.windows import RATE as HEARD_RATE
from studio.host.ears.windows import Sound
from studio.host.numbers import digits_en, digits_zh, number_of, spoken_en, spoken_zh
from studio.host.voice.front import english_dictionary

RATE = 24_000
VOICES = {
    "zh": ("zf_xiaobei", "zf_xiaoni", "zf_xiaoxiao", "zf_xiaoyi", "zm_yunjian", "zm_yunxi",
           "zm_yunxia", "zm_yunyang"),
    "en": ("af_heart", "af_bella", "am_adam", "am_michael", "bf_emma", "bm_george"),
}  # fmt: skip


class KokoroReader:
    """Reads sentences aloud.

    Args:
        folder: with ``kokoro.onnx``, ``vocab.json``, ``voices/*.bin``.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from misaki import zh

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(folder / "kokoro.onnx"), options)
        vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        self._vocabulary: dict[str, int] = vocabulary.get("vocab", vocabulary)
        self._folder, self._chinese = folder, zh.ZHG2P()
        self._english = english_dictionary(
            Path(sys.modules["misaki"].__file__ or "").parent / "data"
        )

    def read(self, text: str, language: str, voice: str, speed: float = 1.0) -> Sound:
        """The sound at 16 kHz, as a microphone would bring it."""
        if language == "zh":
            phonemes = self._chinese(spoken_figures_zh(text))
            phonemes = phonemes[0] if isinstance(phonemes, tuple) else phonemes
        else:
            phonemes = self._said_en(text)
        tokens = [self._vocabulary[sign] for sign in phonemes if sign in self._vocabulary][:500]
        raw = (self._folder / "voices" / f"{voice}.bin").read_bytes()
        styles: Sound = np.frombuffer(raw, np.float32).reshape(-1, 1, 256)
        inputs: dict[str, Any] = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": styles[len(tokens)],
            "speed": np.array([speed], np.float32),
        }
        sound: Sound = np.asarray(self._session.run(None, inputs)[0], np.float32).reshape(-1)
        return resampled(sound)

    def _said_en(self, text: str) -> str:
        said = []
        for piece in re.findall(r"[A-Za-z']+|[$£€]?\d[\d,.]*%?|[.,?!]", text):
            if re.match(r"[$£€]?\d", piece):
                said += [self._english.get(word, "") for word in _figure_en(piece).split()]
            elif piece in ".,?!":
                said.append(piece)
            else:
                said.append(self._word(piece))
        return re.sub(r" ([.,?!])", r"\1", " ".join(said))

    def _word(self, word: str) -> str:
        found = self._english.get(word) or self._english.get(word.lower())
        if found:
            return found
        return " ".join(self._english.get(sign.upper(), "") for sign in word)


def _figure_en(piece: str) -> str:
    unit = {"$": " dollars", "£": " pounds", "€": " euros"}.get(piece[0], "")
    unit += " percent" if piece.endswith("%") else ""
    whole, _, part = piece.strip("$£€%.,").replace(",", "").partition(".")
    words = spoken_en(int(whole or 0))
    if part:
        words += " point " + digits_en(part)
    return words + unit


def spoken_figures_zh(text: str) -> str:
    """Figures as they are read: 95% → 百分之九十五, 7.5 → 七点五, $20 → 二十美元."""

    def said(found: re.Match[str]) -> str:
        whole, _, part = found["number"].replace(",", "").partition(".")
        value = spoken_zh(number_of(whole) or 0) + (f"点{digits_zh(part)}" if part else "")
        return f"百分之{value}" if found["percent"] else value

    text = re.sub(r"(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<percent>%|％)?", said, text)
    letters = {"X": "艾克斯", "L": "艾勒", "S": "艾丝", "M": "艾姆"}
    return re.sub(r"[XLSM]+(?=码|$|[，。])", lambda f: "".join(letters[s] for s in f[0]), text)


def resampled(sound: Sound) -> Sound:
    """24 kHz to 16 kHz: three samples become two, after a short low-pass."""
    taps = np.sinc(np.arange(-16, 17) * 0.62) * np.hamming(33)
    low = np.convolve(sound, taps / taps.sum(), "same")
    at = np.arange(int(len(low) * HEARD_RATE / RATE)) * (RATE / HEARD_RATE)
    made: Sound = np.interp(at, np.arange(len(low)), low).astype(np.float32)
    return made


def noisy(sound: Sound, kind: str, snr_db: float, seed: int) -> Sound:
    """With noise or music beside it, so many dB below the speech."""
    random = np.random.default_rng(seed)
    beside = _music(len(sound), random) if kind == "music" else pink(len(sound), random)
    power = float(np.mean(np.square(sound[np.abs(sound) > 0.01]))) if np.any(sound) else 1e-4
    scale = np.sqrt(power / (10 ** (snr_db / 10)) / float(np.mean(np.square(beside)) + 1e-12))
    made: Sound = (sound + beside * scale).astype(np.float32)
    return made


def pink(count: int, random: np.random.Generator) -> Sound:
    """Like a fan: falls with the frequency."""
    spectrum = np.fft.rfft(random.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(1, np.arange(len(spectrum))))
    made = np.fft.irfft(spectrum, count)
    level: Sound = (made / (np.abs(made).max() + 1e-9)).astype(np.float32)
    return level


def _music(count: int, random: np.random.Generator) -> Sound:
    """Chords that change, with a beat."""
    time = np.arange(count) / HEARD_RATE
    made = np.zeros(count)
    for begin in range(0, count, HEARD_RATE):
        root = 110 * 2 ** (random.integers(0, 12) / 12)
        part = slice(begin, min(count, begin + HEARD_RATE))
        for ratio in (1, 1.25, 1.5, 2, 3):
            made[part] += np.sin(2 * np.pi * root * ratio * time[part]) / ratio
        hit = np.exp(-np.arange(part.stop - part.start) / 800)
        made[part] += hit * random.standard_normal(part.stop - part.start)
    level: Sound = (made / (np.abs(made).max() + 1e-9)).astype(np.float32)
    return level
