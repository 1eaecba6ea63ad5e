"""Are we on air? One answer for every badge, on evidence alone."""

from __future__ import annotations

import time
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, Protocol

from studio.sender.model import OutputState, OutputStatus

OFF = (OutputState.IDLE, OutputState.STOPPED)


class FlowEvidence(Protocol):
    """What was seen to flow (`studio.sender.evidence.Evidence`)."""

    def flows(self, status: OutputStatus, now_s: float | None = None) -> bool: ...
    def quiet_s(self, name: str, now_s: float | None = None) -> float | None: ...


class Air(StrEnum):
    """How the streams stand; starting: one is taken, at what rate nobody has measured yet."""

    OFF = "off"
    TRYING = "trying"
    STARTING = "starting"
    LIVE = "live"
    LOST = "lost"


class AirState(NamedTuple):
    """The streams as a whole.

    Attributes:
        seconds: live so long, or lost so long; 0 where nobody knows.
    """

    air: Air
    seconds: float = 0.0


def air_state(
    outputs: Iterable[OutputStatus], evidence: FlowEvidence, now_s: float | None = None
) -> AirState:
    """Live only while media was seen to be taken; a line that was live and is not is lost.

    It stays lost, whatever the sender tries meanwhile, until it flows again or a person stops it:
    a line that gave up is no rehearsal.
    """
    now = time.monotonic() if now_s is None else now_s
    streams = [output for output in outputs if output.kind == "rtmp" and output.state not in OFF]
    flowing = [stream for stream in streams if evidence.flows(stream, now)]
    if flowing:
        is_measured = not all(stream.is_measuring for stream in flowing)
        seconds = max(entry.live_ms for entry in flowing) / 1000
        return AirState(Air.LIVE if is_measured else Air.STARTING, seconds)
    lost = [
        stream for stream in streams if stream.live_ms > 0 or evidence.quiet_s(stream.name, now)
    ]
    if lost:
        quiet = [evidence.quiet_s(entry.name, now) for entry in lost]
        return AirState(Air.LOST, min((q for q in quiet if q is not None), default=0.0))
    trying = any(stream.state is not OutputState.FAILED for stream in streams)
    return AirState(Air.TRYING if trying else Air.OFF)
