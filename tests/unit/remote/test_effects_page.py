"""Effects on the phone: what is on, who may switch, and hearts by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.phone_page import run_page

PAGE = """
import page from "PATH";
import { element, ranked, run, said, section } from "STAGE";
const { state, role } = JSON.parse(process.argv[2]);
page({ section, element, run, language: () => "en", isAtLeast: ranked(role) })(state, true);
const buttons = section.inner[1].inner.map((b) => {
  if (!b.disabled) b.onclick();
  return [b.inner[0], b.className, b.disabled];
});
console.log(JSON.stringify({ hidden: section.hidden, buttons, said }));
process.exit(0);
"""


def drawn(folder: Path, role: str, **state: Any) -> dict[str, Any]:
    return run_page("effects", PAGE, {"state": state, "role": role}, folder)


def test_each_is_switched_and_hearts_rise_by_hand(tmp_path: Path) -> None:
    settings = {"likes": True, "gifts": False, "sold_out": False}
    said = drawn(tmp_path, "controller", effects={"settings": settings})
    assert [words for words, _, _ in said["buttons"]] == [
        "Hearts", "Thanks", "Sold-out stamp", "Hearts now",
    ]  # fmt: skip
    assert [name for _, name, _ in said["buttons"]] == ["on", "", "", ""]
    assert said["said"] == [
        ["effects.set", {"likes": False}], ["effects.set", {"gifts": True}],
        ["effects.set", {"sold_out": True}], ["effects.play", {"kind": "likes"}],
    ]  # fmt: skip


def test_a_streamer_looks_and_without_the_room_there_is_nothing(tmp_path: Path) -> None:
    settings = {"likes": True, "gifts": False, "sold_out": False}
    assert drawn(tmp_path, "streamer", effects={"settings": settings})["said"] == []
    assert drawn(tmp_path, "owner")["hidden"]
