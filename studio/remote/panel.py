"""The web panel: three small files for a phone's browser, served beside the socket."""

from __future__ import annotations

import functools
import http
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from websockets.http11 import Response

FOLDER = Path(__file__).parent / "web"
KINDS = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/panel.js": ("panel.js", "text/javascript; charset=utf-8"),
    "/panel.css": ("panel.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@functools.cache
def _read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def serve(path: str) -> Response:
    """The answer to a browser that asks for ``path``."""
    from websockets.datastructures import Headers
    from websockets.http11 import Response

    found = KINDS.get(path.partition("?")[0])
    if found is None:
        status, body, kind = http.HTTPStatus.NOT_FOUND, b"not here\n", "text/plain"
    else:
        status, body, kind = http.HTTPStatus.OK, _read(found[0]), found[1]
    headers = Headers(HEADERS)
    headers["Content-Type"] = kind
    headers["Content-Length"] = str(len(body))
    headers["Connection"] = "close"
    return Response(status.value, status.phrase, headers, body)
