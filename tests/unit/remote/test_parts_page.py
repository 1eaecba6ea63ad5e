"""The phone keeps the state as it is told: whole, by what changed, and asked for again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.phone_page import run_page

PAGE = """
import { keeper } from "PATH";
const { told, wholes } = JSON.parse(process.argv[2]);
const state = {}, asked = [];
const ask = async (question, data) => { asked.push(data.parts); return wholes.shift(); };
const kept = keeper(ask, () => ["shop", "offers"], state);
await kept.all();
for (const one of told) await kept.changed(one);
console.log(JSON.stringify({ state, asked }));
process.exit(0);
"""


def kept(folder: Path, wholes: list[Any], *told: Any) -> dict[str, Any]:
    return run_page("parts", PAGE, {"wholes": wholes, "told": list(told)}, folder)


def change(base: int, number: int, lists: Any, **fields: Any) -> Any:
    inner = {"base": base, "number": number, "fields": fields, "lists": lists}
    return {"parts": {}, "numbers": {}, "changes": {"shop": inner}}


WHOLE = {"parts": {"shop": {"card": "", "products": [1, 2, 3, 4]}, "offers": []},
         "numbers": {"shop": 7}}  # fmt: skip


def test_steps_make_the_new_list(tmp_path: Path) -> None:
    steps = {"products": [[2, 2], {"rows": [9]}, [0, 1]]}
    said = kept(tmp_path, [WHOLE], change(7, 8, steps), change(8, 9, {}, card="x"))
    assert said["state"]["shop"] == {"card": "x", "products": [3, 4, 9, 1]}
    assert said["asked"] == [["shop", "offers"]]


def test_one_that_was_missed_is_asked_for_again(tmp_path: Path) -> None:
    later = {"parts": {"shop": {"card": "", "products": [5]}}, "numbers": {"shop": 12}}
    said = kept(
        tmp_path, [WHOLE, later], change(10, 11, {}, card="lost"), change(12, 13, {}, card="y")
    )
    assert said["asked"] == [["shop", "offers"], ["shop"]]
    assert said["state"]["shop"] == {"card": "y", "products": [5]}


def test_a_part_that_is_a_list_and_one_nobody_shows(tmp_path: Path) -> None:
    whole = {"parts": {"offers": [1, 2], "sound": {}}, "numbers": {"offers": 1}}
    told = {"parts": {"sound": 1}, "numbers": {}, "changes": {
        "offers": {"base": 1, "number": 2, "fields": {}, "lists": {"": [[1, 1]]}},
        "sound": {"base": 1, "number": 2, "fields": {}, "lists": {}}}}  # fmt: skip
    assert kept(tmp_path, [whole], told)["state"] == {"offers": [2]}
