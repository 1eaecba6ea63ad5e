"""One answer to "is the show ready": judged from facts, said in both languages, with its fix."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from studio.app.check import check_whole
from studio.core.i18n import catalogue
from studio.outputs.judging import LevelMemory, level_verdict, level_word
from studio.outputs.model import CheckLine
from studio.sender.model import OutputSettings
from studio.show.readiness.facts import (
    GoodsFacts,
    PlanFacts,
    ShowFacts,
    StreamFacts,
    address_facts,
)
from studio.show.readiness.judge import judge
from studio.show.readiness.model import HEADS, ReadinessView, ReadyLine

WELL = ShowFacts(
    cameras=("host",),
    troubled=(),
    luma=90.0,
    level_db=-18.0,
    scenes=3,
    has_standby=True,
    free_gb=200.0,
    streams=(StreamFacts("far", has_key=True),),
    goods=GoodsFacts(2),
    plans=PlanFacts(0, 5),
    show="mine",
)
BAD = {
    "troubled": ("host",),
    "cameras": (),
    "luma": 3.0,
    "level_db": -100.0,
    "has_standby": False,
    "free_gb": 0.2,
    "streams": (),
    "goods": GoodsFacts(2, sold_out=("hat",)),
    "plans": PlanFacts(1, 0),
    "error": "the disk is full",
    "trial": (CheckLine(id="key", output="far", verdict="bad", text={"zh": "x", "en": "x"}),),
}
OTHERS = {
    "unused": ("a camera",),
    "level_db": -3.0,
    "free_gb": None,
    "streams": (StreamFacts("far", has_key=True, flows=True, is_waiting=True, kbps=900.0),),
    "goods": GoodsFacts(),
    "plans": PlanFacts(0, None),
    "is_readonly": True,
}


def line_of(view: ReadinessView, id: str) -> ReadyLine:
    return next(line for line in view.lines if line.id == id)


def heads_of(view: ReadinessView) -> dict[str, str]:
    return {head.id: head.tone for head in view.heads}


def test_a_show_that_is_well_is_ready() -> None:
    view = judge(WELL)
    assert view.is_ready
    assert [head.id for head in view.heads] == list(HEADS)
    assert heads_of(view) == {"picture": "good", "sound": "good", "line": "off"}, (
        "a line that was never tried is not known to be well"
    )


def test_every_state_has_its_words_and_unique_lines() -> None:
    """Whatever is known: ids are unique, texts whole, each thing to do has its place."""
    known = catalogue()
    for some in (BAD, OTHERS):
        for names in itertools.chain(
            *(itertools.combinations(some, count) for count in (0, 1, 2, len(some)))
        ):
            view = judge(replace(WELL, **{name: some[name] for name in names}))
            ids = [line.id for line in view.lines]
            assert len(set(ids)) == len(ids), names
            for line in (*view.lines, *view.heads):
                for text in (line.label, line.text):
                    assert set(text) == {"zh", "en"}
                    assert all(said and "{" not in said for said in text.values()), line
            assert view.is_ready is (
                bool(view.lines) and "attention" not in heads_of(view).values()
            ), names
    assert all(set(known[key]) == {"zh", "en"} for key in known if key.startswith("ready."))


@pytest.mark.parametrize(
    ("facts", "head", "fix"),
    [
        ({"troubled": ("host",)}, "picture", "sources/host"),
        ({"luma": 4.0}, "picture", "sources"),
        ({"level_db": -100.0}, "sound", "mixer"),
        ({"level_db": -2.0}, "sound", "mixer"),
        ({"streams": ()}, "line", "outputs/+"),
        ({"streams": (StreamFacts("a/b", has_key=False),)}, "line", "outputs/a/b/key"),
        (
            {"streams": (StreamFacts("far", wrong={"zh": "错", "en": "no"}),)},
            "line",
            "outputs/far/url",
        ),
        (
            {"streams": (StreamFacts("far", True, refused={"zh": "拒", "en": "no"}),)},
            "line",
            "outputs/far/key",
        ),
        ({"trial": BAD["trial"]}, "line", "outputs/far/key"),
    ],
)
def test_a_head_is_its_worst_line_and_leads_to_the_very_field(
    facts: dict[str, object], head: str, fix: str
) -> None:
    view = judge(replace(WELL, **facts))  # type: ignore[arg-type]
    assert not view.is_ready
    shown = next(entry for entry in view.heads if entry.id == head)
    assert (shown.tone, shown.fix) == ("attention", fix)


def test_green_only_on_evidence() -> None:
    """Nothing is good of which nothing is known, and a line is good when it was taken."""
    nothing = judge(ShowFacts(cameras=("host",), has_standby=True, scenes=1))
    good = {line.id for line in nothing.lines if line.tone == "good"}
    assert good == {"scenes", "show"}
    flowing = judge(replace(WELL, streams=(StreamFacts("far", True, flows=True, kbps=4000.0),)))
    assert line_of(flowing, "destination").tone == "good"
    taken = CheckLine(id="key", output="far", verdict="ok")
    assert line_of(judge(replace(WELL, trial=(taken,))), "destination").tone == "good"


def test_addresses() -> None:
    def facts(url: str, key: str | None) -> StreamFacts:
        return address_facts(OutputSettings(name="x", url=url), key)

    assert facts("rtmp://h/live", "abc").has_key is True
    assert facts("rtmp://h/live", "").has_key is False
    assert facts("rtmp://h/live", None).has_key is None, "nobody looked"
    assert facts("rtmp://h/live/key", None).has_key is True
    assert dict(facts("http://h/live", "abc").wrong).keys() == {"zh", "en"}


def test_the_level_is_judged_alike_by_the_trial_and_the_watch() -> None:
    for level in (-100.0, -55.0, -40.0, -20.0, -5.0):
        is_well = level_word(level) == "loudness"
        assert (level_verdict(level) == "ok") is is_well
    memory = LevelMemory()
    assert memory.level_db() is None
    for tick in range(20):
        memory.hear(-100.0 if tick % 2 else -20.0, tick * 250_000_000)
    assert memory.level_db(19 * 250_000_000) == pytest.approx(-20.0), "pauses do not count"
    assert memory.level_db(60_000_000_000) is None, "that was long ago"


def test_the_command_line_says_what_the_desk_says() -> None:
    findings, view = check_whole(None)
    assert not findings
    assert line_of(view, "destination").tone == "attention"
    assert not view.is_ready
