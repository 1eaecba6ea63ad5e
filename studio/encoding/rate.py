"""How many bits a canvas is given: down at once when the line fills, up again with care.

One encode is shared by all destinations of a canvas. It follows the primary (the one that was
started first) and the majority: when the primary, or more than half of them, cannot take what
is sent, everybody's picture gets smaller. A single slow destination beside healthy ones does
not: it drops pictures by itself until its queue is empty (`studio.sender.rtmp_sink`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

PRESSED_MS = 250
DRAINED_MS = 200
CLEAN_S = 10.0
UP_EVERY_S = 2.0
UP_SHARE = 0.05
DOWN = 0.7
DOWN_EVERY_S = 0.4
FLOOR_SHARE = 0.12
THIN_AFTER_S = 1.0
_GROWS_MS = 15
_OLD_S = 2.0
_SOUND_KBPS = 170


@dataclass(slots=True)
class _Line:
    """What is known of one destination."""

    queue_ms: int = 0
    taken_kbps: int = 0
    at_s: float = 0.0
    grows: bool = False

    @property
    def is_pressed(self) -> bool:
        return (self.queue_ms > PRESSED_MS and self.grows) or self.queue_ms > 2000


@dataclass(slots=True)
class Rate:
    """Pure logic, fed with what senders tell; times in seconds of one clock.

    Attributes:
        nominal_kbps: what the canvas is set to.
        kbps: what it gets now.
        frame_step: every how many-th picture is encoded (1 all, 2 every second).
        lowered: how often it went down since the start.
        primary: the destination that was started first; "" is the one that flowed first.
    """

    nominal_kbps: int
    kbps: int = 0
    frame_step: int = 1
    lowered: int = 0
    primary: str = ""
    _lines: dict[str, _Line] = field(default_factory=dict)
    _down_s: float = -1e9
    _up_s: float = -1e9
    _busy_s: float = -1e9
    _floor_s: float | None = None

    def __post_init__(self) -> None:
        self.kbps = self.kbps or self.nominal_kbps

    @property
    def floor_kbps(self) -> int:
        """It is never given less."""
        return min(self.nominal_kbps, max(200, round(self.nominal_kbps * FLOOR_SHARE)))

    @property
    def is_lowered(self) -> bool:
        """Is it less than it should be?"""
        return self.kbps < self.nominal_kbps or self.frame_step > 1

    def heard(
        self, name: str, *, is_flowing: bool, queue_ms: int, taken_kbps: int, now_s: float
    ) -> bool:
        """A destination told how it is; True when `kbps` or `frame_step` changed.

        Args:
            name: of the destination.
            is_flowing: it is connected and published.
            queue_ms: age of the oldest media it has not got rid of.
            taken_kbps: what its server took in the last second.
            now_s: monotonic.
        """
        line = self._lines.get(name)
        if not is_flowing:
            if line is not None:
                del self._lines[name]
            return False
        if line is None:
            line = self._lines[name] = _Line()
        line.grows = queue_ms > line.queue_ms + _GROWS_MS
        line.queue_ms, line.taken_kbps, line.at_s = queue_ms, taken_kbps, now_s
        return self._decide(now_s)

    def set_nominal(self, kbps: int) -> bool:
        """Another limit; True when what it gets now changes."""
        if kbps == self.nominal_kbps:
            return False
        was_full, self.nominal_kbps = self.kbps >= self.nominal_kbps, kbps
        if was_full or self.kbps > kbps:
            self.kbps = kbps
        return True

    def gone(self, name: str) -> None:
        """The destination has ended."""
        self._lines.pop(name, None)

    def _decide(self, now_s: float) -> bool:
        # Who flows first may be anybody: the primary is who was started first.
        names = sorted(self._lines, key=lambda name: name != self.primary)
        fresh = [self._lines[name] for name in names if now_s - self._lines[name].at_s < _OLD_S]
        pressed = [line for line in fresh if line.is_pressed]
        if pressed and (fresh[0].is_pressed or 2 * len(pressed) > len(fresh)):
            self._busy_s = now_s
            return self._lower(pressed, now_s)
        if any(line.queue_ms > DRAINED_MS for line in fresh):
            self._busy_s = (
                now_s if len(fresh) == 1 or fresh[0].queue_ms > DRAINED_MS else (self._busy_s)
            )
            return False
        return self._raise(now_s)

    def _lower(self, pressed: list[_Line], now_s: float) -> bool:
        if now_s - self._down_s < DOWN_EVERY_S:
            return False
        if self.kbps <= self.floor_kbps:
            self._floor_s = self._floor_s or now_s
            if self.frame_step == 1 and now_s - self._floor_s >= THIN_AFTER_S:
                self.frame_step, self._down_s = 2, now_s
                return True
            return False
        aim = self.kbps * DOWN
        capacity = min((line.taken_kbps for line in pressed if line.taken_kbps), default=0)
        if capacity > 2 * _SOUND_KBPS:  # the line itself says what it takes: straight below that
            aim = min(aim, 0.75 * capacity - _SOUND_KBPS)
        self.kbps, self._down_s = max(self.floor_kbps, round(aim)), now_s
        self.lowered += 1
        return True

    def _raise(self, now_s: float) -> bool:
        if not self.is_lowered or now_s - self._busy_s < CLEAN_S:
            return False
        if now_s - self._up_s < UP_EVERY_S:
            return False
        self._up_s, self._floor_s = now_s, None
        if self.frame_step > 1:
            self.frame_step = 1
        else:
            step = round(self.nominal_kbps * UP_SHARE)
            self.kbps = min(self.nominal_kbps, self.kbps + step)
        return True
