"""What is booked in a ledger, inside a transaction that somebody else began (`sqlite`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from studio.core.clock import now_ns, utc_iso, utc_ms
from studio.governance.database import ConstraintError, Database, is_check
from studio.shop.stock.model import Booking, Line, Outcome

MS = 1_000_000
WAITS: Final = "waiting"
TABLES = """
CREATE TABLE IF NOT EXISTS levels (
  sku TEXT NOT NULL, channel TEXT NOT NULL,
  free INTEGER NOT NULL CHECK (free >= 0), held INTEGER NOT NULL CHECK (held >= 0),
  sold INTEGER NOT NULL CHECK (sold >= 0), PRIMARY KEY (sku, channel)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS moves (
  number INTEGER PRIMARY KEY, at_utc TEXT NOT NULL, kind TEXT NOT NULL, sku TEXT NOT NULL,
  channel TEXT NOT NULL, free INTEGER NOT NULL, held INTEGER NOT NULL, sold INTEGER NOT NULL,
  who TEXT NOT NULL, why TEXT NOT NULL, key TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS moves_sku ON moves (sku, channel);
CREATE TABLE IF NOT EXISTS bookings (
  key TEXT PRIMARY KEY, outcome TEXT NOT NULL, sku TEXT NOT NULL, free INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reservations (
  key TEXT PRIMARY KEY, buyer TEXT NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL,
  until_ms INTEGER NOT NULL, until_ns INTEGER NOT NULL, hold_ms INTEGER NOT NULL,
  at_utc TEXT NOT NULL, turn INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reservations_until ON reservations (state, until_ns);
CREATE INDEX IF NOT EXISTS reservations_buyer ON reservations (buyer);
DROP INDEX IF EXISTS lines_sku;
CREATE TABLE IF NOT EXISTS lines (
  key TEXT NOT NULL, sku TEXT NOT NULL, count INTEGER NOT NULL CHECK (count > 0),
  channel TEXT NOT NULL DEFAULT '', PRIMARY KEY (key, sku)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shortfalls (
  key TEXT NOT NULL, sku TEXT NOT NULL, channel TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0), at_utc TEXT NOT NULL, PRIMARY KEY (key, sku)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
"""
LINE_CHANNEL = "ALTER TABLE lines ADD COLUMN channel TEXT NOT NULL DEFAULT ''"
"""For ledgers of before, whose orders had one channel for all lines."""


class Note(Protocol):
    """What is written down beside a hold, such as its price. Runs in the ledger's thread."""

    sku: str
    channel: str

    def text(self, taken: int) -> str:
        """The words, when so many pieces of its SKU in its channel were sold or promised before."""
        ...


class HoldTerms(NamedTuple):
    """How a hold is given.

    Attributes:
        hold_ms: it runs out after this time.
        most_a_buyer: pieces of a SKU one buyer may have, over all channels; 0: no limit.
        limits: pieces of a SKU that one buyer may have of the channel it is held in.
        may_wait: queues up when there are too few.
        instead_of: a hold of the same buyer that is given back for it, in the same transaction.
        note: kept with it and answered again with its key.
    """

    hold_ms: int
    most_a_buyer: int = 0
    limits: Mapping[str, int] = {}
    may_wait: bool = False
    instead_of: str = ""
    note: Note | None = None


def prepare(base: Database) -> None:
    """Makes the tables, and brings a ledger of before up to them."""
    base.execute(TABLES).fetchall()
    base.execute("BEGIN IMMEDIATE")
    columns = [row[1] for row in base.execute("PRAGMA table_info(lines)")]
    if "channel" not in columns:
        base.execute(LINE_CHANNEL)
    base.execute("COMMIT")


class StockBooks:
    """The bookings themselves, inside a transaction that somebody else began.

    CROSS JOIN: from a buyer's orders, or those that wait, to their lines; from the lines of a SKU
    a hold would cost more with each order that was ever made of it.
    """

    def __init__(self, base: Database) -> None:
        self.base = base

    # -- plain moves ----------------------------------------------------------------------------

    def move(
        self, kind: str, sku: str, channel: str, by: tuple[int, int, int], who: str, why: str,
        key: str,
    ) -> bool:  # fmt: skip
        """Books (free, held, sold); False when the table would go below zero."""
        free, held, sold = by
        try:
            self.base.execute(
                "INSERT INTO levels VALUES (?, ?, ?, ?, ?) ON CONFLICT (sku, channel) DO UPDATE SET"
                " free = free + excluded.free, held = held + excluded.held,"
                " sold = sold + excluded.sold"
                if min(by) >= 0
                else "UPDATE levels SET free = free + ?3, held = held + ?4, sold = sold + ?5"
                " WHERE sku = ?1 AND channel = ?2",
                (sku, channel, free, held, sold),
            )
        except ConstraintError as error:
            if not is_check(error):
                raise  # the file takes no bookings any more (`moving`)
            return False
        if self.base.changes() == 0:
            return False
        self.base.execute(
            "INSERT INTO moves (at_utc, kind, sku, channel, free, held, sold, who, why, key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (utc_iso(), kind, sku, channel, free, held, sold, who, why, key),
        )
        return True

    def free(self, sku: str, channel: str) -> int:
        row = self.base.execute(
            "SELECT free FROM levels WHERE sku = ? AND channel = ?", (sku, channel)
        ).fetchone()
        return row[0] if row else 0

    def known(self, key: str) -> Booking | None:
        """What this key was answered before."""
        row = self.base.execute(
            "SELECT outcome, sku, free FROM bookings WHERE key = ?", (key,)
        ).fetchone()
        return Booking(key, row[0], row[1], row[2]) if row else None

    def answer(self, key: str, outcome: Outcome, sku: str = "", free: int = 0) -> Booking:
        self.base.execute(
            "INSERT OR REPLACE INTO bookings VALUES (?, ?, ?, ?)", (key, outcome, sku, free)
        )
        return Booking(key, outcome, sku, free)

    # -- reservations ---------------------------------------------------------------------------

    def reservation(self, key: str) -> tuple[str, str, int, int] | None:
        """(channel, state, until_ms, hold_ms)"""
        row: tuple[str, str, int, int] | None = self.base.execute(
            "SELECT channel, state, until_ms, hold_ms FROM reservations WHERE key = ?", (key,)
        ).fetchone()
        return row

    def lines(self, key: str) -> list[tuple[str, str, int]]:
        """(SKU, channel, count) of a reservation."""
        rows = self.base.execute(
            "SELECT l.sku, CASE l.channel WHEN '' THEN r.channel ELSE l.channel END, l.count"
            " FROM lines l JOIN reservations r ON r.key = l.key WHERE l.key = ? ORDER BY l.sku",
            (key,),
        )
        return list(rows)

    def write_down(
        self, key: str, lines: Sequence[Line], buyer: str, channel: str, state: str, hold_ms: int
    ) -> None:
        """A reservation and its lines; no piece moves."""
        turn = 0
        if state == WAITS:
            last = "SELECT coalesce(max(turn), 0) + 1 FROM reservations WHERE state = 'waiting'"
            turn = self.base.execute(last).fetchone()[0]
        until_ms = utc_ms() + hold_ms if state == "held" else 0
        until_ns = now_ns() + hold_ms * MS
        self.base.execute(
            "INSERT INTO reservations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, buyer, channel, state, until_ms, until_ns, hold_ms, utc_iso(), turn),
        )
        for line in lines:
            self.base.execute(
                "INSERT INTO lines (key, sku, count, channel) VALUES (?, ?, ?, ?)",
                (key, line.sku, line.count, line.channel),
            )

    def give_up(self, key: str, buyer: str) -> None:
        """Gives a buyer's own hold back, for what is held in its place; nobody else is served."""
        kept = self.base.execute(
            "SELECT state FROM reservations WHERE key = ? AND buyer = ?", (key, buyer)
        ).fetchone()
        if kept is None or kept[0] != "held":
            return
        for sku, where, count in self.lines(key):
            self.move("release", sku, where, (count, -count, 0), buyer, "used", key)
        self.base.execute("UPDATE reservations SET state = 'released' WHERE key = ?", (key,))

    def owed(self, key: str) -> dict[str, int]:
        """Pieces of an order that were not there, by SKU."""
        rows = self.base.execute("SELECT sku, count FROM shortfalls WHERE key = ?", (key,))
        return dict(rows.fetchall())

    def make_good(self, sku: str, channel: str) -> None:
        """What came in goes to orders that it is owed to, the oldest first."""
        rows = self.base.execute(
            "SELECT key, count FROM shortfalls WHERE sku = ? AND channel = ? ORDER BY at_utc, key",
            (sku, channel),
        ).fetchall()
        for key, count in rows:
            there = min(count, self.free(sku, channel))
            if not there:
                return
            self.move("confirm", sku, channel, (-there, 0, there), "", "owed", key)
            if there == count:
                sql = "DELETE FROM shortfalls WHERE key = ? AND sku = ?"
                self.base.execute(sql, (key, sku))
            else:
                sql = "UPDATE shortfalls SET count = count - ? WHERE key = ? AND sku = ?"
                self.base.execute(sql, (there, key, sku))

    def take_back(self, order: str, who: str, key: str, *, restocks: bool) -> bool:
        """Takes an order back; False where none was sold under this key."""
        kept = self.reservation(order)
        if kept is None or kept[1] != "confirmed":
            return False
        owed = self.owed(order)
        self.base.execute("DELETE FROM shortfalls WHERE key = ?", (order,))
        self.base.execute("UPDATE reservations SET state = 'refunded' WHERE key = ?", (order,))
        for sku, where, count in self.lines(order):
            count -= owed.get(sku, 0)
            if not count:
                continue
            self.move("refund", sku, where, (count if restocks else 0, 0, -count), who, "", key)
            if restocks:
                self.serve(sku, where)
        return True

    def settle(self, key: str, state: Outcome, who: str, why: str) -> Booking:
        """Confirms, releases or expires a hold; a second time changes nothing."""
        kept = self.reservation(key)
        if kept is None:
            return Booking(key, "unknown")
        _, before, until_ms, _ = kept
        if before not in ("held", WAITS) or (before == WAITS and state == "confirmed"):
            return Booking(key, before, until_ms=until_ms)  # type: ignore[arg-type]
        self.base.execute("UPDATE reservations SET state = ? WHERE key = ?", (state, key))
        if before == WAITS:
            return Booking(key, state)
        for sku, where, count in self.lines(key):
            by = (0, -count, count) if state == "confirmed" else (count, -count, 0)
            kind = {"confirmed": "confirm", "released": "release"}.get(state, "expire")
            self.move(kind, sku, where, by, who, why, key)
            if state != "confirmed":
                self.serve(sku, where)
        return Booking(key, state)

    def serve(self, sku: str, channel: str) -> None:
        """Gives what became free to those it is owed to, then to those who wait, in order."""
        self.make_good(sku, channel)
        waiting = self.base.execute(
            "SELECT r.key, r.buyer, r.hold_ms"
            " FROM reservations r CROSS JOIN lines l ON l.key = r.key"
            " WHERE r.state = 'waiting' AND l.sku = ?"
            " AND (l.channel = ? OR (l.channel = '' AND r.channel = ?)) ORDER BY r.turn",
            (sku, channel, channel),
        ).fetchall()
        for key, buyer, hold_ms in waiting:
            lines = self.lines(key)
            if any(self.free(line_sku, where) < count for line_sku, where, count in lines):
                return
            self.base.execute(
                "UPDATE reservations SET state = 'held', until_ms = ?, until_ns = ? WHERE key = ?",
                (utc_ms() + hold_ms, now_ns() + hold_ms * MS, key),
            )
            for line_sku, where, count in lines:
                self.move("hold", line_sku, where, (-count, count, 0), buyer, "waited", key)

    def expire(self) -> int:
        """Ends what has run out; how many.

        By the machine's monotonic clock, which goes on while programs are exchanged; by the wall
        clock where that was started again (a hold seems to last longer than it was given).
        """
        now = now_ns()
        keys = self.base.execute(
            "SELECT key FROM reservations WHERE state = 'held' AND (until_ns <= ?1"
            " OR (until_ns - ?1 > hold_ms * 1000000 AND until_ms <= ?2))",
            (now, utc_ms()),
        ).fetchall()
        for (key,) in keys:
            self.settle(key, "expired", "", "")
        return len(keys)

    def bought(self, buyer: str, sku: str, channel: str = "") -> int:
        """Pieces a buyer has or waits for, of all channels or of one."""
        row = self.base.execute(
            "SELECT coalesce(sum(l.count), 0)"
            " FROM reservations r CROSS JOIN lines l ON l.key = r.key"
            " WHERE l.sku = ?1 AND r.buyer = ?2 AND r.state IN ('held', 'confirmed', 'waiting')"
            " AND (?3 = '' OR l.channel = ?3 OR (l.channel = '' AND r.channel = ?3))",
            (sku, buyer, channel),
        ).fetchone()
        return int(row[0])

    def is_before(self, wanted: Sequence[tuple[str, str, int]]) -> bool:
        """Does somebody wait for one of these already?"""
        return any(
            self.base.execute(
                "SELECT 1 FROM reservations r CROSS JOIN lines l ON l.key = r.key WHERE"
                " r.state = 'waiting' AND l.sku = ?1"
                " AND (l.channel = ?2 OR (l.channel = '' AND r.channel = ?2)) LIMIT 1",
                (sku, where),
            ).fetchone()
            for sku, where, _ in wanted
        )

    # -- shares ---------------------------------------------------------------------------------

    def share(
        self, lines: Sequence[Line], start: str, end: str, who: str, key: str,
        most: Mapping[str, int],
    ) -> Booking:  # fmt: skip
        """Moves free pieces to another channel, all lines or none.

        Args:
            most: pieces that the other channel may ever have had, by SKU.
        """
        for line in lines:
            bound, ever = most.get(line.sku, 0), self._ever(line.sku, end)
            if bound and ever + line.count > bound:
                return Booking(key, "limit", line.sku, max(0, bound - ever))
            if not self.move("share", line.sku, start, (-line.count, 0, 0), who, end, key):
                return Booking(key, "short", line.sku, self.free(line.sku, start))
            self.move("share", line.sku, end, (line.count, 0, 0), who, start, key)
        for line in lines:
            self.serve(line.sku, end)
        first = lines[0].sku
        return self.answer(key, "done", first, self.free(first, end))

    def count_to(self, key: str, sku: str, total: int, channel: str, who: str) -> Booking:
        """Brings free + held + sold to a number, as far as what is free allows."""
        by = total - self._ever(sku, channel)
        kind = "in" if by > 0 else "correct"
        if by and not self.move(kind, sku, channel, (by, 0, 0), who, "", key):
            return Booking(key, "short", sku, self.free(sku, channel))
        return Booking(key, "done", sku, self.free(sku, channel))

    def note(self, key: str) -> str:
        """What was written down beside a hold."""
        row = self.base.execute("SELECT text FROM notes WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def taken(self, sku: str, channel: str) -> int:
        return self._ever(sku, channel) - self.free(sku, channel)

    def _ever(self, sku: str, channel: str) -> int:
        row = self.base.execute(
            "SELECT free + held + sold FROM levels WHERE sku = ? AND channel = ?", (sku, channel)
        ).fetchone()
        return int(row[0]) if row else 0
