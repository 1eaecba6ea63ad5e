"""Folders of its own for what a benchmark runs, so that it meets nobody's studio."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

FOLDERS = {"SHOPCAST_RUNTIME": "run", "SHOPCAST_DATA": "data", "SHOPCAST_CONFIG": "config"}


def own_places(root: Path) -> dict[str, str]:
    """The environment of a studio whose folders are "run", "data" and "config" of ``root``.

    Its secrets are in a file there, not in the keyring.
    """
    return {name: str(root / folder) for name, folder in FOLDERS.items()} | {
        "SHOPCAST_KEYRING": "0"
    }


@contextmanager
def set_here(environment: Mapping[str, str]) -> Iterator[None]:
    """These variables hold in this process meanwhile."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
