"""Profiles of the platforms are whole, and what does not fit is said before air."""

from __future__ import annotations

import json

import pytest

from studio.core.paths import assets_dir, project_dir
from studio.encoding.model import AudioSettings, VideoSettings
from studio.outputs.check import finding
from studio.outputs.platforms import misfits, platforms
from studio.sender.model import OutputSettings

AUDIO = AudioSettings(bitrate_kbps=128)


@pytest.mark.parametrize("id", sorted(platforms()))
def test_profiles_are_whole(id: str) -> None:
    one = platforms()[id]
    assert one.label["zh"]
    assert one.label["en"]
    assert 0 < one.best_kbps <= one.max_kbps
    assert set(one.orientations) <= {"landscape", "portrait"}
    for canvas in one.orientations:
        safe = one.safe[canvas]
        assert safe.top + safe.bottom < 0.6
        assert safe.left + safe.right < 0.5


def test_every_file_is_read() -> None:
    assert len(platforms()) == len(list((assets_dir() / "platforms").glob("*.json"))) >= 9


def test_what_does_not_fit() -> None:
    settings = OutputSettings(name="x", url="rtmp://h/a", platform="twitch", canvas="portrait")
    video = VideoSettings(width=1440, height=2560, bitrate_kbps=9000, keyint_s=4.0)
    keys = {reason.key.rpartition("_")[2] for reason in misfits(settings, video, AUDIO)}
    assert keys == {"size", "kbps", "keyint", "canvas"}
    fits = OutputSettings(name="x", url="rtmp://h/a", platform="twitch")
    assert not misfits(fits, VideoSettings(bitrate_kbps=4500), AUDIO)
    assert not misfits(OutputSettings(name="x"), video, AUDIO), "no platform, no limits"


def test_every_line_has_its_words() -> None:
    catalogue = json.loads((project_dir() / "assets/i18n/outputs.json").read_text("utf-8"))
    lines = [key for key in catalogue if key.startswith("outputs.check_")]
    for key in lines:
        _, id, verdict = key.replace("outputs.check_on_air", "outputs.check_on-air").split("_")
        if verdict in ("warn", "bad"):
            assert f"outputs.mend_{id}" in catalogue
    line = finding("upload", "warn", "x", figure=900, kbps=900, need=2660)
    assert "900" in line.text["zh"]
    assert line.mend["en"]
