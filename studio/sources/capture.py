"""What cameras, network streams and test inputs share: a live input read through FFmpeg."""

from __future__ import annotations

import errno
import os
import re
from abc import abstractmethod
from typing import Any, ClassVar

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.loopback import keep_inside
from studio.core.outer_hosts import is_outer, outer_targets
from studio.core.outer_proxy import OUTER_PROXY
from studio.core.places import host_of
from studio.media.fields import Deinterlacer
from studio.media.sound import RATE
from studio.sources.base import Feed, Source, SourceContext
from studio.sources.live_pace import LivePace, comes_in_pieces
from studio.sources.live_player import LivePlayer
from studio.sources.track import LiveTracks, live_tracks

ALONE = ("mjpeg", "rawvideo", "wrapped_avframe")
UNSEEN_NS = 300_000_000
MOST_KEPT = 90
"""Packets of pictures nobody sees that are kept from a keyframe on; with more they are decoded."""
OPEN_LIMIT_S = 8.0
AWAITED_NS = 3_000_000
"""A packet that came sooner after the one before was waiting already."""
LONGEST_BACKLOG_NS = 2 * NS
_KEYS = {
    errno.EBUSY: "sources.device_busy",
    errno.EACCES: "sources.device_denied",
    errno.EPERM: "sources.device_denied",
}
_WITH_PASSWORD = re.compile(r"//[^/@\s]+@")


class LiveInput(Source):
    """Reads an endless input; ends with an error when it stops, so that the runner reopens it."""

    has_sound: ClassVar[bool] = True
    carries_voice: ClassVar[bool] = True
    is_live: bool = True
    closes_unseen: ClassVar[bool] = False
    """Opened anew when it is seen again: for what costs much and opens in no time."""

    @property
    def drops_backlog(self) -> bool:
        """What was read while it opened is old: one picture of it is shown, nothing of it heard."""
        return False

    @property
    def read_limit_s(self) -> float:
        """A peer that is silent for so long is called again; it must not hold the thread."""
        return 3.0

    def __init__(self, settings: Any, around: SourceContext) -> None:
        super().__init__(settings, around)
        # What is sent may be slides: packets that come are its sign of life, unless told otherwise.
        self.is_live = bool(getattr(settings, "watch_frozen", self.is_live))

    @abstractmethod
    def address(self) -> tuple[str, str | None, dict[str, str]]:
        """What to open: (file or address, FFmpeg input format or None, its options)."""

    def run(self, feed: Feed) -> None:
        """Reads until stopped.

        Raises:
            StudioError: unavailable: it cannot be opened, or it ended.
        """
        import av

        while not feed.stopping.is_set():
            media, shown = self.open(feed)
            began, is_film = now_ns(), bool(media.duration)
            with media:
                try:
                    self._read(media, feed)
                except (av.FFmpegError, OSError) as error:
                    raise StudioError(
                        "unavailable", "sources.input_lost", what=shown, why=_why(error)
                    ) from None
            if feed.stopping.is_set():
                return
            if is_film and now_ns() - began > NS:
                continue  # it has an end, and was played to it: from the start again
            if not (self.closes_unseen and feed.may_rest):
                raise StudioError("unavailable", "sources.input_ended", what=shown)
            while feed.may_rest and not feed.rest() and not feed.stopping.is_set():
                pass

    def open(self, feed: Feed) -> tuple[Any, str]:
        """The opened input and what people call it.

        Raises:
            StudioError: unavailable: it cannot be opened, and why.
        """
        import av

        name, form, options = self.address()
        shown = _WITH_PASSWORD.sub("//••••@", name)
        try:
            keep_inside(name)
            options = {**options, **outer_options(name)}
            limits = (OPEN_LIMIT_S, self.read_limit_s)
            return av.open(name, format=form, options=options, timeout=limits), shown
        except (av.FFmpegError, OSError, ValueError) as error:
            key = _KEYS.get(getattr(error, "errno", 0) or 0, "sources.cannot_open")
            raise StudioError("unavailable", key, what=shown, why=_why(error)) from None

    def _unknown(self, tracks: LiveTracks) -> StudioError | None:
        """Which tracks cannot be played, or are not heard, in words."""
        shown = _WITH_PASSWORD.sub("//••••@", self.address()[0])
        if not any(tracks.unknown):
            if not tracks.others:
                return None
            count = tracks.others + 1
            return StudioError("invalid", "sources.sound_tracks_live", path=shown, count=count)
        pictures, sounds = tracks.unknown
        return StudioError(
            "invalid", "sources.tracks_unknown", path=shown, pictures=pictures, sounds=sounds
        )

    def _read(self, media: Any, feed: Feed) -> None:
        import av

        tracks = live_tracks(media)
        streams = [stream for stream in tracks[:2] if stream is not None]
        feed.gives(picture=tracks.picture is not None)  # a caller may send sound alone
        unknown = self._unknown(tracks)
        if unknown is not None and not streams:
            raise StudioError("invalid", "sources.codec_unknown", path=unknown.params["path"])
        feed.remark(unknown)
        if tracks.picture is not None:
            tracks.picture.thread_type = "SLICE"
            feed.rate(float(tracks.picture.average_rate or 0))
            tracks.picture.codec_context.flags |= av.codec.context.Flags.low_delay
        sampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
        pace = LivePace(feed) if comes_in_pieces(media) else None
        player = LivePlayer(
            feed,
            self.sound_delay_ms,
            has_sound=tracks.sound is not None,
            is_even=pace is not None,
        )
        fields = Deinterlacer(is_on=bool(getattr(self.settings, "deinterlace", False)))
        decoded_ns = 0
        kept: list[Any] = []
        # Of what is read at its own pace nothing is old: a song at an address is all of it there.
        backlog = Backlog() if self.drops_backlog and pace is None else None
        try:
            for packet in media.demux(streams):
                if backlog is not None:
                    if backlog.take(packet):
                        continue
                    newest = backlog.newest()
                    backlog = None
                    if newest is not None:
                        player.at_once(newest)
                        decoded_ns = now_ns()
                if pace is not None and packet.dts is not None:
                    pace.wait(round(float(packet.dts * packet.time_base) * NS))
                if feed.stopping.is_set():
                    return
                if packet.stream.type == "video" and feed.may_rest:
                    if self.closes_unseen and decoded_ns:
                        return
                    # Each picture of these stands for itself: unseen, a few a second will do.
                    is_alone = packet.stream.codec_context.name in ALONE
                    if is_alone and now_ns() - decoded_ns < UNSEEN_NS:
                        feed.beat()
                        continue
                    # Of others the keyframes are decoded; what follows is kept, so that a cut to
                    # it shows the picture of now and not that of the next keyframe.
                    if not is_alone and decoded_ns and packet.size and not packet.is_keyframe:
                        kept.append(packet)
                        if len(kept) > MOST_KEPT:
                            _caught_up(kept)
                        feed.beat(is_judged=False)
                        continue
                if packet.stream.type == "video":
                    if packet.is_keyframe:
                        kept.clear()
                    newest = _caught_up(kept)
                    if newest is not None and not feed.may_rest:
                        player.at_once(newest)
                    decoded_ns = now_ns()
                for frame in _decoded(packet):
                    if isinstance(frame, av.VideoFrame):
                        if feed.may_rest:  # few are looked at: none to wait for the next
                            fields.reset()
                        for entry in [frame] if feed.may_rest else fields.whole(frame):
                            player.picture(entry)
                    else:
                        for block in sampler.resample(frame):
                            player.sound(block)
        finally:
            player.close()


