"""The web panel: small files for a phone's browser, and what plugins add, beside the socket."""

from __future__ import annotations

import functools
import http
import re
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.bounded import read_bounded
from studio.core.clean import encode_json
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.plugins import admitted_folders

if TYPE_CHECKING:
    from websockets.http11 import Response

_log = logger(__name__)
MOST_PAGE_BYTES = 1_000_000
FOLDER = Path(__file__).parent / "web"
KINDS = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/panel.js": ("panel.js", "text/javascript; charset=utf-8"),
    "/parts.js": ("parts.js", "text/javascript; charset=utf-8"),
    "/undo.js": ("undo.js", "text/javascript; charset=utf-8"),
    "/taps.js": ("taps.js", "text/javascript; charset=utf-8"),
    "/post.js": ("post.js", "text/javascript; charset=utf-8"),
    "/veto.js": ("veto.js", "text/javascript; charset=utf-8"),
    "/crawl.js": ("crawl.js", "text/javascript; charset=utf-8"),
    "/effects.js": ("effects.js", "text/javascript; charset=utf-8"),
    "/offers.js": ("offers.js", "text/javascript; charset=utf-8"),
    "/run_order.js": ("run_order.js", "text/javascript; charset=utf-8"),
    "/experiments.js": ("experiments.js", "text/javascript; charset=utf-8"),
    "/drills.js": ("drills.js", "text/javascript; charset=utf-8"),
    "/mutes.js": ("mutes.js", "text/javascript; charset=utf-8"),
    "/host.js": ("host.js", "text/javascript; charset=utf-8"),
    "/anchors.js": ("anchors.js", "text/javascript; charset=utf-8"),
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


PAGE = "phone.js"
"""What a plugin adds to the panel: a module in its folder."""
SCRIPT = "text/javascript; charset=utf-8"
_OF_PLUGIN = re.compile(r"/plugins/([\w-]+)/phone\.js")


@functools.cache
def _read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@functools.cache
def _pages() -> dict[str, bytes]:
    """The pages that plugins bring, by the plugin's name; one that cannot be read is left out."""
    found = {}
    for folder in admitted_folders():
        if (folder / PAGE).is_file():
            try:
                found[folder.name] = read_bounded(folder / PAGE, MOST_PAGE_BYTES)
            except (OSError, StudioError) as error:
                _log.warning("the phone page of %s is left out: %s", folder.name, error)
    return found


def _find(path: str) -> tuple[bytes, str] | None:
    ours = KINDS.get(path)
    if ours is not None:
        return _read(ours[0]), ours[1]
    if path == "/plugins.json":
        return encode_json(sorted(_pages())).encode(), "application/json; charset=utf-8"
    of_plugin = _OF_PLUGIN.fullmatch(path)
    page = _pages().get(of_plugin[1]) if of_plugin else None
    return None if page is None else (page, SCRIPT)


def serve(path: str) -> Response:
    """The answer to a browser that asks for ``path``."""
    from websockets.datastructures import Headers
    from websockets.http11 import Response

    found = _find(path.partition("?")[0])
    status = http.HTTPStatus.NOT_FOUND if found is None else http.HTTPStatus.OK
    body, kind = found or (b"not here\n", "text/plain")
    headers = Headers(HEADERS)
    headers["Content-Type"] = kind
    headers["Content-Length"] = str(len(body))
    headers["Connection"] = "close"
    return Response(status.value, status.phrase, headers, body)
