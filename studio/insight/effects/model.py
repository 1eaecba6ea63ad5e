"""Actions and their effect as plain data."""

from __future__ import annotations

from typing import Literal

import msgspec

from studio.insight.model import LabelPair

EffectVerdict = Literal[
    "better", "worse", "other", "same", "few_before", "few_after", "open", "no_figure"
]
"""``other`` is outside the band of a figure of which neither way is good; ``few_before`` and
``few_after``: too little data."""


class DoneAction(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was to be done after a show.

    Attributes:
        metric: the figure it was to move; "" is none.
        done_utc: "" while it is open.
    """

    id: str
    what: str
    owner: str = ""
    until: str = ""
    metric: str = ""
    made_utc: str = ""
    done_utc: str = ""


class ShowValue(msgspec.Struct, frozen=True, kw_only=True):
    """The figure in one show."""

    airing: int
    began_utc: str
    value: float
    is_after: bool


class ActionEffect(msgspec.Struct, frozen=True, kw_only=True):
    """The figure before and after an action.

    Attributes:
        unit: of the values; counted figures are by hour.
        before, after: means over shows; None where there are none.
        low, high: between them lies, in 19 of 20 cases, the mean of so many shows of which
            nothing changed; None where too few are known.
        shows: the values it was made of.
    """

    action: DoneAction
    label: LabelPair = LabelPair()
    unit: str = ""
    before: float | None = None
    after: float | None = None
    low: float | None = None
    high: float | None = None
    shows: tuple[ShowValue, ...] = ()
    verdict: EffectVerdict = "open"

    @property
    def count_before(self) -> int:
        """Shows before."""
        return sum(not show.is_after for show in self.shows)

    @property
    def count_after(self) -> int:
        """Shows after."""
        return len(self.shows) - self.count_before
