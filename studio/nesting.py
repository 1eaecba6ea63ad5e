"""What sources may see of the studio: other scenes, other sources, and the state as words."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.media.frame import Frame
from studio.scenes.model import Scene
from studio.scenes.stage import Renderer, Snapshot

READY_S = 3.0


class Nesting:
    """Draws scenes and lends pictures to sources, each on its own thread.

    Args:
        snapshot: what is composed now; None until the first one is there.
    """

    def __init__(self, snapshot: Callable[[], Snapshot | None]) -> None:
        self._snapshot = snapshot
        self._own = threading.local()
        self._judged: tuple[Snapshot | None, dict[str, bool]] = (None, {})

    def render(self, scene: str, canvas: str, at_ns: int, ground: str = "") -> Frame | None:
        """See `studio.sources.base.Render`.

        Raises:
            StudioError: conflict: the scene shows itself, directly or by way of others.
        """
        snapshot = self._ready()
        found = _find(snapshot, scene) if snapshot else None
        if snapshot is None or found is None:
            return None
        if self._is_round(snapshot, found):
            raise StudioError("conflict", "sources.scene_round", scene=found.name)
        if ground:
            found = replace(found, colour=ground)
        if not hasattr(self._own, "renderer"):
            self._own.renderer = Renderer()
        renderer: Renderer = self._own.renderer
        return renderer.draw(snapshot, found, snapshot.state.canvas(canvas), at_ns)

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
        snapshot = self._snapshot()
        return snapshot is None or source in snapshot.sources

    def _ready(self) -> Snapshot | None:
        until = time.monotonic() + READY_S
        while (snapshot := self._snapshot()) is None and time.monotonic() < until:
            time.sleep(0.01)
        return snapshot

    def _is_round(self, snapshot: Snapshot, scene: Scene) -> bool:
        """Does the scene show itself? Asked at every picture, so the answer is kept."""
        kept, answers = self._judged
        if kept is not snapshot:
            answers = {}
            self._judged = (snapshot, answers)
        if scene.name not in answers:
            answers[scene.name] = shows_itself(snapshot, scene)
        return answers[scene.name]


def shows_itself(snapshot: Snapshot, scene: Scene) -> bool:
    """Is there a way from the scene, through nested scenes and mirrors, back to it?"""
    seen: set[str] = set()
    todo = [item.source for item in scene.items]
    while todo:
        name = todo.pop()
        runner = snapshot.sources.get(name)
        if name in seen or runner is None:
            continue
        seen.add(name)
        source = runner.source
        if source.kind == "mirror":
            todo.append(source.settings.source)
        elif source.kind == "scene":
            inner = _find(snapshot, source.settings.scene)
            if inner is None:
                continue
            if inner.name == scene.name:
                return True
            todo += [item.source for item in inner.items]
    return False


def _find(snapshot: Snapshot, scene: str) -> Scene | None:
    found = snapshot.state.scene(scene)
    return found or next((one for one in snapshot.state.scenes if one.id == scene), None)


def say(get: Callable[[Iterable[str]], dict[str, Any]], path: str) -> str:
    """What stands under a dotted path of the state, as people read it.

    Lists are entered by number, or by the id or name of what is in them; an id of a product
    (``shop.card.name``) by the product itself. "" where there is nothing.
    """
    first, *rest = path.strip().split(".")
    try:
        parts = get([first])
    except RuntimeError:  # it changed while it was read from another thread; next time
        return ""
    value: Any = parts.get(first)
    for step in rest:
        if isinstance(value, str) and first == "shop":
            value = _named(parts[first].get("products", []), value)
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list):
            value = _named(value, step)
        else:
            return ""
    return _words(value)


def _named(values: list[Any], name: str) -> Any:
    if name.lstrip("-").isdigit() and -len(values) <= int(name) < len(values):
        return values[int(name)]
    for one in values:
        if isinstance(one, dict) and name in (one.get("id"), one.get("name"), one.get("sku")):
            return one
    return None


def _words(value: Any) -> str:
    if value is None or isinstance(value, dict | bool):
        return ""
    if isinstance(value, list):
        return "  ".join(word for one in value if (word := _words(one)))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
