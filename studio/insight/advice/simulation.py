"""A made-up shop of 60 SKUs in which some goods belong together, to try advice on."""

from __future__ import annotations

import numpy as np

from studio.insight.advice.ease import OwnRecall, fit_ease, leave_last_out, tried

ITEMS, STYLES = 60, 6
TRAINED, TRIED = 3_000, 600
FITTING = 0.75
"""The share of a basket that is chosen from the buyer's own style."""


def made_baskets(seed: int, count: int) -> list[list[int]]:
    """Orders of two to five goods: buyers have a style, a few goods sell to everybody."""
    shop = np.random.default_rng(7)  # the shop is the same; who comes differs
    style_of = shop.permutation(np.repeat(np.arange(STYLES), ITEMS // STYLES))
    weight = 1.0 / np.arange(1, ITEMS + 1) ** 0.8
    weight = weight[shop.permutation(ITEMS)]
    rng = np.random.default_rng(1_000 + seed)
    chances = []
    for style in range(STYLES):
        own = np.where(style_of == style, weight, 0.0)
        chances.append(FITTING * own / own.sum() + (1 - FITTING) * weight / weight.sum())
    baskets = []
    for style in rng.integers(0, STYLES, count):
        size = rng.integers(2, 6)
        chosen = rng.choice(ITEMS, size, replace=False, p=chances[style])
        baskets.append([int(item) for item in chosen])
    return baskets


def simulated_recall(seed: int) -> OwnRecall:
    """Recall@5 on buyers that the model has not seen; its ridge was chosen on others."""
    learned, test = made_baskets(seed, TRAINED), made_baskets(seed + 500, TRIED)
    ridge = leave_last_out(learned, ITEMS).ridge
    (model,), popular = tried([fit_ease(learned, ITEMS, ridge)], learned, test, ITEMS)
    return OwnRecall(model, popular, ridge)
