"""What says who somebody is, through every exit: nothing in clear, no price and no SKU masked."""

from __future__ import annotations

import logging
import os
import random
import string
from pathlib import Path
from typing import Any

import msgspec
import pytest

from studio.comments.model import CommentsView, EntryView, ReasonView
from studio.core import personal, report_html
from studio.core.asking import Asker, Scope
from studio.core.command import CommandRan
from studio.core.log import start_logging
from studio.core.personal import mask_name, mask_text
from studio.core.redact import keep_secret
from studio.core.state import StateChanged
from studio.governance.masking import Sight, shown, shown_event, shown_parts, sight_of
from studio.governance.support import cleaned
from studio.graphics.bubble import draw_comment
from studio.graphics.model import CommentSpec
from studio.shop.games.model import DrawView

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
MANY = 2_000
"""Of each of five kinds."""
THROUGH = int(os.environ.get("SHOPCAST_PLANTED", "50"))
"""Of each kind, through every exit; with 3400 it is ten thousand, which takes a minute."""


def identity(dice: random.Random) -> str:
    number = f"{dice.randrange(110000, 659000)}19{dice.randrange(60, 99)}"
    number += f"{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}{dice.randrange(1000):03d}"
    total = sum(int(sign) * weight for sign, weight in zip(number, WEIGHTS, strict=True))
    return number + "10X98765432"[total % 11]


def phone(dice: random.Random) -> str:
    number = f"1{dice.choice('3456789')}{dice.randrange(10**9):09d}"
    forms = ("{0}{1}{2}", "{0} {1} {2}", "{0}-{1}-{2}", "+86 {0}{1}{2}", "86{0}{1}{2}")
    return dice.choice(forms).format(number[:3], number[3:7], number[7:])


def mail(dice: random.Random) -> str:
    name = "".join(dice.choices(string.ascii_lowercase + "._", k=dice.randrange(1, 12))).strip("._")
    return f"{name or 'a'}@{dice.choice(('qq.com', 'example.co.uk', '163.com'))}"


def address(dice: random.Random) -> str:
    road = dice.choice(("中山路", "南京西路", "人民大道", "学院街", "幸福小区", "Elm Street"))
    if road.startswith("Elm"):
        return f"{dice.randrange(1, 9000)} {road}"
    return (
        f"{dice.choice(('上海市', '杭州市西湖区', ''))}{road}{dice.randrange(1, 999)}号3栋{201}室"
    )


KINDS = {"phone": phone, "mail": mail, "address": address, "identity": identity}


def planted(kind: str) -> list[str]:
    dice = random.Random(18)
    return [KINDS[kind](dice) for _ in range(max(MANY, THROUGH))]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("around", ["{}", "我的是{}，加我", "电话:{} ok", "call me {}, thanks"])
def test_what_is_planted_is_masked_in_place(kind: str, around: str) -> None:
    clear = []
    for text in planted(kind)[:: 1 if around == "{}" else 7]:
        said = around.format(text)
        masked = mask_text(said)
        assert len(masked) == len(said)
        if text in masked or "*" not in masked:
            clear.append(said)
    assert not clear


def test_a_phone_and_a_name_are_masked_as_people_know_it() -> None:
    assert mask_text("13812345678") == "138****5678"
    assert mask_text("打１３８１２３４５６７８") == "打１３８****５６７８"
    assert [mask_name(name) for name in ("小李", "Rosalind", "A", "")] == ["小*", "R**", "A*", ""]


def goods(dice: random.Random) -> str:
    digits = "".join(dice.choices(string.digits, k=19))
    forms = (
        f"¥{digits[:4]}.00", f"¥1{digits[:10]}", f"{digits[:5]}.{digits[5:7]}", f"69{digits[:11]}",
        f"SKU-1{digits[:10]}", f"A{digits[:8]}", f"订单 {digits}", f"{digits[:2]}/{digits[2:4]}",
        f"{digits[0]}号链接", f"思路{digits[0]}号链接还有吗", f"2026-11-29 21:14:{digits[:2]}",
        f"-{digits[:3]}%", f"{digits[:3]}-{digits[3:6]} ml", f"1{digits[:10]}.50",
        f"#1{digits[:10]}",
        f"@小李 {digits[:3]}多少钱", f"EAN 1{digits[:10]}", f"{digits[:13]}", f"DX-{digits[:6]}-XL",
    )  # fmt: skip
    return dice.choice(forms)


def test_no_price_and_no_number_of_goods_is_masked() -> None:
    dice = random.Random(7)
    wrong = [text for text in (goods(dice) for _ in range(10_000)) if mask_text(text) != text]
    assert not wrong


