"""Tells our events in the protocol's own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from studio.audio.events import Meters
from studio.core.command import CommandRan
from studio.core.event import Event
from studio.core.state import StateChanged
from studio.outputs.events import OutputChanged, VirtualCameraChanged
from studio.protocols.obs_ws import Data, Subscription
from studio.remote import obs_diff
from studio.remote.ids import Ids
from studio.remote.words import MAIN, ObsSerializer, is_active, mul_of, phase
from studio.scenes.events import SceneTaken, TransitionEnded
from studio.sources.events import SourceListChanged

if TYPE_CHECKING:
    from studio.remote.rooms import EngineFacade

Tell = Callable[..., None]

STATE_WORDS = {
    "starting": ("OBS_WEBSOCKET_OUTPUT_STARTING", False),
    "started": ("OBS_WEBSOCKET_OUTPUT_STARTED", True),
    "reconnecting": ("OBS_WEBSOCKET_OUTPUT_RECONNECTING", True),
    "reconnected": ("OBS_WEBSOCKET_OUTPUT_RECONNECTED", True),
    "stopping": ("OBS_WEBSOCKET_OUTPUT_STOPPING", False),
    "stopped": ("OBS_WEBSOCKET_OUTPUT_STOPPED", False),
}
MEDIA = {
    "play": "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PLAY",
    "pause": "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PAUSE",
    "stop": "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_STOP",
    "restart": "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_RESTART",
}


class Translator:
    """Our events in, events of obs-websocket out.

    What the state shows is told by comparing it with what was told last; transitions, outputs,
    meters and media actions are told as they happen.
    """

    def __init__(
        self, rooms: EngineFacade, ids: Ids, tell: Tell, is_asked: Callable[[Subscription], bool]
    ) -> None:
        self._rooms = rooms
        self._is_asked = is_asked
        self._ids = ids
        self._words = ObsSerializer(rooms, ids)
        self._tell = tell
        self._scenes = rooms.scenes.state
        self._specs = rooms.bank.specs
        self._strips = rooms.sound.strips
        self._on_programme = rooms.scenes.on_programme()
        self._shown = self._all_shown()
        self._is_changing = False
        self._paths: dict[str, str] = {}
        self._phases = {"rtmp": "stopped", "file": "stopped"}

    def event(self, event: Event) -> None:
        """Translates one event, and tells what else has changed by now."""
        if isinstance(event, Meters):
            if self._is_asked(Subscription.INPUT_VOLUME_METERS):
                self._meters(event)
            return
        if isinstance(event, SourceListChanged) and event.what == "renamed":
            self._renamed(event.before, event.source)
        if isinstance(event, SceneTaken) and event.canvas in ("", MAIN):
            self._taken(event)
        self._look()
        if isinstance(event, SceneTaken) and event.canvas in ("", MAIN):
            if not event.duration_ms:
                self._ended(event.transition)
        elif isinstance(event, TransitionEnded):
            self._ended(event.transition)
        elif isinstance(event, VirtualCameraChanged):
            word, on = STATE_WORDS["started" if event.is_on else "stopped"]
            data: Data = {"outputActive": on, "outputState": word}
            self._tell(Subscription.OUTPUTS, "VirtualcamStateChanged", data)
        elif isinstance(event, OutputChanged):
            self._output(event)
        elif isinstance(event, StateChanged) and "outputs" in event.parts:
            self._file()
        elif isinstance(event, CommandRan) and event.ok and event.command == "sources.media":
            self._media(event.args)

    def _look(self) -> None:
        rooms, words = self._rooms, self._words
        said = [
            *obs_diff.inputs(words, self._specs, rooms.bank.specs),
            *obs_diff.scenes(words, self._scenes, rooms.scenes.state),
            *obs_diff.strips(words, self._strips, rooms.sound.strips),
        ]
        self._specs, self._strips = rooms.bank.specs, rooms.sound.strips
        if rooms.scenes.state is not self._scenes:
            self._scenes = rooms.scenes.state
            active, seen = rooms.scenes.on_programme(), self._all_shown()
            said += obs_diff.shown(words, self._on_programme, active, True)
            said += obs_diff.shown(words, self._shown, seen, False)
            self._on_programme, self._shown = active, seen
        for entry in said:
            self._tell(*entry)

    def _all_shown(self) -> set[str]:
        scenes = self._rooms.scenes
        names = [*scenes.state.programme.values()]
        if scenes.state.is_studio_mode:
            names += scenes.state.preview.values()
        return scenes.sources_on(names)

    def _renamed(self, old: str, new: str) -> None:
        self._ids.renamed(old, new)
        data = {"oldInputName": old, **self._words.input(new)}
        self._tell(Subscription.INPUTS, "InputNameChanged", data)
        if old in self._specs:
            self._specs = {
                name: replace(spec, name=name)
                for name, spec in obs_diff.renamed(self._specs, old, new).items()
            }
        self._strips = {
            name: replace(strip, source=name)
            for name, strip in obs_diff.renamed(self._strips, old, new).items()
        }
        self._on_programme = {new if entry == old else entry for entry in self._on_programme}
        self._shown = {new if entry == old else entry for entry in self._shown}

    def _taken(self, event: SceneTaken) -> None:
        if event.before != event.scene:
            self._is_changing = True
            data = self._words.transition(event.transition)
            self._tell(Subscription.TRANSITIONS, "SceneTransitionStarted", data)

    def _ended(self, kind: str) -> None:
        if not self._is_changing:
            return  # another canvas's
        self._is_changing = False
        data = self._words.transition(kind)
        for name in ("SceneTransitionVideoEnded", "SceneTransitionEnded"):
            self._tell(Subscription.TRANSITIONS, name, data)

    def _output(self, event: OutputChanged) -> None:
        kind = event.status.kind
        statuses = self._rooms.pipeline.destinations.statuses()
        now = phase([status for status in statuses if status.kind == kind])
        was, self._phases[kind] = self._phases[kind], now
        if now == was:
            return
        steps = {
            ("reconnecting", "started"): ["reconnected"],
            ("stopped", "started"): ["starting", "started"],
        }.get((was, now), ["stopping", "stopped"] if now == "stopped" else [now])
        self._paths[kind] = event.status.shown_url or self._paths.get(kind, "")
        for step in steps:
            self._tell_output(kind, step, self._paths[kind])

    def _tell_output(self, kind: str, step: str, path: str) -> None:
        state, is_active = STATE_WORDS[step]
        data: Data = {"outputActive": is_active, "outputState": state}
        if kind == "file":
            data["outputPath"] = path if step in ("started", "stopped") else None
        name = "RecordStateChanged" if kind == "file" else "StreamStateChanged"
        self._tell(Subscription.OUTPUTS, name, data)

    def _file(self) -> None:
        """A recording that was split goes on in another file."""
        found = self._words.recording()
        if found is None or not is_active(found) or not found.shown_url:
            return
        before, self._paths["file"] = self._paths.get("file"), found.shown_url
        if before and before != found.shown_url and self._phases["file"] == "started":
            data = {"newOutputPath": found.shown_url}
            self._tell(Subscription.OUTPUTS, "RecordFileChanged", data)

    def _media(self, args: Data) -> None:
        action = MEDIA.get(str(args.get("action")))
        if action is not None:
            data = {**self._words.input(str(args.get("name"))), "mediaAction": action}
            self._tell(Subscription.MEDIA_INPUTS, "MediaInputActionTriggered", data)

    def _meters(self, event: Meters) -> None:
        inputs = []
        for name, level in event.levels.items():
            if name not in self._specs:
                continue
            channels = [
                [mul_of(rms), mul_of(peak), mul_of(peak)]
                for rms, peak in zip(level["rms"], level["peak"], strict=True)
            ]
            inputs.append({**self._words.input(name), "inputLevelsMul": channels})
        self._tell(Subscription.INPUT_VOLUME_METERS, "InputVolumeMeters", {"inputs": inputs})
