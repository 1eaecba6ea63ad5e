"""Several shows: another one is opened while a recording runs, and nothing goes black."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import av
import pytest

from tests.onair.door import Door
from tests.onair.studio import Studio, small_show

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]


def other_show(folder: Path, **head: Any) -> Path:
    """Another house: names that clash, a bright ground, its own output and product."""
    show = json.loads((small_show(folder) / "show.json").read_text(encoding="utf-8"))
    show |= {"name": "Other", **head}
    show["sources"][0]["settings"] = {"top": "#c0c0c0"}
    show["sources"].append({"name": "logo", "kind": "text", "settings": {"text": "B"}})
    show["shop"]["products"] = [{"id": "bag", "number": 7, "name": "Bag", "price_cents": 1}]
    show["outputs"] = [{"name": "second", "kind": "file", "url": str(folder / "b.mkv")}]
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    return folder


def recorded(door: Door, name: str, more: int) -> None:
    """Waits until so many packets more have gone to an output."""

    def packets() -> int:
        found = door.run("outputs.list")["result"]
        return int(next(o["packets"] for o in found if o["name"] == name))

    until, start = time.monotonic() + 15, packets()
    while packets() < start + more:
        assert time.monotonic() < until, "nothing is recorded"
        time.sleep(0.05)


def test_another_show_is_opened_on_air(tmp_path: Path) -> None:
    film = tmp_path / "a.mkv"
    other = other_show(tmp_path / "other.show")
    with Studio(tmp_path, record=str(film)) as studio, Door(studio.address) as door:
        running = [o["name"] for o in door.run("outputs.list")["result"]]
        door.run("sound.target", lufs=-14, tolerance=2)
        own = Path(door.run("state.get")["show"]["folder"])
        done = door.run("show.open", folder=str(other))
        assert done["result"]["name"] == "Other"
        state = door.run("state.get")
        kept = json.loads((own / "show.json").read_text(encoding="utf-8"))["sound"]
        assert (kept["target_lufs"], kept["tolerance_lu"]) == (-14, 2)
        assert (state["sound"]["target_lufs"], state["sound"]["tolerance_lu"]) == (-16, 3)
        assert state["show"]["name"] == "Other"
        assert [p["id"] for p in state["shop"]["products"]] == ["bag"]
        assert {"backdrop", "logo"} <= {s["name"] for s in state["sources"]}
        names = {o["name"]: o["state"] for o in state["outputs"]}
        assert "second" in names
        recorded(door, running[0], more=15)
        assert names[running[0]] == "recording"
        recent = door.run("show.recent")["result"]
        assert recent["now"] == str(other)
        back = door.run("show.open", folder=done["undo"][1]["folder"])
        assert back["result"]["name"] == "Small"
        assert [p["id"] for p in door.run("state.get")["shop"]["products"]] == ["hat"]
    with av.open(str(film)) as media:
        levels = [float(f.to_ndarray(format="gray").mean()) for f in media.decode(video=0)]
    assert min(levels) > 40, "a black picture went out"
    assert max(levels) > 150, "the other show was never seen"


def test_what_cannot_be_opened_leaves_everything_as_it_is(tmp_path: Path) -> None:
    broken = other_show(tmp_path / "broken.show")
    (broken / "show.json").write_text('{"schema": 1, "scenes": 5}', encoding="utf-8")
    larger = other_show(
        tmp_path / "larger.show", canvases={"landscape": [640, 360], "portrait": [180, 320]}
    )
    with Studio(tmp_path) as studio, Door(studio.address) as door:
        before = door.run("state.get")
        wrong = {broken: "show.broken", larger: "show.other_form", tmp_path: "show.missing"}
        for folder, key in wrong.items():
            data = {
                "vendorName": "shopcast",
                "requestType": "show.open",
                "requestData": {"folder": str(folder)},
            }
            answer = door.request("CallVendorRequest", data)["responseData"]["responseData"]
            assert not answer["ok"]
            assert answer["error"]["key"] == key
        after = door.run("state.get")
        for part in ("scenes", "show", "shop"):
            assert after[part] == before[part]


LATE = """
import msgspec
from studio.api import PluginService

class LatePart(msgspec.Struct):
    fails: bool = False

class Late(PluginService):
    name = "late"
    Part = LatePart

    async def load(self, part, context):
        if part.fails:
            raise RuntimeError("no")
