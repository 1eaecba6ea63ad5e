"""Our things in the protocol's words: inputs, items, filters, transitions, outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from studio.audio.mixer import FLOOR_DB, db_of, gain_of
from studio.core.foreign import split_version
from studio.filters.obs_out import obs_kind as obs_filter_kind
from studio.filters.obs_out import obs_settings as obs_filter_settings
from studio.media.blend_modes import Blend
from studio.protocols.obs_ws import Data
from studio.remote import transform
from studio.remote.groups import SeenGroup, layer_of
from studio.remote.ids import Ids
from studio.scenes.model import Item, Scene
from studio.scenes.obs_transitions import obs_kind as obs_transition
from studio.sender.model import OutputState, OutputStatus
from studio.sources.model import FilterSpec, SourceSpec
from studio.sources.obs_out import obs_kind, obs_settings

if TYPE_CHECKING:
    from studio.remote.rooms import EngineFacade

# obs-source.h: OBS_SOURCE_VIDEO, OBS_SOURCE_AUDIO, OBS_SOURCE_CONTROLLABLE_MEDIA.
CAP_VIDEO, CAP_AUDIO, CAP_MEDIA = 1 << 0, 1 << 1, 1 << 13
MAIN = "landscape"
VIRTUAL_CAMERA = "virtualcam_output"
BLENDS: dict[Blend, str] = {
    "normal": "OBS_BLEND_NORMAL",
    "add": "OBS_BLEND_ADDITIVE",
    "subtract": "OBS_BLEND_SUBTRACT",
    "screen": "OBS_BLEND_SCREEN",
    "multiply": "OBS_BLEND_MULTIPLY",
    "lighten": "OBS_BLEND_LIGHTEN",
    "darken": "OBS_BLEND_DARKEN",
}


class ObsSerializer:
    """Tells what the rooms hold."""

    def __init__(self, rooms: EngineFacade, ids: Ids) -> None:
        self._rooms = rooms
        self._ids = ids

    # -- scenes ------------------------------------------------------------------------------

    def scene(self, scene: Scene | None) -> Data:
        """A scene's name and UUID."""
        return {
            "sceneName": scene.name if scene else "",
            "sceneUuid": scene.id if scene else "",
        }

    def scenes(self, scenes: tuple[Scene, ...]) -> list[Data]:
        """The scene row as OBS lists it: the last one first, with index 0."""
        last_first = reversed(scenes)
        return [{"sceneIndex": n, **self.scene(spec)} for n, spec in enumerate(last_first)]

    def shown(self, on_canvas: str, state: Any, is_preview: bool = False) -> Scene | None:
        """The scene on a canvas's programme or preview."""
        names = state.preview if is_preview else state.programme
        found: Scene | None = state.scene(names.get(on_canvas, ""))
        return found

    def item(self, scene: Scene, item: Item, canvas: str = MAIN) -> Data:
        """A scene item with all that is known of it."""
        spec = self._rooms.bank.specs.get(item.source)
        is_scene = spec is not None and spec.kind == "scene"
        return {
            "sceneItemId": item.id,
            "sceneItemIndex": layer_of(scene, item),
            "sceneItemEnabled": item.is_enabled,
            "sceneItemLocked": item.is_locked,
            "sceneItemTransform": self.transform(item, canvas),
            "sceneItemBlendMode": BLENDS[item.blend],
            "sourceName": item.source,
            "sourceUuid": self._ids.input(item.source),
            "sourceType": f"OBS_SOURCE_TYPE_{'SCENE' if is_scene else 'INPUT'}",
            "inputKind": obs_kind(spec.kind, spec.settings) if spec and not is_scene else None,
            "isGroup": False if is_scene else None,
        }

    def group(self, group: SeenGroup, canvas: str = MAIN) -> Data:
        """A group as an item of its scene."""
        return {
            "sceneItemId": group.id,
            "sceneItemIndex": group.index,
            "sceneItemEnabled": group.is_enabled,
            "sceneItemLocked": group.is_locked,
            "sceneItemTransform": self.group_transform(group, canvas),
            "sceneItemBlendMode": BLENDS["normal"],
            "sourceName": group.name,
            "sourceUuid": self.group_uuid(group),
            "sourceType": "OBS_SOURCE_TYPE_SCENE",
            "inputKind": None,
            "isGroup": True,
        }

    def holder(self, scene: Scene, group: str) -> Data:
        """Where an item stands: its group, which is a scene to a client, or its scene."""
        if not group:
            return self.scene(scene)
        return {"sceneName": group, "sceneUuid": self._ids.group(group)}

    def group_uuid(self, group: SeenGroup) -> str:
        """The UUID by which clients know a group."""
        return self._ids.group(group.name)

    def group_transform(self, group: SeenGroup, canvas: str = MAIN) -> Data:
        """The box around a group's items."""
        found = self._rooms.scenes.state.canvas(canvas)
        size = (found.width, found.height)
        item, pixels = group.as_item(canvas, size), group.pixels(canvas, size)
        return transform.describe(item, canvas, size, pixels)

    def transform(self, item: Item, canvas: str = MAIN) -> Data:
        """Where an item stands."""
        found = self._rooms.scenes.state.canvas(canvas)
        size = (found.width, found.height)
        return transform.describe(item, canvas, size, self.size(item.source))

    def size(self, source: str) -> tuple[int, int]:
        """The size of a source's picture; (0, 0) while it has none."""
        runner = self._rooms.bank.runners.get(source)
        shot = runner.latest if runner else None
        return (shot.frame.width, shot.frame.height) if shot else (0, 0)

    # -- inputs ------------------------------------------------------------------------------

    def input(self, name: str) -> Data:
        """An input's name and UUID."""
        return {"inputName": name, "inputUuid": self._ids.input(name)}

    def caps(self, kind: str) -> int:
        """What an input of this kind gives, as OBS's flags."""
        if kind not in self._rooms.source_kinds:
            return 0
        found = self._rooms.source_kinds.get(kind)
        return (
            (CAP_VIDEO if found.has_video else 0)
            | (CAP_AUDIO if found.has_sound else 0)
            | (CAP_MEDIA if found.is_media else 0)
        )

    def input_entry(self, spec: SourceSpec) -> Data:
        """An input as lists show it."""
        kind = obs_kind(spec.kind, spec.settings)
        return {
            **self.input(spec.name),
            "inputKind": kind,
            "unversionedInputKind": split_version(kind)[0] if kind != spec.kind else kind,
            "inputKindCaps": self.caps(spec.kind),
        }

    def input_settings(self, spec: SourceSpec) -> Data:
        """What is set of an input, in our words and OBS's."""
        return obs_settings(spec.kind, spec.settings)

    def input_defaults(self, kind: str) -> Data:
        """The settings a new input of this kind has."""
        return _defaults(self._rooms.source_kinds, kind)

    # -- filters -----------------------------------------------------------------------------

    def filter_defaults(self, kind: str, more: Data | None = None) -> Data:
        """The settings a new filter of this kind has, with those that one of OBS's begins with."""
        return obs_filter_settings(
            kind, {**_defaults(self._rooms.filter_kinds, kind), **(more or {})}
        )

    def filter(self, spec: FilterSpec, index: int) -> Data:
        """A filter of a source."""
        return {
            "filterName": spec.name,
            "filterKind": obs_filter_kind(spec.kind, spec.settings),
            "filterIndex": index,
            "filterEnabled": spec.is_enabled,
            "filterSettings": self.filter_settings(spec),
        }

    def filter_settings(self, spec: FilterSpec) -> Data:
        """What is set of a filter, in our words and OBS's."""
        return obs_filter_settings(spec.kind, spec.settings)

    # -- transitions -------------------------------------------------------------------------

    def transition_name(self, kind: str) -> str:
        """The name by which clients know a transition: its English label."""
        if kind not in self._rooms.transition_kinds:
            return kind
        return self._rooms.transition_kinds.get(kind).label.en or kind

    def transition(self, kind: str) -> Data:
        """A transition's name and UUID."""
        return {
            "transitionName": self.transition_name(kind),
            "transitionUuid": self._ids.transition(kind),
        }

    def transition_entry(self, kind: str) -> Data:
        """A transition as lists show it."""
        return {
            **self.transition(kind),
            "transitionKind": obs_transition(kind),
            "transitionFixed": self._rooms.transition_kinds.get(kind).is_instant,
            "transitionConfigurable": bool(
                self._rooms.transition_kinds.get(kind).Settings.__struct_fields__
            ),
        }

    def transition_kind(self, name: str) -> str | None:
        """The kind behind a name: the label in either language, the kind, or the UUID."""
        for kind in self._rooms.transition_kinds:
            if name in (*kind.label, kind.kind, self._ids.transition(kind.kind)):
                return str(kind.kind)
        return None

    # -- outputs -----------------------------------------------------------------------------

    def streams(self) -> list[OutputStatus]:
        """The streaming outputs."""
        return [
            status
            for status in self._rooms.pipeline.destinations.statuses()
            if status.kind == "rtmp"
        ]

    def recording(self) -> OutputStatus | None:
        """The recording that runs, or the last one."""
        files = [
            status
            for status in self._rooms.pipeline.destinations.statuses()
            if status.kind == "file"
        ]
        running = [file for file in files if is_active(file)]
        return next(iter(running or files), None)


