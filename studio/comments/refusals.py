"""Why a decision is refused: somebody decided otherwise, or nobody has released it."""

from __future__ import annotations

from typing import Literal

from studio.comments.model import Entry, State
from studio.core.errors import StudioError
from studio.core.text import Text

Seen = Literal["", "allowed", "held", "blocked", "released"]
"""The state that somebody saw who decides; "" for whoever does not say."""
STATE_WORDS: dict[State, Text] = {
    "allowed": Text("通过", "allowed"),
    "held": Text("待审", "held"),
    "blocked": Text("拦截", "blocked"),
    "released": Text("放行", "released"),
}


def check_seen(entry: Entry, seen: Seen) -> None:
    """Nobody's decision is overwritten unseen.

    Raises:
        StudioError: conflict: another state, and who decided it.
    """
    if seen and entry.state != seen:
        who = entry.decider or "–"
        raise StudioError("conflict", "audience.decided", who=who, state=STATE_WORDS[entry.state])


def why_held(entry: Entry) -> Text | str:
    """Why it is held, in whichever language the error is told."""
    why = entry.verdict.why
    if not (why.zh or why.en):
        return entry.state
    return Text(why.zh or why.en, why.en or why.zh)
