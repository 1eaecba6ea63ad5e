"""Chooses between the engine's packets and the standby clip, and gives both one timeline."""

from __future__ import annotations

from collections.abc import Callable

from studio.sender.clip import ClipPlayer, StandbyClip, Unit
from studio.sender.timeline import Timeline

SILENCE_US = 500_000
_SOUND_HEAD = 32


class PacketFeed:
    """Pure logic: packets and moments in, placed units out through ``emit``.

    Attributes:
        is_standby: the clip is on.
        began_us: when the clip was last turned to.
        is_waiting: the next unit must be a video keyframe (start, change of origin).
        ignored: units thrown away while waiting for a keyframe, or because they lay in the past.
    """

    def __init__(
        self,
        clip: StandbyClip,
        emit: Callable[[Unit], None],
        now_us: int,
        *,
        has_standby: bool = True,
    ) -> None:
        self.clip = clip
        self.has_standby = has_standby
        self._emit = emit
        self._timeline = Timeline()
        self._zero_us: int | None = None
        self._heard_us = now_us
        self._player: ClipPlayer | None = None
        self.began_us = 0
        self._standby_us = 0
        self._held_until_us = 0
        self._sound: list[Unit] = []
        self.is_waiting = True
        self.ignored = 0

    @property
    def is_standby(self) -> bool:
        """Is the clip on?"""
        return self._player is not None

    def standby_us(self, now_us: int) -> int:
        """Time on the clip, summed."""
        return self._standby_us + (now_us - self.began_us if self._player else 0)

    def put(self, unit: Unit, now_us: int) -> None:
        """A packet of the engine."""
        if now_us < self._held_until_us:
            self.ignored += 1
            return
        if self._player is not None or self.is_waiting:
            if not (unit.is_video and unit.is_keyframe):
                self._keep_sound(unit)
                return
            self._leave_standby(now_us)
            self._begin(unit.dts_us, now_us)
            for early in self._sound:
                if early.dts_us >= unit.dts_us:
                    self._place(early)
            self._sound.clear()
        if unit.is_video:  # sound alone does not keep a show on air
            self._heard_us = now_us
        self._place(unit)

    def lost(self) -> None:
        """The engine's connection is gone: what comes next has another zero."""
        self.is_waiting = self.is_waiting or self._player is None
        self._sound.clear()

    def hold(self, now_us: int, for_us: int) -> None:
        """The clip at once, for ``for_us`` at least, whatever comes."""
        self._held_until_us = now_us + for_us
        self._sound.clear()
        self._enter_standby(now_us)

    def is_held(self, now_us: int) -> bool:
        """Is the clip on because it was asked for?"""
        return now_us < self._held_until_us

    def restart(self, now_us: int) -> None:
        """The sink needs a keyframe: the clip begins anew; of the engine one is awaited."""
        if self._player is not None:
            self._enter_standby(now_us)

    def tick(self, now_us: int) -> None:
        """Plays what of the clip is due; turns to it when the engine has been silent."""
        if self._player is None:
            if self.has_standby and now_us - self._heard_us >= SILENCE_US:
                self._enter_standby(now_us)
            else:
                return
        assert self._player is not None
        for unit in self._player.due(now_us - self.began_us):
            self._place(unit, is_clip=True)

    def _enter_standby(self, now_us: int) -> None:
        self._leave_standby(now_us)
        self._player, self.began_us = self.clip.player(), now_us
        self._begin(0, now_us)

    def _leave_standby(self, now_us: int) -> None:
        if self._player is not None:
            self._standby_us += now_us - self.began_us
            self._player = None

    def _begin(self, first_us: int, now_us: int) -> None:
        if self._zero_us is None:
            self._zero_us = now_us
        self._timeline.begin(first_us, now_us - self._zero_us)
        self.is_waiting = False

    def _keep_sound(self, unit: Unit) -> None:
        """Sound may overtake its picture: the newest wait for the keyframe."""
        self.ignored += 1
        if not unit.is_video:
            self._sound.append(unit)
            del self._sound[:-_SOUND_HEAD]

    def _place(self, unit: Unit, *, is_clip: bool = False) -> None:
        placed = self._timeline.place(unit.is_video, unit.pts_us, unit.dts_us, unit.duration_us)
        if placed is None:
            self.ignored += 1
            return
        self._emit(
            Unit(
                unit.is_video, placed[0], placed[1], unit.duration_us, unit.is_keyframe, unit.data,
                None if is_clip else unit.pts_us,
            )
        )  # fmt: skip
