"""A newer version is told by a note that the person names, and nothing else is done."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio import __version__
from studio.core.errors import StudioError
from studio.governance.updates import MOST_BYTES, check_update


def note(folder: Path, version: str, **more: object) -> str:
    file = folder / "newest.json"
    file.write_text(json.dumps({"version": version, **more}), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("version", "is_newer"),
    [(__version__, False), ("0.0.1", False), ("99", True), ("99.0.0rc1", True), ("0.0.0.9", False)],
)
def test_a_file_tells(tmp_path: Path, version: str, is_newer: bool) -> None:
    found = check_update(note(tmp_path, version, notes={"zh": "新"}, url="https://a.example/"), "")
    assert (found.version, found.newest, found.is_newer) == (__version__, version, is_newer)
    assert found.notes == {"zh": "新"}
    assert found.url == "https://a.example/"


def test_a_link_that_is_no_page_is_left_out(tmp_path: Path) -> None:
    assert check_update(note(tmp_path, "99", url="file:///etc/passwd"), "").url == ""


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 3}', '{"version": "<b>"}', "x" * (MOST_BYTES + 1)]
)
def test_what_is_no_note_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "note"
    file.write_text(text)
    with pytest.raises(StudioError) as told:
        check_update(str(file), "")
    assert told.value.key == "updates.no_note"


class Door(http.server.BaseHTTPRequestHandler):
    """A note, and a way elsewhere."""

    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/note")
            self.end_headers()
            return
        body = json.dumps({"version": "99.1"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}"
    made.shutdown()
    made.server_close()
    thread.join(5)


def test_an_address_tells_and_leads_nowhere_else(server: str) -> None:
    assert check_update("", f"{server}/note").is_newer
    for path, url in (("", f"{server}/away"), ("/no/such/file", ""), ("", "http://127.0.0.1:9/")):
        with pytest.raises(StudioError) as told:
            check_update(path, url)
        assert told.value.code == "unavailable"
    for nowhere in ("", "ftp://a.example/", "file:///etc/passwd"):
        with pytest.raises(StudioError) as told:
            check_update("", nowhere)
        assert told.value.key == "updates.nowhere"
