"""The phone's undo: named, greyed while there is none, once, asked twice where it must be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.phone_page import run_page

PAGE = """
import { undoer } from "PATH";
import { ranked } from "STAGE";
const { steps, role, language, fails, presses, next } = JSON.parse(process.argv[2]);
const button = { dataset: {} }, said = [], asked = [], shown = [];
const ask = async (question, data) => {
  asked.push([question, data ?? null]);
  if (question === "undo.last") return steps[0] ?? null;
  steps.shift();
  if (fails) throw new Error(fails);
};
const say = (words) => said.push(words), isAtLeast = ranked(role);
const undo = undoer({ button, ask, say, language: () => language, isAtLeast });
const note = () => shown.push([button.textContent ?? "", !!button.disabled, !!button.hidden]);
await undo.look(); note();
for (let n = 0; n < presses; n++) {
  await button.onclick(); note();
  if (n === 0 && next) { steps[0] = next; await undo.look(); note(); }
}
console.log(JSON.stringify({ said, asked, shown }));
process.exit(0);
"""
PRICE = {"number": 4, "command": "shop.price", "label": ["改价", "Set price"],
         "needs_confirm": False}  # fmt: skip


def page(folder: Path, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {
        "role": "controller",
        "language": "en",
        "fails": "",
        "presses": 0,
        "next": None,
        **more,
    }
    return run_page("undo", PAGE, {"steps": list(steps), **given}, folder)


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("en", "Undo: Set price", "Nothing of yours to undo"),
        ("zh", "撤销：改价", "没有可撤销的步骤"),
    ],
)
def test_it_is_named_and_gone_after_it_is_used(
    tmp_path: Path, language: str, first: str, last: str
) -> None:
    said = page(tmp_path, PRICE, language=language, presses=1)
    assert said["shown"] == [[first, False, False], [last, True, False]]
    assert ["undo.run", {"number": 4, "confirm": False}] in said["asked"]
    assert len(said["said"]) == 1


def test_a_refusal_is_said_in_full(tmp_path: Path) -> None:
    said = page(tmp_path, PRICE, fails="Ben has changed the same since", presses=1)
    assert said["said"] == ["Ben has changed the same since"]


def test_what_cannot_be_undone_is_asked_twice(tmp_path: Path) -> None:
    step = {**PRICE, "needs_confirm": True}
    said = page(tmp_path, step, presses=2)
    assert [words for words, _, _ in said["shown"]] == [
        "Undo: Set price", "Press again to undo: Set price", "Nothing of yours to undo",
    ]  # fmt: skip
    assert ["undo.run", {"number": 4, "confirm": True}] in said["asked"]


def test_another_step_meanwhile_is_asked_for_anew(tmp_path: Path) -> None:
    first = {**PRICE, "needs_confirm": True}
    other = {**first, "number": 5, "label": ["移除商品", "Remove product"]}
    said = page(tmp_path, first, presses=2, next=other)
    assert [words for words, _, _ in said["shown"]] == [
        "Undo: Set price", "Press again to undo: Set price", "Undo: Remove product",
        "Press again to undo: Remove product",
    ]  # fmt: skip
    assert all(question != "undo.run" for question, _ in said["asked"])


def test_who_only_looks_on_has_none(tmp_path: Path) -> None:
    said = page(tmp_path, PRICE, role="viewer")
    assert said["shown"][0][2]
    assert said["asked"] == []
