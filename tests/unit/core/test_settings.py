"""Settings survive a broken file and never lose what a person wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core import settings


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOPCAST_CONFIG", str(tmp_path))
    return tmp_path


def test_defaults_without_a_file() -> None:
    assert settings.load() == settings.StudioSettings()


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    mine = settings.StudioSettings(language="zh", user_name="小李")
    mine.opened(tmp_path / "a.show")
    mine.opened(tmp_path / "b.show")
    mine.opened(tmp_path / "a.show")
    settings.save(mine)
    assert settings.load() == mine
    assert [Path(name).name for name in mine.recent_shows] == ["a.show", "b.show"]


def test_recent_shows_are_few(tmp_path: Path) -> None:
    mine = settings.StudioSettings()
    for number in range(20):
        mine.opened(tmp_path / f"{number}.show")
    assert len(mine.recent_shows) == settings.RECENT


@pytest.mark.parametrize("text", ["{", "[]", '{"remote_port": "four"}', "\x00\xff"])
def test_a_broken_file_is_set_aside(config: Path, text: str) -> None:
    (config / "settings.json").write_bytes(text.encode("latin-1"))
    assert settings.load() == settings.StudioSettings()
    assert (config / "settings.json.broken").read_bytes() == text.encode("latin-1")


def test_a_field_of_a_later_version_is_no_fault(config: Path) -> None:
    (config / "settings.json").write_text('{"hologram": true, "remote_port": 5000}')
    assert settings.load().remote_port == 5000
