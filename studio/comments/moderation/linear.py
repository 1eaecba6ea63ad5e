"""The second tier: a linear model over hashed n-grams of a comment's signs and of its sounds.

It is asked only about what no rule objects to. The weights are made by ``training/comments``
(script and sentences in the repository) and lie in ``assets/models/comments.npz``; at run time
only numpy is needed, and a comment takes some tens of microseconds.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.comments.model import ModerationWords, Verdict
from studio.comments.moderation.normalise import Normal, unleet
from studio.comments.moderation.readings import fold_key, squeeze_and_join
from studio.core.paths import assets_dir

BITS = 17
LONGEST = 5
"""Signs of the longest n-gram; four signs of Chinese, a short English word."""
MOST_SIGNS = 160
"""Signs of a comment that are looked at: the first and the last 80."""
MULTIPLIER = np.uint32(0x9E3779B1)
MIX = np.uint32(0x85EBCA6B)
TO_INDEX = np.array(32 - BITS, np.uint32)
"""An array without dimensions: a number has to be made one for every comment."""
EDGE = "\x02"
PADDING = "\0" * LONGEST
FEWEST_BACKWARDS = 4
ASKS_MORE = 1.5
SHORT, SHORT_LATIN, SHORT_MORE = 6, 14, 1.0
LATIN_MORE = 1.0
"""In Latin letters n-grams say less, and the rules find nearly all that the model would."""
"""In a text of few signs one of them weighs too much, so more must speak against it."""
ALWAYS = ("abuse", "sexual")
"""Categories in which asking makes nothing better."""
BACKWARDS_MORE = 0.5
"""How much more must speak against a comment that is read backwards."""

REASONS = {
    "diversion": ModerationWords("像是引流", "looks as if it leads viewers away"),
    "fraud": ModerationWords("像是诈骗", "looks like a scam"),
    "abuse": ModerationWords("像是辱骂", "looks like abuse"),
    "sexual": ModerationWords("像是色情骚扰", "looks like sexual harassment"),
    "rumour": ModerationWords("像是指控或谣言", "looks like an accusation or a rumour"),
    "illegal": ModerationWords("像是违法物品或服务", "looks like illegal goods or services"),
    "ad": ModerationWords("像是无关广告", "looks like an advertisement"),
}


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights and threshold.

    Attributes:
        categories: names of the columns of ``weights``; those not in ``REASONS`` may pass.
        objection: [2**BITS] int8, the weight of each n-gram for "a person should look", in
            steps of ``objection_scale``: few bytes, so that they stay in the processor's cache.
        weights: [2**BITS, categories] int8, which category it is.
        bias: [categories] float32.
        objection_bias: added to the normalised sum of ``objection``.
        threshold: of the score above which a comment is held.
    """

    categories: tuple[str, ...]
    objection: NDArray[np.int8]
    objection_scale: float
    weights: NDArray[np.int8]
    scale: float
    bias: NDArray[np.float32]
    objection_bias: float
    threshold: float

    def judge(
        self, normal: Normal, spared: Sequence[tuple[int, int]] = (), *, asks: bool = False
    ) -> Verdict | None:
        """A hold with what weighed most, or None when the comment may pass.

        Args:
            normal: the comment.
            spared: places of everyday phrases in ``normal.tight``; they are not looked at.
            asks: whether it asks something or tells of others; then more must speak against it.
        """
        sight, sound = forms(without(normal.tight, spared) if spared else normal.tight)
        if len(sight) - sight.count("0") < 2:
            return None
        forwards, backwards = self.scores(sight, sound)
        is_short = len(sight) < (SHORT_LATIN if sight.isascii() else SHORT)
        lowest = self.threshold + (SHORT_MORE if is_short else 0.0)
        lowest += LATIN_MORE if sight.isascii() else 0.0
        threshold = lowest + (ASKS_MORE if asks else 0.0)
        if forwards >= lowest:
            verdict = self._verdict(normal, sight, sound)
            if forwards >= threshold or verdict.category in ALWAYS:
                return verdict
        is_long = len(sight) >= FEWEST_BACKWARDS and not sight.isascii()
        if is_long and backwards >= threshold + BACKWARDS_MORE:
            return self._verdict(normal, sight[::-1], sound[::-1], is_backwards=True)
        return None

    def scores(self, sight: str, sound: str) -> tuple[float, float]:
        """How much speaks against a comment in these forms, read forwards and backwards.

        0 is undecided. Latin letters alone are not read backwards: nothing speaks against them.
        """
        text = _with_edges(sight, sound)
        is_latin = sight.isascii()
        down, up, which, counts = _windows(len(text), 1 if is_latin else 2)
        signs = f"\0{text}{PADDING}" if is_latin else f"\0{text}{text[::-1]}{PADDING}"
        sums = np.multiply(_codes(signs), down)
        np.add.accumulate(sums, out=sums)
        count = len(up[0])
        hashes = np.ndarray((LONGEST, count), np.uint32, sums, 4, (4, 4)) - sums[:count]
        hashes *= up
        hashes >>= TO_INDEX
        # Sums of whole numbers below 2**24 are exact in float32, and quicker than in integers.
        found = self.objection.take(hashes.ravel()).dot(which)
        if is_latin:
            return self._score(float(found[0]), counts), -math.inf
        forwards, backwards = found.tolist()
        return self._score(forwards, counts), self._score(backwards, counts)

    def _score(self, total: float, count: int) -> float:
        return total * self.objection_scale / math.sqrt(count) + self.objection_bias

    def _verdict(
        self, normal: Normal, sight: str, sound: str, *, is_backwards: bool = False
    ) -> Verdict:
        index = ngrams(sight, sound)[0]
        sums = self.weights[index].sum(axis=0, dtype=np.int32) * self.scale
        by_category = sums / len(index) ** 0.5 + self.bias
        names = [
            (by_category[n], name) for n, name in enumerate(self.categories) if name in REASONS
        ]
        category = max(names)[1]
        heaviest = self.heaviest(sight)
        if is_backwards:
            heaviest = heaviest[::-1]
        why = REASONS[category]
        if heaviest:
            why = ModerationWords(f"{why.zh}：“{heaviest}”", f"{why.en}: “{heaviest}”")
        place = normal.tight.find(heaviest) if heaviest else -1
        span = normal.span(place, place + len(heaviest)) if place >= 0 else (0, 0)
        return Verdict(
            "hold", category, f"model-{category}", heaviest, normal.tight, span, why,
            stage="model", spans=(span,) if place >= 0 else ((0, len(normal.original)),),
        )  # fmt: skip

    def heaviest(self, sight: str) -> str:
        """The part of the comment that weighs most: a few signs around the heaviest n-grams."""
        weight = np.zeros(len(sight), np.float32)
        scale = np.float32(self.objection_scale)
        codes = EDGE + sight + EDGE
        for length, index in enumerate(_by_length(codes), 1):
            each = self.objection.take(index[0] >> TO_INDEX) * scale / np.float32(length)
            for offset in range(length):
                part = slice(max(0, 1 - offset), index.shape[1])
                places = np.arange(index.shape[1])[part] + offset - 1
                is_inside = (places >= 0) & (places < len(sight))
                np.add.at(weight, places[is_inside], each[part][is_inside])
        best = int(weight.argmax())
        least = max(float(weight[best]) * 0.3, 0.0)
        start = end = best
        while start > 0 and weight[start - 1] > least:
            start -= 1
        while end + 1 < len(sight) and weight[end + 1] > least:
            end += 1
        return sight[start : end + 1]


