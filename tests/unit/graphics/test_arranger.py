"""Nothing on the picture lies on another thing, on a face, or under the platform's chrome.

``SHOPCAST_STATES=10000`` tries that many random states.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence

import pytest

from studio.graphics.arranger import (
    SCALES,
    OverlayWant,
    arrange,
    common_area,
    is_free,
    is_inside,
    scaled,
)
from studio.graphics.deck import DWELL_NS, MOVE_NS, SLIDE_NS, OverlayStack, PlacedOverlay
from studio.graphics.placer import CORNERS, safe_area
from studio.media.frame import blank, even
from studio.media.yuv import Rect, layer

STATES = int(os.environ.get("SHOPCAST_STATES", "600"))
SEED = int(os.environ.get("SHOPCAST_STATES_SEED", "20261129"))
CANVASES = {"landscape": (1920, 1080), "portrait": (1080, 1920)}
NAMES = ("mark", "card", "game", "comment", "lower_third", "logo")
MS = 1_000_000
LAYERS: dict[tuple[int, int], object] = {}


def box(width: int, height: int):
    """A layer of a size; they look alike, so each size is made once."""
    size = even(width), even(height)
    if size not in LAYERS:
        if len(LAYERS) > 400:
            LAYERS.clear()
        LAYERS[size] = layer(blank(*size))
    return LAYERS[size]


def random_size(rolls: random.Random, name: str, canvas: tuple[int, int]) -> tuple[int, int]:
    """From the shortest text to one longer than there is room for."""
    side = min(canvas)
    if name == "mark":
        return even(side * rolls.uniform(0.05, 0.2)), even(side * rolls.uniform(0.02, 0.05))
    wide = canvas[0] * rolls.uniform(0.08, 0.95 if rolls.random() < 0.2 else 0.6)
    return even(wide), even(side * rolls.uniform(0.04, 0.3))


def random_faces(rolls: random.Random, canvas: tuple[int, int]) -> list[Rect]:
    """None to three, small to filling half of the picture, also over the edge."""
    found = []
    for _ in range(rolls.choice((0, 1, 1, 1, 2, 3))):
        side = round(min(canvas) * rolls.uniform(0.05, 0.7))
        x, y = rolls.randrange(-side // 2, canvas[0]), rolls.randrange(-side // 2, canvas[1])
        found.append(Rect(x, y, side, round(side * 1.3)))
    return found


def rects(placed: Sequence[PlacedOverlay]) -> list[Rect]:
    return [Rect(entry.x, entry.y, entry.layer.width, entry.layer.height) for entry in placed]


def meet(found: Sequence[Rect]) -> bool:
    return any(a.meets(b) for n, a in enumerate(found) for b in found[n + 1 :])


@pytest.mark.parametrize("canvas", CANVASES)
def test_random_states_settle_without_an_overlap_or_a_covered_face(canvas: str) -> None:
    rolls, size = random.Random(f"{SEED}{canvas}"), CANVASES[canvas]
    area, left_out, marks_out = safe_area(*size), 0, 0
    for _ in range(STATES):
        faces = random_faces(rolls, size)
        deck = OverlayStack(lambda _, faces=faces: faces)
        names = [name for name in NAMES if rolls.random() < 0.75] or ["card"]
        rolls.shuffle(names)
        at = 0
        for name in names:  # one after the other, as they come on air
            wide, high = random_size(rolls, name, size)
            order = tuple(rolls.sample(CORNERS, rolls.randint(1, 4)))
            deck.show(name, {canvas: box(wide, high)}, at * MS, order)
            deck.at(canvas, *size, at * MS)
            at += rolls.choice((1, 400))
        if rolls.random() < 0.5:  # the face moves to another place and stays
            faces[:] = random_faces(rolls, size)
        last = at
        for later in range(0, 2400, 100):
            last = at + later
            deck.at(canvas, *size, last * MS)
        placed = deck.at(canvas, *size, (last + 1) * MS)
        found = rects(placed)
        assert not meet(found)
        left_out += len(names) - len(placed)
        if "mark" in names:
            mark = found.pop()  # drawn last
            if not is_inside(mark, area):
                marks_out += 1
            if not is_free(mark, faces):
                raise AssertionError("the mark lies on a face")
        for rect in found:
            assert is_inside(rect, area)
            assert is_free(rect, faces)
        # The preview of a scene with these faces shows these very places.
        assert rects(deck.over(canvas, *size, faces, last * MS)) == rects(placed)
    print(
        f"{canvas}: {STATES} states, {left_out} left out, {marks_out} marks outside the safe area"
    )


def test_at_every_moment_on_the_way_nothing_lies_on_another() -> None:
    rolls, size = random.Random(SEED), CANVASES["portrait"]
    for _ in range(max(20, STATES // 20)):
        deck, at = OverlayStack(), 0
        for _ in range(12):
            name = rolls.choice(NAMES)
            if rolls.random() < 0.3:
                deck.hide(name, at * MS)
            else:
                wide, high = random_size(rolls, name, size)
                deck.show(name, {"portrait": box(wide, high)}, at * MS)
            for _ in range(rolls.choice((1, 3, 12))):
                at += 33
                assert not meet(rects(deck.at("portrait", *size, at * MS)))


def test_after_a_cut_nothing_waits_on_a_face() -> None:
    faces: list[Rect] = []
    scene = ["One"]
    deck = OverlayStack(lambda canvas: faces, lambda canvas: scene[0])
    deck.show("card", {"landscape": box(300, 200)}, 0)
    deck.at("landscape", 1920, 1080, 0)
    deck.at("landscape", 1920, 1080, 1000 * MS)
    there = [Rect(0, 600, 500, 480)]
    promised = rects(deck.over("landscape", 1920, 1080, there, 1000 * MS))
    faces += there
    scene[0] = "Two"
    first = rects(deck.at("landscape", 1920, 1080, 1033 * MS))
    assert first == promised
    assert is_free(first[0], faces)


def test_what_is_wider_than_the_room_gets_smaller_then_large_again() -> None:
    area = safe_area(1080, 1920)
    spots = arrange([OverlayWant("lower_third", (1000, 80))], area, (1080, 1920), [])
    assert spots["lower_third"].scale == SCALES[1]
    assert arrange([OverlayWant("lower_third", (4000, 80))], area, (1080, 1920), []) == {}
    faces = [Rect(0, 0, 1920, 900)]
    deck = OverlayStack(lambda canvas: faces)
    deck.show("card", {"landscape": box(600, 200)}, 0)
    for at in range(0, 1000, 100):
        small = deck.at("landscape", 1920, 1080, at * MS)
    assert small[0].layer.height == scaled((600, 200), 0.55)[1]
    faces.clear()
    for at in range(1000, 6000, 100):
        large = deck.at("landscape", 1920, 1080, at * MS)
    assert large[0].layer.height == 200


def test_the_card_is_no_smaller_because_of_a_title() -> None:
    area = safe_area(1080, 1920)
    title = OverlayWant("lower_third", (860, 90), ("bottom-right",))
    first = arrange([title], area, (1080, 1920), [])["lower_third"]
    both = arrange(
        [title._replace(now=first.rect), OverlayWant("card", (800, 210), ("bottom-left",))],
        area, (1080, 1920), [],
    )  # fmt: skip
    assert both["card"].scale == both["lower_third"].scale == 1.0
    assert not both["card"].rect.meets(both["lower_third"].rect)


def test_several_platforms_leave_what_is_clear_on_all() -> None:
    whole = Rect(0, 0, 1000, 1000)
    assert common_area([], whole) == whole
    assert common_area([Rect(0, 100, 900, 800), Rect(50, 0, 950, 850)], whole) == Rect(
        50, 100, 850, 750
    )
    assert common_area([Rect(0, 0, 100, 1000), Rect(900, 0, 100, 1000)], whole) == whole
    assert SLIDE_NS < MOVE_NS < DWELL_NS
