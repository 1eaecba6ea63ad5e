"""The standby clip: what viewers see while the engine is away, encoded like everything else."""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Iterable, Iterator
from fractions import Fraction

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from studio.encoding.audio_encoder import AAC_FRAME, RATE, set_up_audio
from studio.encoding.encoder import ENCODERS, Picture, set_up_video
from studio.encoding.model import AudioSettings, VideoSettings
from studio.media.frame import to_av, views

CLIP_S = 2.0


def codec_digest(video: VideoSettings, audio: AudioSettings) -> str:
    """Packets of two encoders with the same digest may follow each other on one connection."""
    same = replace(video, bitrate_kbps=100)  # the rate is in no parameter set
    return hashlib.sha256(msgspec.json.encode([same, audio])).hexdigest()[:16]


def plain_picture(width: int, height: int) -> Picture:
    """A quiet dark gradient, (h*3/2, w) uint8: used until the brand's own picture is there."""
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    picture[:height] = np.linspace(52, 28, height).astype(np.uint8)[:, None]
    return picture


def _fitted(picture: Picture, width: int, height: int) -> Picture:
    """A picture of the same shape, scaled where it is not as large.

    Raises:
        ValueError: it has other proportions.
    """
    tall, wide = picture.shape[0] * 2 // 3, picture.shape[1]
    if (tall, wide) == (height, width):
        return picture
    if abs(wide * height - tall * width) > 0.02 * wide * height:
        raise ValueError(f"standby picture {wide}×{tall} is not like {width}×{height}")
    from studio.media.yuv import resize_plane

    fresh = np.empty((height * 3 // 2, width), np.uint8)
    source, target = views(picture, wide, tall), views(fresh, width, height)
    for plane, out in zip(source.planes, target.planes, strict=True):
        resize_plane(plane, out.shape[1], out.shape[0], out)
    return fresh


def _run_of(pictures: Iterable[Picture], video: VideoSettings, fps: Fraction) -> Iterator[Picture]:
    """All pictures as large as the canvas; one alone is held for `CLIP_S`. One is in memory."""
    given = iter(pictures)
    head = list(itertools.islice(given, 2)) or [plain_picture(video.width, video.height)]
    if len(head) == 1:
        head *= max(2, round(CLIP_S * fps))
    for picture in itertools.chain(head, given):
        yield _fitted(picture, video.width, video.height)


def make_clip(
    video: VideoSettings,
    audio: AudioSettings,
    pictures: Iterable[Picture] = (),
    sound: NDArray[np.float32] | None = None,
) -> bytes:
    """Encodes a clip that a sender can loop.

    Args:
        video: the very settings of the canvas: packets of clip and show must fit together.
        audio: likewise.
        pictures: (h*3/2, w) uint8 planar YUV 4:2:0, one a frame; a single one is held.
        sound: (n, 2) float32 at 48 kHz; None is silence as long as the picture.

    Returns:
        A NUT file; its first packet is a keyframe.

    Raises:
        ValueError: a picture has other proportions.
    """
    import av

    fps = Fraction(video.fps_num, video.fps_den)
    count = 0
    out = io.BytesIO()
    with av.open(out, "w", format="nut") as container:
        picture_stream = container.add_stream(ENCODERS[video.codec], rate=fps)
        set_up_video(picture_stream.codec_context, video)
        sound_stream = container.add_stream("aac", rate=RATE)
        set_up_audio(sound_stream.codec_context, audio)
        for count, picture in enumerate(_run_of(pictures, video, fps), 1):
            frame = to_av(picture)
            frame.pts = count - 1
            container.mux(picture_stream.encode(frame))
        container.mux(picture_stream.encode(None))
        if sound is None:
            sound = np.zeros((int(count / fps * RATE), 2), np.float32)
        sound = sound[: max(1, len(sound) // AAC_FRAME) * AAC_FRAME]
        for start in range(0, len(sound), AAC_FRAME):
            block = np.ascontiguousarray(sound[start : start + AAC_FRAME].T)
            if block.shape[1] < AAC_FRAME:
                block = np.pad(block, ((0, 0), (0, AAC_FRAME - block.shape[1])))
            piece = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            piece.sample_rate, piece.time_base, piece.pts = RATE, Fraction(1, RATE), start
            container.mux(sound_stream.encode(piece))
        container.mux(sound_stream.encode(None))
    return out.getvalue()
