"""One track of a media file: decoded pictures or sound with their times, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from studio.core.clock import NS
from studio.core.errors import StudioError
from studio.media.alpha_film import with_alpha
from studio.media.channels import settle_channels
from studio.media.cv import cv2
from studio.media.fields import Deinterlacer
from studio.media.frame import Frame, Plane, even, from_av
from studio.media.sound import RATE, Samples
from studio.media.yuv import resize

if TYPE_CHECKING:
    import av

STREAM_LEAD_US = 1_000_000
"""How far before its place a file without an index is wound: FFmpeg goes to where packets of that
time lie, which is behind the keyframe that they need."""
WIDEST = 16
"""Sample aspect ratios beyond this are damage, not a format."""
MOST_IN_VAIN = {"video": 2000, "audio": 300}
"""Packets without a picture or sound in them after which nothing more is looked for."""
OWN_DECODERS = {"vp9": "libvpx-vp9", "vp8": "libvpx"}
"""Decoders that know the alpha of these; FFmpeg's own drop it."""


class Picture(NamedTuple):
    """A decoded picture and its place in the film, s."""

    at_s: float
    frame: av.VideoFrame


class Block(NamedTuple):
    """(n, 2) float32 samples at 48 kHz and their place in the film, s."""

    at_s: float
    samples: Samples


