"""Back from standby, from outside."""

from __future__ import annotations

from studio.core.command import Changed, changed, command
from studio.core.errors import StudioError
from studio.scenes.keeper import SceneRepository
from studio.scenes.standby import StandbyWatch


class StandbyCommands:
    """The way back."""

    def __init__(self, watch: StandbyWatch, scenes: SceneRepository) -> None:
        self._watch, self._scenes = watch, scenes

    @command(
        "scenes.back",
        label=("返回主播", "Back to host"),
        help=(
            "从垫片返回：场景、麦克风和贴片都恢复原样。",
            "Back from standby: scene, microphones and overlays are as they were.",
        ),
        keys="Shift+F9",
    )
    def back(self) -> Changed:
        state = self._scenes.state
        programme, preview = self._watch.way_back()
        if not programme:
            raise StudioError("conflict", "scenes.not_standby")
        undo = {"programme": state.programme, "preview": state.preview}
        self._scenes.put_air(programme, preview)
        return changed("scenes", undo=("scenes.put_air", undo))
