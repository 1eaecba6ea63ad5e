"""What the last actions did: before and after with a band, too little data said."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from studio.core.clock import utc_of
from studio.insight.analysis.base import open_analysis
from studio.insight.analysis.load import rebuild
from studio.insight.analysis.sums import find_airing
from studio.insight.effects.find import find_effects, mean_band
from studio.insight.effects.model import ActionEffect, DoneAction
from studio.insight.effects.told import effect_answer
from studio.insight.report import write_report
from tests.unit.insight.made_shows import BEGAN_S, DAY_S, made_journal


def action(id: str, metric: str, done_day: float | None, made_day: float = 0.2) -> DoneAction:
    done = "" if done_day is None else utc_of(BEGAN_S + done_day * DAY_S)
    made = utc_of(BEGAN_S + made_day * DAY_S)
    return DoneAction(id=id, what=f"do {id}", owner="Li", metric=metric, made_utc=made,
                      done_utc=done)  # fmt: skip


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("effects")
    journal = made_journal(folder / "journal.db", 9, minutes=20)
    rebuild(journal, folder / "none.db", folder / "analysis.duckdb")
    with closing(open_analysis(folder / "analysis.duckdb")) as base:
        # From the seventh show on three times as many come in and are told of.
        base.execute("UPDATE figures SET number = number * 3 WHERE metric = 'entered' "
                     "AND airing >= 7")  # fmt: skip
        base.execute("UPDATE figures SET number = number * 3 WHERE metric = 'negative' "
                     "AND airing >= 7")  # fmt: skip
    return folder / "analysis.duckdb"


def effects(analysis: Path, *actions: DoneAction, show: str = "last") -> dict[str, ActionEffect]:
    with closing(open_analysis(analysis, is_read_only=True)) as base:
        found = find_effects(base, find_airing(base, show), actions)
    return {effect.action.id: effect for effect in found}


def test_before_and_after_with_a_band(analysis: Path) -> None:
    found = effects(
        analysis,
        action("more", "entered", 5.5), action("rate", "enter_rate", 5.5),
        action("early", "entered", 2.5), action("late", "entered", 8.5),
        action("open", "entered", None), action("none", "", 5.5),
        action("untold", "likes", 5.5), action("after", "entered", 9.5, made_day=9.0),
    )  # fmt: skip
    assert "after" not in found  # made after the show began: none of before
    more = found["more"]
    assert (more.count_before, more.count_after, more.verdict) == (6, 3, "better")
    assert more.unit == "people/h"
    assert more.before is not None
    assert more.after is not None
    assert more.low is not None
    assert more.high is not None
    assert more.low < more.before < more.high < more.after
    assert more.after == pytest.approx(3 * more.before, rel=0.4)
    assert found["rate"].verdict == "better"
    assert found["rate"].unit == "%"
    assert found["early"].verdict == "few_before"
    assert found["early"].low is None
    assert found["late"].verdict == "few_after"
    assert (found["open"].verdict, found["none"].verdict) == ("open", "no_figure")
    assert found["untold"].verdict == "few_after"
    # Asked of an earlier show it knows nothing of what came later.
    assert effects(analysis, action("x", "entered", 5.5), show="6")["x"].verdict == "few_after"


def test_nothing_changed_is_rarely_called_a_change() -> None:
    rng = np.random.default_rng(3)
    outside = 0
    for _ in range(4000):
        before, after = rng.normal(100, 20, 8), rng.normal(100, 20, 3)
        band = mean_band(before.tolist(), 3)
        assert band is not None
        outside += not band[0] <= after.mean() <= band[1]
    assert 0.035 <= outside / 4000 <= 0.065
    assert mean_band([1.0] * 4, 3) is None
    assert mean_band([1.0] * 5, 0) is None


def test_it_stands_in_the_report_of_a_week_and_in_the_answer(
    analysis: Path, tmp_path: Path
) -> None:
    actions = (action("more", "entered", 5.5), action("early", "entered", 2.5))
    better = ("变好，超出范围", "better, outside the band")
    few = ("数据太少：之前不足 5 场", "too little data: under 5 shows before")
    files = write_report(analysis, "last", "7d", tmp_path, actions)
    page = files.html.read_text(encoding="utf-8")
    assert any(words in page for words in better)
    assert any(words in page for words in few)
    assert any(file.name.endswith("effects.csv") for file in files.tables)
    short = write_report(analysis, "last", "24h", tmp_path, actions)
    assert not any(words in short.html.read_text(encoding="utf-8") for words in better)
    with closing(open_analysis(analysis, is_read_only=True)) as base:
        found = find_effects(base, find_airing(base, "last"), actions)
    for language, at in (("zh", 0), ("en", 1)):
        answer = effect_answer(found, language)
        assert [row[-1] for row in answer.rows] == [better[at], few[at]]
        assert all(len(row) == len(answer.columns) for row in answer.rows)
