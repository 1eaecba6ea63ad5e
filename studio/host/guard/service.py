"""The guard as a service: what is heard is held against packs and facts while it is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from msgspec.structs import replace

from studio.core.clock import NS, now_ns, utc_iso
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.service import Service, ShowContext
from studio.core.state import State
from studio.host.events import ClaimRaised
from studio.host.guard.claim import Known
from studio.host.guard.judge import HeardClaims, Judged, as_alarm, judge, product_named
from studio.host.guard.model import MOST_SHOWN, ClaimAlarm, EarsState, GuardPart, GuardView
from studio.host.guard_commands import GuardCommands
from studio.host.packs.model import Alarm, PacksPart
from studio.host.script.model import Fact
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product

LONGEST = 600


class PacksOfShow(Protocol):
    """The packs that hold for this show."""

    part: PacksPart

    def alarms(self, text: str, product: str = "", *, is_heard: bool = False) -> list[Alarm]:
        """What they find in a text."""
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


class GuardService(Service):
    """Hears sentences, from the ears or by command, and alarms once a claim.

    Args:
        packs, script, catalogue: what is held against them.
        prompter: follows the same words.
        events, state: told.
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
        events: Events,
        state: State,
    ) -> None:
        self._packs, self._script, self._catalogue = packs, script, catalogue
        self._prompter, self._events, self._state = prompter, events, state
        self.part = GuardPart()
        self.alarms: tuple[ClaimAlarm, ...] = ()
        self._claims = HeardClaims()
        self._heard = ""
        self._began_ns = now_ns()
        self._goods: dict[str, Known] | None = None
        self._commands = (GuardCommands(self),)
        state.watch(("shop", "offers", "script"), self._forget_goods)

    def commands(self) -> Sequence[object]:
        """Arm, hear, dismiss, explain."""
        return self._commands

    # -- the show ------------------------------------------------------------------------------

    async def reset(self) -> None:
        """Nothing was said yet."""
        self.part, self.alarms, self._heard = GuardPart(), (), ""
        self._claims.forget()
        self._goods = None
        self._began_ns = now_ns()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over whether it is armed."""
        self.part = part

    def save(self) -> GuardPart:
        """As it is now."""
        return self.part

    def view(self) -> GuardView:
        """The last words and alarms."""
        ears, error = self._ears()
        still = sum(not alarm.dismissed_by for alarm in self.alarms)
        return GuardView(
            self.part.armed, self.part.source, ears, error, self._heard, self.alarms, still
        )

    def _ears(self) -> tuple[EarsState, tuple[str, str]]:
        return "off", ("", "")

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
        if not is_final or not self.part.armed:
            return []
        at = (now_ns() - self._began_ns) / NS if at_s is None else at_s
        product, fresh = self._catalogue.state.explaining, list[ClaimAlarm]()
        named = product_named(words, self.goods(), product)
        for judged in self.judged(words, is_heard=True):
            number, is_new = self._claims.fresh(at, judged)
            if is_new:
                fresh.append(as_alarm(judged, number, at, utc_iso(), words, named))
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
        """Every product with its facts; made anew when one changed."""
        if self._goods is None:
            self._goods = {
                product.id: Known(product, self._script.facts(product))
                for product in self._catalogue.state.products
            }
        return self._goods

    def _forget_goods(self) -> None:
        self._goods = None

    def _count(self, number: int) -> None:
        self.alarms = tuple(
            replace(alarm, times=alarm.times + 1) if alarm.id == number else alarm
            for alarm in self.alarms
        )

    # -- hands ---------------------------------------------------------------------------------

    def put(self, part: GuardPart) -> None:
        """Armed or not."""
        self.part = part

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
        rule=alarm.rule, said=alarm.said, fact=alarm.fact, article=alarm.article,
        level=alarm.level, product=alarm.product,
    )  # fmt: skip
