"""The picture's encoder thread: composed pictures in, H.264 packets out to whoever listens."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from studio.core.log import logger
from studio.encoding.effort import Effort
from studio.encoding.model import Codec, VideoSettings
from studio.media.frame import to_av, views
from studio.media.packet import EncodedPacket

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext

QUEUE_DEPTH = 8
"""A quarter of a second; with the one in hand 9 of the 12 buffers that pictures are composed in."""
KEYFRAME_GAP_NS = 300_000_000
GLOBAL_HEADER = 1 << 22
_BT709, _LIMITED = 1, 1
ENCODERS: dict[Codec, Literal["libx264", "libx265"]] = {"h264": "libx264", "hevc": "libx265"}

Picture = NDArray[np.uint8]
OnPacket = Callable[[EncodedPacket], None]
_log = logger(__name__)


def set_up_video(context: VideoCodecContext, settings: VideoSettings) -> None:
    """Gives ``context`` all that makes two encoders' packets fit behind each other."""
    rate = settings.bitrate_kbps * 1000
    context.width, context.height = settings.width, settings.height
    context.pix_fmt = "yuv420p"
    context.framerate = Fraction(settings.fps_num, settings.fps_den)
    context.time_base = Fraction(settings.fps_den, settings.fps_num)
    context.bit_rate = rate
    context.gop_size = round(settings.keyint_s * settings.fps_num / settings.fps_den)
    context.max_b_frames = 0
    context.thread_count = settings.threads
    context.color_range = _LIMITED
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.flags |= GLOBAL_HEADER
    if settings.codec == "hevc":
        context.options = _hevc_options(settings, context.gop_size)
        return
    context.options = {
        "preset": settings.preset,
        "tune": "zerolatency",
        "profile": "high",
        "forced-idr": "1",
        "sc_threshold": "0",
        "maxrate": str(rate),
        "bufsize": str(rate),
    }


def _hevc_options(settings: VideoSettings, gop: int) -> dict[str, str]:
    kbps = settings.bitrate_kbps
    params = {
        "log-level": "none", "info": 0, "repeat-headers": 0, "keyint": gop, "min-keyint": 1,
        "scenecut": 0, "open-gop": 0, "bframes": 0, "vbv-maxrate": kbps, "vbv-bufsize": kbps,
        "pools": settings.threads, "frame-threads": 1,
    }  # fmt: skip
    return {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "forced-idr": "1",
        "x265-params": ":".join(f"{name}={value}" for name, value in params.items()),
    }


