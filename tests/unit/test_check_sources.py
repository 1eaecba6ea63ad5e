"""``shopcast check`` finds what a source would miss on air."""

from __future__ import annotations

import json

import pytest

from studio.app.check import check


@pytest.fixture
def findings(tmp_path):
    def of(kind, settings, **more):
        show = {
            "schema": 1,
            "name": "x",
            "sources": [{"name": "s", "kind": kind, "settings": settings, **more}],
            "scenes": {"scenes": [{"name": "One", "items": [{"id": 1, "source": "s"}]}]},
        }
        (tmp_path / "show.json").write_text(json.dumps(show), encoding="utf-8")
        return [entry for entry in check(tmp_path) if entry.place == "sources[s]"]

    return of


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("clip", {"path": "no.mp4"}),
        ("playlist", {"files": ["no.mp4"]}),
        ("slide_show", {"folder": "none"}),
        ("turntable", {}),
        ("text", {"file": "no.txt"}),
        ("text", {"text": "a", "font_file": "no.ttf"}),
        ("text", {"text": "a", "colour": "red"}),
        ("scene", {"scene": "Two"}),
        ("mirror", {"source": "other"}),
    ],
)
def test_what_is_missing_is_found(findings, kind, settings):
    assert len(findings(kind, settings)) == 1


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("text", {"text": "a"}),
        ("replay", {}),
        ("scene", {"scene": "One"}),
        ("ingest", {}),
        ("countdown", {"seconds": 10}),
        ("desktop_sound", {}),
    ],
)
def test_what_is_well_is_let_be(findings, kind, settings):
    assert findings(kind, settings) == []


def test_a_slate_that_is_not_there_is_found(findings):
    assert findings("text", {"text": "a"}, on_loss="slate", slate="no.png")
