"""Whisper base on a short piece of sound: words, and how sure they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from studio.host.ears.windows import RATE, Sound

FRAMES_S = 100
LEAST_S = 3.5
"""Shorter sound is filled up with silence: the model was made for long pieces."""
LEAST_SCORE = -1.1
MOST_NO_SPEECH = 0.6
MOST_TOKENS = 72
_LOOP = re.compile(r"(.{1,6}?)\1{4,}")
"""What is said over and over is made up (转转转转)."""


class HeardWords(NamedTuple):
    """Words with how sure they are: mean log probability, and that nobody spoke."""

    text: str
    score: float
    no_speech: float

    @property
    def is_sure(self) -> bool:
        """Worth looking at."""
        return bool(
            self.text
            and self.score >= LEAST_SCORE
            and self.no_speech <= MOST_NO_SPEECH
            and not _LOOP.search(self.text)
        )


class SpeechRecogniser:
    """The model, loaded once; it belongs to one thread.

    Args:
        folder: with its files.
        language: "zh" or "en".
        hints: words that may come: names of goods and the like. They are the same for all
            windows; what was recognised before is never given to it.
    """

    def __init__(self, folder: Path, language: str, hints: str = "") -> None:
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer

        self._model: Any = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1,
            local_files_only=True,
        )  # fmt: skip
        self._tokens: Any = Tokenizer(
            self._model.hf_tokenizer, True, task="transcribe", language=language
        )
        self._prompt = [*self._tokens.sot_sequence, self._tokens.no_timestamps]
        if hints:
            words = self._tokens.encode(" " + hints.strip())[-80:]
            self._prompt = [self._tokens.sot_prev, *words, *self._prompt]

    def hear(self, sound: Sound) -> HeardWords:
        """The words of a piece of sound, 16 kHz, at most some seconds."""
        from faster_whisper.audio import pad_or_trim

        frames = int(max(LEAST_S, len(sound) / RATE + 0.5) * FRAMES_S)
        features = pad_or_trim(self._model.feature_extractor(sound)[:, :frames], frames)
        encoded = self._model.encode(features)
        made = self._model.model.generate(
            encoded, [self._prompt], beam_size=1, max_length=len(self._prompt) + MOST_TOKENS,
            return_scores=True, return_no_speech_prob=True, suppress_blank=True,
        )[0]  # fmt: skip
        text = self._tokens.decode(made.sequences_ids[0]).strip()
        return HeardWords(text, float(made.scores[0]), float(made.no_speech_prob))


def voice_finder() -> Any:
    """The voice detector that comes with the library (Silero v6)."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=0.5, min_speech_duration_ms=200, min_silence_duration_ms=250, speech_pad_ms=60
    )

    def find(sound: Sound) -> list[tuple[int, int]]:
        return [(part["start"], part["end"]) for part in get_speech_timestamps(sound, options)]

    return find
