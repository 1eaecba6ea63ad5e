"""Likes: counted for each platform, in no list, never taken back by a late total."""

from __future__ import annotations

import json

import pytest

from studio.comments.likes import LikeCounter, like_text
from studio.comments.model import Comment
from studio.comments.platforms.lines import BadLine, parse


def like(text: str, platform: str = "douyin") -> Comment:
    return Comment("1", text, "a", "u", platform, "", "like")


def test_counts_and_totals() -> None:
    told = []
    likes = LikeCounter(lambda: told.append(1))
    assert likes.take(like("+3"))
    assert likes.take(like("=100"))
    assert likes.take(like("=90")), "a total that comes late"
    assert likes.take(like("+1", "bilibili"))
    assert likes.by_platform == {"douyin": 100, "bilibili": 1}
    assert likes.total == 101
    assert len(told) == 3
    likes.clear()
    assert likes.total == 0


@pytest.mark.parametrize("text", ["+3 nice", "", "+-3", "+٣", "=1e9", "+9999999999999", "3"])
def test_anything_else_is_a_comment(text: str) -> None:
    likes = LikeCounter(lambda: None)
    assert not likes.take(like(text))
    assert not likes.take(Comment("1", "+3", "a", "u", "douyin", "", "comment"))
    assert likes.total == 0


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "+1"), ({"count": 12}, "+12"), ({"total": 8230}, "=8230"), ({"count": -4}, "+1"),
        ({"count": True}, "+1"), ({"count": "x", "total": 1.5}, "+1"),
        ({"text": "点赞了主播", "count": 3}, "点赞了主播"),
    ],
)  # fmt: skip
def test_lines_of_likes(fields: dict[str, object], text: str) -> None:
    comment, _ = parse(json.dumps({"kind": "like", **fields}), 1, "x")
    assert (comment.kind, comment.text) == ("like", text)


def test_other_kinds_need_their_text() -> None:
    with pytest.raises(BadLine):
        parse(json.dumps({"kind": "gift", "count": 3}), 1, "x")
    assert like_text(-1) == "+0"
