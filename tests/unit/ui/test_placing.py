"""What a hand on the preview does to boxes."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QRect, QSize

from studio.scenes.model import Box, Crop
from ui.models import placing
from ui.widgets.picture import fitted

SIZE = (800.0, 450.0)
BOX = Box(0.25, 0.25, 0.5, 0.5)


def test_a_point_is_in_a_turned_box_where_the_eye_sees_it():
    assert placing.is_in((400, 225), BOX, SIZE, 0)
    assert placing.is_in((205, 120), BOX, SIZE, 0)
    assert not placing.is_in((205, 120), BOX, SIZE, 45)
    assert placing.is_in((400, 20), Box(0.25, 0.45, 0.5, 0.1), SIZE, 90) is False
    assert placing.is_in((400, 40), Box(0.25, 0.45, 0.5, 0.1), SIZE, 90)


@pytest.mark.parametrize("rotation", [0, 30, 90, 200])
@pytest.mark.parametrize("handle", placing.HANDLES)
def test_every_handle_is_found_and_keeps_the_other_side(handle, rotation):
    at = placing.place_of(handle, BOX, SIZE, rotation)
    assert placing.handle_at((at[0] + 3, at[1] - 3), BOX, SIZE, rotation) == handle
    x, y = placing.HANDLES[handle]
    across = next(n for n, p in placing.HANDLES.items() if p == (1 - x, 1 - y))
    before = placing.place_of(across, BOX, SIZE, rotation)
    new = placing.resized(BOX, handle, (31.0, -17.0), SIZE, rotation)
    assert placing.place_of(across, new, SIZE, rotation) == pytest.approx(before)
    assert new != BOX


def test_shape_is_kept_when_asked():
    new = placing.resized(BOX, "se", (80, 0), SIZE, keeps_shape=True)
    assert new.w / new.h == pytest.approx(BOX.w / BOX.h)
    assert new.w == pytest.approx(0.6)
    around = placing.resized(BOX, "e", (40, 0), SIZE, from_middle=True)
    assert (around.x, around.w) == pytest.approx((0.2, 0.6))


def test_a_box_never_turns_inside_out():
    new = placing.resized(BOX, "e", (-5000, 0), SIZE)
    assert new.w * SIZE[0] == pytest.approx(placing.LEAST_PX)


def test_turning_stops_at_right_angles_and_in_steps():
    top = placing.place_of("turn", BOX, SIZE, 0)
    assert placing.angle_to(top, BOX, SIZE) == 0
    assert placing.angle_to((401.5, 0), BOX, SIZE) == 0
    assert placing.angle_to((800, 230), BOX, SIZE) == 90
    assert placing.angle_to((560, 100), BOX, SIZE, in_steps=True) % 15 == 0
    centre = placing.middle(BOX, SIZE)
    away = (centre[0] + 100 * math.sin(1), centre[1] - 100 * math.cos(1))
    assert placing.angle_to(away, BOX, SIZE) == pytest.approx(math.degrees(1))


def test_cropping_keeps_what_is_seen_in_place():
    box, crop = placing.cropped(BOX, Crop(), "w", (40, 0), SIZE)
    assert crop.left == pytest.approx(0.1)
    assert (box.x, box.w) == pytest.approx((0.3, 0.45))
    again, none = placing.cropped(box, crop, "w", (-40, 0), SIZE)
    assert (again.x, again.w, none.left) == pytest.approx((0.25, 0.5, 0))
    _, most = placing.cropped(BOX, Crop(right=0.5), "w", (9000, 0), SIZE)
    assert most.left + most.right < 1


def test_boxes_snap_to_canvas_safe_area_and_each_other():
    lines = placing.lines_of([Box(0.1, 0.1, 0.2, 0.2)], Box(0.04, 0.12, 0.8, 0.62))
    near = Box(0.305, 0.4, 0.2, 0.2)
    snapped, on = placing.snap(near, lines, SIZE)
    assert snapped.x == pytest.approx(0.3)
    assert on.xs == (pytest.approx(0.3),)
    assert on.ys
    free, nothing = placing.snap(Box(0.62, 0.3, 0.05, 0.05), placing.Lines((0.0,), (0.0,)), SIZE)
    assert (free.x, nothing.xs) == (0.62, ())
    side, on = placing.snap_side(Box(0.3, 0.3, 0.195, 0.2), "e", placing.lines_of([]), SIZE)
    assert side.x + side.w == pytest.approx(0.5)
    assert on.ys == ()


def test_a_picture_of_another_canvas_is_never_stretched() -> None:
    tall = QRect(10, 20, 270, 480)
    assert fitted(QSize(540, 960), tall) == tall
    assert fitted(QSize(272, 480), tall) == tall, "a column more or less is no other shape"
    place = fitted(QSize(1920, 1080), tall)
    assert abs(place.width() / place.height() - 16 / 9) < 0.02
    assert tall.contains(place)
    assert abs(place.center().y() - tall.center().y()) <= 1
