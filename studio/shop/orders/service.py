"""Orders of shops as a service: their door, what they say booked in the ledger, what is owed."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from msgspec.structs import replace

from studio.core.clock import utc_iso, utc_ms
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.log import logger
from studio.core.network import lan_addresses
from studio.core.post_door import PostDoor
from studio.core.service import Every, Finding, Service, ShowContext
from studio.core.state import State
from studio.core.webhooks import secret_bytes
from studio.governance.secrets import SecretStore
from studio.shop.events import OrderTaken, ShortfallChanged
from studio.shop.order_commands import OrderCommands
from studio.shop.orders.booking import book_message
from studio.shop.orders.messages import read_message
from studio.shop.orders.model import (
    MOST_SENDERS,
    Conflict,
    OrderKept,
    OrderMessage,
    OrderPart,
    OrdersView,
    Sender,
    SenderView,
)
from studio.shop.orders.signatures import check_signature, check_time
from studio.shop.stock.model import Booking, Shortfall
from studio.shop.stock_commands import Stockroom

_log = logger(__name__)
LOOK_S = 0.2
LONG_BODY = 32 * 1024
MOST_CONFLICTS = 20
LOOPBACK = "127.0.0.1"


class OrderRoom(Stockroom, Protocol):
    """The ledger that orders are booked in."""

    @property
    def levels(self) -> Mapping[tuple[str, str], object]:
        """By SKU and channel; another object after the ledger has changed."""
        ...


class OrderService(Service):
    """Takes messages of shops: signed, of now, booked before they are answered, each once.

    Args:
        room: the shop's ledger.
        secrets: of the senders.
        secure: TLS for the house's network.
        events, state: told.
    """

    name: ClassVar[str] = "orders"
    Part: ClassVar[Any] = OrderPart
    View: ClassVar[Any] = OrdersView
    Checkpoint: ClassVar[Any] = OrderKept

    def __init__(
        self, room: OrderRoom, secrets: SecretStore, secure: Callable[[], ssl.SSLContext],
        events: Events, state: State,
    ) -> None:  # fmt: skip
        self._room, self._secrets, self._secure = room, secrets, secure
        self._events, self._state = events, state
        self.part = OrderPart()
        self.door: PostDoor | None = None
        self.short: tuple[Shortfall, ...] = ()
        self.conflicts: deque[Conflict] = deque(maxlen=MOST_CONFLICTS)
        self._known: dict[str, str] = {}
        self._views: dict[str, SenderView] = {}
        self._error: StudioError | None = None
        self._is_refused = False
        self._seen: object = None
        self._looks: asyncio.Task[None] | None = None
        self._commands = (OrderCommands(self),)
        self.every = (Every("orders", LOOK_S, self._look_soon),)

    def commands(self) -> Sequence[object]:
        """Door, senders, shortfalls."""
        return self._commands

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Two senders of one name."""
        names = [sender.name for sender in part.senders]
        for number, name in enumerate(names):
            if name in names[:number]:
                error = StudioError("invalid", "show.twice", what="orders", names=name)
                yield Finding(f"orders.senders[{number}]", error, "broken")

    async def reset(self) -> None:
        """The door is shut."""
        await self.stop()
        self.part, self.short, self._seen = OrderPart(), (), None
        self.conflicts.clear()
        self._views, self._known, self._error = {}, {}, None

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over a show's senders; the door stays shut."""
        self.part = part
        await self._learn()

    async def _learn(self) -> None:
        """Secrets are asked for once: a keyring may take its time."""
        names = [sender.secret_name for sender in self.part.senders]
        found = await asyncio.to_thread(lambda: {name: self._secrets.get(name) for name in names})
        self._known = found

    def save(self) -> OrderPart:
        """Senders and port; never a secret."""
        return self.part

    def view(self) -> OrdersView:
        """Door, senders, what is owed; who bought is not in it."""
        return OrdersView(
            self.door is not None, self.part.port, self.part.is_lan, self.addresses(),
            tuple(self._view(sender) for sender in self.part.senders),
            tuple(replace(short, buyer="") for short in self.short), tuple(self.conflicts),
            self._error.in_language() if self._error else "",
        )  # fmt: skip

    def checkpoint(self) -> OrderKept:
        """Is the door open?"""
        return OrderKept(self.door is not None)

    async def restore(self, kept: Any) -> None:
        """A door that stood open does again."""
        if kept.is_open:
            try:
                await self.open_door()
            except StudioError as error:
                self._error = error
                _log.error("%s", error)

    async def stop(self) -> None:
        """Shuts the door."""
        if self._looks is not None:
            self._looks.cancel()
            await asyncio.gather(self._looks, return_exceptions=True)
            self._looks = None
        await self.close_door()

    # -- the door ------------------------------------------------------------------------------

    async def open_door(self) -> tuple[str, ...]:
        """Listens for messages; where.

        Raises:
            StudioError: conflict: no ledger; unavailable: the port is taken.
        """
        self._room.need()
        if self.door is None:
            door = PostDoor(self._take)
            secure = None
            if self.part.is_lan:
                secure = await asyncio.to_thread(self._secure)
            await door.open("0.0.0.0" if self.part.is_lan else LOOPBACK, self.part.port, secure)
            self.door, self._error = door, None
        self._state.touch("orders")
        return self.addresses()

    async def close_door(self) -> None:
        """Listens no more."""
        door, self.door = self.door, None
        if door is not None:
            await door.close()
        self._state.touch("orders")

    def addresses(self) -> tuple[str, ...]:
        """Where senders post to, without their name; none while it is shut."""
        if self.door is None:
            return ()
        port = self.door.port
        if not self.part.is_lan:
            return (f"http://{LOOPBACK}:{port}/orders/",)
        return tuple(f"https://{host}:{port}/orders/" for host in lan_addresses() or [LOOPBACK])

    async def put_sender(self, sender: Sender, secret: str) -> None:
        """Adds or changes one; "" leaves the secret that is there.

        Raises:
            StudioError: invalid (its secret), conflict (too many).
        """
        if secret and sender.kind == "standard":
            secret_bytes(secret)
        others = [other for other in self.part.senders if other.name != sender.name]
        if len(others) >= MOST_SENDERS:
            raise StudioError("conflict", "orders.too_many", most=MOST_SENDERS)
        if secret:
            await asyncio.to_thread(self._secrets.set, sender.secret_name, secret)
        self.part = replace(self.part, senders=(*others, sender))
        await self._learn()

    async def remove_sender(self, name: str) -> None:
        """Forgets one and its secret.

        Raises:
            StudioError: not_found.
        """
        sender = self.sender(name)
        self.part = replace(
            self.part, senders=tuple(s for s in self.part.senders if s.name != name)
        )
        self._views.pop(name, None)
        await asyncio.to_thread(self._secrets.set, sender.secret_name, "")
        await self._learn()

    def sender(self, name: str) -> Sender:
        """A sender.

        Raises:
            StudioError: not_found.
        """
        for sender in self.part.senders:
            if sender.name == name:
                return sender
        known = ", ".join(sender.name for sender in self.part.senders) or "-"
        raise StudioError("not_found", "orders.no_sender", id=name, known=known)

    # -- messages ------------------------------------------------------------------------------

    async def _take(
        self, name: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, Any]]:
        """One message from the door: whose, of when, what; booked, then answered."""
        try:
            sender = self.sender(name)
        except StudioError:
            return 404, {"error": "no such sender"}
        try:
            now_s = utc_ms() / 1000
            secret = self._known.get(sender.secret_name, "")
            if len(body) > LONG_BODY:  # the loop is the show's
                await asyncio.to_thread(check_signature, sender.kind, secret, headers, body, now_s)
            else:
                check_signature(sender.kind, secret, headers, body, now_s)
            message = read_message(sender.kind, headers, body)
            if sender.kind != "standard" and message.at_utc:
                check_time(message.at_utc, now_s)
            booked = await self.book(sender, message)
        except StudioError as error:
            self._refuse(sender, error)
            status = {"denied": 401, "invalid": 400, "not_found": 404}.get(error.code, 503)
            return status, {"error": error.in_language("en")}
        return 200, {"outcome": booked.outcome, "key": booked.key}

    async def book(self, sender: Sender, message: OrderMessage) -> Booking:
        """Books what a shop says.

        Raises:
            StudioError: conflict, failed: the ledger; invalid: lines; not_found: a return of an
                order that has not come yet (it is sent again).
        """
        if message.what == "nothing":
            return Booking("", "elsewhere")
        booked, conflicts, is_new = await book_message(self._room.need(), sender, message)
        for conflict in conflicts:
            self.conflicts.append(conflict)
        view = self._views.get(sender.name, SenderView(sender))
        self._views[sender.name] = replace(
            view, booked=view.booked + is_new, again=view.again + (not is_new),
            last_utc=utc_iso(), error="",
        )  # fmt: skip
        if is_new and message.what != "stock":
            event = OrderTaken(sender=sender.name, order=message.id, outcome=booked.outcome)
            self._events.publish(event)
        self._state.touch("orders")
        return booked

    def _refuse(self, sender: Sender, error: StudioError) -> None:
        view = self._views.get(sender.name, SenderView(sender))
        self._views[sender.name] = replace(
            view, refused=view.refused + 1, error=error.in_language()
        )
        _log.warning("a message of %s was refused: %s", sender.name, error.in_language("en"))
        # Forged ones may be a flood: desks are told a few times a second, not for each of them.
        self._is_refused = True

    def _view(self, sender: Sender) -> SenderView:
        has_secret = bool(self._known.get(sender.secret_name))
        view = self._views.get(sender.name, SenderView(sender))
        return replace(view, sender=sender, has_secret=has_secret)

    # -- what is owed --------------------------------------------------------------------------

    def _look_soon(self) -> None:
        if self._is_refused:
            self._is_refused = False
            self._state.touch("orders")
        is_other = self._room.levels is not self._seen
        if is_other and (self._looks is None or self._looks.done()):
            self._looks = asyncio.get_running_loop().create_task(self.look(), name="orders")

    async def look(self) -> None:
        """Takes over what orders are owed, and tells what is new."""
        levels = self._room.levels
        try:
            found = tuple(await asyncio.to_thread(self._room.need().shortfalls))
        except StudioError:
            found = ()
        self._seen = levels
        before, now = _by_sku(self.short), _by_sku(found)
        self.short = found
        for sku in sorted(before.keys() | now.keys()):
            if before.get(sku, 0) != now.get(sku, 0):
                self._events.publish(ShortfallChanged(sku=sku, owed=now.get(sku, 0)))
                self._state.touch("orders")


def _by_sku(short: Iterable[Shortfall]) -> dict[str, int]:
    owed: dict[str, int] = {}
    for entry in short:
        owed[entry.sku] = owed.get(entry.sku, 0) + entry.count
    return owed