def comments(author: str, text: str) -> dict[str, Any]:
    entry = EntryView(
        id="c1", platform="douyin", author=author, text=text, at_utc="2026-11-29T21:14:03Z",
        reason=ReasonView(matched=text, normalised=text, text={"zh": text}), who=f"douyin/{author}",
    )  # fmt: skip
    view = msgspec.structs.replace(CommentsView(), best=(entry,), held=(entry,), pinned=entry)
    plain: dict[str, Any] = msgspec.to_builtins(view)
    return plain


def asker(role: int, *, data: tuple[str, ...] = ("personal",)) -> Asker:
    return Asker(role, False, "x", (), (Scope(data=data),), "x")


def test_each_role_sees_what_it_may() -> None:
    for role in range(5):
        names = Sight.NAMES if role else Sight.WATCHER
        assert sight_of(asker(role)) == names
        least = Sight.NOBODY if role else Sight.WATCHER
        assert sight_of(asker(role, data=()), is_unmasked=True) == least
        assert sight_of(asker(role), is_unmasked=True) == (Sight.ALL if role else Sight.WATCHER)
    assert sight_of(Asker()) == Sight.NAMES


@pytest.mark.parametrize("sight", [Sight.WATCHER, Sight.NOBODY, Sight.NAMES])
def test_nothing_planted_leaves_by_the_door(sight: Sight) -> None:
    """State, events, answers and the news of commands, as the remote door writes them."""
    keep_secret("tok-pasted-into-a-comment")
    kinds = ("phone", "identity", "mail")
    secrets = [secret for kind in kinds for secret in planted(kind)[:THROUGH]]
    secrets.append("tok-pasted-into-a-comment")
    for number, secret in enumerate(secrets):
        author, text = f"rosalind{number}", f"我是{secret}"
        draw = DrawView("d", "t", "drawn", "", "", winners=({"author": author, "prize": "p"},))
        parts = {"comments": comments(author, text), "games": msgspec.to_builtins((draw,)),
                 "shop": {"products": [{"sku": "13812345678", "price": 19900}]}}  # fmt: skip
        ran = CommandRan(command="comments.mute", args={"who": f"douyin/{author}"}, origin="x",
                         ok=False, error=f"no {secret}")  # fmt: skip
        told = [
            shown_parts(parts, sight),
            shown_event(StateChanged(parts=parts), sight),
            shown_event(ran, sight),
            shown({"buyer": author, "note": text, "sku": "13812345678"}, "orders.list", sight),
        ]
        line = msgspec.json.encode(told).decode()
        assert secret not in line
        assert (author in line) == (sight == Sight.NAMES)
        assert line.count("13812345678") == 3  # numbers of goods stay
    assert (
        shown_parts({"comments": comments("小李", "好")}, Sight.NOBODY)["comments"]["pinned"][
            "author"
        ]
        == "小*"
    )


def test_nothing_planted_stands_in_a_log_a_bundle_or_a_report(tmp_path: Path) -> None:
    kinds = ("phone", "identity", "mail")
    secrets = [secret for kind in kinds for secret in planted(kind)[:THROUGH]]
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    file = tmp_path / "engine.log"
    try:
        start_logging(file)
        for number in range(0, len(secrets), 10):
            logging.getLogger("t").error("heard %s", secrets[number : number + 10])
        try:
            raise ValueError(secrets[0])
        except ValueError:
            logging.getLogger("t").exception("crashed")
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:], root.level = kept, level
    page = report_html.page(
        "zh", "t", secrets[1],
        [report_html.table(("a",), [(secret,) for secret in secrets])],
    )  # fmt: skip
    for text in (file.read_text(encoding="utf-8"), cleaned("\n".join(secrets)), page):
        assert not [secret for secret in secrets if secret in text]


def test_nothing_planted_stands_on_the_picture() -> None:
    drawn = draw_comment(CommentSpec("小李", "打13812345678", "douyin"), 20.0, 600.0)
    same = draw_comment(CommentSpec("小李", "打138****5678", "douyin"), 20.0, 600.0)
    assert (drawn.frame.y == same.frame.y).all()


def test_what_is_read_to_be_written_again_and_pictures_stay_whole() -> None:
    """A plan's text with a telephone number, kept masked, would have lost it."""
    text = '{"text": {"zh": "请打 13812345678", "en": "Call 13812345678"}}'
    assert shown({"text": text, "own": True}, "plans.source", Sight.NAMES)["text"] == text
    assert "13812345678" not in shown({"text": text}, "plans.try_text", Sight.NAMES)["text"]
    picture = "data:image/png;base64," + "/13812345678/" * 20_000
    assert shown({"picture": picture}, "cards.preview", Sight.NOBODY)["picture"] is picture


def test_long_words_are_masked_and_not_kept() -> None:
    long = "讲" * personal.LONGEST_KEPT * 20 + " 13812345678"
    assert mask_text(long).endswith("138****5678")
    before = personal.kept.cache_info().currsize
    for number in range(50):
        mask_text(f"{number}{long}")
    assert personal.kept.cache_info().currsize == before
