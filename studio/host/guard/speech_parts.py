"""What was said, once: windows of recognised speech overlap, stretches of them do not."""

from __future__ import annotations

from studio.host.ears.windows import HOP_S, LONG_S, SHORT_S
from studio.host.ears.wire import HeardLine

EDGE_S = HOP_S / 2


class SpeechParts:
    """Chooses windows one after the other."""

    def __init__(self) -> None:
        self._until_s = float("-inf")

    def take(self, line: HeardLine) -> str:
        """The text of a window that begins where the last chosen one ended; "" for others.

        A long window is chosen when it is all new, a short one at the end of an utterance.
        """
        if line.at_s < self._until_s - LONG_S:  # the sound began anew
            self._until_s = float("-inf")
        wide = LONG_S if line.is_long else SHORT_S
        is_new = line.at_s - wide >= self._until_s - EDGE_S
        if not is_new or not (line.is_long or line.is_over):
            return ""
        self._until_s = line.at_s
        return line.text
