"""The brand's own standby: pictures and films at the canvas' size, sound, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.line.chain import write_clip
from studio.core.errors import StudioError
from studio.encoding.model import AudioSettings, VideoSettings
from studio.outputs.standby import make_clip
from studio.outputs.standby_film import LONGEST_S, check_media, encode_film, film_pictures
from studio.sender.clip import StandbyClip

WIDE = VideoSettings(width=320, height=180, bitrate_kbps=400)
TALL = VideoSettings(width=180, height=320, bitrate_kbps=400)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("film") / "brand.mp4"
    write_clip(file, (320, 240), 3)
    return file


@pytest.fixture
def still(tmp_path: Path) -> Path:
    import cv2

    file = tmp_path / "brand.png"
    cv2.imwrite(str(file), np.full((90, 160, 3), 255, np.uint8))
    return file


def test_a_film_keeps_its_proportions(film: Path) -> None:
    shown = list(film_pictures(film, WIDE))
    assert 85 <= len(shown) <= 91
    middle = shown[45][:180]
    assert middle[:, :38].max() == 16, "black at the sides of a 4:3 film"
    assert middle[:, 45:270].mean() > 40
    assert all(entry.shape == (270, 320) for entry in shown)


def test_a_still_on_a_tall_canvas(still: Path) -> None:
    (shown,) = film_pictures(still, TALL)
    luma = shown[:320]
    assert luma[:100].max() == 16
    assert luma[160].min() > 225, "limited range white"


def test_its_packets_fit_the_show(film: Path, tmp_path: Path) -> None:
    own = StandbyClip(encode_film(film, None, WIDE, AudioSettings(), tmp_path / "cache"))
    show = StandbyClip(make_clip(WIDE, AudioSettings()))
    assert own.extradata == show.extradata
    assert 2.8 < own._loops[True][1] / 1e6 < 3.2
    assert 2.8 < own._loops[False][1] / 1e6 < 3.2


def test_music_under_a_still_and_the_cache(still: Path, film: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = encode_film(still, film, WIDE, AudioSettings(), cache)
    assert StandbyClip(first)._loops[False][1] > 2_500_000, "the music's length, not the picture's"
    (kept,) = cache.glob("*.nut")
    kept.write_bytes(first[:-1])
    assert encode_film(still, film, WIDE, AudioSettings(), cache) == first[:-1], "from the cache"


def test_a_long_film_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "long.mp4"
    write_clip(file, (160, 90), int(LONGEST_S) + 4)
    small = VideoSettings(width=160, height=90)
    assert sum(1 for _ in film_pictures(file, small)) <= LONGEST_S * 30


@pytest.mark.parametrize("what", ["missing", "text", "silent"])
def test_what_cannot_be_used_is_said(tmp_path: Path, still: Path, what: str) -> None:
    file = tmp_path / "x.mp4"
    if what == "text":
        file.write_text("not a film")
    picture, music = (still, still) if what == "silent" else (file, None)
    with pytest.raises(StudioError) as said:
        check_media(picture, music)
    assert said.value.key == f"outputs.standby_{'broken' if what == 'text' else what}"
