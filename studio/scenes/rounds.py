"""Finds scenes and mirrors that would show themselves, before they are put so."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.scenes.model import Scene, ScenesState
from studio.sources.model import SourceSpec


def check_round(source: str, specs: Mapping[str, SourceSpec], state: ScenesState) -> None:
    """Follows a source through nested scenes and mirrors.

    Args:
        source: the one that was just placed or changed.
        specs, state: the show as it would be.

    Raises:
        StudioError: conflict, with the way from the source back to itself.
    """
    way = way_back(source, specs, state)
    if way:
        raise StudioError("conflict", "scenes.round", source=source, way=" → ".join(way))


class Rounds:
    """The same, of the show as it is now.

    Args:
        specs, state: give it.
    """

    def __init__(
        self, specs: Callable[[], Mapping[str, SourceSpec]], state: Callable[[], ScenesState]
    ) -> None:
        self._specs, self._state = specs, state

    def check_scene(self, scene: Scene) -> None:
        """A scene that is to be put like this; only what comes new to it is looked at.

        Raises:
            StudioError: conflict: it would show itself.
        """
        state = self._state()
        old = next((one for one in state.scenes if one.id == scene.id), None)
        known = state.with_scene(scene) if old else replace(state, scenes=(*state.scenes, scene))
        before = {item.source for item in old.items} if old else set()
        for source in {item.source for item in scene.items} - before:
            check_round(source, self._specs(), known)

    def check_source(self, spec: SourceSpec) -> None:
        """A source that is to be put like this.

        Raises:
            StudioError: conflict: it would show itself.
        """
        check_round(spec.name, {**self._specs(), spec.name: spec}, self._state())

    def within(self, name: str) -> str:
        """The scene a source shows, by name or id; "" for other kinds."""
        spec = self._specs().get(name)
        if spec is None or spec.kind != "scene":
            return ""
        return str(spec.settings.get("scene", ""))

    def shown_through(self, name: str) -> list[str]:
        """The sources seen where this one is."""
        return shown_through(name, self._specs(), self._state())


def way_back(source: str, specs: Mapping[str, SourceSpec], state: ScenesState) -> list[str]:
    """From a source by way of what it shows back to itself; [] when it does not come back."""
    todo = [(source, [source])]
    seen: set[str] = set()
    while todo:
        name, way = todo.pop()
        for step, shown in _shown_by(name, specs, state):
            if shown == source:
                return [*way, *step, source]
            if shown not in seen:
                seen.add(shown)
                todo.append((shown, [*way, *step, shown]))
    return []


def _shown_by(
    name: str, specs: Mapping[str, SourceSpec], state: ScenesState
) -> list[tuple[list[str], str]]:
    """The sources a source shows, each with the scene that stands between."""
    spec = specs.get(name)
    if spec is None:
        return []
    if spec.kind == "mirror":
        return [([], str(spec.settings.get("source", "")))]
    if spec.kind != "scene":
        return []
    scene = _nested(spec, state)
    return [([scene.name], item.source) for item in scene.items] if scene is not None else []


def _nested(spec: SourceSpec, state: ScenesState) -> Scene | None:
    """The scene that a source of the kind "scene" shows."""
    wanted = spec.settings.get("scene", "")
    return next((one for one in state.scenes if wanted in (one.name, one.id)), None)


def shown_through(name: str, specs: Mapping[str, SourceSpec], state: ScenesState) -> list[str]:
    """The sources seen where this one is: those on its scene, or the one it mirrors."""
    spec = specs.get(name)
    if spec is None or spec.kind not in ("scene", "mirror"):
        return []
    if spec.kind == "mirror":
        mirrored = str(spec.settings.get("source", ""))
        return [mirrored] if mirrored in specs else []
    scene = _nested(spec, state)
    return [] if scene is None else [item.source for item in scene.items if item.is_enabled]
