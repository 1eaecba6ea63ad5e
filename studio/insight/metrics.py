"""Metrics as files: what is counted, what is reckoned from sums, and which way is better.

A ratio is always made from sums over the whole time; what is not known is None, never 0.
"""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.paths import assets_dir, data_dir
from studio.insight.model import LabelPair

MOST_BYTES = 1 << 20
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure that is counted, or one that is reckoned from others.

    Attributes:
        unit: people, times, orders, pieces, cents, s, %, x, points.
        better: which way is good; "" neither.
        level: base, advanced, composite: one tree.
        where: where it exists, in words.
        kind: of a counted one: "sum" is added up, "level" is how it stands (online).
        formula: over other metrics' sums, with + - * / and numbers; "" for a counted one.
        advice: what to look at when it leaves its normal range.
        plan: an emergency plan that fits.
    """

    id: str
    label: LabelPair
    unit: str
    level: Literal["base", "advanced", "composite"]
    where: LabelPair
    better: Literal["up", "down", ""] = ""
    kind: Literal["sum", "level"] = "sum"
    formula: str = ""
    advice: LabelPair = LabelPair()
    plan: str = ""


@functools.cache
def metrics() -> dict[str, Metric]:
    """All there are, shipped and this person's own, by id.

    Raises:
        StudioError: invalid, with the file.
    """
    found: dict[str, Metric] = {}
    for folder in (assets_dir() / "metrics", data_dir() / "insight" / "metrics"):
        for file in sorted(folder.glob("*.json")):
            for metric in _read(file):
                found[metric.id] = metric
    for metric in found.values():
        unknown = needs(metric.formula) - found.keys()
        if unknown:
            why = ", ".join(sorted(unknown))
            raise StudioError("invalid", "insight.bad_file", path=metric.id, why=why)
    return found


def _read(file: Path) -> list[Metric]:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError(f"> {MOST_BYTES} bytes")
        read = msgspec.convert(read_json(file.read_bytes()), list[Metric])
        for metric in read:
            needs(metric.formula)
    except (OSError, ValueError) as error:
        raise StudioError("invalid", "insight.bad_file", path=str(file), why=error) from None
    return read


@functools.lru_cache(maxsize=512)
def _tree(formula: str) -> ast.expr:
    """The formula as a tree of names, numbers and + - * /.

    Raises:
        ValueError: it has something else.
    """
    try:
        tree = ast.parse(formula, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"{formula}: {error}") from None
    for node in ast.walk(tree):
        is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
        is_known = isinstance(node, (ast.BinOp, ast.Name, ast.Load, *OPERATORS))
        if not (is_number or is_known):
            raise ValueError(f"{formula}: {type(node).__name__}")
    return tree


def needs(formula: str) -> set[str]:
    """The figures a formula is made of.

    Raises:
        ValueError: it is no formula.
    """
    if not formula:
        return set()
    return {node.id for node in ast.walk(_tree(formula)) if isinstance(node, ast.Name)}


def value_of(metric: Metric, sums: Mapping[str, float]) -> float | None:
    """A metric from the sums of what is counted; None where something of it is not known."""
    if not metric.formula:
        return sums.get(metric.id)
    found = _value(_tree(metric.formula), sums)
    return None if found is None or not math.isfinite(found) else found


def _value(node: ast.expr, sums: Mapping[str, float]) -> float | None:
    if isinstance(node, ast.Name):
        return sums.get(node.id)
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    assert isinstance(node, ast.BinOp)
    left, right = _value(node.left, sums), _value(node.right, sums)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Div):
        return left / right if right else None
    if isinstance(node.op, ast.Mult):
        return left * right
    return left + right if isinstance(node.op, ast.Add) else left - right


def all_values(sums: Mapping[str, float]) -> dict[str, float | None]:
    """Every metric, known or not."""
    return {metric.id: value_of(metric, sums) for metric in metrics().values()}


# --- the waterfall ------------------------------------------------------------------------------


class WaterfallStep(NamedTuple):
    """What a factor did to the result."""

    factor: str
    change: float


def waterfall(
    before: Mapping[str, float], after: Mapping[str, float]
) -> tuple[WaterfallStep, ...] | None:
    """Why GMV changed: exposures × (exposure → deal) × order value, in parts that add up exactly.

    Each factor's part is its logarithm's change weighted by the logarithmic mean of both results
    (LMDI-I), so that no rest is left and the order of the factors does not matter.

    Args:
        before, after: sums with exposed, orders and gmv_cents.

    Returns:
        None where a factor is not known or is 0 on either side.
    """
    names = ("exposed", "orders", "gmv_cents")
    if any(not sums.get(name, 0) > 0 for sums in (before, after) for name in names):
        return None
    old, new = before["gmv_cents"], after["gmv_cents"]
    mean = old if math.isclose(old, new) else (new - old) / math.log(new / old)
    factors = {
        "exposed": (before["exposed"], after["exposed"]),
        "deal_rate": (
            before["orders"] / before["exposed"], after["orders"] / after["exposed"],
        ),
        "order_value_cents": (old / before["orders"], new / after["orders"]),
    }  # fmt: skip
    return tuple(
        WaterfallStep(name, mean * math.log(now / then)) for name, (then, now) in factors.items()
    )


def counted(chosen: Iterable[str] = ()) -> list[Metric]:
    """Metrics that are counted, not reckoned; of ``chosen`` only where it is given."""
    wanted = set(chosen)
    return [
        metric for metric in metrics().values()
        if not metric.formula and (not wanted or metric.id in wanted)
    ]  # fmt: skip
