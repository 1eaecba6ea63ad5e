"""A forecast from the own ledger or one import, whichever knows more days. In the child process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.core.clock import zone_s
from studio.insight.advice.goods import words
from studio.insight.analysis.base import open_analysis
from studio.insight.forecast import LEAST, forecast
from studio.insight.model import LabelPair
from studio.insight.outlook.holidays import holiday_on
from studio.insight.outlook.model import Outlook, OutlookDay, OutlookSku
from studio.shop.money import exponent

if TYPE_CHECKING:
    import duckdb

DAY_US = 86_400_000_000
MOST_GOODS, HOURS_BACK, MOST_DAYS_BACK = 60, 56, 1_100
EPOCH = date(1970, 1, 1)
LEDGER_NAME = "ledger"
LEDGER = """
SELECT at_us, value_cents, number, sku, currency FROM events
WHERE name IN ('insight.sold', 'insight.returned') AND value_cents IS NOT NULL
"""
PAID = "SELECT at_us, gross / scale, NULL, '', currency FROM settled WHERE kind = ? AND at_us > 0"
PIECES = "SELECT at_us, coalesce(units, 1), sku FROM orders WHERE kind = ? AND at_us > 0"
KINDS = "SELECT kind, count(DISTINCT at_us // 86400000000) FROM settled WHERE at_us > 0 AND \
gross IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
OWN_DAYS = "SELECT count(DISTINCT at_us // 86400000000) FROM events WHERE name = 'insight.sold'"


class SoldDays(NamedTuple):
    """Sums by day since ``first`` (days since 1970, local).

    Attributes:
        goods: pieces by product and day.
        hours: money by hour of the day, of the last weeks.
    """

    first: int
    money: NDArray[np.float64]
    units: NDArray[np.float64]
    goods: dict[str, NDArray[np.float64]]
    hours: NDArray[np.float64]
    currency: str


def find_outlook(
    path: Path, groups: Mapping[str, str], free: Mapping[str, int], names: Mapping[str, str],
    days: int,
) -> Outlook:  # fmt: skip
    """What the next days bring.

    Args:
        groups: the product of each SKU.
        free, names: pieces and name of a product.
    """
    with closing(open_analysis(path, is_read_only=True)) as base:
        own = base.execute(OWN_DAYS).fetchone()
        best = base.execute(KINDS).fetchone()
        is_own = not best or (own is not None and own[0] >= best[1])
        kind = "" if is_own or best is None else str(best[0])
        sold = _sold(base, kind, groups)
    if sold is None or len(sold.money) < LEAST:
        known = 0 if sold is None else len(sold.money)
        return Outlook(words("outlook.too_few", days=known, least=LEAST), days_known=known)
    last = _day(sold.first + len(sold.money) - 1)
    ahead = [last + timedelta(days=number) for number in range(1, days + 1)]
    source = words("outlook.source", days=len(sold.money), kind=kind or LEDGER_NAME, last=str(last))
    factors = _holiday_factors(sold)
    return Outlook(
        source, sold.currency, len(sold.money), str(last),
        _ahead(sold.money, ahead, factors), _ahead(sold.units, ahead, factors),
        tuple(round(float(share), 4) for share in sold.hours),
        tuple(_goods(sold, ahead, factors, free, names)),
    )  # fmt: skip


def _sold(base: duckdb.DuckDBPyConnection, kind: str, groups: Mapping[str, str]) -> SoldDays | None:
    rows: list[Any] = base.execute(PAID, [kind]).fetchall() if kind else (
        base.execute(LEDGER).fetchall()
    )  # fmt: skip
    pieces = base.execute(PIECES, [kind]).fetchall() if kind else [
        (row[0], row[2], row[3]) for row in rows
    ]  # fmt: skip
    by_currency: dict[str, int] = defaultdict(int)
    for row in rows:
        by_currency[row[4]] += 1
    if not by_currency:
        return None
    currency = max(by_currency, key=lambda code: by_currency[code])
    zone_us = zone_s(max(row[0] for row in rows) / 1e6) * 1_000_000
    scale = 1.0 if kind else float(10 ** exponent(currency))
    rows = [(row[0] + zone_us, (row[1] or 0.0) / scale) for row in rows if row[4] == currency]
    first = max(min(row[0] for row in rows), max(row[0] for row in rows) - MOST_DAYS_BACK * DAY_US)
    start = first // DAY_US
    count = max(row[0] for row in rows) // DAY_US - start + 1
    money, units = np.zeros(count), np.zeros(count)
    goods: dict[str, NDArray[np.float64]] = {}
    hours = np.zeros(24)
    for at_us, amount in rows:
        day = at_us // DAY_US - start
        if 0 <= day < count:
            money[day] += amount
            if day >= count - HOURS_BACK:
                hours[at_us // 3_600_000_000 % 24] += max(0.0, amount)
    for at_us, number, sku in pieces:
        day = (at_us + zone_us) // DAY_US - start
        if 0 <= day < count and number is not None:
            units[day] += number
            product = groups.get(sku)
            if product is not None:
                goods.setdefault(product, np.zeros(count))[day] += number
    return SoldDays(start, money, units, goods, hours / max(hours.sum(), 1e-9), currency)


def _day(number: int) -> date:
    return EPOCH + timedelta(days=int(number))


def _holiday_factors(sold: SoldDays) -> dict[str, float]:
    """How much a holiday brought against the days around it, where the own data have one."""
    found: dict[str, list[float]] = defaultdict(list)
    for number, money in enumerate(sold.money):
        holiday = holiday_on(_day(sold.first + number))
        if holiday is None:
            continue
        around = [
            sold.money[other] for other in range(max(0, number - 14), min(len(sold.money),
                                                                          number + 15))
            if holiday_on(_day(sold.first + other)) is None
        ]  # fmt: skip
        if len(around) >= 7 and np.mean(around) > 0:
            found[holiday.label.en].append(float(money / np.mean(around)))
    return {name: min(20.0, max(0.05, float(np.mean(each)))) for name, each in found.items()}


def _ahead(
    series: NDArray[np.float64], ahead: list[date], factors: Mapping[str, float]
) -> tuple[OutlookDay, ...]:
    found = forecast(series, len(ahead))
    days = []
    for number, day in enumerate(ahead):
        holiday = holiday_on(day)
        factor = factors.get(holiday.label.en, 1.0) if holiday else 1.0
        low, middle, high = (
            round(float(each[number]) * factor, 2) for each in (found.low, found.middle, found.high)
        )
        label = holiday.label if holiday else LabelPair()
        is_seen = holiday is None or holiday.label.en in factors
        days.append(OutlookDay(day.isoformat(), low, middle, high, label, is_seen))
    return tuple(days)


def _goods(
    sold: SoldDays, ahead: list[date], factors: Mapping[str, float], free: Mapping[str, int],
    names: Mapping[str, str],
) -> list[OutlookSku]:  # fmt: skip
    most = sorted(sold.goods, key=lambda product: -sold.goods[product].sum())[:MOST_GOODS]
    found = []
    for product in most:
        days = _ahead(sold.goods[product], ahead, factors)
        pieces = free.get(product)
        out = _gone(days, pieces, is_high=False)
        early = _gone(days, pieces, is_high=True)
        low, middle, high = (
            round(sum(getattr(day, part) for day in days), 1) for part in ("low", "middle", "high")
        )
        found.append(OutlookSku(
            product, names.get(product, product), low, middle, high, pieces, out, early
        ))  # fmt: skip
    return sorted(found, key=lambda row: (row.out or "9", row.out_early or "9", -row.middle))


def _gone(days: tuple[OutlookDay, ...], pieces: int | None, *, is_high: bool) -> str:
    """The day on which so many pieces are sold; "" is not within these days."""
    if pieces is None:
        return ""
    total = 0.0
    for day in days:
        total += day.high if is_high else day.middle
        if total >= pieces:
            return day.date
    return ""
