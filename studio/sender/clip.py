"""The standby clip: opened from memory, played in a loop, and template of every muxer."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import Stream


class BadClip(ValueError):
    """It is not a clip with H.264 (or HEVC) picture and AAC sound that begins at a keyframe."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An encoded packet; times in microseconds from the clip's or the engine's zero.

    Attributes:
        engine_us: of a placed one, its time from the engine's tick 0; None: it is of the clip.
    """

    is_video: bool
    pts_us: int
    dts_us: int
    duration_us: int
    is_keyframe: bool
    data: bytes
    engine_us: int | None = None


class StandbyClip:
    """A clip in memory. Picture and sound each loop by their own length, so neither drifts."""

    def __init__(self, data: bytes) -> None:
        import av

        self.sha256 = hashlib.sha256(data).hexdigest()
        try:
            self._container: InputContainer = av.open(io.BytesIO(data), "r")
            self.video: Stream = self._container.streams.video[0]
            self.audio: Stream = self._container.streams.audio[0]
            units: dict[bool, list[Unit]] = {True: [], False: []}
            for packet in self._container.demux():
                if packet.size and packet.dts is not None and packet.pts is not None:
                    is_video = packet.stream.type == "video"
                    base = Fraction(packet.time_base or 1)
                    units[is_video].append(
                        Unit(
                            is_video,
                            round(packet.pts * base * 1_000_000),
                            round(packet.dts * base * 1_000_000),
                            round((packet.duration or 0) * base * 1_000_000),
                            bool(packet.is_keyframe),
                            bytes(packet),
                        )
                    )
        except (av.FFmpegError, IndexError) as wrong:
            raise BadClip(str(wrong)) from None
        if not units[True] or not units[False] or not units[True][0].is_keyframe:
            raise BadClip("no picture, no sound, or no keyframe at its start")
        self.extradata = self._extradata(self.video), self._extradata(self.audio)
        self._loops = {is_video: _loop(found) for is_video, found in units.items()}

    @staticmethod
    def _extradata(stream: Stream) -> bytes:
        context = stream.codec_context
        return bytes(context.extradata or b"") if context is not None else b""

    def release(self) -> None:
        """Closes what only a template needs; it can be played on."""
        self._container.close()

    def player(self) -> ClipPlayer:
        """A new run of the clip, from its first keyframe on."""
        return ClipPlayer(self._loops)


def _loop(units: list[Unit]) -> tuple[list[Unit], int]:
    """Units from zero on, and the length of one round in microseconds."""
    first = units[0].dts_us
    step = units[1].dts_us - first if len(units) > 1 else 33_333
    fixed = [
        Unit(
            u.is_video,
            u.pts_us - first,
            u.dts_us - first,
            u.duration_us or step,
            u.is_keyframe,
            u.data,
        )
        for u in units
    ]
    return fixed, fixed[-1].dts_us + (fixed[-1].duration_us or step)


class ClipPlayer:
    """Gives the units of a clip as their time comes, for ever."""

    def __init__(self, loops: dict[bool, tuple[list[Unit], int]]) -> None:
        self._loops = loops
        self._next = {True: 0, False: 0}

    def due(self, elapsed_us: int) -> list[Unit]:
        """All units up to ``elapsed_us`` since the start, in the order of their time."""
        found: list[Unit] = []
        for is_video, (units, length) in self._loops.items():
            while True:
                turn, at = divmod(self._next[is_video], len(units))
                unit, shift = units[at], turn * length
                if unit.dts_us + shift > elapsed_us:
                    break
                self._next[is_video] += 1
                found.append(
                    Unit(
                        is_video,
                        unit.pts_us + shift,
                        unit.dts_us + shift,
                        unit.duration_us,
                        unit.is_keyframe,
                        unit.data,
                    )
                )
        found.sort(key=lambda unit: (unit.dts_us, not unit.is_video))
        return found
