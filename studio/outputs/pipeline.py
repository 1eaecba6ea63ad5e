"""The way out as the engine uses it: pictures and sound in; encoders run while outputs need them.

One encode a canvas, shared by all destinations that carry it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.media.packet import EncodedPacket
from studio.outputs.destinations import Destinations
from studio.outputs.encoder import AudioEncoder, OnPacket, Picture, VideoEncoder
from studio.outputs.model import (
    AudioSettings,
    OutputSettings,
    OutputState,
    OutputStatus,
    VideoSettings,
)
from studio.outputs.rate import Rate
from studio.outputs.replay import ReplayRing
from studio.outputs.standby import codec_digest, make_clip

_FLOWING = (OutputState.LIVE, OutputState.CONGESTED)
_log = logger(__name__)


@dataclass(slots=True)
class _Standby:
    """What a canvas shows while the engine is away, and its encoded form once it is needed."""

    pictures: Sequence[Picture] = ()
    sound: NDArray[np.float32] | None = None
    data: bytes = b""
    lock: threading.Lock = field(default_factory=threading.Lock)


class OutputPipeline:
    """Encoders, standby clips and destinations of all canvases.

    The picture thread calls `video` and `sound` at each tick; both return at once. `prepare`
    opens and warms up a canvas' encoder before air.

    Args:
        canvases: how each canvas is encoded, by name.
        audio: how the sound is.
        runtime, log: folders.
        on_change: told of each change of an output, from that output's thread.
        release: given back each picture buffer when its encoder is done with it.
    """

    def __init__(
        self,
        canvases: dict[str, VideoSettings],
        audio: AudioSettings,
        runtime: Path,
        *,
        on_change: Callable[[OutputStatus], None] = lambda status: None,
        release: Callable[[Picture], None] | None = None,
        log: Path | None = None,
    ) -> None:
        self.canvases = dict(canvases)
        self._audio_settings = audio
        self._release = release
        self.on_packet: Callable[[str, EncodedPacket], None] | None = None
        self._standby = {canvas: _Standby() for canvas in canvases}
        self.rates = {canvas: Rate(s.bitrate_kbps) for canvas, s in canvases.items()}
        self._rate_lock = threading.Lock()
        self.replay = ReplayRing(self.canvases)
        self._held: set[str] = set()
        self.look: Callable[[str], tuple[float | None, float | None]] = lambda canvas: (None, None)
        """(mean luma, loudness in dB) of a canvas' programme; the engine gives it."""
        self._video: dict[str, VideoEncoder] = {}
        self._audio: AudioEncoder | None = None
        self._prepared: set[str] = set()
        self._lock = threading.Lock()
        self.destinations = Destinations(
            runtime,
            clip=self.clip,
            codec=lambda canvas: codec_digest(self.canvases[canvas], audio),
            on_change=on_change,
            on_keyframe_wanted=self.force_keyframe,
            complete=self._follow_line,
            log=log,
        )

    # -- before air --------------------------------------------------------------------------

    def set_standby(
        self,
        canvas: str,
        pictures: Sequence[Picture],
        sound: NDArray[np.float32] | None = None,
    ) -> None:
        """What senders of ``canvas`` show while the engine is away; for those started later.

        Args:
            pictures: (h*3/2, w) uint8 planar YUV 4:2:0; one is held, several are a loop.
            sound: (n, 2) float32 at 48 kHz, None is silence.
        """
        self._standby[canvas] = _Standby(tuple(pictures), sound)

    def prepare(self, canvas: str) -> None:
        """Opens and warms up the encoder of ``canvas`` and the sound's; returns at once.

        It stays open, and costs nothing until an output of the canvas runs.

        Raises:
            StudioError: not_found when there is no such canvas.
        """
        self._open(canvas)
        self._prepared.add(canvas)
        # A second of work at 1080p: done now, the first output is on air a second earlier.
        threading.Thread(
            target=self.clip, args=(canvas,), name=f"standby-{canvas}", daemon=True
        ).start()

    def _open(self, canvas: str) -> None:
        if canvas not in self.canvases:
            raise StudioError("not_found", "outputs.no_canvas", canvas=canvas)
        with self._lock:
            if self._audio is None:
                self._audio = AudioEncoder(self._audio_settings, self._deliver_sound)
                self._audio.start()
            if canvas not in self._video:
                settings = self.canvases[canvas]
                encoder = VideoEncoder(
                    settings,
                    self._deliver(canvas, settings),
                    release=self._release,
                    name=canvas,
                )
                encoder.start()
                self._video = {**self._video, canvas: encoder}

    def _deliver(self, canvas: str, settings: VideoSettings) -> OnPacket:
        """To all destinations of the canvas, and then to who measures (`on_packet`)."""
        deliver = self.destinations.video(canvas, settings.fps_num, settings.fps_den)

        def both(packet: EncodedPacket) -> None:
            deliver(packet)
            self.replay.video(canvas, packet)
            if self.on_packet is not None:
                self.on_packet(canvas, packet)

        return both

    def _deliver_sound(self, packet: EncodedPacket) -> None:
        self.destinations.audio(packet)
        self.replay.audio(packet)

    def hold(self, canvas: str, is_on: bool) -> None:
        """Encodes ``canvas`` for the replay also while no output runs.

        Raises:
            StudioError: not_found when there is no such canvas.
        """
        if is_on:
            self._open(canvas)
            self._held = {*self._held, canvas}
        else:
            self._held = self._held - {canvas}
            self._end_unused()

    def _set_nominal(self, canvas: str) -> None:
        """The canvas is encoded for the least of the destinations that run on it."""
        own = [
            settings.bitrate_kbps
            for settings in map(self.destinations.settings, self.destinations.running("rtmp"))
            if settings.canvas == canvas and settings.bitrate_kbps
        ]
        nominal = min([self.canvases[canvas].bitrate_kbps, *own])
        with self._rate_lock:
            rate = self.rates[canvas]
            if not rate.set_nominal(nominal):
                return
            kbps = rate.kbps
        encoder = self._video.get(canvas)
        if encoder is not None:
            encoder.set_bitrate(kbps)

    def start(self, name: str) -> None:
        """Starts an output with all that it needs.

        Raises:
            StudioError: see `Destinations.start`.
        """
        self._open(self.destinations.settings(name).canvas)
        try:
            self.destinations.start(name)
        except StudioError:
            self._end_unused()
            raise
        self._set_nominal(self.destinations.settings(name).canvas)

    def adjust(self, settings: OutputSettings) -> None:
        """Changes a running output, see `Destinations.adjust`."""
        self.destinations.adjust(settings)
        self._set_nominal(settings.canvas)

    def stop(self, name: str) -> None:
        """Ends an output (blocks up to about 2 s), and the encoders nobody needs any more."""
        self.destinations.stop(name)
        canvas = self.destinations.settings(name).canvas
        self.rates[canvas].gone(name)
        self._set_nominal(canvas)
        self._end_unused()

    def close(self, *, keep_senders: bool = False) -> None:
        """Ends everything, or lets go of the senders while they go on."""
        self._prepared.clear()
        self._held = set()
        self.destinations.close(keep_senders=keep_senders)
        self._end_unused()

    def _end_unused(self) -> None:
        used = self.destinations.canvases() | self._prepared | self._held
        with self._lock:
            idle = {c: e for c, e in self._video.items() if c not in used}
            self._video = {c: e for c, e in self._video.items() if c in used}
            audio, self._audio = (None, self._audio) if used else (self._audio, None)
        ended = [encoder.stop() for encoder in idle.values()]
        if audio is not None:
            ended.append(audio.stop())
        if not all(ended):
            _log.error("an encoder did not end")

    # -- on air ------------------------------------------------------------------------------

    def needs(self, canvas: str) -> bool:
        """Is the canvas encoded now? If not, no buffer need be filled for it."""
        return canvas in self._video and (
            canvas in self._held or canvas in self.destinations.canvases()
        )

    def video(self, canvas: str, picture: Picture, tick: int, *, is_cut: bool = False) -> bool:
        """A composed picture, see `VideoEncoder.submit`; False when it was not taken."""
        encoder = self._video.get(canvas)
        if encoder is None or not self.needs(canvas):
            if self._release is not None:
                self._release(picture)
            return False
        return encoder.submit(picture, tick, is_cut=is_cut)

    def sound(self, samples: NDArray[np.float32], position: int) -> bool:
        """Mixed sound, see `AudioEncoder.submit`; False when it was not taken."""
        encoder = self._audio
        if encoder is None or not (self._held or self.destinations.canvases()):
            return False
        return encoder.submit(samples, position)

    def _follow_line(self, status: OutputStatus) -> OutputStatus:
        """Gives the canvas the bitrate its destinations can take; called at each status."""
        rate = self.rates.get(status.canvas)
        if rate is None or status.kind != "rtmp":
            return status
        with self._rate_lock:
            is_other = rate.heard(
                status.name,
                is_flowing=status.state in _FLOWING,
                queue_ms=status.queue_ms,
                taken_kbps=status.taken_kbps,
                now_s=time.monotonic(),
            )
            kbps, step = rate.kbps, rate.frame_step
        encoder = self._video.get(status.canvas)
        if encoder is not None and is_other:
            encoder.set_bitrate(kbps)
            encoder.frame_step = step
            _log.info("%s: %d kbit/s, every %d. picture", status.canvas, kbps, step)
        return msgspec.structs.replace(
            status, encode_kbps=kbps, frame_step=step, is_lowered=rate.is_lowered
        )

    def force_keyframe(self, canvas: str) -> None:
        """The next picture of ``canvas`` becomes a keyframe (at most one every 300 ms)."""
        encoder = self._video.get(canvas)
        if encoder is not None:
            encoder.force_keyframe()

    def encoder(self, canvas: str) -> VideoEncoder | None:
        """The running encoder of ``canvas``, for its counters and its bitrate."""
        return self._video.get(canvas)

    def clip(self, canvas: str) -> bytes:
        """The standby clip of a canvas; encoded once, in the thread of whoever needs it first."""
        standby = self._standby[canvas]
        with standby.lock:
            if not standby.data:
                settings = self.canvases[canvas]
                standby.data = make_clip(
                    settings, self._audio_settings, standby.pictures, standby.sound
                )
            return standby.data
