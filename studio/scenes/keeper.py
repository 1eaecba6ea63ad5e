"""Owns the scenes: every change makes a new state; the picture thread reads the last one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.text import natural
from studio.scenes.compositor import Change
from studio.scenes.events import PreviewSet, SceneTaken, TransitionEnded
from studio.scenes.model import CANVASES, Canvas, Item, Scene, ScenesState, TransitionChoice
from studio.scenes.transition_box import TransitionBox
from studio.scenes.transitions.base import Transition

Announce = Callable[[Any], None]


class NestingRule(Protocol):
    """What sources show of others (`studio.scenes.graph.SceneGraph`)."""

    def sources_within(self, source: str) -> Iterable[str]:
        """The sources of a nested scene, the one that is mirrored."""
        ...

    def scene_within(self, source: str) -> str:
        """The scene a source shows, by name or id; "" for other kinds."""
        ...


class NoNesting:
    """No source shows another."""

    def sources_within(self, source: str) -> Iterable[str]:
        """Nothing."""
        return ()

    def scene_within(self, source: str) -> str:
        """None."""
        return ""


class SceneRepository:
    """The scenes of the show.

    Args:
        kinds: the transitions there are.
        announce: publishes events.
    """

    def __init__(self, kinds: Kinds[Transition], announce: Announce) -> None:
        self.kinds = kinds
        self.box = TransitionBox(kinds)
        self._announce = announce
        self._state = ScenesState()
        self.changes: dict[str, Change] = {}
        self.acknowledged: dict[str, tuple[str, str]] = {}
        self._dropped: dict[str, float] = {}
        """Where a T-bar stands that is still in a hand, but no longer moves the picture."""
        self.nesting: NestingRule = NoNesting()

    @property
    def state(self) -> ScenesState:
        """What is now; immutable."""
        return self._state

    def load(self, state: ScenesState) -> None:
        """Takes over a show's scenes; programme and preview get a scene where they have none."""
        names = [scene.name for scene in state.scenes]
        if len(set(names)) != len(names):
            raise StudioError("invalid", "scenes.double_name", name=", ".join(names))
        first = names[0] if names else ""
        second = names[1] if len(names) > 1 else first
        programme = {c: _known(state.programme.get(c), names, first) for c in CANVASES}
        preview = {c: _known(state.preview.get(c), names, second) for c in CANVASES}
        self.changes = {}
        self._dropped.clear()
        self._state = replace(state, programme=programme, preview=preview)
        self.box.prepare_all(self._state)

    def is_composed(self, canvas: str) -> bool:
        """Is the canvas on?"""
        return self._state.canvas(canvas).is_enabled

    def size_of(self, canvas: str) -> tuple[int, int]:
        """Width and height of a canvas in pixels."""
        size = self._state.canvas(canvas)
        return size.width, size.height

    def get(self, name: str) -> Scene:
        """A scene by name, by id or by its number in the row ("1" is the first).

        Raises:
            StudioError: not_found, with the names there are.
        """
        scenes = self._state.scenes
        for scene in scenes:
            if name in (scene.name, scene.id):
                return scene
        number = natural(name)
        if number is not None and 1 <= number <= len(scenes):
            return scenes[number - 1]
        known = ", ".join(scene.name for scene in scenes)
        raise StudioError("not_found", "scenes.no_scene", name=name, known=known)

    def for_purpose(self, purpose: str) -> Scene | None:
        """The first scene made for ``purpose`` ("standby")."""
        return next((s for s in self._state.scenes if s.purpose == purpose), None)

    def is_all_on(self, name: str, canvas: str = "") -> bool:
        """Is this scene on programme, settled, on the canvas (on all of them)?"""
        which = self._which(canvas)
        return all(self._state.programme.get(entry) == name for entry in which) and not any(
            item in self.changes for item in which
        )

    def set_preview(self, name: str, canvas: str = "") -> None:
        """What will be taken next."""
        scene = self.get(name)
        preview = {**self._state.preview, **dict.fromkeys(self._which(canvas), scene.name)}
        self._state = replace(self._state, preview=preview)
        self._announce(PreviewSet(scene=scene.name, canvas=canvas))

    def take(
        self, name: str = "", canvas: str = "", kind: str = "", duration_ms: int | None = None
    ) -> str:
        """Puts a scene (by default the one on preview) on programme; returns what was there.

        In studio mode preview and programme swap, as switchers do.
        """
        if not name and kind != "cut" and self._finish_held(canvas, duration_ms):
            return self._state.preview[self._which(canvas)[0]]
        scene = self.get(name or self._state.preview[self._which(canvas)[0]])
        choice = self._choice(scene, kind, duration_ms)
        transition = self.box.get(choice.kind, choice.settings)
        if not transition.is_ready:  # better a plain cut now than a stinger late
            choice = TransitionChoice("cut", 0)
            transition = self.box.get("cut")
        now = now_ns()
        before = self._state.programme[self._which(canvas)[0]]
        programme, preview = dict(self._state.programme), dict(self._state.preview)
        changes = dict(self.changes)
        self._drop_bar(self._which(canvas))
        for entry in self._which(canvas):
            old = self._state.scene(programme[entry])
            changes.pop(entry, None)
            if old is not None and old.name != scene.name and not transition.is_instant:
                changes[entry] = Change(transition, old, now, choice.duration_ms * 1_000_000)
            if not name and old is not None:
                preview[entry] = old.name
            programme[entry] = scene.name
        self.changes = changes
        self._state = replace(self._state, programme=programme, preview=preview)
        self._announce(
            SceneTaken(
                scene=scene.name,
                before=before,
                canvas=canvas,
                transition=choice.kind,
                duration_ms=0 if transition.is_instant else choice.duration_ms,
            )
        )
        return before

    def hold(self, part: float, canvas: str = "") -> None:
        """The T-bar at ``part`` (0..1) of the way from programme to preview.

        At 1 the preview is taken; back at 0 all is as it was. The first move begins it.
        """
        names = self._which(canvas)
        now, changes = now_ns(), dict(self.changes)
        programme, preview = dict(self._state.programme), dict(self._state.preview)
        for name in names:
            if name in self._dropped:
                # The rest of a move that a take or standby has overtaken; far below where it
                # was, it is another move.
                if self._dropped[name] / 2 <= part < 1:
                    self._dropped[name] = part
                    continue
                del self._dropped[name]
                if part >= 1:
                    continue
            change = changes.get(name)
            if change is None or change.held is None:
                if part <= 0 or programme[name] == preview[name]:
                    continue
                old = self._state.scene(programme[name])
                choice = self._choice(self.get(preview[name]), "", None)
                transition = self.box.get(choice.kind, choice.settings)
                if transition.is_instant or not transition.is_ready:
                    transition = self.box.get("fade")
                if old is None:
                    continue
                change = Change(transition, old, now, 1, 0.0)
                programme[name], preview[name] = preview[name], old.name
                taken = SceneTaken(
                    scene=programme[name],
                    before=old.name,
                    canvas=name if canvas else "",
                    transition=transition.kind,
                    duration_ms=0,
                )
                if name == names[0]:
                    self._announce(taken)
            if part <= 0:
                programme[name], preview[name] = preview[name], programme[name]
                changes.pop(name)
            elif part >= 1:
                changes.pop(name, None)  # it may come in one move, from a remote
                kind = change.transition.kind
                self._announce(TransitionEnded(scene=programme[name], transition=kind))
            else:
                changes[name] = replace_change(change, part)
        self.changes = changes
        self._state = replace(self._state, programme=programme, preview=preview)

    def _drop_bar(self, names: Iterable[str]) -> None:
        """Lets go of the T-bar of these canvases: it works again from either end of its way."""
        for name in names:
            change = self.changes.get(name)
            if change is not None and change.held is not None:
                self._dropped[name] = change.held

    def _finish_held(self, canvas: str, duration_ms: int | None) -> bool:
        """Take, with the T-bar half way: the transition runs on from there to its end."""
        found = {
            entry: change
            for entry in self._which(canvas)
            if (change := self.changes.get(entry)) is not None and change.held is not None
        }
        if not found:
            return False
        self._drop_bar(found)
        changes, now = dict(self.changes), now_ns()
        for scene_name, change in found.items():
            scene = self.get(self._state.programme[scene_name])
            ms = self._choice(scene, change.transition.kind, duration_ms).duration_ms
            whole_ns = max(1, ms * 1_000_000)
            start_ns = now - round((change.held or 0.0) * whole_ns)
            changes[scene_name] = Change(change.transition, change.before, start_ns, whole_ns)
        self.changes = changes
        return True

    @property
    def held(self) -> float:
        """Where the T-bar stands: 0 while nobody holds it."""
        return next((c.held for c in self.changes.values() if c.held is not None), 0.0)

    def put_air(self, programme: dict[str, str], preview: dict[str, str]) -> None:
        """Programme and preview of each canvas as they were before a take (cut)."""
        programme = {canvas: self.get(name).name for canvas, name in programme.items()}
        preview = {canvas: self.get(name).name for canvas, name in preview.items()}
        self._drop_bar(programme)
        self.changes = {name: run for name, run in self.changes.items() if name not in programme}
        self._state = replace(
            self._state,
            programme={**self._state.programme, **programme},
            preview={**self._state.preview, **preview},
        )
        for canvas, scene in preview.items():
            self._announce(PreviewSet(scene=scene, canvas=canvas))
        main = next(iter(programme), "")
        if not main:
            return
        self._announce(
            SceneTaken(
                scene=programme.get(main, ""),
                before="",
                canvas="",
                transition="cut",
                duration_ms=0,
            )
        )

    def set_transition(
        self,
        kind: str,
        duration_ms: int | None = None,
        settings: dict[str, Any] | None = None,
    ) -> None:
        """How takes look from now on; settings that are not given stay when the kind does."""
        found = self.kinds.get(kind)
        ms = found.default_ms if duration_ms is None else duration_ms
        if not 0 <= ms <= 20_000:
            raise StudioError("invalid", "scenes.bad_duration", ms=ms)
        before = self._state.transition
        keep = before.duration_ms if found.is_instant and duration_ms is None else ms
        if settings is None:
            settings = before.settings if before.kind == kind else {}
        self.box.get(kind, settings)
        self._state = replace(self._state, transition=TransitionChoice(kind, keep, settings))

    def set_studio_mode(self, is_on: bool) -> None:
        """With a preview, or straight to programme."""
        self._state = replace(self._state, is_studio_mode=is_on)

    def set_canvas(self, canvas: Canvas) -> None:
        """Size of a canvas, or whether it is composed."""
        if canvas.width % 2 or canvas.height % 2 or not 16 <= canvas.width <= 7680:
            raise StudioError(
                "invalid", "scenes.bad_size", width=canvas.width, height=canvas.height
            )
        canvases = tuple(canvas if c.name == canvas.name else c for c in self._state.canvases)
        self._state = replace(self._state, canvases=canvases)

    def add(self, scene: Scene, index: int | None = None) -> None:
        """A new scene, at the end of the row or at its old place."""
        if self._state.scene(scene.name) is not None or not scene.name.strip():
            raise StudioError("conflict", "scenes.name_taken", name=scene.name)
        if any(other_scene.id == scene.id for other_scene in self._state.scenes):
            raise StudioError("conflict", "scenes.name_taken", name=scene.name)
        row = list(self._state.scenes)
        row.insert(len(row) if index is None else max(0, min(index, len(row))), scene)
        self._state = replace(self._state, scenes=tuple(row))
        if len(self._state.scenes) == 1:
            self.load(self._state)

    def put_preview(self, preview: dict[str, str]) -> None:
        """Puts scenes on preview by canvas, those that are there."""
        known = {c: n for c, n in preview.items() if self._state.scene(n) is not None}
        self._state = replace(self._state, preview={**self._state.preview, **known})

    def check_gone(self, name: str) -> Scene:
        """A scene that may be removed.

        Raises:
            StudioError: not_found; conflict: it is on air, by itself or within another scene.
        """
        scene = self.get(name)
        within = {self.nesting.scene_within(source) for source in self.on_programme()}
        if scene.name in self._state.programme.values() or within & {scene.name, scene.id}:
            raise StudioError("conflict", "scenes.on_air", name=scene.name)
        if any(c.held is not None and c.before.id == scene.id for c in self.changes.values()):
            raise StudioError("conflict", "scenes.on_air", name=scene.name)
        return scene

    def remove(self, name: str) -> Scene:
        """Removes a scene that is not on air; returns it for undo."""
        scene = self.check_gone(name)
        rest = tuple(s for s in self._state.scenes if s.id != scene.id)
        changes = self.changes
        self.load(replace(self._state, scenes=rest))
        self.changes = changes  # a transition under way goes on
        return scene

    def rename(self, name: str, new_name: str) -> None:
        """Renames a scene everywhere."""
        scene = self.get(name)
        if new_name == scene.name:
            return
        if self._state.scene(new_name) is not None or not new_name.strip():
            raise StudioError("conflict", "scenes.name_taken", name=new_name)
        swap = {scene.name: new_name}
        self._state = replace(
            self._state.with_scene(replace(scene, name=new_name)),
            programme={c: swap.get(n, n) for c, n in self._state.programme.items()},
            preview={c: swap.get(n, n) for c, n in self._state.preview.items()},
        )

    def put(self, scene: Scene) -> None:
        """Replaces a scene (same id)."""
        self._state = self._state.with_scene(scene)

    def item(self, scene: str, item: int | str) -> tuple[Scene, Item]:
        """An item of a scene by id, or by its source's name.

        Raises:
            StudioError: not_found.
        """
        found = self.get(scene)
        for other_item in found.items:
            if item in (other_item.id, other_item.source, str(other_item.id)):
                return found, other_item
        raise StudioError("not_found", "scenes.no_item", item=item, scene=found.name)

    def add_item(self, scene: str, source: str, **fields: Any) -> Item:
        """Puts a source on a scene, on top; returns the new item."""
        found = self.get(scene)
        item = Item(id=1 + max((item.id for item in found.items), default=0), source=source)
        item = msgspec.structs.replace(item, **fields)
        self.put(replace(found, items=(*found.items, item)))
        return item

    def sources_on(self, names: Iterable[str]) -> set[str]:
        """The sources shown by these scenes, also those of scenes and mirrors on them."""
        scenes = (self._state.scene(name) for name in names)
        return set().union(*(self.sources_of(scene) for scene in scenes if scene is not None))

    def sources_of(self, scene: Scene) -> set[str]:
        """The sources a scene shows, with what those show."""
        found: set[str] = set()
        todo = [item.source for item in scene.items if item.is_enabled]
        while todo:
            scene_name = todo.pop()
            if scene_name not in found:
                found.add(scene_name)
                todo += self.nesting.sources_within(scene_name)
        return found

    def on_programme(self) -> set[str]:
        """The sources on any programme now."""
        return self.sources_on(self._state.programme.values())

    def tally(self) -> dict[str, str]:
        """ "programme" or "preview" for every source that is on one, of any canvas in use."""
        names = [c.name for c in self._state.canvases if c.is_enabled]
        going = [c.before.name for name, c in self.changes.items() if name in names]
        on = self.sources_on([*(self._state.programme[n] for n in names), *going])
        found = dict.fromkeys(on, "programme")
        if self._state.is_studio_mode:
            for source in self.sources_on(self._state.preview[name] for name in names):
                found.setdefault(source, "preview")
        return found

    def move(self, name: str, index: int) -> int:
        """Another place in the row; returns the old one."""
        scene = self.get(name)
        before = self._state.scenes.index(scene)
        rest = [other_scene for other_scene in self._state.scenes if other_scene.id != scene.id]
        rest.insert(max(0, min(index, len(rest))), scene)
        self._state = replace(self._state, scenes=tuple(rest))
        return before

    def _which(self, canvas: str) -> tuple[str, ...]:
        if not canvas:
            return CANVASES
        if canvas not in CANVASES:
            raise StudioError(
                "invalid", "scenes.no_canvas", canvas=canvas, known=", ".join(CANVASES)
            )
        return (canvas,)

    def _choice(self, scene: Scene, kind: str, duration_ms: int | None) -> TransitionChoice:
        show = self._state.transition
        chosen = kind or scene.transition or show.kind
        found = self.kinds.get(chosen)
        ms = duration_ms
        if ms is None:
            ms = scene.transition_ms if scene.transition and not kind else show.duration_ms
        settings = show.settings if chosen == show.kind else {}
        if scene.transition == chosen and not kind:
            settings = scene.transition_settings
        own_ms = self.box.get(chosen, settings).own_ms if duration_ms is None else 0
        return TransitionChoice(chosen, own_ms or ms or found.default_ms, settings)


def replace_change(change: Change, part: float) -> Change:
    """The same transition, held at another part of its way."""
    return dataclasses.replace(change, held=part)


def _known(name: str | None, names: list[str], otherwise: str) -> str:
    return name if name in names and name is not None else otherwise
