"""``shopcast moderate``: comments in (JSON lines), verdicts out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from studio.comments.moderation.rules import Rule, RuleTier, read_rules, shipped_rules
from studio.comments.platforms.lines import BadLine, parse
from studio.core.errors import StudioError


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


def moderate(lines: Iterable[str], out: TextIO, folder: Path | None = None) -> bool:
    """Judges each line; False when a line was no comment (said on stderr, the rest goes on)."""
    tier = RuleTier(rules_of(folder))
    is_good = True
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            comment, _ = parse(line, number)
        except BadLine as error:
            is_good = False
            print(f"line {number}: {error}", file=sys.stderr)
            continue
        verdict = tier.judge(comment.text)
        answer = {
            "id": comment.id,
            "action": verdict.action,
            "category": verdict.category,
            "rule": verdict.rule,
            "matched": verdict.matched,
            "normalised": verdict.normalised,
            "span": list(verdict.span),
            "why": {"zh": verdict.why.zh, "en": verdict.why.en},
        }
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()
    return is_good
