"""An import is taken over once, and over nothing that another desk decided meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.shop.catalogue import Catalogue
from studio.shop.import_commands import Import, ImportCommands
from studio.shop.importers.difference import compare
from studio.shop.model import Product, ShopState
from tests.unit.shop.test_importers import read

HAT = Product("hat", 1, "Hat", 9_00, stock=4)
COAT = Product("coat", 2, "Coat", 12_00, stock=4)


def test_what_another_desk_changes_while_the_ledger_is_asked_stays(tmp_path: Path) -> None:
    """And an import that two accept at once is taken over once."""
    found = read(tmp_path, "sku,name,price,stock\nhat,Hat,4.00,4\n")
    catalogue = Catalogue()
    catalogue.load(ShopState((COAT, HAT)))
    part = type("Part", (), {"shop": ""})()
    room: Any = type("Room", (), {"part": part, "free": lambda sku: None, "look": _nothing})
    commands = ImportCommands(catalogue, lambda event: None, lambda: None, room)
    held = Import("i", found, compare(found, (COAT, HAT), lambda sku: None))
    commands._imports["i"] = held
    dearer = replace(COAT, price_cents=77_00)

    async def slow(id: str, counts: dict[str, int]) -> dict[str, int]:
        catalogue.put(dearer)
        await asyncio.sleep(0)
        return {}

    commands._book = commands._book_moves = slow  # type: ignore[method-assign]

    async def body() -> None:
        tries = await asyncio.gather(*(commands.accept("i") for _ in range(2)),
                                     return_exceptions=True)  # fmt: skip
        refused = [entry for entry in tries if isinstance(entry, StudioError)]
        assert [error.key for error in refused] == ["imports.accepted"]
        assert catalogue.get("hat").price_cents == 4_00
        assert catalogue.get(COAT.id) == dearer
        dearer_still = replace(COAT, price_cents=88_00)
        undoing = asyncio.get_running_loop().create_task(commands.undo("i"))
        await asyncio.sleep(0)
        catalogue.put(dearer_still)
        await undoing
        assert catalogue.get("hat") == HAT
        assert catalogue.get(COAT.id) == dearer_still

    asyncio.run(body())


async def _nothing() -> None:
    """Looks at no ledger."""
