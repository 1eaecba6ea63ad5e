"""The sentence model from outside: on or off."""

from __future__ import annotations

from studio.comments.keeper import CommentQueue
from studio.core.command import Changed, changed, command


class SentenceCommands:
    """Whether what rules let pass is judged by its meaning too."""

    def __init__(self, audience: CommentQueue) -> None:
        self._audience = audience

    @command(
        "comments.sentences",
        label=("判断整句意思", "Judge the meaning"),
        help=(
            "规则放过的评论是否再由句意模型判断一次；随场次保存。",
            "Whether the sentence model judges what rules let pass; kept with the show.",
        ),
    )
    async def sentences(self, on: bool) -> Changed:
        tier = self._audience.sentences
        before, tier.is_on = tier.is_on, on
        if not on:
            await tier.stop()
        return changed("comments", undo=("comments.sentences", {"on": before}))
