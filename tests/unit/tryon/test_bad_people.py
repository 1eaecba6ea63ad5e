"""People as they come: in profile, masked, with glasses on, in the dark, far away, ten at once."""

from __future__ import annotations

import numpy as np
import people
import pytest

from studio.filters.kinds.tryon import TryOnFilter, TryOnSettings
from studio.media.cv import cv2
from studio.media.frame import Frame, blank
from studio.tryon import wardrobe
from studio.tryon.garments.base import Garment
from studio.tryon.presence import Presence
from studio.tryon.tracker import Finder

AMBER = people.GLASSES / "sunglasses-amber.png"
ASSETS = {
    "glasses": people.GLASSES / "glasses.webp",
    "sunglasses": AMBER,
    "hat": people.GLASSES / "hat-top.webp",
    "earrings": people.GLASSES / "earring-pearl.png",
    "necklace": people.GLASSES / "necklace-ruby.png",
    "scarf": people.GLASSES / "scarf.webp",
}
OF_THE_FACE = (*ASSETS, "lipstick", "blush", "eye_shadow", "foundation", "hair")


def _look(frame: Frame, needs: frozenset[str] = frozenset(), most: int = 1):
    """What is found after a few looks, and the people for drawing."""
    finder = Finder({"face"} | set(needs), most)
    for n in range(3):
        shot = Frame(frame.y, frame.u, frame.v, (n + 1) * people.FRAME_NS)
        found = finder.find(shot)
    return shot, found, Presence().at(shot, found)


def _worn(garment: Garment, frame: Frame) -> np.ndarray:
    """Where the picture changed, bool (h, w)."""
    shot, _, there = _look(frame, frozenset(garment.needs))
    drawn = shot.copy()
    for person in there:
        garment.draw(drawn, person)
    return cv2.absdiff(shot.y, drawn.y) > 8


def _in_profile() -> Frame:
    """The portrait as narrow as a head that looks far to the side."""
    matrix = people.placed()
    matrix[0] = matrix[0] * 0.42 + (0, 0, 640 * 0.58)
    return people.view(matrix)


def _masked(colour: tuple[int, int, int]) -> Frame:
    """The portrait with a face mask over nose, mouth and chin."""
    frame = people.view(people.placed()).copy()
    jaw = [234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288,
           361, 323, 454, 6]  # fmt: skip
    outline = people.truth()[jaw]
    for plane, value, scale in zip(frame.planes, colour, (1, 0.5, 0.5), strict=True):
        cv2.fillPoly(plane, [np.rint(outline * scale).astype(np.int32)], value)
    return frame


def _off_at_the_eyes(frame: Frame) -> float:
    """How far the corners of the eyes are from where they are, in eye distances."""
    _, found, _ = _look(frame)
    assert found.faces
    corners = [33, 133, 362, 263]
    off = found.faces[0].points[corners, :2] - people.truth()[corners]
    return float(np.hypot(*off.T).mean() / people.eye_distance(people.truth()))


@pytest.mark.parametrize("kind", OF_THE_FACE)
@pytest.mark.parametrize("what", ["profile", "mask", "dark", "tiny", "nobody"])
def test_whatever_the_person_looks_like_goods_stay_at_the_head(kind: str, what: str) -> None:
    noise = np.random.default_rng(5)
    frame = {
        "profile": _in_profile,
        "mask": lambda: _masked((190, 140, 118)),
        "dark": lambda: people.view(people.placed(), 0, noise, gain=0.16, sigma=2.0),
        "tiny": lambda: people.view(people.placed(400, 300, 0.25)),
        "nobody": lambda: people.covered(people.view(people.placed())),
    }[what]()
    garment = wardrobe.make(kind, ASSETS.get(kind))
    shot, found, there = _look(frame, frozenset(garment.needs))
    drawn = shot.copy()
    for person in there:
        garment.draw(drawn, person)
    rows, columns = np.nonzero(cv2.absdiff(shot.y, drawn.y) > 8)
    if what == "nobody":
        assert not len(rows)
    if not len(rows):
        return
    if not found.faces:
        assert found.poses, "what hangs on the neck is carried by the body"
        return
    box = found.faces[0].box
    size = max(box.width, box.height)
    assert columns.min() > box.x - 1.6 * size
    assert columns.max() < box.x + box.width + 1.6 * size
    assert rows.min() > box.y - 1.6 * size
    assert rows.max() < box.y + box.height + (4 if kind in ("scarf", "necklace") else 2) * size


@pytest.mark.parametrize("colour", [(225, 128, 128), (190, 140, 118), (40, 128, 128)])
def test_a_face_mask_wears_glasses_but_no_lipstick(colour: tuple[int, int, int]) -> None:
    frame = _masked(colour)
    assert _off_at_the_eyes(frame) < 0.12
    assert _worn(wardrobe.make("sunglasses", AMBER), frame).sum() > 1000
    lipstick = wardrobe.make("lipstick", None, {"colour": "#b3243c"})
    shot, _, there = _look(frame)
    drawn = shot.copy()
    for person in there:
        lipstick.draw(drawn, person)
    assert cv2.absdiff(shot.v, drawn.v).max() <= 4


def test_glasses_already_worn_do_not_disturb() -> None:
    frame = people.view(people.placed())
    shot, _, there = _look(frame)
    wearing = shot.copy()
    for person in there:
        wardrobe.make("glasses", ASSETS["glasses"]).draw(wearing, person)
    assert _off_at_the_eyes(wearing) < 0.06
    assert _worn(wardrobe.make("sunglasses", AMBER), wearing).sum() > 1000


def test_of_ten_people_as_many_wear_it_as_were_asked_for() -> None:
    frame = blank(1280, 720, (90, 128, 128))
    face = people.view(people.placed(128, 150, 0.6))
    for column in range(5):
        for row in range(2):
            x, y = column * 256, row * 360
            for plane, mine, s in zip(frame.planes, face.planes, (1, 2, 2), strict=True):
                part = mine[: 360 // s, : 256 // s]
                plane[y // s : y // s + 360 // s, x // s : x // s + 256 // s] = part
    _, found, there = _look(frame, most=4)
    assert len(found.faces) == len(there) == 4
    tryon = TryOnFilter(TryOnSettings(garment="sunglasses", asset=str(AMBER), most_faces=4))
    try:
        assert tryon.settings.most_faces == 4
    finally:
        tryon.close()
