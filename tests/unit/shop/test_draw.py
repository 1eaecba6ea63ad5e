"""A draw: fair, one entry a person, and nothing about it can be changed unseen."""

from __future__ import annotations

import collections
import copy
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.core.errors import StudioError
from studio.shop.games import verify
from studio.shop.games.draw import BEACON, Draw
from studio.shop.games.model import DrawRules, Heard, Prize

RULES = DrawRules("Scarf", (Prize("Scarf", 2, 9900), Prize("Coat", 1, 99900)), keyword="我要围巾")
SECOND = 1_000_000_000


def played(people: int = 30, **more) -> Draw:
    draw = Draw("d", RULES, **more)
    draw.open()
    for number in range(people):
        draw.hear(Heard(f"c{number}", f"douyin/u{number}", f"观众{number}", "我要 围巾"), 0)
    draw.close(SECOND, set())
    for number in range(BEACON):
        draw.hear(Heard(f"b{number}", f"douyin/v{number}", "路人", f"后来 {number}"), 2 * SECOND)
    draw.draw(3 * SECOND)
    return draw


def test_a_sound_proof_is_sound_and_every_change_is_found():
    proof = json.loads(json.dumps(played(seed="11" * 32).proof()))
    assert verify.faults(proof) == []

    def with_change(change):
        other = copy.deepcopy(proof)
        change(other)
        return verify.faults(other)

    def extra_entry(p):
        p["entries"].append({**p["entries"][0], "id": "0009999", "who": "x"})
        p["entries_sha256"] = verify.digest_of(p["entries"])

    changes = {
        "seed": lambda p: p.update(seed="00" * 32),
        "text": lambda p: p["entries"][3].update(text="x"),
        "gone": lambda p: p["entries"].pop(7),
        "added": extra_entry,
        "twice": lambda p: p["entries"].append(dict(p["entries"][0])),
        "rules": lambda p: p["rules"]["prizes"][0].update(count=3),
        "beacon": lambda p: p["beacon"][0].update(text="x"),
        "winner": lambda p: p["winners"][0].update(entry="0000001"),
        "order": lambda p: p["winners"].reverse(),
        "passed": lambda p: p["passed_over"].append(p["winners"][0]["entry"]),
        "format": lambda p: p.update(format="other"),
        "broken": lambda p: p.pop("entries"),
    }
    for name, change in changes.items():
        assert with_change(change), name


def test_the_proof_is_checked_by_the_standard_library_alone(tmp_path):
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(played().proof()), encoding="utf-8")
    script = Path(verify.__file__)
    call = [sys.executable, "-I", "-S", str(script), str(path)]
    done = subprocess.run(call, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "sound: 30 entries, 3 winners" in done.stdout
    path.write_text(path.read_text(encoding="utf-8").replace("围", "巾").replace(
        "\\u56f4", "\\u5dfe", 1), encoding="utf-8")  # fmt: skip
    assert subprocess.run(call, capture_output=True, timeout=60, check=False).returncode == 1
    path.write_text("{", encoding="utf-8")
    assert subprocess.run(call, capture_output=True, timeout=60, check=False).returncode == 2


@pytest.mark.parametrize(("counts", "text"), [("first", "我要围巾"), ("last", "我要围巾 ")])
def test_one_entry_a_person_host_and_muted_out(counts, text):
    rules = DrawRules("x", (Prize("Scarf"),), "我要围巾", counts, excluded=("主播小李",))
    draw = Draw("d", rules)
    assert not draw.hear(Heard("0", "douyin/early", "a", "我要围巾"), 0)
    draw.open()
    for words in ("我要围巾", "我要围巾 "):
        for who in ("u1", "u2", "bad"):
            draw.hear(Heard("c", f"douyin/{who}", who, words), 0)
    assert not draw.hear(Heard("c", "douyin/host", "主播 小李", "我要围巾"), 0)
    assert not draw.hear(Heard("c", "douyin/", "", "我要围巾"), 0)
    assert not draw.hear(Heard("c", "douyin/u3", "u3", "多少钱"), 0)
    draw.close(0, {"douyin/bad"})
    assert not any(draw.hear(Heard("c", "douyin/u9", "u9", "我要围巾"), 61 * SECOND) for _ in "ab")
    draw.draw(61 * SECOND)
    entries = draw.proof()["entries"]
    assert [entry["text"] for entry in entries] == [text, text]
    assert len(draw.winners()) == 1
    assert "u1" not in json.dumps(draw.proof()["winners"])


def test_steps_come_in_their_order():
    draw = Draw("d", RULES)
    with pytest.raises(StudioError, match="ready"):
        draw.close(0, set())
    draw.open()
    with pytest.raises(StudioError, match="open"):
        draw.draw(0)
    draw.close(0, set())
    with pytest.raises(StudioError, match="0 comments"):
        draw.draw(SECOND)
    with pytest.raises(StudioError, match="Nobody"):
        draw.draw(61 * SECOND)
    with pytest.raises(StudioError, match="50,000"):
        Draw("d", DrawRules("x", (Prize("Car", 1, 50_000_01),)))


def test_who_does_not_claim_is_passed_over_and_the_proof_says_so():
    draw = played()
    first = draw.winners()
    after = draw.pass_over(first[0]["entry"])
    assert after[0]["entry"] == first[1]["entry"]
    assert after[1]["entry"] == first[2]["entry"]
    assert verify.faults(json.loads(json.dumps(draw.proof()))) == []


def test_100_000_draws_are_even():
    """χ² over 20 entries, 19 degrees of freedom: p > 0.01 is below 36.19 (a table's figure)."""
    ids = [f"{number:07}" for number in range(20)]
    wins = collections.Counter(
        verify.ranked(f"{seed:064x}", "e", "b", ids)[0] for seed in range(100_000)
    )
    expected = 100_000 / len(ids)
    assert sum((wins[id] - expected) ** 2 / expected for id in ids) < 36.19


def test_60_000_entries_are_all_there_and_drawn_within_a_second():
    draw = Draw("d", RULES)
    draw.open()
    for number in range(60_000):
        draw.hear(Heard(str(number), f"p{number % 3}/u{number}", "x", "我要围巾"), 0)
    began = time.perf_counter()
    draw.close(0, set())
    draw.draw(61 * SECOND)
    took_s = time.perf_counter() - began
    assert len(draw.proof()["entries"]) == 60_000
    assert took_s < 3  # 0.3 s where nothing else runs
