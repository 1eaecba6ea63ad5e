"""The recovery sheet: keys of this machine as words that can be written on paper, and back.

A code is a letter for which key it is, the key in base32, and a check of both in groups of four:
``P-ABCD-…``. Who has it reads what viewers said, or signs as this desk: it belongs in a safe.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from studio.core.errors import StudioError
from studio.core.paths import config_dir
from studio.governance import audit, people, store_keys
from studio.governance.secrets import SecretStore

KINDS = {"P": people.MASTER, "S": store_keys.KEY, "A": audit.KEY}
"""What viewers said; the databases; the signature of the audit log."""
KEY_BYTES, CHECK_BYTES, GROUP = 32, 3, 4


def recovery_codes(secrets: SecretStore) -> list[str]:
    """A code for each key there is."""
    codes = []
    for letter, name in KINDS.items():
        kept = secrets.get(name)
        if kept:
            raw = bytes.fromhex(kept)
            text = base64.b32encode(raw + _check(letter, raw)).decode("ascii").rstrip("=")
            groups = [text[at : at + GROUP] for at in range(0, len(text), GROUP)]
            codes.append("-".join([letter, *groups]))
    return codes


def restore_key(secrets: SecretStore, code: str, *, replaces: bool = False) -> str:
    """Keeps the key of a code; the name of what it opens.

    Args:
        replaces: also where another key is there already.

    Raises:
        StudioError: invalid: mistyped; conflict: another key is there.
    """
    letter, _, rest = code.strip().upper().replace(" ", "").partition("-")
    text = rest.replace("-", "").replace("0", "O").replace("1", "I")
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        raw = b""
    key, check = raw[:KEY_BYTES], raw[KEY_BYTES:]
    if letter not in KINDS or len(key) != KEY_BYTES or check != _check(letter, key):
        raise StudioError("invalid", "keys.mistyped")
    if letter == "S":  # takes nothing away: what is here is still read with the other key
        store_keys.StoreKeys(secrets, config_dir()).adopt(key.hex())
        return letter
    kept = secrets.get(KINDS[letter])
    if kept and kept != key.hex() and not replaces:
        raise StudioError("conflict", "keys.other_there")
    secrets.set(KINDS[letter], key.hex())
    return letter


def _check(letter: str, raw: bytes) -> bytes:
    return hashlib.sha256(letter.encode() + raw).digest()[:CHECK_BYTES]
