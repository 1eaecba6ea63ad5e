"""Competitor watch: by hand and from a file in one store, the price before beside, taken back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.insight.rival_commands import RivalCommands

FILE = (
    "竞品店铺,竞品商品,竞品价格,观察时间,开播时段,优惠\n"
    "甲店,墨镜,199.00,2026-11-20 20:00,20:00–24:00,第二件半价\n"
    "甲店,墨镜,179.00,2026-11-27 20:00,20:00–24:00,\n"
    "乙店,口红,看不清,2026-11-27 20:00,,\n"
)


def test_by_hand_and_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SHOPCAST_LANG", "en")
    (tmp_path / "seen.csv").write_text(FILE, encoding="utf-8")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")

    async def body() -> None:
        events = Events()
        bus = Bus(events, State(events, asyncio.get_running_loop().call_soon))
        bus.add(RivalCommands())

        async def listed() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = (await bus.run("rivals.list")).result["rivals"]
            return found

        took = (await bus.run("rivals.import", {"path": str(tmp_path / "seen.csv")})).result
        assert took == {"rows": 2, "new": 2, "refused": 1}
        again = (await bus.run("rivals.import", {"path": str(tmp_path / "seen.csv")})).result
        assert again["new"] == 0
        rows = await listed()
        assert [(r["seen"]["cents"], r["before_cents"], r["times"]) for r in rows] == [
            (17900, 19900, 2)
        ]
        seen = {"rival": "丙店", "goods": "包", "cents": 4900, "offer": "买一送一"}
        done = await bus.run("rivals.put", {"seen": seen})
        assert (await listed())[0]["seen"]["rival"] == "丙店"
        assert done.undo is not None
        gone = await bus.run(*done.undo)
        assert len(await listed()) == 1
        assert gone.undo is not None
        await bus.run(*gone.undo)
        assert (await listed())[0]["seen"]["offer"] == "买一送一"
        for call in (
            ("rivals.import", {"path": str(tmp_path / "other.csv")}),
            ("rivals.put", {"seen": {**seen, "seen_utc": "yesterday"}}),
            ("rivals.put", {"seen": {**seen, "rival": ""}}),
            ("rivals.remove", {"row": "nothing"}),
        ):
            with pytest.raises(StudioError):
                await bus.run(*call)

    asyncio.run(body())
