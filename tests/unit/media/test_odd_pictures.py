"""Pictures as other programs write them: TIFF of every make, grey TGA with alpha, PSD, films."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.media.cv import cv2
from studio.media.exif import orientation_in, upright
from studio.media.frame import to_rgb
from studio.media.heif import read_heif
from studio.media.picture_file import decode, read_animation, read_picture
from tests.unit.media.test_heif import box, encoded, heic, photo, size_of
from tests.unit.media.test_picture_file import exif
from tests.unit.media.test_picture_kinds import chunk, png

WIDE, HIGH = 24, 16
NONE, ASSOCIATED, UNASSOCIATED = 0, 1, 2
NEAR = 3


def shaded() -> np.ndarray:
    """Another colour at each place, RGB; alpha 60, 150 and 255 beside it."""
    y, x = np.mgrid[0:HIGH, 0:WIDE]
    alpha = np.where(x < 8, 60, np.where(x < 16, 150, 255))
    return np.dstack([x * 10, y * 15, 200 - x * 5, alpha]).astype(np.uint8)


def tiff(
    samples: np.ndarray,
    order: str,
    light: int,
    extra: int = NONE,
    is_apart: bool = False,
    told: int = 1,
) -> bytes:
    """A TIFF (h, w, n) of one strip, or one a plane, written from the standard's text."""
    high, wide, count = samples.shape
    kind = samples.dtype.newbyteorder(order)
    depth, is_float = 8 * samples.dtype.itemsize, samples.dtype.kind == "f"
    strips = [samples[:, :, n] for n in range(count)] if is_apart else [samples]
    data = [np.ascontiguousarray(strip).astype(kind).tobytes() for strip in strips]
    rows = {
        256: [wide], 257: [high], 258: [depth] * count, 259: [1], 262: [light], 274: [told],
        277: [count], 278: [high], 279: [len(strip) for strip in data],
        284: [2 if is_apart else 1], 339: [3 if is_float else 1] * count,
    }  # fmt: skip
    if extra:
        rows[338] = [extra]
    at, places = 8, []
    for strip in data:
        places.append(at)
        at += len(strip)
    rows[273] = places
    far, after = at + 2 + 12 * len(rows) + 4, b""
    directory = struct.pack(order + "H", len(rows))
    for tag, values in sorted(rows.items()):
        size, letter = (4, "I") if tag in (273, 279) else (2, "H")
        body = struct.pack(f"{order}{len(values)}{letter}", *values)
        if len(body) > 4:
            body, after = struct.pack(order + "I", far + len(after)), after + body
        directory += struct.pack(order + "HHI", tag, 4 if size == 4 else 3, len(values))
        directory += body.ljust(4, b"\0")
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", at)
    return head + b"".join(data) + directory + bytes(4) + after


def found_in(data: bytes, *, is_tga: bool = False) -> np.ndarray:
    """As (h, w, 4) RGBA of 8 bit."""
    picture = decode(np.frombuffer(data, np.uint8), is_tga=is_tga)
    assert picture is not None
    if picture.dtype == np.uint16:
        picture = np.rint(picture / 257).astype(np.uint8)
    if picture.ndim == 2:
        picture = np.dstack([picture] * 3)
    if picture.shape[2] == 3:
        picture = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    return np.asarray(picture[:, :, (2, 1, 0, 3)], int)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("extra", [ASSOCIATED, UNASSOCIATED])
