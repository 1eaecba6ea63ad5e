"""Secrets in settings: found wherever they can stand, sealed, opened at their own place alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.core.credentials import has_secrets, is_lost, masked, opened, sealed, use_vault
from studio.governance.secrets import Secrets
from studio.governance.vault import SecretVault

WORD = "Pl4nted-hunter2-9Zq"
PLACES: list[dict[str, Any]] = [
    {"url": f"rtsp://admin:{WORD}@10.0.0.8:554/h264?channel=1"},
    {"url": f"rtsp://admin:{WORD}%40x@cam.local/1"},
    {"url": f"rtsp://admin:p@{WORD}@cam.local/1"},
    {"url": f"  RTSP://{WORD}@cam.local/1 "},
    {"url": f"http://cam/video.cgi?user=a&pwd={WORD}"},
    {"url": f"https://host/live.m3u8?txSecret={WORD}&txTime=5f"},
    {"url": f"https://host/live.m3u8?x={WORD}"},
    {"url": f"srt://host:9000?streamid={WORD}&passphrase={WORD}"},
    {"url": f"rtmp://host/live/{WORD}"},
    {"url": f"https://overlays.example/alert-box/v3/{WORD}0123456789"},
    {"url": f"wss://feed.example/room?token={WORD}"},
    {"token": WORD},
    {"accessToken": WORD},
    {"stream_key": WORD},
    {"password": WORD},
    {"headers": {"Authorization": WORD}},
    {"files": [f"https://a:{WORD}@host/1.mp4", "b.mp4"]},
    {"input": f"ftp://a:{WORD}@host/1.mp4", "cookie": WORD},
]
OPEN: list[dict[str, Any]] = [
    {"url": "rtsp://cam.local:554/Streaming/Channels/101?channel=1&subtype=0"},
    {"url": "https://host/live/evening-show-2026/index.m3u8"},
    {"url": "http://127.0.0.1:8080/@user/clip.mp4"},
    {"url": "rtmp://127.0.0.1/live/cam1"},
    {"path": "/media/key/token.mp4"},
    {"key_colour": "#00ff00", "similarity": 400},
    {"text": "https://shop.example/?token=Abc123456789012345"},
    {"device": "usb-046d_HD_Pro_Webcam_C920_8BB6AD7F-video-index0"},
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Secrets]:
    kept = Secrets(tmp_path, use_keyring=False)
    vault = SecretVault(kept)
    use_vault(lambda: vault)
    yield kept
    use_vault(None)


@pytest.mark.parametrize("settings", PLACES, ids=str)
def test_a_secret_is_sealed_shown_nowhere_and_opened_again(
    settings: dict[str, Any], store: Secrets, tmp_path: Path
) -> None:
    whole = {"settings": settings, "name": "Cam"}
    assert WORD not in str(masked(whole))
    kept = sealed(whole)
    assert WORD not in str(kept)
    assert "•••" in str(kept)
    assert sealed(kept) == kept
    assert not has_secrets(kept)
    assert masked(kept) == kept
    assert opened(kept["settings"]) == settings
    assert not is_lost(kept["settings"])
    for file in tmp_path.iterdir():
        assert WORD.encode() not in file.read_bytes()
    other = SecretVault(store)  # another process of the same person
    use_vault(lambda: other)
    assert opened(kept["settings"]) == settings


@pytest.mark.parametrize("settings", OPEN, ids=str)
def test_what_is_no_secret_stays(settings: dict[str, Any], store: Secrets) -> None:
    assert sealed({"settings": settings}) == {"settings": settings}


def test_what_is_not_in_settings_stays(store: Secrets) -> None:
    product = {"url": f"https://shop.example/?token={WORD}", "key": WORD}
    assert sealed(product) == product


def test_what_an_undo_had_left_is_settings_too(store: Secrets) -> None:
    address = "rtsp://admin:pa55word@camera/live"
    args = {"settings": {}, "instead_of": {"url": address}}
    assert "pa55word" not in str(sealed(args))
    assert "pa55word" not in str(masked(args))
    assert sealed({"goods": [], "instead_of": [address]})["instead_of"] == [address]


def test_a_reference_opens_nothing_at_another_server(store: Secrets) -> None:
    kept = sealed({"url": f"rtsp://admin:{WORD}@cam.local/1"}, is_settings=True)
    reference = kept["url"].partition("admin:")[2].partition("@")[0]
    for stolen in (
        {"url": f"rtsp://admin:{reference}@evil.example/1"},
        {"url": f"http://cam.local/?token={reference}"},
        {"token": reference},
        {"text": reference},
    ):
        assert WORD not in str(opened(stolen))
    assert is_lost({"url": f"rtsp://admin:{reference}@evil.example/1"})
    assert opened({"url": f"rtsp://admin:{reference}@cam.local/2"}) == {
        "url": f"rtsp://admin:{WORD}@cam.local/2"
    }


def test_another_machine_has_none(store: Secrets, tmp_path: Path) -> None:
    kept = sealed({"token": WORD}, is_settings=True)
    stranger = SecretVault(Secrets(tmp_path / "other", use_keyring=False))
    use_vault(lambda: stranger)
    assert is_lost(kept)
    assert opened(kept) == kept
