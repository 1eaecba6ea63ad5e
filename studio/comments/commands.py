"""Comments from outside: release, block, pin, mute, answer."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

import msgspec

from studio.comments.claims import who_asks
from studio.comments.events import (
    AuthorMuted,
    CommentModerated,
    CommentPinned,
    CommentsDecided,
    CommentUnpinned,
    CommentVetoed,
    CommentWaits,
    ReplyFailed,
)
from studio.comments.keeper import CommentQueue
from studio.comments.many import CommentsWanted
from studio.comments.model import (
    MOST_REPLY,
    Comment,
    Entry,
    FeedSpec,
    Mute,
    State,
    VetoSeconds,
)
from studio.comments.mutes import view_mute
from studio.comments.quick import variables_of
from studio.comments.refusals import Seen, check_seen, why_held
from studio.comments.replies import ReplyQueue, feed_for
from studio.comments.views import view_entry
from studio.core.clock import utc_iso
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError

Minutes = Annotated[float, msgspec.Meta(gt=0, le=7 * 24 * 60)]


class AudienceCommands:
    """The comments of the show.

    Args:
        show: puts (author, text, platform) on the picture; "" as text takes it off.
        drop: takes it off at once, also what is on its way out.
    """

    def __init__(
        self,
        audience: CommentQueue,
        announce: Callable[[Any], None],
        show: Callable[[str, str, str], None],
        drop: Callable[[], None],
    ) -> None:
        self._audience = audience
        self._announce = announce
        self._show = show
        self._drop = drop
        self.replies = ReplyQueue(self._not_sent)
        audience.take_off = self._take_off

    @command(
        "comments.release",
        label=("放行", "Release"),
        help=(
            "放行被扣下或拦截的评论；seen 为操作者看到的状态，期间被别人处理过则告知、不覆盖。",
            "Lets a held or blocked comment through; seen is the state that was looked at: what "
            "somebody decided meanwhile is told and stays.",
        ),
    )
    def release(self, id: str, seen: Seen = "") -> Changed:
        return self._decide(id, "released", seen=seen)

    @command(
        "comments.block",
        label=("拦截", "Block"),
        help=(
            "拦截一条评论；seen 的意思同放行。",
            "Blocks a comment; takes it off the picture; seen as for release.",
        ),
    )
    def block(self, id: str, seen: Seen = "") -> Changed:
        done = self._decide(id, "blocked", seen=seen)
        if self._audience.last_shown is self._audience.get(id):
            self._take_off()
        return done

    @command(
        "comments.restore",
        role=Role.CONTROLLER,
        label=("恢复评论状态", "Restore a comment"),
        help=("把评论恢复到之前的状态（撤销）。", "Gives a comment back the state it had: undo."),
    )
    def restore(self, id: str, state: State, by: str = "person", seen: Seen = "") -> Changed:
        done = self._decide(id, state, by, seen)
        if state in ("held", "blocked") and self._audience.last_shown is self._audience.get(id):
            self._take_off()
        return done

    @command(
        "comments.pin",
        role=Role.CONTROLLER,
        label=("上屏", "Pin"),
        help=("把评论放到画面上。", "Puts a comment on the picture."),
        keys="P",
    )
    def pin(self, id: str) -> Changed | Awaitable[Changed]:
        entry = self._audience.get(id)
        if self._audience.sentences.is_open(entry):
            return self._pin_when_judged(entry)
        return self._pin(entry)

    async def _pin_when_judged(self, entry: Entry) -> Changed:
        """What nobody has judged by its meaning yet is, first; it may be held then."""
        await self._audience.sentences.settle(entry)
        return self._pin(self._audience.get(entry.comment.id))

    def _pin(self, entry: Entry) -> Changed:
        id = entry.comment.id
        if entry.state in ("held", "blocked"):
            raise StudioError("conflict", "audience.not_released", reason=why_held(entry))
        before = self._audience.pinned
        veto = self._audience.veto
        if veto.seconds and before is not entry:
            is_new = veto.entry is not entry
            veto.begin(entry, who_asks(), self._up_if_allowed)
            if is_new:
                by, seconds = who_asks(), veto.seconds
                self._announce(CommentWaits(comment=id, by=by, seconds=seconds))
            undo = ("comments.veto", {"id": id})
            return changed("comments", undo=undo, result={"waits_s": veto.seconds})
        self._up(entry)
        undo = ("comments.pin", {"id": before.comment.id}) if before else ("comments.unpin", {})
        return changed("comments", undo=undo)

    @command(
        "comments.veto",
        label=("否决上屏", "Veto"),
        help=(
            "否决等待上屏的评论；已经上屏的立即下屏。",
            "Keeps a comment that waits off the picture; one that is up already leaves it at once.",
        ),
    )
    def veto(self, id: str) -> Changed:
        entry = self._audience.get(id)
        if self._audience.veto.entry is entry:
            self._audience.veto.end()
        elif self._audience.pinned is entry:
            self._take_off()
        else:
            raise StudioError("conflict", "audience.nothing_waits")
        self._announce(CommentVetoed(comment=id, by=who_asks()))
        return changed("comments", undo=("comments.pin", {"id": id}))

    @command(
        "comments.veto_window",
        label=("上屏前等待", "Veto window"),
        help=(
            "评论上屏前等几秒，期间其他场控可否决；0 为不等。",
            "How many seconds a comment waits before it goes on the picture; 0 is not at all.",
        ),
    )
    def veto_window(self, seconds: VetoSeconds) -> Changed:
        before, self._audience.veto.seconds = self._audience.veto.seconds, seconds
        return changed("comments", undo=("comments.veto_window", {"seconds": before}))

    @command(
        "comments.unpin",
        label=("下屏", "Unpin"),
        help=("让评论离开画面。", "Takes the comment off the picture."),
        keys="Shift+P",
    )
    def unpin(self) -> Changed:
        before = self._audience.pinned
        self._unpin()
        undo = ("comments.pin", {"id": before.comment.id}) if before else None
        return changed("comments", undo=undo)

    @command(
        "comments.mute",
        label=("禁言", "Mute author"),
        help=(
            "禁言评论的作者；合并的评论连同所有作者；已上屏的立即下屏。",
            "Blocks an author, or all of a fold, for a while; what is pinned leaves the picture.",
        ),
        keys="M",
    )
    def mute(self, id: str, minutes: Minutes = 60.0, seen: Seen = "") -> Changed:
        entry = self._audience.get(id)
        check_seen(entry, seen)
        muted = [mute.who for mute in self._audience.mute(entry, minutes)]
        shown = self._audience.last_shown
        if shown is not None and shown.comment.who in muted:
            self._take_off()
        for name in muted:
            self._announce(AuthorMuted(who=name, minutes=minutes))
        who = muted[0] if len(muted) == 1 else muted
        return changed("comments", undo=("comments.unmute", {"who": who}), result=len(muted))

    @command(
        "comments.unmute",
        label=("解除禁言", "Unmute author"),
        help=("解除禁言。", "Lets an author, or several, speak again."),
    )
    def unmute(self, who: str | list[str]) -> Changed:
        names = [who] if isinstance(who, str) else who
        lifted = [mute.who for mute in self._audience.book.lift(names)]
        for name in lifted:
            self._announce(AuthorMuted(who=name, minutes=0))
        return changed("comments", undo=("comments.mute_again", {"who": lifted}))

    @command(
        "comments.mute_again",
        label=("恢复禁言", "Mute again"),
        help=(
            "把提前解除的禁言恢复到原定时间（撤销）。",
            "A mute that was lifted counts again, until the end it had: undo.",
        ),
    )
    def mute_again(self, who: str | list[str]) -> Changed:
        names = [who] if isinstance(who, str) else who
        back = self._audience.book.again(names)
        for mute in back:
            self._announce(AuthorMuted(who=mute.who, minutes=mute.minutes))
        return changed("comments", undo=("comments.unmute", {"who": [m.who for m in back]}))

    @command(
        "comments.mutes",
        role=Role.VIEWER,
        label=("禁言列表", "List mutes"),
        help=(
            "列出被禁言的人：原话、规则、谁决定、到何时。",
            "Lists who is muted: what was said, the rule, who decided, until when.",
        ),
    )
    def mutes(self) -> Changed:
        return changed(result=list(map(_told, self._audience.mutes.values())))

    @command(
        "comments.appeal",
        label=("禁言申诉", "Appeal against a mute"),
        help=(
            "查看某人为何被禁言：原话、规则、谁决定；lift 为 true 时解除，"
            "仅因禁言而拦截的评论回到待审。",
            "Shows why somebody is muted: what was said, the rule, who decided; with lift the mute "
            "ends, and what was blocked only for it is held for a person.",
        ),
    )
    def appeal(self, who: str, lift: bool = False) -> Changed:
        told = _told(self._audience.book.get(who))
        if not lift:
            return changed(result={**told, "lifted": False, "rows": 0})
        done = self.unmute(who)
        rows = self._audience.hear_again(who)
        return changed("comments", undo=done.undo, result={**told, "lifted": True, "rows": rows})

    @command(
        "comments.bulk",
        label=("批量处理评论", "Decide about many"),
        help=(
            "按规则、类别、作者、文字或时间一次放行或拦截；action 为 count 时只计数；"
            "别人已决定的保持不变（kept）。",
            "Releases or blocks by rule, category, author, text or time; count only counts. What "
            "somebody else has decided otherwise stays as it is (kept).",
        ),
    )
    def bulk(
        self,
        action: Literal["count", "release", "block"],
        which: Literal["held", "best", "all"] = "held",
        rule: str = "",
        category: str = "",
        author: str = "",
        text: str = "",
        last_s: Annotated[float, msgspec.Meta(ge=0, le=86400)] = 0.0,
    ) -> Changed:
        meant = self._audience.many.pick(
            which, CommentsWanted(rule, category, author, text, last_s)
        )
        state: State = "released" if action == "release" else "blocked"
        entries = [entry for entry in meant if not _is_anothers(entry, action, state)]
        result = {
            "rows": len(entries), "comments": sum(entry.count for entry in entries),
            "kept": len(meant) - len(entries),
        }  # fmt: skip
        if action == "count" or not entries:
            return changed(result=result)
        name = self._audience.many.settle(entries, state)
        if state == "blocked" and any(entry is self._audience.last_shown for entry in entries):
            self._take_off()
        self._announce(CommentsDecided(state=state, rows=len(entries), rule=rule, author=author))
        return changed("comments", undo=("comments.undo_bulk", {"id": name}), result=result)

    @command(
        "comments.undo_bulk",
        label=("撤销批量处理", "Take back a decision about many"),
        help=("恢复批量处理之前的状态。", "Gives comments back the state they had."),
    )
    def undo_bulk(self, id: str) -> Changed:
        return changed("comments", result=self._audience.many.take_back(id))

    @command(
        "comments.answer",
        role=Role.STREAMER,
        label=("已答", "Answered"),
        help=("标记评论已回答。", "Marks a comment as answered."),
        keys="R",
    )
    def answer(self, id: str, on: bool = True) -> Changed:
        entry = self._audience.get(id)
        before = entry.is_answered
        self._audience.answer(entry, on)
        return changed("comments", undo=("comments.answer", {"id": id, "on": before}))

    @command(
        "comments.reply",
        label=("回复评论", "Reply"),
        help=(
            "在评论的平台上回复，并标记已答；发出后收不回。",
            "Answers on the comment's platform and marks it as answered; it cannot be recalled.",
        ),
    )
    def reply(
        self, id: str, text: Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_REPLY)]
    ) -> Changed:
        entry = self._audience.get(id)
        if names := variables_of(text):
            raise StudioError("invalid", "audience.unfilled", name=names[0])
        if entry.state in ("held", "blocked"):
            raise StudioError("conflict", "audience.not_released", reason=why_held(entry))
        feed = feed_for(self._audience.feeds.values(), entry.comment)
        waiting = self.replies.send(feed, entry.comment, text)
        self._audience.answer(entry, True)
        return changed("comments", result={"feed": feed.spec.name, "waiting": waiting})

    @command(
        "comments.slow",
        label=("慢速模式", "Slow mode"),
        help=("所有新评论先扣下待审。", "Holds every new comment for a person to look at."),
    )
    def slow(self, on: bool) -> Changed:
        before, self._audience.is_slow = self._audience.is_slow, on
        return changed("comments", undo=("comments.slow", {"on": before}))

    @command(
        "comments.add_rule",
        label=("加屏蔽词", "Add a word"),
        help=("给本场加一个词，命中即扣下或拦截。", "Holds or blocks comments with this word."),
    )
    async def add_rule(
        self,
        word: Annotated[str, msgspec.Meta(min_length=1, max_length=40)],
        action: Literal["hold", "block"] = "hold",
        category: str = "own",
    ) -> Changed:
        await self._audience.add_words([word], category, action)
        return changed("comments")

    @command(
        "feeds.add",
        role=Role.TECHNICIAN,
        label=("接入评论", "Add feed"),
        help=(
            "接入一路评论：平台、桥接或回放文件。",
            "Adds a feed: a platform, a bridge or a file.",
        ),
    )
    def add_feed(self, name: str, kind: str, settings: dict[str, Any] | None = None) -> Changed:
        self._audience.add_feed(FeedSpec(name, kind, settings or {}))
        return changed("comments", undo=("feeds.remove", {"name": name}))

    @command(
        "feeds.remove",
        role=Role.TECHNICIAN,
        label=("断开评论", "Remove feed"),
        help=("断开一路评论。", "Ends a comment feed; its comments stay."),
    )
    async def remove_feed(self, name: str) -> Changed:
        spec = await self._audience.remove_feed(name)
        undo = {"name": spec.name, "kind": spec.kind, "settings": spec.settings}
        return changed("comments", undo=("feeds.add", undo))

    @command(
        "comments.list",
        role=Role.VIEWER,
        label=("评论列表", "List comments"),
        help=("列出待审、优质或全部评论。", "Lists held, best or all comments."),
    )
    def list_all(
        self,
        which: Literal["held", "best", "all"] = "all",
        last: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100,
    ) -> Changed:
        return changed(
            result=[msgspec.to_builtins(view_entry(e)) for e in self._audience.listed(which, last)]
        )

    @command(
        "comments.say",
        label=("发评论", "Say"),
        help=("以观众身份送入一条评论（彩排用）。", "Brings a comment in, for rehearsals."),
    )
    async def say(self, text: str, author: str = "", platform: str = "rehearsal") -> Changed:
        await self._audience.make_ready()
        number = self._audience.counts["all"] + 1
        comment = Comment(f"say-{number}", text, author, author, platform, utc_iso())
        entry = self._audience.put(comment)
        return changed("comments", result=msgspec.to_builtins(view_entry(entry)) if entry else None)

    @command(
        "comments.claim",
        label=("正在看", "Look at a comment"),
        help=(
            "让其他场控看到谁在处理这条评论，二十秒后失效；on 为 false 时放开。",
            "Shows others who is looking at a comment, for twenty seconds; on=false leaves it.",
        ),
    )
    def claim(self, id: str, on: bool = True) -> Changed:
        entry, me = self._audience.get(id), who_asks()
        before = entry.claimed_by
        if on:
            by = self._audience.claims.claim(entry, me)
        else:
            if before == me:
                self._audience.claims.leave(me)
            by = entry.claimed_by
        result = {"claimed_by": by, "me": me}
        return changed(*(["comments"] if before != by else []), result=result)

    def _decide(self, id: str, state: State, by: str = "person", seen: Seen = "") -> Changed:
        entry = self._audience.get(id)
        if seen and entry.state == state != seen:  # somebody decided the same: theirs to undo
            return changed()
        check_seen(entry, seen)
        # An undo as well overwrites nothing that somebody decided again meanwhile.
        before = {"id": id, "state": entry.state, "by": entry.by, "seen": state}
        self._audience.decide(entry, state, by)
        self._announce(CommentModerated(comment=id, state=state))
        return changed("comments", undo=("comments.restore", before))

    def _not_sent(self, to: Comment, error: StudioError) -> None:
        """The question is open again, and somebody is told."""
        with contextlib.suppress(StudioError):
            self._audience.answer(self._audience.get(to.id), False)
        self._announce(ReplyFailed(comment=to.id, why=error.in_language()))

    def _up_if_allowed(self, entry: Entry, by: str) -> None:
        """The window is over; what was blocked, muted or deleted meanwhile does not go up."""
        if self._audience.may_show(entry):
            self._up(entry)

    def _up(self, entry: Entry) -> None:
        comment = entry.comment
        self._audience.veto.end()  # what waited for its place goes
        self._audience.pinned = self._audience.last_shown = entry
        self._show(comment.author, comment.text, comment.platform)
        self._announce(CommentPinned(comment=comment.id, author=comment.author, text=comment.text))

    def _take_off(self) -> None:
        """What must not be seen any more: no sliding out."""
        self._drop()
        self._unpinned()

    def _unpin(self) -> None:
        self._show("", "", "")
        self._unpinned()

    def _unpinned(self) -> None:
        before, self._audience.pinned = self._audience.pinned, None
        if before is not None:
            self._announce(CommentUnpinned(comment=before.comment.id))


def _told(mute: Mute) -> dict[str, Any]:
    """A mute as a command answers it."""
    told: dict[str, Any] = msgspec.to_builtins(view_mute(mute))
    return told


def _is_anothers(entry: Entry, action: str, state: State) -> bool:
    """Has somebody else decided about it, and otherwise? A decision about many leaves it alone."""
    is_decided = entry.by != "rules" and entry.decider not in ("", who_asks())
    return is_decided and (action == "count" or entry.state != state)
