"""A rundown on a running engine: begun, killed, and still ending when it would have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.onair.peer import Peer
from tests.onair.studio import Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(tmp_path, password=None) as running:
        yield running


def times(here: Peer) -> dict[str, Any]:
    return dict(here.run("rundown.times")["result"])


def end_of(view: dict[str, Any]) -> float:
    return datetime.fromisoformat(view["expected_end_utc"]).timestamp()


def test_a_kill_moves_no_expected_end(studio: Studio) -> None:
    sheet = "环节,时长\n欢迎,10\n讲帽子,30\n感谢,5\n"
    with Peer(studio.address, studio.key(), events=0) as here:
        read = here.run("rundown.import", text=sheet)["result"]
        assert [line["what"] for line in read["difference"]] == ["new"] * 3
        here.run("rundown.accept")
        here.run("rundown.begin")
        done = here.run("rundown.next")
        before = times(here)
        assert before["now"] == "item-2"
        here.run(done["undo"][0], **done["undo"][1])
        assert times(here)["now"] == "item-1"
        here.run("rundown.next")
        before = times(here)
    studio.kill()
    studio.process.wait()
    studio.options["restarts"] = 1
    studio.start()
    with Peer(studio.address, studio.key(), events=0) as here:
        after = times(here)
        assert (after["stage"], after["now"]) == ("running", "item-2")
        assert abs(end_of(after) - end_of(before)) < 1
        assert [item["item"]["title"] for item in after["items"]] == ["欢迎", "讲帽子", "感谢"]
