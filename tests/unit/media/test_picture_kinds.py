"""Pictures as phones, shops and drawing programs write them, each written here byte by byte."""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import av
import cv2
import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.media.drawings import svg_drawer, use_svg
from studio.media.frame import to_rgb
from studio.media.picture_file import read_animation, read_picture
from studio.media.picture_parts import turned_as_told

ORANGE = (255, 128, 0)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(colour: int, depth: int, width: int, rows: list[bytes], clear: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, len(rows), depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + (chunk(b"tRNS", clear) if clear else b"")
        + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
        + chunk(b"IEND", b"")
    )  # fmt: skip


def rgb(path) -> np.ndarray:
    return np.asarray(to_rgb(read_picture(path)), np.int16)


@pytest.mark.parametrize("depth", [8, 10, 12])
def test_avif_of_every_depth(tmp_path, depth):
    picture = np.zeros((32, 48, 3), np.uint16 if depth > 8 else np.uint8)
    picture[:] = [round(v / 255 * ((1 << depth) - 1)) for v in reversed(ORANGE)]
    options = [cv2.IMWRITE_AVIF_DEPTH, depth, cv2.IMWRITE_AVIF_QUALITY, 100]
    is_ok, data = cv2.imencode(".avif", picture, options)
    assert is_ok
    (tmp_path / "a.avif").write_bytes(data.tobytes())
    assert np.abs(rgb(tmp_path / "a.avif")[8, 8] - ORANGE).max() <= 3


@pytest.mark.parametrize("matrix", [1, 5, 9], ids=["BT.709", "BT.601", "BT.2020"])
@pytest.mark.parametrize("colour", [(0, 0, 255), (255, 128, 0), (20, 200, 90)])
def test_avif_in_the_range_of_a_camera_has_its_colours(tmp_path, matrix, colour, monkeypatch):
    """As FFmpeg writes pictures out of films; the blue was up to 12 levels off.

    In a thread: SVT-AV1 gives the one that opens it, and all that it starts from then on, the
    priority of real time.
    """
    monkeypatch.setenv("SVT_LOG", "1")  # errors alone
    picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), colour, np.uint8), "rgb24")
    picture = picture.reformat(
        format="yuv420p", src_color_range=2, dst_color_range=1, dst_colorspace=matrix
    )

    def write() -> None:
        with av.open(str(tmp_path / "a.avif"), "w", format="avif") as file:
            stream = file.add_stream("libsvtav1", rate=1, options={"crf": "1"})
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            context = stream.codec_context
            context.color_range, context.colorspace = 1, matrix
            context.color_primaries, context.color_trc = 1, 13
            file.mux(stream.encode(picture))
            file.mux(stream.encode(None))

    with ThreadPoolExecutor(1) as threads:
        threads.submit(write).result()
    assert np.abs(rgb(tmp_path / "a.avif")[24, 32] - colour).max() <= 3


def test_avif_keeps_its_alpha(tmp_path):
    picture = np.full((32, 48, 4), 100, np.uint8)
    is_ok, data = cv2.imencode(".avif", picture, [cv2.IMWRITE_AVIF_QUALITY, 100])
    assert is_ok
    (tmp_path / "a.avif").write_bytes(data.tobytes())
    alpha = read_picture(tmp_path / "a.avif").alpha
    assert alpha is not None
    assert abs(int(alpha[8, 8]) - 100) <= 3


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


@pytest.mark.parametrize(
    ("told", "corner"),
    [([], (0, 0)), ([("irot", 1)], (1, 0)), ([("irot", 2)], (1, 1)), ([("irot", 3)], (0, 1)),
     ([("imir", 1)], (0, 1)), ([("imir", 0)], (1, 0)), ([("irot", 1), ("imir", 0)], (0, 0))],
)  # fmt: skip
def test_an_avif_stands_as_its_item_says(told, corner):
    """irot turns to the left by quarters, imir 0 turns upside down, 1 left and right."""
    kinds = [box(kind.encode(), bytes([value])) for kind, value in told]
    linked = bytes([len(told)]) + bytes(range(2, 2 + len(told)))
    properties = box(b"ipco", box(b"ispe", bytes(12)) + b"".join(kinds))
    properties += box(b"ipma", bytes(4) + struct.pack(">IH", 1, 1) + linked)
    meta = box(
        b"meta", bytes(4) + box(b"pitm", struct.pack(">IH", 0, 1)) + box(b"iprp", properties)
    )
    data = box(b"ftyp", b"avif\0\0\0\0avifmif1") + meta
    picture = np.zeros((2, 2), np.uint8)
    picture[0, 0] = 255
    found = turned_as_told(picture, data)
    assert tuple(np.argwhere(found == 255)[0]) == corner


