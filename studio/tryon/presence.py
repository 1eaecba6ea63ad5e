"""Who is in the frame that is being drawn: landmarks carried to its moment, coming and going.

Landmarks are of an earlier frame; each thing is carried on by the flow of its patch. A thing that
is lost fades out in 120 ms where it was last sure, so that nothing ever sticks in the air.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from studio.media.cv import cv2
from studio.tryon import light as lights
from studio.tryon import motion
from studio.tryon.detect.face import box_of
from studio.tryon.garments.base import Person
from studio.tryon.head import HeadPose, head_of
from studio.tryon.model import Face, Hand, Landmarks, Pose, What
from studio.tryon.paint import Light

if TYPE_CHECKING:
    from studio.media.frame import Frame
    from studio.tryon.model import PixelBox

T = TypeVar("T", Face, Hand, Pose)
_FADE_NS = 120_000_000
_COME_NS = 60_000_000
_STALE_NS = 250_000_000
"""Landmarks older than this are no evidence any more."""


@dataclass(slots=True)
class _Held:
    """A thing on the picture.

    ``thing`` is where it was last sure; ``strength`` how much of it is shown.
    """

    thing: Face | Hand | Pose
    strength: float = 0.0
    head: HeadPose | None = None
    light: Light | None = None
    still_there: bool = True


@dataclass(slots=True)
class Presence:
    """Remembers, from frame to frame of one source, who is there. One thread at a time."""

    _held: dict[int, _Held] = field(default_factory=dict)
    _pts_ns: int = 0
    age_ms: float = 0.0
    """How old the newest landmarks were at the last frame."""

    def at(self, frame: Frame, found: Landmarks | None) -> list[Person]:
        """The people in ``frame``, one a face; hands and bodies go with the first.

        Args:
            frame: the frame that will be drawn on, before anything is drawn.
            found: the newest landmarks of this source.
        """
        step_ns = max(0, min(frame.pts_ns - self._pts_ns, 200_000_000)) if self._pts_ns else 0
        first = not self._pts_ns
        self._pts_ns = frame.pts_ns
        if found is None or (found.width, found.height) != (frame.width, frame.height):
            self._held.clear()
            return []
        self.age_ms = max(0.0, (frame.pts_ns - found.pts_ns) / 1e6)
        sure: set[int] = set()
        self._update(frame, found, "face", found.faces, sure)
        self._update(frame, found, "hand", found.hands, sure)
        self._update(frame, found, "pose", found.poses, sure)
        for track, held in list(self._held.items()):
            if track in sure:
                # A picture that stands still has no time to fade in.
                come = 1.0 if first or not step_ns else step_ns / _COME_NS
                held.strength = min(1.0, held.strength + come)
            else:
                held.strength -= step_ns / _FADE_NS
                if held.strength <= 0:
                    del self._held[track]
        return self._people(frame, found)

    @property
    def boxes(self) -> tuple[PixelBox, ...]:
        """Boxes of the faces at the last frame, for what must not cover them."""
        return tuple(h.thing.box for h in self._held.values() if isinstance(h.thing, Face))

    def _update(
        self, frame: Frame, found: Landmarks, what: What, things: tuple[T, ...], sure: set[int]
    ) -> None:
        when = found.when.get(what, 0)
        if frame.pts_ns - when > _STALE_NS:
            return
        for thing in things:
            if when != frame.pts_ns:
                before = found.patches.get(thing.track)
                matrix = motion.moved(before, frame) if before is not None else None
                if matrix is None:
                    continue
                points = motion.carried(thing.points, matrix)
                thing = replace(thing, points=points, box=box_of(points))
            held = self._held.get(thing.track)
            if held is None:
                held = self._held[thing.track] = _Held(thing)
            held.thing = thing
            sure.add(thing.track)
            if isinstance(thing, Face):
                held.head = head_of(thing.points, frame.width, frame.height, held.head)
                held.light = lights.eased(held.light, lights.measure(frame, thing.points))

    def _people(self, frame: Frame, found: Landmarks) -> list[Person]:
        faces = [h for h in self._held.values() if isinstance(h.thing, Face)]
        hands = [(h.thing, h.strength) for h in self._held.values() if isinstance(h.thing, Hand)]
        bodies = [(h.thing, h.strength) for h in self._held.values() if isinstance(h.thing, Pose)]
        mask = None
        if found.mask is not None:
            mask = cv2.resize(found.mask, (frame.width, frame.height))
        light = faces[0].light if faces else None
        if not faces:
            if not hands and not bodies:
                return []
            return [Person(hands=hands, bodies=bodies, mask=mask)]
        faces.sort(key=lambda h: -h.thing.box.width)
        people = []
        for index, held in enumerate(faces):
            assert isinstance(held.thing, Face)
            people.append(
                Person(
                    held.thing,
                    held.head,
                    float(np.clip(held.strength, 0, 1)),
                    hands if index == 0 else (),
                    bodies if index == 0 else (),
                    mask,
                    held.light or light or Light(),
                )
            )
        return people
