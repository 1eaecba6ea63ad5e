"""Which scenes and sources show each other: no circles, who is seen where, who follows a rename."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import Scene, ScenesState
from studio.sources.model import SourceSpec


class Shown(NamedTuple):
    """What a source shows instead of a picture of its own; "" where it does not."""

    scene: str = ""
    source: str = ""


Lookup = Callable[[str], Shown]
"""What the source of this name shows."""


class SourceSpecs(Protocol):
    """The sources of the show."""

    @property
    def specs(self) -> Mapping[str, SourceSpec]:
        """By name."""
        ...


def find_scene(state: ScenesState, wanted: str) -> Scene | None:
    """A scene by name or id, the name first."""
    scene = state.scene(wanted)
    return scene or next((scene for scene in state.scenes if scene.id == wanted), None)


def shown_of(specs: Mapping[str, SourceSpec]) -> Lookup:
    """What sources show, as their settings say."""

    def lookup(name: str) -> Shown:
        spec = specs.get(name)
        if spec is None:
            return Shown()
        if spec.kind == "mirror":
            return Shown(source=str(spec.settings.get("source", "")))
        if spec.kind == "scene":
            return Shown(scene=str(spec.settings.get("scene", "")))
        return Shown()

    return lookup


def find_cycle(source: str, shown: Lookup, state: ScenesState) -> list[str]:
    """The way from a source through what it shows back to itself; [] when there is none."""
    todo = [(source, [source])]
    seen: set[str] = set()
    while todo:
        name, way = todo.pop()
        for step, inner in _steps(shown(name), state):
            if inner == source:
                return [*way, *step, source]
            if inner not in seen:
                seen.add(inner)
                todo.append((inner, [*way, *step, inner]))
    return []


def shows_itself(scene: Scene, shown: Lookup, state: ScenesState) -> bool:
    """Is there a way from a scene, through nested scenes and mirrors, back to it?"""
    todo = [item.source for item in scene.items]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for step, inner in _steps(shown(name), state):
            if scene.name in step:
                return True
            todo.append(inner)
        nested = shown(name).scene
        if nested and nested in (scene.name, scene.id):
            return True  # it may have no item that leads on
    return False


def _steps(shown: Shown, state: ScenesState) -> list[tuple[list[str], str]]:
    """The sources a source shows, each with the scene that stands between."""
    if shown.source:
        return [([], shown.source)]
    scene = find_scene(state, shown.scene) if shown.scene else None
    return [([scene.name], item.source) for item in scene.items] if scene is not None else []


class SceneGraph:
    """Scenes and sources of the show as it is now.

    Args:
        sources, scenes: own them; scenes ask here what sources show.
    """

    def __init__(self, sources: SourceSpecs, scenes: SceneRepository) -> None:
        self._sources, self._scenes = sources, scenes
        scenes.nesting = self

    def check_scene(self, scene: Scene) -> None:
        """A scene that is to be put like this; only what comes new to it is looked at.

        Raises:
            StudioError: conflict: it would show itself.
        """
        state = self._scenes.state
        old = next(
            (other_scene for other_scene in state.scenes if other_scene.id == scene.id), None
        )
        known = state.with_scene(scene) if old else replace(state, scenes=(*state.scenes, scene))
        before = {item.source for item in old.items} if old else set()
        for source in {item.source for item in scene.items} - before:
            _refuse_cycle(source, self._sources.specs, known)

    def check_source(self, spec: SourceSpec) -> None:
        """A source that is to be put like this.

        Raises:
            StudioError: conflict: it would show itself.
        """
        _refuse_cycle(spec.name, {**self._sources.specs, spec.name: spec}, self._scenes.state)

    def scene_within(self, source: str) -> str:
        """The scene a source shows, by name or id; "" for other kinds."""
        return shown_of(self._sources.specs)(source).scene

    def sources_within(self, source: str) -> list[str]:
        """The sources seen where this one is: those on its scene, or the one it mirrors."""
        shown = shown_of(self._sources.specs)(source)
        if shown.source:
            return [shown.source] if shown.source in self._sources.specs else []
        scene = find_scene(self._scenes.state, shown.scene) if shown.scene else None
        return [] if scene is None else [item.source for item in scene.items if item.is_enabled]

    def scenes_with(self, source: str) -> list[str]:
        """Scenes on which a source stands, or a mirror of it does."""
        shown = shown_of(self._sources.specs)
        seen = {source, *(name for name in self._sources.specs if shown(name).source == source)}
        scenes = self._scenes.state.scenes
        return [s.name for s in scenes if any(item.source in seen for item in s.items)]

    def rename_source(self, old: str, new: str) -> None:
        """Items follow a source to its new name."""
        for scene in self._scenes.state.scenes:
            if any(item.source == old for item in scene.items):
                items = tuple(
                    replace(item, source=new) if item.source == old else item
                    for item in scene.items
                )
                self._scenes.put(replace(scene, items=items))


def _refuse_cycle(source: str, specs: Mapping[str, SourceSpec], state: ScenesState) -> None:
    way = find_cycle(source, shown_of(specs), state)
    if way:
        raise StudioError("conflict", "scenes.round", source=source, way=" → ".join(way))
