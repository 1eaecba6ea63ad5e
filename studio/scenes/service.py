"""Scenes, programme and preview as services of the engine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.service import Every, Finding, Service, ShowContext, named_findings
from studio.core.state import State
from studio.scenes.commands import SceneCommands
from studio.scenes.events import SceneListChanged, TransitionEnded
from studio.scenes.graph import SceneGraph
from studio.scenes.item_commands import ItemCommands
from studio.scenes.keeper import SceneRepository
from studio.scenes.layout import native_box, truly_sized
from studio.scenes.model import (
    Canvas,
    Canvases,
    OnAir,
    Scene,
    ScenesState,
    ScenesView,
    TallyView,
    TransitionView,
)
from studio.scenes.standby import StandbyWatch
from studio.scenes.standby_commands import StandbyCommands
from studio.scenes.transitions.base import Transition

WATCH_S = 0.1
NATIVE_S = 0.25
COLOUR = re.compile("#[0-9a-fA-F]{6}")


class CanvasUse(Protocol):
    """Who sends a canvas out."""

    def is_sent(self, canvas: str) -> bool:
        """Does an output carry it?"""
        ...


class KnownSources(Protocol):
    """The sources there are."""

    def rename_in_settings(self, field: str, name: str, new_name: str) -> None:
        """Sources whose setting ``field`` names a scene follow it to its new name."""
        ...

    def has_source(self, name: str) -> bool:
        """Is there a source of this name?"""
        ...

    def picture_size(self, name: str) -> tuple[int, int]:
        """Pixels of its picture as it stands now; (0, 0) while it has none."""
        ...


def canvases_of(part: Canvases) -> tuple[Canvas, ...]:
    """The canvases of a show, landscape first."""
    return (
        Canvas("landscape", *part.landscape, "landscape" in part.on),
        Canvas("portrait", *part.portrait, "portrait" in part.on),
    )


class CanvasService(Service):
    """Sizes of the canvases, and which are composed. Loads before the scenes.

    Args:
        scenes: holds the canvases.
        use: a canvas that is sent stays on whatever another show says.
    """

    name: ClassVar[str] = "canvases"
    Part: ClassVar[Any] = Canvases

    def __init__(self, scenes: SceneRepository, use: CanvasUse) -> None:
        self._scenes, self._use = scenes, use

    def accept(self, part: Any, context: ShowContext) -> None:
        """Refuses another size: encoders and senders are made for the one there is."""
        here = {c.name: (c.width, c.height) for c in self._scenes.state.canvases}
        wanted = {c.name: (c.width, c.height) for c in canvases_of(part)}
        if here != wanted:
            raise StudioError("conflict", "show.other_form", path=str(context.folder))

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over sizes and which are on; what viewers receive stays on."""
        for canvas in canvases_of(part):
            is_on = canvas.is_enabled or self._use.is_sent(canvas.name)
            self._scenes.set_canvas(replace(canvas, is_enabled=is_on))

    def save(self) -> Canvases:
        """As they are now."""
        canvases = {c.name: c for c in self._scenes.state.canvases}
        wide, tall = canvases["landscape"], canvases["portrait"]
        return Canvases(
            (wide.width, wide.height),
            (tall.width, tall.height),
            tuple(c.name for c in canvases.values() if c.is_enabled),
        )


