"""How fast comments are judged, beside the same rules as one regular expression on the bare text.

The reference is what chat bots do: no normalising, no other readings, no reason with its place.
It finds a fraction of what is hidden (docs/comments.md), so only the pace is compared.
"""

from __future__ import annotations

import gc
import json
import re
import time
from collections.abc import Callable

import msgspec

from bench.base import BenchReport, Row
from bench.sentences import sentence_rows
from studio.comments.model import Comment
from studio.comments.moderation.judge import LONGEST_KEPT, MOST_TEXTS, Judge
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.moderation.rules import RuleTier
from studio.core.paths import project_dir

ROUNDS = 5
SLOWEST_MS = 2.0
HOSTILE = {
    "1 MB of one sign": "加" * 1_000_000,
    "10,000 combining signs": "\u0301" * 10_000,
    "500 syllables": "jia" * 166,
    "backtracking": "a@" * 240 + "!",
    "columns": "\n".join(["加微信群领"] * 20),
}


def run() -> BenchReport:
    """Comments a second of one core, the slowest hundredth, and hostile texts."""
    texts = _texts("checked")
    tier = RuleTier(shipped_rules())
    judge = Judge(tier)
    words = [word for rule in tier.rules for word in (*rule.words, *rule.latin)]
    plain = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    # As the engine does when it has started: what stays is not gone through again and again.
    gc.collect()
    gc.freeze()
    report = BenchReport("comments", "the rules' words as one regular expression")
    for text in _texts("written_check"):  # what is made on first use is made
        tier.judge(text)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_us(tier.judge, texts))
        theirs.append(_us(plain.search, texts))
    mine = sorted(ours)[ROUNDS // 2]
    report.rows.append(Row("a comment, all readings", mine, sorted(theirs)[ROUNDS // 2], "us"))
    report.rows.append(Row("the same against 20,000 a second a core", mine, None, "us", 50.0))
    report.rows.append(Row("the same, none of them seen before", ours[0], None, "us"))
    each = sorted(_us(tier.judge, [text]) / 1000 for text in texts)
    report.rows.append(
        Row("slowest hundredth", each[len(each) * 99 // 100], None, "ms", SLOWEST_MS)
    )
    comments = [
        Comment(str(n), text, author=f"观众{n % 700}") for n, text in enumerate(texts)
    ]  # fmt: skip
    began = time.process_time_ns()
    for number, comment in enumerate(comments):
        judge.judge(comment, number * 1_000_000)
    took = (time.process_time_ns() - began) / 1000 / len(comments)
    report.rows.append(Row("with name, floods and lines of one author", took, None, "us"))
    short = [comment for comment in comments if len(comment.text) <= LONGEST_KEPT][:MOST_TEXTS]
    again = Judge(tier, counts_floods=False)
    for comment in short:
        again.judge(msgspec.structs.replace(comment, author=""), 0)
    began = time.process_time_ns()
    for comment in short:
        again.judge(msgspec.structs.replace(comment, author=""), 0)
    took = (time.process_time_ns() - began) / 1000 / len(short)
    report.rows.append(Row("a text that came before", took, None, "us"))
    for name, text in HOSTILE.items():
        report.rows.append(Row(name, _us(tier.judge, [text]) / 1000, None, "ms", SLOWEST_MS))
    report.rows += sentence_rows([text for text in texts if tier.judge(text).action == "allow"])
    return report


def _texts(name: str) -> list[str]:
    path = project_dir() / "tests" / "data" / "comments" / f"{name}.jsonl"
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]


def _us(job: Callable[[str], object], texts: list[str]) -> float:
    """CPU microseconds for a text, mean."""
    began = time.process_time_ns()
    for text in texts:
        job(text)
    return (time.process_time_ns() - began) / 1000 / len(texts)
