"""What a comment wants: the first of the kinds below that fits."""

from __future__ import annotations

import functools
import re
from typing import Literal

from studio.core.clean import read_json
from studio.core.paths import assets_dir

Intent = Literal[
    "price", "size", "stock", "delivery", "use", "buy", "experience", "praise", "complaint",
    "other", "noise",
]  # fmt: skip
_NOISE = re.compile(
    r"[\W\d_]*|(?:哈|啊|呵|嘿|嘻|6|8|1|h|l|o|e|w|草|来|冲|蹲|顶|赞)+(?:了|啦|!|！)*"
    r"|(?:hi|hey|hello|lol|lmao|first|early)[\W]*",
    re.IGNORECASE,
)


@functools.cache
def _kinds() -> tuple[tuple[Intent, re.Pattern[str]], ...]:
    """The kinds in their order, from assets/rules/intents.json."""
    raw = read_json((assets_dir() / "rules" / "intents.json").read_bytes())
    return tuple((kind["intent"], re.compile("|".join(kind["patterns"]))) for kind in raw)


def intent_of(text: str) -> Intent:
    """The intent of a comment of a buyer, zh or en."""
    low = " ".join(text.lower().split())
    if _NOISE.fullmatch(low):
        return "noise"
    return next((name for name, pattern in _kinds() if pattern.search(low)), "other")
