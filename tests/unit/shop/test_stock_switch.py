"""A ledger that moves while another show is opened."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

import studio.shop.stock.service as service_module
from studio.core.event import Events
from studio.core.service import ShowContext
from studio.core.state import State
from studio.shop.catalogue import Catalogue
from studio.shop.stock.ledger import ledger_path
from studio.shop.stock.model import StockPart
from studio.shop.stock.service import StockService
from studio.shop.stock.sqlite import SqliteStock


class Card:
    def refresh_card(self) -> None: ...


@pytest.mark.parametrize("after", ["hats", ""])
def test_a_move_that_ends_in_another_show_opens_nothing_there(
    monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    events = Events()
    service = StockService(Catalogue(), Card(), events, State(events, lambda work: work()))
    begun, go_on = threading.Event(), threading.Event()

    def moves(shop: str) -> int:
        begun.set()
        go_on.wait(10)
        return 0

    monkeypatch.setattr(service_module, "move_back", moves)

    async def play() -> None:
        await service.open("coats")
        moving = asyncio.create_task(service.place_back("coats"))
        assert await asyncio.to_thread(begun.wait, 10)
        await service.reset()
        await service.load(StockPart(after), ShowContext(Path()))
        go_on.set()
        assert await moving == 0
        assert service.part.shop == after
        if after:
            assert isinstance(service.ledger, SqliteStock)
            assert service.ledger.path == ledger_path(after)
        else:
            assert service.ledger is None
        await service.stop()

    asyncio.run(play())
