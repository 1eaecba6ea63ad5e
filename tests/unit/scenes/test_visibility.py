"""A scene ends only for what viewers miss: the visible, uncovered share of the programme."""

from __future__ import annotations

import functools
import math
import random
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest
from msgspec.structs import replace

import studio.sources.kinds as source_folder
from studio.core.clock import now_ns
from studio.core.registry import discover
from studio.graphics.text import TextDrawer
from studio.media.blend_modes import Blend
from studio.media.frame import blank, from_rgb
from studio.plans.triggers.base import Situation
from studio.plans.triggers.source_health import SourceHealth
from studio.scenes.compositor import Compositor
from studio.scenes.graph import Shown
from studio.scenes.layout import place_item
from studio.scenes.model import Box, Canvas, Crop, Item, Scene, ScenesState
from studio.scenes.visibility import PictureFacts, cover_of, light_of, visible_share
from studio.sources.base import Source, SourceContext
from studio.sources.model import Health
from studio.sources.runner import Shot, SourceRunner

WIDE, TALL = Canvas("landscape", 1920, 1080), Canvas("portrait", 1080, 1920)
OTHERS = ("a", "b", "c")
KINDS = discover(source_folder, Source)


def on_air(scene: Scene, *others: Scene) -> ScenesState:
    at = {"landscape": scene.name, "portrait": scene.name}
    return ScenesState(scenes=(scene, *others), canvases=(WIDE, TALL), programme=at, preview=at)


def drawn(rng: random.Random, canvas: Canvas) -> tuple[Scene, dict[str, PictureFacts]]:
    """A scene of a few items anywhere, turned, see-through, missing; "cam" is one of them."""
    facts = {
        name: PictureFacts(
            rng.choice([None, (640, 360), (300, 400), (1920, 1080)]), rng.random() < 0.8
        )
        for name in ("cam", *OTHERS)
    }
    facts["cam"] = facts["cam"]._replace(size=rng.choice([(640, 360), (360, 640), None]))
    names = ["cam", *rng.choices(OTHERS, k=rng.randint(0, 4))]
    rng.shuffle(names)
    items = tuple(
        Item(
            number,
            name,
            {
                canvas.name: Box(
                    rng.uniform(-0.3, 0.8),
                    rng.uniform(-0.3, 0.8),
                    rng.uniform(0.1, 1.2),
                    rng.uniform(0.1, 1.2),
                )
            },
            fit=rng.choice(["cover", "contain", "stretch"]),
            opacity=rng.choice([1.0, 1.0, 1.0, 0.5]),
            is_enabled=rng.random() < 0.9,
            rotation=rng.choice([0.0, 0.0, rng.uniform(0, 360)]),
        )  # fmt: skip
        for number, name in enumerate(names, 1)
    )
    return Scene("S", items), facts


def painted(scene: Scene, canvas: Canvas, facts: dict[str, PictureFacts]) -> float:
    """The same share, by painting the items from back to front at a third of the size."""
    wide, high = canvas.width // 3, canvas.height // 3
    seen = np.zeros((high, wide), np.float32)
    for item in scene.items:
        box = item.boxes[canvas.name]
        if not item.is_enabled:
            continue
        size = facts[item.source].size
        whole = (canvas.width, canvas.height)
        if size:
            x, y, w, h = place_item(item, box, size, whole).rect
        else:
            x, y = box.x * canvas.width, box.y * canvas.height
            w, h = box.w * canvas.width, box.h * canvas.height
        corners = cv2.boxPoints(((x / 3 + w / 6, y / 3 + h / 6), (w / 3, h / 3), item.rotation))
        mask = np.zeros((high, wide), np.uint8)
        cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1)
        if item.source == "cam":
            seen[mask > 0] += (1 - seen[mask > 0]) * item.opacity
        elif facts[item.source].is_opaque and size:
            seen[mask > 0] *= 1 - item.opacity
    return float(np.clip(seen, 0, 1).mean())


@pytest.mark.parametrize("canvas", [WIDE, TALL], ids=["wide", "tall"])
def test_the_share_is_what_a_painter_finds(canvas: Canvas) -> None:
    rng = random.Random(7)
    for _ in range(200):
        scene, facts = drawn(rng, canvas)
        found = visible_share("cam", on_air(scene), canvas, facts)
        assert found == pytest.approx(painted(scene, canvas, facts), abs=0.03), scene


def leant(rng: random.Random, item: Item) -> Item:
    """As an import makes them of a group that is bent or cut: leant, cut at an angle, mirrored."""
    turn = rng.uniform(0, math.tau)
    corners = tuple(
        (0.5 + rng.uniform(0.4, 0.8) * math.cos(turn + n), 0.5 + 0.5 * math.sin(turn + n))
        for n in (0.0, 1.6, 3.1, 4.7)
    )
    return replace(
        item,
        shear=rng.choice([0.0, rng.uniform(-1, 1)]),
        outline=rng.choice([(), corners]),
        is_mirrored=rng.random() < 0.5,
        is_flipped=rng.random() < 0.5,
    )


