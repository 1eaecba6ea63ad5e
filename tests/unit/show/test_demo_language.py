"""The demo show in English: every name and text, and scripts still find its scenes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from studio.app.check import check, read
from studio.core.settings import StudioSettings, save
from studio.show.demo import demo_language, in_language
from studio.show.file import demo_show

HAN = re.compile("[\u3400-\u9fff]")


def test_nothing_of_it_is_left_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = json.loads((demo_show() / "show.json").read_text(encoding="utf-8"))
    found = in_language(raw, "en")
    ids = {scene.pop("id") for scene in found["scenes"]["scenes"]}
    assert ids == {scene["name"] for scene in raw["scenes"]["scenes"]}, "found by both names"
    assert not HAN.search(json.dumps(found, ensure_ascii=False))
    assert in_language(raw, "zh") == raw
    monkeypatch.setenv("SHOPCAST_DEMO", "en")
    show = read(None)
    assert show.head.language == "en"
    assert check(None) == []


def test_it_follows_the_desk_only_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SHOPCAST_CONFIG", str(tmp_path))
    monkeypatch.delenv("SHOPCAST_DEMO")
    assert demo_language() == "zh", "scripts name its scenes"
    monkeypatch.setenv("SHOPCAST_DEMO", "desk")
    save(StudioSettings(language="zh"))
    assert demo_language() == "zh"
    save(StudioSettings(language="en"))
    assert demo_language() == "en"
