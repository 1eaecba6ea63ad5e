"""Maps the clock of a live input to the machine's, so that its sound and picture stay together.

A network stream or a camera stamps its frames with a clock of its own, which runs a little fast or
slow (200 ppm are 0.36 s in half an hour), and its frames arrive with jitter: the picture now, the
sound of that moment a little later. What counts is the frame that came with the least delay of the
last seconds; sound that comes late asks for more room. The mapping moves so slowly that nobody
hears it, and the mixer's ring bends the sound along (`studio.media.sound`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MS = 1_000_000
BUCKET_NS = 1_000 * MS
KEPT = 8
SETTLING_NS = 1_500 * MS
SLEW = 0.002
JUMP_NS = 120 * MS
MARGIN_NS = 40 * MS
LATE_NS = 250 * MS
LASTING_NS = 400 * MS
"""What comes late for less is a burst after the line stood still, and no new pace."""


@dataclass(slots=True)
class LiveClock:
    """One per opened input; used by its reading thread.

    Args:
        sound_delay_ns: how long after its moment a sample is taken by the mixer.
        settling_ns: how long it learns how frames arrive.
    """

    sound_delay_ns: int
    settling_ns: int = SETTLING_NS
    _zero_ns: int | None = None
    _begun_ns: int = 0
    _moved_ns: int = 0
    _bucket_ns: int = 0
    _least: deque[int] = field(default_factory=lambda: deque(maxlen=KEPT))
    _latest_sound: deque[int] = field(default_factory=lambda: deque(maxlen=KEPT))
    _late_ns: dict[bool, int] = field(default_factory=dict)
    """Since when sound (True) and pictures (False) come late."""

    def came(self, media_ns: int, now_ns: int, *, is_sound: bool = False) -> int:
        """A frame of ``media_ns`` has come; returns the moment (monotonic) it belongs to."""
        offset = now_ns - media_ns
        if self._zero_ns is None or abs(offset - self._zero_ns) > 5_000 * MS:
            self._begin(offset, now_ns)
        if not self._is_burst(offset, now_ns, is_sound):
            self._note(offset, now_ns, is_sound)
            self._move(now_ns)
        assert self._zero_ns is not None
        return self._zero_ns + media_ns

    def _is_burst(self, offset: int, now_ns: int, is_sound: bool) -> bool:
        """Is it one of those that waited while the line stood still, and are here all at once?

        Room for them would hold everything back for seconds, and leave a gap at once.
        """
        assert self._zero_ns is not None
        late = LATE_NS if is_sound not in self._late_ns else MARGIN_NS
        if not self.is_settled or offset - self._zero_ns <= late:
            self._late_ns.pop(is_sound, None)
            return False
        return now_ns - self._late_ns.setdefault(is_sound, now_ns) < LASTING_NS

    @property
    def is_settled(self) -> bool:
        """Has it seen enough? Until then the mapping jumps, and sound had better wait."""
        return self._moved_ns - self._begun_ns >= self.settling_ns

    def _begin(self, offset: int, now_ns: int) -> None:
        """The first frame, or a stream whose time began anew."""
        self._zero_ns, self._begun_ns = offset, now_ns
        self._moved_ns = self._bucket_ns = now_ns
        self._late_ns.clear()
        self._least.clear()
        self._latest_sound.clear()

    def _note(self, offset: int, now_ns: int, is_sound: bool) -> None:
        if not self._least or now_ns - self._bucket_ns > BUCKET_NS:
            self._bucket_ns = now_ns
            self._least.append(offset)
            self._latest_sound.append(offset if is_sound else -(1 << 62))
        self._least[-1] = min(self._least[-1], offset)
        if is_sound:
            self._latest_sound[-1] = max(self._latest_sound[-1], offset)

    def _move(self, now_ns: int) -> None:
        if now_ns - self._begun_ns < self.settling_ns:
            # What was read while the input opened came late; it says nothing of what comes after.
            while len(self._latest_sound) > 1:
                self._latest_sound.popleft()
        room = max(self._latest_sound) - (self.sound_delay_ns - MARGIN_NS)
        target = max(min(self._least), room)
        assert self._zero_ns is not None
        apart = target - self._zero_ns
        most = round((now_ns - self._moved_ns) * SLEW)
        self._moved_ns = now_ns
        if now_ns - self._begun_ns < self.settling_ns or abs(apart) > JUMP_NS:
            self._zero_ns = target
        else:
            self._zero_ns += max(-most, min(most, apart))
