"""Risks as plain data: what a show or a file keeps of one, and what an evaluation says."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from studio.plans.model import Pair, PlanText

RiskKind = Literal["goods", "host", "system", "platform", "law", "opinion"]
Dimension = Literal["", "likelihood", "impact"]
Tier = Literal["", "plan", "insure", "routine", "accept"]
"""Likely and grave; rare and grave; likely and light; neither. "" where that is not known."""

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Amount = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
Judgement = Annotated[float, msgspec.Meta(ge=0.1, le=9)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
RiskId = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[\w.-]+$")]
MOST_FACTORS, MOST_GRADES = 15, 9


class RiskFactor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One side from which a risk is judged. Its memberships come from one of three places.

    Attributes:
        of: whether it says how likely or how grave the risk is.
        memberships: share of each grade, adding up to 1.
        votes: how many raters chose each grade.
        measured: a figure, read through ``cuts``.
        incidents: plans whose past incidents are counted (a month) in place of ``measured``.
        cuts: where each grade goes over into the next: grade k counts fully up to the first
            number of pair k and no longer from the second on. So memberships are trapezoids
            that add up to 1 everywhere.
    """

    name: PlanText
    of: Dimension = ""
    memberships: tuple[Share, ...] = ()
    votes: tuple[Count, ...] = ()
    measured: Amount | None = None
    incidents: tuple[str, ...] = ()
    cuts: tuple[tuple[Amount, Amount], ...] = ()


class Risk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A risk of a show.

    Attributes:
        factors: the sides it is judged from, in the order of the weights.
        weights: of the factors, adding up to 1.
        pairwise: in place of weights: how much more factor i counts than factor j, 1/9 to 9
            (0.11 is read as a ninth).
        matrix: the memberships of all factors at once, a row a factor.
        grades: the lightest first; the usual ones where they are left out.
        plans: emergency plans that answer it.
        insurance: what covers it where no plan does: a spare, a second line, a policy.
        owner: who looks after it.
    """

    id: RiskId = "risk"
    label: PlanText = PlanText("", "")
    kind: RiskKind = "system"
    factors: tuple[RiskFactor, ...] = ()
    weights: tuple[Share, ...] = ()
    pairwise: tuple[tuple[Judgement, ...], ...] = ()
    matrix: tuple[tuple[Share, ...], ...] = ()
    grades: tuple[PlanText, ...] = ()
    plans: tuple[str, ...] = ()
    insurance: PlanText = PlanText("", "")
    owner: str = ""


class RisksPart(msgspec.Struct, frozen=True):
    """The risks of a show; one stands in for a shipped one of the same id."""

    risks: tuple[Risk, ...] = ()


class RiskView(msgspec.Struct, frozen=True):
    """What the evaluation of a risk says, all of it.

    Attributes:
        weights: of the factors, as given or from the pairwise judgements.
        memberships: R, a row a factor.
        weighted, min_max: B = A∘R by weighted average, and by min and max beside it.
        score: 0 (lightest grade) to 1, from ``weighted``.
        by_score, by_largest: the grade nearest to the score; the one with the largest share.
        differ: they are not the same grade.
        score_low, score_high: with every weight up to 10 % more or less.
        may_become: grades it may have then beside ``by_score`` and ``by_largest``.
        firm: it stays what it is then.
        consistency: CR of the pairwise judgements; None where weights were given.
        likelihood, impact: score of the factors that say so; None where none does.
        uncovered: what is missing, in words.
    """

    id: str
    label: Pair = ("", "")
    kind: str = ""
    factors: tuple[Pair, ...] = ()
    weights: tuple[float, ...] = ()
    memberships: tuple[tuple[float, ...], ...] = ()
    grades: tuple[Pair, ...] = ()
    weighted: tuple[float, ...] = ()
    min_max: tuple[float, ...] = ()
    score: float = 0.0
    by_score: Pair = ("", "")
    by_largest: Pair = ("", "")
    differ: bool = False
    score_low: float = 0.0
    score_high: float = 0.0
    may_become: tuple[Pair, ...] = ()
    firm: bool = True
    consistency: float | None = None
    likelihood: float | None = None
    impact: float | None = None
    tier: Tier = ""
    plans: tuple[str, ...] = ()
    insurance: Pair = ("", "")
    owner: str = ""
    uncovered: tuple[Pair, ...] = ()
    is_shipped: bool = False


class RiskFault(msgspec.Struct, frozen=True):
    """A risk that cannot be evaluated: which, where in the file, and what to do."""

    risk: str
    place: str
    line: int
    text: Pair


class RisksView(msgspec.Struct, frozen=True):
    """The part "risks" of the state: the gravest first."""

    risks: tuple[RiskView, ...] = ()
    faults: tuple[RiskFault, ...] = ()
