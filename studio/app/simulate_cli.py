"""``shopcast simulate``: a made-up room for a rehearsal, as files or at the orders' door."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from studio.core.clean import write_json
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.instants import utc_now
from studio.shop.model import ShopState
from studio.shop.simulator.model import SimulatedGoods, Simulation, SimulationPlan
from studio.shop.simulator.room import simulate
from studio.shop.simulator.sending import ShopAtTheDoor, write_files
from studio.show.file import demo_show, read_part, read_show

SECRET = "SHOPCAST_SIMULATED_SECRET"
Write = Callable[[str], None]


def goods_of(show: Path) -> list[SimulatedGoods]:
    """The goods of a show, in the order of their numbers.

    Raises:
        StudioError: not_found, invalid.
    """
    _, raw = read_show(show)
    shop = read_part(raw, "shop", ShopState, show)
    ordered = sorted(shop.products, key=lambda product: product.number)
    return [SimulatedGoods(found.name, found.number, found.skus) for found in ordered]


def run_simulation(
    show: str, plan: SimulationPlan, out: str, door: str, speed: float, write: Write, *,
    as_json: bool,
) -> bool:  # fmt: skip
    """Makes a show and gives it away; False where a message was refused.

    Raises:
        StudioError: not_found, invalid, failed.
    """
    goods = goods_of(Path(show).expanduser() if show else demo_show())
    made = simulate(plan, goods)
    start = utc_now()
    answer: dict[str, Any] = _counts(made)
    if out:
        files = write_files(made, Path(out).expanduser(), start)
        answer["files"] = [str(path) for path in files]
    is_sound = True
    if door:
        secret = os.environ.get(SECRET, "")
        if not secret:
            raise StudioError("invalid", "simulate.no_secret", name=SECRET)
        answers = ShopAtTheDoor(door, secret).send_all(made.deliveries, start, speed)
        answer["answers"] = {str(code): count for code, count in sorted(answers.items())}
        is_sound = set(answers) <= {200}
    if as_json:
        write(write_json(answer))
        return is_sound
    write(translate("simulate.counts", **{n: answer[n] for n in (
        "viewers", "comments", "clicks", "orders", "paid", "cancelled", "returned", "messages",
    )}))  # fmt: skip
    for path in answer.get("files", ()):
        write(path)
    if door:
        said = ", ".join(f"{code} × {count}" for code, count in answer["answers"].items())
        write(translate("simulate.answers", answers=said or "-"))
    return is_sound


def _counts(made: Simulation) -> dict[str, Any]:
    did = [act.did for act in made.acts]
    truth = msgspec.to_builtins(made.truth)
    return {
        "viewers": did.count("enter"), "comments": did.count("comment"),
        "clicks": did.count("click"), "carts": did.count("cart"), **truth,
    }  # fmt: skip
