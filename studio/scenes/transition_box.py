"""Keeps the transitions that are chosen, ready to run: loading never happens at a take."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec

from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.log import logger
from studio.scenes.model import Canvas, ScenesState
from studio.scenes.transitions.base import Transition

_log = logger(__name__)
MOST = 12


class TransitionBox:
    """Transitions by kind and settings.

    Args:
        kinds: the transitions there are.
    """

    def __init__(self, kinds: Kinds[Transition]) -> None:
        self.kinds = kinds
        self.base = Path()
        self._made: dict[tuple[str, bytes], Transition] = {}

    def get(self, kind: str, settings: dict[str, Any] | None = None) -> Transition:
        """The instance for these settings, made when it is not there yet (not prepared).

        Raises:
            StudioError: not_found (kind), invalid (settings).
        """
        cls = self.kinds.get(kind)
        key = (kind, msgspec.json.encode(settings or {}, order="deterministic"))
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= MOST:
                self._made.pop(next(iter(self._made)))
            found = self._made[key] = cls(cls.decode(settings or {}), self.base)
        return found

    def prepare(self, transition: Transition, canvases: tuple[Canvas, ...]) -> None:
        """Loads what it needs for every canvas that is on; may take seconds: in a thread.

        Raises:
            StudioError: it cannot be used.
        """
        for canvas in canvases:
            if canvas.is_enabled:
                transition.prepare(canvas.width, canvas.height)

    def prepare_all(self, state: ScenesState) -> None:
        """Everything a show uses, in a thread of its own; what fails is told in the log."""
        chosen = [(state.transition.kind, state.transition.settings)]
        chosen += [(s.transition, s.transition_settings) for s in state.scenes if s.transition]

        def work() -> None:
            for kind, settings in chosen:
                try:
                    self.prepare(self.get(kind, settings), state.canvases)
                except StudioError as error:
                    _log.warning("transition %s: %s", kind, error)

        threading.Thread(target=work, name="transitions", daemon=True).start()
