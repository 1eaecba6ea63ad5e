"""What is on air now, for every entry of the journal: show, phase, scene, SKU; and what is sold."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any, Protocol

from msgspec.structs import replace

from studio.comments.events import CommentReceived
from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.log import logger
from studio.core.paths import data_dir
from studio.core.whole_file import make_once
from studio.governance.sealing import Sealer, may_name_somebody, sealed_data
from studio.insight.entries import EntryFacts, Phase
from studio.insight.events import PriceStepped
from studio.insight.journal import Journal
from studio.insight.sold import SoldPieces
from studio.outputs.events import OutputChanged
from studio.scenes.events import SceneTaken
from studio.shop.events import CardShown, ProductExplained, StockChanged
from studio.shop.offers.model import Quote

_log = logger(__name__)
SALT_BYTES = 32
MIN_NS = 60_000_000_000
OPENING_NS, CLOSING_NS = 10 * MIN_NS, 20 * MIN_NS
FLOWS = ("live", "congested", "recording")
ENDED = ("idle", "refused", "failed", "stopped")


class PriceNow(Protocol):
    """What a SKU costs now, offers counted in."""

    def quote(self, sku: str) -> Quote:
        """Its price.

        Raises:
            StudioError: not_found.
        """
        ...


class ScenesOnAir(Protocol):
    """Which scene is on a canvas."""

    @property
    def state(self) -> Any:
        """With ``programme``: a scene's name by canvas."""
        ...


class Viewers(Sealer, Protocol):
    """Numbers viewers and seals what they said (`studio.governance.people.PeopleKeys`)."""

    def person(self, who: str) -> str:
        """A viewer's number."""
        ...


class SalesCounter(Protocol):
    """Counts what is sold."""

    def sold(self, units: int, cents: int | None) -> None:
        """So many pieces, below 0 when they came back, for so much in all."""
        ...


def phase_of(since_ns: int, left_ns: int | None = None) -> Phase:
    """开场 (the first 10 minutes), 收尾 (the last 20), 深化 between them.

    Args:
        since_ns: since the show went on air; below 0: it is not.
        left_ns: to its planned end; None where none is planned.
    """
    if since_ns < 0:
        return ""
    if since_ns < OPENING_NS:
        return "opening"
    return "closing" if left_ns is not None and left_ns <= CLOSING_NS else "deepening"


class AirContext:
    """Follows the show for the journal.

    Args:
        journal: told what is on air.
        events: listened to.
        scenes, prices: asked.
        people: numbers viewers, and seals what they said.

    Attributes:
        sales: told of pieces sold and returned.
    """

    def __init__(
        self,
        journal: Journal,
        events: Events,
        scenes: ScenesOnAir,
        prices: PriceNow,
        people: Viewers,
    ) -> None:
        self._journal, self._scenes, self._prices = journal, scenes, prices
        self._people = people
        self._flowing: set[str] = set()
        self._pieces = SoldPieces()
        self.sales: SalesCounter | None = None
        events.on(SceneTaken, self._scene_taken)
        events.on(ProductExplained, lambda event: self._sku(event.product))
        events.on(CardShown, lambda event: self._sku(event.product))
        events.on(OutputChanged, self._output_changed)
        events.on(StockChanged, self._stock_changed)

    # -- the show ------------------------------------------------------------------------------

    def opened(self, show: str) -> None:
        """Another show is open; what is on air goes on."""
        self._pieces.reset()
        self._journal.now = replace(self._journal.now, show=show, sku="")
        self.refresh()

    def refresh(self) -> None:
        """Phase and scene as they are now; once a second."""
        began = self._journal.on_air_ns
        phase = phase_of(now_ns() - began if began else -1)
        programme = self._scenes.state.programme
        scene = programme.get("landscape") or next(iter(programme.values()), "")
        before = self._journal.now
        if (before.phase, before.scene) != (phase, scene):
            self._journal.now = replace(before, phase=phase, scene=scene)

    def _scene_taken(self, taken: SceneTaken) -> None:
        if taken.canvas in ("", "landscape"):
            self._journal.now = replace(self._journal.now, scene=taken.scene)

    def _sku(self, product: str) -> None:
        self._journal.now = replace(self._journal.now, sku=product)

    def _output_changed(self, changed: OutputChanged) -> None:
        """On air is from the first stream (or recording) that flows to the last one that ends."""
        if changed.state in ENDED:
            self._flowing.discard(changed.output)
        elif changed.state in FLOWS:
            self._flowing.add(changed.output)
        if not self._flowing:
            self._journal.on_air_ns = 0
        elif not self._journal.on_air_ns:
            self._journal.on_air_ns = now_ns()
        self.refresh()

    # -- what an entry knows better ------------------------------------------------------------

    def write(self, event: Event) -> None:
        """Writes an event with the facts that are its own."""
        if not event.is_journaled:
            return
        own = self._of_comment(event.entry) if isinstance(event, CommentReceived) else None
        if isinstance(event, PriceStepped):
            own = EntryFacts(sku=event.sku, value_cents=event.cents, currency=event.currency)
        if may_name_somebody(event):
            self._journal.write(event.name, partial(sealed_data, self._people, event), own)
        else:
            self._journal.write(event.name, event.data(), own)

    def _of_comment(self, entry: dict[str, Any]) -> EntryFacts:
        platform, who = str(entry.get("platform", "")), str(entry.get("who", ""))
        return EntryFacts(
            platform=platform,
            viewer=self._people.person(who) if who != f"{platform}/" else "",
            happened_utc=str(entry.get("at_utc", "")),
        )

    def _stock_changed(self, changed: StockChanged) -> None:
        """What left the ledger as sold (or came back) is an entry with its money."""
        units = self._pieces.since(changed)
        if not units:
            return
        try:
            quote = self._prices.quote(changed.sku)
        except StudioError:  # the ledger knows more than this show sells
            own = EntryFacts(sku=changed.sku, platform=changed.channel)
        else:
            own = EntryFacts(
                sku=changed.sku, platform=changed.channel,
                value_cents=units * quote.cents, currency=quote.currency,
            )  # fmt: skip
        if self.sales is not None:
            self.sales.sold(units, own.value_cents)
        name = "insight.sold" if units > 0 else "insight.returned"
        self._journal.write(name, {"units": units}, own)


def viewers_salt() -> bytes:
    """Of the pseudonyms; made once for this data folder."""
    try:
        return make_once(data_dir() / "insight" / "viewers.salt", _salt, least=SALT_BYTES)
    except OSError as error:
        _log.warning("viewers get other names in the next run: %s", error)
        return _salt()


def _salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)
