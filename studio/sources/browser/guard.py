"""What a page may ask the network for: never files, and inner addresses only as a person meant."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from studio.core.loopback import is_this_machine, keep_inside
from studio.core.outer_hosts import is_allowed, is_outer
from studio.core.places import is_inner
from studio.core.settings import load as load_settings

WEB = ("http", "https", "ws", "wss")
INSIDE = ("data", "blob", "about")
MOST_HOSTS = 500


class RequestGuard:
    """Judges each request of one page. A page that whoever shows it does not know must not show,
    or speak to, what only this machine or this network can reach.

    Args:
        url: the page; where it is an inner one, a person of this house chose it: its own host is
            open to it. A page from the outside reaches no inner host, whatever it redirects to.
        file: the page, where it is a file: what lies in its folder is its own, and programs of
            this machine, with which such overlays speak, are open to it.
    """

    def __init__(self, url: str, file: Path | None) -> None:
        self._folder = file.resolve().parent if file is not None else None
        self._own = _host(url) if file is None else ""
        # A host that a caller from elsewhere named stays outside, wherever it leads by now.
        self._is_own_inner = bool(self._own) and not is_outer(self._own) and is_inner(self._own)
        self._known: dict[str, bool] = {}

    @property
    def is_outside(self) -> bool:
        """Is it a page from outside? All its connections go by the proxy then, which judges them
        where they are made: sockets and names that lead elsewhere a moment later, too."""
        return self._folder is None and not self._is_own_inner

    def allows(self, url: str) -> bool:
        """May the page fetch this?"""
        scheme = url.partition(":")[0].lower()
        if scheme in INSIDE:
            return True
        try:
            keep_inside(url)
        except PermissionError:
            return False
        if scheme == "file":
            return self._is_own_file(url)
        return scheme in WEB and self._may_reach(_host(url))

    def _is_own_file(self, url: str) -> bool:
        if self._folder is None:
            return False
        try:
            parts = urlsplit(url)
            path = Path(url2pathname(parts.path)).resolve()
        except (OSError, ValueError):
            return False
        return not parts.netloc and path.is_relative_to(self._folder)

    def _may_reach(self, host: str) -> bool:
        if not host:
            return False
        if host == self._own and self._is_own_inner:
            return True
        if self._folder is not None and is_this_machine(host):
            return True
        found = self._known.get(host)
        if found is None:
            if len(self._known) >= MOST_HOSTS:
                return False
            opened = is_allowed(host, load_settings().remote_hosts)
            found = self._known[host] = opened or not is_inner(host)
        return found


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
