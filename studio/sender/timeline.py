"""One line of time that never goes back, on which engine and standby clip take turns."""

from __future__ import annotations

STEP_US = 1000
"""Timestamps of one stream differ by a millisecond at least: FLV and Matroska have no finer ones,
and round them, so that two of less than that apart may become one."""


class Timeline:
    """Places packets of changing origins; pure arithmetic, microseconds."""

    def __init__(self) -> None:
        self._offset_us = 0
        self._last_us = {True: -STEP_US, False: -STEP_US}
        self._end_us = 0

    def begin(self, first_us: int, at_us: int) -> None:
        """A new origin: its ``first_us`` comes to ``at_us``, or later if that would be going back.

        Sound and picture of one origin are moved alike, so that they stay in step.
        """
        self._offset_us = max(at_us, self._end_us) - first_us

    def place(
        self, is_video: bool, pts_us: int, dts_us: int, duration_us: int
    ) -> tuple[int, int] | None:
        """(pts, dts) on the line, or None when the packet lies before what was already sent."""
        dts = dts_us + self._offset_us
        if dts < 0 or dts - self._last_us[is_video] < STEP_US:
            return None
        self._last_us[is_video] = dts
        if is_video:
            self._end_us = max(self._end_us, dts + max(duration_us, STEP_US))
        return pts_us + self._offset_us, dts
