"""Quick answers of the show: kept, tried, sent."""

from __future__ import annotations

from typing import Protocol

from studio.comments.keeper import CommentQueue
from studio.comments.model import AnswerName, AnswerText, QuickAnswer
from studio.comments.quick import FactSheet, fill, variables_of
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError

MOST_ANSWERS = 50


class Replier(Protocol):
    """Sends an answer to a comment's platform."""

    def reply(self, id: str, text: str) -> Changed: ...


class QuickCommands:
    """Texts that are answered again and again.

    Args:
        queue: keeps them with the show.
        replier: sends what was filled in.
        sheet: where the facts come from.
    """

    def __init__(self, queue: CommentQueue, replier: Replier, sheet: FactSheet) -> None:
        self._queue, self._replier, self._sheet = queue, replier, sheet

    @command(
        "comments.quick_put",
        label=("存快捷回复", "Keep a quick answer"),
        help=(
            "给本场存一条快捷回复；{price}、{stock} 等变量在发送时按资料表填入。",
            "Keeps a quick answer with the show; {price}, {stock} and other variables are filled "
            "from the fact sheet as it is sent.",
        ),
    )
    def put(self, name: AnswerName, text: AnswerText) -> Changed:
        answers = self._queue.answers
        before = answers.get(name)
        if before is None and len(answers) >= MOST_ANSWERS:
            raise StudioError("conflict", "audience.too_many_answers", most=MOST_ANSWERS)
        answers[name] = QuickAnswer(name, text)
        undo = (
            ("comments.quick_remove", {"name": name})
            if before is None
            else ("comments.quick_put", {"name": name, "text": before.text})
        )
        return changed("comments", undo=undo, result={"variables": list(variables_of(text))})

    @command(
        "comments.quick_remove",
        label=("删快捷回复", "Remove a quick answer"),
        help=("删除本场的一条快捷回复。", "Removes a quick answer of this show."),
    )
    def remove(self, name: str) -> Changed:
        before = self._get(name)
        del self._queue.answers[name]
        undo = {"name": before.name, "text": before.text}
        return changed("comments", undo=("comments.quick_put", undo))

    @command(
        "comments.quick_try",
        role=Role.STREAMER,
        label=("预览快捷回复", "Preview a quick answer"),
        help=(
            "按此刻的资料表填好变量，看会发出什么；不发送。product 为空时用正在讲解的商品。",
            "Shows what would be sent with the facts as they are now; nothing is sent. Without "
            "product: the one that is featured.",
        ),
    )
    async def try_text(self, name: str = "", text: str = "", product: str = "") -> Changed:
        return changed(result={"text": await self._filled(name, text, product)})

    @command(
        "comments.quick_reply",
        label=("快捷回复", "Quick answer"),
        help=(
            "填好变量后回复到评论的平台，并标记已答；资料表里没有的变量会写明，什么也不发。",
            "Answers on the comment's platform with the facts filled in and marks it as answered; "
            "a variable that is no fact is told, and nothing is sent.",
        ),
    )
    async def reply(self, id: str, name: str = "", text: str = "", product: str = "") -> Changed:
        self._queue.get(id)
        said = await self._filled(name, text, product)
        done = self._replier.reply(id, said)
        return changed(*done.parts, result={**done.result, "text": said})

    async def _filled(self, name: str, text: str, product: str) -> str:
        wanted = self._get(name).text if name else text
        if not wanted.strip():
            raise StudioError("invalid", "audience.no_answer_text")
        facts = await self._sheet.facts(product) if variables_of(wanted) else {}
        return fill(wanted, facts)

    def _get(self, name: str) -> QuickAnswer:
        found = self._queue.answers.get(name)
        if found is None:
            known = ", ".join(self._queue.answers) or "–"
            raise StudioError("not_found", "audience.no_answer", name=name, known=known)
        return found