@pytest.mark.parametrize("is_apart", [False, True])
def test_a_tiff_has_its_own_colours_behind_its_alpha(
    order: str, depth: int, extra: int, is_apart: bool
) -> None:
    wanted = shaded()
    stored = wanted.astype(float)
    if extra == ASSOCIATED:
        stored[:, :, :3] *= stored[:, :, 3:] / 255
    kind, most = (np.uint8, 1) if depth == 8 else (np.uint16, 257)
    for told in (1, 6):
        data = tiff(np.rint(stored * most).astype(kind), order, 2, extra, is_apart, told)
        assert np.abs(found_in(data) - upright(wanted, told)).max() <= 4


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
def test_a_grey_tiff_is_grey_as_it_says(order: str, kind: type) -> None:
    shades = shaded()
    most = {np.uint8: 1.0, np.uint16: 257.0, np.float32: 1 / 255}[kind]
    grey, alpha = shades[:, :, :1].astype(float), shades[:, :, 3:].astype(float)
    plain = tiff((grey * most).astype(kind), order, 1)
    assert np.abs(found_in(plain)[:, :, :3] - grey).max() <= NEAR
    if kind is np.float32:
        return
    turned_round = tiff(((255 - grey) * most).astype(kind), order, 0)
    assert np.abs(found_in(turned_round)[:, :, :3] - grey).max() <= NEAR
    for told in range(1, 9):
        both = tiff(
            (np.dstack([grey, alpha]) * most).astype(kind), order, 1, UNASSOCIATED, told=told
        )
        wanted = upright(np.dstack([grey, grey, grey, alpha]), told)
        assert np.abs(found_in(both) - wanted).max() <= NEAR


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("way", [0x08, 0x18, 0x28, 0x38])
def test_a_grey_tga_keeps_its_alpha(is_packed: bool, way: int) -> None:
    """As GIMP writes it: from the bottom, or from the top, in runs or not."""
    shades = shaded()
    pixels = shades[:, :, (0, 3)]
    stored = pixels if way & 0x20 else pixels[::-1]
    stored = stored[:, ::-1] if way & 0x10 else stored
    body = np.ascontiguousarray(stored).tobytes()
    if is_packed:  # a run of one, then pixels as they are
        body = b"".join(
            b"\x80" + row[:2] + bytes([len(row) // 2 - 2]) + row[2:]
            for row in (body[at : at + 2 * WIDE] for at in range(0, len(body), 2 * WIDE))
        )
    head = bytes([0, 0, 11 if is_packed else 3, *bytes(9)])
    data = head + struct.pack("<HHBB", WIDE, HIGH, 16, way) + body
    found = found_in(data, is_tga=True)
    assert np.array_equal(found, shades[:, :, (0, 0, 0, 3)])
    assert decode(np.frombuffer(data[:40], np.uint8), is_tga=True) is None


def test_a_psd_is_its_picture_of_all_layers() -> None:
    colours = shaded()[:, :, :3]
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, HIGH, WIDE, 8, 3) + bytes(12) + bytes(2)
    data = head + np.moveaxis(colours, 2, 0).tobytes()
    assert np.abs(found_in(data)[:, :, :3] - colours).max() <= NEAR


def psd(shades: np.ndarray, layers: int, depth: int = 8, is_packed: bool = False) -> bytes:
    """A PSD whose picture of all layers has four channels, laid on white as Photoshop does."""
    part = shades[:, :, 3:] / 255
    on_white = np.rint(shades[:, :, :3] * part + 255 * (1 - part)).astype(np.uint8)
    planes = np.moveaxis(np.dstack([on_white, shades[:, :, 3]]), 2, 0)
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 4, HIGH, WIDE, depth, 3) + bytes(8)
    info = struct.pack(">h", layers) + bytes(2)
    head += struct.pack(">II", len(info) + 4, len(info)) + info
    if not is_packed:
        wide = planes.astype(">u2") * 257 if depth == 16 else planes
        return head + bytes(2) + wide.astype(">u2" if depth == 16 else np.uint8).tobytes()
    rows = [bytes([WIDE - 1]) + row.tobytes() for row in planes.reshape(-1, WIDE)]
    counts = b"".join(struct.pack(">H", len(row)) for row in rows)
    return head + b"\0\x01" + counts + b"".join(rows)


@pytest.mark.parametrize(("depth", "is_packed"), [(8, False), (8, True), (16, False)])
def test_a_psd_keeps_its_transparency(depth: int, is_packed: bool) -> None:
    """The first channel beyond the colours is it where the number of layers is below 0."""
    shades = shaded()
    found = found_in(psd(shades, -1, depth, is_packed))
    assert found.shape[2] == 4
    assert np.abs(found[:, :, 3] - shades[:, :, 3]).max() <= 1
    solid = shades[:, :, 3] > 60
    assert np.abs(found[:, :, :3] - shades[:, :, :3])[solid].max() <= NEAR
    # A selection that somebody saved is no transparency.
    assert decode(np.frombuffer(psd(shades, 1, depth, is_packed), np.uint8)).shape[2] == 3


