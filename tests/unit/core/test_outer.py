"""What a caller from elsewhere named stays outside: names that lead elsewhere later, redirects."""

from __future__ import annotations

import asyncio
import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.comments.platforms.websocket import WebSocketFeed, WebSocketSettings
from studio.core import settings
from studio.core.asking import Asker, asked_by
from studio.core.command import Role
from studio.core.errors import StudioError
from studio.core.outer_hosts import (
    MOST_HOSTS,
    is_outer,
    note_outer,
    outer_hosts,
    outer_targets,
)
from studio.core.outer_proxy import OuterProxy
from studio.core.paths import config_dir
from studio.core.places import PlaceDoor
from studio.sources import capture
from studio.sources.capture import outer_options

CAMERA = "camera.example.test"
FILM = Path(__file__).parents[2] / "data" / "person_fullbody.mp4"


class Server:
    """A server of this machine that writes down what it is asked for."""

    def __init__(self, answers: dict[str, tuple[int, dict[str, str], bytes]]) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                status, headers, body = answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def inner() -> Iterator[Server]:
    """What must not be asked for anything."""
    server = Server({})
    yield server
    server.close()


@pytest.fixture(autouse=True)
def own_notes() -> Iterator[None]:
    yield
    for file in ("outer_hosts.json", "settings.json"):
        (config_dir() / file).unlink(missing_ok=True)


