"""The guard as a service: what is heard is held against packs and facts while it is said."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from msgspec.structs import replace

from studio.core.clock import NS, now_ns, utc_iso
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.instants import utc_now
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.host.ears.model_files import HEARING
from studio.host.ears.wire import EarsRequest, HeardLine
from studio.host.events import ClaimRaised, HostSaid
from studio.host.guard.claim import Known
from studio.host.guard.claims import topics
from studio.host.guard.hints import hints_of
from studio.host.guard.judge import HeardClaims, Judged, TwiceHeard, as_alarm, judge, product_named
from studio.host.guard.model import MOST_SHOWN, ClaimAlarm, EarsState, GuardPart, GuardView
from studio.host.guard.second_opinion import SecondOpinion
from studio.host.guard.speech_parts import SpeechParts
from studio.host.guard_commands import GuardCommands
from studio.host.packs.model import Alarm, PacksPart
from studio.host.script.model import Fact
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product

LONGEST = 600
TICK_S = 0.1


class PacksOfShow(Protocol):
    """The packs that hold for this show."""

    part: PacksPart

    def alarms(self, text: str, product: str = "", *, is_heard: bool = False) -> list[Alarm]:
        """What they find in a text."""
        ...

    def meant(self, kind: str, text: str, span: tuple[int, int], product: str) -> Alarm | None:
        """A sentence that means a claim of some kind, under one of their rules."""
        ...


class FactsOfShow(Protocol):
    """What is known of the goods."""

    def facts(self, product: Product, language: str = "") -> dict[str, Fact]:
        """By name."""
        ...


class PrompterEars(Protocol):
    """Who else wants the words."""

    def heard(self, words: str) -> object:
        """Words that were recognised."""
        ...


class Ears(Protocol):
    """What recognises speech, in a process of its own."""

    state: EarsState
    fault: StudioError | None

    def listen(self, request: EarsRequest, source: str) -> None:
        """Begins, or goes on otherwise, with the sound of a strip ("": the programme)."""
        ...

    def rest(self) -> None:
        """Ends its process."""
        ...

    def lines(self) -> list[HeardLine]:
        """What was heard since the last time."""
        ...


class GuardService(Service):
    """Hears sentences, from the ears or by command, and alarms once a claim.

    Args:
        packs, script, catalogue: what is held against them.
        prompter: follows the same words.
        ears: recognise speech where their model is there.
        events, state: told.
        asks_meaning: of what nothing was found in, a model is asked (a process of its own).
    """

    name: ClassVar[str] = "guard"
    Part: ClassVar[Any] = GuardPart
    View: ClassVar[Any] = GuardView

    def __init__(
        self,
        packs: PacksOfShow,
        script: FactsOfShow,
        catalogue: Catalogue,
        prompter: PrompterEars,
        ears: Ears,
        events: Events,
        state: State,
        *,
        asks_meaning: bool = False,
    ) -> None:
        self._packs, self._script, self._catalogue = packs, script, catalogue
        self._prompter, self._recogniser = prompter, ears
        self._events, self._state = events, state
        self.part = GuardPart()
        self.alarms: tuple[ClaimAlarm, ...] = ()
        self._claims, self._twice = HeardClaims(), TwiceHeard()
        self._meaning = (
            SecondOpinion(packs, self._raise, lambda: state.touch("guard"))
            if asks_meaning else None
        )  # fmt: skip
        self._speech = SpeechParts()
        self._told: object = None
        self.language = "zh"
        self._heard = ""
        self._began_ns = self._spoke_ns = now_ns()
        self._goods: dict[str, Known] = {}
        self._goods_of: tuple[Product, ...] | None = None
        self._day = utc_now().date()
        self._commands = (GuardCommands(self),)
        self.every = (Every("guard", TICK_S, self._tick),)
        state.watch(("offers", "script"), self._forget_goods)

    def commands(self) -> Sequence[object]:
        """Arm, hear, dismiss, explain."""
        return self._commands

    # -- the show ------------------------------------------------------------------------------

    async def reset(self) -> None:
        """Nothing was said yet."""
        self.part, self.alarms, self._heard = GuardPart(), (), ""
        self._claims.forget()
        if self._meaning is not None:
            self._meaning.forget()
        self._forget_goods()
        self._began_ns = now_ns()
        self._recogniser.rest()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over whether it is armed."""
        self.part, self.language = part, context.language

    async def ready(self, context: ShowContext) -> None:
        """Listens, where it should."""
        await self._settle()

    async def stop(self) -> None:
        """Ends the ears, and the model."""
        self._recogniser.rest()
        if self._meaning is not None:
            await self._meaning.stop()

    def save(self) -> GuardPart:
        """As it is now."""
        return self.part

    def view(self) -> GuardView:
        """The last words and alarms."""
        ears, error = self._ears()
        still = sum(not alarm.dismissed_by for alarm in self.alarms)
        return GuardView(
            self.part.armed,
            self.part.listens,
            self.part.source,
            ears,
            error,
            self._heard,
            self.alarms,
            still,
            "idle" if self._meaning is None else self._meaning.state,
        )

    @property
    def quiet_s(self) -> float | None:
        """So long nobody has spoken; None where nobody listens, and nobody can know."""
        if not self.part.listens or self._recogniser.state != "listening":
            self._spoke_ns = now_ns()
            return None
        return (now_ns() - self._spoke_ns) / NS

    def _ears(self) -> tuple[EarsState, tuple[str, str]]:
        ears = self._recogniser
        fault = ears.fault.in_both() if ears.fault is not None else None
        return ears.state, (fault["zh"], fault["en"]) if fault else ("", "")

    async def _settle(self) -> None:
        """The ears work while they are wanted; what judges is loaded before, beside the loop."""
        if self.part.listens:
            await asyncio.to_thread(topics)
        if not self.part.listens:
            self._recogniser.rest()
            return
        hints = hints_of(self.goods(), self.language)
        request = EarsRequest(str(HEARING.folder()), self.language, hints)
        self._recogniser.listen(request, self.part.source)

    def _tick(self) -> None:
        """Takes what the ears heard; a state of theirs that changed is told."""
        for line in self._recogniser.lines():
            self.hear_window(line)
        told = self._ears()
        if told != self._told:
            self._told = told
            self._state.touch("guard")

    # -- hearing -------------------------------------------------------------------------------

    def hear(self, text: str, *, is_final: bool, at_s: float | None = None) -> list[ClaimAlarm]:
        """Takes words that were recognised; the prompter follows them too.

        Args:
            is_final: they will not be heard otherwise; others are only followed.
            at_s: when; None is now.

        Returns:
            New alarms.
        """
        words = text.strip()[-LONGEST:]
        if not words:
            return []
        self._heard = words
        self._prompter.heard(words)
        self._state.touch("guard")
        if is_final:
            self._events.publish(HostSaid(text=words))
        if not is_final or not self.part.armed:
            return []
        at = (now_ns() - self._began_ns) / NS if at_s is None else at_s
        found = self.judged(words, is_heard=True)
        if self._meaning is not None:
            self._meaning.ask(at, words, found, self._product_of(words), self.goods())
        return self._raise(at, words, found)

    def hear_window(self, line: HeardLine) -> list[ClaimAlarm]:
        """A window of recognised speech: claims that two windows have are alarms."""
        if not line.text:
            return []
        self._spoke_ns = now_ns()
        if not line.is_long:
            self._prompter.heard(line.text)
        self._heard = line.text
        self._state.touch("guard")
        if said := self._speech.take(line):
            self._events.publish(HostSaid(text=said[-LONGEST:]))
        if not self.part.armed:
            return []
        judged = self.judged(line.text, is_heard=True)
        if self._meaning is not None:
            self._meaning.ask_window(
                line.at_s, line.text, judged, self._product_of(line.text), self.goods(),
                begins_clean=line.begins_clean, ends_clean=line.ends_clean,
            )  # fmt: skip
        found = self._twice.confirmed(
            line.at_s, line.text, judged,
            begins_clean=line.begins_clean, ends_clean=line.ends_clean,
        )  # fmt: skip
        return self._raise(line.at_s, line.text, found)

    def _product_of(self, words: str) -> str:
        return product_named(words, self.goods(), self._catalogue.state.explaining)

    def _raise(self, at_s: float, words: str, found: list[Judged]) -> list[ClaimAlarm]:
        fresh: list[ClaimAlarm] = []
        if not found:
            return fresh
        named = self._product_of(words)
        for judged in found:
            number, is_new = self._claims.fresh(at_s, judged)
            if is_new:
                fresh.append(as_alarm(judged, number, at_s, utc_iso(), words, named))
            else:
                self._count(number)
        if fresh:
            self.alarms = (*reversed(fresh), *self.alarms)[:MOST_SHOWN]
            for alarm in fresh:
                self._events.publish(_raised(alarm))
        return fresh

    def judged(self, text: str, *, is_heard: bool = False) -> list[Judged]:
        """What packs and facts say against a text, now."""
        return judge(
            text, self._catalogue.state.explaining, self.goods(), self._packs,
            self._packs.part.places, is_heard=is_heard,
        )  # fmt: skip

    def goods(self) -> dict[str, Known]:
        """Every product with its facts; a sale makes those of one product anew."""
        products, today = self._catalogue.state.products, utc_now().date()
        if today != self._day:
            self._day = today  # facts have a last day
            self._forget_goods()
        if products is not self._goods_of:
            before, self._goods_of = self._goods, products
            self._goods = {product.id: self._known(product, before) for product in products}
        return self._goods

    def _known(self, product: Product, before: dict[str, Known]) -> Known:
        known = before.get(product.id)
        if known is not None and known.product is product:
            return known
        return Known(product, self._script.facts(product))

    def _forget_goods(self) -> None:
        self._goods, self._goods_of = {}, None

    def _count(self, number: int) -> None:
        self.alarms = tuple(
            replace(alarm, times=alarm.times + 1) if alarm.id == number else alarm
            for alarm in self.alarms
        )

    # -- hands ---------------------------------------------------------------------------------

    async def put(self, part: GuardPart) -> None:
        """Armed or not, listening or not."""
        self.part = part
        await self._settle()

    def alarm(self, number: int) -> ClaimAlarm:
        """An alarm of the list.

        Raises:
            StudioError: not_found.
        """
        found = next((alarm for alarm in self.alarms if alarm.id == number), None)
        if found is None:
            raise StudioError("not_found", "guard.no_alarm", number=number)
        return found

    def dismiss(self, number: int, by: str) -> str:
        """Somebody says that an alarm was nothing, or with "" takes that back.

        Returns:
            Who had said so before.

        Raises:
            StudioError: not_found.
        """
        before = self.alarm(number)
        self.alarms = tuple(
            replace(alarm, dismissed_by=by) if alarm.id == number else alarm
            for alarm in self.alarms
        )
        return before.dismissed_by


def _raised(alarm: ClaimAlarm) -> ClaimRaised:
    return ClaimRaised(
        alarm=alarm.id, rule=alarm.rule, said=alarm.said, fact=alarm.fact, article=alarm.article,
        level=alarm.level, product=alarm.product,
    )  # fmt: skip
