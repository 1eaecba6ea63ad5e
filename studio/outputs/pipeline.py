"""The way out as the engine uses it: pictures and sound in; encoders run while outputs need them.

One encode a canvas, shared by all destinations that carry it, and a few more (`rungs`) for
those that cannot take it.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.encoding.audio_encoder import AudioEncoder
from studio.encoding.encoder import OnPacket, Picture, VideoEncoder
from studio.encoding.model import AudioSettings, VideoSettings
from studio.encoding.rate import Rate
from studio.media.packet import EncodedPacket
from studio.outputs.destinations import Destinations
from studio.outputs.films import StandbyClips
from studio.outputs.renditions import MOST_EXTRA, Rendition, RenditionPlan, family_of, plan, wanted
from studio.outputs.replay import ReplayRing
from studio.outputs.standby import codec_digest, make_clip
from studio.sender.model import OutputSettings, OutputState, OutputStatus

_FLOWING = (OutputState.LIVE, OutputState.CONGESTED)
_log = logger(__name__)


@dataclass(slots=True)
class _Standby:
    """What a canvas shows while the engine is away, and its encoded forms (by family) as needed."""

    pictures: Sequence[Picture] = ()
    sound: NDArray[np.float32] | None = None
    data: dict[str, bytes] = field(default_factory=dict)
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
    """

    def __init__(
        self,
        canvases: dict[str, VideoSettings],
        audio: AudioSettings,
        runtime: Path,
        *,
        on_change: Callable[[OutputStatus], None] = lambda status: None,
        log: Path | None = None,
    ) -> None:
        self.canvases = dict(canvases)
        self._audio_settings = audio
        self.on_packet: Callable[[str, EncodedPacket], None] | None = None
        self.on_effort: Callable[[str, bool], None] | None = None
        """Told (rung, is eased) from the encoder's thread when it works more or less hard."""
        self._standby = {canvas: _Standby() for canvas in canvases}
        self.rates = {canvas: Rate(s.bitrate_kbps) for canvas, s in canvases.items()}
        self._rate_lock = threading.Lock()
        self.replay = ReplayRing(self.canvases)
        self._held: set[str] = set()
        self.look: Callable[[str], tuple[float | None, float | None]] = lambda canvas: (None, None)
        """(mean luma, loudness in dB) of a canvas' programme; the engine gives it."""
        self._video: dict[str, VideoEncoder] = {}
        self._audio: AudioEncoder | None = None
        self._own_audio: dict[str, AudioEncoder] = {}
        self._apart: frozenset[str] = frozenset()
        self._prepared: set[str] = set()
        self.plan: RenditionPlan = plan(self.canvases, ())
        self._lock = threading.Lock()
        self.destinations = Destinations(
            runtime,
            clip=lambda entry: self.clip(entry.canvas, wanted(entry, self.canvases[entry.canvas])),
            codec=lambda entry: codec_digest(wanted(entry, self.canvases[entry.canvas]), audio),
            on_change=on_change,
            on_keyframe_wanted=self.force_keyframe,
            complete=self._follow_line,
            log=log,
        )
        self.films = StandbyClips(audio, self.destinations.renew_clips)

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

    def set_film(self, picture: Path | None, music: Path | None, cache: Path) -> None:
        """The brand's own film instead of the standby scene, see `StandbyClips.set`.

        It is encoded in the background; until then, and if it fails, the scene's picture stands.
        """
        self.films.set(picture, music, cache)
        wants = [(entry.canvas, entry) for entry in self.destinations.started()]
        for canvas, want in wants:
            self.clip(canvas, wanted(want, self.canvases[canvas]))
        if picture is not None and not wants:
            canvas = next(iter(self._prepared or self.canvases))
            self.films.get(canvas, self.canvases[canvas])

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
        self._open_rung(self.plan.rungs[canvas])

    def _open_rung(self, rung: Rendition) -> None:
        with self._lock:
            if self._audio is None:
                self._audio = AudioEncoder(self._audio_settings, self._deliver_sound)
                self._audio.start()
            if rung.id not in self._video:
                encoder = VideoEncoder(
                    rung.settings,
                    self._deliver(rung, rung.settings),
                    name=rung.id,
                    on_effort=functools.partial(self._tell_effort, rung.id),
                )
                encoder.start()
                self._video = {**self._video, rung.id: encoder}

    def _deliver(self, rung: Rendition, settings: VideoSettings) -> OnPacket:
        """To all destinations of the rung, and then to who measures (`on_packet`)."""
        deliver = self.destinations.video(rung.id, settings.fps_num, settings.fps_den)
        if rung.id != rung.canvas:
            return deliver

        def both(packet: EncodedPacket) -> None:
            deliver(packet)
            self.replay.video(rung.canvas, packet)
            if self.on_packet is not None:
                self.on_packet(rung.canvas, packet)

        return both

    def _tell_effort(self, rung: str, is_eased: bool) -> None:
        if self.on_effort is not None:
            self.on_effort(rung, is_eased)

    def _deliver_sound(self, packet: EncodedPacket) -> None:
        self.destinations.audio(packet, apart=self._apart)
        self.replay.audio(packet)

    def _deliver_own(self, canvas: str) -> OnPacket:
        """A canvas's own mix: from its first packet on the common one is not for it any more."""

        def deliver(packet: EncodedPacket) -> None:
            if canvas not in self._apart:
                self._apart |= {canvas}
            self.destinations.audio(packet, canvas)
            self.replay.audio(packet, canvas)

        return deliver

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

    def plan_with(self, name: str) -> RenditionPlan:
        """What would be encoded if ``name`` ran too (or with its settings as they are now).

        Raises:
            StudioError: not_found.
        """
        started = [entry for entry in self.destinations.started() if entry.name != name]
        return plan(self.canvases, [*started, self.destinations.settings(name)])

    def _replan(self) -> None:
        """Opens the encoders that are needed now, moves outputs to the rungs they fit."""
        self.plan = plan(self.canvases, self.destinations.started())
        for rung in self.plan.rungs.values():
            if rung.outputs and rung.id != rung.canvas:
                self._open_rung(rung)
            self._set_nominal(rung)
        for name, rung_id in self.plan.of.items():
            if self.destinations.rung_of(name) != rung_id:
                self._gone(name)
            self.destinations.move(name, rung_id)

    def _set_nominal(self, rung: Rendition) -> None:
        nominal = rung.settings.bitrate_kbps
        with self._rate_lock:
            rate = self.rates.setdefault(rung.id, Rate(nominal))
            streams = self.destinations.running("rtmp")
            rate.primary = next((output for output in rung.outputs if output in streams), "")
            if not rate.set_nominal(nominal):
                return
            kbps = rate.kbps
        encoder = self._video.get(rung.id)
        if encoder is not None:
            encoder.set_bitrate(kbps)

    def _gone(self, name: str) -> None:
        with self._rate_lock:
            for rate in self.rates.values():
                rate.gone(name)

    def ready(self, name: str, limit_s: float = 8.0) -> None:
        """Opens the encoder of an output before it starts, and waits until it can be used.

        Raises:
            StudioError: conflict when more encodes would be needed than there may be,
                unavailable when no encoder takes the picture as it is wanted.
        """
        coming = self.plan_with(name)
        if coming.is_too_much:
            raise StudioError("conflict", "outputs.too_many_rungs", name=name, most=MOST_EXTRA)
        rung = coming.rungs[coming.of[name]]
        self._open_rung(rung)
        encoder = self._video[rung.id]
        encoder.is_ready.wait(limit_s)
        if encoder.extradata:
            return
        own = rung.settings
        if not self.destinations.rungs() & {rung.id}:
            with self._lock:
                self._video = {k: v for k, v in self._video.items() if k != rung.id}
            encoder.stop()
        raise StudioError(
            "unavailable",
            "outputs.no_encoder",
            name=name,
            codec=own.codec,
            size=f"{own.width}×{own.height}",
            fps=round(own.fps_num / own.fps_den, 2),
            why=str(encoder.fault or "?"),
        )

    def start(self, name: str) -> None:
        """Starts an output with all that it needs.

        Raises:
            StudioError: see `Destinations.start`; conflict when too many encodes are needed.
        """
        settings = self.destinations.settings(name)
        if settings.canvas not in self.canvases:
            raise StudioError("not_found", "outputs.no_canvas", canvas=settings.canvas)
        coming = self.plan_with(name)
        if coming.is_too_much:
            raise StudioError("conflict", "outputs.too_many_rungs", name=name, most=MOST_EXTRA)
        rung = coming.rungs[coming.of[name]]
        self._open_rung(rung)
        try:
            self.destinations.start(name, rung.id)
        except StudioError:
            self._end_unused()
            raise
        self._replan()

    def adjust(self, settings: OutputSettings) -> None:
        """Changes a running output, see `Destinations.adjust`."""
        self.destinations.adjust(settings)
        self._replan()

    def stop(self, name: str) -> None:
        """Ends an output (blocks up to about 2 s), and the encoders nobody needs any more."""
        try:
            self.destinations.stop(name)
        finally:
            self._gone(name)
            self._replan()
            self._end_unused()

    def close(self, *, keep_senders: bool = False) -> None:
        """Ends everything, or lets go of the senders while they go on."""
        self._prepared.clear()
        self._held = set()
        self.destinations.close(keep_senders=keep_senders)
        self._end_unused()

    def _end_unused(self) -> None:
        used = self.destinations.rungs() | self._prepared | self._held
        with self._lock:
            idle = {c: e for c, e in self._video.items() if c not in used}
            self._video = {c: e for c, e in self._video.items() if c in used}
            audio, self._audio = (None, self._audio) if used else (self._audio, None)
            gone = [] if used else list(self._own_audio.values())
            if not used:
                self._own_audio, self._apart = {}, frozenset()
        ended = [encoder.stop() for encoder in idle.values()]
        if audio is not None:
            ended.append(audio.stop())
        ended += [entry.stop() for entry in gone]
        if not all(ended):
            _log.error("an encoder did not end")

    # -- on air ------------------------------------------------------------------------------

    def needs(self, canvas: str) -> bool:
        """Is the canvas encoded now? If not, no buffer need be filled for it."""
        return canvas in self._held or canvas in self.destinations.canvases()

    def video(self, canvas: str, picture: Picture, tick: int, *, is_cut: bool = False) -> bool:
        """A composed picture, see `VideoEncoder.submit`; False when it was not taken."""
        wants = self.destinations.rungs() | self._held
        encoders = [
            encoder
            for id, encoder in self._video.items()
            if id in wants and (id == canvas or id.startswith(f"{canvas}/"))
        ]
        if not encoders:
            return False
        taken = [encoder.submit(picture, tick, is_cut=is_cut) for encoder in encoders]
        return all(taken)

    def sound(
        self,
        samples: NDArray[np.float32],
        position: int,
        mixes: Mapping[str, NDArray[np.float32]] | None = None,
    ) -> bool:
        """Mixed sound, see `AudioEncoder.submit`; False when it was not taken.

        Args:
            mixes: the mix of each canvas; one that is ``samples`` itself is the common one. A
                canvas that once had a mix of its own keeps its encoder until all is stopped.
        """
        encoder = self._audio
        if encoder is None or not (self._held or self.destinations.canvases()):
            return False
        for canvas, own in (mixes or {}).items():
            its = self._own_audio.get(canvas)
            if its is None:
                if own is samples or not self.needs(canvas):
                    continue
                with self._lock:
                    its = AudioEncoder(self._audio_settings, self._deliver_own(canvas))
                    self._own_audio[canvas] = its
                its.start()
            its.submit(own, position)
        return encoder.submit(samples, position)

    def _follow_line(self, status: OutputStatus) -> OutputStatus:
        """Gives the canvas the bitrate its destinations can take; called at each status."""
        rung = self.destinations.rung_of(status.name)
        rate = self.rates.get(rung)
        if rate is None:
            return status
        encoder = self._video.get(rung)
        is_eased = encoder is not None and encoder.effort.is_eased
        status = msgspec.structs.replace(status, rung=rung, is_eased=is_eased)
        if status.kind != "rtmp":
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
        if encoder is not None and is_other:
            encoder.set_bitrate(kbps)
            encoder.frame_step = step
            _log.info("%s: %d kbit/s, every %d. picture", rung, kbps, step)
        return msgspec.structs.replace(
            status, encode_kbps=kbps, frame_step=step, is_lowered=rate.is_lowered
        )

    def force_keyframe(self, rung: str) -> None:
        """The next picture of a rung (a canvas' first is called like it) becomes a keyframe.

        At most one every 300 ms.
        """
        encoder = self._video.get(rung)
        if encoder is not None:
            encoder.force_keyframe()

    def is_sent(self, canvas: str) -> bool:
        """Does an output carry this canvas now?"""
        return canvas in self.destinations.canvases()

    def dropped(self) -> int:
        """Frames that the canvases' encoders threw away since they were opened."""
        return sum(encoder.dropped for canvas in self.canvases if (encoder := self.encoder(canvas)))

    def encoder(self, canvas: str) -> VideoEncoder | None:
        """The running encoder of ``canvas``, for its counters and its bitrate."""
        return self._video.get(canvas)

    def clip(self, canvas: str, own: VideoSettings | None = None) -> bytes:
        """The standby clip of a canvas, as ``own`` says (None: as its first rung is encoded).

        Encoded once, in the thread of whoever needs it first.
        """
        base = self.canvases[canvas]
        own = own or base
        standby = self._standby[canvas]
        family = family_of(canvas, base, own)
        if film := self.films.get(family, own):
            return film
        with standby.lock:
            if family not in standby.data:
                standby.data[family] = make_clip(
                    own, self._audio_settings, standby.pictures, standby.sound
                )
            return standby.data[family]
