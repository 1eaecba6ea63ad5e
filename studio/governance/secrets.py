"""Stream keys and passwords: in the OS keyring, or in an encrypted file where there is none."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Protocol

from studio.core.errors import StudioError
from studio.core.file_lock import file_lock
from studio.core.log import keep_secret, logger
from studio.core.paths import config_dir
from studio.core.troubles import tell_trouble
from studio.core.whole_file import PRIVATE, make_once, write_whole

_log = logger(__name__)
SERVICE = "shopcast"
_writing = threading.Lock()
"""The file is read, changed and written by one thread at a time, and by one process."""


class SecretStore(Protocol):
    """Keeps secrets by name."""

    def get(self, name: str) -> str:
        """The secret, "" when there is none.

        Raises:
            StudioError: failed: it cannot be read just now; it may be there all the same.
        """
        ...

    def set(self, name: str, value: str) -> None:
        """Keeps a secret; "" forgets it.

        Raises:
            StudioError: failed: it cannot be kept.
        """
        ...


class Secrets:
    """Gets and sets secrets by name ("output/抖音/key"); says where they are kept.

    The file is encrypted with Fernet; its key lies beside it, readable by the user alone. That
    keeps secrets out of backups of shows and out of plain sight, not from the user's own account.
    """

    def __init__(self, folder: Path | None = None, *, use_keyring: bool | None = None) -> None:
        self._folder = folder or config_dir()
        if use_keyring is None:
            use_keyring = os.environ.get("SHOPCAST_KEYRING", "1") != "0"
        self._has_keyring = use_keyring and _keyring_works()

    @property
    def place(self) -> str:
        """ "keyring" or "file"."""
        return "keyring" if self._has_keyring else "file"

    def get(self, name: str) -> str:
        """The secret, "" when there is none."""
        if self._has_keyring:
            import keyring

            try:
                value = keyring.get_password(SERVICE, name) or ""
            except Exception as error:  # locked, its bus gone: each backend has its own
                raise StudioError(
                    "failed", "security.secrets_broken", path="keyring", why=_why(error)
                ) from None
        else:
            value = self._read().get(name, "")
        keep_secret(value)
        return value

    def set(self, name: str, value: str) -> None:
        """Keeps a secret; "" forgets it.

        Raises:
            StudioError: failed: it cannot be kept; those that are kept already stay.
        """
        keep_secret(value)
        if self._has_keyring:
            import keyring
            from keyring.errors import PasswordDeleteError

            try:
                if value:
                    keyring.set_password(SERVICE, name, value)
                else:
                    keyring.delete_password(SERVICE, name)
            except PasswordDeleteError:
                return
            except Exception as error:
                raise StudioError(
                    "failed", "security.cannot_keep", path="keyring", why=_why(error)
                ) from None
            return
        try:
            with _writing, file_lock(self._folder / "secrets.lock"):
                all_secrets = self._read()
                if all_secrets.get(name, "") == value:
                    return
                if value:
                    all_secrets[name] = value
                else:
                    all_secrets.pop(name, None)
                self._write(all_secrets)
        except OSError as error:
            path, why = str(self._paths()[1]), error.strerror or str(error)
            raise StudioError("failed", "security.cannot_keep", path=path, why=why) from None

    def delete(self, name: str) -> None:
        """Forgets a secret; no error when it is not there."""
        self.set(name, "")

    def _paths(self) -> tuple[Path, Path]:
        return self._folder / "secrets.key", self._folder / "secrets.bin"

    def _read(self) -> dict[str, str]:
        from cryptography.fernet import Fernet, InvalidToken

        key, data = self._paths()
        if not key.is_file() or not data.is_file():
            return {}
        try:
            found: dict[str, str] = json.loads(Fernet(key.read_bytes()).decrypt(data.read_bytes()))
            if not isinstance(found, dict):
                raise ValueError("not an object")
        except OSError as error:  # it may be there again in a moment: nothing is set aside
            why = error.strerror or str(error)
            raise StudioError(
                "failed", "security.secrets_broken", path=str(data), why=why
            ) from None
        except (InvalidToken, ValueError) as error:
            _set_aside(data, type(error).__name__)
            return {}
        return found

    def _write(self, secrets: dict[str, str]) -> None:
        from cryptography.fernet import Fernet

        key, data = self._paths()
        cipher = Fernet(make_once(key, Fernet.generate_key))
        sealed = cipher.encrypt(json.dumps(secrets).encode())
        write_whole(data, sealed, mode=PRIVATE, is_synced=True)


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _set_aside(data: Path, why: str) -> None:
    """A file that nothing opens any more is kept beside, told, and begun anew."""
    tell_trouble("security.secrets_aside", path=str(data), why=why)
    aside = data.with_name(data.name + ".broken")
    number = 1
    while aside.exists():
        number += 1
        aside = data.with_name(f"{data.name}.broken-{number}")
    with contextlib.suppress(OSError):
        data.replace(aside)


def _keyring_works() -> bool:
    """Is there a real keyring? On Linux without a session bus asking would only wait."""
    if sys.platform.startswith("linux") and not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return False
    try:
        import keyring
        from keyring.backends import fail

        return not isinstance(keyring.get_keyring(), fail.Keyring)
    except Exception as error:
        _log.warning("no keyring here: %s", error)
        return False
