"""The brand's own standby film, encoded in the background for every family that needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.encoding.model import AudioSettings, VideoSettings
from studio.outputs.standby_film import encode_film

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class FilmState:
    """How it stands with the film: none, encoding, ready or failed."""

    state: str = "none"
    why: StudioError | None = None


@dataclass(frozen=True, slots=True)
class _Given:
    picture: Path
    music: Path | None
    cache: Path


class StandbyClips:
    """One film at a time, in as many encodings as there are families.

    Args:
        audio: how the sound is encoded.
        on_ready: told in a thread when another encoding is there, or the film was taken away.
    """

    def __init__(self, audio: AudioSettings, on_ready: Callable[[], None]) -> None:
        self._audio = audio
        self._on_ready = on_ready
        self._given: _Given | None = None
        self._data: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self.state = FilmState()

    def set(self, picture: Path | None, music: Path | None, cache: Path) -> None:
        """Another film (or a picture, with music); None is the standby scene again.

        Args:
            cache: folder where what was encoded is kept for the next start.
        """
        with self._lock:
            self._given = _Given(picture, music, cache) if picture is not None else None
            self._data = {}
            self.state = FilmState("encoding" if self._given else "none")
        if picture is None:
            self._later(self._on_ready)

    def get(self, family: str, own: VideoSettings) -> bytes:
        """The film for a family; b"" while there is none, and then it is begun."""
        with self._lock:
            given = self._given
            if given is None:
                return b""
            if family in self._data:
                return self._data[family]
            self._data[family] = b""  # under way
        self._later(lambda: self._encode(given, family, own))
        return b""

    def _encode(self, given: _Given, family: str, own: VideoSettings) -> None:
        try:
            data = encode_film(given.picture, given.music, own, self._audio, given.cache)
        except Exception as fault:
            _log.warning("standby film: %s", fault)
            why = fault if isinstance(fault, StudioError) else None
            with self._lock:
                if given is self._given:
                    self.state = FilmState("failed", why)
            return
        with self._lock:
            if given is not self._given:
                return
            self._data[family] = data
            self.state = FilmState("ready")
        self._on_ready()

    @staticmethod
    def _later(work: Callable[[], None]) -> None:
        threading.Thread(target=work, name="standby-film", daemon=True).start()
