"""The rundown as a service: it runs, is late, catches up, and goes on after a kill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol

from msgspec.structs import replace

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.instants import after, from_iso, iso, utc_now, zone_named
from studio.core.processes import boot_id
from studio.core.service import Every, Finding, Service, ShowContext
from studio.core.state import State
from studio.host.events import RundownMoved
from studio.host.rundown.book import faults
from studio.host.rundown.model import ItemTimes, RundownPart, RundownRun, RundownView
from studio.host.rundown.schedule import rundown_view
from studio.host.rundown_commands import RundownCommands
from studio.shop.model import Product, ShopState

TICK_S = 1.0


class GoodsOnSale(Protocol):
    """The catalogue of the show."""

    @property
    def state(self) -> ShopState:
        """Its products."""
        ...


class RundownService(Service):
    """The rundown of the show.

    Args:
        goods: what items are about.
        events, state: told.
    """

    name: ClassVar[str] = "rundown"
    Part: ClassVar[Any] = RundownPart
    View: ClassVar[Any] = RundownView
    Checkpoint: ClassVar[Any] = RundownRun

    def __init__(self, goods: GoodsOnSale, events: Events, state: State) -> None:
        self._goods, self._events, self._state = goods, events, state
        self.part, self.run = RundownPart(), RundownRun()
        self.language = "zh"
        self._commands = (RundownCommands(self),)
        self._shown: object = None
        self.every = (Every("rundown", TICK_S, self._tick),)

    def commands(self) -> Sequence[object]:
        """Edit, begin, next, pause, end, catch up, import."""
        return self._commands

    # -- the show ------------------------------------------------------------------------------

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Ids that are there twice, times that are none, goods that are gone."""
        for place, fault, is_broken in faults(part):
            yield Finding(place, fault, "broken" if is_broken else "warning")
        try:
            _check_times(part)
        except StudioError as error:
            yield Finding("rundown", error, "broken")
        yield from _links(part, context)

    async def reset(self) -> None:
        """Nothing is planned and nothing runs."""
        self.part, self.run, self._shown = RundownPart(), RundownRun(), None

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over a show's rundown; it does not run."""
        self.part, self.run, self._shown = part, RundownRun(), None
        self.language = context.language

    def save(self) -> RundownPart:
        """As it is now."""
        return self.part

    def view(self) -> RundownView:
        """With planned, actual and expected times."""
        return rundown_view(self.part, self.run, self.now(), utc_now())

    def checkpoint(self) -> RundownRun:
        """How far it is."""
        return self.run

    async def restore(self, kept: Any) -> None:
        """Goes on; the clock never stopped, not even while the computer started anew."""
        self.run = kept
        if kept.stage == "ready" or (kept.boot == boot_id() and now_ns() >= kept.anchor_ns):
            return
        self.run = replace(kept, **_anchor(utc_now()))

    # -- the run -------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The moment by the run's own clock: it began by the computer's and went on by itself."""
        run = self.run
        if not run.anchor_utc:
            return utc_now()
        return after(from_iso(run.anchor_utc), (now_ns() - run.anchor_ns) / NS)

    def products(self) -> tuple[Product, ...]:
        """The goods of the show."""
        return self._goods.state.products

    def begin(self) -> None:
        """The first item is on.

        Raises:
            StudioError: conflict: it runs, or there is nothing in it.
        """
        if self.run.stage in ("running", "paused"):
            raise StudioError("conflict", "rundown.runs")
        if not self.part.items:
            raise StudioError("conflict", "rundown.empty")
        at = utc_now()
        first = self.part.items[0].id
        start = from_iso(self.part.start_utc) if self.part.start_utc else at
        due = iso(after(start, self.part.seconds))
        times = {first: ItemTimes(iso(at))}
        self._take(RundownRun("running", due_utc=due, item=first, times=times, **_anchor(at)))

    def go(self, id: str) -> None:
        """Another item is on.

        Raises:
            StudioError: conflict, when it does not run.
        """
        run, at = self._running(), iso(self.now())
        if id == run.item:
            return
        times = dict(run.times)
        if run.item in times:
            times[run.item] = replace(self._paused_until(run, at), ended_utc=at)
        times[id] = ItemTimes(at)
        self._take(replace(run, stage="running", item=id, times=times, paused_utc=""))

    def pause(self, *, on: bool) -> None:
        """Holds the item that is on, or goes on with it.

        Raises:
            StudioError: conflict, when it does not run.
        """
        run, at = self._running(), iso(self.now())
        if on == bool(run.paused_utc):
            return
        if on:
            self._take(replace(run, stage="paused", paused_utc=at))
            return
        times = {**run.times, run.item: self._paused_until(run, at)}
        self._take(replace(run, stage="running", times=times, paused_utc=""))

    def end(self) -> None:
        """Nothing is on any more.

        Raises:
            StudioError: conflict, when it does not run.
        """
        run, at = self._running(), iso(self.now())
        times = {**run.times, run.item: replace(self._paused_until(run, at), ended_utc=at)}
        self._take(replace(run, stage="ended", item="", times=times, paused_utc=""))

    def put_run(self, run: RundownRun) -> None:
        """As it was before: what undoing takes back."""
        known = {item.id for item in self.part.items}
        if run.item and run.item not in known:
            raise StudioError("not_found", "rundown.no_item", item=run.item)
        _check_instants(run.anchor_utc, run.paused_utc, run.due_utc)
        for times in run.times.values():
            _check_instants(times.began_utc, times.ended_utc)
        self._take(run)

    def put(self, part: RundownPart) -> None:
        """Another rundown; the item that is on must still be in it.

        Raises:
            StudioError: invalid, conflict.
        """
        for place, error, is_broken in faults(part):
            if is_broken:
                raise StudioError("invalid", "rundown.at", place=place, why=error)
        _check_times(part)
        known = {item.id for item in part.items}
        if self.run.item and self.run.item not in known:
            raise StudioError("conflict", "rundown.is_on", item=self.run.item)
        self.part = part

    def _running(self) -> RundownRun:
        if self.run.stage not in ("running", "paused"):
            raise StudioError("conflict", "rundown.does_not_run")
        return self.run

    @staticmethod
    def _paused_until(run: RundownRun, at: str) -> ItemTimes:
        times = run.times[run.item]
        if not run.paused_utc:
            return times
        held = (from_iso(at) - from_iso(run.paused_utc)).total_seconds()
        return replace(times, paused_s=times.paused_s + max(0.0, held))

    def _take(self, run: RundownRun) -> None:
        self.run = run
        title = next((item.title for item in self.part.items if item.id == run.item), "")
        late = self.view().late_s
        self._events.publish(RundownMoved(stage=run.stage, item=run.item, title=title, late_s=late))
        self._state.touch("rundown")

    def _tick(self) -> None:
        """Tells what time alone changes: an item that is over, or held, moves all that follows."""
        if self.run.stage not in ("running", "paused"):
            return
        view = self.view()
        shown = (view.late_s, view.left_s, view.short_s)
        if shown != self._shown:
            self._shown = shown
            self._state.touch("rundown")


