"""Asks the analysis what is usually sold; whoever asks gets an answer in time, or that there is
none."""

from __future__ import annotations

import asyncio
from pathlib import Path

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.usual_sales import LEAST_SHOWS, UsualSales
from studio.governance.database import DatabaseError
from studio.insight.analysis.apart import AnalysisRequest, analyse_apart
from studio.insight.journal import count_runs

IN_TIME_S = 5.0
MOST_KEPT = 50
_log = logger(__name__)


class OwnSalesNormal:
    """What own shows say; lives on a loop. A stretch that was asked is kept.

    Args:
        journal: its file.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._kept: dict[tuple[str, float], UsualSales] = {}

    async def usual_sales(self, began_utc: str, took_s: float) -> UsualSales:
        """In a stretch of a show, against the own shows before it; never raises."""
        stretch = (began_utc, took_s)
        if stretch in self._kept:
            return self._kept[stretch]
        if not await asyncio.to_thread(self._may_know):
            return UsualSales()  # nothing is analysed for an answer that is known
        request = AnalysisRequest("usual", began_utc=began_utc, took_s=took_s)
        try:
            async with asyncio.timeout(IN_TIME_S):
                found = (await analyse_apart(request)).usual
        except TimeoutError:
            return UsualSales(is_slow=True)
        except StudioError as error:
            _log.info("what is usually sold is not known: %s", error)
            return UsualSales()
        while len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return self._kept.setdefault(stretch, found or UsualSales())

    def _may_know(self) -> bool:
        try:
            return self._journal.is_file() and count_runs(self._journal) >= LEAST_SHOWS
        except DatabaseError as error:
            _log.info("what is usually sold is not known: %s", error)
            return False
