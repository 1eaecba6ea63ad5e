"""What viewers see of a game: its board on the picture, in the language of the show."""

from __future__ import annotations

from studio.core.personal import mask_text
from studio.core.text import Text
from studio.graphics.model import BoardRow, BoardSpec
from studio.shop.games.model import DrawView

MOST_WINNERS = 4
ENTRIES = Text("{n} 人参与", "{n} joined")
LEFT = Text("还剩 {left}", "{left} left")
CLOSED = Text("已截止，等待开奖", "Closed, about to be drawn")
VOTED = Text("投票已截止", "The vote is closed")
SAY = Text("评论“{words}”参加", "Comment “{words}” to join")
SAY_ANY = Text("发评论就参加", "Any comment joins")
SAY_OPTION = Text("评论选项或序号", "Comment the option or its number")
SAY_ANSWER = Text("评论你的答案", "Comment your answer")
SAY_PRICE = Text("评论你猜的价格", "Comment the price you guess")
SOON = Text("即将开始", "About to begin")
ANSWER = Text("答案：{answer}", "The answer: {answer}")
GOAL = Text("点赞到 {n} 就开始", "Begins at {n} likes")
WON = Text("中奖：{names}", "Won by {names}")
MORE = Text("{names} 等 {n} 人", "{names} and others, {n} in all")


def board_of(view: DrawView, language: str) -> BoardSpec:
    """The board of a game as it stands.

    Names of winners are masked but for their first and last sign: whoever is meant knows it, and
    no name can be a message on the picture.
    """
    if view.stage == "ready" and view.likes:
        goal = GOAL.in_language(language).format(n=f"{view.likes:,}")
        rows = [BoardRow(goal, view.liked, view.liked / view.likes, leads=True)]
    elif view.kind == "quiz" and view.stage != "drawn":  # how others answer is no help
        rows = [BoardRow(option) for option in view.options]
    elif view.kind == "vote" or view.stage == "drawn":
        counts = [view.answers.get(option, 0) for option in view.options]
        total, most = max(1, sum(counts)), max([1, *counts])
        rows = [
            BoardRow(f"{number}  {option}", count, count / total, count == most)
            for number, (option, count) in enumerate(zip(view.options, counts, strict=True), 1)
        ]
    else:
        rows = []
    foot = [line for line in _foot(view, language) if line]
    return BoardSpec(mask_text(view.title), tuple(rows), tuple(foot))


def _foot(view: DrawView, language: str) -> list[str]:
    joined = ENTRIES.in_language(language).format(n=f"{view.entries:,}")
    if view.stage == "ready":
        return [SOON.in_language(language)]
    if view.stage == "open":
        left = f"{view.left_s // 60}:{view.left_s % 60:02}" if view.left_s else ""
        left = LEFT.in_language(language).format(left=left) if left else ""
        return [_how(view, language), "  ·  ".join(word for word in (joined, left) if word)]
    if view.stage == "closing":
        return [(VOTED if view.kind == "vote" else CLOSED).in_language(language), joined]
    answer = ANSWER.in_language(language).format(answer=view.answer) if view.answer else ""
    names = [masked_name(winner["author"]) for winner in view.winners]
    said = ", ".join(names[:MOST_WINNERS])
    if len(names) > MOST_WINNERS:
        said = MORE.in_language(language).format(names=said, n=len(names))
    return [answer, WON.in_language(language).format(names=said) if names else joined]


def _how(view: DrawView, language: str) -> str:
    if view.keyword:
        return SAY.in_language(language).format(words=view.keyword)
    how = {"vote": SAY_OPTION, "quiz": SAY_ANSWER, "price": SAY_PRICE}
    return how.get(view.kind, SAY_ANY).in_language(language)


def masked_name(name: str) -> str:
    """小**鹿: the first and the last sign of a name."""
    bare = "".join(name.split())
    return bare[:1] + "**" + (bare[-1:] if len(bare) > 2 else "")
