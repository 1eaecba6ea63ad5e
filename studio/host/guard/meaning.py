"""What a sentence claims, by its meaning: a second opinion on what no pattern found.

The weights are made by ``training/guard`` (script and sentences in the repository) and lie in
``assets/models/guard.npz``; the vectors are those that the sentence model of comments uses.
"""

from __future__ import annotations

import functools
import math
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.comments.sentences.head import context_of, pieces_of
from studio.comments.sentences.judge import SentenceVectors, as_read
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.host.guard.claim import Known
from studio.host.guard.judge import Judged
from studio.host.guard.praise import PROOFS
from studio.host.packs.matcher import asked_span
from studio.host.packs.model import Alarm
from studio.host.packs.reading import Sentence, sentences, tight_of
from studio.host.script.claims import measures
from studio.host.script.model import Fact

MODEL = "guard.npz"
FEWEST_LETTERS = 4
MOST_KEPT = 2048
CONTEXT = 4
"""So many of `context_of` are taken: the linear model of comments says nothing of claims."""
_NEGATIONS = re.compile(
    r"[不没别未勿冇唔甭]|\b(?:not|no|never|nothing|nobody|ask|please|[a-z]+n't)\b"
)
_NUMBER = re.compile(r"[0-9零一二三四五六七八九十百千两]")
_FACT_SIGNS = 4
_NEEDS_PROOF = frozenset(("authority", "green", "pure", "superlative"))


class MeaningPacks(Protocol):
    """The packs that hold."""

    def meant(self, kind: str, text: str, span: tuple[int, int], product: str) -> Alarm | None:
        """A sentence that means a claim of some kind, under one of their rules."""
        ...


@dataclass(frozen=True, slots=True)
class MeaningHead:
    """Weights and a threshold.

    Attributes:
        kinds: names of the columns of ``weights``, as packs name them (``means``).
        centre, scale: [dim] float32, of the vectors it was trained on.
        claims: [dim] float32: "something is claimed here that may not be".
        context: [CONTEXT + 6] float32, weights of `marks_of`.
        pieces: [2**BITS] int8, of hashed n-grams, in steps of ``pieces_scale``.
        weights: [dim + 1, kinds] float32: which kind, once something is claimed.
        threshold: of the sum (log odds) from which it is told.
    """

    kinds: tuple[str, ...]
    centre: NDArray[np.float32]
    scale: NDArray[np.float32]
    claims: NDArray[np.float32]
    context: NDArray[np.float32]
    pieces: NDArray[np.int8]
    pieces_scale: float
    bias: float
    weights: NDArray[np.float32]
    threshold: float

    def score(self, text: str, vector: NDArray[np.float32]) -> float:
        """How much speaks for a claim: log odds, to be compared with the threshold."""
        places = pieces_of(text)
        signs = int(self.pieces[places].sum(dtype=np.int32)) * self.pieces_scale
        signs /= math.sqrt(max(len(places), 1))
        meant = float((vector - self.centre) / self.scale @ self.claims)
        return meant + float(marks_of(text) @ self.context) + signs + self.bias

    def kind(self, vector: NDArray[np.float32]) -> str:
        """Of which kind the claim is, should there be one."""
        scores = (vector - self.centre) / self.scale @ self.weights[:-1] + self.weights[-1]
        return self.kinds[int(scores.argmax())]


def marks_of(text: str) -> NDArray[np.float32]:
    """[CONTEXT + 6] float32: asks, tells of others, Latin, long; negations, figures, openings."""
    lower = text.lower()
    denials = len(_NEGATIONS.findall(lower))
    own = (
        denials > 0, denials, bool(_NUMBER.search(text)),
        lower.startswith(("不", "没", "别", "有", "i ", "it", "no", "don")),
        "但" in text or "but" in lower, "最" in text,
    )  # fmt: skip
    return np.concatenate([context_of(text)[:CONTEXT], np.array(own, np.float32)])


@functools.cache
def shipped_meaning() -> MeaningHead:
    """The weights that come with the studio, read once.

    Raises:
        StudioError: unavailable: the file is missing, short or altered.
    """
    path = assets_dir() / "models" / MODEL
    try:
        with np.load(path, allow_pickle=False) as data:
            return MeaningHead(
                tuple(str(name) for name in data["kinds"]), data["centre"], data["scale"],
                data["claims"], data["context"], data["pieces"], float(data["pieces_scale"]),
                float(data["bias"]), data["weights"].astype(np.float32), float(data["threshold"]),
            )  # fmt: skip
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        why = f"{type(error).__name__}: {error}"
        raise StudioError("unavailable", "guard.meaning_file", path=str(path), why=why) from None