_NUMBER = re.compile(r"[0-9]+")
_LONG_NUMBER = re.compile(r"[0-9]{3,}|[1-9][0-9]|0[1-9]")
"""A number among Latin letters that is no leet: two digits but 00 (b00ks), or more."""


def without(tight: str, spared: Sequence[tuple[int, int]]) -> str:
    """The text without some places of it."""
    signs = list(tight)
    for start, end in spared:
        signs[start:end] = [""] * (end - start)
    return "".join(signs)


def forms(tight: str) -> tuple[str, str]:
    """How the model reads a comment: by sight (squeezed, joined, leet undone) and by sound.

    Every number is 0: which it is says nothing, and contact data is the rules' work.
    """
    sight = squeeze_and_join(tight)
    if len(sight) > MOST_SIGNS:
        sight = sight[: MOST_SIGNS // 2] + sight[-MOST_SIGNS // 2 :]
    if sight.isascii():
        if _NUMBER.search(sight):
            sight = squeeze_and_join(unleet(_LONG_NUMBER.sub("#", sight))).replace("#", "0")
        return sight, sight
    sight = _NUMBER.sub("0", sight)
    return sight, fold_key(sight, by_sound_too=True)


def ngrams(sight: str, sound: str) -> NDArray[np.uint32]:
    """The places in the table of weights of all n-grams: [forwards and backwards, n-grams]."""
    text = _with_edges(sight, sound)
    return _hashes(_codes(f"\0{text}{text[::-1]}"), 2).reshape(2, -1)


def _with_edges(sight: str, sound: str) -> str:
    return EDGE + sight + EDGE if sight is sound else f"{EDGE}{sight}{EDGE}{sound}{EDGE}"


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)


