"""Packs as a service: which hold, and what they find in the texts of the show."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, ClassVar, Protocol

from studio.core.clock import now_ns, utc_iso
from studio.core.errors import StudioError
from studio.core.instants import utc_now
from studio.core.log import logger
from studio.core.service import Every, Finding, Service, ShowContext
from studio.core.state import State
from studio.core.text import Text
from studio.host.pack_commands import PackCommands
from studio.host.packs.files import all_packs, day, shipped_packs
from studio.host.packs.matcher import LintContext, PackMatcher
from studio.host.packs.model import (
    Alarm,
    Dismissal,
    PacksPart,
    PacksView,
    PackView,
    RulePack,
    TextFinding,
)
from studio.host.packs.texts import ShownText, about, show_texts
from studio.shop.model import ShopState

_log = logger(__name__)
TICK_S = 0.5
BUDGET_NS = 8_000_000
MOST_SHOWN = 200
MOST_CACHED = 50_000
WATCHED = ("shop", "offers", "rundown", "script")


class ShowTexts(Protocol):
    """The parts of the show as they are now, as far as they have texts."""

    def text_parts(self) -> dict[str, Any]:
        """By their keys in show.json."""
        ...


class CatalogueOfShow(Protocol):
    """The catalogue of the show."""

    @property
    def state(self) -> ShopState:
        """Its products."""
        ...


def holds_on(pack: RulePack, today: date) -> bool:
    """Is it in force on a day?"""
    begins, until = day(pack.begins), day(pack.until)
    return (begins is None or begins <= today) and (until is None or today <= until)


def armed_packs(part: PacksPart, packs: Iterable[RulePack]) -> list[RulePack]:
    """The packs that hold for a show: of its places, not off, in force today."""
    today = utc_now().date()
    return [
        pack for pack in packs
        if pack.id not in part.off and (pack.place == "any" or pack.place in part.places)
        and holds_on(pack, today)
    ]  # fmt: skip


@functools.lru_cache(maxsize=8)
def matcher_of(ids: tuple[tuple[str, str], ...]) -> PackMatcher:
    """The matcher of packs by (id, version); shipped ones and the person's own."""
    packs, _ = all_packs()
    return PackMatcher(pack for pack in packs if (pack.id, pack.version) in ids)


def matcher_for(packs: Sequence[RulePack]) -> PackMatcher:
    """The same, made once for as long as the packs stay."""
    return matcher_of(tuple((pack.id, pack.version) for pack in packs))


