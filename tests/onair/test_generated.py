"""Files that show the stand-in say so in their metadata; those that do not, do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import pytest

from studio.core.aigc import bears_aigc
from tests.onair.door import Door
from tests.onair.studio import Studio
from tests.waiting import until

pytestmark = pytest.mark.onair


def bears(file: Path) -> bool:
    with av.open(str(file)) as opened:
        return any(map(bears_aigc, opened.metadata.values()))


def grows(file: Path, by: int = 20_000) -> None:
    size = file.stat().st_size if file.is_file() else 0
    until(lambda: file.is_file() and file.stat().st_size > size + by, "the file to grow", 30)


def with_stand_in(show: Path) -> None:
    plain: dict[str, Any] = json.loads((show / "show.json").read_text(encoding="utf-8"))
    plain["sources"].append({"name": "ai", "kind": "stand_in", "settings": {}})
    plain["scenes"]["scenes"].append({"name": "AI", "items": [{"id": 1, "source": "ai"}]})
    (show / "show.json").write_text(json.dumps(plain), encoding="utf-8")


def test_recordings_replays_clips_and_stills(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    with_stand_in(tmp_path / "small.show")
    folder = tmp_path / "data" / "recordings"
    with studio, Door(studio.address) as door:
        door.request("StartRecord")
        until(lambda: [*folder.glob("*.mkv")], "a recording", 30)
        (plain,) = folder.glob("*.mkv")
        grows(plain, 2_000)
        door.request("StopRecord")
        door.request("StartRecord")
        until(lambda: len([*folder.glob("*.mkv")]) == 2, "another", 30)
        (shown,) = {*folder.glob("*.mkv")} - {plain}
        grows(shown, 2_000)
        assert not bears(shown)
        door.run("host.stand_in")
        until(lambda: bears(shown), "the label in the file that is being written", 20)
        door.run("record.split")
        until(lambda: len([*folder.glob("*.mkv")]) == 3, "the next file", 30)
        (after,) = {*folder.glob("*.mkv")} - {plain, shown}
        grows(after, 2_000)
        replay = Path(door.run("replay.save", seconds=1)["result"]["file"])
        for scene in ("AI", "One"):
            still = {"sourceName": scene, "imageFormat": "png",
                     "imageFilePath": str(tmp_path / f"{scene}.png")}  # fmt: skip
            assert door.request("SaveSourceScreenshot", still)["requestStatus"]["result"]
        door.request("StopRecord")
        until(
            lambda: not door.request("GetRecordStatus")["responseData"]["outputActive"], "end", 20
        )
        cut = door.run("clips.cut", file=str(shown), from_s=0.0, to_s=1.0)["result"]["clips"]
    assert all(bears(file) for file in (shown, after, replay, Path(cut[0]["file"])))
    assert not bears(plain)
    assert bears_aigc((tmp_path / "AI.png").read_bytes())
    assert not bears_aigc((tmp_path / "One.png").read_bytes())
