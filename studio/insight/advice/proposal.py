"""A ranking as a proposal that a person reads: places, reasons, what was left out, the source."""

from __future__ import annotations

from typing import Any

from studio.core.clock import utc_iso
from studio.insight.advice.goods import GoodsTable, words
from studio.insight.advice.model import AdviceFacts, OrderProposal
from studio.insight.advice.ranking import Learned, LiveGoods, Ranking, left_out, placed
from studio.insight.model import LabelPair


def proposal_of(
    id: str, table: GoodsTable, learned: Learned, ranking: Ranking, live: LiveGoods
) -> OrderProposal:
    """The proposal of this name, as of now."""
    return OrderProposal(id, utc_iso(), **shown_parts(table, learned, ranking, live))


def shown_parts(
    table: GoodsTable, learned: Learned, ranking: Ranking, live: LiveGoods
) -> dict[str, Any]:
    """All of a proposal but its name and time."""
    facts = learned.facts
    places = {row: place for place, row in enumerate((*ranking.rows, *ranking.left_out))}
    return {
        "order": placed(table, ranking, live),
        "left_out": left_out(table, ranking),
        "moves": sum(place != row for row, place in places.items()),
        "total": len(ranking.rows),
        "source": source_of(facts),
        "recall": facts.recall,
        "recall_popular": facts.recall_popular,
    }


def source_of(facts: AdviceFacts) -> LabelPair:
    """What advice was made of, and what it cannot know."""
    if not facts.airings and not facts.baskets:
        return words("advice.source_none")
    if facts.recall is None or facts.recall_popular is None:
        return words("advice.source_few", airings=facts.airings, baskets=facts.baskets)
    key = "advice.source_model" if facts.is_model else "advice.source_popular"
    return words(
        key, airings=facts.airings, baskets=facts.baskets, recall=round(100 * facts.recall),
        popular=round(100 * facts.recall_popular),
    )  # fmt: skip
