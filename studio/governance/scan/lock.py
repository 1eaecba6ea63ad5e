"""The locked packages, and the list of what a build is made of (CycloneDX 1.6)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from studio.core.bounded import read_bounded
from studio.core.clean import read_json

LOCK = "requirements.lock"
"""What everybody has; the others are for tests and for what is fetched on demand."""
MOST_BYTES = 16_000_000
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def locks_of(root: Path) -> list[Path]:
    """The locks of a tree, that of everybody first, whether it is there or not."""
    return [root / LOCK, *sorted(root.glob("requirements-*.lock"))]


class Pin(NamedTuple):
    """A package of a lock, with the hashes of its files."""

    name: str
    version: str
    hashes: tuple[str, ...]


def plain_name(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_of(path: Path) -> list[Pin]:
    """The packages of a lock, in its order.

    Raises:
        OSError: it cannot be read.
    """
    found: list[Pin] = []
    name, version, hashes = "", "", list[str]()
    for line in read_bounded(path, MOST_BYTES).decode("utf-8", "replace").splitlines():
        pin = _PIN.match(line)
        if pin is not None:
            if name:
                found.append(Pin(name, version, tuple(hashes)))
            name, version, hashes = plain_name(pin[1]), pin[2], []
        hashes += _HASH.findall(line)
    if name:
        found.append(Pin(name, version, tuple(hashes)))
    return found


def bill_of(pins: list[Pin]) -> dict[str, Any]:
    """The bill of materials of these packages."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [
            {
                "type": "library",
                "name": pin.name,
                "version": pin.version,
                "purl": f"pkg:pypi/{pin.name}@{pin.version}",
                "hashes": [{"alg": "SHA-256", "content": text} for text in sorted(pin.hashes)],
            }
            for pin in sorted(pins)
        ],
    }


def read_bill(path: Path) -> set[tuple[str, str, tuple[str, ...]]]:
    """Name, version and hashes of what a bill of materials lists.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    raw = read_json(read_bounded(path, MOST_BYTES))
    parts = raw.get("components") if isinstance(raw, dict) else None
    if not isinstance(parts, list):
        raise ValueError("no components")
    found = set()
    for part in parts:
        plain = part if isinstance(part, dict) else {}
        hashes = plain.get("hashes")
        texts = [str(h.get("content", "")) for h in hashes if isinstance(h, dict)] if isinstance(
            hashes, list
        ) else []  # fmt: skip
        name, version = str(plain.get("name", "")), str(plain.get("version", ""))
        found.add((plain_name(name), version, tuple(sorted(texts))))
    return found
