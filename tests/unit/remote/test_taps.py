"""A second tap on the phone presses nothing that has taken the place of the first one's button."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.phone_page import run_page

PAGE = """
import { guard } from "PATH";
let hear;
guard({ addEventListener: (kind, listener) => { hear = listener; } });
const button = ({ words, row, about, pressed }) => ({ textContent: words, dataset: { about },
  closest: (what) => what === "button" ? button({ words, row, about, pressed })
    : row && { querySelector: () => ({ firstChild: { textContent: row } }) },
  getAttribute: () => pressed ?? null });
const { taps } = JSON.parse(process.argv[2]);
console.log(JSON.stringify({ pressed: taps.map(({ at, x = 0, ...what }) => {
  let isHeard = true;
  hear({ timeStamp: at, clientX: x, clientY: 0, target: button(what), preventDefault() {},
    stopImmediatePropagation() { isHeard = false; } });
  return isHeard;
}) }));
process.exit(0);
"""


def pressed(folder: Path, *taps: dict[str, Any]) -> list[bool]:
    heard: list[bool] = run_page("taps", PAGE, {"taps": taps}, folder)["pressed"]
    return heard


def test_what_changed_under_the_finger_is_not_pressed(tmp_path: Path) -> None:
    opened = {"words": "Open", "row": "Coupon"}
    released = {**opened, "words": "Release"}
    taps = ({"at": 0, **opened}, {"at": 200, **released}, {"at": 700, **released},
            {"at": 1400, **released})  # fmt: skip
    assert pressed(tmp_path, *taps) == [True, False, False, True]
    judged = ({"at": 0, "words": "Release", "row": "first"},
              {"at": 300, "words": "Release", "row": "second"},
              {"at": 2000, "words": "Take", "about": "A"},
              {"at": 2200, "words": "Take", "about": "B"},
              {"at": 4000, "words": "Hearts", "pressed": "false"},
              {"at": 4200, "words": "Hearts", "pressed": "true"})  # fmt: skip
    assert pressed(tmp_path, *judged) == [True, False] * 3


def test_the_same_again_and_what_stands_elsewhere_are(tmp_path: Path) -> None:
    taps = ({"at": 0, "words": "Hearts now"}, {"at": 150, "words": "Hearts now"},
            {"at": 300, "words": "Hearts now"}, {"at": 400, "words": "Card", "x": 80})  # fmt: skip
    assert pressed(tmp_path, *taps) == [True] * 4
