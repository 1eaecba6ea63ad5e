"""An SVG stands as its page says, and fetches nothing, in whatever words it asks."""

from __future__ import annotations

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.graphics.svg import rasterise

NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
HALVES = (
    '<rect width="100" height="100" fill="#ff0000"/>'
    '<rect x="100" width="100" height="100" fill="#0000ff"/>'
)
RED, BLUE, CLEAR = [255, 0, 0, 255], [0, 0, 255, 255], [0, 0, 0, 0]


def page(inside: str, size: str = 'viewBox="0 0 200 100"', head: str = "") -> str:
    return f"{head}<svg {NAMES} {size}>{inside}</svg>"


@pytest.fixture
def image(tmp_path: Path) -> str:
    """An element that shows a file of this machine."""
    cv2.imwrite(str(tmp_path / "blue.png"), np.full((10, 10, 3), (255, 0, 0), np.uint8))
    return f"<image xlink:href='{tmp_path / 'blue.png'}' width='200' height='100'/>"


def fetching(image: str) -> dict[str, bytes]:
    """SVGs that show a file of this machine without saying so in plain ASCII."""
    plain = page(image).encode()
    path = image.split("'")[1]
    default = f'<!DOCTYPE svg [<!ATTLIST image xlink:href CDATA "{path}">]>'
    spelt = image.replace("href", "hr&#101;f")
    nested = base64.b64encode(plain).decode()
    embedded = '<image xlink:href="data:image/{};base64,{}" width="200" height="100"/>'
    twice = base64.b64encode(page(embedded.format("svg+xml", nested)).encode()).decode()
    return {
        "utf-16": page(image).encode("utf-16"),
        "utf-16-be": page(image).encode("utf-16-be"),
        "told": page(image, head='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16"),
        "default": page('<image width="200" height="100"/>', head=default).encode(),
        "spelt": page("&x;", head=f'<!DOCTYPE svg [<!ENTITY x "{spelt}">]>').encode(),
        "embedded": page(embedded.format("svg+xml", nested)).encode(),
        "called a PNG": page(embedded.format("png", nested)).encode(),
        "embedded twice": page(embedded.format("svg+xml", twice)).encode(),
    }


@pytest.mark.parametrize("way", sorted(fetching("'x'")))
def test_no_way_of_writing_shows_a_file_of_this_machine(image: str, way: str) -> None:
    with pytest.raises(StudioError, match="points at other files"):
        rasterise(fetching(image)[way], 200)


@pytest.mark.parametrize(
    "data",
    [
        page(HALVES).encode("utf-16"),
        b"\xef\xbb\xbf" + page(HALVES).encode(),
        page(f"<title>羊绒</title>{HALVES}", head='<?xml version="1.0" encoding="GBK"?>').encode(
            "gbk"
        ),
        page(f'<a xlink:href="https://shop.example/">{HALVES}</a>').encode(),
        page(HALVES.replace("#ff0000", "&r;"), head='<!DOCTYPE svg [<!ENTITY r "red">]>').encode(),
    ],
    ids=["utf-16", "mark", "gbk", "a link to click on", "an entity"],
)
def test_what_fetches_nothing_is_drawn(data: bytes) -> None:
    picture = rasterise(data, 200)
    assert picture.shape == (100, 200, 4)
    assert [picture[50, x].tolist() for x in (50, 150)] == [RED, BLUE]


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_what_is_embedded_is_drawn(kind: str) -> None:
    pixels = cv2.imencode(".png", np.full((10, 20, 3), (0, 0, 255), np.uint8))[1].tobytes()
    red = page('<rect width="200" height="100" fill="#ff0000"/>', 'width="200" height="100"')
    data = base64.b64encode(pixels if kind == "PNG" else red.encode()).decode()
    link = f'<image xlink:href="data:image/x;base64,{data}" width="200" height="100"/>'
    assert rasterise(page(link).encode(), 200)[50, 100].tolist() == RED


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("", [CLEAR, RED, BLUE, CLEAR]),
        ("xMidYMax meet", [CLEAR, CLEAR, BLUE, BLUE]),
        ("xMinYMin", [RED, RED, CLEAR, CLEAR]),
        ("none", [RED, RED, BLUE, BLUE]),
        ("xMinYMid slice", [RED, RED, RED, RED]),
        ("xMaxYMid slice", [BLUE, BLUE, BLUE, BLUE]),
    ],
)
def test_a_picture_keeps_its_shape_on_a_page_of_another(told: str, wanted: list[object]) -> None:
    """As ``preserveAspectRatio`` says; Qt bends it."""
    size = f'width="100" height="100" viewBox="0 0 200 100" preserveAspectRatio="{told}"'
    picture = rasterise(page(HALVES, size).encode(), 100)
    places = ((10, 10), (30, 30), (70, 70), (90, 90))  # of the diagonal
    assert [picture[place].tolist() for place in places] == wanted


@pytest.mark.parametrize(
    "data",
    [
        page(HALVES, head='<?xml version="1.0" encoding="no-such"?>').encode(),
        page("<title>羊</title>").encode("gbk"),
        b"\xff\xfe<",
        b"<\0",
        b"",
    ],
)
def test_what_is_in_no_encoding_is_told(data: bytes) -> None:
    with pytest.raises(StudioError, match="no SVG"):
        rasterise(data, 200)
