"""Standard Webhooks (standardwebhooks.com): whose message it is, over the body as it came."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

from studio.core.errors import StudioError

WINDOW_S = 300.0
"""The time is signed: each try of a sender has its own."""
PREFIX = "whsec_"


def check_standard(secret: str, headers: Mapping[str, str], body: bytes, now_s: float) -> None:
    """Is a message of Standard Webhooks from who has this secret, and of now?

    Args:
        headers: with names in small letters.
        now_s: seconds since 1970.

    Raises:
        StudioError: denied: no signature, another one, or too old.
    """
    id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    if not id or not given or not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:
        raise StudioError("denied", "webhooks.forged")
    wanted = standard_mark(secret_bytes(secret), id, stamp, body)
    marks = [part.partition(",") for part in given.split()[:10]]
    if not any(
        version == "v1" and hmac.compare_digest(wanted, from_base64(mark))
        for version, _, mark in marks
    ):
        raise StudioError("denied", "webhooks.forged")
    if abs(now_s - int(stamp)) > WINDOW_S:
        raise StudioError("denied", "webhooks.stale", minutes=round(WINDOW_S / 60))


def standard_mark(key: bytes, id: str, stamp: str, body: bytes) -> bytes:
    """The signature (v1) of a message.

    Args:
        key: of the secret (`secret_bytes`).
        stamp: whole seconds since 1970, as they stand in the header.
    """
    signed = f"{id}.{stamp}.".encode("utf-8", "surrogateescape") + body
    return hmac.new(key, signed, hashlib.sha256).digest()


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
        raise StudioError("invalid", "webhooks.bad_secret")
    return found


def from_base64(text: str) -> bytes:
    """What was encoded; b"" when it is none."""
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
