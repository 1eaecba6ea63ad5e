"""The follower: twelve simulated readings with skips, repeats, asides and misheard words."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

import pytest

from studio.host.follower import TextFollower, tokens_of

ZH = [
    "大家好，欢迎来到橱窗直播间，今天给大家带来秋季上新。", "第一件是猫眼偏光墨镜，镜框只有28克。",
    "戴上以后看一下侧面，鼻托是可以调的。", "偏光镜片，开车的时候路面反光会少很多。",
    "颜色有琥珀、黑色和茶色，先看琥珀色。", "现在的价格是199元，库存还有38件。",
    "要的朋友点1号链接，尺码选均码就可以。", "接下来看丝绒唇釉，上嘴是哑光的质地。",
    "我试一下手背，晕开以后颜色比较均匀。", "它的净含量是3.5克，保质期是三年。",
    "这一支今天是89元，剩下4件，喜欢的不要犹豫。", "第三件是羊皮链条包，尺寸是24乘16厘米。",
    "里面有三个隔层，手机和口红都放得下。", "链条可以拆，拆下来就是手拿包。",
    "价格599元，支持七天无理由退货。", "最后看石英表，表盘是38毫米，5个大气压防水。",
    "表带是真皮的，可以换成金属的。", "今天329元，点4号链接，我们下一场再见。",
]  # fmt: skip
EN = [
    "Welcome everybody, this is our autumn window and we have five things to show you.",
    "The first one is a pair of polarised sunglasses, and the frame weighs 28 grams.",
    "Let me put them on so that you can see them from the side.",
    "The nose pads can be bent, which helps when they slip.",
    "There are three colours, amber, black and tea, and I am wearing amber.",
    "They cost 199 today and there are 38 pairs in stock.",
    "If you would like them, tap number 1 below the picture.",
    "Next comes a velvet lip tint with a matte finish.",
    "I try it on the back of my hand and spread it with one finger.",
    "One tube holds 3.5 grams and keeps for three years.",
    "This one is 89, and only a few are left, so look at the counter.",
    "Thank you for watching, the next show is on Friday evening at eight.",
]
MIXED = [
    "这款 T-shirt 是 oversize 版型，身高160选 S 码。", "面料是 cotton 加 spandex，有一点弹力。",
    "洗的时候翻过来，水温不要超过30度。", "这个 logo 是刺绣的，不是 print 上去的。",
    "价格129元，两件一起拍是239元。", "Denim jacket 在下一个链接，一起搭很好看。",
    "鞋子是 sneaker，鞋底4厘米，走路不累。", "好，我们看 comment 里的问题，一个一个来。",
]  # fmt: skip
ASIDES = [
    "刚才有个姐妹问能不能发顺丰这个我们客服会跟大家说的哈",
    "欢迎新进来的宝宝们点点关注不迷路点点赞",
    "外面好像下雨了声音有点大等一下我把窗户关上",
    "oh somebody wants to know about shipping we will answer that in the comments later on",
]
CONFUSED = {
    "尺": "吃", "码": "嘛", "克": "课", "价": "嫁", "颜": "言", "表": "婊", "链": "恋", "接": "街",
    "包": "胞", "镜": "竟", "库": "裤", "存": "村",
}  # fmt: skip


@dataclass
class Reading:
    """A reading as it happens: what is said in each half second, and where it truly is."""

    lines: list[str]
    order: list[object]
    signs_s: float
    misheard: float = 0.0
    seed: int = 1
    said: list[tuple[str, int]] = field(default_factory=list)

    def spoken(self) -> list[tuple[str, int]]:
        """Pieces of half a second with the line that is read; −1 in an aside."""
        chance = random.Random(self.seed)
        signs: list[tuple[str, int]] = []
        for entry in self.order:
            text = (self.lines[entry] if isinstance(entry, int) else str(entry)) + " "
            number = entry if isinstance(entry, int) else -1
            units = re.findall(r"[A-Za-z'-]+ ?|[^A-Za-z]", text)
            signs += [(_heard(sign, self.misheard, chance), number) for sign in units]
        step = max(1, round(self.signs_s / 2))
        return [
            ("".join(text for text, _ in signs[at : at + step]), signs[min(at + step, len(signs))
             - 1][1])
            for at in range(0, len(signs), step)
        ]  # fmt: skip


def _heard(sign: str, share: float, chance: random.Random) -> str:
    """Homophones where recognition writes them; some words lost, some others instead."""
    if sign in CONFUSED and chance.random() < 0.6:
        return CONFUSED[sign]
    if chance.random() < share:
        return chance.choice(("", "的", "嗯", "uh "))
    return sign


def steps(lines: list[str]) -> list[object]:
    return list(range(len(lines)))


def aside(lines: list[str], after: int, words: str) -> list[object]:
    """About 30 s of something else."""
    order = steps(lines)
    return [*order[: after + 1], words * 4, *order[after + 1 :]]


READINGS = {
    "zh as it stands": Reading(ZH, steps(ZH), 4),
    "zh slowly": Reading(ZH, steps(ZH), 2),
    "zh fast, misheard": Reading(ZH, steps(ZH), 7, 0.08),
    "zh with a skip": Reading(ZH, [*range(5), *range(8, 18)], 5),
    "zh with a long skip": Reading(ZH, [*range(3), *range(13, 18)], 5),
    "zh with repeats": Reading(ZH, [0, 1, 2, 2, 3, 4, 5, 5, 4, 5, 6, 7, 8, 9, 10, 11], 4, 0.05),
    "zh with an aside": Reading(ZH, aside(ZH, 6, ASIDES[0]), 5),
    "zh with two asides, misheard": Reading(
        ZH, [*range(4), ASIDES[1] * 3, *range(4, 11), ASIDES[2] * 4, *range(11, 18)], 4, 0.08
    ),
    "en as it stands": Reading(EN, steps(EN), 3),
    "en with an aside and a skip": Reading(
        EN, [0, 1, 2, ASIDES[3] * 3, 3, 4, 5, 8, 9, 10, 11], 3, 0.05
    ),
    "mixed": Reading(MIXED, steps(MIXED), 4),
    "mixed with a repeat, misheard": Reading(MIXED, [0, 1, 2, 1, 2, 3, 4, 5, 6, 7], 5, 0.06),
}  # fmt: skip


@pytest.mark.parametrize("name", READINGS)
def test_a_reading_is_followed(name: str) -> None:
    """The right line at least 98 % of the time; back within 2 s; never a leap."""
    reading = READINGS[name]
    follower = TextFollower(reading.lines)
    pieces = reading.spoken()
    shown, right, counted, away = 0, 0, 0, 0
    worst_away = 0
    for at, (words, truth) in enumerate(pieces):
        before = shown
        found = follower.hear(words)
        if found is not None:
            shown = found[0]
        near = {line for _, line in pieces[max(0, at - 4) : at + 3]}  # 2 s after, 1 s before
        if truth < 0:
            assert shown == before or shown in near, "an aside moves nothing"
            continue
        counted += 1
        is_right = shown in near
        right += is_right
        away = 0 if is_right else away + 1
        worst_away = max(worst_away, away)
        assert shown in near | {before}, f"a leap from {before} to {shown} at {truth}"
    assert right / counted >= 0.98, f"{right / counted:.3f}"
    assert worst_away * 0.5 <= 2.0, "back within 2 s"


def test_numbers_are_followed_as_they_are_read() -> None:
    zh = [sound for sound, _ in tokens_of("价格199元")]
    assert zh == [sound for sound, _ in tokens_of("价格一百九十九元")]
    assert [s for s, _ in tokens_of("It costs 199")] == [
        s for s, _ in tokens_of("it costs one hundred ninety nine")
    ]
    assert [s for s, _ in tokens_of("3.5克")] == [s for s, _ in tokens_of("三点五克")]


def test_homophones_are_the_same() -> None:
    assert [s for s, _ in tokens_of("尺码")] == [s for s, _ in tokens_of("吃嘛")]


def test_words_that_are_heard_twice_count_once() -> None:
    follower = TextFollower(ZH)
    for words in ("大家好欢迎来到", "欢迎来到橱窗直播间", "橱窗直播间今天给大家"):
        follower.hear(words)
    found = follower.hear("今天给大家带来秋季")
    assert found is not None
    assert ZH[0][: int(found[1])].endswith("秋季")


def test_a_hand_puts_it_elsewhere() -> None:
    follower = TextFollower(ZH)
    follower.go(11, 0)
    assert follower.hear("第三件是羊皮链条包") == (11, 9.0)
    assert TextFollower(()).hear("什么都没有") is None
    assert TextFollower(["……"]).hear("嗯") is None


def test_a_long_text_without_a_space_is_followed_quickly() -> None:
    chance = random.Random(3)
    signs = [sign for line in ZH for sign in line if "\u4e00" <= sign <= "\u9fff"]
    text = "".join(chance.choice(signs) for _ in range(20_000))
    lines = [text[at : at + 160] for at in range(0, len(text), 160)]
    follower = TextFollower(lines)
    follower.go(60, 0)
    for at in range(9_600, 9_700, 4):
        found = follower.hear(text[at : at + 4])
    assert found is not None
    assert found[0] == 60
