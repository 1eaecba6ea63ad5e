"""More was sold than there is: a shop sold pieces that the ledger did not have any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.plans.model import PlanText
from studio.plans.triggers.base import Cause, Situation, Trigger
from studio.shop.events import ShortfallChanged


class ShortfallSettings(Settings):
    """From how many pieces on, and for how long."""

    pieces: Annotated[int, setting("欠几件起", "From so many pieces", ge=1, le=1_000_000)] = 1
    for_ms: Annotated[int, setting("持续毫秒", "Lasting (ms)", ge=0)] = 0


class Shortfall(Trigger):
    """A SKU is owed to orders; well when all of it came in, or was taken back."""

    kind: ClassVar[str] = "shortfall"
    label: ClassVar[Text] = Text("超卖欠货", "Oversold")
    help: ClassVar[Text] = Text("别处卖出的件数超过库存。", "A shop sold more than the ledger has.")
    Settings: ClassVar[type[Settings]] = ShortfallSettings

    settings: ShortfallSettings

    def judge(self, now: Situation) -> Cause | None:
        """The first one."""
        return next(iter(self.causes(now)), None)

    def causes(self, now: Situation) -> Iterator[Cause]:
        """Every SKU of which pieces are owed."""
        for sku, owed in self._owed(now).items():
            if owed >= self.settings.pieces:
                params = {"subject": sku, "count": str(owed)}
                words = PlanText("{subject} 欠 {count} 件", "{subject}: {count} pieces owed")
                yield Cause(sku, words.filled(params), params)

    def is_well(self, now: Situation, subject: str) -> bool:
        """Nothing of it is owed any more."""
        return self._owed(now).get(subject, 0) < self.settings.pieces

    @staticmethod
    def _owed(now: Situation) -> dict[str, int]:
        """As the latest event of each SKU says."""
        owed: dict[str, int] = {}
        for heard in now.heard.since(ShortfallChanged.name, 0) if now.heard else ():
            if isinstance(heard.event, ShortfallChanged):
                owed.setdefault(heard.event.sku, heard.event.owed)
        return owed
