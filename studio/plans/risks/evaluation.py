"""Fuzzy comprehensive evaluation 模糊综合评价: weights ∘ memberships gives a share of each grade.

B = A∘R, with the weighted average M(·,+) as the result and M(∧,∨), min and max, beside it.
Plain Python: a risk has a handful of factors, and numpy costs more to call than to go without.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from studio.core.errors import StudioError
from studio.plans.model import PlanText
from studio.plans.risks.model import MOST_FACTORS, MOST_GRADES, Risk, RiskFactor, RiskView, Tier
from studio.plans.risks.pairwise import pairwise_weights

SUM_ERROR = 1e-6
SWING = 0.1
LIKELY = GRAVE = 0.5
Row = Sequence[float]

USUAL_GRADES: dict[int, tuple[PlanText, ...]] = {
    3: (PlanText("低", "low"), PlanText("中", "medium"), PlanText("高", "high")),
    4: (
        PlanText("低", "low"), PlanText("一般", "medium"), PlanText("较高", "high"),
        PlanText("严重", "grave"),
    ),
    5: (
        PlanText("很低", "very low"), PlanText("低", "low"), PlanText("中", "medium"),
        PlanText("高", "high"), PlanText("很高", "very high"),
    ),
}  # fmt: skip


class IncidentCounts(Protocol):
    """How often plans had to run."""

    def a_month(self, plans: Sequence[str]) -> float:
        """Incidents of these plans in 30 days, drills not counted."""
        ...


class NoIncidents:
    """Nothing has happened yet."""

    def a_month(self, plans: Sequence[str]) -> float:
        """None."""
        return 0.0


class _Swing(NamedTuple):
    """What ±10 % on every weight can do to the result."""

    low: float
    high: float
    grades: frozenset[int]


def evaluate(risk: Risk, counts: IncidentCounts | None = None) -> RiskView:
    """Evaluates a risk.

    Args:
        counts: past incidents, for factors that are measured by them.

    Raises:
        StudioError: invalid, with the place inside the risk: weights that do not add up, rows
            of different lengths, CR of 0.1 and more. Nothing is repaired in silence.
    """
    names, rows = _memberships(risk, counts or NoIncidents())
    weights, consistency = _weights(risk, len(rows))
    count = len(rows[0])
    grades = _grades(risk, count)
    weighted = _average(weights, rows)
    values = [grade / (count - 1) for grade in range(count)]
    score = _score(weighted, values)
    by_score = int(score * (count - 1) + 0.5)  # half way counts as the graver
    by_largest = max(range(count), key=lambda grade: (round(weighted[grade], 9), grade))
    swing = _swing(weights, rows, values, by_largest)
    differing = sorted(swing.grades - {by_score, by_largest})
    firm = swing.grades <= {by_score, by_largest}
    likelihood = _side(risk, "likelihood", weights, rows, values)
    impact = _side(risk, "impact", weights, rows, values)
    return RiskView(
        id=risk.id,
        label=risk.label.pair(),
        kind=risk.kind,
        factors=tuple(name.pair() for name in names),
        weights=_rounded(weights),
        memberships=tuple(_rounded(row) for row in rows),
        grades=tuple(grade.pair() for grade in grades),
        weighted=_rounded(weighted),
        min_max=_rounded(_min_max(weights, rows)),
        score=round(score, 6),
        by_score=grades[by_score].pair(),
        by_largest=grades[by_largest].pair(),
        differ=by_score != by_largest,
        score_low=round(swing.low, 6),
        score_high=round(swing.high, 6),
        may_become=tuple(grades[grade].pair() for grade in differing),
        firm=firm,
        consistency=None if consistency is None else round(consistency, 6),
        likelihood=None if likelihood is None else round(likelihood, 6),
        impact=None if impact is None else round(impact, 6),
        tier=tier_of(likelihood, impact),
        plans=risk.plans,
        insurance=risk.insurance.pair(),
        owner=risk.owner,
    )


def tier_of(likelihood: float | None, impact: float | None) -> Tier:
    """What to do about it: plan and drill, insure, routine, accept; "" when not known."""
    if likelihood is None or impact is None:
        return ""
    if impact >= GRAVE:
        return "plan" if likelihood >= LIKELY else "insure"
    return "routine" if likelihood >= LIKELY else "accept"


# -- A: weights --------------------------------------------------------------------------------


def _weights(risk: Risk, count: int) -> tuple[Row, float | None]:
    if bool(risk.pairwise) == bool(risk.weights):
        raise _fault("weights", "risks.one_way_of_weights")
    if risk.pairwise:
        if len(risk.pairwise) != count:
            raise _fault("pairwise", "risks.count", given=len(risk.pairwise), wanted=count)
        try:
            return pairwise_weights(risk.pairwise)
        except StudioError as error:
            raise _fault("pairwise", error.key, **error.params) from None
    if len(risk.weights) != count:
        raise _fault("weights", "risks.count", given=len(risk.weights), wanted=count)
    total = sum(risk.weights)
    if abs(total - 1) > SUM_ERROR:
        raise _fault("weights", "risks.sum", total=f"{total:.6g}")
    return risk.weights, None


# -- R: memberships ----------------------------------------------------------------------------


def _memberships(risk: Risk, counts: IncidentCounts) -> tuple[list[PlanText], list[Row]]:
    if risk.matrix and any(_ways(factor) for factor in risk.factors):
        raise _fault("matrix", "risks.one_way_of_rows")
    if risk.matrix:
        if risk.factors and len(risk.factors) != len(risk.matrix):
            raise _fault("matrix", "risks.count", given=len(risk.matrix), wanted=len(risk.factors))
        rows: list[Row] = list(risk.matrix)
        places = [f"matrix[{i}]" for i in range(len(rows))]
        names = [factor.name for factor in risk.factors]
        names = names or [PlanText(f"因素 {i + 1}", f"factor {i + 1}") for i in range(len(rows))]
    else:
        places = [f"factors[{i}]" for i in range(len(risk.factors))]
        rows = [_row(f, place, counts) for f, place in zip(risk.factors, places, strict=True)]
        names = [factor.name for factor in risk.factors]
    if not 1 <= len(rows) <= MOST_FACTORS:
        raise _fault("factors", "risks.factor_count", given=len(rows), most=MOST_FACTORS)
    for row, place in zip(rows, places, strict=True):
        if len(row) != len(rows[0]):
            raise _fault(place, "risks.row_length", given=len(row), wanted=len(rows[0]))
        if abs(sum(row) - 1) > SUM_ERROR:
            raise _fault(place, "risks.row_sum", total=f"{sum(row):.6g}")
    if not 2 <= len(rows[0]) <= MOST_GRADES:
        raise _fault(places[0], "risks.grade_count", given=len(rows[0]), most=MOST_GRADES)
    return names, rows


def _ways(factor: RiskFactor) -> int:
    """How many ways of giving memberships a factor uses."""
    is_measured = factor.measured is not None or bool(factor.incidents)
    return bool(factor.memberships) + bool(factor.votes) + is_measured


def _row(factor: RiskFactor, place: str, counts: IncidentCounts) -> Row:
    if _ways(factor) != 1 or (factor.measured is not None and factor.incidents):
        raise _fault(place, "risks.one_way")
    if factor.memberships:
        return factor.memberships
    if factor.votes:
        total = sum(factor.votes)
        if not total:
            raise _fault(f"{place}.votes", "risks.no_votes")
        return [votes / total for votes in factor.votes]
    edges = [edge for pair in factor.cuts for edge in pair]
    if not edges or edges != sorted(edges):
        raise _fault(f"{place}.cuts", "risks.cuts")
    figure = factor.measured
    return trapezoids(factor.cuts, counts.a_month(factor.incidents) if figure is None else figure)


def trapezoids(cuts: Sequence[tuple[float, float]], figure: float) -> list[float]:
    """Share of each grade at a figure; they add up to 1 (a Ruspini partition)."""
    over = [_share_over(low, high, figure) for low, high in cuts]  # past each cut, falling
    reached = [1.0, *over]
    return [here - after for here, after in zip(reached, [*over, 0.0], strict=True)]


def _share_over(low: float, high: float, figure: float) -> float:
    if figure >= high:
        return 1.0
    return 0.0 if figure <= low else (figure - low) / (high - low)


def _grades(risk: Risk, count: int) -> tuple[PlanText, ...]:
    if risk.grades:
        if len(risk.grades) != count:
            raise _fault("grades", "risks.grade_names", given=len(risk.grades), wanted=count)
        return risk.grades
    plain = tuple(PlanText(f"第 {i + 1} 级", f"grade {i + 1}") for i in range(count))
    return USUAL_GRADES.get(count, plain)


# -- B = A∘R -----------------------------------------------------------------------------------


def _average(weights: Row, rows: Sequence[Row]) -> list[float]:
    columns = zip(*rows, strict=True)
    return [sum(a * r for a, r in zip(weights, column, strict=True)) for column in columns]


def _min_max(weights: Row, rows: Sequence[Row]) -> list[float]:
    columns = zip(*rows, strict=True)
    return [max(min(a, r) for a, r in zip(weights, column, strict=True)) for column in columns]


def _score(shares: Row, values: Row) -> float:
    return sum(b * v for b, v in zip(shares, values, strict=True)) / sum(shares)


def _side(risk: Risk, of: str, weights: Row, rows: Sequence[Row], values: Row) -> float | None:
    """The score of the factors that say how likely, or how grave."""
    chosen = [i for i, factor in enumerate(risk.factors) if factor.of == of]
    total = sum(weights[i] for i in chosen)
    if not total:
        return None
    return _score(_average([weights[i] / total for i in chosen], [rows[i] for i in chosen]), values)


def _swing(weights: Row, rows: Sequence[Row], values: Row, largest: int) -> _Swing:
    """What the result can be with each weight anywhere within ±10 %, exactly.

    Σwtg / Σwt over a box of t is greatest with t high where g is above some bound and low
    below: so the factors in the order of g and every place of the bound are all there is to try.
    """
    scores = [_score(row, values) for row in rows]
    low, high = (_extreme(weights, scores, is_most) for is_most in (False, True))
    count = len(values)
    grades = set(range(int(low * (count - 1) + 0.5), int(high * (count - 1) + 0.5) + 1))
    for other in range(count):
        lead = (row[other] - row[largest] for row in rows)
        can = sum(
            w * gain * (1 + SWING if gain > 0 else 1 - SWING)
            for w, gain in zip(weights, lead, strict=True)
        )
        if can > SUM_ERROR:
            grades.add(other)
    return _Swing(low, high, frozenset(grades))


def _extreme(weights: Row, scores: Row, is_most: bool) -> float:
    order = sorted(range(len(scores)), key=lambda i: scores[i], reverse=is_most)
    best: float | None = None
    for bound in range(len(order) + 1):
        up = set(order[:bound])
        now = [w * (1 + SWING if i in up else 1 - SWING) for i, w in enumerate(weights)]
        score = sum(w * s for w, s in zip(now, scores, strict=True)) / sum(now)
        if best is None or (score > best) == is_most:
            best = score
    return best or 0.0


def _rounded(row: Row) -> tuple[float, ...]:
    return tuple(round(value, 6) for value in row)


def _fault(place: str, key: str, /, **params: object) -> StudioError:
    return StudioError("invalid", key, place=place, **params)
