"""No edit is lost by a kill, also of the demo; going live with it makes it a show of one's own."""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.onair.door import Door
from tests.onair.studio import SMALL, Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(180)]


def again(studio: Studio) -> None:
    """Killed, and started as the supervisor does."""
    studio.kill()
    studio.options["restarts"] = 1
    studio.start()


def test_edits_of_the_demo_survive_a_kill(tmp_path: Path) -> None:
    with Studio(tmp_path, show=None, **SMALL) as studio:
        with Door(studio.address) as door:
            first = door.run("state.get", parts=["shop"])["shop"]["products"][0]
            for price in (111_00, 122_00, 133_00):
                door.run("shop.price", product=first["id"], cents=price)
            door.run("shop.stock", product=first["id"], count=7)
            door.run("sources.add", name="mine", kind="colour", settings={"top": "#ff0000"})
            door.run("scenes.add", name="New")
            door.run("sound.set", source="主播机位", gain_db=-7)
            door.run("scenes.canvas", name="portrait", on=False)
        again(studio)
        with Door(studio.address) as door:
            seen = door.run("state.get", parts=["shop", "sources", "scenes", "sound", "show"])
            product = seen["shop"]["products"][0]
            assert (product["price_cents"], product["stock"]) == (133_00, 7)
            assert "mine" in [source["name"] for source in seen["sources"]]
            assert "New" in [scene["name"] for scene in seen["scenes"]["scenes"]]
            strips = {strip["source"]: strip["gain_db"] for strip in seen["sound"]["strips"]}
            assert strips["主播机位"] == -7
            on = {scene["name"]: scene["is_enabled"] for scene in seen["scenes"]["canvases"]}
            assert not on["portrait"]
            assert seen["show"]["is_readonly"]
        again(studio)  # and once more, without an edit between
        with Door(studio.address) as door:
            shop = door.run("state.get", parts=["shop"])["shop"]
            assert shop["products"][0]["price_cents"] == 133_00


def test_the_last_edit_of_any_show_survives_a_kill(tmp_path: Path) -> None:
    with Studio(tmp_path) as studio:
        with Door(studio.address) as door:
            door.run("shop.price", product="hat", cents=1234)
        again(studio)  # at once: the file is written a second later
        with Door(studio.address) as door:
            shop = door.run("state.get", parts=["shop"])["shop"]
            assert shop["products"][0]["price_cents"] == 1234
        studio.stop()
        file = tmp_path / "small.show" / "show.json"
        assert (
            json.loads(file.read_text(encoding="utf-8"))["shop"]["products"][0]["price_cents"]
            == 1234
        )
        assert not (tmp_path / "run" / "unsaved.json").exists()


def test_the_show_that_was_open_comes_back(tmp_path: Path) -> None:
    from tests.onair.test_shows import other_show

    other = other_show(tmp_path / "other.show")
    with Studio(tmp_path) as studio:
        with Door(studio.address) as door:
            door.run("show.open", folder=str(other))
            door.run("shop.price", product="bag", cents=77)
        again(studio)
        with Door(studio.address) as door:
            seen = door.run("state.get", parts=["show", "shop"])
            assert seen["show"]["name"] == "Other"
            assert seen["shop"]["products"][0]["price_cents"] == 77


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    with Studio(tmp_path, show=None, **SMALL) as studio:
        with Door(studio.address) as door:
            door.run("scenes.add", name="New")
        studio.kill()
        file = tmp_path / "run" / "unsaved.json"
        kept = json.loads(file.read_text(encoding="utf-8"))
        kept["parts"]["scenes"]["scenes"] = 5
        file.write_text(json.dumps(kept), encoding="utf-8")
        studio.options["restarts"] = 1
        studio.start()
        with Door(studio.address) as door:
            assert door.run("state.get", parts=["show"])["show"]["is_readonly"]


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        yield int(there.getsockname()[1])


def test_going_live_with_the_demo_makes_it_ones_own(tmp_path: Path, closed_port: int) -> None:
    with Studio(tmp_path, show=None, **SMALL) as studio:
        with Door(studio.address) as door:
            before = door.run("state.get", parts=["show", "shop", "scenes"])
            proposed = before["show"]["own_name"]
            assert proposed.startswith(before["show"]["name"])
            door.run("shop.price", product=before["shop"]["products"][0]["id"], cents=42)
            door.run("scenes.take", scene="特写")
            door.run("outputs.add", name="far", url=f"rtmp://127.0.0.1:{closed_port}/live", key="k")
            door.run("outputs.start", name="far")
            seen = door.run("state.get", parts=["show", "shop", "scenes", "outputs"])
            assert not seen["show"]["is_readonly"]
            assert seen["show"]["name"] == proposed
            assert seen["scenes"]["programme"] == dict.fromkeys(("landscape", "portrait"), "特写")
            assert seen["shop"]["products"][0]["price_cents"] == 42
            assert [output["name"] for output in seen["outputs"]] == ["far"]
        again(studio)
        with Door(studio.address) as door:
            seen = door.run("state.get", parts=["show", "shop"])
            assert seen["show"]["name"] == proposed
            assert seen["shop"]["products"][0]["price_cents"] == 42
            folder = Path(seen["show"]["folder"])
        assert (folder / "show.json").is_file()
        assert folder.parent == tmp_path / "data" / "shows"


def test_a_name_of_ones_own_and_one_that_is_taken(tmp_path: Path) -> None:
    with Studio(tmp_path, show=None, **SMALL) as studio, Door(studio.address) as door:
        done = door.run("show.keep", name="双十一/大促")
        assert Path(done["result"]["folder"]).name == "双十一-大促.show"
        assert door.run("state.get", parts=["show"])["show"]["name"] == "双十一/大促"
        door.run("show.open", folder="")
        done = door.run("show.keep", name="双十一/大促")
        assert Path(done["result"]["folder"]).name == "双十一-大促 2.show"
        assert stat.S_ISDIR(os.stat(done["result"]["folder"]).st_mode)
