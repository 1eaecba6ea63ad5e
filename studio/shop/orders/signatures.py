"""Who sent a message, and when: signatures over the body as it came, byte for byte.

Standard Webhooks (standardwebhooks.com), Shopify (shopify.dev, "Verify webhooks") and WooCommerce
(`WC_Webhook::generate_signature`). Nothing of a body is read before its signature holds.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

from studio.core.clock import seconds_of
from studio.core.errors import StudioError
from studio.shop.orders.model import SenderKind

WINDOW_S = 300.0
"""Of Standard Webhooks, whose time is signed: each try of a sender has its own."""
DELIVERY_S = 48 * 3600.0
"""Of the others, which send the same time again as often as they try: Shopify goes on for hours."""
PREFIX = "whsec_"


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
        _check_standard(secret, headers, body, now_s)
        return
    name = "x-shopify-hmac-sha256" if kind == "shopify" else "x-wc-webhook-signature"
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    if not hmac.compare_digest(wanted, _bytes(headers.get(name, ""))):
        raise StudioError("denied", "orders.forged")
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


def _check_standard(secret: str, headers: Mapping[str, str], body: bytes, now_s: float) -> None:
    id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    if not id or not given or not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:
        raise StudioError("denied", "orders.forged")
    signed = f"{id}.{stamp}.".encode("utf-8", "surrogateescape") + body
    wanted = hmac.new(secret_bytes(secret), signed, hashlib.sha256).digest()
    marks = [part.partition(",") for part in given.split()[:10]]
    if not any(
        version == "v1" and hmac.compare_digest(wanted, _bytes(mark)) for version, _, mark in marks
    ):
        raise StudioError("denied", "orders.forged")
    if abs(now_s - int(stamp)) > WINDOW_S:
        raise StudioError("denied", "orders.stale", minutes=round(WINDOW_S / 60))


def secret_bytes(secret: str) -> bytes:
    """The key of a Standard Webhooks secret: "whsec_" and base64, or base64 alone.

    Raises:
        StudioError: invalid.
    """
    try:
        found = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) < 16:
        raise StudioError("invalid", "orders.bad_secret")
    return found


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
