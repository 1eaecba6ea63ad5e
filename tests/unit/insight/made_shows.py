"""Journals of shows that are over, written as the studio would have written them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random

from studio.core.clock import utc_of
from studio.governance.database import open_database
from studio.insight.journal import Journal

BEGAN_S = 1_793_620_800  # 2026-11-02 12:00 UTC, 20:00 in Shanghai
DAY_S = 86_400


def made_journal(path: Path, shows: int, minutes: int = 40, seed: int = 1) -> Path:
    """Shows of one name, a day apart: comments, sales, cuts, figures of a platform."""
    Journal(path, "秋季上新").close()
    rng, rows = Random(seed), []
    for show in range(shows):
        began = BEGAN_S + show * DAY_S
        level = rng.uniform(0.7, 1.3)

        def add(at: float, name: str, data: str, sku: str = "", cents: int | None = None,
                platform: str = "", viewer: str = "", began: float = began,
                run: int = show + 1) -> None:  # fmt: skip
            on_air_ms = round((at - began) * 1000)
            rows.append((
                run, round(at * 1e9), utc_of(at), name, data, "秋季上新", "主播", sku,
                platform, viewer, cents, "CNY" if cents else "", on_air_ms,
            ))  # fmt: skip

        for second in range(0, minutes * 60, 2):
            at = began + second
            for _ in range(rng.choice((0, 1, 1, 2)) if rng.random() < level else 0):
                viewer = f"v{rng.randint(1, 60 + 40 * show)}"
                add(at, "comments.received", "{}", platform="douyin", viewer=viewer)
            if rng.random() < 0.05 * level:
                add(at, "insight.sold", '{"units": 1}', rng.choice(("hat", "=bag")), 9900)
            if second % 60 == 0:
                for metric, value in (("exposed", 900), ("entered", 280), ("product_seen", 200),
                                      ("clicked", 60), ("paid", 9), ("orders", 8)):  # fmt: skip
                    number = round(value * level * rng.uniform(0.9, 1.1))
                    add(at, "insight.figure", f'{{"metric": "{metric}", "value": {number}}}',
                        platform="douyin")  # fmt: skip
                money = round(80_000 * level)
                add(at, "insight.figure", f'{{"metric": "gmv_cents", "value": {money}}}')
        add(began + 600, "insight.alarm", '{"metric": "comments"}')
        add(began + minutes * 60, "scenes.taken", '{"scene": "垫片"}')
    rows.sort(key=lambda row: row[1])
    with closing(open_database(path)) as base, base.transaction():
        base.executemany(
            "INSERT INTO entries (run, at_ns, at_utc, name, data, show, scene, sku, platform, "
            "viewer, value_cents, currency, programme_ms, schema) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 2)", rows,
        )  # fmt: skip
    return path
