"""Every garment kind keeps the contract, and hands wear what belongs on hands."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import people
import pytest

from studio.core.errors import StudioError
from studio.media.cv import cv2
from studio.media.frame import blank
from studio.tryon import limb, wardrobe
from studio.tryon.cli import track
from studio.tryon.detect.face import box_of
from studio.tryon.garments.base import Garment, Person
from studio.tryon.model import Face, Hand
from studio.tryon.swing import Swing

GOODS = people.GLASSES
PRODUCTS = people.ROOT / "assets" / "demo" / "demo.show" / "products"
KINDS = wardrobe.kinds().names()


def _some(kind: str) -> Garment:
    made = wardrobe.kinds().get(kind)
    asset = GOODS / "sunglasses-amber.png" if made.takes == "picture" else None
    return wardrobe.make(kind, asset)


def _hand(turn_deg: float = 0.0, is_right: bool = True, size: float = 300.0) -> Hand:
    """An open hand with its back to the camera, wrist at 640, 560, fingers up, then turned."""
    x = [0, -.22, -.36, -.45, -.52, -.17, -.2, -.21, -.22, 0, 0, 0, 0, .13, .15, .16, .17, .26, .31,
         .33, .35]  # fmt: skip
    y = [0, .12, .3, .42, .52, .62, .85, .98, 1.1, .64, .9, 1.05, 1.17, .61, .84, .97, 1.09, .56,
         .72, .82, .92]  # fmt: skip
    flat = np.stack([np.array(x) * (1 if is_right else -1), -np.array(y)], 1) * size
    a = np.radians(turn_deg)
    turned = flat @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    points = np.zeros((21, 3), np.float32)
    points[:, :2] = turned + (640, 460)
    return Hand(1.0, points, box_of(points), is_right, 1)


def test_the_wardrobe_has_what_is_sold() -> None:
    assert {
        "glasses", "sunglasses", "hat", "earrings", "necklace", "lipstick", "blush", "eye_shadow",
        "foundation", "ring", "bracelet", "watch", "nails", "top", "dress", "handbag", "scarf",
    } <= set(KINDS)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_kind_keeps_the_contract(kind: str) -> None:
    made = wardrobe.kinds().get(kind)
    for text in (made.label, made.help, *(anchor.label for anchor in made.anchors)):
        assert text.zh
        assert text.en
    assert made.needs <= {"face", "hand", "pose", "mask"}
    assert made.takes in ("picture", "colour")
    assert made.usual_mm > 0
    assert {"opacity", "scale"} <= set(made.schema()["properties"])
    proposed = _some(kind).fit
    assert set(proposed.anchors) == {anchor.name for anchor in made.anchors}
    assert all(-0.2 <= v <= 1.2 for xy in proposed.anchors.values() for v in xy)


@pytest.mark.parametrize("kind", KINDS)
def test_with_nobody_there_nothing_is_drawn(kind: str) -> None:
    frame = blank(320, 180, (90, 128, 128))
    assert _some(kind).draw(frame, Person()) is False
    assert (frame.y == 90).all()


@pytest.mark.parametrize("kind", KINDS)
def test_people_at_and_beyond_the_edges_do_no_harm(kind: str) -> None:
    from studio.tryon.head import head_of

    garment = _some(kind)
    for shift in (-2000, -640, 640, 5000):
        frame = blank(1280, 720, (90, 128, 128))
        points = np.zeros((478, 3), np.float32)
        points[:, :2] = people.truth() + (shift, shift / 3)
        face = Face(1.0, points, box_of(points), 1)
        hand = _hand()
        far = hand.points + np.float32(shift)
        person = Person(
            face, head_of(points, 1280, 720), hands=[(Hand(1.0, far, box_of(far)), 1.0)]
        )
        garment.draw(frame, person)


@pytest.mark.parametrize("turn_deg", [0, 40, -70])
@pytest.mark.parametrize("is_right", [True, False])
def test_hand_knows_its_back_and_size(turn_deg: float, is_right: bool) -> None:
    hand = _hand(turn_deg, is_right)
    assert limb.shows_back(hand) > 0.8
    flipped = Hand(1.0, hand.points, hand.box, not is_right)
    assert limb.shows_back(flipped) < -0.8
    assert limb.px_per_cm(hand) == pytest.approx(300 * 0.64 / 9.2, rel=0.3)


@pytest.mark.parametrize(
    ("kind", "asset", "where"),
    [
        ("watch", PRODUCTS / "watch.png", "wrist"),
        ("bracelet", GOODS / "bracelet-silver.png", "wrist"),
        ("ring", GOODS / "ring-sapphire.png", "ring"),
    ],
)
def test_goods_of_the_hand_sit_where_they_belong(kind: str, asset: Path, where: str) -> None:
    garment = wardrobe.make(kind, asset)
    for turn_deg in (0, 50):
        frame = blank(1280, 720, (150, 112, 148))
        before = frame.copy()
        hand = _hand(turn_deg)
        assert garment.draw(frame, Person(hands=[(hand, 1.0)]))
        rows, columns = np.nonzero(cv2.absdiff(frame.y, before.y) > 10)
        place = limb.wrist(hand, 1.8) if where == "wrist" else limb.finger(hand, where)
        size = limb.px_per_cm(hand)
        off = np.array([columns.mean(), rows.mean()]) - place.at
        assert np.hypot(*off) < 1.2 * size
        across = np.array([-place.along[1], place.along[0]])
        span = np.ptp(np.stack([columns, rows], 1) @ across) / size
        usual = 5.6 if where == "wrist" else 1.95
        assert span == pytest.approx(usual, rel=0.25)


def test_palm_shows_neither_watch_nor_nails() -> None:
    hand = _hand()
    palm = Hand(1.0, hand.points, hand.box, False)
    for kind, asset in (("watch", PRODUCTS / "watch.png"), ("nails", None)):
        frame = blank(1280, 720, (150, 112, 148))
        assert not wardrobe.make(kind, asset).draw(frame, Person(hands=[(palm, 1.0)]))


def test_lipstick_leaves_teeth_alone_and_keeps_texture() -> None:
    from studio.tryon.presence import Presence
    from studio.tryon.tracker import Finder

    frame = people.view(people.placed(640, 340, 1.3))
    drawn = frame.copy()
    garment = wardrobe.make("lipstick", None, {"colour": "#a01030"})
    person = Presence().at(frame, Finder({"face"}).find(frame))[0]
    assert garment.draw(drawn, person)
    assert person.face is not None
    points = person.face.points
    teeth = ((points[13, :2] + points[14, :2]) / 2).astype(int)
    lip = ((points[17, :2] + points[14, :2]) / 2).astype(int)
    part = (slice(teeth[1] - 2, teeth[1] + 3), slice(teeth[0] - 6, teeth[0] + 7))
    assert np.abs(drawn.y[part].astype(int) - frame.y[part]).max() <= 6
    assert int(drawn.v[lip[1] // 2, lip[0] // 2]) > int(frame.v[lip[1] // 2, lip[0] // 2]) + 15
    lips = (slice(lip[1] - 3, lip[1] + 4), slice(lip[0] - 20, lip[0] + 21))
    grain = [np.diff(f.y[lips].astype(float), axis=1).ravel() for f in (frame, drawn)]
    assert np.corrcoef(*grain)[0, 1] > 0.8


def test_bad_colour_and_settings_are_told() -> None:
    for values in ({"colour": "reddish"}, {"gloss": 7.0}, {"width_mm": -3.0}):
        with pytest.raises(StudioError) as caught:
            wardrobe.make("lipstick", None, values)
        assert caught.value.code == "invalid"


def test_a_swing_comes_to_rest() -> None:
    swing = Swing()
    leans = [swing.lean((1, 1), 3.0 * min(n, 5), n * people.FRAME_NS) for n in range(90)]
    assert max(abs(v) for v in leans) > 0.05
    assert abs(leans[-1]) < 0.01
    assert swing.lean((1, 1), 500.0, 90 * people.FRAME_NS + 10**9) == 0.0


def test_track_writes_one_line_a_frame(tmp_path: Path) -> None:
    out = io.StringIO()
    assert track(people.PORTRAIT, "face", None, out) == 0
    line = json.loads(out.getvalue())
    assert line["frame"] == 0
    assert line["pts_ms"] == 0
    assert np.array(line["faces"][0]["points"]).shape == (478, 3)
    assert line["faces"][0]["score"] > 0.9
    for what, key, points in (("pose", "poses", 33), ("hand", "hands", 21)):
        out = io.StringIO()
        track(people.PORTRAIT, what, None, out)
        for load in json.loads(out.getvalue())[key]:
            assert np.array(load["points"]).shape == (points, 3)
    out = io.StringIO()
    track(people.PORTRAIT, "mask", tmp_path, out)
    mask = cv2.imread(json.loads(out.getvalue())["mask"], cv2.IMREAD_GRAYSCALE)
    assert mask.shape == (512, 512)
    assert mask[110, 225] > 200
    assert mask[20, 300] < 60


@pytest.mark.parametrize("name", ["missing.mp4", "broken.mp4", "broken.png"])
def test_track_says_what_is_wrong_with_a_clip(tmp_path: Path, name: str) -> None:
    if name != "missing.mp4":
        (tmp_path / name).write_bytes(b"no clip" * 100)
    with pytest.raises(StudioError) as caught:
        track(tmp_path / name, "face", None, io.StringIO())
    assert caught.value.code in ("unavailable", "failed")
    assert name in str(caught.value)
    with pytest.raises(StudioError):
        track(people.PORTRAIT, "ghost", None, io.StringIO())


def test_track_says_that_a_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(StudioError) as caught:
        track(people.PORTRAIT, "mask", tmp_path / "file", io.StringIO())
    assert caught.value.key == "tryon.not_written"
