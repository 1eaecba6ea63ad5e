"""A product photo loses its background, and what cannot be cut out is said."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import people
import pytest

from studio.core.errors import StudioError
from studio.media.cv import cv2
from studio.media.picture_file import told_pixels
from studio.tryon import asset, cutout, fitting, wardrobe

PRODUCTS = people.ROOT / "assets" / "demo" / "demo.show" / "products"
GOODS = {
    "sunglasses": (people.GLASSES / "sunglasses-amber.png", (245, 245, 243)),
    "hat": (people.GLASSES / "hat-straw.webp", (240, 240, 240)),
    "handbag": (PRODUCTS / "handbag.png", (225, 222, 218)),
    "earrings": (people.GLASSES / "earring-pearl.png", (40, 40, 44)),
    "watch": (PRODUCTS / "watch.png", (255, 255, 255)),
}


def _photo(path: Path, ground: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """A product on a ground with noise, a slope of light and a soft shadow; and its true alpha."""
    goods = asset.load(path).astype(np.float32)
    rim = ((60, 60), (80, 80))
    alpha = np.pad(goods[:, :, 3], rim) / 255
    colour = np.pad(goods[:, :, :3], (*rim, (0, 0)))
    noise = np.random.default_rng(2).normal(0, 2, (*alpha.shape, 3))
    slope = np.linspace(-8, 8, alpha.shape[1])[None, :, None]
    shadow = cv2.GaussianBlur(np.roll(alpha, (8, 6), (0, 1)), (0, 0), 12)[:, :, None]
    picture = (np.array(ground) + slope + noise) * (1 - 0.12 * shadow)
    picture = picture * (1 - alpha[:, :, None]) + colour * alpha[:, :, None]
    return np.clip(picture, 0, 255).astype(np.uint8), alpha


@pytest.mark.parametrize("kind", GOODS)
def test_the_product_stays_and_the_ground_goes(kind: str, tmp_path: Path) -> None:
    picture, alpha = _photo(*GOODS[kind])
    path = tmp_path / "photo.jpg"
    path.write_bytes(cv2.imencode(".jpg", picture[:, :, ::-1])[1].tobytes())
    rgba = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    made = cutout.cut(cutout.photo(path))
    assert made.share == pytest.approx(float((alpha > 0.5).mean()), rel=0.12)
    target = tmp_path / "goods.png"
    cutout.write(target, made.rgba)
    assert asset.load(target).shape == made.rgba.shape
    garment = wardrobe.make(kind, target)
    assert garment.sprite is not None
    assert rgba.shape[2] == 4


def test_a_handle_is_seen_through() -> None:
    picture, _ = _photo(*GOODS["handbag"])
    rgba = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    with_hole, without = (cutout.cut(rgba, holes=h).rgba[:, :, 3] for h in (True, False))
    middle = with_hole.shape[1] // 2
    assert with_hole[int(with_hole.shape[0] * 0.18), middle] < 30
    assert without[int(without.shape[0] * 0.18), middle] > 200


def test_a_photo_with_transparency_is_only_trimmed(tmp_path: Path) -> None:
    made = cutout.cut(cutout.photo(people.GLASSES / "hat-top.webp"))
    assert made.had_alpha


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_photo_has_no_product(level: int) -> None:
    with pytest.raises(ValueError, match="stands out"):
        cutout.cut(np.dstack([np.full((90, 120, 3), level, np.uint8), np.full((90, 120), 255)]
                             ).astype(np.uint8))  # fmt: skip


def test_bad_photos_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    for name, code in (("a.jpg", "invalid"), ("b.jpg", "not_found")):
        with pytest.raises(StudioError) as caught:
            cutout.photo(tmp_path / name)
        assert caught.value.code == code
    with pytest.raises(ValueError, match="smaller"):
        cutout.cut(np.full((8, 8, 4), 255, np.uint8))


def test_a_photo_of_8000_pixels_and_grey_ones_are_read(tmp_path: Path) -> None:
    big = np.full((2000, 8000), 250, np.uint8)
    big[500:1500, 2000:6000] = 30
    path = tmp_path / "big.jpg"
    path.write_bytes(cv2.imencode(".jpg", big)[1].tobytes())
    made = cutout.cut(cutout.photo(path))
    assert made.share == pytest.approx(0.25, rel=0.1)
    assert max(made.rgba.shape) <= asset.LONGEST


def test_a_very_large_picture_takes_little_memory() -> None:
    big = np.zeros((6000, 6000, 4), np.uint8)
    big[1500:4500, 600:5400] = (200, 30, 30, 255)
    tracemalloc.start()
    small = asset.small(big)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 120e6  # as floats the whole picture takes 1 GB
    assert small.shape == (asset.LONGEST, asset.LONGEST, 4)
    assert small[512, 512].tolist() == [200, 30, 30, 255]
    assert asset.bounds_of(small) == pytest.approx((0.1, 0.25, 0.8, 0.5), abs=0.003)


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp"])
def test_the_size_is_known_before_a_picture_is_unpacked(ending: str, tmp_path: Path) -> None:
    for colours in (3, 4) if ending != ".jpg" else (3,):
        options = [cv2.IMWRITE_WEBP_QUALITY, 101] if ending == ".webp" and colours == 4 else []
        data = cv2.imencode(ending, np.zeros((30, 50, colours), np.uint8), options)[1].tobytes()
        told = told_pixels(data)
        assert told == 1500 or (ending == ".webp" and told == 0)  # a lossy WebP is small anyhow
    bomb = bytearray(cv2.imencode(".png", np.zeros((8, 8, 4), np.uint8))[1].tobytes())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(StudioError) as caught:
        asset.decoded(bytes(bomb), tmp_path / "bomb.png")
    assert caught.value.key == "tryon.asset_large"


def test_a_still_is_fitted_and_gives_a_picture_alone() -> None:
    still = fitting.Still(people.view(people.placed()))
    garment = wardrobe.make("sunglasses", people.GLASSES / "sunglasses-amber.png")
    drawn, worn = still.wearing(garment)
    assert worn
    assert cv2.absdiff(drawn.y, still.frame.y).max() > 40
    data = np.frombuffer(fitting.jpeg(drawn, 640), np.uint8)
    assert cv2.imdecode(data, cv2.IMREAD_COLOR).shape[:2] == (360, 640)
    empty = fitting.Still(people.covered(people.view(people.placed())))
    assert not empty.wearing(garment)[1]


def test_a_proposal_says_where_the_anchors_are() -> None:
    path = people.GLASSES / "sunglasses-amber.png"
    found = fitting.proposal("sunglasses", path, {"width_mm": 140.0})
    assert found["width_mm"] == 140.0
    assert found["anchors"]
    for anchor in found["anchors"]:
        assert 0 <= anchor["x"] <= 1
        assert 0 <= anchor["y"] <= 1
    kinds = {entry["kind"] for entry in fitting.catalogue()}
    assert kinds == set(wardrobe.kinds().names())
