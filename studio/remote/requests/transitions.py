"""Transition requests: how one scene gives way to the next."""

from __future__ import annotations

from studio.core.clock import now_ns
from studio.protocols.obs_ws import Data, RequestError, RequestStatus
from studio.remote.requests.base import Requests, maybe, need, number, request, whole
from studio.remote.session import Session
from studio.remote.words import MAIN, ObsSerializer
from studio.scenes.obs_transitions import obs_kind


class Transitions(Requests):
    """Category "transitions". A transition's name is its English label."""

    @request("GetTransitionKindList")
    def kinds(self, session: Session, data: Data) -> Data:
        """The kinds there are, then OBS's ids of those that it has too."""
        ours = self.rooms.transition_kinds.names()
        return {"transitionKinds": [*ours, *(obs_kind(k) for k in ours if obs_kind(k) != k)]}

    @request("GetSceneTransitionList")
    def list_all(self, session: Session, data: Data) -> Data:
        """One transition of every kind, and the one chosen."""
        words, kind = self._words(), self.rooms.scenes.state.transition.kind
        now = words.transition(kind)
        return {
            "currentSceneTransitionName": now["transitionName"],
            "currentSceneTransitionUuid": now["transitionUuid"],
            "currentSceneTransitionKind": obs_kind(kind),
            "transitions": [
                words.transition_entry(name) for name in self.rooms.transition_kinds.names()
            ],
        }

    @request("GetCurrentSceneTransition")
    def current(self, session: Session, data: Data) -> Data:
        """The one that the next take uses."""
        choice = self.rooms.scenes.state.transition
        entry = self._words().transition_entry(choice.kind)
        return {
            **entry,
            "transitionDuration": None if entry["transitionFixed"] else choice.duration_ms,
            "transitionSettings": choice.settings if entry["transitionConfigurable"] else None,
        }

    @request("SetCurrentSceneTransition")
    async def choose(self, session: Session, data: Data) -> None:
        """Chooses a transition; its duration stays."""
        name = need(data, "transitionName")
        kind = self._words().transition_kind(name)
        if kind is None:
            raise RequestError(RequestStatus.NOT_FOUND, f"There is no transition {name}.")
        ms = self.rooms.scenes.state.transition.duration_ms
        await self.run(session, "scenes.transition", kind=kind, duration_ms=ms)

    @request("SetCurrentSceneTransitionDuration")
    async def set_duration(self, session: Session, data: Data) -> None:
        """How long takes last, ms."""
        ms = whole(data, "transitionDuration", 50, 20_000)
        kind = self.rooms.scenes.state.transition.kind
        await self.run(session, "scenes.transition", kind=kind, duration_ms=ms)

    @request("SetCurrentSceneTransitionSettings")
    async def set_settings(self, session: Session, data: Data) -> None:
        """The settings of the one that is chosen."""
        given = need(data, "transitionSettings", dict)
        overlay = maybe(data, "overlay", bool, True)
        choice = self.rooms.scenes.state.transition
        if not self._words().transition_entry(choice.kind)["transitionConfigurable"]:
            raise RequestError(RequestStatus.NOT_CONFIGURABLE, "This transition has no settings.")
        settings = {**(choice.settings if overlay else {}), **given}
        await self.run(
            session,
            "scenes.transition",
            kind=choice.kind,
            duration_ms=choice.duration_ms,
            settings=settings,
        )

    @request("GetCurrentSceneTransitionCursor")
    def cursor(self, session: Session, data: Data) -> Data:
        """How far the running transition is, 0 to 1."""
        change = self.rooms.scenes.changes.get(MAIN)
        return {"transitionCursor": change.progress(now_ns()) if change else 1.0}

    @request("TriggerStudioModeTransition")
    async def take(self, session: Session, data: Data) -> None:
        """Takes the preview."""
        self._need_studio_mode()
        await self.run(session, "scenes.take")

    @request("SetTBarPosition")
    async def t_bar(self, session: Session, data: Data) -> None:
        """Moves the T-bar; let go below the middle it falls back, above it goes on to the end."""
        position = number(data, "position", 0, 1)
        release = maybe(data, "release", bool, True)
        self._need_studio_mode()
        if release:
            position = 1.0 if position >= 0.5 else 0.0
        await self.run(session, "scenes.tbar", position=position)

    def _need_studio_mode(self) -> None:
        if not self.rooms.scenes.state.is_studio_mode:
            raise RequestError(RequestStatus.STUDIO_MODE_NOT_ACTIVE, "Studio mode is off.")

    def _words(self) -> ObsSerializer:
        return ObsSerializer(self.rooms, self.ids)