class VideoEncoder:
    """x264 or x265 in a thread of its own, fed through a short queue.

    Pictures of another size are scaled to its own.

    Args:
        settings: see `set_up_video`.
        on_packet: called from the encoder's thread; must not block.
        release: given back each buffer when the encoder is done with it.
        on_effort: told from its thread when it works with less effort (True), or as set again.

    Attributes:
        dropped: pictures thrown away because the encoder was late.
        thinned: pictures left out on purpose, because the line is slow.
        encoded: pictures encoded.
        busy_ns: time spent encoding.
        effort: how hard it works; less when it falls behind.
    """

    def __init__(
        self,
        settings: VideoSettings,
        on_packet: OnPacket,
        *,
        release: Callable[[Picture], None] | None = None,
        name: str = "video",
        on_effort: Callable[[bool], None] = lambda is_eased: None,
    ) -> None:
        self.settings = settings
        self.effort = Effort(settings.preset if settings.codec == "h264" else "ultrafast")
        self._preset = settings.preset
        self._on_effort = on_effort
        self._on_packet = on_packet
        self._release = release or (lambda picture: None)
        self._jobs: queue.Queue[tuple[Picture, int, bool] | None] = queue.Queue(QUEUE_DEPTH)
        self._want_key = threading.Event()
        self._key_ns = self._began_ns = self._said_ns = 0
        self._bitrate_kbps = settings.bitrate_kbps
        self.bitrate_kbps = settings.bitrate_kbps
        self.frame_step = 1
        self.thinned = 0
        self._since_key = 0
        self._scaled: Picture | None = None
        self.dropped = self.encoded = self.busy_ns = 0
        self.extradata = b""
        self.is_ready = threading.Event()
        self.fault: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=f"encode-{name}", daemon=True)

    def start(self) -> None:
        """Opens and warms up the encoder in its thread; `is_ready` is set when that is done."""
        self._thread.start()

    def submit(self, picture: Picture, tick: int, *, is_cut: bool = False) -> bool:
        """Hands a picture over; never blocks.

        Args:
            picture: (h*3/2, w) uint8, contiguous planar YUV 4:2:0; untouched until released.
            tick: its number on the canvas clock, which is its timestamp.
            is_cut: begin a new scene with a keyframe.

        Returns:
            False when the encoder is late (counted) or not ready yet, and the picture was dropped
            (its buffer is released).
        """
        if not self.is_ready.is_set():  # still warming up: nothing is on air that could miss it
            self._release(picture)
            return False
        if self.frame_step > 1 and tick % self.frame_step and not is_cut:
            self.thinned += 1
            self._release(picture)
            return True
        try:
            self._jobs.put_nowait((picture, tick, is_cut))
            return True
        except queue.Full:
            self.dropped += 1
            if is_cut:
                self._want_key.set()
            self._release(picture)
            self._say_dropped()
            return False

    def _say_dropped(self) -> None:
        """At most once a second."""
        now = time.monotonic_ns()
        if now - self._said_ns > 1_000_000_000:
            self._said_ns = now
            since_ms = (now - self._began_ns) // 1_000_000
            _log.warning(
                "%s: a picture was dropped (%d so far), %d wait, the one in hand since %d ms (%s)",
                self._thread.name,
                self.dropped,
                self._jobs.qsize(),
                since_ms,
                self.effort.now,
            )

    def force_keyframe(self) -> None:
        """The next picture becomes a keyframe; at most one every 300 ms."""
        self._want_key.set()

    def set_bitrate(self, kbps: int) -> None:
        """Less from the next picture on, more from the next keyframe; no new connection.

        The encoder is opened anew (its parameter sets are the same, 12 ms at 720p): told to
        change its rate, x264 takes more than a second to follow.
        """
        self._bitrate_kbps = max(100, kbps)

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Ends the thread; False when it did not end in time."""
        deadline = time.monotonic() + timeout_s
        while self._thread.is_alive() and time.monotonic() < deadline:
            try:
                self._jobs.put(None, timeout=0.1)
                break
            except queue.Full:
                continue
        self._thread.join(max(0.0, deadline - time.monotonic()))
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._warm_up()
            context = self._open()
            self.extradata = bytes(context.extradata or b"")
            self.is_ready.set()
            while (job := self._jobs.get()) is not None:
                try:
                    context = self._encode(context, *job)
                except Exception as fault:
                    context = self._recover(fault, job[0])
        except Exception as fault:
            _log.exception("the video encoder cannot be opened")
            self.fault = fault
            self.is_ready.set()
            while (job := self._jobs.get()) is not None:
                self.dropped += 1
                self._release(job[0])

    def _recover(self, fault: Exception, picture: Picture) -> VideoCodecContext:
        """A picture that cannot be encoded is dropped; the next begins a fresh run of packets."""
        if self.fault is None:
            _log.error("a picture could not be encoded: %s: %s", type(fault).__name__, fault)
        self.fault = fault
        self.dropped += 1
        self._release(picture)
        self._want_key.set()
        return self._open()

    def _open(self) -> VideoCodecContext:
        import av

        context: VideoCodecContext = av.CodecContext.create(ENCODERS[self.settings.codec], "w")
        own = replace(self.settings, bitrate_kbps=self.bitrate_kbps)
        if own.codec == "h264":
            own = replace(own, preset=self.effort.now)
        set_up_video(context, own)
        context.open()
        self._since_key = 0
        return context

    def _warm_up(self) -> None:
        """The first pictures of a fresh encoder cost several times as much: not on air."""

        context = self._open()
        size = (self.settings.height * 3 // 2, self.settings.width)
        for number in range(3):
            grey = np.full(size, 100 + number, np.uint8)
            frame = to_av(grey)
            frame.pts = number
            context.encode(frame)

    def _encode(
        self, context: VideoCodecContext, picture: Picture, tick: int, is_cut: bool
    ) -> VideoCodecContext:
        from av.video.frame import PictureType

        began = self._began_ns = time.monotonic_ns()
        wants_key = is_cut or (self._want_key.is_set() and began - self._key_ns > KEYFRAME_GAP_NS)
        self.effort.waits(self._jobs.qsize(), began / 1e9)
        if self._is_due(wants_key or self._since_key >= context.gop_size):
            context = self._follow()
        self._since_key += 1
        frame = to_av(self._fitted(picture))
        frame.pts = tick
        if wants_key:
            frame.pict_type = PictureType.I
        packets = context.encode(frame)
        del frame
        self._release(picture)
        made = time.monotonic_ns()
        self.encoded += 1
        self.busy_ns += made - began
        for packet in packets:
            if packet.pts is None or packet.dts is None:
                continue
            if packet.is_keyframe:
                self._key_ns = made
                self._since_key = 1
                self._want_key.clear()
            is_key, data = bool(packet.is_keyframe), bytes(packet)
            self._on_packet(EncodedPacket("video", packet.pts, packet.dts, 1, is_key, data, made))
        return context

    def _is_due(self, is_key_next: bool) -> bool:
        """Is it opened anew: for less at once, for more when a keyframe comes anyway?"""
        is_other = self.effort.now != self._preset
        is_less = self._bitrate_kbps < self.bitrate_kbps or (is_other and self.effort.is_eased)
        return is_less or (is_key_next and (is_other or self._bitrate_kbps > self.bitrate_kbps))

    def _follow(self) -> VideoCodecContext:
        """Takes the wanted bitrate and effort over."""
        self.bitrate_kbps = self._bitrate_kbps
        context = self._open()
        if self._preset != self.effort.now:
            self._preset = self.effort.now
            _log.info("%s: preset %s from now on", self._thread.name, self._preset)
            self._on_effort(self.effort.is_eased)
        return context

    def _fitted(self, picture: Picture) -> Picture:
        """The picture at this encoder's size."""
        width, height = self.settings.width, self.settings.height
        if picture.shape == (height * 3 // 2, width):
            return picture
        from studio.media.yuv import resize_plane

        tall, wide = picture.shape[0] * 2 // 3, picture.shape[1]
        if self._scaled is None:
            self._scaled = np.empty((height * 3 // 2, width), np.uint8)
        source = views(picture, wide, tall, 0)
        target = views(self._scaled, width, height, 0)
        for plane, out in zip(source.planes, target.planes, strict=True):
            resize_plane(plane, out.shape[1], out.shape[0], out)
        return self._scaled
