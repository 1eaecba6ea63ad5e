"""Every garment kind on a person, beside the picture that was looked at and kept.

``SHOPCAST_GOLDEN=write`` keeps new pictures: look at them before they are committed.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

from studio.media.cv import cv2
from studio.media.frame import Frame, from_rgb, to_rgb
from studio.tryon import wardrobe
from studio.tryon.cli import frames
from studio.tryon.model import Landmarks
from studio.tryon.presence import Presence
from studio.tryon.tracker import Finder
from tests.golden.kept import compare

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit" / "tryon"))
import people  # noqa: E402

KEPT = Path(__file__).parent / "tryon"
GOODS = ROOT / "assets" / "demo" / "tryon"
PRODUCTS = ROOT / "assets" / "demo" / "demo.show" / "products"
pytestmark = pytest.mark.golden

Crop = tuple[int, int, int, int]
FACE: Crop = (420, 120, 440, 440)
BUST: Crop = (340, 0, 600, 700)
HOST: Crop = (210, 80, 480, 520)
CASES: dict[str, tuple[str, Path | None, str, Crop, dict[str, float | str | bool]]] = {
    "glasses-portrait": ("glasses", GOODS / "glasses.webp", "near", FACE, {}),
    "sunglasses-portrait": ("sunglasses", GOODS / "sunglasses-amber.png", "near", FACE, {}),
    "sunglasses-host": ("sunglasses", GOODS / "sunglasses-black.png", "host 62", HOST, {}),
    "sunglasses-turned": ("sunglasses", GOODS / "sunglasses-tea.png", "host 530", HOST, {}),
    "sunglasses-leaning": ("sunglasses", GOODS / "sunglasses-amber.png", "rolled", BUST, {}),
    "sunglasses-looking-up": ("sunglasses", GOODS / "sunglasses-black.png", "host 610", HOST, {}),
    "lipstick-smile": ("lipstick", None, "near", FACE, {"colour": "#b3243c"}),
    "lipstick-closed": ("lipstick", PRODUCTS / "lipstick.png", "host 62", HOST, {}),
    "blush": ("blush", None, "near", FACE, {}),
    "eye-shadow": ("eye_shadow", None, "near", FACE, {"colour": "#4060a8"}),
    "foundation": ("foundation", None, "near", FACE, {}),
    "hat-portrait": ("hat", GOODS / "hat-top.webp", "far", BUST, {}),
    "hat-host": ("hat", GOODS / "hat-straw.webp", "host 62", HOST, {}),
    "earrings": ("earrings", GOODS / "earring-pearl.png", "near", FACE, {}),
    "earrings-turned": ("earrings", GOODS / "earring-pearl.png", "host 530", HOST, {}),
    "necklace": ("necklace", GOODS / "necklace-ruby.png", "host 62", (180, 200, 600, 520), {}),
    "scarf": ("scarf", GOODS / "scarf.webp", "host 62", (180, 200, 600, 520), {}),
    "hair-portrait": ("hair", None, "far", BUST, {"colour": "#7a2f6a"}),
    "hair-host": ("hair", None, "host 62", HOST, {"colour": "#2f5a9a"}),
    "ring": ("ring", GOODS / "ring-sapphire.png", "host 1180", (150, 330, 560, 390), {}),
    "watch": ("watch", PRODUCTS / "watch.png", "wrist 120", (200, 60, 480, 480), {}),
    "watch-both": ("watch", PRODUCTS / "watch.png", "wrist 24", (0, 120, 820, 500), {}),
    "bracelet": ("bracelet", GOODS / "bracelet-silver.png", "wrist 120", (200, 60, 480, 480), {}),
    "nails": ("nails", None, "host 1180", (150, 330, 560, 390), {}),
    "top": ("top", GOODS / "t-shirt.webp", "body 50", (400, 0, 430, 502), {}),
    "dress": ("dress", GOODS / "dress.webp", "body 90", (400, 0, 430, 502), {}),
    "handbag": ("handbag", PRODUCTS / "handbag.png", "body 90", (400, 0, 430, 502), {}),
}  # fmt: skip
WRISTS = {24: (568, 0), 120: (626, 174)}
"""Where hands are in frames of the full-body clip: 200 × 150 pixels from here are enlarged."""
_seen: dict[tuple[str, frozenset[str]], tuple[Frame, Landmarks]] = {}


def _scene(scene: str, needs: frozenset[str]) -> tuple[Frame, Landmarks]:
    """A frame and what is found in it after a few frames, once for each."""
    if (scene, needs) not in _seen:
        _seen[scene, needs] = _found(scene, needs)
    return _seen[scene, needs]


def _found(scene: str, needs: frozenset[str]) -> tuple[Frame, Landmarks]:
    finder = Finder({"face"} | needs)
    place, _, number = scene.partition(" ")
    if place == "body":
        for index, frame in enumerate(frames(people.BODY)):
            found = finder.find(frame)
            if index == int(number):
                return frame, found
    if place == "wrist":
        x, y = WRISTS[int(number)]
        frame = next(itertools.islice(frames(people.BODY), int(number), None))
        part = to_rgb(frame)[y : y + 150, x : x + 200]
        rgb = np.ascontiguousarray(cv2.resize(part, (960, 720), interpolation=cv2.INTER_CUBIC))
        shots = tuple(from_rgb(rgb, pts_ns=(n + 1) * people.FRAME_NS) for n in range(3))
    elif place == "host":
        shots = people.host_frames(int(number), 1) * 3
    else:
        matrix = {
            "near": people.placed(640, 340, 1.3),
            "far": people.placed(640, 330, 1.0),
            "rolled": people.placed(640, 330, 1.2, 25),
        }[place]
        shots = tuple(people.view(matrix, n) for n in range(3))
    for frame in shots:
        found = finder.find(frame)
    return frame, found


@pytest.mark.parametrize("name", CASES)
def test_worn_as_it_was_kept(name: str, tmp_path: Path) -> None:
    kind, asset, scene, (x, y, w, h), values = CASES[name]
    garment = wardrobe.make(kind, asset, values)
    frame, found = _scene(scene, frozenset(garment.needs))
    drawn = frame.copy()
    worn = [garment.draw(drawn, person) for person in Presence().at(frame, found)]
    assert any(worn), "nothing was drawn"
    picture = np.ascontiguousarray(to_rgb(drawn)[y : y + h, x : x + w, ::-1])
    # Landmarks differ by a hair from processor to processor, and WebP is not exact.
    compare(KEPT / f"{name}.webp", picture, most_mean=2.0, most_high=40, blur=2)


def test_each_kind_has_its_picture() -> None:
    pictured = {case[0] for case in CASES.values()}
    assert pictured == set(wardrobe.kinds().names())
