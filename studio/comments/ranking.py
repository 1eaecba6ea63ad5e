"""Which comments are worth an answer first."""

from __future__ import annotations

import functools
import json
import re

from studio.core.paths import assets_dir


@functools.cache
def topics() -> dict[str, tuple[str, ...]]:
    """Words by topic, from assets/rules/topics.json; the first topic that fits counts."""
    raw = json.loads((assets_dir() / "rules" / "topics.json").read_text(encoding="utf-8"))
    return {name: tuple(words) for name, words in raw.items()}


_QUESTION = re.compile(
    r"[?？]|吗|呢|么|怎么|哪|几|多少|什么|能不能|可不可以|有没有"
    r"|^(do|does|is|can|what|how|when|which|where|are)\b"
)
_NOISE = re.compile(r"^[\W\d_]*$|^(哈|啊|呵|6|8|1|h|l|o)+$")


def rank(text: str) -> tuple[int, str]:
    """(0 noise, 1 talk, 2 question, 3 question about buying; topic or "")."""
    low = text.strip().lower()
    if len(low) < 2 or _NOISE.match(low):
        return 0, ""
    topic = next((name for name, words in topics().items() if any(w in low for w in words)), "")
    is_question = bool(_QUESTION.search(low))
    if is_question and topic:
        return 3, topic
    if is_question or topic in ("service", "buy"):
        return 2, topic
    return 1, topic
