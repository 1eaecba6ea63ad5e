"""A copy of the show for a drill: nothing of it leads outside, and every picture is marked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from studio.core.clean import read_json, write_json
from studio.core.loopback import MARK, leads_outside
from studio.plans.faults.pictures import BLACK

MARK_SOURCE, MICROPHONE = "演练 DRILL", "演练话筒"
LEFT_OUT = ("standby",)
NOWHERE = "rtmp://127.0.0.1:9/drill"


def copy_show(show: Path, target: Path) -> dict[str, Any]:
    """Copies a show so that nothing of it can reach the air.

    Returns:
        What stands in its show.json now.
    """
    shutil.copytree(
        show, target, ignore=shutil.ignore_patterns("*.bak", ".*", "recordings", "journal*")
    )
    file = target / "show.json"
    raw: dict[str, Any] = read_json(file.read_bytes())
    raw = _inside(raw, show)
    raw["outputs"] = []
    raw.pop("hotkeys", None)
    raw.pop("plans", None)
    raw.setdefault("audience", {})["feeds"] = []
    raw["stock"] = {"shop": "drill"}
    raw["canvases"] = {"landscape": [640, 360], "portrait": [360, 640], "on": ["landscape"]}
    raw["fps"] = "15"
    for source in raw["sources"]:  # heavy, and no drill is about it
        source["filters"] = []
    raw["sources"] += [
        {"name": MARK_SOURCE, "kind": "text",
         "settings": {"text": " ".join(MARK), "size": 64, "weight": 700, "colour": "#ff4040"}},
        {"name": MICROPHONE, "kind": "tone", "settings": {"level_db": -30.0}},
    ]  # fmt: skip
    box = {"x": 0.6, "y": 0.02, "w": 0.38, "h": 0.12}
    for scene in raw["scenes"]["scenes"]:
        items = scene.setdefault("items", [])
        number = max((int(item.get("id", 0)) for item in items), default=0)
        items.append(
            {"id": number + 1, "source": MARK_SOURCE, "fit": "contain",
             "boxes": {"landscape": box, "portrait": box}}
        )  # fmt: skip
        if scene.get("purpose") != "standby":
            items.append({"id": number + 2, "source": MICROPHONE})
    products = raw.setdefault("shop", {}).setdefault("products", [])
    if not products:
        products.append({"id": "drill", "number": 1, "name": "Drill", "price_cents": 100})
    file.write_text(write_json(raw), encoding="utf-8")
    _black_film(target / f"{BLACK}.mp4")
    return raw


def _inside(value: Any, show: Path) -> Any:
    """Addresses of other machines lead nowhere; files beside the show are found from the copy."""
    if isinstance(value, dict):
        return {key: _inside(inner, show) for key, inner in value.items()}
    if isinstance(value, list):
        return [_inside(inner, show) for inner in value]
    if isinstance(value, str):
        if leads_outside(value):
            return NOWHERE
        if value.startswith("../"):
            return str((show / value).resolve())
    return value


def _black_film(path: Path) -> None:
    """Two seconds of a black that has a little noise in it, as a camera's has."""
    import av
    import numpy as np

    rng = np.random.default_rng(1)
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(30):
            picture = rng.integers(0, 4, (180, 320, 3), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def ingest_show(target: Path, port: int) -> None:
    """A show that does nothing but take two streams."""
    target.mkdir(parents=True)
    raw = {
        "schema": 1, "name": "ingest", "fps": "2",
        "canvases": {"landscape": [64, 64], "portrait": [64, 64], "on": ["landscape"]},
        "sources": [
            {"name": name, "kind": "ingest", "settings": {"stream": name, "port": port}}
            for name in ("a", "b")
        ],
        "scenes": {"scenes": [{"name": "in", "items": [{"id": 1, "source": "a"}]}]},
    }  # fmt: skip
    (target / "show.json").write_text(json.dumps(raw), encoding="utf-8")
