"""Comments as the desk, the phone and events see them."""

from __future__ import annotations

from studio.comments.model import Entry, EntryView, FeedView, ReasonView
from studio.comments.platforms.base import CommentFeed


def view_entry(entry: Entry) -> EntryView:
    """An entry as views and events show it."""
    comment, verdict = entry.comment, entry.verdict
    return EntryView(
        id=comment.id,
        platform=comment.platform,
        author=comment.author,
        text=comment.text,
        kind=comment.kind,
        at_utc=comment.at_utc,
        state=entry.state,
        category=verdict.category,
        reason=ReasonView(
            rule=verdict.rule,
            matched=verdict.matched,
            normalised=verdict.normalised,
            span=verdict.span,
            text={"zh": verdict.why.zh, "en": verdict.why.en},
        ),
        rank=entry.rank,
        topic=entry.topic,
        asked=entry.asked,
        answered=entry.is_answered,
        by=entry.by,
        count=entry.count,
        authors=len(entry.authors) or 1,
        last_utc=entry.last_utc,
        who=comment.who,
        decider=entry.decider,
        claimed_by=entry.claimed_by,
    )


def view_feed(feed: CommentFeed) -> FeedView:
    """A feed as views show it."""
    return FeedView(
        feed.spec.name,
        feed.platform.kind,
        feed.state,
        feed.error,
        feed.count,
        feed.withdrawn,
        feed.platform.can_reply,
        tuple({"zh": spot.zh, "en": spot.en} for spot in feed.platform.blind_spots),
    )
