"""Secrets in settings: found wherever they stand, kept elsewhere, shown as •••.

Settings of sources, filters and comment feeds may hold passwords: in an address
(``rtsp://admin:password@camera``), in its query (``wss://feed?token=…``), as a part of its path
that nobody could guess, or under a name that says so (``"token": "…"``). What stands there is
*sealed* on its way in: a reference takes its place (``rtsp://admin:•••3f0c9a1b2d4e@camera``) and
the secret goes into the vault. State, answers, events, journal, show, copies and undo know
references alone. A reference is opened when its source is made, and only at the very place it was
made for: the same server, or a setting of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from studio.core.redact import HIDDEN, keep_secret, redact

MARK = "•••"
LONGEST = 20_000
SETTINGS = "settings"
SHOWN = frozenset({"text", "words", "label", "title"})
"""Settings that viewers read: no secret can stand there."""

_REFERENCE = re.compile(MARK + r"([0-9a-f]{12})")
_ADDRESS = re.compile(
    r"\s*(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{1,20})://(?:(?P<user>[^/?#\s]*)@)?"
    r"(?P<host>[^/?#@\s]*)(?P<path>[^?#\s]*)(?:\?(?P<query>[^#\s]*))?(?:#\S*)?\s*"
)
_NAMES = frozenset({
    "token", "password", "passwd", "passphrase", "pass", "pwd", "secret", "apikey", "key", "auth",
    "authorization", "cookie", "credential", "credentials", "streamid", "streamkey",
})  # fmt: skip
_QUERY_NAMES = _NAMES | {
    "sign", "signature", "sig", "session", "sessionid", "access", "txsecret", "wssecret", "code",
    "hash", "jwt", "bearer", "user_id", "username", "login",
}  # fmt: skip
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WILD = re.compile(r"(?=[^/]*[A-Za-z])(?=[^/]*[0-9])[A-Za-z0-9_\-+=~%]+")


class Vault(Protocol):
    """Where secrets go (`studio.governance.vault.SecretVault`)."""

    def keep(self, place: str, secret: str) -> str:
        """Keeps a secret of a place; its reference, 12 hex digits, the same for the same again."""
        ...

    def find(self, place: str, reference: str) -> str | None:
        """The secret; None when it is not here, or was made for another place."""
        ...


_vault: Callable[[], Vault] | None = None


def use_vault(vault: Callable[[], Vault] | None) -> None:
    """Says where secrets go; ``vault`` is asked when the first one is met."""
    global _vault
    _vault = vault


def is_secret_name(name: str, known: frozenset[str] = _NAMES) -> bool:
    """Does a setting of this name hold a secret?"""
    words = _HUMP.sub("_", name).replace("-", "_").replace(".", "_").lower()
    return words in known or words.replace("_", "") in known or words.rpartition("_")[2] in known


def _is_wild(text: str, least: int) -> bool:
    """Nobody could guess it: long, letters and digits, no name of a file."""
    return len(text) >= least and bool(_WILD.fullmatch(text))


def _spots(address: str) -> Iterator[tuple[int, int, str]]:
    """Begin, end and place of each secret (or reference to one) in an address."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return
    scheme, host = found["scheme"].lower(), found["host"].lower()
    place = f"{scheme}://{host}"
    if found["user"]:
        name, colon, _ = found["user"].partition(":")
        begin = found.start("user") + (len(name) + 1 if colon else 0)
        if found.end("user") > begin and (colon or _is_secret(name, 16)):
            yield begin, found.end("user"), place
    least = 8 if scheme.startswith(("rtmp", "srt")) else 20
    at = found.start("path")
    for part in found["path"].split("/"):
        if _is_secret(part, least):
            yield at, at + len(part), place
        at += len(part) + 1
    if found["query"]:
        at = found.start("query")
        for pair in re.split("[&;]", found["query"]):
            name, equals, value = pair.partition("=")
            is_named = is_secret_name(name, _QUERY_NAMES)
            if value and (is_named or _is_secret(value, 16)):
                yield at + len(name) + 1, at + len(pair), place
            elif not equals and _is_secret(name, 16):
                yield at, at + len(name), place
            at += len(pair) + 1


