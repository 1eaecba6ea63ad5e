"""``shopcast pricing simulate``: are prices in steps to be trusted?"""

from __future__ import annotations

from collections.abc import Callable

from studio.core.clean import encode_json
from studio.core.i18n import translate

Write = Callable[[str], None]
LEAST_SHARE, MOST_WORSE = 0.80, 0.03


def show_simulated(count: int, seed: int, write: Write, *, as_json: bool) -> bool:
    """Tries so many products; False when a promise was not kept."""
    from studio.insight.pricing.simulation import simulate

    found = simulate(seed, max(1, min(100_000, count)))
    if as_json:
        write(encode_json(found._asdict()))
    else:
        write(translate(
            "pricing.cli.simulated", shows=found.shows, outside=found.outside,
            third=f"{100 * found.third:.0f}", fixed=f"{100 * found.fixed:.0f}",
            worse=f"{100 * found.worse:.1f}", worse_any=f"{100 * found.worse_any:.1f}",
        ))  # fmt: skip
    return not found.outside and found.third >= LEAST_SHARE and found.worse <= MOST_WORSE
