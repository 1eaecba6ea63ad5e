"""A thread that finds landmarks in the latest frame of one source; nobody ever waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from studio.core.log import logger
from studio.core.priority import background_thread
from studio.core.worker import Worker
from studio.media.slot import Slot
from studio.tryon import follow, motion
from studio.tryon.canonical import canonical
from studio.tryon.detect.mask import MaskFinder
from studio.tryon.model import Landmarks, Quality, What

if TYPE_CHECKING:
    from studio.media.frame import Frame
    from studio.tryon.model import Face, Hand, Pose

_log = logger(__name__)
_FLOW_FACE = (33, 133, 263, 362, 168, 6, 4, 1, 61, 291, 70, 105, 300, 334, 10, 9, 50, 280)
_STEPS: tuple[Quality, ...] = ("full", "half", "third")
NICENESS = 4
"""Behind the picture and the encoders, yet never starved with the GIL in hand."""
_CUT_NS = 700_000_000
"""A gap this long between frames, or time going back, is a cut: everything is looked for anew."""


class Tracker:
    """Finds what garments need, as often as the machine affords.

    Args:
        needs: what is looked for.
        most_faces: how many faces are followed.
        rare: of the needs, what is looked for only now and then (see `Finder`).
        name: of the source, for logs.
        where: folder of the models.
        on_quality: told from the tracker's thread when it steps down or up.
        on_fault: told from the tracker's thread when it cannot work.
        on_found: told from the tracker's thread after each result.
    """

    def __init__(
        self,
        needs: Collection[What],
        *,
        most_faces: int = 1,
        rare: Collection[What] = (),
        name: str = "",
        where: Path | None = None,
        on_quality: Callable[[Quality], None] | None = None,
        on_fault: Callable[[Exception], None] | None = None,
        on_found: Callable[[Landmarks], None] | None = None,
    ) -> None:
        self.needs, self.rare = frozenset(needs), frozenset(rare)
        self._most_faces = most_faces
        self._where = where
        self._on_quality = on_quality
        self._on_found = on_found
        self._frames: Slot[Frame] = Slot()
        self._found: Slot[Landmarks] = Slot()
        self._worker = Worker(f"tryon {name}".strip(), self._run, on_fault=on_fault)
        self._strain = Strain()

    def start(self) -> None:
        """Starts looking; models are loaded in the thread."""
        self._worker.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._worker.stop()

    def offer(self, frame: Frame) -> None:
        """Hands over the newest frame; takes a microsecond, replaces one not yet looked at."""
        self._frames.put(frame)

    @property
    def latest(self) -> Landmarks | None:
        """What was found last, None before the first."""
        return self._found.get()

    def wait(self, timeout_s: float) -> Landmarks | None:
        """Waits for the next result; for stills and tests, never on the way of a live picture."""
        return self._found.wait(timeout_s)

    def _run(self, stopping: threading.Event) -> None:
        background_thread(NICENESS)
        finder = Finder(self.needs, self._most_faces, self._where, self.rare)
        quality: Quality = "full"
        seen = 0
        while not stopping.is_set():
            frame = self._frames.wait(0.2)
            if frame is None:
                continue
            seen += 1
            if seen % (_STEPS.index(quality) + 1):
                continue
            started, used = time.perf_counter(), time.thread_time()
            found = finder.find(frame, quality)
            took, used = time.perf_counter() - started, time.thread_time() - used
            self._found.put(found)
            self._worker.healthy()
            if self._on_found:
                self._on_found(found)
            wanted = self._strain.judge(took, used)
            if wanted != quality:
                _log.info("%s: looking for landmarks at %s rate", self._worker.name, wanted)
                quality = wanted
                if self._on_quality:
                    self._on_quality(quality)


class Finder:
    """All followers of one source; one thread at a time. `Tracker` gives it a thread.

    Args:
        needs: what is looked for.
        most_faces: how many faces are followed.
        where: folder of the models.
        rare: of the needs, what only hides goods: looked for now and then while none is there.

    Raises:
        StudioError: unavailable or failed when a model file is missing or broken.
    """

    def __init__(
        self,
        needs: Collection[What],
        most_faces: int = 1,
        where: Path | None = None,
        rare: Collection[What] = (),
    ) -> None:
        self._faces = follow.faces(most_faces, where) if "face" in needs else None
        self._hands = follow.hands(2, where) if "hand" in needs else None
        if self._hands is not None:
            self._hands.is_rare = "hand" in rare
        self._poses = follow.poses(1, where) if "pose" in needs else None
        self._mask = MaskFinder(where) if "mask" in needs else None
        self._last = Landmarks()
        self._turn = 0
        steady = canonical(where).steady.tolist()
        self._flow_face = np.array(sorted({*steady, *_FLOW_FACE}))

    def find(self, frame: Frame, quality: Quality = "full") -> Landmarks:
        """What is in ``frame``; what is not looked for this time stays as it was."""
        started = time.perf_counter()
        last = self._last
        gap = frame.pts_ns - last.pts_ns
        if last.pts_ns and not 0 <= gap < _CUT_NS:
            self._forget()
            last = Landmarks()
        when: dict[What, int] = dict(last.when)
        faces, hands, poses, mask = last.faces, last.hands, last.poses, last.mask
        # The face is what one looks at: every time. The dearer others take turns, and none of
        # them is looked for in every frame: the flow carries them over.
        others: list[follow.Follower[Hand] | follow.Follower[Pose] | None] = [
            f for f in (self._hands, self._poses) if f is not None
        ]
        if len(others) == 1:
            others.append(None)
        self._turn += 1
        chosen = others[self._turn % len(others)] if others else None
        if self._faces is not None:
            faces, when["face"] = self._faces.step(frame), frame.pts_ns
        if self._hands is not None and self._hands.is_rare and quality != "full":
            # A busy machine is spared what only hides goods.
            self._hands.forget()
            hands = ()
        elif self._hands is not None and (chosen is self._hands or not last.pts_ns):
            hands, when["hand"] = self._hands.step(frame), frame.pts_ns
        if self._poses is not None and (chosen is self._poses or not last.pts_ns):
            poses, when["pose"] = self._poses.step(frame), frame.pts_ns
        if self._mask is not None and (self._turn % 2 or mask is None or self._faces is None):
            mask, when["mask"] = self._mask.find(frame), frame.pts_ns
        patches = self._patches(frame, faces, hands, poses, when, last)
        took_ms = (time.perf_counter() - started) * 1e3
        self._last = Landmarks(
            frame.pts_ns, frame.width, frame.height, when, faces, hands, poses, mask, patches,
            took_ms, quality,
        )  # fmt: skip
        return self._last

    def _patches(
        self,
        frame: Frame,
        faces: tuple[Face, ...],
        hands: tuple[Hand, ...],
        poses: tuple[Pose, ...],
        when: dict[What, int],
        last: Landmarks,
    ) -> dict[int, motion.Patch]:
        """How each thing looks now; kept from before for those not looked for."""
        out: dict[int, motion.Patch] = {}
        groups: tuple[tuple[What, Any, Any], ...] = (
            ("face", faces, self._flow_face),
            ("hand", hands, slice(None)),
            ("pose", poses, slice(0, 25)),
        )
        for what, things, points in groups:
            for thing in things:
                if when.get(what) != frame.pts_ns:
                    before = last.patches.get(thing.track)
                else:
                    before = motion.patch(frame, thing.points[points])
                if before is not None:
                    out[thing.track] = before
        return out

    def _forget(self) -> None:
        for follower in (self._faces, self._hands, self._poses):
            if follower is not None:
                follower.forget()
        if self._mask is not None:
            self._mask.forget()
        self._last = Landmarks()


class Strain:
    """Judges how often to look, from how much longer work took than it should have.

    A thread that waits for the processor as long as it computes shares it with others that need
    it more: the picture, the encoders.
    """

    def __init__(self, down: float = 2.2, up: float = 1.35) -> None:
        self._down, self._up = down, up
        self._ratio = 1.0
        self._level = 0
        self._held = 0

    def judge(self, took_s: float, used_s: float) -> Quality:
        """The rate for the next frames.

        Args:
            took_s: wall time of the last search.
            used_s: processor time of it.
        """
        ratio = took_s / max(used_s, 1e-4)
        self._ratio += (min(ratio, 8.0) - self._ratio) * 0.1
        self._held += 1
        if self._held < 15:
            return _STEPS[self._level]
        if self._ratio > self._down and self._level < 2:
            self._level, self._held = self._level + 1, 0
        elif self._ratio < self._up and self._level > 0 and self._held > 60:
            self._level, self._held = self._level - 1, 0
        return _STEPS[self._level]
