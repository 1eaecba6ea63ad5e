"""What must not reach the picture is caught, what is harmless is not, and the reason is shown."""

from __future__ import annotations

import io
import json
import time

import pytest

from studio.comments.cli import moderate
from studio.comments.moderation.normalise import normalise, unleet
from studio.comments.moderation.rule_files import own_words, read_rules, shipped_rules
from studio.comments.moderation.rules import RuleTier
from studio.core.errors import StudioError


@pytest.fixture(scope="module")
def tier():
    return RuleTier(shipped_rules())


@pytest.mark.parametrize("name", ["comments_dev", "comments_more"])
def test_the_labelled_comments(tier, data_dir, name):
    wrong = []
    for line in (data_dir / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        comment = json.loads(line)
        verdict = tier.judge(comment["text"])
        if (verdict.action != "allow") != (comment["label"] == "violation"):
            wrong.append((comment["text"], verdict.action, verdict.rule))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "tight"),
    [
        ("ｖ　Ｘ：ａｂｃ", "vxabc"),
        ("加​微​信", "加微信"),
        ("力口薇❤", "加微"),
        ("騙子", "骗子"),
        ("哈哈哈哈哈", "哈哈"),
        ("1️⃣3️⃣9️⃣", "139"),
        ("", ""),
    ],
)
def test_evasions_are_undone(text, tight):
    assert normalise(text).tight == tight


def test_digits_of_all_kinds_become_digits():
    assert normalise("一三九①②③４５").digits == "13912345"


def test_leet_becomes_letters():
    assert unleet("1d10t") == "idiot"


def test_the_reason_points_at_the_place_in_the_original(tier):
    text = "宝宝们 力口 薇 信 领券"
    verdict = tier.judge(text)
    start, end = verdict.span
    assert verdict.action == "block"
    assert text[start:end].replace(" ", "") == "力口薇信"
    assert verdict.why.zh
    assert verdict.why.en


@pytest.mark.parametrize(
    "text",
    ["a" * 100_000, "\ud800", "\u202e" * 500, "﷽" * 300, "🏳️‍🌈" * 200, "\x00" * 9, "((((" * 99],
)
def test_no_text_breaks_the_judge(tier, text):
    assert tier.judge(text).action in ("allow", "hold", "block")


def test_a_hard_text_is_judged_in_time(tier):
    began = time.perf_counter()
    for text in ("加" * 500, "1" * 500, "a b " * 125, "w w w " * 80, "@" * 500):
        tier.judge(text)
    assert time.perf_counter() - began < 1.0


def test_own_words_count_from_now_on():
    tier = RuleTier((*shipped_rules(), own_words(["竞品牌"])))
    assert tier.judge("竞 品 牌 更好").rule == "own-own"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1"),
        ('{"rules": [{"id": "x"}]}', "category"),
        (
            '{"rules": [{"id":"x","category":"c","action":"eat","zh":"","en":""}]}',
            "eat",
        ),
        (
            '{"rules": [{"id":"x","category":"c","action":"hold","zh":"","en":"","raw":["("]}]}',
            "unterminated",
        ),
        (
            '{"rules": [{"id":"x","category":"c","action":"hold","zh":"","en":"",'
            '"raw":["a{99999999999}"]}]}',
            "repetition",
        ),
    ],
)
def test_broken_rules_say_where(tmp_path, text, said):
    path = tmp_path / "mine.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudioError) as caught:
        read_rules(path)
    assert said in str(caught.value)
    assert "mine.json" in str(caught.value)


def test_lines_in_verdicts_out(capsys, tmp_path):
    lines = ['{"id": "a", "text": "加微信"}', "garbage", "", '{"text": 3}', '{"text": "多少钱"}']
    out = io.StringIO()
    assert not moderate(lines, out)
    verdicts = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [v.get("action", "error") for v in verdicts] == ["block", *["error"] * 3, "allow"]
    assert [v.get("line") for v in verdicts] == [None, 2, 3, 4, None]
    assert all(v["error"] for v in verdicts[1:4])
    assert verdicts[0]["id"] == "a"
    assert {"verdict", "category", "stage", "rule", "normalised", "spans", "rank", "intent"} <= set(
        verdicts[0]
    )
    said = capsys.readouterr().err
    assert "line 2" in said
    assert "line 4" in said
    with pytest.raises(StudioError):
        moderate([], out, tmp_path / "none")


@pytest.mark.parametrize(
    ("passes", "held"),
    [
        ("ETC 短信是骗子吧，我收到一条", "主播是骗子"),
        ("前面说主播丑的，你行你上啊", "说句实话主播丑的要死"),
        ("看新闻说代孕违法，别在这打广告", "代孕包成功，包性别"),
        ("我用了烂脸一周，是不是不耐受，要停吗", "这家用了烂脸，封口了"),
        ("成分查得到吗，死过猫的那家我怕了", "快家我，有优惠"),
    ],
)
def test_what_befell_oneself_or_is_reported_passes_its_twin_does_not(tier, passes, held):
    assert tier.judge(passes).action == "allow"
    assert tier.judge(held).action != "allow"
