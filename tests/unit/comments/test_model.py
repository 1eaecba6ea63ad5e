"""The linear model holds what no rule knows, says why, and lets everyday comments pass."""

from __future__ import annotations

import collections
import hashlib
import json

import pytest

from studio.comments.model import Comment
from studio.comments.moderation.judge import Judge
from studio.comments.moderation.linear import REASONS, forms, shipped_model
from studio.comments.moderation.normalise import normalise
from studio.comments.moderation.packs import everyday_comments
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.moderation.rules import RuleTier


@pytest.fixture(scope="module")
def tier():
    return RuleTier(shipped_rules())


@pytest.fixture(scope="module")
def rules_alone():
    return RuleTier(shipped_rules(), has_model=False)


def is_looked_at(seed: str) -> bool:
    """Half A of the other hand's set, by sentence: its errors may be looked at, B's never."""
    return hashlib.sha256(seed.encode()).digest()[0] % 2 == 0


@pytest.mark.parametrize(
    ("half", "least_found", "most_false"), [("A", 0.93, 0.025), ("B", 0.7, 0.03)]
)
def test_the_set_of_another_hand(tier, rules_alone, data_dir, half, least_found, most_false):
    """Beside it what the rules find alone, and what the commonest class would."""
    lines = (data_dir / "comments" / "unseen.jsonl").read_text(encoding="utf-8").splitlines()
    comments = [json.loads(line) for line in lines]
    comments = [c for c in comments if is_looked_at(c["seed"]) == (half == "A")]
    bad = [c for c in comments if c["label"] == "violation"]
    clean = [c for c in comments if c["label"] != "violation"]
    found = {}
    for name, judged_by in (("rules", rules_alone), ("rules and model", tier)):
        held = collections.Counter(
            c["label"] for c in comments if judged_by.judge(c["text"]).action != "allow"
        )
        found[name] = held["violation"] / len(bad), held["clean"] / len(clean)
        print(f"half {half}, {name}: found {found[name][0]:.3f}, false {found[name][1]:.4f}")
    print(f"half {half}, all held: found 1, false 1; none held: found 0 of {len(bad)}")
    assert found["rules and model"][0] >= least_found
    assert found["rules and model"][1] <= most_false
    assert found["rules and model"][0] >= found["rules"][0]


def test_everyday_comments_pass(tier):
    held = [text for text in everyday_comments() if tier.judge(text).action != "allow"]
    assert len(held) <= len(everyday_comments()) * 0.005, held


def test_a_held_comment_says_what_weighed_most(rules_alone):
    model = shipped_model()
    text = "我姐也做这个，直接找她不用过平台"
    assert rules_alone.judge(text).action == "allow"
    verdict = model.judge(normalise(text))
    assert verdict is not None
    assert (verdict.action, verdict.stage, verdict.category) == ("hold", "model", "diversion")
    assert verdict.matched
    assert f"“{verdict.matched}”" in verdict.why.zh
    assert f"“{verdict.matched}”" in verdict.why.en
    for start, end in verdict.spans:
        assert 0 <= start < end <= len(text)
    assert set(REASONS) <= set(model.categories)


def test_numbers_say_nothing():
    model = shipped_model()
    scores = {model.scores(*forms(normalise(f"刷屏 {number} 呵").tight))[0] for number in range(50)}
    assert len(scores) == 1


@pytest.mark.parametrize("text", ["", "1", "8888", "？？", "\ud800", "哈", "a", "😊"])
def test_what_has_nothing_to_read_is_not_judged_by_the_model(text):
    assert shipped_model().judge(normalise(text)) is None


def test_names_and_joined_lines_are_judged_by_rules_alone(tier):
    name = "我姐也做这个，直接找她不用过平台"
    assert tier.judge(name).stage == "model"
    assert Judge(tier).judge(Comment("1", "你好", author=name), 0).action == "allow"
