"""Verdicts that no rule makes: of who is muted, of slow mode, of the platform, of what failed."""

from __future__ import annotations

from msgspec.structs import replace

from studio.comments.model import Comment, ModerationWords, Verdict
from studio.comments.mutes import MUTED_RULE

MUTED = ModerationWords("该用户已被禁言", "This author is muted")
SLOW = ModerationWords("慢速模式：全部先审", "Slow mode: everything is held")
FAILED = ModerationWords("审核出错，请人工看", "It could not be judged; look yourself")


def muted() -> Verdict:
    """Its author is muted."""
    return Verdict("block", "muted", MUTED_RULE, why=MUTED, stage="person")


def failed() -> Verdict:
    """It could not be judged, and is never let through then."""
    return Verdict("hold", "error", "error", why=FAILED, stage="error")


def slowed(verdict: Verdict) -> Verdict:
    """Rules let it pass, and everything is looked at by a person."""
    return Verdict("hold", "slow", "slow", "", verdict.normalised, why=SLOW, stage="person")


def held_there(comment: Comment, verdict: Verdict) -> Verdict:
    """Rules let it pass, and its own platform holds it."""
    why = ModerationWords(f"平台已扣下：{comment.hold}", f"Held by its platform: {comment.hold}")
    return replace(
        verdict, action="hold", category="platform", rule="platform", why=why, stage="platform"
    )
