"""Where the keys of destinations are kept, and under which names."""

from __future__ import annotations

from typing import Protocol


class KeyStore(Protocol):
    """Where keys are kept; the engine gives the system's keyring."""

    def get(self, name: str) -> str | None:
        """The secret, or None."""

    def set(self, name: str, value: str) -> None:
        """Keeps it."""

    def delete(self, name: str) -> None:
        """Forgets it; no error when it is not there."""


class NoStore:
    """Keeps keys for this run only."""

    def get(self, name: str) -> str | None:
        """None: nothing is kept."""
        return None

    def set(self, name: str, value: str) -> None:
        """Does nothing: the pipeline has the key already."""

    def delete(self, name: str) -> None:
        """Does nothing."""


def key_name(output: str, *, is_backup: bool = False) -> str:
    """Under which name the key of ``output`` is kept."""
    return f"output/{output}/{'backup-key' if is_backup else 'key'}"
