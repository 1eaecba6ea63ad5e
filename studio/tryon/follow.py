"""Holding on to what was found: tracks from frame to frame, and the search for new ones.

One follower a kind of thing. A step costs the points network once a track; the detector runs only
while something is missing, in the same frame in which it was lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import numpy as np

from studio.tryon.canonical import canonical
from studio.tryon.detect import face, hand, pose
from studio.tryon.detect.face import box_of
from studio.tryon.detect.roi import Roi
from studio.tryon.model import Face, Hand, PixelBox, Pose
from studio.tryon.smooth import Steady

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

_SEARCH_EVERY = 6
"""While there is room for another one, the whole picture is searched every so many frames."""
_SAME = 0.35
"""Two boxes that share more of their union are one and the same thing."""
_ids = count(1)


class Followed(Protocol):
    """What a follower follows: a Face, a Hand or a Pose."""

    @property
    def score(self) -> float: ...
    @property
    def points(self) -> NDArray[np.float32]: ...
    @property
    def box(self) -> PixelBox: ...
    @property
    def track(self) -> int: ...


T = TypeVar("T", Face, Hand, Pose)


@dataclass(slots=True)
class _Track(Generic[T]):
    thing: T
    roi: Roi
    steady: Steady
    pts_ns: int
    shift: tuple[float, float] = (0.0, 0.0)
    """Pixels a frame that its place moved last."""


class Follower(Generic[T]):
    """Follows up to ``most`` things of one kind.

    Args:
        detect: frame, area (or None for the whole), most → squares to look at.
        look: frame, square, track → the thing and the square for the next frame.
        least: smallest score that counts as there.
        most: how many are followed.
        steady: indices of the points that tell the place.
        is_smooth: False gives the points as the network says them.
    """

    def __init__(
        self,
        detect: Callable[[Frame, Roi | None, int], list[Roi]],
        look: Callable[[Frame, Roi, int], tuple[T, Roi]],
        *,
        least: float,
        most: int,
        steady: NDArray[np.int32] | None = None,
        is_smooth: bool = True,
    ) -> None:
        self._detect = detect
        self._look: Callable[[Frame, Roi, int], tuple[T, Roi]] = look
        self._least, self.most = least, most
        self._steady, self._is_smooth = steady, is_smooth
        self._tracks: list[_Track[T]] = []
        self._frames = 0
        self._tile = 0
        self.is_rare = False
        """Things that only hide others: looked for now and then, and not in tiles."""

    def step(self, frame: Frame) -> tuple[T, ...]:
        """What is in this frame; frames come in order."""
        self._frames += 1
        lost = 0
        kept: list[_Track[T]] = []
        for track in self._tracks[: self.most]:
            if self._follow(track, frame) and not _same(track.thing, kept):
                kept.append(track)
            else:
                lost += 1
        self._tracks = kept
        room = self.most - len(kept)
        due = lost or (not kept and not self.is_rare) or self._frames % _SEARCH_EVERY == 0
        if room > 0 and due:
            self._search(frame, room)
        return tuple(track.thing for track in self._tracks)

    def forget(self) -> None:
        """Lets go of everything."""
        self._tracks.clear()

    def _follow(self, track: _Track[T], frame: Frame) -> bool:
        """Looks where the track should be now; False when it is not there."""
        roi = track.roi
        steps = max(0.0, min((frame.pts_ns - track.pts_ns) / 33.3e6, 3.0))
        moved = replace(roi, cx=roi.cx + track.shift[0] * steps, cy=roi.cy + track.shift[1] * steps)
        thing, following = self._look(frame, moved, track.thing.track)
        if thing.score < self._least or not _sound(thing, following, frame):
            return False
        before = track.thing.box.centre
        if self._is_smooth:
            points = track.steady.update(thing.points, frame.pts_ns)
            thing = replace(thing, points=points, box=box_of(points))
        after = thing.box.centre
        per = 1 / max(steps, 0.5)
        track.shift = ((after[0] - before[0]) * per, (after[1] - before[1]) * per)
        track.thing, track.roi, track.pts_ns = thing, following, frame.pts_ns
        return True

    def _search(self, frame: Frame, room: int) -> None:
        squares = self._detect(frame, None, self.most)
        if len(squares) <= len(self._tracks) and not self.is_rare:
            # Small things are missed in the whole picture: one tile of it at a time, in turn.
            tiles = _tiles(frame)
            squares += self._detect(frame, tiles[self._tile % len(tiles)], self.most)
            self._tile += 1
        for square in squares:
            if room == 0:
                return
            if any(_covers(track.thing.box, square) for track in self._tracks):
                continue
            thing, following = self._look(frame, square, next(_ids))
            if thing.score < self._least or not _sound(thing, following, frame):
                continue
            if _same(thing, self._tracks):
                continue
            steady = Steady(self._steady)
            if self._is_smooth:
                # The first look is through the detector's coarse square: look again through its
                # own, so that it does not slide into place on the second frame.
                again, following = self._look(frame, following, thing.track)
                if again.score >= self._least:
                    thing = again
                steady.update(thing.points, frame.pts_ns)
            self._tracks.append(_Track(thing, following, steady, frame.pts_ns))
            room -= 1


def _same(thing: Followed, tracks: list[_Track[T]]) -> bool:
    return any(thing.box.overlap(track.thing.box) > _SAME for track in tracks)


def _covers(box: PixelBox, square: Roi) -> bool:
    """Is the middle of the square within the box?"""
    return box.x <= square.cx <= box.x + box.width and box.y <= square.cy <= box.y + box.height


def _sound(thing: Followed, following: Roi, frame: Frame) -> bool:
    """Could this be real: finite, of a sensible size, a fifth of it in the picture?"""
    if not np.isfinite(thing.points).all():
        return False
    x, y = thing.points[:, 0], thing.points[:, 1]
    inside = (x >= 0) & (y >= 0) & (x < frame.width) & (y < frame.height)
    # A host behind a table shows head and shoulders: the square of the body is far larger.
    big = 8.0 * max(frame.width, frame.height)
    return 12 < following.width < big and 5 * int(inside.sum()) >= len(x)


def _tiles(frame: Frame) -> list[Roi]:
    """Squares that cover the picture: as high as it, then half as high."""
    out = []
    for side in (min(frame.width, frame.height), min(frame.width, frame.height) / 2):
        columns = max(1, int(np.ceil(frame.width / side * 1.3)))
        rows = max(1, int(np.ceil(frame.height / side * 1.3)))
        if frame.width <= side:
            columns = 1
        if frame.height <= side:
            rows = 1
        for row in range(rows):
            for column in range(columns):
                x = side / 2 + (frame.width - side) * (column / max(1, columns - 1))
                y = side / 2 + (frame.height - side) * (row / max(1, rows - 1))
                out.append(Roi(x - 0.5, y - 0.5, side, side))
    return out


class Sides:
    """Keeps left and right of a body from changing places for a frame or two.

    Seen small or from the side, the network now and then calls the left arm the right one. A body
    cannot turn about in a thirtieth of a second: where the swapped points lie much nearer to those
    of the frame before, they are swapped back, for `_STUBBORN` frames at most.
    """

    _STUBBORN = 12

    def __init__(self) -> None:
        self._last: tuple[int, NDArray[np.float32]] = (0, np.zeros((0, 2), np.float32))
        self._swapped = 0

    def kept(self, body: Pose) -> Pose:
        """The same body, its sides as in the frame before."""
        track, before = self._last
        if track == body.track and len(before):
            now = body.points[_LIMBS, :2]
            turned = body.points[_MIRRORED][_LIMBS, :2]
            as_is = float(np.abs(now - before).mean())
            other = float(np.abs(turned - before).mean())
            if other < 0.5 * as_is and self._swapped < self._STUBBORN:
                self._swapped += 1
                body = replace(body, points=body.points[_MIRRORED], seen=body.seen[_MIRRORED])
            else:
                self._swapped = 0
        self._last = (body.track, body.points[_LIMBS, :2].copy())
        return body


_LIMBS = np.array([11, 12, 13, 14, 15, 16, 23, 24])
_MIRRORED = np.array(
    [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15, 18, 17, 20, 19, 22, 21, 24, 23,
     26, 25, 28, 27, 30, 29, 32, 31]
)  # fmt: skip
"""Index of the same point on the other side of the body."""


def faces(most: int = 1, where: Path | None = None, is_smooth: bool = True) -> Follower[Face]:
    """A follower of faces.

    Raises:
        StudioError: unavailable or failed when a model file is missing or broken.
    """
    finder = face.FaceFinder(where)

    def look(frame: Frame, square: Roi, track: int) -> tuple[Face, Roi]:
        found = finder.mesh(frame, square, track)
        return found, face.roi_of(found.points)

    return Follower(
        finder.detect, look, least=face.LEAST_PRESENCE, most=most,
        steady=canonical(where).steady, is_smooth=is_smooth,
    )  # fmt: skip


def hands(most: int = 2, where: Path | None = None, is_smooth: bool = True) -> Follower[Hand]:
    """A follower of hands.

    Raises:
        StudioError: unavailable or failed when a model file is missing or broken.
    """
    finder = hand.HandFinder(where)

    def look(frame: Frame, square: Roi, track: int) -> tuple[Hand, Roi]:
        found = finder.points(frame, square, track)
        return found, hand.roi_of(found.points)

    palm = np.array([0, 5, 9, 13, 17], np.int32)
    return Follower(
        finder.detect, look, least=hand.LEAST_PRESENCE, most=most, steady=palm, is_smooth=is_smooth
    )


def poses(most: int = 1, where: Path | None = None, is_smooth: bool = True) -> Follower[Pose]:
    """A follower of bodies.

    Raises:
        StudioError: unavailable or failed when a model file is missing or broken.
    """
    finder, sides = pose.PoseFinder(where), Sides()
    torso = np.array([11, 12, 23, 24], np.int32)

    def look(frame: Frame, square: Roi, track: int) -> tuple[Pose, Roi]:
        found, following = finder.points(frame, square, track)
        return sides.kept(found), following

    return Follower(
        finder.detect, look, least=pose.LEAST_PRESENCE, most=most,
        steady=torso, is_smooth=is_smooth,
    )  # fmt: skip
