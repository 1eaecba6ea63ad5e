"""Short films with alpha (stingers) in memory: decoded once, each picture cut to what is seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.media.channels import settle_channels
from studio.media.cv import cv2
from studio.media.frame import Frame, Plane, even
from studio.media.sound import CHANNELS, RATE, Samples
from studio.media.yuv import Layer, Rect, crop, layer, resize

if TYPE_CHECKING:
    import av

_log = logger(__name__)
FADE_OUT = 480
"""Samples, so that a sound that is cut off does not click."""
MOST_BYTES = 384_000_000
"""A second of 1080p30 that fills the picture is about 190 MB; most stingers fill it briefly."""


class FilmPicture(NamedTuple):
    """What is seen of one picture, at even (x, y); None where nothing is."""

    layer: Layer | None
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class AlphaFilm:
    """Pictures at an even pace.

    Attributes:
        fps: pictures a second.
        pictures: in order.
        has_alpha: False for a film that hides all behind it all the time.
    """

    fps: float
    pictures: tuple[FilmPicture, ...]
    has_alpha: bool

    @property
    def length_ms(self) -> int:
        """How long it takes."""
        return round(1000 * len(self.pictures) / self.fps)

    def at(self, part: float) -> FilmPicture:
        """The picture at a part (0..1) of its length."""
        return self.pictures[min(len(self.pictures) - 1, int(part * len(self.pictures)))]

    def half_way(self) -> float:
        """The part at which it hides most: where a cut under it is not seen."""
        hidden = [0.0 if p.layer is None else -float(p.layer.inverse.sum()) + p.layer.inverse.size
                  * 255.0 for p in self.pictures]  # fmt: skip
        return (int(np.argmax(hidden)) + 0.5) / len(hidden)


def read_alpha_film(path: Path, width: int, height: int) -> AlphaFilm:
    """Decodes a film (WebM VP9, ProRes 4444, QuickTime Animation, FFV1, APNG, …) at a size.

    Raises:
        StudioError: not_found, invalid (cannot be read, too long).
    """
    import av

    if not path.is_file():
        raise StudioError("not_found", "sources.file_missing", path=str(path))
    pictures: list[FilmPicture] = []
    held, has_alpha, fps = 0, False, 30.0
    try:
        with av.open(str(path)) as media:
            if not media.streams.video:
                raise StudioError("invalid", "sources.file_empty", path=str(path))
            stream = media.streams.video[0]
            fps = float(stream.average_rate or stream.guessed_rate or 30)
            for picture in decoded(media, stream):
                frame = with_alpha(picture)
                has_alpha = has_alpha or frame.alpha is not None
                cut_frame = _cut(resize(frame, even(width), even(height)))
                pictures.append(cut_frame)
                held += 0 if cut_frame.layer is None else 3 * cut_frame.layer.inverse.size
                if held > MOST_BYTES:
                    most = MOST_BYTES // 1_000_000
                    raise StudioError("invalid", "media.film_long", path=str(path), most_mb=most)
    except (av.FFmpegError, OSError) as error:
        raise StudioError(
            "invalid", "sources.file_broken", path=str(path), why=str(error)
        ) from None
    if not pictures:
        raise StudioError("invalid", "sources.file_empty", path=str(path))
    return AlphaFilm(fps, tuple(pictures), has_alpha)


def read_film_sound(path: Path, longest_s: float) -> Samples | None:
    """A film's first sound track, (n, 2) float32 at 48 kHz; None where there is none to be heard.

    Args:
        longest_s: what is longer is left out, after a short fade.
    """
    import av

    blocks: list[Samples] = []
    most = int(longest_s * RATE)
    try:
        with av.open(str(path)) as media:
            if not media.streams.audio:
                return None
            sampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
            settle_channels(media, media.streams.audio[0])
            for decoded_block in (*media.decode(media.streams.audio[0]), None):
                for block in sampler.resample(decoded_block):
                    blocks.append(block.to_ndarray().astype(np.float32).reshape(-1, CHANNELS))
                if sum(map(len, blocks)) > most:
                    break
    except (av.FFmpegError, OSError, ValueError, AttributeError) as error:
        # Its picture is what a stinger is for; a track that cannot be decoded has no decoder.
        _log.warning("the sound of %s is not played: %s", path, error)
        return None
    if not blocks:
        return None
    made: Samples = np.concatenate(blocks)[:most].astype(np.float32)
    end = min(len(made), FADE_OUT)
    made[len(made) - end :] *= np.linspace(1, 0, end, dtype=np.float32)[:, None]
    return made


def decoded(media: av.container.InputContainer, stream: av.VideoStream) -> list[av.VideoFrame]:
    """All pictures; VP8 and VP9 through libvpx, which alone of the decoders knows their alpha."""
    import av

    name = {"vp9": "libvpx-vp9", "vp8": "libvpx"}.get(stream.codec_context.name)
    says = {key.lower(): value for key, value in stream.metadata.items()}
    if name is None or says.get("alpha_mode") != "1":
        return list(media.decode(stream))
    own: Any = av.CodecContext.create(name, "r")
    own.extradata = stream.codec_context.extradata
    made = []
    for packet in media.demux(stream):
        if packet.size:
            made += [entry for entry in own.decode(packet) if isinstance(entry, av.VideoFrame)]
    made += [entry for entry in own.decode(None) if isinstance(entry, av.VideoFrame)]
    return made


def with_alpha(picture: av.VideoFrame, pts_ns: int = 0) -> Frame:
    """A decoded picture with its alpha, premultiplied; odd sizes lose a row or column."""
    has_alpha = any(part.is_alpha for part in picture.format.components)
    width, height = picture.width & ~1, picture.height & ~1
    form = "yuva420p" if has_alpha else "yuv420p"
    if picture.format.name != form or (width, height) != (picture.width, picture.height):
        picture = picture.reformat(
            width=width,
            height=height,
            format=form,
            dst_colorspace="ITU709",
            dst_color_range="MPEG",
        )
    planes: list[Plane] = []
    for index, plane in enumerate(picture.planes):
        shift = 1 if index in (1, 2) else 0
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        planes.append(rows[: height >> shift, : width >> shift])
    if not has_alpha:
        return Frame(planes[0], planes[1], planes[2], pts_ns, keep=picture)
    alpha = np.ascontiguousarray(planes[3])
    half = cv2.resize(alpha, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    y, u, v = (
        cv2.multiply(p, a, scale=1 / 255)
        for p, a in zip(planes[:3], (alpha, half, half), strict=True)
    )
    return Frame(y, u, v, pts_ns, alpha, half)


def _cut(frame: Frame) -> FilmPicture:
    if frame.alpha is None:
        return FilmPicture(layer(frame), 0, 0)
    x, y, w, h = cv2.boundingRect(frame.alpha)
    if w == 0 or h == 0:
        return FilmPicture(None, 0, 0)
    x0, y0 = x & ~1, y & ~1
    x1, y1 = min(frame.width, (x + w + 1) & ~1), min(frame.height, (y + h + 1) & ~1)
    part = crop(frame, Rect(x0, y0, x1 - x0, y1 - y0))
    alpha, alpha_uv = part.alpha, part.alpha_uv
    assert alpha is not None
    assert alpha_uv is not None
    own = Frame(
        part.y.copy(), part.u.copy(), part.v.copy(), part.pts_ns, alpha.copy(), alpha_uv.copy()
    )
    return FilmPicture(layer(own), x0, y0)
