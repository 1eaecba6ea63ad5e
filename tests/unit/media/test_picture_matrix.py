"""Pictures of every format, depth, alpha and way a camera was held, and of every colour space."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from studio.media.cv import cv2
from studio.media.exif import upright
from studio.media.frame import Frame, to_rgb
from studio.media.icc import P3, profile_of, to_srgb
from studio.media.picture_file import read_animation, read_picture
from tests.unit.media.test_heif import photo
from tests.unit.media.test_picture_file import exif
from tests.unit.media.test_picture_kinds import chunk

DATA = Path(__file__).parents[2] / "data"
WIDE, HIGH, SEEN = 96, 64, 102
BEST = {
    ".jpg": [cv2.IMWRITE_JPEG_QUALITY, 100],
    ".webp": [cv2.IMWRITE_WEBP_QUALITY, 101],
    ".avif": [cv2.IMWRITE_AVIF_QUALITY, 100],
}
SORTS = [
    (".png", 8, "bgr"), (".png", 8, "bgra"), (".png", 8, "grey"), (".png", 16, "bgr"),
    (".png", 16, "bgra"), (".png", 16, "grey"), (".jpg", 8, "bgr"), (".jpg", 8, "grey"),
    (".webp", 8, "bgr"), (".webp", 8, "bgra"), (".avif", 8, "bgr"), (".avif", 8, "bgra"),
    (".avif", 10, "bgr"), (".avif", 10, "bgra"), (".avif", 12, "bgr"), (".avif", 12, "bgra"),
    (".tiff", 8, "bgr"), (".tiff", 8, "bgra"), (".tiff", 8, "grey"), (".tiff", 16, "bgr"),
    (".tiff", 16, "bgra"), (".tiff", 16, "grey"),
]  # fmt: skip


def written(extension: str, depth: int, sort: str, told: int) -> tuple[bytes, np.ndarray]:
    """The file, and the picture in it as RGB before it is turned."""
    rgb = photo(WIDE, HIGH)
    if sort == "grey":
        rgb = np.repeat(rgb.mean(axis=2, keepdims=True).round().astype(np.uint8), 3, axis=2)
    picture = rgb[:, :, ::-1]
    if sort == "bgra":
        picture = np.dstack([picture, np.full((HIGH, WIDE), SEEN, np.uint8)])
    if sort == "grey":
        picture = picture[:, :, 0]
    most = (1 << depth) - 1
    if depth > 8:
        picture = np.rint(picture / 255 * most).astype(np.uint16)
    options = BEST.get(extension, [])
    options = [*options, cv2.IMWRITE_AVIF_DEPTH, depth] if extension == ".avif" else options
    block = np.frombuffer(exif(told), np.uint8)
    picture = np.ascontiguousarray(picture)
    if extension == ".tiff":
        return turned_tiff(cv2.imencode(".tiff", picture)[1].tobytes(), told), rgb
    kinds = [cv2.IMAGE_METADATA_EXIF]
    is_ok, data = cv2.imencodeWithMetadata(extension, picture, kinds, [block], options)
    assert is_ok
    return data.tobytes(), rgb


def turned_tiff(raw: bytes, told: int) -> bytes:
    """With the orientation in its directory, written anew behind the file."""
    first = int.from_bytes(raw[4:8], "little")
    count = int.from_bytes(raw[first : first + 2], "little")
    rows = [raw[first + 2 + 12 * n : first + 14 + 12 * n] for n in range(count)]
    rows = [row for row in rows if row[:2] != struct.pack("<H", 0x112)]
    rows = sorted(
        [*rows, struct.pack("<HHIHH", 0x112, 3, 1, told, 0)],
        key=lambda row: int.from_bytes(row[:2], "little"),
    )
    raw += b"\0" * (len(raw) % 2)
    place = struct.pack("<I", len(raw))
    return raw[:4] + place + raw[8:] + struct.pack("<H", len(rows)) + b"".join(rows) + bytes(4)


def colour(frame: Frame, y: int, x: int) -> np.ndarray:
    """Its colour at a place, without what is seen through."""
    part = 1.0 if frame.alpha is None else frame.alpha[y, x] / 255
    planes = (frame.y[y, x], frame.u[y // 2, x // 2], frame.v[y // 2, x // 2])
    y_, u, v = (np.uint8(min(255, round(float(plane) / part))) for plane in planes)
    one = Frame(np.full((2, 2), y_), np.full((1, 1), u), np.full((1, 1), v), 0)
    return np.asarray(to_rgb(one), int)[0, 0]


@pytest.mark.parametrize(("extension", "depth", "sort"), SORTS)
def test_each_stands_upright_in_its_colours(
    tmp_path: Path, extension: str, depth: int, sort: str
) -> None:
    for told in range(1, 9):
        data, rgb = written(extension, depth, sort, told)
        path = tmp_path / f"{told}{extension}"
        path.write_bytes(data)
        frame, wanted = read_picture(path), upright(rgb, told)
        assert (frame.height, frame.width) == wanted.shape[:2], told
        assert (frame.alpha is not None) == (sort == "bgra"), told
        # A part of 102 of 255 is kept in 8 bits, too: a level of it is 2.5 of the colour.
        far = 8 if sort == "bgra" else 3
        for y in (frame.height // 4, 3 * frame.height // 4):
            for x in (frame.width // 4, 3 * frame.width // 4):
                assert frame.alpha is None or abs(int(frame.alpha[y, x]) - SEEN) <= 3
                assert np.abs(colour(frame, y, x) - wanted[y, x]).max() <= far, (told, y, x)


def test_a_jpeg_for_print_has_the_colours_of_its_inks() -> None:
    """CMYK, whose inks Adobe writes the other way round."""
    inks = ((0, 128, 255, 0), (255, 0, 200, 60), (220, 200, 0, 20), (0, 0, 0, 25))
    found = to_rgb(read_picture(DATA / "cmyk.jpg")).astype(int)
    for number, (c, m, y, k) in enumerate(inks):
        row, column = divmod(number, 2)
        wanted = [(255 - ink) * (255 - k) / 255 for ink in (c, m, y)]
        assert np.abs(found[16 + 32 * row, 24 + 48 * column] - wanted).max() <= 4


@pytest.mark.parametrize("told", [1, 6])
def test_an_ultra_hdr_photo_is_its_first_picture(tmp_path: Path, told: int) -> None:
    """A JPEG, its list of pictures (MPF), and the gain map as a second JPEG behind it."""
    first = cv2.imencode(".jpg", photo(WIDE, HIGH)[:, :, ::-1], BEST[".jpg"])[1].tobytes()
    gains = cv2.imencode(".jpg", np.full((16, 24), 90, np.uint8))[1].tobytes()
    segment = b"Exif\0\0" + exif(told)
    parts = b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:hdrgm='ns' hdrgm:Version='1.0'/>"
    parts += b"\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp
    entries = struct.pack("<IIIHH", 0x030000, len(first), 0, 0, 0)
    entries += struct.pack("<IIIHH", 0, len(gains), len(first), 0, 0)
    index = b"MPF\0II*\0" + struct.pack("<IH", 8, 3)
    index += struct.pack("<HHI4s", 0xB000, 7, 4, b"0100") + struct.pack("<HHII", 0xB001, 4, 1, 2)
    index += struct.pack("<HHII", 0xB002, 7, 32, 50) + bytes(4) + entries
    parts += b"\xff\xe2" + struct.pack(">H", len(index) + 2) + index
    (tmp_path / "PXL.jpg").write_bytes(first[:2] + parts + first[2:] + gains)
    frame, wanted = read_picture(tmp_path / "PXL.jpg"), upright(photo(WIDE, HIGH), told)
    assert (frame.height, frame.width) == wanted.shape[:2]
    assert np.abs(colour(frame, 10, 10) - wanted[10, 10]).max() <= 3


@pytest.mark.parametrize("depth", [8, 16])
def test_a_grey_film_of_png_keeps_its_clear_grey(tmp_path: Path, depth: int) -> None:
    def level(value: int) -> bytes:
        return struct.pack(">H", value * 257) if depth == 16 else bytes([value])

    rows = zlib.compress((b"\0" + level(200) * 4 + level(90) * 4) * 8)

    def control(number: int) -> bytes:
        return chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, 8, 8, 0, 0, 1, 10, 0, 0))

    clear = struct.pack(">H", 200 * 257 if depth == 16 else 200)
    (tmp_path / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, depth, 0, 0, 0, 0))
        + chunk(b"acTL", struct.pack(">II", 2, 0)) + chunk(b"tRNS", clear)
        + control(0) + chunk(b"IDAT", rows) + control(1)
        + chunk(b"fdAT", struct.pack(">I", 2) + rows) + chunk(b"IEND", b"")
    )  # fmt: skip
    for frame, _ in read_animation(tmp_path / "a.png").pictures:
        assert frame.alpha is not None
        assert (int(frame.alpha[4, 1]), int(frame.alpha[4, 6])) == (0, 255)


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def profile(axes: tuple[tuple[float, float, float], ...], curve: bytes) -> bytes:
    """An ICC profile of three axes under D50 and one curve."""
    named = [(name, b"XYZ \0\0\0\0" + fixed(*axis)) for name, axis in
             zip((b"rXYZ", b"gXYZ", b"bXYZ"), axes, strict=True)]  # fmt: skip
    named += [(name, curve + bytes(-len(curve) % 4)) for name in (b"rTRC", b"gTRC", b"bTRC")]
    at, table = 132 + 12 * len(named), struct.pack(">I", len(named))
    for name, data in named:
        table += name + struct.pack(">II", at, len(data))
        at += len(data)
    head = struct.pack(">I", at) + b"test\4\0\0\0mntrRGB XYZ " + bytes(12) + b"acsp"
    return head + bytes(128 - len(head)) + table + b"".join(data for _, data in named)


SRGB_AXES = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71689, 0.09708), (0.14308, 0.06061, 0.7141))
P3_AXES = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
ADOBE_AXES = (
    (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457),
)  # fmt: skip
SCREEN = b"para\0\0\0\0\0\3\0\0" + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
GAMMA = b"curv\0\0\0\0" + struct.pack(">IH", 1, 563)
SOFT = ((200, 130, 90), (90, 150, 100), (90, 100, 180), (230, 230, 230))


def light(value: np.ndarray) -> np.ndarray:
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def in_space(rgb: np.ndarray, axes: tuple, power: float | None) -> np.ndarray:
    """Screen colours as a wider space writes them."""
    own = np.linalg.solve(np.array(axes).T, np.array(SRGB_AXES).T @ light(rgb / 255))
    if power:
        return np.rint(own ** (1 / power) * 255)
    return np.rint(np.where(own <= 0.0031308, own * 12.92, 1.055 * own ** (1 / 2.4) - 0.055) * 255)


@pytest.mark.parametrize(("axes", "curve", "power"), [
    (P3_AXES, SCREEN, None), (ADOBE_AXES, GAMMA, 563 / 256), (SRGB_AXES, SCREEN, None),
])  # fmt: skip
@pytest.mark.parametrize("extension", [".png", ".jpg", ".webp", ".avif"])
def test_a_photo_of_a_wider_space_has_the_screens_colours(
    tmp_path: Path, extension: str, axes: tuple, curve: bytes, power: float | None
) -> None:
    picture = np.zeros((HIGH, WIDE, 3), np.uint8)
    for number, rgb in enumerate(SOFT):
        row, column = divmod(number, 2)
        own = in_space(np.array(rgb, float), axes, power)
        picture[row * 32 : row * 32 + 32, column * 48 : column * 48 + 48] = own[::-1]
    kinds = [cv2.IMAGE_METADATA_ICCP]
    block = np.frombuffer(profile(axes, curve), np.uint8)
    is_ok, data = cv2.imencodeWithMetadata(
        extension, picture, kinds, [block], BEST.get(extension, [])
    )
    assert is_ok
    (tmp_path / f"a{extension}").write_bytes(data.tobytes())
    found = to_rgb(read_picture(tmp_path / f"a{extension}")).astype(int)
    for number, rgb in enumerate(SOFT):
        row, column = divmod(number, 2)
        assert np.abs(found[16 + 32 * row, 24 + 48 * column] - rgb).max() <= 3, number


def test_sixteen_bits_of_a_wider_space_and_alpha() -> None:
    own = in_space(np.array(SOFT[0], float), P3_AXES, None)[::-1] * 257
    picture = np.full((4, 4, 4), [*own, 100 * 257], np.uint16)
    found = to_srgb(picture, P3)[0, 0].astype(int)
    assert np.abs(found[2::-1] - SOFT[0]).max() <= 2
    assert found[3] == 100


@pytest.mark.parametrize("broken", [
    b"", b"x" * 200, profile(P3_AXES, b"curv\0\0\0\0\xff\xff\xff\xff"),
    profile(P3_AXES, SCREEN)[:150], profile(P3_AXES, b"para\0\0\0\0\0\x09\0\0"),
    profile(SRGB_AXES, SCREEN),
])  # fmt: skip
def test_a_profile_that_says_nothing_changes_nothing(broken: bytes) -> None:
    assert profile_of(broken) is None
