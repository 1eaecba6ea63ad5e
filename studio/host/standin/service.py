"""The stand-in as a service: comes in, says what the guard lets through, stops, goes."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Protocol

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.i18n import translate
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.core.text import Text
from studio.host.events import HostPresence, StandInCame
from studio.host.guard.claims import topics
from studio.host.guard.judge import Judged
from studio.host.guard.model import GuardPart
from studio.host.script.model import LineView, ProductScriptView
from studio.host.standin.model import StandInPart, StandInView
from studio.host.standin.speech import StandInSpeech, Utterance, Voice
from studio.host.standin_commands import StandInCommands
from studio.host.voice.model_files import voice_for
from studio.media.spoken import STEP_S
from studio.scenes.generated import shows_generated
from studio.scenes.stage import Snapshot
from studio.shop.catalogue import Catalogue

TICK_S, AHEAD_S = 0.2, 2.0
AWAY_S, BACK_S = 30.0, 2.0
LATE_S = 0.15
"""So much later than the words its sound may end."""
MOST_AHEAD = 3
NOTHING = Utterance("", "", "")
SAYS_SO_S = 600.0
"""So often it says that it is no person; also whenever it comes in."""


class Composed(Protocol):
    """What is composed now."""

    @property
    def snapshot(self) -> Snapshot | None:
        """None until the first picture is there."""
        ...


class SpeechJudge(Protocol):
    """What packs and facts say against a text; how long nobody has spoken."""

    part: GuardPart

    @property
    def quiet_s(self) -> float | None:
        """None where nobody listens."""
        ...

    def judged(self, text: str, *, is_heard: bool = False) -> list[Judged]:
        """Nothing: it may be said."""
        ...


class Scripts(Protocol):
    """What is said about each product."""

    def script_view(self, product: str) -> ProductScriptView | None:
        """As it stands now."""
        ...


class SceneTaker(Protocol):
    """Runs commands."""

    async def run(self, id: str, args: dict[str, Any] | None = None) -> object:
        """Runs one."""
        ...


class StandInService(Service):
    """A character that speaks for a host who is away.

    Args:
        composed: says whether it is on programme.
        guard: judges each sentence before it is said.
        scripts, catalogue: where its sentences come from; it says nothing else.
        bus: takes scenes.
        voice: makes its sound.
        events, state: told.
    """

    name: ClassVar[str] = "standin"
    Part: ClassVar[Any] = StandInPart
    View: ClassVar[Any] = StandInView

    def __init__(
        self,
        composed: Composed,
        guard: SpeechJudge,
        scripts: Scripts,
        catalogue: Catalogue,
        bus: SceneTaker,
        voice: Voice,
        events: Events,
        state: State,
    ) -> None:
        self._composed, self._guard, self._scripts = composed, guard, scripts
        self._catalogue, self._bus = catalogue, bus
        self._events, self._state = events, state
        self._speech = StandInSpeech(voice)
        self.part = StandInPart()
        self.language = "zh"
        self.before: dict[str, str] = {}
        self._run, self._now = 0, NOTHING
        self._since_ns = self._said_so_ns = 0
        self._is_in = self._is_away = False
        self._product, self._said = "", tuple[str, ...]()
        self._scenes: tuple[str, ...] = ()
        self._commands = (StandInCommands(self),)
        self.every = (
            Every("standin", TICK_S, self._tick), Every("standin.ahead", AHEAD_S, self._prepare),
        )  # fmt: skip

    def commands(self) -> Sequence[object]:
        """Come in, say, stop, go."""
        return self._commands

    # -- the show ------------------------------------------------------------------------------

    async def reset(self) -> None:
        """Nobody speaks."""
        self.part, self.before = StandInPart(), {}
        self._speech.forget()
        self._now, self._product = NOTHING, ""
        self._said, self._is_in, self._scenes = (), False, ()
        self._is_away = False
        self._run = self._said_so_ns = 0

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over its scene."""
        self.part, self.language = part, context.language

    async def stop(self) -> None:
        """Ends the process of its voice."""
        await asyncio.to_thread(self._speech.voice.rest)

    def save(self) -> StandInPart:
        """As it is now."""
        return self.part

    def view(self) -> StandInView:
        """Who could come in, as last looked at (its source asks 50 times a second); its words."""
        voice = self._speech.voice
        return StandInView(
            self._scenes, self._is_in, self.is_speaking, self._speech.is_waiting,
            bool(self._now.sound),
            voice_for(self.language, self.part.voice) if self.part.has_voice else "",
            self.part.speed, voice.state, self._now.sound, self._run, self._now.text,
            self._now.mouths, self._product, self._said,
        )  # fmt: skip

    # -- who is there --------------------------------------------------------------------------

    def scenes(self) -> list[str]:
        """Names of the scenes that have it."""
        snapshot = self._composed.snapshot
        if snapshot is None:
            return []
        state, sources = snapshot.state, snapshot.sources
        return [scene.name for scene in state.scenes if shows_generated(scene, state, sources)]

    def programme(self) -> dict[str, str]:
        """The scene on each canvas that is on."""
        snapshot = self._composed.snapshot
        if snapshot is None:
            return {}
        on = [canvas.name for canvas in snapshot.state.canvases if canvas.is_enabled]
        return {name: snapshot.state.programme.get(name, "") for name in on}

    def _is_on_air(self) -> bool:
        snapshot = self._composed.snapshot
        return snapshot is not None and any(
            snapshot.is_labelled(snapshot.state.scene(scene), canvas)
            for canvas, scene in self.programme().items()
        )

    async def come_in(self, scene: str) -> None:
        """Its scene goes on programme; what was there is remembered.

        Raises:
            StudioError: conflict: no scene has it; as the command that takes the scene.
        """
        there = self.scenes()
        wanted = scene or self.part.scene or next(iter(there), "")
        if wanted not in there:
            raise StudioError("conflict", "standin.no_scene", scene=wanted or "-")
        before = self.programme()
        await self._bus.run("scenes.take", {"scene": wanted})
        if wanted not in before.values():
            self.before = before
        self._tick()
        await asyncio.to_thread(topics)  # its first line is judged without a wait

    async def go(self) -> None:
        """It stops, and the scene that was there before comes back.

        Raises:
            StudioError: conflict: nobody knows what was there before.
        """
        self.stop_speech()
        if not self.before:
            raise StudioError("conflict", "standin.no_way_back")
        before, self.before = self.before, {}
        for canvas, scene in before.items():
            await self._bus.run("scenes.take", {"scene": scene, "canvas": canvas})
        self._tick()

    # -- speaking ------------------------------------------------------------------------------

    @property
    def is_speaking(self) -> bool:
        """Is a sentence not over yet?"""
        so_far_s = (now_ns() - self._since_ns) / NS
        return bool(self._now.text) and so_far_s < len(self._now.mouths) * STEP_S + LATE_S

    def say(self, product: str, line: str) -> str:
        """Says a line of an accepted script, or the next one, once the guard has let it through.

        Raises:
            StudioError: not_found: no such line; conflict: it is a gap, is stale, or a rule or a
                fact speaks against it: then nothing is said.

        Returns:
            The sentence.
        """
        wanted = product or self._catalogue.state.explaining
        script = self._scripts.script_view(wanted) if wanted else None
        if script is None:
            raise StudioError("not_found", "standin.no_script", product=wanted or "-")
        named = (view for view in script.lines if view.line.id == line)
        found = next(named if line else self._not_said(script), None)
        if found is None:
            raise StudioError("not_found", "standin.no_line", line=line or "-")
        if found.state != "ready":
            raise StudioError("conflict", "standin.not_ready", line=found.line.text)
        self._check(found.line.text)
        self._product, self._said = wanted, (*self._said_of(wanted), found.line.id)
        self._speak(found.line.text)
        return found.line.text

    def _said_of(self, product: str) -> tuple[str, ...]:
        """Ids of the lines that it said; it remembers those of one product."""
        return self._said if product == self._product else ()

    def _not_said(self, script: ProductScriptView) -> Iterator[LineView]:
        """Lines that could be next."""
        said = self._said_of(script.product)
        lines = script.lines
        return (view for view in lines if view.state == "ready" and view.line.id not in said)

    def _check(self, text: str) -> None:
        for judged in self._guard.judged(text):
            raise StudioError(
                "conflict", "standin.refused", said=judged.said, why=Text(*judged.why),
                advice=Text(*judged.advice),
            )  # fmt: skip

    def stop_speech(self) -> None:
        """Silent from the next picture on, and at the next end of a syllable (`StandIn`)."""
        self._speech.forget()
        if self._now.text:
            self._begin(NOTHING)

    def choose_voice(self, part: StandInPart) -> None:
        """Speaks on with another voice, or none, from the next sentence on."""
        self.part = part
        self._state.touch("standin")

    def _speak(self, text: str) -> None:
        ready = self._speech.begin(text, self.part, self.language)
        if ready is not None:
            self._begin(ready)
        else:
            self._state.touch("standin")

    def _begin(self, utterance: Utterance) -> None:
        self._now = utterance
        self._since_ns = now_ns()
        self._run += 1
        self._state.touch("standin")

    def _may_still_say(self, text: str) -> bool:
        """A price may have changed while its sound was made."""
        if text == translate("standin.says_so", self.language):
            return self._is_in
        script = self._scripts.script_view(self._product)
        lines = script.lines if script is not None else ()
        is_ready = any(view.state == "ready" and view.line.text == text for view in lines)
        return is_ready and not self._guard.judged(text)

    # -- from time to time ---------------------------------------------------------------------

    def _prepare(self) -> None:
        """Has the next lines made while there is time."""
        if self._scenes and not self._speech.is_waiting:
            self._speech.prepare(self._next_texts(), self.part, self.language)

    def _next_texts(self) -> Iterator[str]:
        wanted = self._catalogue.state.explaining
        script = self._scripts.script_view(wanted) if wanted else None
        yield translate("standin.says_so", self.language)
        if script is not None:
            for view in itertools.islice(self._not_said(script), MOST_AHEAD):
                yield view.line.text

    def _look_for_host(self) -> None:
        """Tells when nobody speaks, and when somebody does again.

        The programme has the stand-in's own voice in it: while it is in, words from there tell
        nothing, those of a strip (the microphone's) do.
        """
        quiet_s = self._guard.quiet_s
        if quiet_s is None or not self._scenes:
            self._is_away = False
            return
        if self._is_in and not self._guard.part.source:
            return
        is_away = quiet_s > (BACK_S if self._is_away else AWAY_S)
        if is_away != self._is_away:
            self._is_away = is_away
            self._events.publish(HostPresence(on=not is_away))

    def _tick(self) -> None:
        """Says that it is no person when it comes in and every ten minutes; tells what changed."""
        is_in, scenes = self._is_on_air(), tuple(self.scenes())
        has_moved = is_in != self._is_in
        if has_moved or scenes != self._scenes:
            self._is_in, self._scenes = is_in, scenes
            self._state.touch("standin")
        if has_moved:
            self._events.publish(StandInCame(on=is_in))
            self._said_so_ns = 0
            if not is_in:
                self.stop_speech()
        self._look_for_host()
        self._speech.keep_ready(self.part, on=is_in or self._is_away)
        is_due = not self._said_so_ns or now_ns() - self._said_so_ns > SAYS_SO_S * NS
        is_free = not self.is_speaking and not self._speech.is_waiting
        if is_in and is_due and is_free:
            self._said_so_ns = now_ns()
            self._speak(translate("standin.says_so", self.language))
        elif (ready := self._speech.ready()) is not None:
            if self._may_still_say(ready.text):
                self._begin(ready)
            else:
                self._state.touch("standin")
        elif self._now.text and not self.is_speaking:
            self._now = NOTHING
            self._state.touch("standin")
