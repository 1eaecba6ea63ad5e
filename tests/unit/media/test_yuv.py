"""Pixel maths keeps colours, sizes and edges."""

from __future__ import annotations

import numpy as np
import pytest

from studio.media.frame import blank, from_av, from_rgb, to_av, to_rgb, views, yuv_of
from studio.media.yuv import Rect, Scratch, blend, crop, even_rect, fade, layer, place, resize


def flat(width, height, rgb, alpha=None):
    picture = np.full((height, width, 3), rgb, np.uint8)
    return from_rgb(picture, None if alpha is None else np.full((height, width), alpha, np.uint8))


@pytest.mark.parametrize("rgb", [(0, 0, 0), (255, 255, 255), (200, 30, 60), (12, 200, 90)])
def test_colours_survive_the_way_there_and_back(rgb):
    there = flat(16, 16, rgb)
    assert np.abs(to_rgb(there).astype(int) - rgb).max() <= 2
    assert abs(int(there.y[0, 0]) - yuv_of(*rgb)[0]) <= 1


def test_views_lie_in_the_buffer_an_encoder_takes():
    buffer = np.zeros((12, 16), np.uint8)
    frame = views(buffer, 16, 8)
    frame.v.fill(9)
    assert buffer.reshape(-1)[-32:].tolist() == [9] * 32
    assert (frame.width, frame.height) == (16, 8)


def test_an_opaque_layer_covers_and_a_clear_one_does_not():
    target = blank(64, 32)
    blend(target, layer(flat(16, 8, (255, 0, 0), 255)), 8, 4, Scratch())
    blend(target, layer(flat(16, 8, (0, 255, 0), 0)), 8, 4, Scratch())
    rgb = to_rgb(target)
    assert np.abs(rgb[8, 14].astype(int) - (255, 0, 0)).max() <= 4
    assert rgb[0, 0].max() <= 2


def test_half_alpha_is_half_way():
    target = flat(32, 32, (0, 0, 0)).copy()
    blend(target, layer(flat(32, 32, (200, 200, 200), 128)), 0, 0, Scratch())
    assert abs(int(to_rgb(target)[16, 16].mean()) - 100) <= 3
    thin = flat(32, 32, (0, 0, 0)).copy()
    blend(thin, layer(flat(32, 32, (200, 200, 200)), 0.5), 0, 0, Scratch())
    assert abs(int(to_rgb(thin)[16, 16].mean()) - 100) <= 3


@pytest.mark.parametrize("at", [(-8, -4), (60, 28), (-100, 0), (100, 100), (0, -8)])
def test_what_reaches_over_the_edge_is_clipped(at):
    target, over = blank(64, 32), flat(16, 8, (255, 255, 255), 255)
    blend(target, layer(over), *at, Scratch())
    place(target, flat(16, 8, (255, 255, 255)), *at)
    inside = Rect(*at, 16, 8).clipped(64, 32)
    assert int((target.y > 200).sum()) == inside.w * inside.h


def test_scaling_keeps_alpha_with_the_picture():
    small = resize(flat(64, 64, (90, 90, 90), 200), 16, 16)
    assert small.alpha is not None
    assert small.alpha.shape == (16, 16)
    assert small.alpha_uv is not None
    assert small.alpha_uv.shape == (8, 8)


def test_a_large_reduction_does_not_alias():
    stripes = blank(512, 512)
    stripes.y[:, ::2] = 235
    small = resize(stripes, 100, 100)
    assert small.y.std() < 20  # linear sampling gives over 60


def test_a_crop_copies_nothing():
    frame = blank(64, 64)
    part = crop(frame, Rect(8, 8, 16, 16))
    frame.y[8, 8] = 77
    assert part.y[0, 0] == 77
    assert part.u.shape == (8, 8)


def test_a_fade_ends_where_it_says():
    before, after, target = flat(8, 8, (0, 0, 0)), flat(8, 8, (250, 250, 250)), blank(8, 8)
    fade(target, before, after, 0.0)
    assert to_rgb(target).max() <= 2
    fade(target, before, after, 1.0)
    assert to_rgb(target).min() >= 248


def test_rectangles_are_even_and_never_empty():
    for x in (0.3, 5.5, 101.7):
        rect = even_rect(x, x, 0.1, 3.3)
        assert all(value % 2 == 0 for value in rect)
        assert rect.w >= 2


@pytest.mark.parametrize("size", [(64, 48), (64, 50), (1080, 270), (96, 1082)])
def test_any_even_size_reaches_ffmpeg_with_its_colours(size):
    width, height = size
    frame = flat(width, height, (200, 40, 60)).copy()
    picture = to_av(frame.keep)
    picture.colorspace = 1  # BT.709: small pictures that do not say are taken for BT.601
    back = from_av(picture, 0)
    assert (back.width, back.height) == size
    for mine, its in zip(back.planes, frame.planes, strict=True):
        assert np.array_equal(mine, its)