class PackService(Service):
    """Rules of laws and platforms, held against the texts of the show. A help, no legal advice.

    Args:
        texts: of the show as it is now.
        catalogue: what they are about.
        state: told, and watched for texts that change.
    """

    name: ClassVar[str] = "packs"
    Part: ClassVar[Any] = PacksPart
    View: ClassVar[Any] = PacksView
    is_advice: ClassVar[bool] = True

    def __init__(self, texts: ShowTexts, catalogue: CatalogueOfShow, state: State) -> None:
        self._texts, self._catalogue, self._state = texts, catalogue, state
        self.part = PacksPart()
        self.packs: tuple[RulePack, ...] = ()
        self._faults: dict[str, str] = {}
        self._findings: tuple[TextFinding, ...] = ()
        self._cache: dict[tuple[str, LintContext], tuple[Alarm, ...]] = {}
        self._todo: Iterator[ShownText] | None = None
        self._fresh: list[TextFinding] = []
        self._is_stale = True
        self._commands = (PackCommands(self),)
        self.every = (Every("packs", TICK_S, self._tick),)
        state.watch(WATCHED, self._mark)

    def commands(self) -> Sequence[object]:
        """Arm, list, lint, explain, dismiss."""
        return self._commands

    # -- the show ------------------------------------------------------------------------------

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """What the packs find in the texts of the show; nothing of it keeps it off air."""
        known = {pack.id for pack in all_packs()[0]}
        for number, id in enumerate(part.off):
            if id not in known:
                error = StudioError("not_found", "packs.unknown", pack=id)
                yield Finding(f"packs.off[{number}]", error, "warning")
        packs = armed_packs(part, all_packs()[0])
        matcher = matcher_for(packs)
        dismissed = {(entry.rule, entry.text) for entry in part.dismissed}
        for shown in show_texts(context.parts):
            for alarm in matcher.alarms(shown.text, shown.context):
                if (_name(alarm), shown.text) not in dismissed:
                    yield Finding(shown.place, as_error(alarm), "warning")

    async def reset(self) -> None:
        """No rule of the show is left, and nothing is found."""
        self.part, self._findings = PacksPart(), ()
        self._renew()

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over which packs hold; texts are looked at when there is time."""
        self.part = part
        self.packs = shipped_packs() if context.is_safe else tuple(self._read())
        self._findings = ()
        self._renew()

    def save(self) -> PacksPart:
        """As it is now."""
        return self.part

    def view(self) -> PacksView:
        """The packs, and the first findings."""
        armed = {pack.id for pack in armed_packs(self.part, self.packs)}
        today = utc_now().date()
        views = [
            PackView(
                pack.id, pack.label.pair(), pack.place, pack.version, pack.begins, pack.until,
                len(pack.rules), pack.id in armed, not holds_on(pack, today),
                not any(source.read for source in pack.sources),
            )
            for pack in self.packs
        ]  # fmt: skip
        views += [
            PackView(name, (name, name), "any", "", "", "", 0, False, fault=why)
            for name, why in self._faults.items()
        ]
        shown, more = self._findings[:MOST_SHOWN], max(0, len(self._findings) - MOST_SHOWN)
        return PacksView(self.part.places, tuple(views), shown, more)

    # -- hands ---------------------------------------------------------------------------------

    def put(self, part: PacksPart) -> None:
        """Other packs hold, or other words may stand."""
        known = {pack.id for pack in self.packs}
        for id in part.off:
            if id not in known:
                raise StudioError("not_found", "packs.unknown", pack=id)
        self.part = part
        self._renew()

    def alarms(self, text: str, product: str = "", *, is_heard: bool = False) -> list[Alarm]:
        """What the packs that hold find in any text.

        Args:
            product: id of what it is about; "" is not said.
        """
        return self._matcher().alarms(text, replace_heard(self._around(product), is_heard=is_heard))

    def meant(self, kind: str, text: str, span: tuple[int, int], product: str) -> Alarm | None:
        """A sentence that means a claim of some kind, under a rule of the packs that hold."""
        return self._matcher().meant(kind, text, span, self._around(product))

    def _around(self, product: str) -> LintContext:
        found = self._catalogue.state.product(product) if product else None
        return about(found) if found else LintContext()

    def dismissal(self, rule: str, text: str, by: str) -> Dismissal:
        """A person takes responsibility for words of a text."""
        return Dismissal(rule, text, by, utc_iso())

    def _matcher(self) -> PackMatcher:
        return matcher_for(armed_packs(self.part, self.packs))

    def _read(self) -> list[RulePack]:
        packs, faults = all_packs()
        self._faults = {path.name: f"{fault.place} {fault.why}" for path, fault in faults}
        for path, fault in faults:
            _log.warning("pack %s is left out: %s %s", path.name, fault.place, fault.why)
        return packs

    # -- looking through the texts ---------------------------------------------------------------

    def _renew(self) -> None:
        self._cache.clear()
        self._todo = None
        self._mark()

    def _mark(self) -> None:
        """All is looked through once more; what is being looked through comes to its end first,
        or sales that follow each other would keep a large shop from ever being told."""
        self._is_stale = True

    def _tick(self) -> None:
        """Some texts each time: thousands of goods must not hold the loop up."""
        if self._todo is None:
            if not self._is_stale:
                return
            self._is_stale, self._fresh = False, []
            self._todo = show_texts(self._texts.text_parts())
        matcher = self._matcher()
        until = now_ns() + BUDGET_NS
        dismissed = {(entry.rule, entry.text): entry.by for entry in self.part.dismissed}
        for shown in self._todo:
            self._fresh += [
                TextFinding(shown.place, shown.text, alarm, shown.product,
                            dismissed.get((_name(alarm), shown.text), ""))
                for alarm in self._of(matcher, shown)
            ]  # fmt: skip
            if now_ns() > until:
                return
        self._todo = None
        if tuple(self._fresh) != self._findings:
            self._findings = tuple(self._fresh)
            self._state.touch("packs")

    def _of(self, matcher: PackMatcher, shown: ShownText) -> tuple[Alarm, ...]:
        key = (shown.text, shown.context)
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) >= MOST_CACHED:
                self._cache.clear()
            found = self._cache[key] = tuple(matcher.alarms(shown.text, shown.context))
        return found


def replace_heard(around: LintContext, *, is_heard: bool) -> LintContext:
    """The same for a text that was heard."""
    return LintContext(around.goods, around.pieces, is_heard)


def _name(alarm: Alarm) -> str:
    return f"{alarm.pack}/{alarm.rule}"


def as_error(alarm: Alarm) -> StudioError:
    """An alarm as an error says it: the words, why, the article, what to say instead."""
    return StudioError(
        "invalid", f"packs.{alarm.level}", said=alarm.said, why=Text(*alarm.why),
        article=alarm.article, advice=Text(*alarm.advice),
    )  # fmt: skip
