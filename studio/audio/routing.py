"""What is heard where: the mixer's channels from strips, scenes and sources."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from studio.audio.mixer import Channel
from studio.audio.model import Strip
from studio.sources.runner import SourceRunner


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a transition takes off a canvas: it is heard less and less, as it is seen.

    Attributes:
        sources: shown before.
        until_ns: when the transition is over.
        held: where a hand on the T-bar holds it, 0..1.
        is_standby: it was a standby scene, of which its own sound alone was heard.
    """

    sources: Collection[str]
    until_ns: int
    held: float | None = None
    is_standby: bool = False


class SceneChange(Protocol):
    """A transition under way (`studio.scenes.compositor.Change`)."""

    @property
    def start_ns(self) -> int: ...
    @property
    def duration_ns(self) -> int: ...
    @property
    def held(self) -> float | None: ...


def leaving(change: SceneChange, sources: Collection[str], *, is_standby: bool = False) -> Leaving:
    """What a transition takes off: the ``sources`` of the scene before."""
    return Leaving(sources, change.start_ns + change.duration_ns, change.held, is_standby)


def channels(
    strips: Mapping[str, Strip],
    runners: Mapping[str, SourceRunner],
    shown: Mapping[str, Collection[str]],
    buses: Sequence[str],
    left: Mapping[str, Leaving] | None = None,
    standby: Collection[str] = (),
) -> tuple[Channel, ...]:
    """A channel for each strip whose source runs.

    Args:
        strips: by source.
        runners: by source.
        shown: sources on programme, by bus.
        buses: canvases that have a mix, the main one first.
        left: transitions under way, by bus.
        standby: buses whose programme is a standby scene.
    """
    return tuple(
        _channel(strip, runners[name], shown, buses, left or {}, standby)
        for name, strip in strips.items()
        if name in runners
    )


def closed_strips(
    strips: Mapping[str, Strip],
    runners: Mapping[str, SourceRunner],
    shown: Mapping[str, Collection[str]],
    buses: Sequence[str],
    standby: Collection[str],
) -> tuple[str, ...]:
    """Strips that a standby scene keeps off every bus on which they would be heard."""
    found = []
    for name, strip in strips.items():
        if strip.is_muted or name not in runners:
            continue
        runner, would = runners[name], [b for b in buses if _is_open(strip, None, shown[b])]
        heard = [bus for bus in would if bus not in standby or _is_open(strip, runner, shown[bus])]
        if not heard and any(bus in standby for bus in buses if bus in would):
            found.append(name)
    return tuple(found)


def _is_open(strip: Strip, standby: SourceRunner | None, sources: Collection[str]) -> bool:
    """Whether a scene with these sources lets a strip through.

    Args:
        standby: the strip's runner where the scene is a standby one: its own sound alone is
            heard, and no microphone even if it is on it.
    """
    if standby is not None:
        return strip.source in sources and not standby.source.carries_voice
    return not strip.follows_scene or strip.source in sources


def _channel(
    strip: Strip,
    runner: SourceRunner,
    shown: Mapping[str, Collection[str]],
    buses: Sequence[str],
    left: Mapping[str, Leaving],
    standby: Collection[str],
) -> Channel:
    is_open = {
        bus: _is_open(strip, runner if bus in standby else None, shown[bus]) for bus in buses
    }
    levels, until_ns = dict[str, float](), 0
    for bus in buses:
        route = left.get(bus)
        if route is None:
            continue
        was_open = _is_open(strip, runner if route.is_standby else None, route.sources)
        if was_open == is_open[bus]:
            continue  # nothing changes for it
        if was_open and bus in standby:
            continue  # however slow the transition: standby is silence now
        if route.held is None:
            until_ns = max(until_ns, route.until_ns)
        else:
            levels[bus] = route.held if is_open[bus] else 1 - route.held
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
