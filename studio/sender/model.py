"""What an output is, what it is doing, and what may follow what: plain data."""

from __future__ import annotations

import enum
from typing import Annotated, Literal

import msgspec

from studio.core.errors import StudioError
from studio.core.reason import Reason
from studio.encoding.model import Codec

Kind = Literal["rtmp", "file"]


Backup = Literal["none", "away", "warm", "in_use"]


RANGES = {"bitrate_kbps": (100, 50_000), "short_side": (90, 4320), "delay_s": (0, 30)}


"""From where to where these may be set, beside 0; below, no picture is left to look at."""


class OutputSettings(msgspec.Struct, kw_only=True, frozen=True):
    """One destination as the show keeps it. The key is not here: it lives in the secret store.

    Attributes:
        name: unique, shown to people.
        kind: "rtmp" (rtmp or rtmps) or "file".
        url: address without the key, or the path of the file (.mkv, .mp4, .flv).
        canvas: whose picture it carries.
        backup_url: taken in turn when the first address keeps failing; "" for none.
        ca_file: PEM file of an authority of one's own for rtmps; "" for the system's.
        has_standby: goes on with the standby clip when the engine is silent.
        standby_limit_s: how long it holds the line alone before it hangs up.
        platform: profile it is checked against (`studio.outputs.platforms`); "" for none.
        bitrate_kbps: of its own, 0: the canvas' own. What it cannot share is encoded for it
            (`studio.outputs.renditions`).
        codec: "h264", or "hevc" where the server takes enhanced RTMP.
        short_side: shortest side of its picture in pixels, 0: the canvas' own.
        delay_s: how far behind the studio it is; within it a dump throws away what was said.
        split_min, split_mb: a recording goes on in a new file after so much; 0 never.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    kind: Kind = "rtmp"
    url: str = ""
    canvas: str = "landscape"
    backup_url: str = ""
    ca_file: str = ""
    has_standby: bool = True
    standby_limit_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 1800
    platform: str = ""
    bitrate_kbps: Annotated[int, msgspec.Meta(ge=0, le=50_000)] = 0
    codec: Codec = "h264"
    short_side: Annotated[int, msgspec.Meta(ge=0, le=4320)] = 0
    delay_s: Annotated[float, msgspec.Meta(ge=0, le=30)] = 0.0
    split_min: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 0
    split_mb: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0

    def __post_init__(self) -> None:
        """What is not the canvas' own (0) must be something an encoder can make.

        Raises:
            StudioError: invalid, with the range.
        """
        for field, (low, high) in RANGES.items():
            value = getattr(self, field)
            if value and not low <= value <= high:  # true for nan as well
                raise StudioError(
                    "invalid", "outputs.range", name=self.name, field=field, value=f"{value:g}",
                    low=str(low), high=str(high),
                )  # fmt: skip


class MediaFile(msgspec.Struct, frozen=True):
    """A file a show brings along; relative to its folder. "" is none."""

    path: str = ""


class StandbyMedia(msgspec.Struct, frozen=True):
    """What viewers see while the engine is away, as the show keeps it.

    Attributes:
        picture: a picture or a film of the brand's own; none: the standby scene as it stands.
        music: sound for it; none: the film's own, or silence.
    """

    picture: MediaFile = MediaFile()
    music: MediaFile = MediaFile()


class OutputState(enum.Enum):
    """What an output is doing, on evidence."""

    IDLE = "idle"
    CONNECTING = "connecting"
    LIVE = "live"
    CONGESTED = "congested"
    RECONNECTING = "reconnecting"
    STANDBY = "standby"
    REFUSED = "refused"
    RECORDING = "recording"
    FAILED = "failed"
    STOPPED = "stopped"


class Step(enum.Enum):
    """What can happen to an output."""

    START = "start"
    """It was asked for."""
    TAKEN = "taken"
    """The server took media, or bytes grew on disk."""
    SLOW = "slow"
    """What is sent is not taken in time."""
    ENGINE_LOST = "engine_lost"
    """No packet for 500 ms: the standby clip is on."""
    LOST = "lost"
    """The connection is gone or did not come about; it is tried again."""
    REFUSED = "refused"
    """The server said no; it is tried again."""
    BROKEN = "broken"
    """It cannot go on by itself: disk full, folder gone."""
    STOP = "stop"
    """It was asked to end."""


_UP = (OutputState.LIVE, OutputState.CONGESTED, OutputState.STANDBY)


_DOWN = (OutputState.CONNECTING, OutputState.RECONNECTING, OutputState.REFUSED)


def _table(flowing: OutputState, begun: OutputState) -> dict[tuple[OutputState, Step], OutputState]:
    table: dict[tuple[OutputState, Step], OutputState] = {}
    for state in OutputState:
        table[state, Step.STOP] = OutputState.STOPPED
    for state in (OutputState.IDLE, OutputState.STOPPED, OutputState.FAILED):
        table[state, Step.START] = begun
    up = (flowing, OutputState.CONGESTED, OutputState.STANDBY)
    for state in (*up, *_DOWN):
        table[state, Step.TAKEN] = flowing
        table[state, Step.LOST] = OutputState.RECONNECTING
        table[state, Step.REFUSED] = OutputState.REFUSED
        table[state, Step.BROKEN] = OutputState.FAILED
    for state in up:
        table[state, Step.SLOW] = OutputState.CONGESTED
        table[state, Step.ENGINE_LOST] = OutputState.STANDBY
    return table


TRANSITIONS: dict[Kind, dict[tuple[OutputState, Step], OutputState]] = {
    "rtmp": _table(OutputState.LIVE, OutputState.CONNECTING),
    "file": _table(OutputState.RECORDING, OutputState.CONNECTING),
}


def next_state(kind: Kind, state: OutputState, step: Step) -> OutputState:
    """The state after ``step``; what the table does not know changes nothing."""
    return TRANSITIONS[kind].get((state, step), state)


class OutputStatus(msgspec.Struct, kw_only=True, frozen=True):
    """What is known of an output now; from the sender, four times a second and at each change.

    Attributes:
        shown_url: address or path without its key.
        attempt: tries since it last flowed.
        next_try_s: seconds until the next try, 0 when none is waiting.
        packets, bytes: handed to the connection or file since the start.
        acked_bytes: taken by the server (its acknowledgements, or its TCP) or written to disk.
        queue_ms: age of the oldest media not yet taken.
        kbps: handed over in the last second.
        taken_kbps: taken by the server in the last second.
        is_measuring: it flows, but not for three seconds yet: whether its rate is right nobody
            knows.
        encode_kbps: what the picture of this canvas is encoded with now.
        rung: which encode it is on (`studio.outputs.renditions`), "" when it does not run.
        backup: the backup address: none, away (cannot be reached now), warm (connected, it only
            has to publish), in_use.
        frame_step: every how many-th picture is encoded: 1, or 2 on a very slow line.
        is_lowered: bitrate or frame rate are below what was set, because the line is slow.
        is_eased: pictures are encoded with less effort, because the computer is busy.
        dropped: packets thrown away on the way (congestion, no connection).
        reconnects: connections that were replaced by a new one.
        gap_ms: time since the start in which viewers got nothing new, summed.
        standby_ms: time on the standby clip, summed.
        is_standby: the standby clip is on now.
        live_ms: time since it first flowed, without the gaps.
        wants_keyframe: the sender waits for one.
        delayed_ms: how much of the show waits to go out, where a delay is set.
        files: recordings so far, when it goes on in new files.
        time_left_s: until the disk is full, at the present rate; 0 when not known.
        playable_ms: how much of the present file was read back and can be played.
        server_words: what the server last said.
        pid: process of the sender, 0 when there is none.
        since_utc: when it was started, UTC ISO 8601.
    """

    name: str
    kind: Kind = "rtmp"
    canvas: str = "landscape"
    shown_url: str = ""
    state: OutputState = OutputState.IDLE
    reason: Reason = Reason()
    attempt: int = 0
    next_try_s: float = 0.0
    packets: int = 0
    bytes: int = 0
    acked_bytes: int = 0
    queue_ms: int = 0
    kbps: int = 0
    taken_kbps: int = 0
    is_measuring: bool = False
    encode_kbps: int = 0
    rung: str = ""
    backup: Backup = "none"
    frame_step: int = 1
    is_lowered: bool = False
    is_eased: bool = False
    dropped: int = 0
    reconnects: int = 0
    gap_ms: int = 0
    standby_ms: int = 0
    is_standby: bool = False
    live_ms: int = 0
    wants_keyframe: bool = False
    delayed_ms: int = 0
    files: int = 0
    time_left_s: int = 0
    playable_ms: int = 0
    server_words: str = ""
    pid: int = 0
    since_utc: str = ""
