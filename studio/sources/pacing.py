"""Plays decoded media at its own speed: pictures when due, sound a little ahead."""

from __future__ import annotations

from collections.abc import Callable

from studio.core.clock import NS, now_ns
from studio.media.frame import Frame
from studio.media.sound import RATE, Samples
from studio.sources.base import Feed

SOUND_AHEAD_NS = 150_000_000
RESYNC_NS = 500_000_000


class Player:
    """Maps media time to the monotonic clock and delivers in order.

    Args:
        feed: where to.

    Attributes:
        speed: media seconds a second.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._zero_ns: int | None = None
        self._sound: list[tuple[int, Samples]] = []
        self.speed = 1.0
        self.end_ns = 0
        self.media_ns = 0

    def restart(self, at_ns: int | None = None) -> None:
        """Media time begins again (a loop, a seek) at ``at_ns``, by default where it ended."""
        self._zero_ns = None
        self._sound.clear()
        self.end_ns = at_ns if at_ns is not None else max(self.end_ns, now_ns() - RESYNC_NS)

    def hold(self) -> None:
        """Paused: what comes next is due when it comes."""
        self._zero_ns = None
        self.end_ns = 0
        self._sound.clear()

    def show(self, media_ns: int, make: Callable[[int], Frame]) -> bool:
        """Makes the picture of a moment of the media, waits until it is due and delivers it."""
        due = self.due_ns(media_ns)
        ready = make(due)
        self._flush(due)
        if not self._feed.sleep_until(due):
            return False
        if now_ns() - due > RESYNC_NS:
            self._zero_ns = now_ns() - round(media_ns / self.speed)
        self._flush(now_ns() + SOUND_AHEAD_NS)
        self.media_ns = media_ns
        self._feed.picture(ready)
        self.end_ns = max(self.end_ns, due + round(NS / 30))
        return not self._feed.stopping.is_set()

    def block(self, samples: Samples, media_ns: int) -> None:
        """Takes (n, 2) samples at 48 kHz that belong to a moment of the media."""
        due = self.due_ns(media_ns)
        self.end_ns = max(self.end_ns, due + round(len(samples) * NS / RATE))
        self._sound.append((due, samples))
        self.flush()

    def flush(self) -> None:
        """Delivers the sound that is due soon."""
        self._flush(now_ns() + SOUND_AHEAD_NS)

    def only_sound(self) -> bool:
        """For media without pictures: waits until the next block is due."""
        while self._sound:
            if not self._feed.sleep_until(self._sound[0][0] - SOUND_AHEAD_NS // 2):
                return False
            self._flush(now_ns() + SOUND_AHEAD_NS)
        return True

    def finish(self) -> bool:
        """Delivers what is left; False when stopping."""
        while self._sound:
            if not self._feed.sleep_until(self._sound[0][0] - SOUND_AHEAD_NS):
                return False
            self._flush(now_ns() + SOUND_AHEAD_NS)
        return self._feed.sleep_until(self.end_ns - SOUND_AHEAD_NS // 3)

    def due_ns(self, media_ns: int) -> int:
        """The monotonic moment at which a moment of the media is due."""
        own = round(media_ns / self.speed)
        if self._zero_ns is None:
            self._zero_ns = (self.end_ns or now_ns()) - own
        return self._zero_ns + own

    def now_ns_of_media(self) -> int:
        """The moment of the media that is due now."""
        return round((now_ns() - (self._zero_ns or now_ns())) * self.speed)

    def _flush(self, until_ns: int) -> None:
        while self._sound and self._sound[0][0] <= until_ns:
            due, samples = self._sound.pop(0)
            self._feed.sound(samples, due)
