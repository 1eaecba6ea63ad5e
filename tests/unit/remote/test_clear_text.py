"""Clear text off this machine: by the owner's exception alone, which ends by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import Server, serve

from studio.core import settings
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.governance.clear_text import ClearTextEnded, ClearTextPermit
from studio.remote.phone import PhoneDoor

SECOND = 1 / 3600


async def _listen(handler: Any, gate: Any = None, **where: Any) -> Server:
    async def nobody(connection: Any) -> None:
        await connection.close()

    return await serve(nobody, where["host"], 0, ssl=where["ssl"])


def _door(folder: Path, told: list[Event]) -> PhoneDoor:
    permit = ClearTextPermit(folder / "clear.json")
    return PhoneDoor(list, _listen, set, permit, told.append)


def test_nothing_is_spoken_in_clear_without_an_exception(tmp_path: Path) -> None:
    async def go() -> None:
        door = _door(tmp_path, [])
        with pytest.raises(StudioError) as refused:
            await door.open("127.0.0.1", is_tls=False)
        assert refused.value.code == "denied"
        assert not door.is_open
        await door.open("127.0.0.1")
        assert door.url().startswith("https://")
        await door.close()

    asyncio.run(go())


def test_it_ends_by_itself_is_told_and_the_door_is_encrypted(tmp_path: Path) -> None:
    async def go() -> None:
        told: list[Event] = []
        door = _door(tmp_path, told)
        made = door.permit.allow("老板", "an old phone", 1.5 * SECOND)
        await door.open("127.0.0.1", is_tls=False)
        door.keep(is_on=True)
        assert door.url().startswith("http://")
        assert (await door.view()).clear_until == made.until_utc
        async with asyncio.timeout(20):
            while not told:
                await asyncio.sleep(0.02)
        assert told == [ClearTextEnded(until_utc=made.until_utc)]
        assert door.is_open
        assert door.url().startswith("https://")
        assert door.permit.now() is None
        assert settings.load().phone_tls
        await door.close()

    asyncio.run(go())


def test_what_was_left_open_in_clear_opens_encrypted_after_the_end(tmp_path: Path) -> None:
    async def go() -> None:
        told: list[Event] = []
        own = settings.load()
        own.phone_on, own.phone_tls = True, False
        settings.save(own)
        door = _door(tmp_path, told)
        await door.resume()
        if door.is_open:  # there is a network
            assert door.url().startswith("https://")
            assert [event.name for event in told] == ["remote.clear_ended"]
        await door.close()

    asyncio.run(go())


def test_an_exception_is_kept_for_the_next_start_and_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "clear.json"
    ClearTextPermit(path).allow("老板", "an old phone", 24)
    kept = ClearTextPermit(path).now()
    assert kept is not None
    assert (kept.who, kept.reason) == ("老板", "an old phone")
    permit = ClearTextPermit(path)
    permit.end()
    assert permit.now() is None
    assert ClearTextPermit(path).now() is None
    path.write_text("{broken", encoding="utf-8")
    assert ClearTextPermit(path).now() is None  # what cannot be read allows nothing
