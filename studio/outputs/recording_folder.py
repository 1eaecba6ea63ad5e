"""Where recordings and clips go: the person's own folder, or one in the data folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from studio.core import settings
from studio.core.log import logger
from studio.core.paths import data_dir

_log = logger(__name__)


class RecordingFolder:
    """The one owner of that fact: whoever writes or shows it asks here.

    Args:
        path: the folder for now; None is the person's own.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        """The folder, made; the data folder's own where the chosen one cannot be used."""
        if self._path is None:
            chosen = settings.load().recordings
            self._path = Path(chosen).expanduser() if chosen else data_dir() / "recordings"
        try:
            self._path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            _log.warning("recordings cannot go to %s: %s", self._path, error)
            self._path = data_dir() / "recordings"
            with suppress(OSError):  # a disk that takes nothing is said by what writes there
                self._path.mkdir(exist_ok=True)
        return self._path

    def choose(self, folder: Path) -> None:
        """Recordings go there from now on, also in the next run."""
        self._path = folder
        kept = settings.load()
        kept.recordings = str(folder)
        try:
            settings.save(kept)
        except OSError as error:
            _log.warning("the folder of recordings is not kept: %s", error)
