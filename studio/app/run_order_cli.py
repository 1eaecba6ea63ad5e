"""``shopcast run-order``: today's goods of a show, and what of each is not filled in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.app.check import read
from studio.core.clean import encode_json
from studio.core.i18n import translate
from studio.shop.completeness import gaps_of, score_of
from studio.shop.run_order.model import RunOrderPart

Write = Callable[[str], None]


def show_run_order(folder: Path | None, write: Write, *, as_json: bool) -> bool:
    """Writes the goods in their order.

    Returns:
        Whether nothing is missing of any.

    Raises:
        StudioError: not_found, invalid: the show.
    """
    show = read(folder)
    order: RunOrderPart = show.parts["run_order"]
    goods = order.of(show.parts["shop"].products)
    rows: list[dict[str, Any]] = [
        {"place": place, "product": product.id, "number": product.number, "name": product.name,
         "score": score_of(gaps_of(product)), "missing": list(gaps_of(product))}
        for place, product in enumerate(goods, 1)
    ]  # fmt: skip
    if as_json:
        is_own = any(product.id in order.goods for product in goods)
        write(encode_json({"is_own": is_own, "rows": rows}))
    for product, row in zip(goods, rows, strict=True) if not as_json else ():
        words = ", ".join(translate(f"ui.run_order.missing_{name}") for name in gaps_of(product))
        row["missing"] = translate("run_order.cli.missing", what=words) if words else ""
        write(translate("run_order.cli.row", **row))
    return all(not gaps_of(product) for product in goods)
