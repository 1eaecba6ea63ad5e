"""What the audience room announces."""

from __future__ import annotations

from typing import Any, ClassVar

from studio.core.event import Event
from studio.core.text import Text


class CommentReceived(Event, frozen=True, kw_only=True):
    """A comment came and was judged."""

    name: ClassVar[str] = "comments.received"
    label: ClassVar[Text] = Text("收到评论", "Comment received")
    help: ClassVar[Text] = Text("收到并审过一条评论。", "A comment came in and was judged.")
    is_frequent: ClassVar[bool] = True

    entry: dict[str, Any]


class CommentModerated(Event, frozen=True, kw_only=True):
    """A person released or blocked a comment."""

    name: ClassVar[str] = "comments.moderated"
    label: ClassVar[Text] = Text("评论已处理", "Comment moderated")
    help: ClassVar[Text] = Text("人工放行或拦截了评论。", "A person released or blocked a comment.")

    comment: str
    state: str


class CommentDoubted(Event, frozen=True, kw_only=True):
    """The sentence model objects to a comment that rules had let pass; it is held now."""

    name: ClassVar[str] = "comments.doubted"
    label: ClassVar[Text] = Text("句意存疑", "Comment doubted")
    help: ClassVar[Text] = Text(
        "句意模型对已放过的评论提出异议，评论转为待审；was_shown 为它当时是否在画面上。",
        "The sentence model objects to a comment that had passed; it is held now. was_shown says "
        "whether it was on the picture.",
    )

    comment: str
    rule: str
    category: str
    was_shown: bool = False


class CommentPinned(Event, frozen=True, kw_only=True):
    """A comment is on the picture."""

    name: ClassVar[str] = "comments.pinned"
    label: ClassVar[Text] = Text("评论上屏", "Comment pinned")
    help: ClassVar[Text] = Text("评论已上画面。", "A comment is on the picture.")

    comment: str
    author: str
    text: str


class CommentWaits(Event, frozen=True, kw_only=True):
    """A comment waits in the veto window before it goes on the picture."""

    name: ClassVar[str] = "comments.waits"
    label: ClassVar[Text] = Text("评论待上屏", "Comment waits")
    help: ClassVar[Text] = Text(
        "评论将在 seconds 秒后上屏，期间可否决。",
        "A comment goes on the picture in some seconds unless somebody vetoes it.",
    )

    comment: str
    by: str
    seconds: float


class CommentVetoed(Event, frozen=True, kw_only=True):
    """Somebody kept a comment off the picture."""

    name: ClassVar[str] = "comments.vetoed"
    label: ClassVar[Text] = Text("上屏被否决", "Comment vetoed")
    help: ClassVar[Text] = Text(
        "有人在上屏前否决了评论；by 为否决者。",
        "Somebody kept a comment off the picture; by is who.",
    )

    comment: str
    by: str


class CommentUnpinned(Event, frozen=True, kw_only=True):
    """No comment is on the picture any more."""

    name: ClassVar[str] = "comments.unpinned"
    label: ClassVar[Text] = Text("评论下屏", "Comment unpinned")
    help: ClassVar[Text] = Text("评论已离开画面。", "The comment left the picture.")

    comment: str


class AuthorMuted(Event, frozen=True, kw_only=True):
    """An author was muted or may speak again."""

    name: ClassVar[str] = "comments.muted"
    label: ClassVar[Text] = Text("禁言", "Author muted")
    help: ClassVar[Text] = Text(
        "某人被禁言或解除；minutes 为 0 表示解除。", "An author was muted; 0 minutes: no longer."
    )

    who: str
    minutes: float


class ReplyFailed(Event, frozen=True, kw_only=True):
    """An answer did not reach its platform."""

    name: ClassVar[str] = "comments.reply_failed"
    label: ClassVar[Text] = Text("回复没发出", "Reply not sent")
    help: ClassVar[Text] = Text(
        "回复没有发到平台，问题重新打开。",
        "An answer did not reach its platform; the question is open again.",
    )

    comment: str
    why: str


class HoldNotSettled(Event, frozen=True, kw_only=True):
    """A decision about a comment that its platform holds did not reach it."""

    name: ClassVar[str] = "comments.hold_not_settled"
    label: ClassVar[Text] = Text("平台未接受审核结果", "Decision not taken by the platform")
    help: ClassVar[Text] = Text(
        "对平台扣下的评论的放行或拒绝没有送达平台，请到平台处理。",
        "What was decided of a comment that its platform holds did not reach it; decide it there.",
    )

    comment: str
    why: str


class CommentWithdrawn(Event, frozen=True, kw_only=True):
    """A platform deleted a comment, or all of an author it banned."""

    name: ClassVar[str] = "comments.withdrawn"
    label: ClassVar[Text] = Text("平台删除评论", "Withdrawn by the platform")
    help: ClassVar[Text] = Text(
        "平台删除了评论或封禁了作者；这里和画面上都已拿掉。",
        "A platform deleted a comment or banned its author; it is gone here and off the picture.",
    )

    comment: str
    platform: str
    count: int


class CommentsDecided(Event, frozen=True, kw_only=True):
    """Many comments were released or blocked at once."""

    name: ClassVar[str] = "comments.decided"
    label: ClassVar[Text] = Text("批量处理评论", "Many decided")
    help: ClassVar[Text] = Text(
        "多条评论被一次放行或拦截。", "Many comments were released or blocked at once."
    )

    state: str
    rows: int
    rule: str = ""
    author: str = ""