"""


def test_a_show_that_fails_half_way_gives_back_the_one_before(tmp_path: Path) -> None:
    film = tmp_path / "a.mkv"
    plugin = tmp_path / "data" / "plugins" / "late" / "plugin.py"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(LATE, encoding="utf-8")
    late = other_show(tmp_path / "late.show")  # all is taken over, then the last service fails
    raw = json.loads((late / "show.json").read_text(encoding="utf-8"))
    (late / "show.json").write_text(json.dumps({**raw, "late": {"fails": True}}))
    with Studio(tmp_path, record=str(film)) as studio, Door(studio.address) as door:
        running = [o["name"] for o in door.run("outputs.list")["result"]]
        door.run("scenes.add", name="Fresh")
        door.run("scenes.take", scene="Two", transition="cut")
        door.run("shop.card", product="hat")
        before = door.run("state.get")
        data = {"vendorName": "shopcast", "requestType": "show.open",
                "requestData": {"folder": str(late)}}  # fmt: skip
        answer = door.request("CallVendorRequest", data)["responseData"]["responseData"]
        assert answer["error"]["key"] == "show.not_taken"
        assert "Small" in answer["error"]["text"]["en"]
        assert "late" in answer["error"]["text"]["en"], "the service names itself"
        recorded(door, running[0], more=15)
        after = door.run("state.get")
        for part in ("scenes", "show", "shop", "brand"):
            assert after[part] == before[part], part
        names = [[s["name"] for s in state["sources"]] for state in (before, after)]
        assert names[0] == names[1]
        outputs = [sorted(o["name"] for o in state["outputs"]) for state in (before, after)]
        assert outputs[0] == outputs[1]
        good = other_show(tmp_path / "good.show")
        assert door.run("show.open", folder=str(good))["result"]["name"] == "Other"
    with av.open(str(film)) as media:
        levels = [float(f.to_ndarray(format="gray").mean()) for f in media.decode(video=0)]
    assert min(levels) > 40, "a black picture went out"


def test_a_new_show_is_made_beside_the_old_one(tmp_path: Path) -> None:
    with Studio(tmp_path) as studio, Door(studio.address) as door:
        folder = str(tmp_path / "evening")
        made = door.run("show.new", folder=folder, name="Evening")["result"]["folder"]
        assert made == folder + ".show"
        door.run("show.open", folder=made)
        state = door.run("state.get")
        assert state["show"]["name"] == "Evening"
        assert [s["purpose"] for s in state["scenes"]["scenes"]] == ["standby"]
        door.run("templates.use", template="host", category="fashion")
        door.run("show.save")
        assert (
            len(json.loads((Path(made) / "show.json").read_text("utf-8"))["scenes"]["scenes"]) == 2
        )
        assert os.path.isdir(made)


def test_an_engine_that_is_killed_comes_back_with_the_show_that_was_open(tmp_path: Path) -> None:
    """Right show, right scene, right card: not those it was once started with."""
    other = other_show(tmp_path / "other.show")
    with Studio(tmp_path, scene="One") as studio:
        with Door(studio.address) as door:
            door.run("show.open", folder=str(other))
            door.run("scenes.take", scene="Two", transition="cut")
            door.run("shop.card", product="bag")
        for restarts in range(1, 4):
            studio.kill()
            studio.options["restarts"] = restarts
            studio.start()
            with Door(studio.address) as door:
                state = door.run("state.get")
                assert state["show"]["name"] == "Other"
                assert state["scenes"]["programme"]["landscape"] == "Two"
                assert state["shop"]["card"] == "bag"
                assert [p["id"] for p in state["shop"]["products"]] == ["bag"]


def test_a_show_that_is_gone_after_a_kill_gives_way_to_the_one_asked_for(tmp_path: Path) -> None:
    other = other_show(tmp_path / "other.show")
    with Studio(tmp_path) as studio:
        with Door(studio.address) as door:
            door.run("show.open", folder=str(other))
        studio.kill()
        (other / "show.json").write_text("{", encoding="utf-8")
        studio.options["restarts"] = 1
        studio.start()
        with Door(studio.address) as door:
            assert door.run("state.get")["show"]["name"] == "Small"
        assert "cannot be opened again" in studio.log()


def test_an_engine_with_a_speed_of_its_own_opens_others_and_saves_theirs(tmp_path: Path) -> None:
    """``--fps`` and ``--size`` are for this run: every show takes them, and no file keeps them."""
    other = other_show(
        tmp_path / "other.show", fps="30",
        canvases={"landscape": [640, 360], "portrait": [360, 640], "on": ["landscape"]},
    )  # fmt: skip
    with Studio(tmp_path, fps=12, size=[320, 180]) as studio, Door(studio.address) as door:
        own = Path(door.run("state.get")["show"]["folder"])
        for folder, fps, landscape in ((own, "10", [320, 180]), (other, "30", [640, 360])):
            door.run("show.open", folder=str(folder))
            door.run("sound.target", lufs=-14, tolerance=2)
            door.run("show.save")
            kept = json.loads((folder / "show.json").read_text(encoding="utf-8"))
            assert kept["sound"]["target_lufs"] == -14
            assert (kept.get("fps"), kept["canvases"]["landscape"]) == (fps, landscape)
