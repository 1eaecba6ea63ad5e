"""A raid: 2,000 comments a second for a minute, a tenth of it foul, and 50 buyers among them.

The reference is a list of the last 500 comments, as chat docks keep it.
"""

from __future__ import annotations

import itertools
import random
import time
from collections import deque

from bench.base import BenchReport, Row
from studio.comments.keeper import CommentQueue
from studio.comments.model import Comment
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.moderation.rules import RuleTier

A_SECOND = 2000
EVENTS = 120_000
BUYERS = 50
SEED = 20261129
GOODS = ("外套", "裙子", "墨镜", "包", "手表", "围巾", "毛衣", "靴子", "衬衫", "帽子")
ASKS = (
    "{n} 号{what}还有货吗",
    "{n} 号{what}多少钱",
    "{n} 号{what} {size} 码有吗",
    "怎么买 {n} 号{what}",
)
CHATTER = ("哈哈哈", "来了来了", "冲", "666", "主播好", "笑死", "打卡", "第一次来", "点赞", "好听")
FOUL = ("假货", "骗子", "加微信看图", "退钱", "垃圾主播", "滚", "低价加群", "全是托")


def run(events: int | None = None) -> BenchReport:
    """How many buyers are seen within a second, and at the end; what is held; how fast."""
    count = events or EVENTS
    chance = random.Random(SEED)
    queue = CommentQueue(shipped_rules(), lambda event: None, lambda: None)
    dock: deque[str] = deque(maxlen=500)
    buyers = _buyers(chance)
    # What the rules think of it is measured elsewhere: here it is to be found again.
    tier = queue.judge.tier
    foul_ones = [t for t in map("".join, itertools.product(FOUL, CHATTER)) if _held(tier, t)]
    at = sorted(chance.sample(range(count), BUYERS))
    asked: dict[str, float] = {}
    late: list[str] = []
    foul = 0
    slowest = 0.0
    began = time.monotonic()
    for number in range(count):
        behind = began + number / A_SECOND - time.monotonic()
        if behind > 0:
            time.sleep(behind)
        if at and number == at[0]:
            at.pop(0)
            text = buyers[len(asked)]
            asked[text] = time.monotonic()
        elif chance.random() < 0.1:
            text, foul = chance.choice(foul_ones), foul + 1
        else:
            text = chance.choice(CHATTER) + str(chance.randrange(1000))
        one = time.monotonic()
        queue.put(Comment(f"c{number}", text, f"v{number % 5000}", f"v{number % 5000}", "douyin"))
        slowest = max(slowest, time.monotonic() - one)
        dock.append(text)
        late += _late(queue, asked, late)
    took = time.monotonic() - began
    best = {entry.comment.text for entry in queue.listed("best", 1000)}
    held = sum(e.count for e in queue.rings.newest("held"))
    report = BenchReport("raid", "a list of the last 500 comments")
    kept = sum(text in dock for text in asked)
    rows = report.rows
    rows.append(Row("buyers that were not in best within 1 s", len(late), None, "", 0))
    rows.append(Row("buyers that are missing at the end",
                    BUYERS - len(best & asked.keys()), BUYERS - kept or None, ""))  # fmt: skip
    rows.append(Row("the same, none allowed", BUYERS - len(best & asked.keys()), None, "", 0))
    rows.append(Row("held ones that no row counts", foul - held, None, "", 0))
    rows.append(Row("rows that count them", queue.rings.count("held"), foul, ""))
    rows.append(Row("slowest comment", slowest * 1000, None, "ms"))
    rows.append(Row("seconds", took, count / A_SECOND, "s"))
    return report


def _buyers(chance: random.Random) -> list[str]:
    """Questions that mean different things, or they would be one row."""
    every = [
        ask.format(n=number, what=what, size=size)
        for ask, number, what, size in itertools.product(ASKS, range(1, 60), GOODS, ("S", "M", "L"))
    ]
    return chance.sample(sorted(set(every)), BUYERS)


def _late(queue: CommentQueue, asked: dict[str, float], known: list[str]) -> list[str]:
    """Questions whose second is over and that no list of the best has."""
    now = time.monotonic()
    due = [text for text, at in asked.items() if 1.0 <= now - at < 1.01 and text not in known]
    if not due:
        return []
    best = {entry.comment.text for entry in queue.listed("best", 1000)}
    return [text for text in due if text not in best]


def _held(tier: RuleTier, text: str) -> bool:
    return tier.judge(text).action == "hold"
