"""An encoded packet on its way from an encoder to the senders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class EncodedPacket:
    """One access unit.

    Attributes:
        stream: "video" or "audio".
        pts, dts, duration: in ticks of the encoder's time base (video: 1/fps; audio: 1/48000).
        is_keyframe: a decoder can start here.
        data: the bytes as the encoder gave them (H.264 with global headers: AVCC or Annex B as the
            encoder's extradata says).
        made_ns: monotonic time at which it was encoded.
    """

    stream: Literal["video", "audio"]
    pts: int
    dts: int
    duration: int
    is_keyframe: bool
    data: bytes
    made_ns: int
