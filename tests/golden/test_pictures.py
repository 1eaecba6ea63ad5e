"""Graphics, transitions and the demo's scenes on both canvases, beside the pictures kept.

``SHOPCAST_GOLDEN=write`` keeps new ones: look at them before they are committed. A difference
leaves the new picture and its difference in the test's folder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import studio.scenes.transitions as transition_folder
import studio.sources.kinds as source_folder
from studio.app.check import read as open_show
from studio.core.registry import discover
from studio.graphics.bubble import draw_comment, draw_lower_third, draw_mark
from studio.graphics.card import draw_card
from studio.graphics.deck import SLIDE_NS, OverlayStack
from studio.graphics.model import CardSpec, CommentSpec, LowerThirdSpec
from studio.graphics.text import TextDrawer, draw_text
from studio.media.cv import cv2
from studio.media.frame import Frame, blank, from_av, from_rgb, to_rgb
from studio.media.picture_file import read_picture
from studio.media.yuv import Layer, Rect, Scratch, blend, layer
from studio.scenes.compositor import Compositor, Overlay
from studio.scenes.model import Box, Canvas, Item, Scene
from studio.scenes.service import canvases_of
from studio.scenes.transitions.base import Transition
from studio.shop.card.drawing import card_spec, card_unit
from studio.sources.base import Feed, Source, SourceContext
from studio.sources.runner import Shot, SourceRunner
from tests.golden.kept import compare

KEPT = Path(__file__).parent / "pictures"
SHOW = open_show(None)
KINDS = discover(source_folder, Source)
TRANSITIONS = discover(transition_folder, Transition)
pytestmark = pytest.mark.golden


def on_grey(one: Layer) -> Frame:
    target = blank(one.width + 40, one.height + 40, (110, 128, 128))
    blend(target, one, 20, 20, Scratch())
    return target


def card(**more: str) -> Layer:
    fields = {
        "number": "1号",
        "name": "猫眼偏光墨镜",
        "variant": "琥珀",
        "photo": str(SHOW.folder / "products" / "sunglasses.png"),
        "price": "¥199",
        **more,
    }
    return draw_card(CardSpec(**fields), 200)


def ramp(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> Frame:
    part = np.linspace(0, 1, 180, dtype=np.float32)[:, None, None]
    column = np.array(top, np.float32) * (1 - part) + np.array(bottom, np.float32) * part
    return from_rgb(np.repeat(column, 320, axis=1).astype(np.uint8))


def mixed(kind: str, progress: float, **settings: Any) -> Frame:
    target = blank(320, 180)
    before, after = ramp((200, 40, 40), (20, 20, 60)), ramp((40, 160, 90), (240, 240, 200))
    cls = TRANSITIONS.get(kind)
    one = cls(cls.decode(settings), KEPT.parent)
    one.prepare(320, 180)
    one.mix(target, before, after, progress)
    return target


def still(kind: str, settings: dict[str, Any]) -> Frame:
    cls = KINDS.get(kind)
    got: list[Frame] = []
    around = SourceContext(SHOW.folder, TextDrawer(), 30.0, 480, 270)
    import threading

    feed = Feed(threading.Event(), lambda f, s: got.append(f), lambda s, p: None, lambda: True)
    cls(cls.decode(settings), around).run(feed)
    frame = got[0]
    return frame if frame.alpha is None else on_grey(layer(frame))


def scene(name: str, canvas: Canvas) -> Frame:
    """A scene of the demo with its first pictures, card, comment, lower third and mark."""
    runners = {}
    for spec in SHOW.parts["sources"]:
        cls = KINDS.get(spec.kind)
        runner = SourceRunner(spec.name, cls(cls.decode(spec.settings), around()))
        path = spec.settings.get("path", "")
        if spec.kind == "clip":
            with av.open(str(SHOW.folder / path)) as media:
                frame = from_av(next(media.decode(video=0)), 0)
                runner.slot.put(Shot(frame, 0))
        elif spec.kind == "image":
            runner.slot.put(Shot(read_picture(SHOW.folder / path), 0))
        else:
            runner.source.run(
                Feed(runner._worker.stopping, runner._picture, runner._sound, lambda: True)
            )
        runners[spec.name] = runner
    face = Rect(760, 220, 400, 480) if canvas.name == "landscape" else Rect(380, 500, 320, 380)
    deck = OverlayStack(lambda c: [face])
    product = SHOW.parts["shop"].products[0]
    spec = card_spec(product, SHOW.parts["shop"], SHOW.folder, "zh")
    side = min(canvas.width, canvas.height)
    deck.show("card", {canvas.name: draw_card(spec, card_unit(canvas))}, 0)
    comment = draw_comment(
        CommentSpec("小鹿", "160/52 穿什么码？"), side * 0.032, canvas.width * 0.62
    )
    deck.show("comment", {canvas.name: comment}, 0, ("top-left", "bottom-right"))
    lower = draw_lower_third(LowerThirdSpec("秋季上新专场", "今晚 8 点"), side * 0.041)
    deck.show("lower", {canvas.name: lower}, 0, ("bottom-right", "top-left"))
    deck.show("mark", {canvas.name: draw_mark("虚拟试戴", side * 0.022)}, 0, ("top-right",))
    deck.at(canvas.name, canvas.width, canvas.height, 0)
    placed = deck.at(canvas.name, canvas.width, canvas.height, 2 * SLIDE_NS)
    target = blank(canvas.width, canvas.height)
    found = SHOW.parts["scenes"].scene(name)
    assert found is not None
    graphics = [Overlay(p.layer, p.x, p.y) for p in placed]
    Compositor(canvas).compose(target, found, runners, 1, None, graphics)
    return target


def around() -> SourceContext:
    return SourceContext(SHOW.folder, TextDrawer(), 30.0, 1920, 1080)


BLENDS = ("add", "subtract", "screen", "multiply", "lighten", "darken")


def standing(frame: Frame) -> SourceRunner:
    runner = SourceRunner("x", KINDS.get("colour")(None, around()))
    runner.slot.put(Shot(frame, 0))
    return runner


def blended(mode: str) -> Frame:
    photo = read_picture(SHOW.folder / "products" / "heels.png")
    sources = {
        "back": standing(read_picture(SHOW.folder / "media" / "shop.jpg")),
        "front": standing(photo),
    }
    box = {"landscape": Box(0.3, 0.1, 0.4, 0.8)}
    items = (Item(1, "back"), Item(2, "front", box, fit="contain", blend=mode))  # type: ignore[arg-type]
    target = blank(480, 270)
    small = Canvas("landscape", 480, 270)
    Compositor(small).compose(target, Scene("x", items), sources, 1)
    return target


def turned_items() -> Frame:
    shop = standing(read_picture(SHOW.folder / "media" / "shop.jpg"))
    bag = standing(read_picture(SHOW.folder / "products" / "handbag.png"))
    items = (
        Item(1, "shop", {"landscape": Box(0.05, 0.2, 0.4, 0.4)}, rotation=-12),
        Item(2, "shop", {"landscape": Box(0.5, 0.1, 0.3, 0.3)}, rotation=30, is_mirrored=True),
        Item(3, "bag", {"landscape": Box(0.55, 0.4, 0.4, 0.55)}, fit="contain", rotation=20),
        Item(4, "bag", {"landscape": Box(0.1, 0.55, 0.3, 0.4)}, fit="contain", is_flipped=True),
    )
    target = blank(480, 270)
    small = Canvas("landscape", 480, 270)
    scene = Scene("x", items, colour="#263040")
    Compositor(small).compose(target, scene, {"shop": shop, "bag": bag}, 1)
    return target


WIDE, TALL = canvases_of(SHOW.parts["canvases"])
CASES: dict[str, Callable[[], Frame]] = {
    "card": lambda: on_grey(card(was="¥359", stock="仅剩 38 件")),
    "card-long": lambda: on_grey(
        card(name="手工编织遮阳渔夫帽大檐防晒款", price="¥1,299", badge="秒杀 02:31")
    ),
    "card-english": lambda: on_grey(
        card(
            number="No. 1",
            name="Cat-eye polarised sunglasses for the sunny season",
            variant="",
            price="$1,299.00",
            was="$1,599.00",
            stock="Only 4 left",
        )
    ),
    "comment": lambda: on_grey(
        draw_comment(CommentSpec("小鹿", "160 / 52 kg 穿什么码？会不会偏大"), 30, 500)
    ),
    "lower-third": lambda: on_grey(draw_lower_third(LowerThirdSpec("秋季上新", "主播小李"), 44)),
    "mark": lambda: on_grey(draw_mark("虚拟试戴", 24)),
    "text": lambda: on_grey(layer(draw_text("橱窗直播 Shopcast\n第二行", {"size": 64}))),
    "source-colour": lambda: still("colour", {"top": "#ff8800", "bottom": "#223355"}),
    "source-image": lambda: still("image", {"path": "products/handbag.png"}),
    "source-text": lambda: still("text", {"text": "标题", "background": "#223344", "size": 80}),
    "fade-30": lambda: mixed("fade", 0.3),
    "cut": lambda: mixed("cut", 1.0),
    "slide-40": lambda: mixed("slide", 0.4),
    "slide-over-up-60": lambda: mixed("slide", 0.6, direction="up", push=False),
    "wipe-40": lambda: mixed("wipe", 0.4),
    "wipe-circle-50": lambda: mixed("wipe", 0.5, shape="circle", softness=0.2),
    "wipe-clock-30": lambda: mixed("wipe", 0.3, shape="clock", softness=0.0),
    "wipe-blinds-50": lambda: mixed("wipe", 0.5, shape="blinds"),
    "wipe-diagonal-50": lambda: mixed("wipe", 0.5, shape="diagonal"),
    "zoom-50": lambda: mixed("zoom", 0.5),
    "stinger-30": lambda: mixed("stinger", 0.3, path="stinger.webm"),
    "stinger-50": lambda: mixed("stinger", 0.5, path="stinger.webm"),
    "items-turned": lambda: turned_items(),
    **{f"blend-{mode}": lambda m=mode: blended(m) for mode in BLENDS},
    **{
        f"scene-{number}-{canvas.name}": lambda s=one.name, c=canvas: scene(s, c)
        for number, one in enumerate(SHOW.parts["scenes"].scenes, 1)
        for canvas in (WIDE, TALL)
    },
}


@pytest.mark.parametrize("name", CASES)
def test_a_picture_is_as_it_was_kept(name: str) -> None:
    rgb = to_rgb(CASES[name]())
    side = max(rgb.shape[:2])
    if side > 960:
        size = (round(rgb.shape[1] * 960 / side), round(rgb.shape[0] * 960 / side))
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    compare(KEPT / f"{name}.webp", np.ascontiguousarray(rgb[:, :, ::-1]))


def test_every_transition_and_scene_has_its_picture() -> None:
    drawn = {name.split("-")[0] for name in CASES}
    assert {kind.kind for kind in TRANSITIONS} <= drawn
    assert len([name for name in CASES if name.startswith("scene-")]) == 10
