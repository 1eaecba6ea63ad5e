"""Photos stand as they were taken: a phone writes how it was held, and does not turn the pixels."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.graphics import qt
from studio.graphics.card import draw_card
from studio.graphics.model import CardSpec
from studio.media.cv import cv2
from studio.media.exif import orientation
from studio.media.frame import to_rgb
from studio.media.picture_file import decode, read_picture

CORNERS = ((0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255))


def photo():
    """Another colour in each corner, wider than high."""
    picture = np.zeros((48, 80, 3), np.uint8)
    for number, colour in enumerate(CORNERS):
        y, x = divmod(number, 2)
        picture[y * 24 : y * 24 + 24, x * 40 : x * 40 + 40] = colour
    return picture


def exif(told, order="<"):
    head = b"II*\0" if order == "<" else b"MM\0*"
    return head + struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, told, 0, 0)


def held(extension, told, order="<"):
    data = cv2.imencode(extension, photo())[1].tobytes()
    block = exif(told, order)
    if extension == ".png":
        chunk = b"eXIf" + block
        made = struct.pack(">I", len(block)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        return data[:33] + made + data[33:]
    segment = b"Exif\0\0" + block
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + data[2:]


@pytest.mark.parametrize("told", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photo_stands_as_opencv_turns_it(tmp_path, told, order):
    data = held(".jpg", told, order)
    peer = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    found = decode(np.frombuffer(data, np.uint8))
    assert np.array_equal(found, peer)
    (tmp_path / "a.jpg").write_bytes(data)
    frame = read_picture(tmp_path / "a.jpg")
    assert np.abs(to_rgb(frame)[..., ::-1].astype(int) - peer).mean() < 12


def test_a_png_tells_it_too():
    found = decode(np.frombuffer(held(".png", 6), np.uint8))
    assert np.array_equal(found, cv2.rotate(photo(), cv2.ROTATE_90_CLOCKWISE))


@pytest.mark.parametrize(
    "block", [b"", b"II", b"II*\0\xff\xff\xff\xff", exif(9), exif(0), b"x" * 40]
)
def test_nonsense_leaves_it_as_it_is(block):
    assert orientation(block) == 1


def test_a_heic_photo_is_told_what_to_do(tmp_path):
    (tmp_path / "IMG_1.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(400))
    with pytest.raises(StudioError) as told:
        read_picture(tmp_path / "IMG_1.HEIC")
    assert told.value.key == "sources.picture_heic"


def test_the_photo_on_a_card_stands_upright(tmp_path):
    qt.ready()
    (tmp_path / "held.jpg").write_bytes(held(".jpg", 6))
    turned = cv2.rotate(photo(), cv2.ROTATE_90_CLOCKWISE)
    (tmp_path / "turned.jpg").write_bytes(cv2.imencode(".jpg", turned)[1].tobytes())
    cards = [
        draw_card(CardSpec("1", "Bag", "", str(tmp_path / name), "¥99"), 200).frame.y
        for name in ("held.jpg", "turned.jpg")
    ]
    assert cards[0].shape == cards[1].shape
    assert np.abs(cards[0].astype(int) - cards[1]).mean() < 0.5
