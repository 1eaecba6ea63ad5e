"""The bundle for whoever helps holds what went wrong, and no secret whatever its form."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from studio.core.paths import log_dir
from studio.core.redact import keep_secret
from studio.core.settings import settings_path
from studio.governance.support import MOST_BYTES, MOST_KEPT, cleaned, write_bundle

SECRETS = {
    "known": "hunter2-and-more",
    "stream": "live_1234567890_abcdefghijKLMN",
    "camera": "s3cretpass",
    "token": "AbCdEf0123456789AbCdEf01",
    "json": "pw-in-json-9",
    "query": "sig-0a1b2c3d",
}
LINES = f"""engine: the output far went to rtmp://a.example/live/{SECRETS["stream"]}
source: rtsp://admin:{SECRETS["camera"]}@10.0.0.9/stream was lost after 4.2 s
remote: token={SECRETS["token"]} came in
door: {{"password": "{SECRETS["json"]}", "port": 4455}}
known: {SECRETS["known"]}
plain: {SECRETS["token"]}
feed: https://x.example/a?token={SECRETS["query"]}&page=2
"""


def test_no_form_of_a_secret_comes_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SHOPCAST_CONFIG", str(tmp_path / "config"))
    keep_secret(SECRETS["known"])
    (log_dir() / "engine.log").write_text("x" * (MOST_BYTES + 9) + "\n" + LINES, encoding="utf-8")
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text(json.dumps({"note": LINES}), encoding="utf-8")
    (tmp_path / "data" / "secrets.bin").write_bytes(b"sealed")
    file = write_bundle()
    with zipfile.ZipFile(file) as bundle:
        names = bundle.namelist()
        whole = "\n".join(bundle.read(name).decode("utf-8") for name in names)
        about = json.loads(bundle.read("about.json"))
    assert set(names) == {"about.json", "settings.json", "logs/engine.log"}
    assert {name: value for name, value in SECRETS.items() if value in whole} == {}
    assert "was lost after 4.2 s" in whole, "what went wrong is in it"
    assert about["python"]
    assert len(whole) < 2 * MOST_BYTES + 100_000


def test_what_helps_is_left_as_it_is() -> None:
    line = "2026-11-29 12:00:00 studio.outputs.pipeline line 42: frame 1234567890123 late 12.5 ms"
    assert cleaned(line) == line
    assert cleaned("tests/unit/outputs/test_commands.py:12") == (
        "tests/unit/outputs/test_commands.py:12"
    )


def test_only_the_last_are_kept(tmp_path: Path) -> None:
    for day in range(1, 9):
        (tmp_path / f"shopcast-2020-01-0{day}T00-00-00.zip").write_bytes(b"")
    newest = write_bundle(tmp_path)
    left = sorted(path.name for path in tmp_path.glob("*.zip"))
    assert len(left) == MOST_KEPT
    assert newest.name in left
