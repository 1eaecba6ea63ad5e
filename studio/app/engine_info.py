"""What is true of the engine as a whole, as a service that others only look at."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Protocol

from studio.core.errors import StudioError
from studio.core.service import Service
from studio.core.services import Services
from studio.core.troubles import troubles
from studio.show.demo import follows_desk
from studio.show.model import EngineView


class SecretPlace(Protocol):
    """Where secrets are kept."""

    @property
    def place(self) -> str:
        """Keyring or file, in a word."""
        ...


class RecordingPlace(Protocol):
    """Where recordings go."""

    @property
    def path(self) -> Path:
        """The folder."""
        ...


class BuildErrors(Protocol):
    """Plugins and the like."""

    @property
    def errors(self) -> Sequence[StudioError]:
        """What could not be loaded."""
        ...


class EngineInfo(Service):
    """Speed, safe mode, places, and what could not be used.

    Args:
        fps: ticks a second.
        is_safe: without try-on and plugins.
        secrets, recordings: where they are.
        built_with: knows what was met while the engine was built.
    """

    name: ClassVar[str] = "engine"
    View: ClassVar[Any] = EngineView

    def __init__(
        self,
        fps: Fraction,
        is_safe: bool,
        secrets: SecretPlace,
        recordings: RecordingPlace,
        built_with: BuildErrors,
    ) -> None:
        self._fps, self._is_safe = fps, is_safe
        self._secrets, self._recordings = secrets, recordings
        self._built_with = built_with
        self._services = Services(())

    def attach(self, services: Services) -> None:
        """Whose errors are shown."""
        self._services = services

    def view(self) -> EngineView:
        """As it is now."""
        of_machine = [StudioError("failed", key, **params) for key, params in troubles()]
        errors = [*of_machine, *self._built_with.errors, *self._services.errors()]
        return EngineView(
            fps=str(self._fps),
            is_safe=self._is_safe,
            secrets_in=self._secrets.place,
            recordings=str(self._recordings.path),
            demo_follows=follows_desk(),
            warnings=tuple((e.in_language("zh"), e.in_language("en")) for e in errors),
        )
