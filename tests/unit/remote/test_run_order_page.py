"""The run order on the phone: what is now, what is next, and who may go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.phone_page import run_page

PAGE = """
import page from "PATH";
import { element, ranked, said, section } from "STAGE";
const { state, role, now } = JSON.parse(process.argv[2]);
const run = async (command, data) => {
  said.push([command, data]);
  return command === "run_order.next" && now ? { product: now } : undefined;
};
page({ section, element, run, language: () => "en", isAtLeast: ranked(role) })(state, true);
const [title, line, list] = section.inner, forward = line.inner[0];
const isOff = forward.disabled;
if (!isOff) await forward.onclick();
const words = (part) => typeof part === "string" ? part : (part.inner ?? []).map(words).join(" ");
console.log(JSON.stringify({ hidden: section.hidden, title: title.textContent,
  forward: forward.textContent, disabled: isOff, after: forward.disabled,
  rows: list.inner.map(words), said }));
process.exit(0);
"""


def drawn(folder: Path, role: str = "streamer", now: str = "", **view: Any) -> dict[str, Any]:
    given = {"state": {"run_order": view}, "role": role, "now": now}
    return run_page("run_order", PAGE, given, folder)


def row(product: str, state: str) -> dict[str, Any]:
    return {"product": product, "number": 7, "name": product.title(), "state": state}


ROWS = [row("hat", "done"), row("bag", "now"), row("cap", "sold_out"), row("coat", "next")]


def test_the_next_one_is_a_button(tmp_path: Path) -> None:
    said = drawn(tmp_path, rows=ROWS, next="coat", done=1)
    assert (said["title"], said["forward"]) == ("Run order 1/4", "Next: Coat")
    assert said["rows"] == ["7 Bag now", "7 Cap sold out", "7 Coat →"]
    assert said["said"] == [["run_order.next", {"product": "coat"}]]
    gone_on = drawn(tmp_path, "controller", "scarf", rows=ROWS, next="coat", done=1)
    assert gone_on["after"], "a second tap passes none over"
    both = gone_on["said"]
    card = ["shop.card", {"product": "scarf"}]
    assert both == [["run_order.next", {"product": "coat"}], card], (
        "others had gone on: the card of what it is now"
    )
    none = drawn(tmp_path, "controller", rows=ROWS, next="coat", done=1)
    assert none["said"] == [["run_order.next", {"product": "coat"}]], "refused: no card"
    assert not none["after"]


def test_a_viewer_looks_and_without_goods_there_is_nothing(tmp_path: Path) -> None:
    assert drawn(tmp_path, "viewer", rows=ROWS, next="coat", done=1)["disabled"]
    assert drawn(tmp_path, rows=ROWS[:1], next="", done=1)["disabled"]
    assert drawn(tmp_path, rows=[], next="", done=0)["hidden"]
    many = [row(f"p{number}", "later") for number in range(9)]
    assert drawn(tmp_path, rows=many, next="p0", done=0)["rows"][-1] == "3 more"