@pytest.mark.parametrize(
    ("depth", "row", "clear", "alpha"),
    [
        (1, bytes([0b00001111]), 0, [0] * 4 + [255] * 4),
        (2, bytes([0b00011011, 0b00011011]), 1, [255, 0, 255, 255] * 2),
        (4, bytes([0x0F, 0x70, 0x0F, 0x70]), 7, [255, 255, 0, 255] * 2),
        (8, bytes([10, 10, 200, 200] * 2), 10, [0, 0, 255, 255] * 2),
        (16, struct.pack(">8H", *[4112, 4112, 65535, 65535] * 2), 4112, [0, 0, 255, 255] * 2),
    ],
)
def test_a_grey_png_keeps_its_clear_grey(tmp_path, depth, row, clear, alpha):
    (tmp_path / "a.png").write_bytes(png(0, depth, 8, [row] * 4, struct.pack(">H", clear)))
    found = read_picture(tmp_path / "a.png").alpha
    assert found is not None
    assert found[1].tolist() == alpha


def test_tga_and_a_jpeg_that_was_cut_off_are_read(tmp_path):
    head = bytes([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 4, 0, 32, 0x28])
    (tmp_path / "a.tga").write_bytes(head + bytes([0, 128, 255, 255]) * 16)
    assert np.abs(rgb(tmp_path / "a.tga")[1, 1] - ORANGE).max() <= 3
    (tmp_path / "b.tga").write_bytes(head + bytes([0, 128, 255, 100]) * 16)
    alpha = read_picture(tmp_path / "b.tga").alpha
    assert alpha is not None
    assert int(alpha[1, 1]) == 100
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    whole = cv2.imencode(".jpg", noise)[1].tobytes()
    (tmp_path / "a.jpg").write_bytes(whole[: len(whole) // 2])
    cut = rgb(tmp_path / "a.jpg")
    assert cut.shape == (64, 64, 3)
    assert (
        np.abs(cut[:16] - cv2.imdecode(np.frombuffer(whole, np.uint8), 1)[:16, :, ::-1]).mean() < 4
    )


def test_a_webp_whose_exif_has_a_jpegs_head_stands_upright(tmp_path):
    picture = np.zeros((8, 16, 3), np.uint8)
    picture[:, :8] = 255
    plain = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, 101])[1].tobytes()
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHH", 0x112, 3, 1, 6, 0) + bytes(4)
    exif += b"\0" * (len(exif) % 2)
    extended = b"VP8X" + struct.pack("<I", 10) + bytes([8, 0, 0, 0]) + bytes([15, 0, 0, 7, 0, 0])
    body = b"WEBP" + extended + plain[12:] + b"EXIF" + struct.pack("<I", len(exif)) + exif
    (tmp_path / "a.webp").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    found = rgb(tmp_path / "a.webp")
    assert found.shape[:2] == (16, 8)  # turned to the right: white is on top
    assert found[2, 4].min() > 250
    assert found[13, 4].max() < 5


@pytest.mark.parametrize("plays", [0, 1, 3])
@pytest.mark.parametrize("ending", [".gif", ".webp", ".png"])
def test_a_moving_picture_is_shown_as_often_as_it_says(tmp_path, ending, plays):
    film = cv2.Animation()
    film.frames = [np.full((8, 8, 4), value, np.uint8) for value in (1, 255)]
    film.durations, film.loop_count = [100, 100], plays
    is_ok, data = cv2.imencodeanimation(ending, film)
    assert is_ok
    raw = data.tobytes()
    if ending == ".gif":  # written by the book: the block tells repeats, none means once
        at = raw.find(b"\x21\xff\x0bNETSCAPE2.0")
        if at >= 0:
            raw = raw[:at] + raw[at + 19 :]
        at = raw.find(b"\x21\xf9")
        block = b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", max(0, plays - 1)) + b"\0"
        raw = raw if plays == 1 else raw[:at] + block + raw[at:]
    (tmp_path / f"a{ending}").write_bytes(raw)
    moving = read_animation(tmp_path / f"a{ending}")
    assert (len(moving.pictures), moving.plays) == (2, plays)


