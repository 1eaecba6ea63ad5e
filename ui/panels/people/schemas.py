"""The forms of people, and what they mean as arguments."""

from __future__ import annotations

from typing import Any

ROLES = ("viewer", "streamer", "controller", "technician", "owner")
PRICES = ("shop.price*", "offers.*", "coupons.*", "stock.*")
"""What "no prices" leaves out."""


def _flag(zh: str, en: str) -> dict[str, Any]:
    return {"type": "boolean", "default": False, "x-zh": zh, "x-en": en}


PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "default": "", "x-zh": "姓名", "x-en": "Name"},
        "role": {"type": "string", "enum": list(ROLES), "default": "controller", "x-zh": "角色",
                 "x-en": "Role"},
        "hours": {"type": "number", "minimum": 0, "maximum": 8784, "default": 0,
                  "x-zh": "几小时后收回（0 不收回）", "x-en": "Ends after hours (0: never)"},
        "no_prices": _flag("不许动价格、优惠和库存", "No prices, offers and stock"),
        "only_show": _flag("只限当前节目", "This show only"),
        "no_personal": _flag("看不到观众和买家是谁", "Does not see who viewers and buyers are"),
        "glass": _flag("允许紧急全权", "May take emergency rights"),
        "without": {"type": "array", "items": {"type": "string"}, "default": [],
                    "x-zh": "另外不许的命令（每行一个，如 scenes.*）",
                    "x-en": "Other commands left out (one a line, as scenes.*)"},
    },
}  # fmt: skip

REASON: dict[str, Any] = {
    "type": "object",
    "properties": {"reason": {"type": "string", "default": "", "x-zh": "结论", "x-en": "Verdict"}},
}


def person_args(given: dict[str, Any], show: str) -> dict[str, object]:
    """The arguments of `rights.put`.

    Args:
        show: that is open.
    """
    without = [str(line).strip() for line in given.get("without") or ()]
    return {
        "name": str(given.get("name", "")).strip(),
        "role": str(given.get("role") or "controller"),
        "hours": float(given.get("hours") or 0),
        "without": [*(PRICES if given.get("no_prices") else ()), *filter(None, without)],
        "shows": [show] if given.get("only_show") and show else [],
        "personal": not given.get("no_personal"),
        "glass": bool(given.get("glass")),
    }
