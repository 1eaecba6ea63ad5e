"""Two moderators with devices of their own on one running studio: claims, decisions, vetoes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.onair.peer import Peer
from tests.onair.studio import Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(180)]
PASSWORD = "a password"


def rows(peer: Peer) -> dict[str, Any]:
    """The comments as the state shows them, by text."""
    listed = peer.run("state.get", parts=["comments"])["comments"]["all"]
    return {row["text"]: row for row in listed}


def test_two_people_moderate_one_show(tmp_path: Path) -> None:
    with Studio(tmp_path, password=PASSWORD) as studio, Peer(studio.address, PASSWORD) as owner:
        tokens = {
            name: owner.run("remote.token_add", name=name, role="controller")["result"]["token"]
            for name in ("Mei", "Lin")
        }
        said = "这是骗子吧"
        with Peer(studio.address, tokens["Mei"]) as mei, Peer(studio.address, tokens["Lin"]) as lin:
            held = owner.run("comments.say", text=said, author="水军")["result"]
            mine = mei.run("comments.claim", id=held["id"])["result"]
            assert mine["claimed_by"] == mine["me"]
            others = lin.run("comments.claim", id=held["id"])["result"]
            assert others["claimed_by"] == mine["me"] != others["me"], "they are told apart"
            assert rows(lin)[said]["claimed_by"] == mine["me"]

            mei.run("comments.block", id=held["id"], seen="held")
            late = lin.run_code("comments.release", id=held["id"], seen="held")
            assert late == "audience.decided"
            row = rows(lin)[said]
            assert (row["state"], row["decider"], row["claimed_by"]) == ("blocked", mine["me"], "")

            meant = {"which": "all", "text": said}
            many = lin.run("comments.bulk", action="release", **meant)["result"]
            assert (many["rows"], many["kept"]) == (0, 1), "what somebody else decided stays"
            assert rows(lin)[said]["state"] == "blocked"
            assert mei.run("comments.bulk", action="count", **meant)["result"]["rows"] == 1
            assert mei.run("comments.bulk", action="release", **meant)["result"]["kept"] == 0
            mei.run("comments.block", id=held["id"])

            lin.run("comments.mute", id=held["id"], minutes=5)
            told = mei.run("comments.appeal", who=row["who"])["result"]
            assert (told["text"], told["by"]) == (said, others["me"])
            told = mei.run("comments.appeal", who=row["who"], lift=True)["result"]
            assert told["lifted"]
            assert not owner.run("comments.mutes")["result"]

            good = owner.run("comments.say", text="160 穿什么码？", author="小鹿")["result"]
            owner.run("comments.veto_window", seconds=30)
            mei.run("comments.pin", id=good["id"])
            waiting = owner.run("state.get", parts=["comments"])["comments"]["waiting"]
            assert (waiting["entry"]["id"], waiting["by"]) == (good["id"], mine["me"])
            assert 0 < waiting["left_s"] <= 30
            lin.run("comments.veto", id=good["id"])
            assert mei.event("VendorEvent")
            now = owner.run("state.get", parts=["comments"])["comments"]
            assert (now["waiting"], now["pinned"]) == (None, None)

            quick = {"name": "价格", "text": "今天{price}"}
            owner.run("comments.quick_put", **quick)
            key = lin.run_code("comments.quick_reply", id=good["id"], name="价格")
            assert key == "audience.none_explained", "nothing can be filled in, nothing is sent"
            assert not rows(lin)["160 穿什么码？"]["answered"]
        assert "Traceback" not in studio.log()
