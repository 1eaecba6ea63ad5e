"""Servers of platforms on loopback, built from their public documentation."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[str, dict[str, str], bytes], tuple[int, Any]]
"""(path, headers, body) → status and what is answered as JSON."""


@contextmanager
def web_server(answer: Answer) -> Iterator[str]:
    """An HTTP server; its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told = answer(self.path, headers, body)
            raw = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_GET

    with _serving(Handler) as address:
        yield address


@contextmanager
def event_server(write: Callable[[dict[str, str], Callable[[str], None]], None]) -> Iterator[str]:
    """A server of events: ``write`` gets the headers and says lines until it returns."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream; charset=utf-8")
            self.end_headers()
            headers = {name.lower(): value for name, value in self.headers.items()}

            def say(text: str) -> None:
                self.wfile.write(text.encode())
                self.wfile.flush()

            try:
                write(headers, say)
            except OSError:
                return

    with _serving(Handler) as address:
        yield address


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def bilibili_mark(headers: dict[str, str], secret: str) -> str:
    """The signature as its documentation describes it."""
    names = sorted(name for name in headers if name.startswith("x-bili-"))
    text = "\n".join(f"{name}:{headers[name]}" for name in names)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
