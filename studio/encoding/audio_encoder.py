"""The sound's encoder thread: mixed blocks in, AAC packets out to whoever listens."""

from __future__ import annotations

import queue
import threading
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.core.log import logger
from studio.encoding.encoder import GLOBAL_HEADER, OnPacket
from studio.encoding.model import AudioSettings
from studio.media.packet import EncodedPacket

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext

RATE = 48_000
AAC_FRAME = 1024
_log = logger(__name__)


def set_up_audio(context: AudioCodecContext, settings: AudioSettings) -> None:
    """Gives ``context`` (aac) rate, layout and bitrate."""
    context.sample_rate = RATE
    context.layout = "stereo"
    context.format = "fltp"
    context.bit_rate = settings.bitrate_kbps * 1000
    context.time_base = Fraction(1, RATE)
    context.flags |= GLOBAL_HEADER


class AudioEncoder:
    """AAC in a thread of its own, fed with blocks of any length at their sample position."""

    def __init__(self, settings: AudioSettings, on_packet: OnPacket) -> None:
        self.settings = settings
        self._on_packet = on_packet
        self._jobs: queue.Queue[tuple[NDArray[np.float32], int] | None] = queue.Queue(64)
        self._rest = np.zeros((0, 2), np.float32)
        self._at: int | None = None
        self.dropped = 0
        self.is_ready = threading.Event()
        self.fault: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="encode-audio", daemon=True)

    def start(self) -> None:
        """Opens the encoder in its thread."""
        self._thread.start()

    def submit(self, samples: NDArray[np.float32], position: int) -> bool:
        """Hands a block over; never blocks.

        Args:
            samples: (n, 2) float32, −1..1, untouched afterwards.
            position: number of its first sample since tick 0. A hole is filled with silence,
                what overlaps is cut off.

        Returns:
            False when the encoder is late and the block was dropped.
        """
        try:
            self._jobs.put_nowait((samples, position))
            return True
        except queue.Full:
            self.dropped += 1
            return False

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Ends the thread; False when it did not end in time."""
        try:
            self._jobs.put(None, timeout=timeout_s / 2)
        except queue.Full:
            return False
        self._thread.join(timeout_s / 2)
        return not self._thread.is_alive()

    def _run(self) -> None:
        import av

        try:
            context: AudioCodecContext = av.CodecContext.create("aac", "w")
            set_up_audio(context, self.settings)
            context.open()
            self.is_ready.set()
            while (job := self._jobs.get()) is not None:
                try:
                    self._take(context, *job)
                except Exception as fault:  # a bad block is silence, not the end of the sound
                    if self.fault is None:
                        _log.error("sound not encoded: %s: %s", type(fault).__name__, fault)
                    self.fault = fault
                    self.dropped += 1
        except Exception as fault:
            _log.exception("the audio encoder failed")
            self.fault = fault
            self.is_ready.set()
            while self._jobs.get() is not None:
                self.dropped += 1

    def _take(self, context: Any, samples: NDArray[np.float32], position: int) -> None:
        import av

        if self._at is None:
            self._at = position
        hole = position - (self._at + len(self._rest))
        if hole < 0:
            samples = samples[-hole:]
        elif hole > RATE:  # a jump of more than a second: begin anew there
            self._rest, self._at = samples[:0], position
        elif hole:
            samples = np.concatenate([np.zeros((hole, 2), np.float32), samples])
        data = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(data) // AAC_FRAME * AAC_FRAME
        for start in range(0, whole, AAC_FRAME):
            planar = np.ascontiguousarray(data[start : start + AAC_FRAME].T, np.float32)
            frame = av.AudioFrame.from_ndarray(planar, format="fltp", layout="stereo")
            frame.sample_rate = RATE
            frame.time_base = Fraction(1, RATE)
            frame.pts = self._at + start
            for packet in context.encode(frame):
                if packet.pts is None:
                    continue
                self._on_packet(
                    EncodedPacket(
                        "audio",
                        packet.pts,
                        packet.pts,
                        AAC_FRAME,
                        True,
                        bytes(packet),
                        time.monotonic_ns(),
                    )
                )
        self._rest = data[whole:].copy()
        self._at += whole
