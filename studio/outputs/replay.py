"""The last seconds of each canvas as they were encoded: kept in memory, saved without encoding."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from studio.core.errors import StudioError
from studio.encoding.model import VideoSettings
from studio.media.packet import EncodedPacket
from studio.sender.clip import StandbyClip
from studio.sender.generated import aigc_metadata, muxer_options

SECONDS = 60.0
MOST_BYTES = 96 << 20
_BREAK_S = 2.0
"""After so long without a picture nothing was encoded: what was before belongs to another time."""


@dataclass(slots=True)
class _Canvas:
    video: deque[EncodedPacket] = field(default_factory=deque)
    bytes: int = 0


class ReplayRing:
    """Packets of the last `seconds`, never more than ``most_bytes`` a canvas; begins at a keyframe.

    Any thread may call it; what an encoder's thread waits for is a few microseconds.
    """

    def __init__(
        self,
        canvases: dict[str, VideoSettings],
        seconds: float = SECONDS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.seconds = seconds
        self._most = most_bytes
        self._settings = canvases
        self._canvases = {name: _Canvas() for name in canvases}
        self._audio: dict[str, deque[EncodedPacket]] = {"": deque()}
        self._lock = threading.Lock()

    def video(self, canvas: str, packet: EncodedPacket) -> None:
        """A picture was encoded."""
        settings = self._settings[canvas]
        keep = round(self.seconds * settings.fps_num / settings.fps_den)
        with self._lock:
            ring = self._canvases[canvas]
            step = packet.pts - ring.video[-1].pts if ring.video else 1
            if not 0 < step <= _BREAK_S * settings.fps_num / settings.fps_den:
                ring.video.clear()
                ring.bytes = 0
            ring.video.append(packet)
            ring.bytes += len(packet.data)
            while ring.video and (packet.pts - ring.video[0].pts > keep or ring.bytes > self._most):
                self._drop_group(ring)

    @staticmethod
    def _drop_group(ring: _Canvas) -> None:
        """The oldest group of pictures goes as a whole."""
        while ring.video:
            ring.bytes -= len(ring.video.popleft().data)
            if ring.video and ring.video[0].is_keyframe:
                return

    def audio(self, packet: EncodedPacket, canvas: str = "") -> None:
        """Sound was encoded: of a canvas's own mix, or the common one."""
        with self._lock:
            kept = self._audio.setdefault(canvas, deque())
            if kept and packet.pts <= kept[-1].pts:
                kept.clear()
            kept.append(packet)
            oldest = packet.pts - int((self.seconds + 1) * 48_000)
            while kept[0].pts < oldest:
                kept.popleft()

    def length_s(self, canvas: str) -> float:
        """How much there is."""
        settings = self._settings[canvas]
        with self._lock:
            video = self._canvases[canvas].video
            ticks = video[-1].pts - video[0].pts + 1 if video else 0
        return ticks * settings.fps_den / settings.fps_num

    def bytes(self, canvas: str) -> int:
        """How much memory it takes."""
        with self._lock:
            return self._canvases[canvas].bytes

    def save(
        self, canvas: str, seconds: float, clip: StandbyClip, file: Path, *,
        is_generated: bool = False,
    ) -> float:  # fmt: skip
        """Writes the last ``seconds`` (from the keyframe before) to ``file``; returns the length.

        Args:
            clip: of the same encoders, as template.
            is_generated: something generated was on the picture: the file's metadata says so.

        Raises:
            StudioError: unavailable when there is nothing yet, failed when it cannot be written.
        """
        settings = self._settings[canvas]
        fps = Fraction(settings.fps_num, settings.fps_den)
        with self._lock:
            video = list(self._canvases[canvas].video)
            audio = list(self._audio.get(canvas) or self._audio[""])
        if not video:
            raise StudioError("unavailable", "outputs.replay_empty", canvas=canvas)
        from_pts = video[-1].pts - int(seconds * fps)
        starts = [
            n for n, packet in enumerate(video) if packet.is_keyframe and packet.pts <= from_pts
        ]
        first = (
            starts[-1]
            if starts
            else next((n for n, packet in enumerate(video) if packet.is_keyframe), 0)
        )
        video = video[first:]
        zero = Fraction(video[0].pts) / fps
        end = Fraction(video[-1].pts + 1) / fps
        rows = [(Fraction(entry.dts) / fps - zero, True, entry) for entry in video]
        rows += [
            (Fraction(entry.pts, 48_000) - zero, False, entry)
            for entry in audio
            if zero <= Fraction(entry.pts, 48_000) < end
        ]
        rows.sort(key=lambda row: (row[0], not row[1]))
        _write(rows, clip, file, is_generated=is_generated)
        return float(end - zero)


def _write(
    rows: list[tuple[Fraction, bool, EncodedPacket]], clip: StandbyClip, file: Path, *,
    is_generated: bool,
) -> None:  # fmt: skip
    import av

    micro = Fraction(1, 1_000_000)
    try:
        with av.open(str(file), "w", options=muxer_options(file)) as out:
            if is_generated:
                out.metadata.update(aigc_metadata())
            streams = {
                True: out.add_stream_from_template(clip.video, opaque=True),
                False: out.add_stream_from_template(clip.audio, opaque=True),
            }
            for at, is_video, piece in rows:
                packet = av.Packet(piece.data)
                packet.stream = streams[is_video]
                packet.pts = packet.dts = round(at * 1_000_000)
                packet.time_base = micro
                packet.is_keyframe = piece.is_keyframe
                out.mux(packet)
    except (av.FFmpegError, OSError) as error:
        raise StudioError("failed", "outputs.file_failed", file=str(file), why=str(error)) from None
