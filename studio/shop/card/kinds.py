"""Which kind of goods a product is, by its words: for scripts and for cards."""

from __future__ import annotations

from typing import Literal, get_args

from studio.shop.model import Product

CardKind = Literal["beauty", "food", "electronics", "fashion"]
KINDS: tuple[str, ...] = get_args(CardKind)

KIND_WORDS: tuple[tuple[CardKind, tuple[str, ...]], ...] = (
    ("beauty", ("口红", "唇", "腮红", "眼影", "粉底", "美妆", "彩妆", "护肤", "面膜", "香水",
                "指甲", "lipstick", "blush", "makeup", "cosmetic", "skincare", "perfume",
                "foundation")),
    ("food", ("食", "茶", "酒", "奶", "零食", "坚果", "水果", "food", "snack", "drink", "tea",
              "coffee", "wine", "chocolate")),
    ("electronics", ("数码", "电子", "手机", "耳机", "电脑", "家电", "充电", "相机", "手表", "石英",
                     "electronic", "phone", "headphone", "laptop", "camera", "charger", "watch",
                     "speaker", "tablet")),
    ("fashion", ("服", "衣", "裤", "裙", "鞋", "包", "帽", "围巾", "眼镜", "墨镜", "饰", "wear",
                 "cloth", "shirt", "dress", "shoe", "bag", "hat", "scarf", "glasses", "fashion",
                 "trousers", "coat")),
)  # fmt: skip


def kinds_of(product: Product) -> list[CardKind]:
    """The kinds that fit, the likest first: by category, then tags, then name."""
    found: list[CardKind] = []
    for text in (product.category, " ".join(product.tags), product.name):
        plain = text.casefold()
        found += [kind for kind, words in KIND_WORDS if any(word in plain for word in words)]
    return list(dict.fromkeys(found))
