"""Pages as sources: clear where they are clear, kept inside, back by themselves; a real browser."""

from __future__ import annotations

import base64
import os
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.outer_hosts import note_outer
from studio.media.frame import Frame, from_rgb
from studio.media.picture_file import encode_picture
from studio.sources.base import SourceContext
from studio.sources.browser import program
from studio.sources.browser.devtools import DevTools, Event
from studio.sources.browser.guard import RequestGuard
from studio.sources.browser.picture import decode_png, framed
from studio.sources.kinds.browser import Browser
from studio.sources.runner import SourceRunner
from tests.waiting import until


def has_browser() -> bool:
    try:
        return bool(program.find_browser())
    except StudioError:
        return False


needs_browser = pytest.mark.skipif(not has_browser(), reason="needs Chromium, Chrome or Edge")
PAGE = """<!doctype html><html><body>
<div style="position:absolute;left:20px;top:20px;width:60px;height:40px;
 background:rgba(255,0,0,.5)"></div>
<div id=mark style="position:absolute;left:100px;top:20px;width:40px;height:40px"></div>
<iframe src="http://localhost:PORT/inner"></iframe><iframe src="file:///etc/passwd"></iframe>
<script>
alert('held up'); window.open('/popup'); location.hash = 'here';
const a = document.createElement('a'); a.href = '/download'; a.download = 'x'; a.click();
fetch('/count').then(r => r.text()).then(n => {
  document.getElementById('mark').style.background = n % 2 ? '#0000ff' : '#00ff00' });
</script></body></html>"""