def _anchor(at: datetime) -> dict[str, Any]:
    return {"anchor_utc": iso(at), "anchor_ns": now_ns(), "boot": boot_id()}


def _check_times(part: RundownPart) -> None:
    if part.zone:
        zone_named(part.zone)
    _check_instants(part.start_utc)


def _check_instants(*texts: str) -> None:
    """Each is a moment with its offset, or nothing.

    Raises:
        StudioError: invalid.
    """
    for text in texts:
        try:
            is_one = not text or from_iso(text).tzinfo is not None
        except ValueError:
            is_one = False
        if not is_one:
            raise StudioError("invalid", "rundown.no_instant", text=text[:60])


def _links(part: RundownPart, context: ShowContext) -> Iterator[Finding]:
    """Items about goods and offers that are gone."""
    shop, offers = context.parts.get("shop"), context.parts.get("offers")
    known = {product.id for product in shop.products} if shop else None
    sales = {offer.id for offer in offers.offers} if offers else None
    for number, phase in enumerate(part.phases):
        for index, item in enumerate(phase.items):
            place = f"rundown.phases[{number}].items[{index}]"
            if item.product and known is not None and item.product not in known:
                gone = StudioError("not_found", "rundown.no_product", id=item.product)
                yield Finding(f"{place}.product", gone, "warning")
            if item.offer and sales is not None and item.offer not in sales:
                gone = StudioError("not_found", "rundown.no_offer", id=item.offer)
                yield Finding(f"{place}.offer", gone, "warning")
