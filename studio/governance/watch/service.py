"""The watch as a service: looks once a second, checks the chain now and then, raises alarms."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import msgspec

from studio.core.clock import NS, local_day, now_ns, utc_iso, utc_ms, zone_s
from studio.core.command import Bus, CommandRan
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.log import logger
from studio.core.redact import holds_secret
from studio.core.service import Every, Service
from studio.core.state import State
from studio.governance.audit import AuditLog, SignedAnchor, anchor_parts
from studio.governance.audit_check import Report, check_logs
from studio.governance.cli import USUAL, own_anchors
from studio.governance.events import AuditContradicted, ErasedAgain
from studio.governance.keeping.model import KeepingView
from studio.governance.keeping.shelf import RecordShelf, ShelvedRecord
from studio.governance.kept_anchors import own_kept
from studio.governance.model import PrivacyView
from studio.governance.privacy_commands import Unmasked
from studio.governance.rights.book import OperatorBook
from studio.governance.rights.glass import GlassBroken
from studio.governance.stores import forget_keys, store_states
from studio.governance.watch.breach import BreachBook
from studio.governance.watch.events import WatchAlarmed
from studio.governance.watch.model import (
    AlarmKind,
    AnchorPlace,
    Breach,
    ChainState,
    RedCommand,
    StoreState,
    WatchAlarm,
    WatchView,
)
from studio.governance.watch_commands import WatchCommands

_log = logger(__name__)
LOOK_S, CHAIN_NS = 1.0, 3600 * NS
MOST_RED, MOST_ALARMS, MOST_ADDRESSES = 50, 50, 500
EXPORTS = frozenset(("privacy.export", "privacy.find", "orders.list", "record.pack",
                     "reach.write"))  # fmt: skip
MASS, MASS_NS = 10, 600 * NS
"""So many of them in this time are a mass export."""
GUESSES = 10
BY_TOKEN = "remote:"
"""How whoever came in with a token is called; nobody else has a colon."""
COMMENT = "comments.received"
LEAST_SECRET, PASTED_NS = 12, 60 * NS
"""A shorter secret may well be a word; who repeats one is told of once a minute."""
NIGHT = range(0, 6)
"""Hours of the night, by this machine's clock."""


