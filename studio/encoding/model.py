"""How a canvas and the sound are encoded: plain data."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

import msgspec

Codec = Literal["h264", "hevc"]


Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast"]


class VideoSettings(msgspec.Struct, kw_only=True, frozen=True):
    """How a canvas is encoded; equal settings give packets that may follow each other.

    Attributes:
        width, height: pixels, even.
        fps_num, fps_den: frame rate as a fraction.
        bitrate_kbps: mean; the peak is the same within one second of buffer.
        keyint_s: longest distance between keyframes.
        preset: the encoder's (HEVC is always encoded with "ultrafast").
        threads: of the encoder.
        codec: "h264" or "hevc".
    """

    width: int = 1920
    height: int = 1080
    fps_num: int = 30
    fps_den: int = 1
    bitrate_kbps: Annotated[int, msgspec.Meta(ge=100, le=50_000)] = 4500
    keyint_s: Annotated[float, msgspec.Meta(gt=0, le=10)] = 2.0
    preset: Preset = "veryfast"
    threads: Annotated[int, msgspec.Meta(ge=1, le=16)] = 2
    codec: Codec = "h264"


def usual_video(width: int, height: int, fps: Fraction) -> VideoSettings:
    """How a canvas of this size, in pixels, is encoded unless an output wants it otherwise."""
    return VideoSettings(
        width=width,
        height=height,
        fps_num=fps.numerator,
        fps_den=fps.denominator,
        bitrate_kbps=4500 if width * height > 1280 * 720 else 2500,
    )


class AudioSettings(msgspec.Struct, kw_only=True, frozen=True):
    """How the sound is encoded: AAC, stereo, 48 kHz."""

    bitrate_kbps: Annotated[int, msgspec.Meta(ge=32, le=512)] = 160
