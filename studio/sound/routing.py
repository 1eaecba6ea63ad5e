"""What is heard where: the mixer's channels from strips, scenes and sources."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from studio.sound.mixer import Channel
from studio.sound.model import Strip
from studio.sources.runner import SourceRunner


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a transition takes off a canvas: it is heard less and less, as it is seen.

    Attributes:
        sources: shown before.
        until_ns: when the transition is over.
        held: where a hand on the T-bar holds it, 0..1.
    """

    sources: Collection[str]
    until_ns: int
    held: float | None = None


class SceneChange(Protocol):
    """A transition under way (`studio.scenes.compositor.Change`)."""

    @property
    def start_ns(self) -> int: ...
    @property
    def duration_ns(self) -> int: ...
    @property
    def held(self) -> float | None: ...


def leaving(change: SceneChange, sources: Collection[str]) -> Leaving:
    """What a transition takes off: the ``sources`` of the scene before."""
    return Leaving(sources, change.start_ns + change.duration_ns, change.held)


def channels(
    strips: Mapping[str, Strip],
    runners: Mapping[str, SourceRunner],
    shown: Mapping[str, Collection[str]],
    buses: Sequence[str],
    left: Mapping[str, Leaving] | None = None,
) -> tuple[Channel, ...]:
    """A channel for each strip whose source runs.

    Args:
        strips: by source.
        runners: by source.
        shown: sources on programme, by bus.
        buses: canvases that have a mix, the main one first.
        left: transitions under way, by bus.
    """
    return tuple(
        _channel(strip, runners[name], shown, buses, left or {})
        for name, strip in strips.items()
        if name in runners
    )


def _channel(
    strip: Strip,
    runner: SourceRunner,
    shown: Mapping[str, Collection[str]],
    buses: Sequence[str],
    left: Mapping[str, Leaving],
) -> Channel:
    name = strip.source
    is_open = {bus: not strip.follows_scene or name in shown[bus] for bus in buses}
    levels, until_ns = dict[str, float](), 0
    for bus in buses:
        one = left.get(bus)
        if one is None or not strip.follows_scene or (name in one.sources) == is_open[bus]:
            continue  # nothing changes for it
        if one.held is None:
            until_ns = max(until_ns, one.until_ns)
        else:
            levels[bus] = one.held if is_open[bus] else 1 - one.held
            is_open[bus] = True
    return Channel(
        strip,
        runner.ring,
        runner.source.sound_delay_ms,
        is_open[buses[0]],
        frozenset(bus for bus in buses if is_open[bus]),
        runner.source.sound_ahead_ms,
        levels,
        until_ns,
    )


def tell_runners(
    found: Sequence[Channel], runners: Mapping[str, SourceRunner], buses: Sequence[str]
) -> None:
    """Sources learn whether anybody hears them."""
    for channel in found:
        runners[channel.strip.source].is_heard = channel.is_heard(buses)