class Track:
    """The pictures or the sound of a file.

    Args:
        kind: "video" or "audio".
        speed: of playing; sound keeps its pitch.
        deinterlaces: pictures that come in halves are made whole.
        wanted: which of several tracks, from 1 on; 0 is the first that can be played.

    Attributes:
        count: how many tracks of this kind have a codec that is known.
        is_cover: its pictures are the cover of a song.
        unknown: how many tracks of this kind have a codec that is not known.

    Raises:
        StudioError: not_found, invalid (cannot be read).
    """

    def __init__(
        self,
        path: Path,
        kind: str,
        speed: float = 1.0,
        *,
        deinterlaces: bool = True,
        wanted: int = 0,
    ) -> None:
        import av

        if not path.is_file():
            raise StudioError("not_found", "sources.file_missing", path=str(path))
        try:
            self._media = av.open(str(path))
        except (av.FFmpegError, OSError, ValueError) as error:
            raise StudioError(
                "invalid", "sources.file_broken", path=str(path), why=str(error)
            ) from None
        self._is_read = self._is_wound = self._is_mute = False
        streams: Any = self._media.streams.video if kind == "video" else self._media.streams.audio
        # A track of a codec that FFmpeg does not know has no decoder: another one may.
        known = [stream for stream in streams if stream.codec_context is not None]
        # A cover of a song is a picture, but no film.
        real = [stream for stream in known if not is_cover(stream)]
        usable = real or known
        self.count = len(usable)
        every = [stream for stream in streams if stream in usable or stream.codec_context is None]
        chosen = every[wanted - 1] if 0 < wanted <= len(every) else None
        if chosen is not None and chosen in usable:
            usable.remove(chosen)
            usable.insert(0, chosen)
        self.has_wanted = not wanted or chosen is not None and chosen in usable
        self.stream: Any = next(iter(usable), None)
        self._others = usable[1:] if kind == "audio" else []
        self.unknown = len(streams) - len(known)
        self.is_cover = bool(known) and not real
        self.path, self.speed = path, speed
        self._own: Any = None
        self._fields = Deinterlacer(is_on=deinterlaces)
        self._zero_s = (self._media.start_time or 0) / 1e6
        if self.stream is not None:
            # One thread: decoding is cheap, and the encoders need the cores.
            self.stream.codec_context.thread_count = 1
            self._own = self._decoder() if kind == "video" else None
            if kind == "audio":
                settle_channels(self._media, self.stream)

    @property
    def fps(self) -> float:
        """Pictures a second, as the file says; 0 when it does not."""
        return float(self.stream.average_rate or 0) if self.stream is not None else 0.0

    @property
    def is_there(self) -> bool:
        """Has the file such a track?"""
        return self.stream is not None

    def give_up(self) -> bool:
        """After what came was nothing: was there something, in a way nobody can decode?

        Then it counts as unknown, and the next track of this kind takes its place, if there is one.
        """
        if not self._is_mute:
            return False
        self.unknown += 1
        self._is_mute = self.has_wanted = False
        self.stream = self._others.pop(0) if self._others else None
        self._own = None
        if self.stream is not None:
            self.stream.codec_context.thread_count = 1
            settle_channels(self._media, self.stream)
        return True

    def take_cover(self) -> av.VideoFrame | None:
        """The picture of a song's cover, None where it is broken; from now on no film is there."""
        cover = next(self._decoded(), None)
        self.stream = self._own = None
        return cover

    @property
    def duration_ms(self) -> int | None:
        """How long the file is."""
        found = self._media.duration
        return None if found is None else round(found / 1000)

    def close(self) -> None:
        """Closes the file."""
        self._media.close()

    def seek(self, ms: float) -> None:
        """To the keyframe at or before ``ms``; `pictures` and `blocks` begin there."""
        import av

        if self.stream is None or (ms <= 0 and not self._is_read):
            return
        at_us = round(ms * 1000 + self._zero_s * 1e6)
        if self._media.format.name.startswith("mpeg"):
            at_us -= STREAM_LEAD_US
        try:
            self._media.seek(at_us)
        except (av.FFmpegError, OSError):
            self._open_again()  # it cannot be wound: what comes before is left out by who asked
            return
        self._is_wound = True
        self._fields.reset()
        if self._own is not None:
            self._own = self._decoder()

    def _open_again(self) -> None:
        """From the beginning, by another handle."""
        import av

        index = self.stream.index
        media = av.open(str(self.path))
        self._media.close()
        self._media, self.stream = media, media.streams[index]
        self.stream.codec_context.thread_count = 1
        self._is_wound = False
        self._fields.reset()
        if self.stream.type == "audio":
            settle_channels(self._media, self.stream)
        elif self._own is not None:
            self._own = self._decoder()

    def pictures(self) -> Iterator[Picture]:
        """Decoded pictures to the end; broken ones are left out."""
        for frame in self._decoded():
            for entry in self._fields.whole(frame):
                yield self._placed(entry)
        for entry in self._fields.flush():
            yield self._placed(entry)

    def _placed(self, frame: av.VideoFrame) -> Picture:
        return Picture(float(frame.time or 0.0) - self._zero_s, frame)

    def blocks(self) -> Iterator[Block]:
        """Sound to the end as the mixer takes it; broken parts are left out."""
        sampler = _Sampler(self.speed)
        for frame in self._decoded():
            yield from sampler.blocks(frame, float(frame.time or 0.0) - self._zero_s)

    def _decoded(self) -> Iterator[Any]:
        import av

        if self.stream is None:
            return
        packets, is_empty, in_vain = self._media.demux(self.stream), True, 0
        most = MOST_IN_VAIN[self.stream.type]
        self._is_read = True
        while True:
            try:
                packet = next(packets, None)
                if packet is None and is_empty and self._is_wound:
                    # Wound past its last keyframe (a stream's file has no index).
                    self._open_again()
                    packets = self._media.demux(self.stream)
                    continue
                in_vain += bool(packet is not None and packet.size)
                self._is_mute = is_empty and in_vain > 0
                if packet is None or (is_empty and in_vain > most):
                    return
                if self._own is None:
                    found: list[Any] = packet.decode()
                else:
                    found = self._own.decode(packet if packet.size else None)
            except (av.InvalidDataError, av.PatchWelcomeError):
                continue  # this piece is broken, what follows may not be
            except (av.FFmpegError, OSError):
                return
            for frame in found:
                is_empty = self._is_mute = False
                if self._own is not None and frame.time_base is None:
                    frame.time_base = self.stream.time_base
                yield frame

    def _decoder(self) -> Any:
        import av

        context = self.stream.codec_context
        says = {key.lower(): value for key, value in self.stream.metadata.items()}
        name = OWN_DECODERS.get(context.name)
        if name is None or says.get("alpha_mode") != "1":
            return None
        own: Any = av.CodecContext.create(name, "r")
        own.extradata = context.extradata
        own.thread_count = 1
        return own


def to_frame(picture: av.VideoFrame, due_ns: int, pixel_shape: float = 1.0) -> Frame:
    """A decoded picture upright, with square pixels, with its alpha.

    Args:
        pixel_shape: width of a pixel in heights.
    """
    way = _way(picture)
    has_alpha = any(part.is_alpha for part in picture.format.components)
    frame = with_alpha(picture, due_ns) if has_alpha else from_av(picture, due_ns)
    if abs(pixel_shape - 1.0) > 0.01 and 1 / WIDEST < pixel_shape < WIDEST:
        frame = resize(frame, max(2, min(7680, even(frame.width * pixel_shape))), frame.height)
    return frame if way == UPRIGHT else upright(frame, way)


class Way(NamedTuple):
    """How a picture comes to stand: first its diagonal is its axis, then its sides change."""

    is_transposed: bool
    is_mirrored: bool
    is_flipped: bool


UPRIGHT = Way(False, False, False)


