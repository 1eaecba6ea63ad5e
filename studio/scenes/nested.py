"""Scenes as pictures for sources that show them, and pictures of one source lent to another."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from msgspec.structs import replace

from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.media.frame import Frame
from studio.scenes.graph import Shown, find_scene, shows_itself
from studio.scenes.model import Scene
from studio.scenes.stage import Renderer, Snapshot

READY_S = 3.0


class Composed(Protocol):
    """What is composed now."""

    @property
    def snapshot(self) -> Snapshot | None:
        """The state of this tick; None until the first one is there."""
        ...


class NestedPictures:
    """Draws scenes and lends pictures to sources, each on its own thread.

    Args:
        composed: gives the snapshot.
    """

    def __init__(self, composed: Composed) -> None:
        self._composed = composed
        self._own = threading.local()
        self._judged: tuple[Snapshot | None, dict[str, bool]] = (None, {})

    def render(self, scene: str, canvas: str, at_ns: int, ground: str = "") -> Frame | None:
        """See `studio.sources.base.Render`.

        Raises:
            StudioError: conflict: the scene shows itself, directly or by way of others.
        """
        snapshot = self._ready()
        shown = find_scene(snapshot.state, scene) if snapshot else None
        if snapshot is None or shown is None:
            return None
        if self._is_cycle(snapshot, shown):
            raise StudioError("conflict", "sources.scene_round", scene=shown.name)
        if ground:
            shown = replace(shown, colour=ground)
        if not hasattr(self._own, "renderer"):
            self._own.renderer = Renderer()
        renderer: Renderer = self._own.renderer
        return renderer.draw(snapshot, shown, snapshot.state.canvas(canvas), at_ns)

    def look(self, source: str) -> Frame | None:
        """The newest picture of a source; from now on it is wanted.

        Raises:
            StudioError: not_found: there is no such source.
        """
        snapshot = self._ready()
        if not self.has(source):
            raise StudioError("not_found", "sources.mirrored_gone", source=source)
        runner = snapshot.sources.get(source) if snapshot else None
        shot = runner.look(now_ns()) if runner else None
        return shot.frame if shot else None

    def has(self, source: str) -> bool:
        """Is there such a source? Nobody is woken by the question."""
        snapshot = self._composed.snapshot
        return snapshot is None or source in snapshot.sources

    def _ready(self) -> Snapshot | None:
        until = time.monotonic() + READY_S
        while (snapshot := self._composed.snapshot) is None and time.monotonic() < until:
            time.sleep(0.01)
        return snapshot

    def _is_cycle(self, snapshot: Snapshot, scene: Scene) -> bool:
        """Does the scene show itself? Asked at every picture, so the answer is kept."""
        kept, answers = self._judged
        if kept is not snapshot:
            answers = {}
            self._judged = (snapshot, answers)
        if scene.name not in answers:
            answers[scene.name] = is_cycle(snapshot, scene)
        return answers[scene.name]


def is_cycle(snapshot: Snapshot, scene: Scene) -> bool:
    """Does a scene of a snapshot show itself?"""

    def shown(name: str) -> Shown:
        runner = snapshot.sources.get(name)
        kind = runner.source.kind if runner is not None else ""
        if runner is not None and kind == "mirror":
            return Shown(source=runner.source.settings.source)
        if runner is not None and kind == "scene":
            return Shown(scene=runner.source.settings.scene)
        return Shown()

    return shows_itself(scene, shown, snapshot.state)
