"""What is heard where: the mixer's channels from strips, scenes and sources."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from studio.sound.desk import MOST_AHEAD_MS
from studio.sound.mixer import Channel
from studio.sound.model import Strip
from studio.sources.runner import SourceRunner


def channels(
    strips: Mapping[str, Strip],
    runners: Mapping[str, SourceRunner],
    shown: Mapping[str, Collection[str]],
    buses: Sequence[str],
) -> tuple[Channel, ...]:
    """A channel for each strip whose source runs.

    Args:
        strips: by source.
        runners: by source.
        shown: sources on programme, by bus.
        buses: canvases that have a mix, the main one first.
    """
    main = shown[buses[0]]
    return tuple(
        Channel(
            strip,
            runners[name].ring,
            runners[name].source.sound_delay_ms,
            not strip.follows_scene or name in main,
            frozenset(b for b in buses if not strip.follows_scene or name in shown[b]),
            runners[name].source.sound_ahead_ms,
        )
        for name, strip in strips.items()
        if name in runners
    )


def tell_runners(
    found: Sequence[Channel], runners: Mapping[str, SourceRunner], buses: Sequence[str]
) -> None:
    """Sources learn whether anybody hears them."""
    for channel in found:
        runners[channel.strip.source].is_heard = channel.is_heard(buses)


def ahead_ms(source: str, runners: Mapping[str, SourceRunner]) -> int:
    """How far a source's sound can be brought forward; any way while it does not run."""
    found = runners.get(source)
    return MOST_AHEAD_MS if found is None else found.source.sound_ahead_ms
