"""The vault: secrets of settings by reference, in the keyring or in the encrypted file."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading

from studio.core.credentials import use_vault
from studio.governance.secrets import Secrets, SecretStore

DIGITS = 12
MASTER = "vault/key"


def use_own_vault() -> None:
    """From now on secrets of settings go into the vault of this person on this machine."""
    kept: list[SecretVault] = []
    lock = threading.Lock()

    def vault() -> SecretVault:
        with lock:
            if not kept:
                kept.append(SecretVault(Secrets()))
            return kept[0]

    use_vault(vault)


class SecretVault:
    """Keeps each secret under a reference that tells nothing of it.

    A reference is an HMAC-SHA256 of place and secret under a key of this machine. So the same
    password of the same camera has the same reference in every show, and a reference that is
    written into the address of another server opens nothing there. Callable from any thread.
    """

    def __init__(self, store: SecretStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._key = b""
        self._known: dict[str, str] = {}

    def keep(self, place: str, secret: str) -> str:
        """Keeps a secret of a place; its reference.

        Raises:
            StudioError: failed: it cannot be kept.
        """
        with self._lock:
            reference = self._reference(place, secret)
            if self._known.get(reference) != secret:
                self._store.set(f"vault/{reference}", secret)
                self._known[reference] = secret
            return reference

    def find(self, place: str, reference: str) -> str | None:
        """The secret; None when it is not here, or was made for another place."""
        with self._lock:
            secret = self._known.get(reference) or self._store.get(f"vault/{reference}")
            if not secret or self._reference(place, secret) != reference:
                return None
            self._known[reference] = secret
            return secret

    def _reference(self, place: str, secret: str) -> str:
        if not self._key:
            kept = self._store.get(MASTER)
            if not kept:
                kept = secrets.token_hex(32)
                self._store.set(MASTER, kept)
            self._key = bytes.fromhex(kept)
        text = f"{place}\0{secret}".encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()[:DIGITS]
