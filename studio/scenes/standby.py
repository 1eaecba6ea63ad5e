"""Standby: what viewers had before it, and the one way back to exactly that.

That no voice is heard and no overlay seen follows from the purpose of the scene on programme
alone (`studio.audio.routing`, `studio.scenes.stage`), so it holds whoever took it and however, and
after a kill; faders, mutes and overlays are never touched, so they are as they were afterwards.
"""

from __future__ import annotations

import msgspec

from studio.core.clock import utc_iso
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import (
    BeforeStandby,
    OnStandbyView,
    Scene,
    ScenesState,
    StandbyCheckpoint,
)

HOST = "host"


class StandbyWatch:
    """Notes what each canvas had when a standby scene came on, however it came.

    Args:
        scenes: looked at whenever they change.
    """

    def __init__(self, scenes: SceneRepository) -> None:
        self._scenes = scenes
        self._last = scenes.state
        self._before: dict[str, BeforeStandby] = {}
        self._since_utc = ""

    def begin(self, kept: StandbyCheckpoint | None = None) -> None:
        """From here on; with what an engine that was killed had noted."""
        self._last = self._scenes.state
        kept = kept or StandbyCheckpoint()
        self._before = {
            canvas: BeforeStandby(*(_id(self._last, name) for name in msgspec.structs.astuple(was)))
            for canvas, was in kept.before.items()
            if self._last.is_on_standby(canvas)
        }
        self._since_utc = kept.since_utc if self._before else ""

    def follow(self) -> None:
        """Programme, preview or a scene has changed."""
        last, self._last = self._last, self._scenes.state
        for canvas in self._last.programme:
            if not self._last.is_on_standby(canvas):
                self._before.pop(canvas, None)
            elif not last.is_on_standby(canvas):
                self._since_utc = self._since_utc or utc_iso()
                self._before[canvas] = BeforeStandby(
                    _id(last, last.programme.get(canvas, "")),
                    _id(last, last.preview.get(canvas, "")),
                    _id(self._last, self._last.preview.get(canvas, "")),
                )
        if not self._before:
            self._since_utc = ""

    @property
    def canvases(self) -> tuple[str, ...]:
        """Canvases in use that have a standby scene on programme."""
        state = self._scenes.state
        return tuple(
            canvas.name
            for canvas in state.canvases
            if canvas.is_enabled and state.is_on_standby(canvas.name)
        )

    def way_back(self) -> tuple[dict[str, str], dict[str, str]]:
        """(programme, preview) by canvas as they were; a preview chosen meanwhile stays."""
        state = self._scenes.state
        programme: dict[str, str] = {}
        preview: dict[str, str] = {}
        for place in state.canvases:
            canvas = place.name
            if not state.is_on_standby(canvas):
                continue
            before = self._before.get(canvas, BeforeStandby())
            scene = self._known(before.programme) or self._host()
            if scene is None:
                continue
            programme[canvas] = scene.name
            old = next((s for s in state.scenes if s.id == before.preview), None)
            if old and _id(state, state.preview.get(canvas, "")) == before.entered_preview:
                preview[canvas] = old.name
        return programme, preview

    def checkpoint(self) -> StandbyCheckpoint:
        """What the next engine needs, by name: a scene's id may be another in each run."""
        names = {scene.id: scene.name for scene in self._scenes.state.scenes}
        before = {
            canvas: BeforeStandby(*(names.get(id, "") for id in msgspec.structs.astuple(was)))
            for canvas, was in self._before.items()
        }
        return StandbyCheckpoint(before, self._since_utc)

    def view(self) -> OnStandbyView:
        """For desks and remotes."""
        programme, _ = self.way_back()
        on = self.canvases
        back = {canvas: scene for canvas, scene in programme.items() if canvas in on}
        return OnStandbyView(on, back, self._since_utc if on else "")

    def _known(self, id: str) -> Scene | None:
        scenes = self._scenes.state.scenes
        return next((s for s in scenes if s.id == id and not s.is_standby), None)

    def _host(self) -> Scene | None:
        """Where to go when what was before is not known or gone."""
        host = self._scenes.for_purpose(HOST)
        return host or next((s for s in self._scenes.state.scenes if not s.is_standby), None)


def _id(state: ScenesState, name: str) -> str:
    scene = state.scene(name)
    return scene.id if scene else ""