def _way(picture: av.VideoFrame) -> Way:
    """What the display matrix asks for (ISO 14496-12, 6.2.2), to the nearest quarter."""
    from av.sidedata import sidedata

    # Not `picture.side_data`: the picture would keep what keeps it, and never be freed (PyAV 18).
    container: Any = sidedata.SideDataContainer
    try:
        found: Any = container(picture).get("DISPLAYMATRIX")
    except ValueError:  # side data that PyAV has no name for (spatial video): FFmpeg knows the turn
        return turned(picture.rotation)
    if found is None:
        return UPRIGHT
    a, b, _, c, d = (int(entry) for entry in np.frombuffer(bytes(found), np.int32)[:5])
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Way(True, c < 0, b < 0)
    return Way(False, a < 0, d < 0)


def turned(degrees: float) -> Way:
    """How a picture comes to stand that is turned, counter-clockwise, to the nearest quarter."""
    quarter = round(degrees / 90) % 4
    return (UPRIGHT, Way(True, False, True), Way(False, True, True), Way(True, True, False))[
        quarter
    ]


def upright(frame: Frame, way: Way) -> Frame:
    """Turned and mirrored as a display matrix asks for."""

    def stood(plane: Plane) -> Plane:
        if way.is_transposed:
            plane = cv2.transpose(plane)
        if way.is_mirrored or way.is_flipped:
            both = way.is_mirrored and way.is_flipped
            plane = cv2.flip(plane, -1 if both else 1 if way.is_mirrored else 0)
        return plane

    y, u, v = (stood(plane) for plane in frame.planes)
    if frame.alpha is None or frame.alpha_uv is None:
        return Frame(y, u, v, frame.pts_ns)
    return Frame(y, u, v, frame.pts_ns, stood(frame.alpha), stood(frame.alpha_uv))


def pixel_shape(track: Track) -> float:
    """Width of a pixel of the film in heights; 1 when it does not say."""
    found = track.stream.sample_aspect_ratio if track.stream is not None else None
    return float(found) if found else 1.0


class _Sampler:
    """Any sound to 48 kHz stereo float, at another speed if asked, made anew when it changes."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._key: tuple[Any, ...] = ()
        self._resampler: Any = None
        self._graph: Any = None
        self._next_s: float | None = None

    def blocks(self, frame: av.AudioFrame, at_s: float) -> Iterator[Block]:
        import av

        key = (frame.format.name, frame.layout.name, frame.sample_rate)
        if key != self._key:
            self._key = key
            self._resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
            self._graph = self._tempo() if self._speed != 1.0 else None
            self._next_s = None
        if self._next_s is None or abs(at_s - self._next_s) > 1.0:
            self._next_s = at_s
        frame.pts = None
        for made in self._resampler.resample(frame):
            for ready in self._at_speed(made):
                samples = np.frombuffer(memoryview(ready.planes[0]), np.float32)
                samples = samples[: ready.samples * 2].reshape(-1, 2).copy()
                yield Block(self._next_s, samples)
                self._next_s += len(samples) / RATE * self._speed

    def _tempo(self) -> Any:
        import av.filter

        graph = av.filter.Graph()
        begin = graph.add_abuffer(format="flt", layout="stereo", sample_rate=RATE)
        tempo = graph.add("atempo", f"{self._speed:.4f}")
        end = graph.add("abuffersink")
        begin.link_to(tempo)
        tempo.link_to(end)
        graph.configure()
        return graph

    def _at_speed(self, frame: av.AudioFrame) -> Iterator[av.AudioFrame]:
        import av

        if self._graph is None:
            yield frame
            return
        frame.pts = None
        self._graph.push(frame)
        while True:
            try:
                yield self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return


def is_cover(stream: Any) -> bool:
    """Is it the cover of a song, a single picture beside its sound?"""
    from av.stream import Disposition

    return bool(int(stream.disposition) & int(Disposition.attached_pic))


class LiveTracks(NamedTuple):
    """What of an input can be played.

    Attributes:
        picture, sound: its tracks; None where there is none of a known codec.
        unknown: how many tracks of pictures and of sound have a codec that is not known.
        others: how many tracks of sound there are beside the one that is heard.
    """

    picture: Any
    sound: Any
    unknown: tuple[int, int]
    others: int = 0


def live_tracks(media: Any) -> LiveTracks:
    """The tracks of an open input that can be played, its sound in an order that can be read."""
    pictures = [stream for stream in media.streams.video if not is_cover(stream)]
    known = [
        [stream for stream in streams if stream.codec_context is not None]
        for streams in (pictures, media.streams.audio)
    ]
    picture, sound = (next(iter(streams), None) for streams in known)
    if sound is not None:
        settle_channels(media, sound)
    lost = (len(pictures) - len(known[0]), len(media.streams.audio) - len(known[1]))
    return LiveTracks(picture, sound, lost, max(0, len(known[1]) - 1))


def ns(seconds: float) -> int:
    """Seconds as nanoseconds."""
    return round(seconds * NS)
