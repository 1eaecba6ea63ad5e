"""Who sent a message, and when: signatures over the body as it came, byte for byte.

Standard Webhooks (standardwebhooks.com), Shopify (shopify.dev, "Verify webhooks") and WooCommerce
(`WC_Webhook::generate_signature`). Nothing of a body is read before its signature holds.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from studio.core.clock import seconds_of
from studio.core.errors import StudioError
from studio.core.webhooks import WINDOW_S, check_standard, from_base64
from studio.shop.orders.model import SenderKind

DELIVERY_S = 48 * 3600.0
"""Of the others, which send the same time again as often as they try: Shopify goes on for hours."""


def check_signature(
    kind: SenderKind, secret: str, headers: Mapping[str, str], body: bytes, now_s: float
) -> None:
    """Is it from the shop that has this secret, and of now?

    Args:
        headers: with names in small letters.
        now_s: seconds since 1970.

    Raises:
        StudioError: denied: no signature, another one, or too old.
    """
    if not secret:
        raise StudioError("denied", "orders.no_secret")
    if kind == "standard":
        check_standard(secret, headers, body, now_s)
        return
    name = "x-shopify-hmac-sha256" if kind == "shopify" else "x-wc-webhook-signature"
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    if not hmac.compare_digest(wanted, from_base64(headers.get(name, ""))):
        raise StudioError("denied", "webhooks.forged")
    given = headers.get("x-shopify-triggered-at", "") if kind == "shopify" else ""
    if given:
        check_time(given, now_s)


def check_time(at: str, now_s: float) -> None:
    """Is a time that a shop gives, signed with the body, one of these days?

    Raises:
        StudioError: denied.
    """
    try:
        age_s = now_s - seconds_of(at)
    except ValueError:
        raise StudioError("denied", "orders.no_time") from None
    if not -WINDOW_S <= age_s <= DELIVERY_S:
        raise StudioError("denied", "orders.old", hours=round(DELIVERY_S / 3600))