def test_what_is_no_picture_opens_nothing_else(tmp_path):
    """A playlist that is called a picture is no way to other files."""
    (tmp_path / "a.tga").write_text("#EXTM3U\n/etc/passwd\n", encoding="utf-8")
    (tmp_path / "a.png").write_text("ffconcat version 1.0\nfile /etc/passwd\n", encoding="utf-8")
    for name in ("a.tga", "a.png"):
        with pytest.raises(Exception, match=name):
            read_picture(tmp_path / name)


SVG = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="40" height="20"><rect width="20" height="20" fill="#ff8000"/>{more}</svg>"""


@pytest.fixture
def lent():
    from studio.graphics.svg import rasterise

    before = svg_drawer()
    use_svg(rasterise)
    yield
    use_svg(before)


def test_an_svg_is_a_picture(tmp_path, lent):
    (tmp_path / "a.svg").write_text(SVG.format(more=""), encoding="utf-8")
    frame = read_picture(tmp_path / "a.svg")
    assert (frame.width, frame.height) == (1920, 960)
    assert np.abs(np.asarray(to_rgb(frame), np.int16)[400, 400] - ORANGE).max() <= 3
    assert frame.alpha is not None
    assert (int(frame.alpha[400, 400]), int(frame.alpha[400, 1500])) == (255, 0)


@pytest.mark.parametrize("link", ["/dev/zero", "file:///etc/passwd", "http://10.0.0.1/a.png",
                                  "&#x2f;dev/zero", " ../a.png"])  # fmt: skip
def test_an_svg_fetches_nothing(tmp_path, lent, link):
    for name in ("href", "xlink:href"):
        image = f'<image {name}="{link}" width="9" height="9"/>'
        (tmp_path / "a.svg").write_text(SVG.format(more=image), encoding="utf-8")
        with pytest.raises(StudioError, match="points at other files"):
            read_picture(tmp_path / "a.svg")


def bomb(levels: int, each: int = 10) -> str:
    """A few rows that ask for ``each`` to the power of ``levels`` shapes."""
    rows = "".join(
        f'<g id="a{level}">' + f'<use xlink:href="#a{level - 1}"/>' * each + "</g>"
        for level in range(1, levels + 1)
    )
    return f'<defs><g id="a0"><rect width="1" height="1"/></g>{rows}</defs><use href="#a{levels}"/>'


def test_an_svg_that_asks_for_a_hundred_million_shapes_is_refused_at_once(tmp_path, lent):
    for more in (bomb(8), bomb(60, 2), '<g id="a"><use xlink:href="#a"/></g>'):
        (tmp_path / "a.svg").write_text(SVG.format(more=more), encoding="utf-8")
        with pytest.raises(StudioError):
            read_picture(tmp_path / "a.svg")


@pytest.mark.parametrize(
    "more", [bomb(2), '<use xlink:href="#nowhere"/>', "<script>while(1);</script>",
             '<text x="1" y="9">Sale</text>', '<style>rect{opacity:.9}</style>'],
)  # fmt: skip
def test_an_svg_that_repeats_a_shape_is_drawn(tmp_path, lent, more):
    (tmp_path / "a.svg").write_text(SVG.format(more=more), encoding="utf-8")
    assert read_picture(tmp_path / "a.svg").width == 1920


@pytest.mark.parametrize(
    ("size", "wanted"),
    [('viewBox="0 0 100 50"', (1920, 960)), ('width="100%" height="100%" viewBox="0 0 30 60"',
     (960, 1920)), ('width="1000000" height="1000000"', (1920, 1920)),
     ('width="100000" height="1"', (1920, 2)), ("", (1920, 1920))],
)  # fmt: skip
def test_an_svg_of_any_size_or_none_is_as_large_as_a_canvas(tmp_path, lent, size, wanted):
    shape = '<rect width="20" height="20" fill="#ff8000"/>'
    text = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{shape}</svg>'
    (tmp_path / "a.svg").write_text(text, encoding="utf-8")
    frame = read_picture(tmp_path / "a.svg")
    assert (frame.width, frame.height) == wanted