def outer_options(name: str) -> dict[str, str]:
    """What keeps FFmpeg outside when it opens an address that a caller from elsewhere named.

    Raises:
        PermissionError: it leads to an inner address by now.
        OSError: it is not found.
    """
    host = host_of(name) if "://" in name else ""
    if not is_outer(host):
        return {}
    outer_targets(host, 0)
    scheme = name.partition("://")[0].strip().lower()
    if scheme in ("http", "https"):
        # Exceptions of the environment would lead past the proxy: then no redirects are followed.
        if os.environ.get("no_proxy"):
            return {"max_redirects": "0"}
        return {"http_proxy": OUTER_PROXY.address()}
    # Over UDP a server says where to send to.
    return {"rtsp_transport": "tcp"} if scheme == "rtsp" else {}


class Backlog:
    """What an input had waiting when it was opened, from its last keyframe on.

    Read while FFmpeg looked at it, it is old when it can be played: with it sound and picture would
    begin out of step. But without the keyframe in it there is no picture until the next one.
    """

    def __init__(self) -> None:
        self._kept: list[Any] = []
        self._began_ns = self._last_ns = now_ns()

    def take(self, packet: Any) -> bool:
        """Takes a packet that did not have to be waited for; False: this one is of now."""
        now, last = now_ns(), self._last_ns
        self._last_ns = now
        if now - last > AWAITED_NS or now - self._began_ns > LONGEST_BACKLOG_NS:
            return False
        if packet.stream.type == "video" and packet.size:
            if packet.is_keyframe:
                self._kept.clear()
            if packet.is_keyframe or self._kept:
                self._kept.append(packet)
        return True

    def newest(self) -> Any:
        """Decodes it; the newest picture, None without one."""
        return _caught_up(self._kept)


def _caught_up(kept: list[Any]) -> Any:
    """Decodes what was kept, for the decoder's sake; returns the newest picture, if any."""
    newest: Any = None
    for packet in kept:
        newest = (_decoded(packet) or [newest])[-1]
    kept.clear()
    return newest


def _decoded(packet: Any) -> list[Any]:
    """A packet's frames; a broken one has none, and is no reason to call again."""
    import av

    try:
        found: list[Any] = packet.decode()
    except (av.InvalidDataError, av.PatchWelcomeError):
        return []
    return found


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