class MeaningJudge:
    """Says which kind of claim a sentence makes, here and now: some ten milliseconds each.

    Raises:
        ImportError: the sentence model is not installed, or this processor does not run it.
        StudioError: unavailable: the weights cannot be read.
    """

    def __init__(self, head: MeaningHead | None = None) -> None:
        self._vectors, self._head = SentenceVectors(), head or shipped_meaning()
        self._kind = lru_cache(MOST_KEPT)(self._kind_of)

    def kind(self, text: str) -> str:
        """The kind of claim; "" is none."""
        return self._kind(as_read(text))

    def _kind_of(self, plain: str) -> str:
        vector = self._vectors.of(plain)
        is_claim = self._head.score(plain, vector) >= self._head.threshold
        return self._head.kind(vector) if is_claim else ""


def open_sentences(text: str, found: Sequence[Judged]) -> list[Sentence]:
    """Those of a text that say something, ask nothing, and in which nothing was found yet."""
    kept = []
    for sentence in sentences(text):
        end = sentence.start + len(sentence.lower)
        if sum(sign.isalpha() for sign in sentence.tight) < FEWEST_LETTERS:
            continue
        if any(claim.start < end and sentence.start < claim.end for claim in found):
            continue
        begin, last = asked_span(sentence)
        if last - begin >= len(sentence.lower.rstrip()) or _asks(sentence):
            continue
        kept.append(sentence)
    return kept


def _asks(sentence: Sentence) -> bool:
    words = sentence.lower.rstrip()
    return words.endswith(("?", "？", "吗", "吗。", "吗？"))


def claim_meant(
    kind: str, text: str, sentence: Sentence, product: str, goods: Mapping[str, Known],
    packs: MeaningPacks,
) -> Judged | None:  # fmt: skip
    """The claim as the rule of a pack that holds knows it.

    Args:
        kind: what the model says of the sentence; "" is nothing.
        product: id of what it is about; "" for none.

    Returns:
        None where no pack that holds has such a rule, or the facts have what it rests on.
    """
    if not kind:
        return None
    words = sentence.lower.strip()
    start = sentence.start + sentence.lower.index(words)
    known = goods.get(product)
    if known is not None and is_supported(kind, words, known.facts):
        return None
    alarm = packs.meant(kind, text, (start, start + len(words)), product)
    if alarm is None:
        return None
    why = (f"整句意思像是：{alarm.why[0]}", f"By its meaning: {alarm.why[1]}")
    return Judged(
        alarm.start, alarm.end, f"{alarm.pack}/{alarm.rule}", alarm.article, alarm.level,
        alarm.said, "", why, alarm.advice,
    )  # fmt: skip


def claims_meant(
    judge: MeaningJudge, text: str, found: Sequence[Judged], product: str,
    goods: Mapping[str, Known], packs: MeaningPacks,
) -> list[Judged]:  # fmt: skip
    """What the sentences of a text mean in which nothing was found, here and now."""
    return [
        claim for sentence in open_sentences(text, found)
        if (claim := claim_meant(
            judge.kind(sentence.lower.strip()), text, sentence, product, goods, packs
        )) is not None
    ]  # fmt: skip


def is_supported(kind: str, said: str, facts: Mapping[str, Fact]) -> bool:
    """The facts have what a sentence of this kind rests on: its proof, its sums, its pieces."""
    if kind == "former":
        names = ("was", "list_price", "price", "offer_price")
        known = {f for name in names if name in facts for f, _ in measures(facts[name].value)}
        sums = {figure for figure, what in measures(said) if what == "money"}
        return bool(sums) and sums <= known
    if kind == "scarcity":
        stock = {figure for figure, _ in measures(facts["stock"].value)} if "stock" in facts else ()
        return any(figure in stock for figure, _ in measures(said))
    if kind not in _NEEDS_PROOF:
        return False
    tight, values = tight_of(said), [tight_of(fact.value) for fact in facts.values()]
    if any(len(value) >= _FACT_SIGNS and value in tight for value in values):
        return True
    proofs = PROOFS.findall(said)
    return bool(proofs) and all(proof in "".join(values) for proof in proofs)