class Shop:
    """A web server that notes what is asked of it, and counts how often the page was loaded."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.loads = 0
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.asked.append(self.path)
                shop.loads += self.path == "/count"
                text = PAGE.replace("PORT", str(shop.server.server_port))
                body = {"/page": text, "/count": str(shop.loads)}.get(self.path, "secret")
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                if self.path == "/download":
                    self.send_header("Content-Disposition", "attachment")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/page"


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.server.shutdown()
    made.server.server_close()


def at(runner: SourceRunner, x: int, y: int) -> tuple[int, int, int, int]:
    """Y, U, V and alpha of a pixel."""
    frame = runner.raw
    assert isinstance(frame, Frame)
    assert frame.alpha is not None
    half = frame.u[y // 2, x // 2], frame.v[y // 2, x // 2]
    return int(frame.y[y, x]), int(half[0]), int(half[1]), int(frame.alpha[y, x])


@needs_browser
def test_a_page_is_shown_kept_inside_loaded_anew_and_back_after_a_kill(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_RUNTIME", str(tmp_path))
    css = "div { opacity: 1 } iframe { display: none }"
    settings = {"url": shop.address, "width": 320, "height": 180, "css": css}
    source = Browser(Browser.decode(settings), SourceContext(tmp_path))
    runner = SourceRunner("page", source)

    def mark() -> str:
        frame = runner.raw
        if frame is None or at(runner, 120, 40)[3] < 250:
            return ""
        return "blue" if at(runner, 120, 40)[1] > 200 else "green"

    runner.start()
    try:
        until(mark, "the first load", 60)
        first = mark()
        assert runner.raw is not None
        assert (runner.raw.width, runner.raw.height) == (320, 180)
        wanted = from_rgb(np.full((2, 2, 3), (255, 0, 0), np.uint8), np.full((2, 2), 128, np.uint8))
        red = (wanted.y[0, 0], wanted.u[0, 0], wanted.v[0, 0], 128)
        assert np.allclose(at(runner, 40, 40), [int(value) for value in red], atol=2)
        assert at(runner, 300, 160) == (0, 0, 0, 0), "clear where the page is"
        until(lambda: runner.health(now_ns()).state == "still", "a page that stands is well")
        source.control("restart", 0)
        until(lambda: mark() not in ("", first), "it was loaded anew")
        held = runner.raw
        os.kill(source.pid, signal.SIGKILL)
        until(lambda: runner.error is not None, "its end is told")
        assert runner.error is not None
        assert runner.error.key == "sources.browser_gone"
        assert runner.raw is held, "the picture stays meanwhile"
        until(lambda: runner.raw is not held and mark(), "it is back", 60)
        assert runner.error is None
    finally:
        runner.stop()
    assert "/inner" not in shop.asked, "another inner address was asked"
    assert "/popup" not in shop.asked
    assert list((tmp_path / "browser").iterdir()) == [], "its profile goes with it"


def test_without_a_browser_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(program.CHOSEN, raising=False)
    monkeypatch.setattr(program, "WINDOWS", ())
    monkeypatch.setattr(program, "MAC", ())
    if not Path("/snap/bin/chromium").is_file():
        with pytest.raises(StudioError) as caught:
            program.find_browser()
        assert caught.value.key == "sources.no_browser"
        assert "Chromium" in caught.value.in_language("en")


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "javascript:alert(1)", "chrome://gpu"])
def test_only_pages_of_the_web_are_addresses(url: str) -> None:
    with pytest.raises(StudioError) as caught:
        Browser(Browser.decode({"url": url}), SourceContext(Path())).address()
    assert caught.value.key == "sources.bad_address"


INNER = ("http://127.0.0.1:9000/", "http://localhost/", "http://192.168.1.1/", "http://10.0.0.1/x",
         "http://[::1]/", "http://169.254.169.254/latest", "http://printer/", "http://nas.local/",
         "http://2130706433/", "http://0x7f000001/", "http://[::ffff:10.0.0.1]/",
         "ws://127.0.0.1:4455/", "http://0.0.0.0/")  # fmt: skip
NEVER = ("file:///etc/passwd", "ftp://1.1.1.1/", "chrome://gpu", "view-source:http://1.1.1.1",
         "javascript:1", "http://", "filesystem:http://1.1.1.1/x")  # fmt: skip


@pytest.mark.parametrize("url", [*INNER, *NEVER])
def test_a_page_from_outside_reaches_nothing_inner(url: str) -> None:
    guard = RequestGuard("https://1.1.1.1/overlay", None)
    assert not guard.allows(url)
    for own in ("https://1.1.1.1/other", "https://8.8.8.8/", "data:text/plain,x", "blob:x"):
        assert guard.allows(own)


def test_an_inner_page_reaches_its_own_host_and_no_other_inner_one() -> None:
    guard = RequestGuard("http://192.168.7.7:8080/alerts", None)
    assert guard.allows("http://192.168.7.7:9090/api")
    assert not guard.allows("http://192.168.7.8/")
    assert not guard.allows("http://127.0.0.1/")


def test_a_host_that_was_named_from_elsewhere_stays_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_CONFIG", str(tmp_path))
    assert not RequestGuard("http://127.0.0.1:8080/", None).is_outside
    note_outer("127.0.0.1")
    guard = RequestGuard("http://127.0.0.1:8080/", None)
    assert guard.is_outside, "its connections go by the proxy"
    assert not guard.allows("http://127.0.0.1:8080/")
    assert RequestGuard("https://1.1.1.1/", None).is_outside
    assert not RequestGuard("", tmp_path / "page.html").is_outside


def test_a_page_file_reaches_its_own_folder(tmp_path: Path) -> None:
    page = tmp_path / "overlay" / "index.html"
    page.parent.mkdir()
    (tmp_path / "secret.txt").write_text("x", encoding="utf-8")
    (page.parent / "link").symlink_to(tmp_path / "secret.txt")
    guard = RequestGuard("", page)
    assert guard.allows((page.parent / "style.css").as_uri())
    assert guard.allows("http://127.0.0.1:3000/events"), "the program it belongs to"
    for wrong in ("secret.txt", "overlay/../secret.txt", "overlay/link"):
        assert not guard.allows(f"{tmp_path.as_uri()}/{wrong}")
    assert not guard.allows("file://server/share/x")
    assert not guard.allows("http://192.168.1.1/")


def test_in_a_drill_no_page_leads_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPCAST_DRILL", "1")
    assert not RequestGuard("http://127.0.0.1/", None).allows("https://1.1.1.1/")
    with pytest.raises(StudioError) as caught:
        Browser(Browser.decode({"url": "https://1.1.1.1/"}), SourceContext(Path())).address()
    assert caught.value.code == "denied"


@pytest.mark.parametrize("is_straight", [False, True])
def test_pictures_come_out_as_stills_do(is_straight: bool) -> None:
    random = np.random.default_rng(4)
    small = random.integers(0, 256, (5, 6, 3), np.uint8)
    rgb = np.ascontiguousarray(small.repeat(8, 0).repeat(8, 1))
    alpha = random.integers(60, 256, (5, 6), np.uint8).repeat(8, 0).repeat(8, 1)
    colour = rgb if is_straight else np.rint(rgb * (alpha[:, :, None] / 255.0)).astype(np.uint8)
    rgba = np.zeros((60, 64, 4), np.uint8)
    rgba[8:48, 10:58] = np.dstack([colour, alpha])
    made = framed(rgba, (64, 60), 7, is_straight)
    wanted = from_rgb(rgb, np.ascontiguousarray(alpha))
    assert (made.width, made.height, made.pts_ns) == (64, 60, 7)
    assert made.alpha is not None
    for mine, its, rows, columns in (
        (made.y, wanted.y, slice(8, 48), slice(10, 58)),
        (made.u, wanted.u, slice(4, 24), slice(5, 29)),
        (made.v, wanted.v, slice(4, 24), slice(5, 29)),
        (made.alpha, wanted.alpha, slice(8, 48), slice(10, 58)),
    ):
        assert np.abs(mine[rows, columns].astype(int) - its.astype(int)).max() <= 2
        outside = mine.copy()
        outside[rows, columns] = 0
        assert not outside.any()


def test_a_clear_or_odd_picture_is_no_fault() -> None:
    assert not framed(np.zeros((9, 9, 4), np.uint8), (8, 8), 0, False).y.any()
    assert framed(np.full((7, 7, 4), 255, np.uint8), (8, 8), 0, False).alpha is not None
    assert framed(np.full((30, 30, 4), 255, np.uint8), (8, 8), 0, False).width == 8


def test_what_is_no_picture_or_too_large_is_none() -> None:
    made = encode_picture(from_rgb(np.full((4, 6, 3), 200, np.uint8)))
    found = decode_png(base64.b64encode(made).decode())
    assert found is not None
    assert found.shape == (4, 6, 4)
    huge = made[:16] + (100_000).to_bytes(4, "big") + made[20:]
    for wrong in (b"", b"no", made[:30], huge):
        assert decode_png(base64.b64encode(wrong).decode()) is None
    assert decode_png("no base64 é") is None
    again = decode_png(base64.b64encode(made).decode())
    assert np.array_equal(again, found)


class Pipe:
    """A browser's side of the pipe, played by the test."""

    def __init__(self, on_event: Any = lambda event: None) -> None:
        its_reads, writes = os.pipe()
        reads, self.writes = os.pipe()
        self.ends = [its_reads, writes, reads]
        self.tools = DevTools(reads, writes, on_event)

    def close(self) -> None:
        os.close(self.writes)
        self.tools.close()
        for end in self.ends:
            os.close(end)


def test_what_is_too_long_or_ends_is_told_and_nonsense_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[Event] = []
    pipe = Pipe(heard.append)
    try:
        os.write(pipe.writes, b"nonsense\0[1]\0" + b'{"method":"a.b"}\0{"method":"c')
        until(lambda: pipe.tools.wait(0.05) or heard, "the event between")
        assert [event.method for event in heard] == ["a.b"]
        monkeypatch.setattr("studio.sources.browser.devtools.MOST_BYTES", 5000)
        os.write(pipe.writes, b"x" * 6000)
        with pytest.raises(StudioError, match="too much at once"):
            until(lambda: pipe.tools.wait(0.05), "it ends")
    finally:
        pipe.close()
