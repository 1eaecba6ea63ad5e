"""Who may not speak for a while: since when, for what, by whose decision, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from studio.comments.kept import until_ns_of
from studio.comments.model import Entry, Mute, MutedView, ReasonView
from studio.core.clock import NS, now_ns, utc_iso
from studio.core.errors import StudioError

MUTED_RULE = "muted"
MOST_LIFTED = 1000
LONGEST_TEXT = 200
"""Signs of what was said that are kept with a mute."""


class MuteBook:
    """The mutes of a show. Lives on the engine loop.

    Attributes:
        now: by person ("platform/identity"); those that are over stay until `end_those_over`.
    """

    def __init__(self) -> None:
        self.now: dict[str, Mute] = {}
        self._lifted: dict[str, Mute] = {}

    def begin(self, entry: Entry, minutes: float, by: str) -> list[Mute]:
        """Mutes everybody who wrote a comment, or one that means the same.

        Args:
            by: who decided it.
        """
        until = datetime.now(UTC) + timedelta(minutes=minutes)
        until_utc = until.isoformat(timespec="seconds").replace("+00:00", "Z")
        comment, verdict = entry.comment, entry.verdict
        names = {comment.who: comment.author}
        first = Mute(
            "", "", until_utc, now_ns() + int(minutes * 60 * NS), minutes, utc_iso(),
            comment.text[:LONGEST_TEXT], verdict.rule, verdict.why, by,
        )  # fmt: skip
        muted = [
            replace(first, who=who, author=names.get(who, who.partition("/")[2]))
            for who in sorted(entry.authors | {comment.who})
        ]
        self.now.update((mute.who, mute) for mute in muted)
        return muted

    def is_muted(self, who: str, at_ns: int) -> bool:
        """May this person not speak at this time (monotonic)?"""
        mute = self.now.get(who)
        return mute is not None and at_ns < mute.until_ns

    def get(self, who: str) -> Mute:
        """The mute of a person.

        Raises:
            StudioError: not_found.
        """
        mute = self.now.get(who)
        if mute is None:
            raise StudioError("not_found", "audience.not_muted", who=who)
        return mute

    def lift(self, names: Sequence[str]) -> list[Mute]:
        """Ends mutes before their time; `again` takes that back.

        Raises:
            StudioError: not_found: none of them is muted.
        """
        known = [name for name in names if name in self.now]
        if not known:
            raise StudioError("not_found", "audience.not_muted", who=", ".join(names[:3]))
        lifted = [self.now.pop(name) for name in known]
        self._lifted.update((mute.who, mute) for mute in lifted)
        while len(self._lifted) > MOST_LIFTED:
            self._lifted.pop(next(iter(self._lifted)))
        return lifted

    def again(self, names: Sequence[str]) -> list[Mute]:
        """Mutes that were lifted count again, until the end they had.

        Raises:
            StudioError: not_found: none of them was lifted, or all are over by now.
        """
        at_ns = now_ns()
        known = [self._lifted.pop(name) for name in names if name in self._lifted]
        back = [mute for mute in known if at_ns < mute.until_ns]
        if not back:
            raise StudioError("not_found", "audience.not_lifted", who=", ".join(names[:3]))
        self.now.update((mute.who, mute) for mute in back)
        return back

    def end_those_over(self, at_ns: int) -> list[Mute]:
        """Takes out the mutes whose time is over."""
        over = [mute for mute in self.now.values() if mute.until_ns <= at_ns]
        for mute in over:
            del self.now[mute.who]
        return over

    def forget(self, who: str) -> bool:
        """A mute goes on without the name and without what was said; was there one?"""
        self._lifted.pop(who, None)
        mute = self.now.get(who)
        if mute is None:
            return False
        self.now[who] = replace(mute, author="", text="")
        return True

    def clear(self) -> None:
        """Another show: nobody is muted."""
        self.now.clear()
        self._lifted.clear()

    def kept(self) -> tuple[Mute, ...]:
        """What must survive a kill."""
        return tuple(self.now.values())

    def restore(self, kept: Iterable[Mute]) -> None:
        """Takes up those that are not over."""
        for mute in kept:
            until_ns = until_ns_of(mute)
            if until_ns > now_ns():
                self.now[mute.who] = replace(mute, until_ns=until_ns)


def blocked_as_muted(entries: Iterable[Entry], who: str) -> list[Entry]:
    """What of a person is blocked for nothing but the mute."""
    return [
        entry
        for entry in entries
        if entry.verdict.rule == MUTED_RULE and entry.state == "blocked" and entry.authors == {who}
    ]


def view_mute(mute: Mute) -> MutedView:
    """A mute as desks, phones and appeals see it."""
    why = {"zh": mute.why.zh, "en": mute.why.en}
    return MutedView(
        mute.who, mute.author, mute.until_utc, mute.since_utc, mute.minutes, mute.text,
        ReasonView(mute.rule, text=why), mute.by,
    )  # fmt: skip
