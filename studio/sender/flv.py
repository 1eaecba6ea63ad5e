"""FFmpeg's FLV muxer, writing into memory, and its tags taken apart for RTMP."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from studio.sender.clip import StandbyClip, Unit

AUDIO_TAG, VIDEO_TAG, SCRIPT_TAG = 8, 9, 18
_MICROSECOND = Fraction(1, 1_000_000)
_FILE_HEADER, _TAG_HEADER, _TAG_END = 13, 11, 4


@dataclass(frozen=True, slots=True)
class Tag:
    """One FLV tag, which is the body of one RTMP message.

    Attributes:
        type: 8 sound, 9 picture, 18 metadata.
        timestamp_ms: decoding time.
        payload: what RTMP carries.
    """

    type: int
    timestamp_ms: int
    payload: bytes

    @property
    def is_keyframe(self) -> bool:
        """A picture that decoding can start at (legacy and enhanced FLV)."""
        if self.type != VIDEO_TAG or not self.payload:
            return False
        return self.payload[0] >> 4 & 7 == 1 and not self.is_header

    @property
    def is_header(self) -> bool:
        """Codec parameters or metadata, to be sent again on each new connection."""
        if self.type == SCRIPT_TAG:
            return True
        if len(self.payload) < 2:
            return False
        first = self.payload[0]
        if self.type == VIDEO_TAG:
            return first & 0x0F == 0 if first & 0x80 else self.payload[1] == 0
        return first >> 4 == 10 and self.payload[1] == 0


class _Pipe:
    """What the muxer writes to."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)


def split_tags(data: bytearray) -> list[Tag]:
    """Takes the whole tags off the front of ``data``."""
    tags: list[Tag] = []
    at = 0
    while len(data) - at >= _TAG_HEADER:
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        end = at + _TAG_HEADER + size + _TAG_END
        if len(data) < end:
            break
        timestamp = int.from_bytes(data[at + 4 : at + 7], "big") | data[at + 7] << 24
        body = bytes(data[at + _TAG_HEADER : end - _TAG_END])
        tags.append(Tag(data[at] & 0x1F, timestamp, body))
        at = end
    del data[:at]
    return tags


class FlvMux:
    """Units in, tags out. ``headers`` are those every connection has to begin with."""

    def __init__(self, clip: StandbyClip) -> None:
        import av

        self._pipe = _Pipe()
        self._container = av.open(
            self._pipe,
            "w",
            format="flv",
            options={
                "flvflags": "no_duration_filesize",
                "flush_packets": "1",
                "max_interleave_delta": "200000",
            },
        )
        self._streams = {
            True: self._container.add_stream_from_template(clip.video, opaque=True),
            False: self._container.add_stream_from_template(clip.audio, opaque=True),
        }
        self._container.start_encoding()
        del self._pipe.data[:_FILE_HEADER]
        self.headers = [tag for tag in split_tags(self._pipe.data) if tag.is_header]

    def mux(self, unit: Unit) -> list[Tag]:
        """Tags that are ready now; sound and picture come out in the order of their time."""
        import av

        packet = av.Packet(unit.data)
        packet.stream = self._streams[unit.is_video]
        packet.pts, packet.dts, packet.duration = unit.pts_us, unit.dts_us, unit.duration_us
        packet.time_base = _MICROSECOND
        packet.is_keyframe = unit.is_keyframe
        self._container.mux(packet)
        return split_tags(self._pipe.data)
