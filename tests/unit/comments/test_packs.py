"""A pack of rules is refused with the place of its fault, and tried before it counts."""

from __future__ import annotations

import json

import pytest

from studio.comments.moderation.packs import MOST_WORDS, pack_faults, sound_pack, try_rules
from studio.comments.moderation.rule_files import own_words, read_pack, shipped_packs, shipped_rules
from studio.comments.moderation.rules import RuleTier
from studio.core.errors import StudioError

TESTS = {"catches": ["竞品牌更好"], "passes": ["多少钱"]}
RULE = {"id": "mine", "category": "own", "action": "hold", "zh": "竞品", "en": "a rival",
        "words": ["竞品牌"]}  # fmt: skip


def pack_file(folder, rule=None, **more):
    path = folder / "mine.json"
    pack = {"pack": "mine", "source": "us", "rules": [RULE | (rule or {})], "tests": TESTS} | more
    path.write_text(json.dumps(pack, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", shipped_packs(), ids=lambda path: path.stem)
def test_every_shipped_pack_is_sound(path):
    faults = [str(fault) for fault in pack_faults(read_pack(path))]
    if path.stem == "frames":  # longer than a person's may be; timed on hostile texts instead
        faults = [text for text in faults if "too long" not in text and "for long" not in text]
    assert faults == []


def test_the_frames_pass_their_own_tests():
    pack = read_pack(next(path for path in shipped_packs() if path.stem == "frames"))
    tier = RuleTier(pack.rules, has_model=False)
    assert [text for text in pack.tests.catches if tier.judge(text).action == "allow"] == []
    assert [text for text in pack.tests.passes if tier.judge(text).action != "allow"] == []


def test_a_good_pack_is_sound(tmp_path):
    assert sound_pack(pack_file(tmp_path)).pack == "mine"


@pytest.mark.parametrize(
    ("rule", "more", "said"),
    [
        ({"words": ["靠"]}, {}, "too short"),
        ({"words": [""]}, {}, "too short"),
        ({"words": ["竞品牌", "  "]}, {}, "too short"),
        ({"words": ["竞品牌", "多少"]}, {}, "多少"),
        ({"words": ["竞品牌", "好看"]}, {}, "over-wide"),
        ({"words": []}, {}, "finds nothing"),
        ({"patterns": ["(a+)+b"]}, {}, "bound"),
        ({"patterns": ["(?:a{0,30}){0,30}b"]}, {}, "backtrack"),
        ({"patterns": ["a?"]}, {}, "matches nothing"),
        ({"patterns": [r"(a)\1"]}, {}, "reference"),
        ({"zh": ""}, {}, "Chinese and English"),
        ({"except": ["竞品牌"]}, {}, "exception"),
        ({}, {"rules": []}, "rules"),
        ({}, {"rules": [RULE, RULE]}, "twice"),
        ({}, {"source": ""}, "source"),
        ({}, {"tests": {"catches": [], "passes": ["x"]}}, "must be found"),
        ({}, {"tests": {"catches": ["别的话"], "passes": ["x"]}}, "is not: 别的话"),
        ({}, {"tests": {"catches": ["竞品牌"], "passes": ["竞 品 牌"]}}, "must stay clean"),
        ({"words": [f"词条{n:06}号" for n in range(MOST_WORDS + 1)]}, {}, "too many"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(tmp_path, rule, more, said):
    path = pack_file(tmp_path, rule, **more)
    faults = pack_faults(read_pack(path))
    assert any(said in str(fault) for fault in faults), [str(fault) for fault in faults]
    with pytest.raises(StudioError) as caught:
        sound_pack(path)
    assert "mine.json" in str(caught.value)


def test_a_trial_says_by_rule_what_would_change():
    before = RuleTier(shipped_rules())
    after = RuleTier((*shipped_rules(), own_words(["竞品牌"], "rival")))
    texts = ["竞品牌更好", "竞 品 牌", "多少钱", "加微信领券"] * 5
    trial = try_rules("mine", before, after, texts)
    assert (trial.comments, trial.changed) == (20, 10)
    (rule,) = trial.rules
    assert (rule.rule, rule.caught, rule.passed) == ("own-rival", 10, 0)
    assert set(rule.examples) == {"竞品牌更好", "竞 品 牌"}
    back = try_rules("mine", after, before, texts)
    assert [(r.rule, r.caught, r.passed) for r in back.rules] == [("own-rival", 0, 10)]
