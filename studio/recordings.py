"""Where recordings and clips go: the person's own folder, or one in the data folder."""

from __future__ import annotations

from pathlib import Path

from studio import settings
from studio.core.log import logger
from studio.core.paths import data_dir

_log = logger(__name__)


def folder() -> Path:
    """The folder, made; the data folder's own where the chosen one cannot be used."""
    chosen = settings.load().recordings
    found = Path(chosen).expanduser() if chosen else data_dir() / "recordings"
    try:
        found.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _log.warning("recordings cannot go to %s: %s", found, error)
        found = data_dir() / "recordings"
        found.mkdir(exist_ok=True)
    return found


def keep(chosen: Path) -> None:
    """The next run uses ``chosen`` too."""
    kept = settings.load()
    kept.recordings = str(chosen)
    try:
        settings.save(kept)
    except OSError as error:
        _log.warning("the folder of recordings is not kept: %s", error)
