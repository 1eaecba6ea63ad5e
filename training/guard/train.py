"""Trains the head of studio/host/guard/meaning.py from the sentences beside it.

Needs scipy, which the program itself does not: ``pip install scipy``, then
``python -m training.guard.train [VECTORS.npz]``; the file keeps the sentences' vectors for the
next time (two minutes of one core). The same sentences give the same weights.

A voice (``@`` in the files) is a host with goods of her own. About a fifth of the voices, by hash
of the name and before anything was trained, is the check part: neither learned from nor looked at,
told as sums alone. Beside the others it learns from ``tests/data/guard/written_tune`` and the
clean sentences of ``spoken_*``. The threshold is the lowest at which at most ``MOST_FALSE`` of the
clean ones are told, each judged by weights that know nothing of its voice (five parts). Clean
ones that are easily mistaken count for a third of it, everyday ones for two thirds.
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
from studio.comments.sentences.judge import as_read
from studio.core.clean import read_json
from studio.core.paths import assets_dir, project_dir
from studio.host.guard.meaning import MODEL, marks_of
from training.sentences.train import pieces, vectors

HERE = Path(__file__).parent
DATA = project_dir() / "tests" / "data" / "guard"
CHECK_BELOW = 56  # of 256
PARTS = 5
MOST_FALSE = 0.005
HARD_SHARE = 1 / 3
PENALTY = 1e-3
PIECES_SCALE, MARKS_SCALE = 20.0, 2.0
"""How freely n-grams and marks are weighed beside the vector."""
FEWEST = 2
ROUNDS = 70
CLEAN_SHARE = 2.0
AS = {
    "absolute": "superlative", "medical-ad": "medical", "food-cure": "medical",
    "cosmetic-medical": "medical", "slim": "medical", "cosmetic": "guarantee",
    "false": "authority", "endorse": "authority", "superstition": "luck", "investment": "gain",
    "false-original": "former", "price-before": "former", "price-up": "scarcity",
    "pieces-left": "scarcity", "never-again": "scarcity", "pressure": "scarcity",
    "free-gift": "free", "drip": "free", "food-pure": "pure", "food-infant": "infant",
    "fake-traffic": "reviews",
}  # fmt: skip
"""Kinds of written_tune as they are called here; ``NOT`` are those that facts alone decide."""
NOT = ("origin", "ai-host")


class Sentence(NamedTuple):
    """Attributes:
    voice: whose it is; "data" of tests/data.
    kind: "clean" or of the claim.
    is_easy: clean, and nobody would think twice.
    """

    voice: str
    kind: str
    text: str
    is_easy: bool = False


def is_check(voice: str) -> bool:
    """Is it of the check part?"""
    return hashlib.sha256(voice.encode()).digest()[0] < CHECK_BELOW


def sentences() -> list[Sentence]:
    """All of them, those of tests/data last."""
    found, voice = list[Sentence](), ""
    for path in sorted(HERE.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("@"):
                voice = line.split()[1]
            elif line and not line.startswith("#"):
                kind, _, texts = line.partition(": ")
                easy = path.stem == "everyday"
                found += [Sentence(voice, kind, text, easy) for text in texts.split("|")]
    for name in ("written_tune", "spoken_tune", "spoken_check"):
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = read_json(line.encode())
            kind = row.get("kind", "clean")
            if kind not in NOT and (name == "written_tune" or not row["is_wrong"]):
                found.append(Sentence("data", AS.get(kind, kind), row["text"]))
    return list({sentence.text: sentence for sentence in reversed(found)}.values())[::-1]


def part_of(sentence: Sentence) -> int:
    """Of cross-validation: a voice is in one."""
    name = sentence.text if sentence.voice == "data" else sentence.voice
    return hashlib.sha256(name.encode()).digest()[1] % PARTS


def fit(x: sparse.csr_matrix, y: np.ndarray, share: np.ndarray) -> np.ndarray:
    """[columns + 1]: logistic regression with L2."""
    share = share / share.sum()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ flat[:-1] + flat[-1]
        cost = float((share * (np.logaddexp(0, z) - y * z)).sum())
        off = share * (1 / (1 + np.exp(-z)) - y)
        grad = np.append(x.T @ off + 2 * PENALTY * flat[:-1], off.sum())
        return cost + PENALTY * float((flat[:-1] ** 2).sum()), grad

    start = np.zeros(x.shape[1] + 1)
    options = {"maxiter": ROUNDS}
    return np.asarray(
        optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    )


def fit_kinds(x: np.ndarray, numbers: np.ndarray, count: int) -> np.ndarray:
    """[dim + 1, count]: multinomial logistic regression."""
    wanted, whole = np.eye(count)[numbers], np.hstack([x, np.ones((len(x), 1))])

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table = flat.reshape(whole.shape[1], -1)
        z = whole @ table
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        cost = -np.log((p * wanted).sum(axis=1) + 1e-12).mean() + 5e-3 * (table[:-1] ** 2).sum()
        grad = whole.T @ (p - wanted) / len(whole)
        grad[:-1] += 1e-2 * table[:-1]
        return float(cost), grad.ravel()

    start = np.zeros(whole.shape[1] * count)
    done = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150})
    return np.asarray(done.x.reshape(whole.shape[1], -1))


def lowest(scores: np.ndarray, is_easy: np.ndarray, false: float) -> float:
    """The threshold at which such a share of clean ones is told, hard ones being a third."""
    each = np.where(is_easy, (1 - HARD_SHARE) / is_easy.sum(), HARD_SHARE / (~is_easy).sum())
    order = np.argsort(-scores)
    first = int(np.searchsorted(np.cumsum(each[order]), false, side="right"))
    return float(scores[order][first]) + 1e-6


def main() -> None:
    """Cross-validation for the threshold, then weights from all but the check part."""
    rows = sentences()
    texts = [as_read(row.text) for row in rows]
    claims = np.array([row.kind != "clean" for row in rows])
    check = np.array([is_check(row.voice) for row in rows])
    easy = np.array([row.is_easy for row in rows])
    part = np.array([part_of(row) for row in rows])
    plain = vectors([row.text for row in rows], Path(sys.argv[1]) if sys.argv[1:] else None)
    centre, scale = plain[~check].mean(axis=0), plain[~check].std(axis=0)
    meant = (plain - centre) / scale
    marks = np.array([marks_of(text) for text in texts]) * MARKS_SCALE
    counts = pieces(texts)
    kept = np.flatnonzero(np.asarray((counts[~check] > 0).sum(axis=0)).ravel() >= FEWEST)
    dense = sparse.csr_matrix(np.hstack([meant, marks]))
    x = sparse.hstack([dense, counts[:, kept] * PIECES_SCALE]).tocsr().astype(np.float32)
    share = np.where(claims, 1.0, CLEAN_SHARE)
    print(Counter((row.kind != "clean", bool(own)) for row, own in zip(rows, check, strict=True)))

    scores = np.zeros(len(rows))
    for number in range(PARTS):
        learns = ~check & (part != number)
        made = fit(x[learns], claims[learns].astype(float), share[learns])
        scores[part == number] = x[part == number] @ made[:-1] + made[-1]
    clean, wrong = ~check & ~claims, ~check & claims
    for false in (0.002, 0.003, 0.004, 0.005, 0.01):
        at = lowest(scores[clean], easy[clean], false)
        print(
            f"false {false}: threshold {at:.2f}, found {(scores[wrong] >= at).mean():.3f}, of "
            f"hard clean ones {(scores[clean & ~easy] >= at).mean():.4f}, of everyday ones "
            f"{(scores[easy] >= at).mean():.4f}"
        )
    threshold = round(lowest(scores[clean], easy[clean], MOST_FALSE), 2)

    made = fit(x[~check], claims[~check].astype(float), share[~check])
    kinds = sorted({row.kind for row in rows} - {"clean"})
    numbers = np.array([kinds.index(row.kind) if row.kind != "clean" else 0 for row in rows])
    table = fit_kinds(meant[wrong], numbers[wrong], len(kinds))
    guessed = (meant @ table[:-1] + table[-1]).argmax(axis=1)
    _tell_check(rows, check, x @ made[:-1] + made[-1] >= threshold, guessed == numbers)

    width = meant.shape[1]
    every = np.zeros(1 << BITS)
    every[kept] = made[width + marks.shape[1] : -1] * PIECES_SCALE
    step = float(np.abs(every).max() / 127)
    np.savez_compressed(
        assets_dir() / "models" / MODEL,
        kinds=np.array(kinds), centre=centre.astype(np.float32), scale=scale.astype(np.float32),
        claims=made[:width].astype(np.float32),
        context=(made[width : width + marks.shape[1]] * MARKS_SCALE).astype(np.float32),
        pieces=np.round(every / step).astype(np.int8), pieces_scale=step, bias=float(made[-1]),
        weights=table.astype(np.float16), threshold=threshold,
    )  # fmt: skip


def _tell_check(
    rows: list[Sentence], check: np.ndarray, is_told: np.ndarray, is_right: np.ndarray
) -> None:
    """The check part as sums by kind."""
    found, asked = Counter[str](), Counter[str]()
    right = Counter[bool]()
    for row, own, told, sure in zip(rows, check, is_told, is_right, strict=True):
        if own:
            kind = f"{row.voice[:2]} {row.kind}"
            asked[kind] += 1
            found[kind] += bool(told)
            if told and row.kind != "clean":
                right[bool(sure)] += 1
    print("check:", ", ".join(f"{k} {found[k]}/{asked[k]}" for k in sorted(asked)))
    for is_clean in (False, True):
        names = [name for name in asked if name.endswith("clean") == is_clean]
        print("clean" if is_clean else "wrong", sum(found[n] for n in names),
              sum(asked[n] for n in names))  # fmt: skip
    print("kind right of those told:", dict(right))


if __name__ == "__main__":
    main()