def _is_secret(text: str, least: int) -> bool:
    return bool(_REFERENCE.fullmatch(text)) or _is_wild(text, least)


def _in_text(text: str, change: Callable[[str, str], str]) -> str:
    if "://" not in text or len(text) > LONGEST:
        return text
    for begin, end, place in reversed(list(_spots(text))):
        text = text[:begin] + change(place, text[begin:end]) + text[end:]
    return text


def _walk(data: Any, change: Callable[[str, str], str], name: str, is_inside: bool) -> Any:
    """``data`` with its secrets changed; what has none is the same object.

    Args:
        name: under which it stands.
        is_inside: it is part of settings; elsewhere nothing is a secret.
    """
    if isinstance(data, str):
        if not is_inside or not data or name in SHOWN:
            return data
        if is_secret_name(name, _NAMES) and "://" not in data:
            return change(f"setting {name}", data)
        return _in_text(data, change)
    if isinstance(data, dict):
        walked = {
            key: _walk(value, change, str(key), is_inside or _is_settings(key, data))
            for key, value in data.items()
        }
        return walked if any(walked[key] is not data[key] for key in data) else data
    if isinstance(data, list | tuple):
        entries = [_walk(value, change, name, is_inside) for value in data]
        if all(new is old for new, old in zip(entries, data, strict=True)):
            return data
        return type(data)(entries) if type(data) in (list, tuple) else entries
    return data


def _is_settings(name: object, beside: dict[Any, Any]) -> bool:
    """Are these settings? In an undo so is what the step had left (`studio.core.taking_back`)."""
    return name == SETTINGS or (name == "instead_of" and SETTINGS in beside)


def has_secrets(data: Any, *, is_settings: bool = False) -> bool:
    """Does a secret stand in the open in ``data``? References and marks are none."""
    met = False

    def note(place: str, text: str) -> str:
        nonlocal met
        met = met or not (_REFERENCE.fullmatch(text) or text in (HIDDEN, MARK))
        return text

    _walk(data, note, "", is_settings)
    return met


def sealed(data: Any, *, is_settings: bool = False) -> Any:
    """``data`` with references in place of the secrets in its settings.

    Args:
        data: plain; what stands under "settings" is looked at.
        is_settings: ``data`` is settings itself.

    Raises:
        StudioError: failed: the vault cannot keep them.
    """
    if _vault is None or not has_secrets(data, is_settings=is_settings):
        return data
    vault = _vault()

    def seal(place: str, text: str) -> str:
        if _REFERENCE.fullmatch(text) or text in (HIDDEN, MARK):
            return text
        keep_secret(text)
        return MARK + vault.keep(place, text)

    return _walk(data, seal, "", is_settings)


def masked(data: Any) -> Any:
    """``data`` for journals and logs: secrets are ••••, references stay."""

    def hide(place: str, text: str) -> str:
        return text if _REFERENCE.fullmatch(text) else HIDDEN

    return _redacted(_walk(data, hide, "", False))


def _redacted(data: Any) -> Any:
    if isinstance(data, str):
        return redact(data) if "://" in data or len(data) < LONGEST else data
    if isinstance(data, dict):
        return {key: _redacted(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_redacted(value) for value in data]
    return data


def opened(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings with the secrets in them; a reference that cannot be opened stays."""
    if not _mentions(settings):
        return settings
    vault = _vault() if _vault is not None else None

    def open_one(place: str, text: str) -> str:
        reference = _REFERENCE.fullmatch(text)
        secret = vault.find(place, reference[1]) if reference and vault else None
        if secret is None:
            return text
        keep_secret(secret)
        return secret

    found: dict[str, Any] = _walk(settings, open_one, "", True)
    return found


def is_lost(settings: dict[str, Any]) -> bool:
    """Does a reference stand in settings whose secret is not on this machine?"""
    return _mentions(settings) and _mentions(opened(settings))


def _mentions(data: Any) -> bool:
    if isinstance(data, str):
        return MARK in data and _REFERENCE.search(data) is not None
    if isinstance(data, dict):
        return any(_mentions(value) for key, value in data.items() if key not in SHOWN)
    return isinstance(data, list | tuple) and any(_mentions(value) for value in data)
