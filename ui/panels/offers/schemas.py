"""Forms of the offers panel: a flash sale, a bundle, a coupon."""

from __future__ import annotations

from typing import Any


def _number(zh: str, en: str, most: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": most, "default": default, "x-zh": zh,
            "x-en": en}  # fmt: skip


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "sku": {"type": "string", "x-zh": "商品", "x-en": "Product"},
        "price": {"type": "string", "default": "", "x-zh": "秒杀价", "x-en": "Price"},
        "pieces": _number("件数（0 不限）", "Pieces (0: no limit)", 1_000_000, 0),
        "minutes": _number("时长 分（0 手动结束）", "Minutes (0: by hand)", 1440, 5),
        "countdown_s": _number("倒计时 秒", "Countdown, s", 3600, 10),
        "name": {"type": "string", "default": "", "x-zh": "名称", "x-en": "Name"},
    },
}

BUNDLE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "sku": {"type": "string", "x-zh": "商品", "x-en": "Product"},
        "with": {"type": "string", "x-zh": "搭配", "x-en": "Together with"},
        "price": {"type": "string", "default": "", "x-zh": "套装价", "x-en": "Price of both"},
        "pieces": _number("套数（0 不限）", "Bundles (0: no limit)", 1_000_000, 0),
        "minutes": _number("时长 分（0 手动结束）", "Minutes (0: by hand)", 1440, 0),
        "name": {"type": "string", "default": "", "x-zh": "名称", "x-en": "Name"},
    },
}

COUPON_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "price": {"type": "string", "default": "", "x-zh": "减", "x-en": "Takes off"},
        "from": {
            "type": "string",
            "default": "",
            "x-zh": "满（空为无门槛）",
            "x-en": "From a sum of",
        },
        "uses": _number("张数", "Uses", 1_000_000, 100),
        "name": {"type": "string", "default": "", "x-zh": "名称", "x-en": "Name"},
    },
}
