"""Kokoro-82M: phonemes to sound, with the length of each phoneme."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from studio.core.clean import read_json

RATE = 24_000
FRAME = 600
"""Samples of one step of a phoneme's length: 25 ms."""
MOST_TOKENS = 180
"""The model takes 510, but long pieces of Chinese come out hurried and cut."""
STYLES, STYLE_SIZE = 510, 256
DURATIONS = "/encoder/Cast_output_0"
Voice = NDArray[np.float32]
Speech = NDArray[np.float32]


class SpokenPiece(NamedTuple):
    """Sound of a piece of text, and the phonemes it is made of.

    Attributes:
        sound: (n,) float32 at 24 kHz; n is 600 times the sum of ``lengths``.
        signs: the phonemes; "" before the first and after the last.
        lengths: of each in steps of 25 ms.
    """

    sound: Speech
    signs: tuple[str, ...]
    lengths: tuple[int, ...]


class SpeechSynthesiser:
    """The model, loaded once; it belongs to one thread.

    Args:
        folder: with its files (`studio.host.voice.model_files`).
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        onnxruntime.set_default_logger_severity(3)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = (folder / "kokoro.onnx").read_bytes() + _also(DURATIONS)
        self._session: Any = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )
        self._numbers: dict[str, int] = cast(Any, read_json((folder / "vocab.json").read_bytes()))[
            "vocab"
        ]
        self._folder = folder

    def knows(self, sign: str) -> bool:
        """Is it a phoneme of the model?"""
        return sign in self._numbers

    def speak(self, phonemes: str, voice: str, speed: float = 1.0) -> SpokenPiece:
        """Says phonemes; those that the model does not know are left out.

        Args:
            phonemes: at most `MOST_TOKENS` of them are said well, at most 510 at all.
            voice: name of one of the files of voices.
            speed: 1 is as the voice was made; 0.5 to 2.
        """
        signs = [sign for sign in phonemes if sign in self._numbers][: STYLES - 1]
        if not signs:
            return SpokenPiece(np.zeros(0, np.float32), (), ())
        tokens = np.array([[0, *(self._numbers[sign] for sign in signs), 0]], np.int64)
        sound, lengths = self._session.run(
            ["audio", DURATIONS],
            {
                "tokens": tokens,
                "style": _voice(self._folder / f"{voice}.bin")[len(signs) - 1][None],
                "speed": np.array([speed], np.float32),
            },
        )
        steps = tuple(int(step) for step in np.ravel(lengths))
        made = np.ravel(sound).astype(np.float32)
        return _trimmed(SpokenPiece(made[: sum(steps) * FRAME], ("", *signs, ""), steps))


PAUSE_STEPS = 3


def _trimmed(piece: SpokenPiece) -> SpokenPiece:
    """The silence at both ends cut to some steps; the lengths go on adding up."""
    before = max(0, piece.lengths[0] - PAUSE_STEPS)
    after = max(0, piece.lengths[-1] - PAUSE_STEPS)
    lengths = (piece.lengths[0] - before, *piece.lengths[1:-1], piece.lengths[-1] - after)
    end = len(piece.sound) - after * FRAME
    return SpokenPiece(piece.sound[before * FRAME : end], piece.signs, lengths)


@functools.lru_cache(maxsize=4)
def _voice(path: Path) -> Voice:
    """(510, 256): a style for each count of phonemes."""
    return np.fromfile(path, "<f4").astype(np.float32).reshape(STYLES, STYLE_SIZE)


def _also(output: str) -> bytes:
    """Bytes that, behind an ONNX model, make an inner value one of its outputs too.

    Protocol buffers merge a message that comes twice: field 7 of a model is its graph, field 12
    of a graph is an output, whose field 1 is its name and field 2 its type (a tensor of int64).
    """
    name = output.encode()
    of_int64 = b"\x0a\x02\x08\x07"  # a tensor (field 1) whose element type (field 1) is 7
    value = b"\x0a" + bytes([len(name)]) + name + b"\x12" + bytes([len(of_int64)]) + of_int64
    graph = b"\x62" + bytes([len(value)]) + value
    return b"\x3a" + bytes([len(graph)]) + graph
