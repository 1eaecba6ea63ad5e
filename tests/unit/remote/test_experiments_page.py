"""Experiments on the phone: whose turn it is, the result; who may starts and ends them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.phone_page import run_page

PAGE = """
import page from "PATH";
import { element, ranked, run, said, section } from "STAGE";
const answers = { "experiments.result": { result: { verdict: "b", change: 0.125 } },
  "experiments.ideas": { result: { ideas: [{ id: "headline", label: { zh: "标题", en: "Headline" },
    a: { en: "short" }, b: { en: "long" } }] } } };
const ask = async (question) => answers[question];
const { state, role } = JSON.parse(process.argv[2]);
const draw = page({ section, element, run, ask, language: () => "en", isAtLeast: ranked(role) });
draw(state, true);
const [title, list, more, ideas] = section.inner;
const rows = (part) => (part.inner ?? []).map(({ inner: [name, ...steps] }) => ({
  name: name.inner[0], about: name.inner[1].inner[0],
  steps: steps.map((b) => [b.inner[0], b.disabled]) }));
const before = rows(list);
for (const { inner: [, ...steps] } of list.inner) for (const step of steps) await step.onclick?.();
await more.onclick?.();
const offered = rows(ideas);
if (ideas.inner.length) await ideas.inner[0].inner[1].onclick();
console.log(JSON.stringify({ hidden: section.hidden, before, after: rows(list), offered,
  mayStart: !more.hidden, said }));
process.exit(0);
"""


def drawn(folder: Path, role: str = "controller", **trials: Any) -> dict[str, Any]:
    return run_page("experiments", PAGE, {"state": {"trials": trials}, "role": role}, folder)


def trial(id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id, "label": {"zh": "标题", "en": "Headline"}, "unit": "time", "arm": "b", "pair": 3,
        "pairs": 40, "until_utc": "2026-11-30T12:00:00.000Z", "is_held": False, "ended_utc": "",
        **more,
    }  # fmt: skip


def test_whose_turn_it_is_and_what_may_be_done(tmp_path: Path) -> None:
    said = drawn(tmp_path, running=[
        trial("1"), trial("2", is_held=True),
        trial("3", unit="viewer", counts={"a_of": 40, "b_of": 38}),
    ], ended=[trial("0", ended_utc="2026-11-29T12:00:00.000Z")])  # fmt: skip
    about = [row["about"] for row in said["before"]]
    assert about[0].startswith("B's turn until ")
    assert about[0].endswith("pair 3 of 40")
    assert about[1].startswith("held")
    assert about[2:] == ["by viewer: A 40, B 38", "ended"]
    assert [[words for words, _ in row["steps"]] for row in said["before"]] == [
        ["Result", "End"], ["Result", "Go on", "End"], ["Result", "End"], ["Result"],
    ]  # fmt: skip
    assert "B is better · change 12.5 %" in said["after"][0]["about"]
    assert said["said"] == [
        ["experiments.end", {"id": "1"}], ["experiments.go_on", {"id": "2"}],
        ["experiments.end", {"id": "2"}], ["experiments.end", {"id": "3"}],
        ["experiments.start", {"idea": "headline"}],
    ]  # fmt: skip
    assert said["offered"] == [
        {"name": "Headline", "about": "A short · B long", "steps": [["Start", False]]}
    ]


def test_who_may_not_only_looks(tmp_path: Path) -> None:
    said = drawn(tmp_path, "streamer", running=[trial("1")])
    assert all(is_off for _, is_off in said["before"][0]["steps"])
    assert not said["mayStart"]
    assert said["offered"] == []
    assert drawn(tmp_path, "streamer")["hidden"]
    assert not drawn(tmp_path)["hidden"]
