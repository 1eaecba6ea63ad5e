"""Data brought back from an old copy: desks and the engine see it, and nobody comes back."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.onair.peer import Peer
from tests.onair.studio import ROOT, Studio
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(180)]
VENDORS = 512
ROSE = "rehearsal/rosalind"


def kept_of(peer: Peer, folder: Path) -> dict[str, Any]:
    """What a second desk keeps: the anchor of a show's end, as the event tells it."""
    peer.run("audit.anchor_folder", path=str(folder))  # signs at once

    def told() -> dict[str, Any] | None:
        peer.run("audit.anchor")
        for event in reversed(peer.events):
            if event.get("eventData", {}).get("eventType") == "audit.anchored":
                found: dict[str, Any] = event["eventData"]["eventData"]
                return found
        return None

    until(lambda: told() is not None, "an anchor is told", 20)
    made = told()
    assert made is not None
    return made


def watched(peer: Peer) -> list[tuple[str, str]]:
    alarms = peer.run("state.get", parts=["watch"])["watch"]["alarms"]
    return [(alarm["kind"], alarm["subject"]) for alarm in alarms]


def test_an_old_copy_is_seen_and_brings_nobody_back(tmp_path: Path) -> None:
    data, outside = tmp_path / "data", tmp_path / "outside"
    outside.mkdir()
    with Studio(tmp_path, password="a password") as studio:
        with (
            Peer(studio.address, studio.key(), events=VENDORS) as owner,
            Peer(studio.address, studio.key(), events=VENDORS) as second,
        ):
            owner.run("comments.say", text="这件大衣还有吗", author="rosalind")
            until(lambda: owner.run_code("privacy.find", who=ROSE) == "", "known", 20)
            shutil.copytree(data, tmp_path / "copy")  # a backup, while it runs
            owner.run("privacy.erase", who=ROSE, confirm=True)
            anchor = kept_of(second, outside)
            given = {name: anchor[name] for name in ("anchor", "at_utc", "public", "signature")}
            assert second.run("audit.compare", anchors=[given])["result"] == {
                "agreed": 1, "strange": 0, "missing": [],
            }  # fmt: skip
            assert owner.run_code("privacy.find", who=ROSE)
        studio.stop()
        shutil.rmtree(data)
        shutil.copytree(tmp_path / "copy", data)
        shutil.rmtree(outside)  # the anchors' folder is on no other disk: a desk alone has one
        studio.start()
        with Peer(studio.address, studio.key(), events=VENDORS) as second:
            assert second.run_code("privacy.find", who=ROSE)
            second.run("watch.check")
            told = dict(watched(second))
            assert told["erased_again"] == "1"
            assert "chain_broken" in told, "this machine remembers its own anchors"
            missing = second.run("audit.compare", anchors=[given])["result"]["missing"]
            assert missing == [anchor["anchor"]]
            assert dict(watched(second))["chain_back"] == anchor["anchor"].rpartition(":")[0]
        studio.stop()
        for more in (["--anchor", anchor["anchor"]], []):
            call = [sys.executable, "-m", "studio.app.cli", "audit", "verify", "--json", *more]
            done = subprocess.run(call, capture_output=True, text=True, encoding="utf-8",
                                  env=studio.environment, cwd=ROOT)  # fmt: skip
            assert done.returncode == 1, done.stderr
            assert "anchor_cut" in {flaw["what"] for flaw in json.loads(done.stdout)["flaws"]}