def cells_of(item: Item, canvas: Canvas, size: tuple[int, int]) -> np.ndarray:
    """Where an item's picture stands, painted at a third of the size."""
    whole = (canvas.width, canvas.height)
    x, y, w, h = (side / 3 for side in place_item(item, item.boxes[canvas.name], size, whole).rect)
    angle = math.radians(item.rotation)
    square = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    made = np.ones((canvas.height // 3, canvas.width // 3), np.uint8)
    for corners in (square, item.outline or square):
        points = []
        for u, v in corners:
            dx = (0.5 - u if item.is_mirrored else u - 0.5) * w
            dy = (0.5 - v if item.is_flipped else v - 0.5) * h
            dx += item.shear * dy
            points.append(
                (x + w / 2 + dx * math.cos(angle) - dy * math.sin(angle),
                 y + h / 2 + dx * math.sin(angle) + dy * math.cos(angle))
            )  # fmt: skip
        mask = np.zeros_like(made)
        cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 1)
        made &= mask
    return made


def test_what_leans_or_is_cut_at_an_angle_shows_and_covers_as_it_is_drawn() -> None:
    rng = random.Random(13)
    facts = {name: PictureFacts((640, 360)) for name in ("cam", "a")}
    for _ in range(200):
        items = [
            leant(rng, Item(number, name, {"landscape": Box(
                rng.uniform(-0.2, 0.5), rng.uniform(-0.2, 0.5), rng.uniform(0.3, 1),
                rng.uniform(0.3, 1),
            )}, fit="stretch", rotation=rng.choice([0.0, rng.uniform(0, 360)])))
            for number, name in enumerate(("cam", "a"), 1)
        ]  # fmt: skip
        seen, cover = (cells_of(item, WIDE, (640, 360)) for item in items)
        truth = float((seen & (1 - cover)).mean())
        found = visible_share("cam", on_air(Scene("S", tuple(items))), WIDE, facts)
        assert found == pytest.approx(truth, abs=0.03), items


def test_two_hundred_drawn_scenes_end_only_for_what_is_missed() -> None:
    """0 needless, 0 missed, where the true share is not at the very threshold."""
    rng = random.Random(11)
    trigger = SourceHealth(SourceHealth.decode({}))
    judged = 0
    while judged < 200:
        scene, facts = drawn(rng, WIDE)
        truth = painted(scene, WIDE, facts)
        if abs(truth - 0.25) < 0.04:
            continue
        judged += 1
        state = on_air(scene)
        now = Situation(now_ns(), state, {"cam": Health("lost")}, {}, pictures=facts)
        assert (trigger.judge(now) is not None) == (truth >= 0.25), (truth, scene)


def hollow(part: float) -> np.ndarray:
    """The alpha of a frame with a hole in it, ``part`` of its width and height."""
    alpha = np.full((360, 640), 255, np.uint8)
    across, down = int(320 * (1 - part)), int(180 * (1 - part))
    alpha[down : 360 - down, across : 640 - across] = 0
    return alpha


LEVELS = {"a": 90, "b": 160, "frame": 120, "plate": 120}
GREYS = {"ink": 5, "dusk": 70, "mist": 190, "snow": 250}
BLENDS = get_args(Blend)
ALPHAS = {"frame": hollow(0.8), "plate": hollow(0.3)}


@functools.cache
def runner_of(name: str, grey: int, canvas: Canvas) -> SourceRunner:
    """A source whose picture is one grey."""
    context = SourceContext(Path("/"), TextDrawer(), 30.0, canvas.width, canvas.height)
    runner = SourceRunner(name, KINDS.get("colour")(None, context))
    picture = np.full((360, 640, 3), grey, np.uint8)
    runner.slot.put(Shot(from_rgb(picture, ALPHAS.get(name)), 0))
    return runner


def composed(scene: Scene, canvas: Canvas) -> float:
    """The share by the compositor itself: how far black for white in the camera is seen."""
    found = []
    for level in (0, 255):
        greys = {"cam": level, **LEVELS, **GREYS}
        runners = {name: runner_of(name, grey, canvas) for name, grey in greys.items()}
        target = blank(canvas.width, canvas.height)
        Compositor(canvas).compose(target, scene, runners, 1)
        found.append(target.y.astype(float))
    return float(np.abs(found[1] - found[0]).mean() / 219)


def known_pictures() -> dict[str, PictureFacts]:
    """What the programme knows of each of them."""
    made = {}
    for name, grey in {"cam": 0, **LEVELS, **GREYS}.items():
        alpha = ALPHAS.get(name)
        frame = from_rgb(np.full((360, 640, 3), grey, np.uint8), alpha)
        cover = None if alpha is None else cover_of(alpha)
        made[name] = PictureFacts((640, 360), alpha is None, cover=cover, light=light_of(frame))
    return made


@pytest.mark.parametrize(
    ("sort", "count"),
    [("half seen through", 25), ("with holes", 25), ("cropped", 25), ("blended", 200)],
)
def test_what_the_compositor_shows_decides(sort: str, count: int) -> None:
    """0 needless, 0 missed: opacities, frames with a hole, crops, mirrors, every blend mode."""
    canvas = Canvas("landscape", 640, 360)
    rng, judged = random.Random(sort), 0
    trigger = SourceHealth(SourceHealth.decode({}))
    facts = known_pictures()
    others = ("a", "frame", "plate") if sort == "with holes" else ("a", "b")
    if sort == "blended":
        others = (*GREYS, "frame")
    while judged < count:
        items = []
        for number, name in enumerate(("cam", *rng.choices(others, k=rng.randint(1, 4))), 1):
            box = Box(rng.uniform(-0.2, 0.3), rng.uniform(-0.2, 0.3), rng.uniform(0.4, 1.2),
                      rng.uniform(0.4, 1.2))  # fmt: skip
            item = Item(number, name, {"landscape": box}, fit=rng.choice(["cover", "contain"]))
            if sort == "half seen through":
                item = replace(item, opacity=rng.choice([1.0, 0.5, 0.8, 0.95, 0.99]))
            if sort == "cropped":
                sides = [rng.uniform(0, 0.45) for _ in range(4)]
                item = replace(item, crop=Crop(*sides), is_mirrored=rng.random() < 0.5,
                               fit=rng.choice(["cover", "stretch", "width"]))  # fmt: skip
            if sort == "blended":
                opacity = rng.choice([1.0, 1.0, 0.6])
                item = replace(item, blend=rng.choice(BLENDS), opacity=opacity)
            items.append(replace(item, rotation=rng.choice([0.0, 0.0, rng.uniform(0, 360)])))
        colour = rng.choice(("#000000", "#ffffff", "#6080a0")) if sort == "blended" else "#000000"
        scene = Scene("S", tuple(items), colour=colour)
        truth = composed(scene, canvas)
        if abs(truth - 0.25) < 0.04:
            continue
        judged += 1
        at = {"landscape": "S"}
        state = ScenesState(scenes=(scene,), canvases=(canvas,), programme=at, preview=at)
        now = Situation(now_ns(), state, {"cam": Health("lost")}, {}, pictures=facts)
        assert (trigger.judge(now) is not None) == (truth >= 0.25), (truth, scene)


@pytest.mark.parametrize(
    "facts",
    [
        PictureFacts(None, has_video=False),
        PictureFacts(None, is_still=True),
        PictureFacts((640, 360), is_still=True),
    ],
    ids=["sound alone", "a picture that is gone", "words whose file is gone"],
)
@pytest.mark.parametrize("state", ["lost", "frozen", "missing"])
def test_what_nobody_misses_ends_no_scene(facts: PictureFacts, state: str) -> None:
    scene = Scene("S", (Item(1, "cam"),))
    trigger = SourceHealth(SourceHealth.decode({}))
    situation = Situation(
        now_ns(), on_air(scene), {"cam": Health(state)}, {}, pictures={"cam": facts}
    )
    assert trigger.judge(situation) is None


def test_a_scene_within_and_a_mirror_show_it_too() -> None:
    inner = Scene("Inner", (Item(1, "cam", {"landscape": Box(0, 0, 0.5, 1)}),))
    outer = Scene("Outer", (Item(1, "nested"),))
    facts = {
        "cam": PictureFacts((1920, 1080)),
        "nested": PictureFacts((1920, 1080), shown=Shown(scene="Inner")),
        "glass": PictureFacts((1920, 1080), shown=Shown(source="cam")),
    }
    assert visible_share("cam", on_air(outer, inner), WIDE, facts) == pytest.approx(0.5, abs=0.02)
    mirrored = Scene("M", (Item(1, "glass", {"landscape": Box(0, 0, 1, 0.5)}),))
    assert visible_share("cam", on_air(mirrored), WIDE, facts) == pytest.approx(0.5, abs=0.03)
    round_about = {
        "x": PictureFacts(shown=Shown(source="y")),
        "y": PictureFacts(shown=Shown("", "x")),
    }
    loop = Scene("L", (Item(1, "x"),))
    assert visible_share("cam", on_air(loop), WIDE, round_about) == 0.0
    assert math.isfinite(visible_share("x", on_air(loop), WIDE, round_about))
