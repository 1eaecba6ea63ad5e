"""Is something generated in a scene? Then its picture bears the label, whatever lies over it."""

from __future__ import annotations

from studio.scenes.graph import find_scene
from studio.scenes.model import Scene, ScenesState
from studio.sources.runner import SourceRunner


def shows_generated(
    scene: Scene | None, state: ScenesState, sources: dict[str, SourceRunner], canvas: str = ""
) -> bool:
    """Does the scene have a generated source in it: itself, mirrored, or in scenes inside it?

    How large, how clear, how much of it is covered does not matter, nor on which canvas a scene
    inside is drawn: in doubt the label is there.

    Args:
        canvas: what has no box on it is not there; "" is any.
    """
    todo, seen = [scene], set[str]()
    while todo:
        shown = todo.pop()
        names = [
            item.source for item in (shown.items if shown else ())
            if item.is_enabled and (not canvas or shown is not scene or canvas in item.boxes)
        ]  # fmt: skip
        while names:
            name = names.pop()
            runner = sources.get(name)
            if runner is None or name in seen:
                continue
            seen.add(name)
            source = runner.source
            if source.is_generated:
                return True
            if source.kind == "mirror":
                names.append(str(source.settings.source))
            elif source.kind == "scene":
                todo.append(find_scene(state, str(source.settings.scene)))
    return False
