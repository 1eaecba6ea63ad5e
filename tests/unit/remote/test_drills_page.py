"""A drill on the phone: each role's own questions and tasks; hidden where none runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.phone_page import run_page

PAGE = """
import page from "PATH";
import { element, ranked, run, said, section } from "STAGE";
const { state, role } = JSON.parse(process.argv[2]);
page({ section, element, run, language: () => "en", isAtLeast: ranked(role) })(state, true);
const [title, now, list] = section.inner;
const rows = list.inner.map(({ inner: [name, ...steps] }) => [name.inner[0],
  ...steps.map((b) => { b.onclick(); return b.inner[0]; })]);
console.log(JSON.stringify({ hidden: section.hidden, now: now.textContent, rows, said }));
process.exit(0);
"""


def drawn(folder: Path, role: str, **drills: Any) -> dict[str, Any]:
    return run_page("drills", PAGE, {"state": {"drills": drills}, "role": role}, folder)


def test_each_role_has_its_own(tmp_path: Path) -> None:
    asks = [{"id": "i", "role": "controller", "text": ["慢速？", "Slow?"],
             "options": ["slow", "stop"]}]  # fmt: skip
    tasks = [
        {"id": "1", "role": "streamer", "text": ["念", "Say it"], "by": ""},
        {"id": "2", "role": "controller", "text": ["看", "Look"], "by": "li"},
    ]
    given = {"stage": "running", "number": 2, "count": 3, "hint": ["", ""], "asks": asks,
             "tasks": tasks}  # fmt: skip
    said = drawn(tmp_path, "controller", **given)
    assert said["now"] == "fault 2 of 3"
    assert said["rows"] == [["Slow?", "slow", "stop"], ["Say it", "I take it"], ["Look"]]
    assert said["said"] == [
        ["drills.answer", {"id": "i", "option": "slow"}],
        ["drills.answer", {"id": "i", "option": "stop"}], ["drills.accept", {"id": "1"}],
    ]  # fmt: skip
    assert [row[0] for row in drawn(tmp_path, "streamer", **given)["rows"]] == ["Say it"]
    assert drawn(tmp_path, "viewer", **given)["hidden"]
    assert drawn(tmp_path, "controller", stage="")["hidden"]
