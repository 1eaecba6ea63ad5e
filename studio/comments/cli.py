"""``shopcast moderate``: comments in (JSON lines), verdicts out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from studio.comments.intent import intent_of
from studio.comments.model import Comment, Verdict
from studio.comments.moderation.judge import Judge
from studio.comments.moderation.rule_files import Rule, read_rules, shipped_rules
from studio.comments.moderation.rules import RuleTier
from studio.comments.platforms.lines import BadLine, parse
from studio.comments.ranking import rank
from studio.comments.sentences.judge import SentenceJudge
from studio.core.errors import StudioError

MS = 1_000_000


def rules_of(folder: Path | None) -> tuple[Rule, ...]:
    """The shipped rules and those of a folder (``*.json``).

    Raises:
        StudioError: not_found, invalid.
    """
    found = list(shipped_rules())
    if folder is not None:
        if not folder.is_dir():
            raise StudioError("not_found", "audience.no_rules", path=str(folder))
        for path in sorted(folder.glob("*.json")):
            found += read_rules(path)
    return tuple(found)


def sentence_judge() -> SentenceJudge | None:
    """The sentence model in this process; None, told on stderr once, where it is not installed."""
    try:
        return SentenceJudge()
    except ImportError:
        words = StudioError("not_found", "audience.no_sentences").in_language()
        print(words, file=sys.stderr)
        return None


def moderate(
    lines: Iterable[str],
    out: TextIO,
    folder: Path | None = None,
    sentences: SentenceJudge | None = None,
) -> bool:
    """Judges each line: one line out for each line in, in their order.

    A line that is no comment is answered with ``{"line": N, "error": …}``, and on stderr.

    Args:
        folder: of rules beside those shipped.
        sentences: asked about what all else lets pass.

    Returns:
        Whether every line was a comment.
    """
    judge = Judge(RuleTier(rules_of(folder)))
    untimed = Judge(judge.tier, counts_floods=False)
    is_good = True
    for number, line in enumerate(lines, 1):
        try:
            comment, at_ms = parse(line, number)
        except BadLine as error:
            is_good = False
            print(f"line {number}: {error}", file=sys.stderr)
            answer: dict[str, Any] = {"line": number, "error": str(error)}
        else:
            if at_ms is None:
                verdict = untimed.judge(comment, 0)
            else:
                verdict = judge.judge(comment, int(at_ms * MS))
            if sentences is not None and verdict.action == "allow":
                verdict = sentences.verdict(comment.text, comment.author, verdict)
            answer = as_line(comment, verdict)
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()
    return is_good


def as_line(comment: Comment, verdict: Verdict) -> dict[str, Any]:
    """A verdict as ``shopcast moderate`` writes it; places are code points of the text."""
    ranked, topic = rank(comment.text)
    return {
        "id": comment.id,
        "verdict": verdict.action,
        "category": verdict.category,
        "stage": verdict.stage,
        "rule": verdict.rule,
        "normalised": verdict.normalised,
        "spans": [list(span) for span in verdict.spans],
        "rank": ranked,
        "topic": topic,
        "intent": intent_of(comment.text),
        "action": verdict.action,
        "matched": verdict.matched,
        "span": list(verdict.span),
        "why": {"zh": verdict.why.zh, "en": verdict.why.en},
    }
