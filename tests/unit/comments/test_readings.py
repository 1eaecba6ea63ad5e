"""Evasions, each on comments that were never looked at while the rules were written."""

from __future__ import annotations

import collections
import itertools
import json

import pytest

from studio.comments.intent import intent_of
from studio.comments.model import Comment
from studio.comments.moderation.judge import MOST_IN_FLOOD_S, Judge
from studio.comments.moderation.readings import fold_key, syllables
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.moderation.rules import RuleTier

SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def tier():
    return RuleTier(shipped_rules())


def labelled(data_dir, name):
    path = data_dir / "comments" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "least_found", "most_false"),
    [("tune", 0.92, 0.0), ("checked", 0.96, 0.005), ("unseen", 0.6, 0.02)],
)
def test_recall_and_false_positives(tier, data_dir, name, least_found, most_false):
    """The table by evasion is printed: ``pytest -s`` (docs/comments.md has it).

    ``unseen`` is by another hand, who knew no rule; it is a measure, and no rule is written by it.
    """
    found, asked = collections.Counter(), collections.Counter()
    for comment in labelled(data_dir, name):
        kind = comment["evasion"] if comment["label"] == "violation" else "clean"
        asked[kind] += 1
        found[kind] += tier.judge(comment["text"]).action != "allow"
    for kind in sorted(asked):
        share = found[kind] / asked[kind]
        print(f"{name} {kind:14s} {found[kind]:5d} / {asked[kind]:5d}  {share:.3f}")
    bad = sum(asked.values()) - asked["clean"]
    assert (sum(found.values()) - found["clean"]) / bad >= least_found
    assert found["clean"] / asked["clean"] <= most_false


def test_places_are_code_points_of_the_original(tier):
    for text, said in (
        ("主播 jia wei xin 哦", "jia wei xin"),
        ("快来😊彳微亻言群", "彳微亻言群"),
        ("亲们，家威信领券", "家威信"),
    ):
        verdict = tier.judge(text)
        assert verdict.action != "allow", text
        assert any(text[start:end] == said for start, end in verdict.spans), (text, verdict)


def test_spelling_is_read_as_syllables():
    assert syllables("jiaweixin") == ("jia", "wei", "xin")
    assert syllables("hello") == ()


def test_lines_of_one_author_are_read_as_one(tier):
    judge = Judge(tier)
    for second, text in enumerate("加微"):
        judge.judge(Comment("1", text, author_id="u"), second * SECOND)
    assert judge.judge(Comment("3", "信", author_id="u"), 3 * SECOND).rule == "div-wechat"
    judge.forget()
    for text in "加微":
        judge.judge(Comment("1", text, author_id="u"), 0)
    assert judge.judge(Comment("3", "信", author_id="u"), 60 * SECOND).action == "allow"
    assert judge.judge(Comment("3", "信", author_id="v"), 1 * SECOND).action == "allow"


def test_a_flood_of_one_author_leaves_the_others_alone(tier):
    judge = Judge(tier)
    verdicts = [
        judge.judge(Comment(str(n), f"第 {n} 句", author_id="u"), n * SECOND // 100)
        for n in range(200)
    ]
    passed = [verdict for verdict in verdicts if verdict.action == "allow"]
    assert len(passed) == MOST_IN_FLOOD_S
    assert verdicts[-1].stage == "flood"
    assert judge.judge(Comment("x", "多少钱", author_id="w"), 2 * SECOND).action == "allow"


def test_a_name_is_judged_like_a_text(tier):
    verdict = Judge(tier).judge(Comment("1", "你好", author="私信我领优惠"), 0)
    assert (verdict.action, verdict.stage, verdict.spans) == ("hold", "name", ())
    assert "名字" in verdict.why.zh


def test_ten_spellings_of_one_word_are_one(tier):
    texts = ("都是假货", "都是假貨", "都 是 假 货", "dou shi jia huo", "都是jia货", "都-是-假-货",
             "都是假货货", "都\u200b是假货", "都是贾货", "都是假𝗵𝘂𝗼")  # fmt: skip
    keys = {fold_key(tier.judge(text).normalised, by_sound_too=True) for text in texts}
    assert len(keys) == 1
    assert all(tier.judge(text).action != "allow" for text in texts)


def test_questions_that_differ_stay_apart():
    keys = [fold_key(text, by_sound_too=False) for text in ("多少钱", "多少前", "几码", "几吗")]
    assert len(set(keys)) == len(keys)
    assert fold_key("请问多少钱呢", by_sound_too=False) == "多少钱"


@pytest.mark.parametrize("name", ["intents_tune", "intents_checked"])
def test_intent(data_dir, name):
    asked = labelled(data_dir, name)
    wrong = [
        (c["text"], c["intent"], got) for c in asked if (got := intent_of(c["text"])) != c["intent"]
    ]
    counts = collections.Counter(c["intent"] for c in asked)
    right, commonest = len(asked) - len(wrong), max(counts.values())
    print(f"{name}: {right} of {len(asked)} right; the commonest alone {commonest}")
    assert len(wrong) <= 0.1 * len(asked)


def test_nothing_hostile_takes_long_or_ends_it(tier):
    for text in ("a" * 1_000_000, "加" * 1_000_000, "\u0301" * 10_000, "jia" * 3000, "\ud800x",
                 "\n".join("加微信" * 50 for _ in range(50)), "".join(map(chr, itertools.chain(
                     range(0, 0xD800, 7), range(0xE000, 0x10FFFF, 997))))):  # fmt: skip
        tier.judge(text)
