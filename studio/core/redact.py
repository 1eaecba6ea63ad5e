"""Known secrets and passwords in addresses, struck out of whatever is written."""

from __future__ import annotations

import re

_SECRETS: set[str] = set()
_IN_URL = re.compile(r"(rtmps?://[^\s/]+/[^\s/]+/)(?!•••)[^\s\"']+")
_PASSWORD = re.compile(r"([a-z][a-z0-9+.-]*://[^\s/:@]*:)(?!•••)[^\s/]+@", re.IGNORECASE)
HIDDEN = "••••"


def keep_secret(value: str) -> None:
    """From now on ``value`` is written as •••• wherever it would appear in a log."""
    if len(value) >= 4:
        _SECRETS.add(value)


def holds_secret(text: str, least: int) -> bool:
    """Does a known secret of at least so many signs stand in it?"""
    return any(len(secret) >= least and secret in text for secret in tuple(_SECRETS))


def redact(text: str) -> str:
    """``text`` without known secrets, passwords in addresses and keys of publishing addresses."""
    for secret in _SECRETS:
        text = text.replace(secret, HIDDEN)
    if "://" not in text:
        return text
    text = _PASSWORD.sub(rf"\1{HIDDEN}@", text)
    return _IN_URL.sub(r"\1" + HIDDEN, text)
