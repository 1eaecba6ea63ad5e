"""Try-on in the running engine: commands, the mark, faces lost and found, nothing of them kept."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.media.cv import cv2
from tests.onair.door import Door
from tests.onair.studio import ROOT, SMALL, Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]
HOST = "主播机位"
TRY_ON_SCENE = "试戴"
NUMBERS = re.compile(rb"(?:-?\d+\.\d+[\s,\[\]\"xyz:]{1,6}){40}")
"""So many decimal numbers in a row are landmarks."""


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    show = tmp_path / "own.show"
    shutil.copytree(ROOT / "assets" / "demo" / "demo.show", show)
    shutil.copytree(ROOT / "assets" / "demo" / "tryon", tmp_path / "tryon")
    with Studio(tmp_path, show=str(show), **SMALL) as running:
        yield running


@pytest.fixture
def door(studio: Studio) -> Iterator[Door]:
    with Door(studio.address) as opened:
        yield opened


def worn(door: Door) -> dict[str, Any]:
    return dict(door.run("state.get", parts=["tryon"])["tryon"][HOST])


def until(check: Callable[[], Any], limit_s: float = 20) -> Any:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("never happened")


def still(door: Door, **args: Any) -> tuple[np.ndarray, bool]:
    found = door.run("tryon.still", **args)["result"]
    data = np.frombuffer(base64.b64decode(found["jpeg"]), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR), found["is_worn"]


def test_the_fitting_room_from_photo_to_product(studio: Studio, door: Door) -> None:
    photo = np.full((500, 700, 3), 244, np.uint8)
    cv2.ellipse(photo, (350, 200), (150, 120), 0, 0, 360, (60, 90, 160), -1)
    cv2.rectangle(photo, (100, 260), (600, 330), (40, 60, 130), -1)
    path = studio.root / "hat photo.jpg"
    path.write_bytes(cv2.imencode(".jpg", photo)[1].tobytes())
    cut = door.run("tryon.cutout", photo=str(path))["result"]
    assert cut["asset"] == "tryon/hat-photo.png"
    assert (studio.root / "own.show" / "tryon" / "hat-photo.png").is_file()

    fit = {"width_mm": 290.0, "offset_y_mm": 4.0}
    proposed = door.run("tryon.propose", garment="hat", asset=cut["asset"], fit=fit)["result"]
    assert proposed["width_mm"] == 290.0
    assert proposed["anchors"]
    bare, is_worn = still(door, longest=400)
    assert not is_worn
    fitted, is_worn = still(door, garment="hat", asset=cut["asset"], fit=fit, longest=400)
    assert is_worn
    assert cv2.absdiff(bare, fitted).max() > 60

    answer = door.run("tryon.fit", product="watch", garment="hat", asset=cut["asset"], fit=fit)
    door.run("shop.try_on", product="watch")
    until(lambda: worn(door)["garment"] == "hat" and worn(door)["is_worn"])
    command, args = answer["undo"]
    door.run(command, **args)
    shop = door.run("state.get", parts=["shop"])["shop"]
    watch = next(product for product in shop["products"] if product["id"] == "watch")
    assert (watch.get("try_on") or {}).get("garment") != "hat"


def test_compare_split_bypass_and_back(door: Door) -> None:
    until(lambda: worn(door)["is_worn"])
    answer = door.run("tryon.compare", sku="SG-BLACK")
    assert worn(door)["compared"] == "SG-BLACK"
    assert answer["undo"] == ["tryon.compare", {"sku": ""}]
    door.run("tryon.compare")
    door.run("tryon.split", is_on=True, at=0.4)
    assert worn(door)["is_split"]
    door.run("tryon.split", is_on=False)
    door.run("tryon.bypass", is_on=True)
    until(lambda: not worn(door)["is_worn"])
    assert door.run("state.get", parts=["shop"])["shop"]["trying"] == "sunglasses"
    door.run("shop.variant", product="sunglasses", sku="SG-TEA")
    door.run("tryon.bypass", is_on=False)
    until(lambda: worn(door)["is_worn"])
    assert worn(door)["garment"] == "sunglasses"


def test_an_item_shows_the_picture_before_the_try_on(door: Door) -> None:
    until(lambda: worn(door)["is_worn"])
    state = door.run("state.get", parts=["scenes"])["scenes"]
    scene = next(scene for scene in state["scenes"] if scene["name"] == TRY_ON_SCENE)
    item = scene["items"][0]["id"]
    answer = door.run("tryon.item", scene=TRY_ON_SCENE, item=item, is_on=False)
    door.run("scenes.take", scene=TRY_ON_SCENE, transition="cut")
    state = door.run("state.get", parts=["scenes"])["scenes"]
    scene = next(scene for scene in state["scenes"] if scene["name"] == TRY_ON_SCENE)
    assert scene["items"][0]["has_try_on"] is False
    assert answer["undo"][1]["is_on"] is True


def test_captures_bear_the_mark(studio: Studio, door: Door) -> None:
    until(lambda: worn(door)["is_worn"])
    picture = studio.root / "page.png"
    door.run("tryon.capture", file=str(picture))
    kept = cv2.imread(str(picture))
    height, width = kept.shape[:2]
    corner = kept[: height // 8, width * 3 // 4 :]
    assert corner.min() < 60, "the dark plate of the mark"
    clip = studio.root / "page.mp4"
    door.run("tryon.capture", file=str(clip), seconds=1)
    _, told = door.wait("tryon.captured", lambda data: data["file"] == str(clip))
    assert not told["error"]
    assert told["frames"] > 10
    import av

    with av.open(str(clip)) as media:
        frames = sum(1 for _ in media.decode(video=0))
    assert frames == told["frames"]
    refused = door.request(
        "CallVendorRequest",
        {"vendorName": "shopcast", "requestType": "tryon.capture",
         "requestData": {"file": "page.gif"}},
    )["responseData"]["responseData"]  # fmt: skip
    assert not refused["ok"]
    assert "page.gif" in json.dumps(refused)


def test_a_capture_waits_for_a_face_that_was_lost(studio: Studio, door: Door) -> None:
    until(lambda: worn(door)["is_worn"])
    door.run("tryon.bypass", is_on=True)
    until(lambda: not worn(door)["is_worn"])
    request = {
        "vendorName": "shopcast",
        "requestType": "tryon.capture",
        "requestData": {"file": str(studio.root / "none.png")},
    }
    refused = door.request("CallVendorRequest", request)["responseData"]["responseData"]
    assert refused["error"]["key"] == "tryon.nothing_worn"
    door.run("tryon.bypass", is_on=False)  # nobody is followed yet: it comes some frames later
    door.run("tryon.capture", file=str(studio.root / "back.png"))
    assert cv2.imread(str(studio.root / "back.png")) is not None
    assert not (studio.root / "none.png").exists()


def test_landmarks_are_in_no_file_log_event_or_answer(studio: Studio, door: Door) -> None:
    until(lambda: worn(door)["is_worn"])
    for product in ("lipstick", "sunglasses"):
        door.run("shop.try_on", product=product)
    still(door, garment="sunglasses", asset="../tryon/sunglasses-tea.png")
    door.run("tryon.propose", garment="sunglasses", asset="../tryon/sunglasses-tea.png")
    door.run("show.save")
    said = json.dumps([door.events, door.run("state.get")], default=str).encode()
    assert not NUMBERS.search(said)
    assert b'"points": [[' not in said
    studio.stop()
    looked_at = 0
    for path in studio.root.rglob("*"):
        if not path.is_file() or "tryon" in path.parts or path.suffix in (".mp4", ".png", ".jpg"):
            continue
        data = path.read_bytes()
        looked_at += 1
        assert not NUMBERS.search(data), path
        assert b'"points": [[' not in data, path
    assert looked_at >= 3


def test_starved_of_the_processor_it_looks_less_often_and_says_so(door: Door) -> None:
    until(lambda: worn(door)["is_worn"])
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    try:
        until(lambda: worn(door)["quality"] != "full" or worn(door)["is_bypassed"], 40)
    finally:
        for entry in busy:
            entry.kill()
            entry.wait()


def test_what_was_bypassed_stays_so_when_the_engine_is_killed(studio: Studio) -> None:
    with Door(studio.address) as door:
        until(lambda: worn(door)["is_worn"])
        door.run("tryon.split", is_on=True, at=0.3)
        door.run("tryon.bypass", is_on=True)
    studio.kill()
    studio.options["restarts"] = 1
    studio.start()
    with Door(studio.address) as door:
        again = worn(door)
        assert again["is_bypassed"]
        assert again["split_at"] == 0.3
        door.run("tryon.bypass", is_on=False)
        until(lambda: worn(door)["is_worn"])
        assert worn(door)["is_split"]
