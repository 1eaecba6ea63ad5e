"""Bullet comments and the ticker in the running engine: seen, held back, taken off, kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.media.cv import cv2
from tests.onair.door import Door
from tests.onair.studio import Studio
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]


def band(door: Door, file: Path) -> np.ndarray:
    """The upper third of what viewers see, (60, 320, 3)."""
    door.run("pictures.save", file=str(file), what="programme", canvas="landscape")
    seen = cv2.imread(str(file))
    assert seen is not None
    file.unlink()
    return seen[:60].astype(int)


def crawl(door: Door) -> dict[str, Any]:
    return dict(door.run("state.get", parts=["comments"])["comments"]["crawl"])


def test_a_comment_crosses_the_picture_and_leaves_it_when_it_is_blocked(tmp_path: Path) -> None:
    file = tmp_path / "seen.png"
    with Studio(tmp_path) as studio, Door(studio.address) as door:
        bare = band(door, file)

        def is_bare() -> bool:
            return bool(np.abs(band(door, file) - bare).max() <= 8)

        assert is_bare()
        done = door.run("comments.crawl", kind="bullets", seconds=30, size=2, wait_s=0)
        assert done["undo"] == [
            "comments.crawl", {"kind": "off", "seconds": 10.0, "size": 1.0, "wait_s": 5.0}
        ]  # fmt: skip
        door.run("comments.say", text="这是骗子吧，差评", author="水军")
        good = door.run("comments.say", text="主播今天真好看", author="小鹿")["result"]
        until(lambda: not is_bare(), "a comment on the picture")
        assert crawl(door)["shown"] == 1, "what is held does not cross"
        door.run("comments.block", id=good["id"])
        until(is_bare, "the picture without it", 3)

        door.run("comments.crawl", which="questions", wait_s=30)
        door.run("comments.say", text="真不错呀主播", author="小马")
        asked = door.run("comments.say", text="160 穿什么码？", author="小羊")["result"]
        assert crawl(door)["waiting"] == 1, "questions alone"
        door.run("comments.mute", id=asked["id"], minutes=5)
        door.run("comments.crawl", which="all", wait_s=0, kind="ticker")
        assert crawl(door)["waiting"] == 0, "another way begins with an empty picture"
        door.run("comments.say", text="黑色还有货吗？", author="小虎")
        until(lambda: crawl(door)["shown"] == 1, "one in the ticker")
        assert is_bare(), "it runs along the lower edge"
        studio.kill()
        studio.options["restarts"] = 1
        studio.start()
        with Door(studio.address) as again:
            assert crawl(again)["settings"]["kind"] == "ticker", "it is kept with the show"