@pytest.fixture
def leads(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Where names lead to, instead of the resolver."""
    table = {CAMERA: "127.0.0.1"}
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        return real(table.get(str(host), host), port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return table


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[OuterProxy]:
    own = OuterProxy()
    monkeypatch.setattr(capture, "OUTER_PROXY", own)
    monkeypatch.delenv("no_proxy", raising=False)
    yield own
    own.close()


def open_to_remotes(*hosts: str) -> None:
    now = settings.load()
    now.remote_hosts = list(hosts)
    settings.save(now)


def opened(url: str) -> bool:
    """Does FFmpeg open it, as a source does?"""
    import av

    try:
        with av.open(url, options=outer_options(url), timeout=(8.0, 3.0)) as media:
            return bool(list(zip(range(3), media.demux(), strict=False)))
    except (av.FFmpegError, OSError):
        return False


def test_a_name_that_leads_inside_by_now_is_not_opened(leads: dict[str, str]) -> None:
    note_outer(CAMERA)
    for address in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1"):
        leads[CAMERA] = address
        for scheme in ("http", "https", "rtsp", "rtmp", "tcp", "udp"):
            with pytest.raises(PermissionError, match=CAMERA):
                outer_options(f"{scheme}://user@{CAMERA}:8080/live.ts")
    leads[CAMERA] = "8.8.8.8"
    assert outer_options(f"rtsp://{CAMERA}/live") == {"rtsp_transport": "tcp"}
    assert outer_options("rtsp://other.example.test/live") == {}, "named at this machine"


@pytest.mark.parametrize("way", ["redirect", "playlist", "nested"])
def test_ffmpeg_is_not_sent_inside(
    inner: Server, leads: dict[str, str], proxy: OuterProxy, way: str
) -> None:
    aim = f"http://127.0.0.1:{inner.port}/secret.ts"
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{aim}\n#EXT-X-ENDLIST\n".encode()
    nested = f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{aim}\n".encode()
    told = {
        "redirect": (302, {"Location": aim}, b""),
        "playlist": (200, {"Content-Type": "application/vnd.apple.mpegurl"}, playlist),
        "nested": (200, {"Content-Type": "application/vnd.apple.mpegurl"}, nested),
    }[way]
    outer = Server({"/live.m3u8": told})
    try:
        open_to_remotes(CAMERA)  # so that a server of this machine may stand for one outside
        note_outer(CAMERA)
        assert not opened(f"http://{CAMERA}:{outer.port}/live.m3u8")
        assert outer.asked
        assert inner.asked == []
        assert not opened(f"http://127.0.0.1:{outer.port}/live.m3u8")
        assert inner.asked, "where somebody here named it, it goes where it is sent"
    finally:
        outer.close()


def test_what_is_outside_plays_through_the_proxy(leads: dict[str, str], proxy: OuterProxy) -> None:
    outer = Server({
        "/film.mp4": (200, {"Content-Type": "video/mp4"}, FILM.read_bytes()),
        "/moved.mp4": (302, {"Location": "/film.mp4"}, b""),
    })  # fmt: skip
    try:
        open_to_remotes(CAMERA)
        note_outer(CAMERA)
        assert opened(f"http://{CAMERA}:{outer.port}/moved.mp4")
        assert "/film.mp4" in outer.asked
    finally:
        outer.close()


def test_encrypted_ones_go_by_the_proxy_too(
    leads: dict[str, str], proxy: OuterProxy, inner: Server
) -> None:
    """FFmpeg asks for a tunnel; once the name leads inside, there is none."""
    open_to_remotes(CAMERA)
    note_outer(CAMERA)
    options = outer_options(f"https://{CAMERA}:{inner.port}/live.ts")
    assert options == {"http_proxy": proxy.address()}
    open_to_remotes()
    import av

    with pytest.raises((av.FFmpegError, OSError)):
        av.open(f"https://{CAMERA}:{inner.port}/live.ts", options=options, timeout=(8.0, 3.0))
    assert inner.asked == []


@pytest.mark.parametrize("said", [
    b"GET / HTTP/1.1\r\n\r\n", b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n\r\n", b"\x16\x03\x01\r\n\r\n",
    b"CONNECT [::1]:22 HTTP/1.1\r\n\r\n", b"GET http://[::1/ HTTP/1.1\r\n\r\n",
    b"GET ftp://a/ HTTP/1.1\r\n\r\n", b"GET http://2130706433/ HTTP/1.1\r\n\r\n",
    b"GET http://localhost:1/ HTTP/1.1\r\n\r\n", b"GET http://0/ HTTP/1.1\r\n\r\n",
])  # fmt: skip
def test_the_proxy_opens_nothing_inside(proxy: OuterProxy, said: bytes) -> None:
    port = int(proxy.address().rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as guest:
        guest.sendall(said)
        assert guest.recv(100).startswith((b"HTTP/1.1 403", b"HTTP/1.1 502"))


def test_a_feed_is_not_sent_inside(inner: Server, leads: dict[str, str]) -> None:
    outer = Server({"/room": (302, {"Location": f"ws://127.0.0.1:{inner.port}/secret"}, b"")})
    told: list[tuple[str, str]] = []

    def read() -> str:
        feed = WebSocketFeed(WebSocketSettings(url=f"ws://{CAMERA}:{outer.port}/room"), Path())
        with pytest.raises(StudioError) as fault:
            asyncio.run(feed.run(lambda comment: None, lambda *what: told.append(what)))
        return fault.value.key

    try:
        note_outer(CAMERA)
        assert read() == "audience.cannot_connect"
        assert outer.asked == [], "it leads inside"
        open_to_remotes(CAMERA)
        assert read() == "audience.cannot_connect"
        assert outer.asked == ["/room"]
        assert inner.asked == []
    finally:
        outer.close()


def test_who_named_it_counts_and_is_remembered() -> None:
    door = PlaceDoor(show=Path, recordings=Path)

    class Spec:
        id = "sources.add"

        @staticmethod
        def schema() -> dict[str, Any]:
            return {"properties": {}}

    def name(url: str, *, is_here: bool) -> None:
        with asked_by(Asker(Role.OWNER, is_here)):
            asyncio.run(door.check(Spec(), {"settings": {"url": url}}))

    for url in ("https://8.8.8.8/a", "rtsp://user:pw@8.8.8.8:554/b"):
        name(url, is_here=False)
        assert is_outer("8.8.8.8")
    assert json.loads((config_dir() / "outer_hosts.json").read_text(encoding="utf-8")) == [
        "8.8.8.8"
    ]
    name("HTTPS://8.8.8.8./a", is_here=True)
    assert not is_outer("8.8.8.8")


def test_notes_are_bounded_and_what_is_none_is_no_fault() -> None:
    for number in range(MOST_HOSTS + 20):
        note_outer(f"host{number}.example.test")
    assert len(outer_hosts()) == MOST_HOSTS
    assert is_outer(f"HOST{MOST_HOSTS}.example.test.")
    for junk in (b"", b"{}", b"[1, null]", b"\xff"):
        (config_dir() / "outer_hosts.json").write_bytes(junk)
        assert outer_hosts() == []
        assert not is_outer("")


def test_addresses_that_were_opened_are_targets(leads: dict[str, str]) -> None:
    leads[CAMERA] = "10.1.2.3"
    with pytest.raises(PermissionError):
        outer_targets(CAMERA, 80)
    open_to_remotes("10.1.0.0/16")
    assert [target.address for target in outer_targets(CAMERA, 80)] == [("10.1.2.3", 80)]