class SceneService(Service):
    """The scenes of the show, what is on programme and what is next.

    Args:
        scenes: owns them.
        graph: which scenes and sources show each other.
        sources: what can be put on a scene.
        use: whether a canvas is sent.
        events, state: where changes are told.
    """

    name: ClassVar[str] = "scenes"
    Part: ClassVar[Any] = ScenesState
    View: ClassVar[Any] = ScenesView
    Checkpoint: ClassVar[Any] = OnAir

    def __init__(
        self,
        scenes: SceneRepository,
        graph: SceneGraph,
        sources: KnownSources,
        use: CanvasUse,
        events: Events,
        state: State,
    ) -> None:
        self.scenes = scenes
        self._events, self._state, self._sources = events, state, sources
        self._written: dict[int, tuple[Scene, dict[str, Any]]] = {}
        """Scenes as plain data by identity, which is theirs as long as they are held here."""
        self._standby = StandbyWatch(scenes)
        state.watch(("scenes",), self._standby.follow)
        events.on(SceneListChanged, self._follow_rename)
        self._commands = (
            SceneCommands(scenes, self._announce, use.is_sent, graph.check_scene),
            ItemCommands(scenes, self._announce, sources.has_source, graph.check_scene),
            StandbyCommands(self._standby, scenes),
        )
        self.every = (
            Every("transitions", WATCH_S, self._end_transitions),
            Every("native boxes", NATIVE_S, self._follow_sizes),
        )

    def _announce(self, event: Event) -> None:
        self._events.publish(event)

    def commands(self) -> Sequence[object]:
        """Scene row and items."""
        return self._commands

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Names, colours, transition, missing sources, empty canvases, no standby."""
        yield from _broken(part)
        yield from _not_ready(part, context)

    async def reset(self) -> None:
        """No scene, no transition under way, no T-bar in a hand."""
        canvases = self.scenes.state.canvases
        self.scenes.load(ScenesState(canvases=canvases))
        self.scenes.acknowledged.clear()
        self._standby.begin()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes a show's scenes over; the canvases are those of the engine."""
        self.scenes.box.base = context.folder
        self.scenes.load(replace(part, canvases=self.scenes.state.canvases))
        self._standby.begin()

    def save(self) -> dict[str, Any]:
        """All but the canvases, which have a part of their own."""
        return self._plain(replace(self.scenes.state, canvases=()), ScenesState, ("canvases",))

    def plain_of(self, view: ScenesView) -> dict[str, Any]:
        """A scene that has not changed is not written anew."""
        return self._plain(view, ScenesView)

    def _plain(
        self, state: ScenesState, kind: type[ScenesState], without: Sequence[str] = ()
    ) -> dict[str, Any]:
        known = self._written
        self._written = {
            id(scene): known.get(id(scene)) or (scene, msgspec.to_builtins(scene))
            for scene in state.scenes
        }
        written = [self._written[id(scene)][1] for scene in state.scenes]
        bare: dict[str, Any] = msgspec.to_builtins(replace(state, scenes=()))
        bare["scenes"] = written
        return {name: bare[name] for name in kind.__struct_fields__ if name not in without}

    def view(self) -> ScenesView:
        """Scenes, programme, preview, lights, and the transitions there are."""
        scenes = self.scenes
        seen = scenes.acknowledged
        fields = {name: getattr(scenes.state, name) for name in scenes.state.__struct_fields__}
        return ScenesView(
            **fields,
            transitions=tuple(
                TransitionView(
                    kind.kind,
                    (kind.label.zh, kind.label.en),
                    kind.default_ms,
                    kind.is_instant,
                )
                for kind in scenes.kinds
            ),
            tally={
                source: TallyView(light, seen[source][1] if source in seen else None)
                for source, light in scenes.tally().items()
            },
            tbar=scenes.held,
            on_standby=self._standby.view(),
        )

    def checkpoint(self) -> OnAir:
        """What is on programme and next, and what was before standby."""
        state = self.scenes.state
        return OnAir(state.programme, state.preview, self._standby.checkpoint())

    async def restore(self, kept: Any) -> None:
        """The scenes that were on, where they are still there."""
        state = self.scenes.state
        self.scenes.load(replace(state, programme=kept.programme, preview=kept.preview))
        self._standby.begin(kept.standby)
        self._state.touch("scenes")

    def _follow_rename(self, told: SceneListChanged) -> None:
        if told.what == "renamed":
            self._sources.rename_in_settings("scene", told.before, told.scene)
            self._state.touch("sources")

    def _follow_sizes(self) -> None:
        """The box of a native picture is as large as the picture, for who looks at boxes.

        What was imported before its picture was known is cropped by its true size from now on.
        """
        state = self.scenes.state
        sizes = {canvas.name: (canvas.width, canvas.height) for canvas in state.canvases}
        has_changed = False
        for scene in state.scenes:
            after = scene
            for item in scene.items:
                if item.fit != "native" and not item.guessed[0]:
                    continue
                now = self._sources.picture_size(item.source)
                if not all(now):
                    continue
                true = truly_sized(item, now) if item.guessed[0] else item
                if item.fit == "native" and (true is not item or item.unit != now):
                    true = native_box(true, now, sizes)
                after = after.with_item(true) if true is not item else after
            if after is not scene:
                self.scenes.put(after)
                has_changed = True
        if has_changed:
            self._state.touch("scenes")

    def _end_transitions(self) -> None:
        scenes, now = self.scenes, now_ns()
        over = [c for c, change in scenes.changes.items() if change.progress(now) >= 1.0]
        for canvas in over:
            change = scenes.changes.pop(canvas)
            scene = scenes.state.programme.get(canvas, "")
            if canvas == "landscape" or len(over) == 1:
                kind = change.transition.kind
                self._events.publish(TransitionEnded(scene=scene, transition=kind))
        if over:
            self._state.touch("scenes")


def _broken(part: ScenesState) -> Iterable[Finding]:
    """What would fail half way through taking the show over."""
    names = Counter(scene.name for scene in part.scenes)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        error = StudioError("invalid", "show.twice", what="scenes", names=", ".join(twice))
        yield Finding("scenes", error, "broken")
    for number, scene in enumerate(part.scenes):
        place = f"scenes.scenes[{number}]"
        yield from named_findings(f"{place}.name", scene.name)
        for at, item in enumerate(scene.items):
            if item.group:
                yield from named_findings(f"{place}.items[{at}].group", item.group)
        if not COLOUR.fullmatch(scene.colour):
            why = f"scenes: {scene.name}: colour {scene.colour!r}"
            error = StudioError("invalid", "show.value", why=why)
            yield Finding(f"{place}.colour", error, "broken")


def _not_ready(part: ScenesState, context: ShowContext) -> Iterable[Finding]:
    """What viewers would miss."""
    if not part.scenes:
        yield Finding("scenes", StudioError("invalid", "check.no_scenes"))
    if part.transition.kind not in context.kinds_of(Transition):  # type: ignore[type-abstract]
        error = StudioError(
            "not_found", "extension.unknown", kind=part.transition.kind, room="transitions"
        )
        yield Finding("scenes.transition", error)
    if not any(scene.purpose == "standby" for scene in part.scenes):
        yield Finding("scenes", StudioError("not_found", "scenes.no_standby"), "warning")
    names = {spec.name for spec in context.parts.get("sources", ())}
    canvases = canvases_of(context.parts.get("canvases", Canvases()))
    for scene in part.scenes:
        for item in scene.items:
            if item.source not in names:
                error = StudioError("not_found", "check.no_source", source=item.source)
                yield Finding(f"scenes[{scene.name}].items[{item.id}]", error)
        for canvas in canvases:
            shown = [i for i in scene.items if i.is_enabled and canvas.name in i.boxes]
            if canvas.is_enabled and not shown:
                error = StudioError("invalid", "check.empty", canvas=canvas.name)
                yield Finding(f"scenes[{scene.name}]", error, "warning")
