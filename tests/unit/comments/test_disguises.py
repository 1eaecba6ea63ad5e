"""What is hidden is read all the same; what only looks like it passes."""

from __future__ import annotations

import collections
import json

import pytest

from studio.comments.moderation.literals import needed
from studio.comments.moderation.normalise import normalise
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.moderation.rules import RuleTier


@pytest.fixture(scope="module")
def tier():
    return RuleTier(shipped_rules())


def test_the_blind_set(tier, data_dir):
    """Written before the tuning it judges; errors are not looked at (docs/comments.md)."""
    path = data_dir / "comments" / "blind.jsonl"
    found, asked = collections.Counter(), collections.Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        comment = json.loads(line)
        kind = comment["evasion"] if comment["label"] == "violation" else "clean"
        asked[kind] += 1
        found[kind] += tier.judge(comment["text"]).action != "allow"
    for kind, count in asked.most_common():
        print(f"blind {kind:18s} {found[kind]:4d} / {count:4d}")
    bad = asked.total() - asked["clean"]
    print(f"blind: found {(found.total() - found['clean']) / bad:.3f} of {bad}")
    assert found.total() - found["clean"] >= 0.9 * bad
    assert found["clean"] <= 0.02 * asked["clean"]


def test_a_set_that_nobody_tunes_on(tier, data_dir):
    """Written by somebody who knew no rule; its sentences are not read, its sums are counted.

    The figures of docs/comments.md, without the sentence model; a fall below them is a step back.
    """
    path = data_dir / "comments" / "apart.jsonl"
    found, asked = collections.Counter(), collections.Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        comment = json.loads(line)
        asked[comment["label"]] += 1
        found[comment["label"]] += tier.judge(comment["text"]).action != "allow"
    print(f"apart: {dict(found)} of {dict(asked)}")
    assert found["violation"] >= 0.74 * asked["violation"]
    assert found["clean"] <= 0.024 * asked["clean"]


@pytest.mark.parametrize("text", [
    "打我 1 3 9-0000-1111-2 2", "要货 一三九零零零零一一一一", "11110000931号机手我",
    "手机❶③⑨⓪⓪⓪⓪①①①①", "电画13900001111", "垫话13900001111", "蔻蔻号 8471203951",
    "call me at 415 902 7733", "+44 7911 204 586", "four one five nine zero two seven",
    "shop at lamp-house dot com", "tom at mailbox dot org", "taobao点com", "复制这段打开淘宝",
    "vx: shop_2024", "my insta is @jade.house",
])  # fmt: skip
def test_contact_data_of_every_kind(tier, text):
    verdict = tier.judge(text)
    assert verdict.action != "allow"
    assert all(0 <= start < end <= len(text) for start, end in verdict.spans)


@pytest.mark.parametrize("text", [
    "订单尾号 13900001111 到哪了", "order number is 4155550188", "165 100 穿什么码 36 37 38 39",
    "单号 SF13900001111", "dated 10/2026 right?", "love it.me too", "1拍2发吗 99 199 299",
])  # fmt: skip
def test_other_numbers_pass(tier, text):
    assert tier.judge(text).action == "allow"


@pytest.mark.parametrize("text", [
    "你🐴死了", "主播是🐶东西", "兼zhi日结", "约泡吗", "逼傻播主", "f**k you",
    "s h u t u p bitch", "𝕗𝕦𝕔𝕜 you", "🅕🅤🅒🅚 you", "phuck you", "贷*款找我", "马扁钱的店",
])  # fmt: skip
def test_words_that_are_disguised(tier, text):
    assert tier.judge(text).action != "allow"


@pytest.mark.parametrize("text", [
    "能加你们微信吗", "客服让我加微信，是真的吗", "有人说加微信，大家别信", "下注意事项讲一下",
    "大麻花好吃",
    "弱智能灯", "汉服有吗", "汽车贷款利率牌", "好可爱🐶", "直播间人好多",
    "my store credit is missing", "Scunthorpe", "secure package",
])  # fmt: skip
def test_what_only_looks_like_it_passes(tier, text):
    assert tier.judge(text).action == "allow"


def test_every_match_of_a_pattern_holds_one_of_its_literals():
    assert needed("(?:加|添加)我?(?:微信|qq)") == {"加微信", "加我微信", "加qq", "加我qq"}
    assert needed("加.{0,3}(?:微信|qq)") == {"微信", "qq"}
    assert needed("v[x✘](?!群)号?$") == {"vx", "v✘"}
    assert needed("(?i)abc") == frozenset()
    assert needed("a?b?") == frozenset()
    assert needed("[ab]{1,3}") == {"a", "b"}


@pytest.mark.parametrize("text", ["艹你妈", "冒个泡-艹你妈", "艹你妈！", "主播 艹你"])
def test_halves_that_stand_for_two_signs_keep_their_places(tier, text):
    normal = normalise(text)
    assert len(normal.at) == len(normal.tight)
    assert len(normal.loose_at) == len(normal.loose)
    verdict = tier.judge(text)
    start = text.index("艹")
    assert (verdict.action, verdict.rule) == ("block", "abuse-strong")
    assert verdict.span in ((start, start + 2), (start, start + 3))


def test_letters_in_circles_are_letters():
    assert normalise("🅥🅧").tight == "vx"
    assert normalise("❶❷").tight == "12"


@pytest.mark.parametrize(("name", "least", "most"), [("tune", 0.92, 0.01), ("check", 0.85, 0.03)])
def test_comments_written_by_hand(tier, data_dir, name, least, most):
    """By no script; ``check`` was judged once before its errors were seen (docs/comments.md)."""
    path = data_dir / "comments" / f"written_{name}.jsonl"
    found, asked = collections.Counter(), collections.Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        comment = json.loads(line)
        asked[comment["category"]] += 1
        found[comment["category"]] += tier.judge(comment["text"]).action != "allow"
    bad = asked.total() - asked[""]
    assert found.total() - found[""] >= least * bad
    assert found[""] <= most * asked[""]


@pytest.mark.parametrize("text", [
    "I'm such an idiot, ordered the wrong size", "2026年3月12日前能到吗", "1024*576 够清楚吗",
    "55555555又没抢到", "效果佳，我很满意", "不要私下转账哈大家", "送货员很好",
])  # fmt: skip
def test_kinds_of_harmless_comments_pass(tier, text):
    assert tier.judge(text).action == "allow"