def _defaults(kinds: Any, kind: str) -> Data:
    plain: Data = msgspec.to_builtins(kinds.get(kind).Settings())
    return plain


ACTIVE = (
    OutputState.CONNECTING,
    OutputState.LIVE,
    OutputState.CONGESTED,
    OutputState.RECONNECTING,
    OutputState.STANDBY,
    OutputState.REFUSED,
    OutputState.RECORDING,
)
FLOWING = (
    OutputState.LIVE,
    OutputState.CONGESTED,
    OutputState.STANDBY,
    OutputState.RECORDING,
)


def is_active(status: OutputStatus) -> bool:
    """Is this output meant to run now?"""
    return status.state in ACTIVE


def phase(statuses: list[OutputStatus]) -> str:
    """What several outputs are doing together: "stopped", "starting", "started", "reconnecting"."""
    states = {status.state for status in statuses}
    if states & set(FLOWING):
        return "started"
    if states & {OutputState.RECONNECTING}:
        return "reconnecting"
    if states & {OutputState.CONNECTING, OutputState.REFUSED}:
        return "starting"
    return "stopped"


def timecode(ms: int) -> str:
    """Milliseconds as "HH:MM:SS.mmm"."""
    seconds, ms = divmod(max(0, ms), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"


def mul_of(db: float) -> float:
    """A fader's dB as a factor."""
    return gain_of(db)


def fader_db(mul: float) -> float:
    """A factor as a fader's dB, -100 for silence."""
    return max(FLOOR_DB, db_of(mul))


def balance_of(pan: float) -> float:
    """Our pan (-1..1) as OBS's balance (0..1)."""
    return (pan + 1) / 2
