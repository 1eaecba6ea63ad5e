"""The brand's own standby: a film, or a picture with music, in the form that senders loop."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.whole_file import write_whole
from studio.encoding.audio_encoder import RATE
from studio.encoding.encoder import Picture
from studio.encoding.model import AudioSettings, VideoSettings
from studio.media.channels import settle_channels
from studio.outputs.standby import codec_digest, make_clip

LONGEST_S = 20.0
"""Of a film; more would lie in the memory of every sender."""

LONGEST_MUSIC_S = 60.0
_KEPT = 8
_log = logger(__name__)


def film_pictures(file: Path, video: VideoSettings) -> Iterator[Picture]:
    """Pictures of ``file`` at the canvas' size and rate, with black borders where it is not alike.

    A still picture gives one; of a film the first `LONGEST_S` seconds are taken.

    Raises:
        StudioError: not_found, invalid.
    """
    import av

    _need(file)
    fps = Fraction(video.fps_num, video.fps_den)
    number = 0
    try:
        with av.open(str(file)) as media:
            if not media.streams.video:
                raise StudioError("invalid", "outputs.standby_broken", file=str(file), why="∅")
            stream = media.streams.video[0]
            stream.codec_context.thread_count = 1
            first_s: float | None = None
            shown: Picture | None = None
            for frame in media.decode(stream):
                first_s = (frame.time or 0.0) if first_s is None else first_s
                at_s = (frame.time or 0.0) - first_s
                if at_s >= LONGEST_S:
                    break
                while shown is not None and number < round(at_s * fps):
                    number += 1
                    yield shown
                shown = _fit(frame, video)
            if shown is None:
                raise StudioError("invalid", "outputs.standby_broken", file=str(file), why="∅")
            yield shown
    except (av.FFmpegError, OSError) as error:
        raise StudioError(
            "invalid", "outputs.standby_broken", file=str(file), why=str(error)
        ) from None


def _fit(frame: object, video: VideoSettings) -> Picture:
    """A decoded frame inside the canvas, its proportions kept."""
    import av

    assert isinstance(frame, av.VideoFrame)
    share = min(video.width / frame.width, video.height / frame.height)
    width = min(video.width, max(2, round(frame.width * share / 2) * 2))
    height = min(video.height, max(2, round(frame.height * share / 2) * 2))
    small = frame.reformat(
        width, height, "yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
    )
    fresh = np.full((video.height * 3 // 2, video.width), 128, np.uint8)
    fresh[: video.height] = 16
    left, top = (video.width - width) // 4 * 2, (video.height - height) // 4 * 2
    flat = fresh.reshape(-1)
    luma, chroma = video.width * video.height, video.width * video.height // 4
    planes = (
        flat[:luma].reshape(video.height, video.width),
        flat[luma : luma + chroma].reshape(video.height // 2, video.width // 2),
        flat[luma + chroma :].reshape(video.height // 2, video.width // 2),
    )
    for number, (plane, part) in enumerate(zip(planes, small.planes, strict=True)):
        half = 1 if number == 0 else 2
        rows = np.frombuffer(memoryview(part), np.uint8).reshape(-1, part.line_size)
        w, h = width // half, height // half
        x, y = left // half, top // half
        plane[y : y + h, x : x + w] = rows[:h, :w]
    return fresh


def film_sound(file: Path, longest_s: float) -> NDArray[np.float32] | None:
    """Sound of ``file``, (n, 2) float32 at 48 kHz; None when it has none.

    Raises:
        StudioError: not_found, invalid.
    """
    import av

    _need(file)
    blocks: list[NDArray[np.float32]] = []
    count = 0
    try:
        with av.open(str(file)) as media:
            if not media.streams.audio:
                return None
            settle_channels(media, media.streams.audio[0])
            sampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
            for frame in media.decode(media.streams.audio[0]):
                for piece in sampler.resample(frame):
                    block = piece.to_ndarray().reshape(-1, 2).astype(np.float32)
                    blocks.append(block)
                    count += len(block)
                if count >= longest_s * RATE:
                    break
    except (av.FFmpegError, OSError) as error:
        raise StudioError(
            "invalid", "outputs.standby_broken", file=str(file), why=str(error)
        ) from None
    return np.concatenate(blocks)[: int(longest_s * RATE)] if blocks else None


def _need(file: Path) -> None:
    if not file.is_file():
        raise StudioError("not_found", "outputs.standby_missing", file=str(file))


def check_media(picture: Path, music: Path | None) -> None:
    """Can it be used? Reads one picture and a little sound.

    Raises:
        StudioError: not_found, invalid.
    """
    next(film_pictures(picture, VideoSettings(width=320, height=180)))
    if music is not None and film_sound(music, 0.1) is None:
        raise StudioError("invalid", "outputs.standby_silent", file=str(music))


def encode_film(
    picture: Path, music: Path | None, video: VideoSettings, audio: AudioSettings, cache: Path
) -> bytes:
    """The clip, from the cache when it was encoded before with the same files and parameters.

    Raises:
        StudioError: not_found, invalid.
    """
    kept = cache / f"{_digest(picture, music, video, audio)}.nut"
    if kept.is_file():
        return kept.read_bytes()
    sound = film_sound(music, LONGEST_MUSIC_S) if music else film_sound(picture, LONGEST_S)
    data = make_clip(video, audio, film_pictures(picture, video), sound)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        write_whole(kept, data)
        old = sorted(cache.glob("*.nut"), key=lambda file: file.stat().st_mtime)[:-_KEPT]
        for entry in old:
            entry.unlink(missing_ok=True)
    except OSError as error:  # the next engine encodes it again, that is all
        _log.warning("the standby clip is not kept: %s", error)
    return data


def _digest(picture: Path, music: Path | None, video: VideoSettings, audio: AudioSettings) -> str:
    found = hashlib.sha256(codec_digest(video, audio).encode())
    found.update(str(video.bitrate_kbps).encode())
    for file in filter(None, (picture, music)):
        _need(file)
        about = file.stat()
        found.update(f"{file.resolve()}|{about.st_size}|{about.st_mtime_ns}".encode())
    return found.hexdigest()[:24]
