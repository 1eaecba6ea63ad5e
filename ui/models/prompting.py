"""Where the prompter is at this moment: the engine's place, gone on by itself while it rolls."""

from __future__ import annotations

import time

from studio.host.prompter.model import PrompterView

HAND_S = 0.4
"""So long after the last turn of a wheel the hand's place stands, whatever arrives of before."""
MOST_BEHIND_S = 5.0
"""So long a window rolls on by itself when the engine says nothing."""


class Motion:
    """The place that a window shows.

    Attributes:
        view: as the engine told it last.
        is_leap: the place is to be shown at once: somebody jumped, or the text is another.
    """

    def __init__(self) -> None:
        self.view = PrompterView()
        self.is_leap = False
        self.moved_at = 0.0
        self._held: tuple[int, float] | None = None
        self._held_at = 0.0

    def take(self, view: PrompterView) -> None:
        """What the engine says now."""
        before, self.view = self.view, view
        self.is_leap = view.source != before.source or (
            view.turn != before.turn and self._held is None
        )
        is_let_go = view.mode != "hand" and view.mode != before.mode
        is_moved = view.turn != before.turn and time.monotonic() - self._held_at > HAND_S
        if is_let_go or is_moved:
            self._held = None
        self.moved_at = time.monotonic()

    def hold(self, line: int, offset: float) -> None:
        """A hand moves it here, before the engine knows."""
        self._held, self._held_at = (line, offset), time.monotonic()

    @property
    def is_rolling(self) -> bool:
        """Does it go on by itself?"""
        view = self.view
        moves = view.mode == "roll" or (view.mode == "follow" and not view.is_voice)
        return moves and self._held is None and bool(view.lines)

    def place(self) -> tuple[int, float]:
        """Line and signs of it, now."""
        if self._held is not None:
            return self._held
        view = self.view
        line, offset = view.line, view.offset
        if not self.is_rolling:
            return line, offset
        offset += min(MOST_BEHIND_S, time.monotonic() - self.moved_at) * view.speed
        while line < len(view.lines) - 1 and offset >= max(1, len(view.lines[line].text)):
            offset -= max(1, len(view.lines[line].text))
            line += 1
        return line, offset
