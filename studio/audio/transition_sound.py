"""The sound of a transition's own, as a stinger has it: a channel while it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from studio.audio.mixer import Channel
from studio.audio.model import Strip
from studio.media.sound import RATE, Samples, SoundRing

NAME = "\0transition"
"""No source can be called this."""


class SoundingTransition(Protocol):
    """A transition, as far as it is heard."""

    @property
    def sound(self) -> Samples | None: ...


class SoundingChange(Protocol):
    """A transition under way (`studio.scenes.compositor.Change`)."""

    @property
    def transition(self) -> SoundingTransition: ...
    @property
    def start_ns(self) -> int: ...
    @property
    def held(self) -> float | None: ...


class TransitionSound:
    """Keeps what each transition under way has yet to say. Engine loop only."""

    def __init__(self) -> None:
        self._rings: dict[int, SoundRing] = {}
        """By the moment at which it began: both canvases of one take share it."""

    def channels(self, changes: Mapping[str, SoundingChange]) -> Iterator[Channel]:
        """A channel for each moment at which transitions with a sound began.

        Args:
            changes: by canvas; one that a hand holds on the T-bar is silent.
        """
        heard = {
            canvas: change
            for canvas, change in changes.items()
            if change.held is None and change.transition.sound is not None
        }
        began = {change.start_ns for change in heard.values()}
        self._rings = {start: ring for start, ring in self._rings.items() if start in began}
        for start_ns in sorted(began):
            of = {
                canvas: transition_part
                for canvas, transition_part in heard.items()
                if transition_part.start_ns == start_ns
            }
            if start_ns not in self._rings:
                samples = next(iter(of.values())).transition.sound
                assert samples is not None
                ring = SoundRing(len(samples) / RATE + 1)
                ring.put(samples, start_ns)
                self._rings[start_ns] = ring
            strip = Strip(NAME + "+".join(sorted(of)), follows_scene=False)
            yield Channel(strip, self._rings[start_ns], 0, True, frozenset(of))