def _hashes(signs: NDArray[np.uint32], texts: int) -> NDArray[np.uint32]:
    """The places in the table of weights of all n-grams, shorter ones first, text by text.

    The hash of an n-gram is a number in base ``MULTIPLIER`` modulo 2**32, as `_by_length` makes
    it: here by the difference of two running sums (Rabin and Karp, 1987), for all lengths at once.

    Args:
        signs: 0, then texts of one length, one behind the other.
        texts: how many there are.
    """
    down, starts, ends, up = _places_of_ngrams((len(signs) - 1) // texts, texts)
    sums = np.multiply(signs, down)
    np.add.accumulate(sums, out=sums)
    hashes: NDArray[np.uint32] = sums.take(ends)
    hashes -= sums.take(starts)
    hashes *= up
    hashes >>= TO_INDEX
    return hashes


@functools.lru_cache(maxsize=256)
def _windows(count: int, texts: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], int]:
    """How `LinearModel.scores` hashes texts of ``count`` signs, as `_hashes` does.

    All n-grams of one length are a window over the running sums; those that reach beyond their
    text are hashed too, and weigh nothing.

    Returns:
        Weights of signs; weights of n-grams [LONGEST, signs]; which of them belong to which text
        [n-grams, texts]; how many n-grams a text has.
    """
    powers = _powers(pow(int(MULTIPLIER), -1, 1 << 32), count * texts) * MIX
    down = np.concatenate((np.zeros(1, np.uint32), powers, np.zeros(len(PADDING), np.uint32)))
    ends = np.arange(count * texts) + np.arange(1, LONGEST + 1)[:, None]
    up = _powers(int(MULTIPLIER), count * texts + LONGEST)[ends - 1]
    within = (np.arange(count * texts) % count) + np.arange(1, LONGEST + 1)[:, None] <= count
    text = np.arange(count * texts) // count
    which = np.stack([(within & (text == number)).ravel() for number in range(texts)], axis=1)
    return down, up, which.astype(np.float32), int(within.sum()) // texts


@functools.lru_cache(maxsize=256)
def _places_of_ngrams(count: int, texts: int) -> tuple[NDArray[Any], ...]:
    """For texts of ``count`` signs: weights of signs; starts, ends and weights of n-grams."""
    lengths = range(1, min(LONGEST, count) + 1)
    start = np.concatenate([np.arange(count + 1 - length) for length in lengths])
    end = np.concatenate([np.arange(length, count + 1) for length in lengths])
    starts = np.concatenate([start + count * number for number in range(texts)])
    ends = np.concatenate([end + count * number for number in range(texts)])
    powers = _powers(pow(int(MULTIPLIER), -1, 1 << 32), count * texts) * MIX
    down = np.concatenate((np.zeros(1, np.uint32), powers))
    return down, starts, ends, _powers(int(MULTIPLIER), count * texts)[ends - 1]


def _powers(base: int, count: int) -> NDArray[np.uint32]:
    """The first powers of a number, modulo 2**32."""
    powers = np.full(count, base, np.uint32)
    powers[:1] = 1
    return np.multiply.accumulate(powers, dtype=np.uint32)


def _by_length(text: str) -> list[NDArray[np.uint32]]:
    """The hash of each n-gram, one array [2, n-grams] for each length."""
    signs = _codes(text)
    both = np.concatenate((signs, signs[::-1])).reshape(2, -1) * MIX
    found = [both]
    for length in range(1, min(LONGEST, len(signs))):
        found.append(found[-1][:, :-1] * MULTIPLIER + both[:, length:])
    return found


@functools.cache
def shipped_model() -> LinearModel:
    """The weights that come with the studio, read once."""
    with np.load(assets_dir() / "models" / "comments.npz", allow_pickle=False) as data:
        scale = float(data["scale"])
        return LinearModel(
            categories=tuple(str(name) for name in data["categories"]),
            objection=data["objection"],
            objection_scale=float(data["objection_scale"]),
            weights=data["weights"],
            scale=scale,
            bias=data["bias"].astype(np.float32),
            objection_bias=float(data["objection_bias"]),
            threshold=float(data["threshold"]),
        )
