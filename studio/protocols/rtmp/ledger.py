"""How much of what was sent has been taken, and how old the rest is."""

from __future__ import annotations

import sys
from collections import deque

_PROVEN = 5
_STEP_NS = 10_000_000
_SIOCOUTQ = 0x5411


class DeliveryTracker:
    """Remembers when each byte was handed over; told what was taken, it knows what is late.

    Two witnesses: the operating system (what left our buffers) and the server's own
    acknowledgements. The kernel of a frozen server goes on taking megabytes, so once a server
    has shown that it acknowledges regularly, the later of the two counts.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.taken = 0
        self.tcp_taken = 0
        self._marks: deque[tuple[int, int]] = deque()
        self._acks = 0
        self._acked = 0
        self._step = 0
        self._moved_ns = 0

    def wrote(self, count: int, now_ns: int) -> None:
        """``count`` bytes were handed over now."""
        if self.taken >= self.sent:
            self._moved_ns = now_ns
        self.sent += count
        if self._marks and now_ns - self._marks[-1][1] < _STEP_NS:
            self._marks[-1] = (self.sent, self._marks[-1][1])
        else:
            self._marks.append((self.sent, now_ns))

    def look(self, waiting: int, acknowledged: int | None, now_ns: int) -> None:
        """Updates from the witnesses.

        Args:
            waiting: bytes still in our own buffers and the kernel's.
            acknowledged: bytes the server says it has taken, None if it never said.
            now_ns: monotonic.
        """
        tcp_taken = max(self.tcp_taken, self.sent - waiting)
        if tcp_taken > self.tcp_taken:
            self.tcp_taken, self._moved_ns = tcp_taken, now_ns
        taken = tcp_taken
        if acknowledged is not None and acknowledged != self._acked:
            self._step = max(self._step, acknowledged - self._acked)
            self._acked = acknowledged
            self._acks += 1
        if self._acks >= _PROVEN:
            taken = min(taken, self._acked + 2 * self._step)
        self.taken = max(self.taken, taken)
        while self._marks and self._marks[0][0] <= self.taken:
            self._marks.popleft()

    def queue_ms(self, now_ns: int) -> int:
        """Age of the oldest byte that was not taken."""
        return (now_ns - self._marks[0][1]) // 1_000_000 if self._marks else 0

    def stalled_ms(self, now_ns: int) -> int:
        """How long nothing at all has left our side although something waits."""
        return (now_ns - self._moved_ns) // 1_000_000 if self.tcp_taken < self.sent else 0


def kernel_queue(descriptor: int) -> int:
    """Bytes in the kernel that the peer has not confirmed; 0 where the system does not say."""
    if not sys.platform.startswith("linux"):
        return 0
    import fcntl
    import struct

    try:
        answer = fcntl.ioctl(descriptor, _SIOCOUTQ, b"\0\0\0\0")
    except OSError:
        return 0
    return int(struct.unpack("i", answer)[0])
