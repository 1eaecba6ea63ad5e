"""What the sources draw, beside the pictures kept (``SHOPCAST_GOLDEN=write`` keeps new ones)."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import studio.sources.kinds as source_folder
from studio.app.check import read as open_show
from studio.core.registry import discover
from studio.graphics.svg import rasterise
from studio.graphics.text import TextDrawer
from studio.media.drawings import use_svg
from studio.media.frame import Frame, blank, to_rgb
from studio.media.yuv import Scratch, blend, layer
from studio.scenes.model import Box, Canvas, Item, Scene, ScenesState
from studio.scenes.nested import NestedPictures
from studio.scenes.stage import Snapshot
from studio.sources.base import Feed, Source, SourceContext
from studio.sources.kinds.camera import Camera
from studio.sources.kinds.replay import remember
from studio.sources.kinds.text import window
from studio.sources.model import SourceSpec
from studio.sources.runner import Shot, SourceRunner
from studio.sources.slate import slate
from tests.golden.kept import compare
from tests.unit.sources.media import served

KEPT = Path(__file__).parent / "sources"
SHOW = open_show(None)
KINDS = discover(source_folder, Source)
use_svg(rasterise)
AROUND = SourceContext(SHOW.folder, TextDrawer(), 30.0, 480, 270, state=lambda path: "猫眼偏光墨镜")
pytestmark = pytest.mark.golden


def first(kind: str, around: SourceContext = AROUND, **settings: Any) -> Frame:
    """Its first picture; with alpha, on grey."""
    cls = KINDS.get(kind)
    return taken(cls(cls.decode(settings), around))


def taken(source: Source) -> Frame:
    got: list[Frame] = []
    stopping = threading.Event()

    def take(frame: Frame, still: bool) -> None:
        got.append(frame)
        stopping.set()

    feed = Feed(stopping, take, lambda s, p: None, lambda: True)
    source.run(feed)
    return on_grey(got[0])


def around_a_scene() -> SourceContext:
    """Where a scene of two pictures can be drawn, and a source be looked at."""
    shop = SourceRunner("shop", KINDS.get("colour")(None, AROUND))
    shop.slot.put(Shot(first("image", path="media/shop.jpg"), 0))
    half = {"landscape": Box(0.1, 0.2, 0.5, 0.5)}
    scene = Scene("inner", (Item(1, "shop", half), Item(2, "shop", half, rotation=20)))
    state = ScenesState(
        scenes=(scene,),
        canvases=(Canvas("landscape", 480, 270),),
        programme={"landscape": "inner"},
        preview={"landscape": "inner"},
    )
    nesting = NestedPictures(SimpleNamespace(snapshot=Snapshot(state, {}, {"shop": shop})))
    return replace(AROUND, render=nesting.render, look=nesting.look, has=nesting.has)


def lavfi() -> Frame:
    """The camera's way, behind which a film stands instead of a device."""

    class Filmed(Camera):
        def address(self) -> tuple[str, str | None, dict[str, str]]:
            return f"movie={(SHOW.folder / HOST).as_posix()}", "lavfi", {}

    return taken(Filmed(Filmed.decode({}), AROUND))


def over_http() -> Frame:
    """A film that a server of this machine hands out."""
    with served(SHOW.folder) as address:
        return first("stream", url=f"{address}/{HOST}")


def replayed() -> Frame:
    remember(SHOW.folder / HOST)
    return first("replay")


def on_grey(frame: Frame) -> Frame:
    if frame.alpha is None:
        return frame
    target = blank(frame.width + 40, frame.height + 40, (110, 128, 128))
    blend(target, layer(frame), 20, 20, Scratch())
    return target


def scrolled() -> Frame:
    words = AROUND.draw.text("新品上市 · 全场八折 · ", {"size": 48})  # type: ignore[union-attr]
    return on_grey(window(words, 400, 180, 0, False))


HOST = "media/host.mp4"
BIG = {"size": 56, "colour": "#ffe9b0", "outline": 4, "outline_colour": "#a01830"}
CASES = {
    "text-outline": lambda: first("text", text="限时秒杀 Sale", **BIG),
    "text-wrapped-centre": lambda: first(
        "text", text="一场直播里最重要的是好货好价 and honest words", size=32, wrap=260,
        align="centre", background="#223344",
    ),
    "text-vertical": lambda: first("text", text="秋季上新\n今晚八点", size=44, is_vertical=True),
    "text-state": lambda: first("text", text="正在讲解：{}", state="shop.card.name", size=40),
    "text-scrolled": scrolled,
    "stand_in": lambda: first("stand_in", height=240),
    "countdown": lambda: first("countdown", seconds=5025, text="距开播 {}", starts=False, **BIG),
    "colour-right": lambda: first("colour", top="#ff8800", bottom="#223355", direction="right"),
    "colour-corner": lambda: first("colour", top="#ff8800", bottom="#223355", direction="corner"),
    "colour-round": lambda: first("colour", top="#ffd9a0", bottom="#402030", direction="round"),
    "slide_show-contain": lambda: first("slide_show", folder="products", colour="#334455"),
    "slide_show-cover": lambda: first("slide_show", files=["media/shop.jpg"], fit="cover"),
    "clip": lambda: first("clip", path=HOST),
    "playlist": lambda: first("playlist", files=["nowhere.mp4", HOST]),
    "replay": replayed,
    "camera": lavfi,
    "stream": over_http,
    "test_signal": lambda: first("test_signal", width=480, height=270),
    "mirror": lambda: first("mirror", around_a_scene(), source="shop"),
    "scene": lambda: first("scene", around_a_scene(), scene="inner"),
    "turntable": lambda: first("turntable", folder="products", largest=270),
    "slate": lambda: slate(
        SourceSpec(name="主机位", kind="camera"), AROUND, first("image", path="media/shop.jpg")
    ),
    "slate-of-nothing": lambda: slate(SourceSpec(name="Cam 2", kind="camera"), AROUND, None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_source_looks_as_it_was_kept(name: str) -> None:
    rgb = to_rgb(CASES[name]())
    side = max(rgb.shape[:2])
    step = max(1, side // 640)
    compare(KEPT / f"{name}.webp", np.ascontiguousarray(rgb[::step, ::step, ::-1]))


def test_every_source_with_a_picture_has_one_kept() -> None:
    elsewhere = {"image", "ingest", "screen"}  # test_pictures.py, tests/onair/test_sources_*.py
    elsewhere.add("browser")  # tests/unit/sources/test_browser.py
    kept = {name.partition("-")[0] for name in CASES} | elsewhere
    own = {kind.kind for kind in KINDS if kind.has_video}
    assert own <= kept
    assert all((KEPT / f"{name}.webp").exists() for name in ("ingest", "screen"))
