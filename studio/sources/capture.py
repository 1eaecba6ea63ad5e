"""What cameras, network streams and test inputs share: a live input read through FFmpeg."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Any, ClassVar

from studio.core.errors import StudioError
from studio.media.sound import RATE
from studio.sources.base import Feed, Source
from studio.sources.live_player import LivePlayer

_WITH_PASSWORD = re.compile(r"//[^/@\s]+@")


class LiveInput(Source):
    """Reads an endless input; ends with an error when it stops, so that the runner reopens it."""

    has_sound: ClassVar[bool] = True
    is_live: bool = True

    @abstractmethod
    def address(self) -> tuple[str, str | None, dict[str, str]]:
        """What to open: (file or address, FFmpeg input format or None, its options)."""

    def run(self, feed: Feed) -> None:
        """Reads until stopped.

        Raises:
            StudioError: unavailable: it cannot be opened, or it ended.
        """
        import av

        name, form, options = self.address()
        shown = _WITH_PASSWORD.sub("//••••@", name)
        try:
            # (open, read) limits in seconds: a silent peer must not hold the thread for ever.
            media = av.open(name, format=form, options=options, timeout=(8.0, 3.0))
        except (av.FFmpegError, OSError, ValueError) as error:
            raise StudioError(
                "unavailable", "sources.cannot_open", what=shown, why=_why(error)
            ) from None
        with media:
            try:
                self._read(media, feed, self.sound_delay_ms)
            except (av.FFmpegError, OSError) as error:
                raise StudioError(
                    "unavailable", "sources.input_lost", what=shown, why=_why(error)
                ) from None
        if not feed.stopping.is_set():
            raise StudioError("unavailable", "sources.input_ended", what=shown)

    @staticmethod
    def _read(media: Any, feed: Feed, sound_delay_ms: int) -> None:
        import av

        streams = [*media.streams.video[:1], *media.streams.audio[:1]]
        for stream in media.streams.video[:1]:
            stream.thread_type = "SLICE"
            stream.codec_context.flags |= av.codec.context.Flags.low_delay
        sampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
        player = LivePlayer(feed, sound_delay_ms, has_sound=bool(media.streams.audio))
        try:
            for packet in media.demux(streams):
                if feed.stopping.is_set():
                    return
                for frame in packet.decode():
                    if isinstance(frame, av.VideoFrame):
                        player.picture(frame)
                    else:
                        for block in sampler.resample(frame):
                            player.sound(block)
        finally:
            player.close()


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
