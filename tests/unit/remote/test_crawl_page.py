"""Comments that cross the picture on the phone: how, for whom it may be changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.phone_page import run_page

PAGE = """
import page from "PATH";
import { element, ranked, run, said, section } from "STAGE";
const { state, role } = JSON.parse(process.argv[2]);
page({ section, element, run, language: () => "en", isAtLeast: ranked(role) })(state, true);
const [title, kinds, told] = section.inner;
const buttons = (kinds.inner ?? []).map((b) => (
  { words: b.inner[0], isOn: b.className === "on", off: b.disabled }));
for (const b of kinds.inner ?? []) b.onclick();
console.log(JSON.stringify({ hidden: section.hidden, title: title.textContent, buttons, said,
  told: told.hidden ? "" : told.textContent }));
"""


def drawn(folder: Path, crawl: dict[str, Any] | None, role: str = "controller") -> dict[str, Any]:
    state = {"comments": {"crawl": crawl}}
    return run_page("crawl", PAGE, {"state": state, "role": role}, folder)


def test_off_it_offers_the_ways(tmp_path: Path) -> None:
    said = drawn(tmp_path, {"settings": {"kind": "off", "which": "all"}, "shown": 0})
    assert [b["words"] for b in said["buttons"]] == ["Off", "Bullets", "Ticker"]
    assert [b["isOn"] for b in said["buttons"]] == [True, False, False]
    assert said["said"][1] == ["comments.crawl", {"kind": "bullets"}]
    assert not said["told"]


def test_on_it_tells_how_many_and_offers_questions_alone(tmp_path: Path) -> None:
    crawl = {"settings": {"kind": "ticker", "which": "all"}, "shown": 7, "waiting": 2,
             "left_out": 0}  # fmt: skip
    said = drawn(tmp_path, crawl)
    assert said["told"] == "7 shown · 2 waiting"
    assert said["said"][-1] == ["comments.crawl", {"which": "questions"}]


def test_who_may_not_sees_it_without_changing_it(tmp_path: Path) -> None:
    crawl = {"settings": {"kind": "bullets", "which": "questions"}, "shown": 1}
    assert all(b["off"] for b in drawn(tmp_path, crawl, "streamer")["buttons"])
    assert drawn(tmp_path, None)["hidden"]
