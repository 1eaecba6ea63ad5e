"""The UUIDs by which clients know what has only a name here."""

from __future__ import annotations

import functools
import uuid

_SPACE = uuid.UUID("5b0f6a7e-52d1-5c0e-9d53-3a5d6f0c9a10")


@functools.lru_cache(2048)
def _made(what: str) -> str:
    return str(uuid.uuid5(_SPACE, what))


class Ids:
    """UUIDs of inputs, transitions and canvases: made from their names, kept through a rename.

    Scenes have an identity of their own.
    """

    def __init__(self) -> None:
        self._inputs: dict[str, str] = {}

    def input(self, name: str) -> str:
        """The UUID of an input."""
        return self._inputs.get(name) or _made(f"input/{name}")

    def renamed(self, old: str, new: str) -> None:
        """An input has another name; its UUID stays."""
        kept = self.input(old)
        self._inputs.pop(old, None)
        self._inputs[new] = kept
        # Another input may take the old name: it must not look like the renamed one.
        if kept == _made(f"input/{old}"):
            self._inputs[old] = str(uuid.uuid4())

    def transition(self, kind: str) -> str:
        """The UUID of a transition."""
        return _made(f"transition/{kind}")

    def group(self, name: str) -> str:
        """The UUID of a group of scene items."""
        return _made(f"group/{name}")

    def canvas(self, name: str) -> str:
        """The UUID of a canvas."""
        return _made(f"canvas/{name}")