def test_a_psd_that_ends_early_or_lies_is_none() -> None:
    whole = psd(shaded(), -1, is_packed=True)
    for length in range(0, len(whole), 41):
        decode(np.frombuffer(whole[:length], np.uint8))
    assert decode(np.frombuffer(whole[:60], np.uint8)) is None


def test_a_jpeg_2000_in_grey_keeps_its_alpha() -> None:
    shades = shaded()
    context: Any = av.codec.CodecContext.create("jpeg2000", "w")
    context.width, context.height, context.pix_fmt = WIDE, HIGH, "ya8"
    context.time_base, context.options = Fraction(1, 25), {"pred": "1", "format": "jp2"}
    frame = av.VideoFrame(WIDE, HIGH, "ya8")
    line = frame.planes[0].line_size
    rows = np.zeros((HIGH, line), np.uint8)
    rows[:, : 2 * WIDE] = shades[:, :, (0, 3)].reshape(HIGH, -1)
    frame.planes[0].update(rows.tobytes())
    data = b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
    found = found_in(data)
    assert np.abs(found[:, :, 3] - shades[:, :, 3]).max() <= NEAR
    assert np.abs(found[:, :, 0] - shades[:, :, 0]).max() <= NEAR


def test_a_dds_is_read_with_its_alpha() -> None:
    """32 bit, not packed: DDS_PIXELFORMAT with masks for B, G, R, A."""
    shades = shaded()
    form = struct.pack("<II4sIIIII", 32, 0x41, bytes(4), 32, 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    head = struct.pack("<IIIIIII44x", 124, 0x100F, HIGH, WIDE, 4 * WIDE, 0, 0) + form
    data = b"DDS " + head + struct.pack("<IIIII", 0x1000, 0, 0, 0, 0)
    found = found_in(data + np.ascontiguousarray(shades[:, :, (2, 1, 0, 3)]).tobytes())
    assert np.array_equal(found, shades)


@pytest.mark.parametrize(
    ("head", "name"),
    [(b"\xff\x0a\xfa\x1f", "JPEG XL"), (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
     (b"II\xbc\x01", "JPEG XR"), (b"\0\0\x01\0\x01\0", "ICO"), (b"8BPS\0\x02", "PSB"),
     (b"gimp xcf v011", "XCF (GIMP)"), (b"\x76\x2f\x31\x01", "OpenEXR"), (b"%PDF-1.7", "PDF"),
     (b"II*\0\x10\0\0\0CR\x02\0", "CR2 (RAW)"), (b"PK\x03\x04", "ZIP"),
     (b"<!DOCTYPE html><p>404", "HTML"), (b"\0\0\0\x20ftypisom", "MP4/MKV")],
)  # fmt: skip
def test_what_is_not_read_is_told_by_its_name(tmp_path: Path, head: bytes, name: str) -> None:
    path = tmp_path / "goods.jpg"
    path.write_bytes(head + bytes(600))
    with pytest.raises(StudioError) as fault:
        read_picture(path)
    for language in ("zh", "en"):
        assert name in fault.value.in_language(language)


@pytest.mark.parametrize("form", [8, 9])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("is_apart", [False, True])
def test_a_tiff_in_lab_has_the_colours_of_a_screen(
    order: str, form: int, bits: int, is_apart: bool
) -> None:
    """Against the values that Little CMS has for them."""
    known = {
        (53.39, 0, 0): (127, 127, 127), (100, 0, 0): (255, 255, 255), (0, 0, 0): (0, 0, 0),
        (74.0, 12.0, 20.0): (213, 174, 146), (60.0, -20.0, 30.0): (122, 154, 90),
    }  # fmt: skip
    step = 1 if bits == 8 else 256
    white = 65280 if step > 1 and form == 9 else 256 * step - 1
    rows = [(light / 100 * white, a * step, b * step) for light, a, b in known]
    stored = np.array(rows).round().astype(int)[:, None].repeat(WIDE, 1)
    stored[:, :, 1:] += 128 * step if form == 9 else 0
    picture = stored.astype(np.uint8 if bits == 8 else np.uint16)
    found = found_in(tiff(picture, order, form, is_apart=is_apart))
    for row, (lab, rgb) in enumerate(known.items()):
        assert np.abs(found[row, 0, :3] - np.array(rgb)).max() <= 3, lab


def test_a_grey_photo_of_narrow_range_is_black_and_white() -> None:
    """Luma alone has no colours to convert: swscale leaves its range, and so does OpenCV."""
    grey = np.repeat(photo(64, 64).mean(axis=2, keepdims=True).round().astype(np.uint8), 3, axis=2)
    grey[:32, :32], grey[32:, 32:] = 0, 255
    setup, data = encoded([grey], full=False, form="gray")
    found = read_heif(heic([(b"hvc1", data[0], [box(b"hvcC", setup), size_of(64, 64)])], []))
    assert found is not None
    assert np.abs(found.astype(int) - grey)[::8, ::8].max() <= NEAR


def test_a_moving_avif_moves(tmp_path: Path) -> None:
    film = cv2.Animation()
    colours = ((0, 0, 255), (255, 0, 0), (0, 255, 0))
    film.frames = [np.full((32, 32, 3), colour, np.uint8) for colour in colours]
    film.durations = np.array([100, 200, 300], np.int32)
    is_ok, data = cv2.imencodeanimation(".avif", film, [cv2.IMWRITE_AVIF_QUALITY, 100])
    assert is_ok
    (tmp_path / "a.avif").write_bytes(data.tobytes())
    found = read_animation(tmp_path / "a.avif")
    assert [ms for _, ms in found.pictures] == [100, 200, 300]
    for (frame, _), colour in zip(found.pictures, colours, strict=True):
        assert np.abs(to_rgb(frame)[8, 8].astype(int) - colour[::-1]).max() <= 8


@pytest.mark.parametrize("told", range(1, 9))
def test_a_moving_picture_stands_upright(tmp_path: Path, told: int) -> None:
    """An APNG whose eXIf says how it stands: its pictures all stand so."""
    rows = [b"\xff" * 4 + b"\0" * 12] * 4 + [b"\0" * 16] * 4  # white at the top left
    still = png(0, 8, 16, rows)
    at = still.index(b"IDAT") - 4
    control = struct.pack(">IIIIIHHBB", 0, 16, 8, 0, 0, 1, 10, 0, 0)
    body = still[at + 8 : at + 8 + int.from_bytes(still[at : at + 4], "big")]
    again = struct.pack(">I", 1) + control[4:]
    data = (
        still[:at] + chunk(b"eXIf", exif(told)) + chunk(b"acTL", struct.pack(">II", 2, 3))
        + chunk(b"fcTL", control) + chunk(b"IDAT", body) + chunk(b"fcTL", again)
        + chunk(b"fdAT", struct.pack(">I", 2) + body) + chunk(b"IEND", b"")
    )  # fmt: skip
    assert orientation_in(data) == told
    (tmp_path / "a.png").write_bytes(data)
    found = read_animation(tmp_path / "a.png")
    wanted = np.zeros((8, 16), np.uint8)
    wanted[:4, :4] = 255
    assert found.plays == 3
    assert len(found.pictures) == 2
    for frame, _ in found.pictures:
        assert np.abs(to_rgb(frame)[:, :, 1].astype(int) - upright(wanted, told)).max() <= NEAR


def test_a_webp_tells_how_it_stands() -> None:
    block = exif(8)
    block += b"\0" * (len(block) % 2)
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + bytes(10)
    body += b"EXIF" + struct.pack("<I", len(block)) + block
    assert orientation_in(b"RIFF" + struct.pack("<I", len(body)) + body) == 8
    assert orientation_in(b"GIF89a") == 1


def test_a_picture_on_disk_is_read_the_same(tmp_path: Path) -> None:
    data = tiff(shaded(), ">", 2, UNASSOCIATED)
    (tmp_path / "a.tif").write_bytes(data)
    frame = read_picture(tmp_path / "a.tif")
    assert frame.alpha is not None
    assert sorted(set(frame.alpha.ravel().tolist())) == [60, 150, 255]