class WatchService(Service):
    """Who is in, what was refused, what is old.

    Args:
        log: the audit log.
        operators: know who is in, and to whom data are shown in full.
        keeping: what is due.
        requests: of persons.
        breaches: those that are known.
        bus, events, state: heard and told.
        hour: of the day here.
        place: where anchors are kept.
        shelf: of the records of shows.
    """

    name: ClassVar[str] = "watch"
    View: ClassVar[Any] = WatchView

    def __init__(
        self,
        log: AuditLog,
        operators: OperatorBook,
        keeping: Callable[[], KeepingView],
        requests: Callable[[], PrivacyView],
        breaches: BreachBook,
        bus: Bus,
        events: Events,
        state: State,
        hour: Callable[[], int] | None = None,
        place: Callable[[], AnchorPlace] = AnchorPlace,
        shelf: RecordShelf | None = None,
    ) -> None:
        self._log, self._operators, self._keeping = log, operators, keeping
        self._requests = requests
        self._breaches, self._bus, self._events, self._state = breaches, bus, events, state
        self._hour, self._place = hour or _hour_here, place
        self._anchor_error = ""
        self._refused = 0
        self._red: deque[tuple[str, RedCommand]] = deque(maxlen=MOST_RED)
        self._alarms: deque[WatchAlarm] = deque(maxlen=MOST_ALARMS)
        self._exports: deque[int] = deque(maxlen=MASS)
        self._addresses: dict[str, None] = {}
        self._guessing: set[str] = set()
        self._doubled: set[str] = set()
        self._pasted_ns = 0
        self._revoking: set[asyncio.Task[object]] = set()
        self._contradicting: deque[SignedAnchor] = deque(maxlen=MOST_ALARMS)
        self._chain: ChainState = "unknown"
        self._chain_utc, self._chain_ns = "", 0
        self._stores: tuple[StoreState, ...] = ()
        self._shelf, self._records = shelf, tuple[ShelvedRecord, ...]()
        self._task: asyncio.Task[ChainState] | None = None
        self._shown = WatchView()
        self._commands = WatchCommands(self, breaches)
        events.on(CommandRan, self._ran)
        events.on(Unmasked, self._unmasked)
        events.on_all(self._heard)
        events.on(GlassBroken, self._glass)
        events.on(AuditContradicted, self._contradicted)
        events.on(ErasedAgain, self._erased_again)
        self.every = (Every("watch", LOOK_S, self._look),)

    def commands(self) -> Sequence[object]:
        """Check the chain, breaches."""
        return (self._commands,)

    def view(self) -> WatchView:
        """As it is now."""
        log, keeping, asked = self._log, self._keeping(), self._requests()
        today = local_day()
        return WatchView(
            door=self._operators.door(), refused=self._refused, chain=self._chain,
            chain_utc=self._chain_utc, anchor_age_s=_age_s(log.signed_ns), audit_lost=log.lost,
            anchors=self._place(), stores=self._stores,
            records_due=sum(record.is_due for record in self._records),
            records_broken=tuple(
                record.name for record in self._records
                if record.found in ("broken", "unreadable")
            ),
            due=sum(rule.due for rule in keeping.rules),
            held=sum(rule.held for rule in keeping.rules),
            requests=len(asked.requests), late=asked.late,
            unmasked=self._operators.unmasked,
            red=tuple(red for day, red in self._red if day == today),
            alarms=tuple(self._alarms), breaches=self._open_breaches(),
        )  # fmt: skip

    async def stop(self) -> None:
        """Ends a check that runs."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.gather(*self._revoking, return_exceptions=True)

    # -- looking -------------------------------------------------------------------------------

    def _look(self) -> None:
        door = self._operators.door()
        for presence in door.present:
            if not presence.is_here:
                self._saw(presence.address)
        guessing = {guess.address for guess in door.guesses if guess.count >= GUESSES}
        for address in guessing - self._guessing:
            self.alarm("guessing", address)
        self._guessing = guessing
        places: dict[str, set[str]] = {}
        for presence in door.present:
            if presence.who.startswith(BY_TOKEN):
                places.setdefault(presence.who, set()).add(presence.address)
        doubled = {who for who, addresses in places.items() if len(addresses) > 1}
        for who in doubled - self._doubled:
            self.alarm("two_places", who.removeprefix(BY_TOKEN))
        self._doubled = doubled
        error = self._place().error
        if error and not self._anchor_error:
            self.alarm("anchor_lost", f"{self._place().folder}: {error}")
        self._anchor_error = error
        is_due = not self._chain_ns or now_ns() - self._chain_ns > CHAIN_NS
        if is_due and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self.check_chain(), name="chain")
        now = self.view()
        # Its age grows each second: it is told with what else is new, and each minute.
        if _without_age(now) != _without_age(self._shown) or abs(
            now.anchor_age_s - self._shown.anchor_age_s
        ) >= 60:  # fmt: skip
            self._shown = now
            self._state.touch(self.name)

    def _saw(self, address: str) -> None:
        if not address or address in self._addresses:
            return
        while len(self._addresses) >= MOST_ADDRESSES:
            del self._addresses[next(iter(self._addresses))]
        self._addresses[address] = None
        if not address.startswith("127.") and address != "::1":
            self.alarm("new_address", address)

    async def check_chain(self) -> ChainState:
        """Reads the logs in a thread; a broken chain is an alarm."""
        self._chain_ns = now_ns()
        try:
            self._stores = tuple(await asyncio.to_thread(store_states))
            await asyncio.to_thread(forget_keys)
            if self._shelf is not None:
                self._records = tuple(await asyncio.to_thread(self._shelf.records))
        except (StudioError, OSError) as error:
            _log.warning("databases or records cannot be looked at: %s", error)
        try:
            report = await asyncio.to_thread(self._check)
        except StudioError as error:
            if error.code != "not_found":
                _log.warning("the audit log cannot be checked: %s", error)
            return self._chain
        flaws = [flaw for flaw in report.flaws if flaw.what not in USUAL]
        was, self._chain = self._chain, "broken" if flaws else "whole"
        self._chain_utc = utc_iso()
        if flaws and was != "broken":
            self.alarm("chain_broken", f"{flaws[0].file}:{flaws[0].line}")
        return self._chain

    def _check(self) -> Report:
        log = self._log
        anchors = [
            *own_anchors(self._place().folder), *own_kept(log.folder).of(log.public),
            *self._contradicting,
        ]  # fmt: skip
        if log.signed:
            anchors.append(log.newest)
        return check_logs(log.folder, log.public, anchors)

    def alarm(self, kind: AlarmKind, subject: str) -> None:
        """Notes an alarm and tells it."""
        self._alarms.append(WatchAlarm(kind=kind, subject=subject, at_utc=utc_iso()))
        self._events.publish(WatchAlarmed(kind=kind, subject=subject))
        self._state.touch(self.name)

    def _open_breaches(self) -> tuple[Breach, ...]:
        try:
            return tuple(breach for breach in self._breaches.all if not breach.closed_utc)
        except StudioError as error:
            _log.warning("breaches cannot be read: %s", error)
            return ()

    # -- hearing -------------------------------------------------------------------------------

    def _ran(self, ran: CommandRan) -> None:
        if not ran.ok:
            self._refused += ran.code == "denied"
            return
        spec = self._bus.find(ran.command)
        if spec is not None and spec.needs_confirm:
            red = RedCommand(
                at_utc=utc_iso(), command=ran.command, origin=ran.origin, reason=ran.reason
            )
            self._red.append((local_day(), red))
        if ran.command in EXPORTS:
            self._exports.append(now_ns())
            if len(self._exports) == MASS and now_ns() - self._exports[0] < MASS_NS:
                self.alarm("mass_export", ran.origin)
                self._exports.clear()

    def _heard(self, event: Event) -> None:
        """A key that stands in a comment is known to everybody there: it opens nothing more."""
        entry = getattr(event, "entry", None) if event.name == COMMENT else None
        text = entry.get("text") if isinstance(entry, dict) else None
        if not isinstance(text, str) or len(text) < LEAST_SECRET:
            return
        tokens = [token.name for token in self._operators.tokens if token.secret in text]
        for name in tokens:
            self.alarm("secret_pasted", name)
            task = asyncio.get_running_loop().create_task(self._revoke(name), name="revoke")
            self._revoking.add(task)
            task.add_done_callback(self._revoking.discard)
        is_new = not self._pasted_ns or now_ns() - self._pasted_ns > PASTED_NS
        if not tokens and is_new and holds_secret(text, LEAST_SECRET):
            self._pasted_ns = now_ns()
            self.alarm("secret_pasted", "-")  # a stream's key, a password: only a person can

    async def _revoke(self, name: str) -> None:
        try:
            await self._bus.run("remote.token_remove", {"name": name}, origin="watch")
        except StudioError as error:
            _log.error("the token %s is known and cannot be taken back: %s", name, error)

    def _unmasked(self, told: Unmasked) -> None:
        if self._hour() in NIGHT:
            self.alarm("unmasked_at_night", told.operator)

    def _glass(self, told: GlassBroken) -> None:
        self.alarm("glass", told.operator)

    def _contradicted(self, told: AuditContradicted) -> None:
        """Somebody keeps a line that the log has no more: the chain is not whole until it has."""
        made = SignedAnchor(told.anchor, told.at_utc, told.public, told.signature)
        # By what is signed: its time is not, and each other one would be an alarm of its own.
        if any(made.anchor == known.anchor for known in self._contradicting):
            return
        self._contradicting.append(made)
        self._chain, self._chain_utc = "broken", utc_iso()
        file, count, _ = anchor_parts(made)
        self.alarm("chain_back", f"{file}:{count}")

    def _erased_again(self, told: ErasedAgain) -> None:
        self.alarm("erased_again", str(told.persons))


def _age_s(since_ns: int) -> int:
    return (now_ns() - since_ns) // NS if since_ns else -1


def _hour_here() -> int:
    now_s = utc_ms() / 1000
    return int((now_s + zone_s(now_s)) // 3600 % 24)


def _without_age(view: WatchView) -> WatchView:
    return msgspec.structs.replace(view, anchor_age_s=0)
