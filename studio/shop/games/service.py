"""Games as a service of the engine: draws and answers that run, fed by every comment there is."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.log import logger
from studio.core.paths import data_dir
from studio.core.service import Every, Service
from studio.core.state import State
from studio.core.whole_file import write_whole
from studio.graphics.model import BoardSpec
from studio.shop.coupons.model import Coupon
from studio.shop.events import GameChanged, GameKeptBack
from studio.shop.games.draw import Draw
from studio.shop.games.model import DrawView, Heard
from studio.shop.games.on_air import board_of
from studio.shop.games.running import RunningGames, read_running
from studio.shop.games_commands import GameCommands
from studio.shop.stock.model import Booking

_log = logger(__name__)
TELL_S = 0.2
LOOK_S = 0.5
AGAIN_S = 5


class DrawListener(Protocol):
    """Hears a comment; it returns soon."""

    def __call__(self, id: str, person: str, author: str, text: str, /) -> None: ...


class CommentStream(Protocol):
    """Where comments come from, before any of them falls away."""

    def listen(self, listener: DrawListener) -> None:
        """Calls ``listener`` with every comment of a person that is not muted."""
        ...

    def muted_people(self) -> set[str]:
        """Who is muted now ("platform/identity")."""
        ...

    def likes(self) -> int:
        """How many likes the room has."""
        ...


class GameBoard(Protocol):
    """Where viewers see a game."""

    @property
    def language(self) -> str:
        """In which they are spoken to."""
        ...

    def show_board(self, spec: BoardSpec | None) -> None:
        """Puts it on the picture; None takes it off."""
        ...


class PrizeCoupons(Protocol):
    """The coupons of the show."""

    def get(self, id: str) -> Coupon:
        """A coupon."""
        ...

    def stage(self, id: str) -> str:
        """How far it is."""
        ...

    async def claim(self, id: str, buyer: str) -> Booking:
        """Books a use for a person, once however often it is asked."""
        ...


class GamesKept(msgspec.Struct, frozen=True):
    """What must survive a kill: which games there are; what happened in them is in their files.

    Attributes:
        games: id and commitment of each.
        on_air: which of them viewers see.
    """

    games: tuple[tuple[str, str], ...] = ()
    on_air: str = ""


class GameService(Service):
    """Games of the show. They end with it; their proofs are files.

    Args:
        comments: all platforms in one.
        coupons: those that can be won.
        board: where viewers see a game.
        events: told.
        state: told a few times a second at most.
    """

    name: ClassVar[str] = "games"
    View: ClassVar[Any] = tuple[DrawView, ...]
    Checkpoint: ClassVar[Any] = GamesKept

    def __init__(
        self, comments: CommentStream, coupons: PrizeCoupons, board: GameBoard, events: Events,
        state: State,
    ) -> None:  # fmt: skip
        self.draws: dict[str, Draw] = {}
        self._comments, self._events, self._state = comments, events, state
        self._coupons, self._board = coupons, board
        self.on_air = ""
        self._shown: BoardSpec | None = None
        self._later_ns: dict[tuple[str, str], int] = {}
        self._kept_back: set[str] = set()
        self._liked = 0
        self._is_telling = False
        self._loop = asyncio.get_running_loop()
        self._files = RunningGames()
        self._looks: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._commands = (GameCommands(self),)
        self.every = (Every("games", LOOK_S, self._look_soon),)
        comments.listen(self._hear)

    def commands(self) -> Sequence[object]:
        """Draws and games."""
        return self._commands

    async def reset(self) -> None:
        """No game is left."""
        await self._settle()
        for draw in self.draws.values():
            self._files.forget(draw)
        self._kept_back.clear()
        self.draws, self.on_air, self._shown = {}, "", None

    async def stop(self) -> None:
        """What happened is written down; a game that runs goes on with the next engine."""
        await self._settle()
        await asyncio.to_thread(self._files.close)

    def view(self) -> tuple[DrawView, ...]:
        """Every game of this show."""
        return tuple(map(self._view_of, self.draws.values()))

    def _view_of(self, draw: Draw) -> DrawView:
        view = draw.view()
        liked = min(view.likes, self._comments.likes())
        return replace(view, on_air=view.id == self.on_air, liked=liked)

    def checkpoint(self) -> GamesKept:
        """Which there are."""
        games = tuple((draw.id, draw.commitment) for draw in self.draws.values())
        return GamesKept(games, self.on_air)

    async def restore(self, kept: Any) -> None:
        """Every game goes on with all its entries."""
        for id, commitment in kept.games:
            draw = await asyncio.to_thread(read_running, id, commitment)
            if draw is None:
                _log.error("game %s could not be taken up again", id)
            else:
                self.draws[id] = draw
        self.show(kept.on_air if kept.on_air in self.draws else "")

    def muted_people(self) -> set[str]:
        """Who is muted now."""
        return self._comments.muted_people()

    # -- steps ---------------------------------------------------------------------------------

    def put(self, draw: Draw) -> None:
        """A new game in place of one that has not begun.

        Raises:
            StudioError: not_found: a prize's coupon; conflict: it begun, or more of a coupon can be
                won than there is.
        """
        for id, count in _coupons_of(draw).items():
            coupon = self._coupons.get(id)
            if count > coupon.uses:
                raise StudioError(
                    "conflict", "games.few_coupons", id=id, count=count, uses=coupon.uses
                )
        known = self.draws.get(draw.id)
        if known is not None:
            if known.stage != "ready":
                raise StudioError("conflict", "games.stage", id=draw.id, stage=known.stage)
            self._files.forget(known)
        self._kept_back.discard(draw.id)
        self.draws[draw.id] = draw
        self._files.begin(draw)
        self._tell_stage(draw)

    def remove(self, draw: Draw) -> None:
        """Forgets a game that does not run.

        Raises:
            StudioError: conflict.
        """
        if draw.stage in ("open", "closing"):
            raise StudioError("conflict", "games.stage", id=draw.id, stage=draw.stage)
        if self.on_air == draw.id:
            self.show("")
        self.draws.pop(draw.id, None)
        self._files.forget(draw)

    def open(self, draw: Draw) -> None:
        """Takes entries.

        Raises:
            StudioError: conflict, also while a coupon that can be won is not open.
        """
        for coupon in _coupons_of(draw):
            if self._coupons.stage(coupon) not in ("booking", "released"):
                raise StudioError("conflict", "coupons.not_open", id=coupon)
        draw.open()
        self._files.put(draw, {"do": "open", "at": draw.opened_ns})
        self._tell_stage(draw)

    async def close(self, draw: Draw) -> str:
        """Freezes the entries; their hash.

        Raises:
            StudioError: conflict.
        """
        async with self._turn:
            at_ns, muted = now_ns(), self.muted_people()
            digest = await asyncio.to_thread(draw.close, at_ns, muted)
            self._files.put(draw, {"do": "close", "at": at_ns, "muted": sorted(muted)})
        self._tell_stage(draw)
        return digest

    async def finish(self, draw: Draw) -> list[dict[str, str]]:
        """Names the winners and writes the proof.

        Raises:
            StudioError: conflict; failed: the proof, the winners stand all the same.
        """
        async with self._turn:  # of two who draw at once one does
            at_ns = now_ns()
            winners = await asyncio.to_thread(draw.draw, at_ns)
            self._files.put(draw, {"do": "draw", "at": at_ns})
        self._tell_stage(draw)
        await self.write_proof(draw)
        return winners

    async def pass_over(self, draw: Draw, entry: str) -> list[dict[str, str]]:
        """The next in rank has the prize.

        Raises:
            StudioError: not_found, conflict; failed: the proof.
        """
        winners = draw.pass_over(entry)
        self._files.put(draw, {"do": "next", "entry": entry})
        draw.overdue(now_ns())
        await self.write_proof(draw)
        return winners

    def claim(self, draw: Draw, entry: str) -> None:
        """A winner has claimed the prize.

        Raises:
            StudioError: not_found, conflict.
        """
        draw.claim(entry)
        self._files.put(draw, {"do": "claim", "entry": entry})

    async def write_proof(self, draw: Draw) -> str:
        """The proof as a file in the data folder; nothing is lost when the disk is full.

        Raises:
            StudioError: failed; the draw stands and can be written again with games.next.
        """
        path = data_dir() / "draws" / f"{draw.id}-{draw.commitment[:12]}.json"
        text = json.dumps(draw.proof(), indent=1)

        def write() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)

        try:
            await asyncio.to_thread(write)
        except OSError as error:
            why = error.strerror or str(error)
            raise StudioError("failed", "media.cannot_write", path=str(path), why=why) from None
        draw.proof_path = str(path)
        self._files.put(draw, {"do": "proof", "path": str(path)})
        return str(path)

    def show(self, id: str) -> None:
        """Puts the board of a game on the picture, in place of another; "" takes it off."""
        self.on_air = id
        self._draw_board()
        self._state.touch("games")

    def _draw_board(self) -> None:
        draw = self.draws.get(self.on_air)
        spec = None if draw is None else board_of(self._view_of(draw), self._board.language)
        if spec != self._shown:
            self._shown = spec
            self._board.show_board(spec)

    # -- by themselves -------------------------------------------------------------------------

    def _hear(self, id: str, person: str, author: str, text: str) -> None:
        counts, at_ns = False, now_ns()
        for draw in self.draws.values():
            if draw.stage == "ready":
                continue
            heard = Heard(id, person, author, text)
            if draw.hear(heard, at_ns):
                counts = True
                self._files.heard(draw, heard, at_ns)
        if counts and not self._is_telling:
            self._is_telling = True
            self._loop.call_later(TELL_S, self._tell)

    def _tell(self) -> None:
        self._is_telling = False
        self._state.touch("games")

    def _tell_stage(self, draw: Draw) -> None:
        self._draw_board()
        self._events.publish(GameChanged(game=draw.id, stage=draw.stage))
        self._state.touch("games")

    def _look_soon(self) -> None:
        if self.on_air:
            self._draw_board()
        now = now_ns()
        waits = [d for d in self.draws.values() if d.stage == "drawn" and d.rules.claim_s]
        counts_down = [d for d in self.draws.values() if d.stage == "open" and d.rules.open_s]
        liked = [d for d in self.draws.values() if d.stage == "ready" and d.rules.likes]
        before, self._liked = self._liked, self._comments.likes()
        if waits or counts_down or (liked and self._liked != before):
            self._state.touch("games")
        for draw in liked:
            self._begin_when_liked(draw)
        is_due = (
            any(draw.overdue(now) for draw in waits)
            or any(draw.is_over(now) for draw in counts_down)
            or any(self._won_coupons(now))
        )
        if is_due and (self._looks is None or self._looks.done()):
            self._looks = self._loop.create_task(self._go_on(waits, counts_down), name="games")

    def _begin_when_liked(self, draw: Draw) -> None:
        """Takes entries once the room has the likes for it; what keeps it is told once."""
        if self._comments.likes() < draw.rules.likes or draw.id in self._kept_back:
            return
        try:
            self.open(draw)
        except StudioError as error:
            self._kept_back.add(draw.id)
            self._events.publish(GameKeptBack(game=draw.id, why=error.in_language()))

    async def _go_on(self, waits: Sequence[Draw], counts_down: Sequence[Draw]) -> None:
        for draw in counts_down:
            if draw.is_over(now_ns()):
                await self.close(draw)
        await self._pass_on(waits)
        for draw, entry, coupon, person in list(self._won_coupons(now_ns())):
            await self._book(draw, entry, coupon, person)

    def _won_coupons(self, at_ns: int) -> Iterator[tuple[Draw, str, str, str]]:
        """(game, entry, coupon, person) of what is won and not booked yet."""
        for draw in self.draws.values():
            if draw.stage != "drawn":
                continue
            for entry, coupon, person in draw.coupons_won():
                waits_until = self._later_ns.get((draw.commitment, entry), 0)
                if entry not in draw.coupons and at_ns >= waits_until:
                    yield draw, entry, coupon, person

    async def _book(self, draw: Draw, entry: str, coupon: str, person: str) -> None:
        """A use of a coupon for who won it; booked once, also where the engine is killed."""
        try:
            await self._coupons.claim(coupon, person)
        except StudioError as error:
            _log.warning("coupon %s for a winner of %s: %s", coupon, draw.id, error)
            if error.code in ("not_found", "conflict"):
                draw.coupons[entry] = error.key
            else:  # the ledger is away: asked again
                self._later_ns[draw.commitment, entry] = now_ns() + AGAIN_S * NS
        else:
            draw.coupons[entry] = "booked"
        self._state.touch("games")

    async def _pass_on(self, waits: Sequence[Draw]) -> None:
        """Prizes that nobody claimed go to the next in rank."""
        for draw in waits:
            for entry in draw.overdue(now_ns()):
                try:
                    await self.pass_over(draw, entry)
                except StudioError as error:
                    _log.error("%s", error)
                self._tell_stage(draw)

    async def _settle(self) -> None:
        if self._looks is not None:
            await asyncio.gather(self._looks, return_exceptions=True)
            self._looks = None


def _coupons_of(draw: Draw) -> Counter[str]:
    """How many of each coupon can be won."""
    found: Counter[str] = Counter()
    for prize in draw.rules.prizes:
        if prize.coupon:
            found[prize.coupon] += prize.count
    return found
