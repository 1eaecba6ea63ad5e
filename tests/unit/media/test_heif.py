"""Photos of phones (HEIC): tiles, alpha, turns and depths, each file written here box by box."""

from __future__ import annotations

import io
import random
import struct
from typing import Any

import av
import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.media.exif import upright
from studio.media.frame import to_rgb
from studio.media.heif import read_heif
from studio.media.picture_file import read_picture

QUARTERS = ((255, 128, 0), (0, 180, 60), (30, 50, 230), (230, 230, 230))
TURNS = {
    1: [], 2: [("imir", 1)], 3: [("irot", 2)], 4: [("imir", 0)], 5: [("irot", 1), ("imir", 0)],
    6: [("irot", 3)], 7: [("irot", 3), ("imir", 0)], 8: [("irot", 1)],
}  # fmt: skip
"""Exif's orientations as a phone says them of a HEIC: turns to the left, then a mirror."""


def photo(wide: int, high: int) -> np.ndarray:
    """Another colour in each quarter, RGB."""
    made = np.zeros((high, wide, 3), np.uint8)
    for number, colour in enumerate(QUARTERS):
        y, x = divmod(number, 2)
        made[y * high // 2 :, x * wide // 2 :][: high // 2 or None, : wide // 2 or None] = colour
    made[: high // 2, : wide // 2] = QUARTERS[0]
    made[: high // 2, wide // 2 :] = QUARTERS[1]
    made[high // 2 :, : wide // 2] = QUARTERS[2]
    return made


def encoded(
    pictures: list[np.ndarray], depth: int = 8, full: bool = True, form: str = ""
) -> tuple[bytes, list]:
    """Each as a key picture of HEVC: the set-up (hvcC) and the bytes."""
    film = io.BytesIO()
    with av.open(film, "w", format="mp4") as out:
        stream: Any = out.add_stream("libx265", rate=1)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = form or "yuv420p" if depth == 8 else "yuv420p10le"
        stream.codec_context.color_range = 2 if full else 1
        stream.codec_context.colorspace = 5
        stream.codec_tag = "hvc1"
        stream.options = {"x265-params": "keyint=1:lossless=1:log-level=none"}
        for number, rgb in enumerate(pictures):
            frame: Any = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
                format=stream.pix_fmt, dst_colorspace=5, src_color_range=2,
                dst_color_range=2 if full else 1,
            )  # fmt: skip
            if form == "gray":
                narrow = rgb[:, :, 1] if full else np.rint(16 + rgb[:, :, 1] * (219 / 255))
                frame = av.VideoFrame.from_ndarray(narrow.astype(np.uint8), format="gray")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    film.seek(0)
    with av.open(film) as read:
        track: Any = read.streams.video[0]
        return track.codec_context.extradata, [bytes(p) for p in read.demux(track) if p.size]


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def full_box(kind: bytes, body: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags) + body)


def heic(
    items: list[tuple[bytes, bytes, list[bytes]]], links: list[tuple[bytes, int, list[int]]]
) -> bytes:
    """A file of items (kind, bytes, properties), numbered from 1; the first is the primary."""
    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    known: list[bytes] = []
    said = b""
    for number, (_, _, own) in enumerate(items, 1):
        said += struct.pack(">HB", number, len(own))
        for one in own:
            known += [one] if one not in known else []
            said += bytes([known.index(one) + 1])
    names = b"".join(
        full_box(b"infe", struct.pack(">HH", number, 0) + kind + b"\0", 2)
        for number, (kind, _, _) in enumerate(items, 1)
    )
    kinds = full_box(b"iinf", struct.pack(">H", len(items)) + names)
    linked = full_box(b"iref", b"".join(
        box(kind, struct.pack(f">HH{len(to)}H", source, len(to), *to))
        for kind, source, to in links
    ))  # fmt: skip
    props = box(b"iprp", box(b"ipco", b"".join(known))
                + full_box(b"ipma", struct.pack(">I", len(items)) + said))  # fmt: skip

    def meta(first: int) -> bytes:
        places, at = b"", first
        for number, (_, data, _) in enumerate(items, 1):
            places += struct.pack(">HHHII", number, 0, 1, at, len(data))
            at += len(data)
        where = full_box(b"iloc", b"\x44\0" + struct.pack(">H", len(items)) + places)
        primary = full_box(b"pitm", struct.pack(">H", 1))
        return full_box(b"meta", primary + kinds + where + linked + props)

    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + box(b"mdat", b"".join(data for _, data, _ in items))


def size_of(wide: int, high: int) -> bytes:
    return full_box(b"ispe", struct.pack(">II", wide, high))


def single(picture: np.ndarray, *more: bytes, depth: int = 8, full: bool = True) -> bytes:
    setup, data = encoded([picture], depth, full)
    size = size_of(picture.shape[1], picture.shape[0])
    return heic([(b"hvc1", data[0], [box(b"hvcC", setup), size, *more])], [])


def near(found: np.ndarray, wanted: np.ndarray) -> None:
    """In the middle of each quarter, where no chroma is shared."""
    assert found.shape == wanted.shape
    high, wide = wanted.shape[:2]
    for y in (high // 4, 3 * high // 4):
        for x in (wide // 4, 3 * wide // 4):
            assert np.abs(found[y, x].astype(int) - wanted[y, x]).max() <= 3, (y, x)


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("full", [True, False])
def test_colours_of_every_depth_and_range(depth: int, full: bool) -> None:
    found = read_heif(single(photo(128, 64), depth=depth, full=full))
    assert found is not None
    near(found[:, :, ::-1], photo(128, 64))


@pytest.mark.parametrize("told", TURNS)
def test_it_stands_as_the_phone_was_held(tmp_path, told: int) -> None:
    turns = [box(kind.encode(), bytes([value])) for kind, value in TURNS[told]]
    (tmp_path / "IMG_1.HEIC").write_bytes(single(photo(128, 64), *turns))
    near(to_rgb(read_picture(tmp_path / "IMG_1.HEIC")), upright(photo(128, 64), told))


def test_tiles_are_put_together_and_the_rest_cut_off() -> None:
    """As an iPhone writes: tiles of one size, the last ones reach over the edge."""
    whole = np.zeros((128, 192, 3), np.uint8)
    whole[:96, :160] = photo(160, 96)
    tiles = [whole[y : y + 64, x : x + 64] for y in (0, 64) for x in (0, 64, 128)]
    setup, data = encoded(tiles)
    grid = struct.pack(">BBBBHH", 0, 0, 1, 2, 160, 96)
    own = [box(b"hvcC", setup), size_of(64, 64)]
    items = [(b"grid", grid, [size_of(160, 96)]), *((b"hvc1", part, own) for part in data)]
    found = read_heif(heic(items, [(b"dimg", 1, [2, 3, 4, 5, 6, 7])]))
    assert found is not None
    near(found[:, :, ::-1], photo(160, 96))


def test_alpha_beside_it_is_kept(tmp_path) -> None:
    setup, data = encoded([photo(64, 64), np.full((64, 64, 3), 100, np.uint8)])
    own = [box(b"hvcC", setup), size_of(64, 64)]
    mark = full_box(b"auxC", b"urn:mpeg:hevc:2015:auxid:1\0")
    items = [(b"hvc1", data[0], own), (b"hvc1", data[1], [*own, mark])]
    (tmp_path / "cut.heic").write_bytes(heic(items, [(b"auxl", 2, [1])]))
    alpha = read_picture(tmp_path / "cut.heic").alpha
    assert alpha is not None
    assert abs(int(alpha[20, 20]) - 100) <= 3


def test_damage_is_told_and_never_more(tmp_path) -> None:
    whole = single(photo(64, 64), box(b"irot", b"\1"))
    chance = random.Random(5)
    place = tmp_path / "x.heic"
    keys = set()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        place.write_bytes(bytes(data[: chance.randrange(20, len(data) + 1)]))
        try:
            read_picture(place)
        except StudioError as told:
            keys.add(told.key)
    assert keys <= {"sources.picture_heic", "sources.picture_broken"}


def test_a_grid_that_would_fill_the_memory_is_refused() -> None:
    setup, data = encoded([photo(64, 64)])
    grid = struct.pack(">BBBBII", 0, 1, 255, 255, 1 << 31, 1 << 31)
    own = [box(b"hvcC", setup), size_of(64, 64)]
    items = [(b"grid", grid, [size_of(64, 64)]), (b"hvc1", data[0], own)]
    assert read_heif(heic(items, [(b"dimg", 1, [2] * 60_000)])) is None
