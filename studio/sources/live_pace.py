"""Reads a network input that comes in pieces no faster than it is played.

A playlist of segments (HLS) and a film on a web server hand out seconds at once. Read at the
pace of their own stamps they play evenly, some seconds behind, and the server is not emptied.
"""

from __future__ import annotations

from typing import Any

from studio.core.clock import NS, now_ns
from studio.sources.base import Feed

STARVED_NS = NS
JUMP_NS = 10 * NS
_PIECES = "hls"


def comes_in_pieces(media: Any) -> bool:
    """Is it handed out faster than it plays? ``media``: an opened `av` input container."""
    names = media.format.name.split(",")
    return bool(media.duration) or _PIECES in names


class LivePace:
    """Belongs to the reading thread of one opened input."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._zero_ns: int | None = None

    def wait(self, media_ns: int) -> None:
        """Waits until what is stamped ``media_ns`` may be read on; at once after a jump or a gap.

        Where the input had nothing for a second, it goes on from there: caught up, it would
        hurry through what was missed and starve again.
        """
        now = now_ns()
        if self._zero_ns is None:
            self._zero_ns = now - media_ns
        ahead = media_ns + self._zero_ns - now
        if ahead < -STARVED_NS or ahead > JUMP_NS:
            self._zero_ns, ahead = now - media_ns, 0
        if ahead > 0:
            self._feed.sleep_until(now + ahead)
