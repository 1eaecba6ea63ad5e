"""Everyday words of Chinese: what is written with them is not the disguise of another word."""

from __future__ import annotations

import functools
import operator

from studio.core.paths import assets_dir

LONGEST = 3
FREE = frozenset(
    "的了是在我有不你他她它们这那就也都和与或但而人个一二三四五六七八九十百千万两几多少大小上下"
    "中里外前后左右来去到过出入给把被让从对为以用要想能会可得着地好看说做买卖吃喝穿戴拿放开关"
    "发送收退换寄付打点拍抢等问答听讲教学写读走跑坐站住回进还再又很太真最更才只就没吗呢吧啊呀"
    "哦嘛哈啦么什谁哪怎样种件条双套只支瓶盒包袋箱斤克米块元毛分折码号款色红黑白蓝绿黄粉灰紫新"
    "老长短高低宽窄厚薄轻重快慢早晚今明昨年月日天点时周半贵店货单钱券价第次起比如跟像同各每"
    "请叫找试洗晒烫熨热冷凉暖软硬干湿酸甜苦辣咸香臭男女孩妈爸姐妹哥弟宝亲头脸手脚腿腰胸背肩皮"
)
"""Signs that are words by themselves: they stand alone in any sentence."""


@functools.cache
def dictionary_words() -> frozenset[str]:
    """Words of two and three signs that are common in writing or in shops; read on first use."""
    folder = assets_dir() / "rules"
    lines = (folder / "words.txt").read_text(encoding="utf-8").splitlines()
    words = {line[0] + rest for line in lines for rest in line[2:].split(" ")}
    for line in (folder / "shop_words.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            words.update(line.split(" "))
    return frozenset(words)


@functools.cache
def everyday_words() -> frozenset[str]:
    """Those of the dictionary, and what stands side by side in everyday comments."""
    words = set(dictionary_words())
    for text in everyday_comments():
        words.update(map(operator.add, text, text[1:]))
    return frozenset(words)


@functools.cache
def everyday_comments() -> tuple[str, ...]:
    """Some thousands of comments as people write them, none of which needs a person."""
    lines = (assets_dir() / "rules" / "everyday.txt").read_text(encoding="utf-8").splitlines()
    texts = "|".join(line.partition(": ")[2] for line in lines if not line.startswith("#"))
    return tuple(texts.split("|"))


def is_explained(text: str, place: int) -> bool:
    """Is the sign at ``place`` part of an everyday word, or one by itself?

    Args:
        text: a comment without spaces and separators.
        place: index of a sign in it.
    """
    return text[place] in FREE or is_in_word(text, place)


def is_in_word(text: str, place: int) -> bool:
    """Is the sign at ``place`` part of an everyday word of two or three signs?"""
    words = everyday_words()
    if text[place : place + 2] in words or text[place : place + 3] in words:
        return True
    if place and (text[place - 1 : place + 1] in words or text[place - 1 : place + 2] in words):
        return True
    return place > 1 and text[place - 2 : place + 1] in words


def crosses_words(text: str, start: int) -> bool:
    """Do the two signs at ``start`` belong to two words (下|注意, 大|麻花)?"""
    words = dictionary_words()
    first, second = text[start] in FREE, text[start + 1] in FREE
    if first and second:
        return False
    if first and text[start + 1 : start + 3] in words:
        return True
    return second and start > 0 and text[start - 1 : start + 1] in words


@functools.lru_cache(maxsize=256)
def reads_backwards(text: str) -> bool:
    """Has the text at least as many signs in everyday words backwards as forwards?"""
    return len(_places_in_words(text[::-1])) >= len(_places_in_words(text))


def _places_in_words(text: str) -> set[int]:
    """Of every sign for which `is_in_word` holds."""
    words = everyday_words()
    places: set[int] = set()
    for length in range(2, LONGEST + 1):
        for start in range(len(text) - length + 1):
            if text[start : start + length] in words:
                places.update(range(start, start + length))
    return places


# fmt: off
COMMON_WORDS = (
    "主播", "直播", "微信", "加我", "我们", "你们", "便宜", "主页", "头像", "联系",
    "电话", "什么", "这个", "东西", "不要", "就是", "都是", "买的", "兼职", "日结",
    "贷款", "链接", "群里", "进群", "私信", "店里", "同款", "客服", "老板", "傻逼",
    "垃圾", "废物", "骗子", "假货", "滚出", "去死", "你妈", "一个", "怎么", "自己",
    "不是", "没有", "可以", "今天", "现在", "赚钱", "免费", "领取", "送你", "多少",
    "好看",
)
# fmt: on
"""Of which one mostly stands in a comment; found backwards, the comment may be written so."""
