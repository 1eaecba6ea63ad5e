"""Where things are: the project's assets, the person's settings, what is running now."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path


def project_dir() -> Path:
    """The folder that holds studio/, ui/, assets/ and plugins/."""
    return Path(__file__).resolve().parents[2]


def assets_dir() -> Path:
    """Models, fonts, icons, texts, the demo show."""
    return project_dir() / "assets"


def plugins_dir() -> Path:
    """Bundled plugins."""
    return project_dir() / "plugins"


def own_plugins_dir() -> Path:
    """Plugins that this person has put there; the folder need not exist."""
    return data_dir() / "plugins"


def _home(variable: str, windows: str, mac: str, other: str) -> Path:
    given = os.environ.get(variable)
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get(windows) or Path.home()) / "Shopcast"
    if sys.platform == "darwin":
        return Path.home() / mac / "Shopcast"
    base = {"config": "XDG_CONFIG_HOME", "data": "XDG_DATA_HOME"}[other.split("/")[0]]
    fallback = {"config": ".config", "data": ".local/share"}[other.split("/")[0]]
    return Path(os.environ.get(base) or Path.home() / fallback) / "shopcast"


def config_dir() -> Path:
    """Settings of the person and the machine (made if missing)."""
    path = _home("SHOPCAST_CONFIG", "APPDATA", "Library/Application Support", "config")
    path.mkdir(parents=True, exist_ok=True)
    return path


def data_dir() -> Path:
    """Journals, recordings, logs (made if missing)."""
    path = _home("SHOPCAST_DATA", "LOCALAPPDATA", "Library/Application Support", "data")
    path.mkdir(parents=True, exist_ok=True)
    return path


def shows_dir() -> Path:
    """Where a show lies that is named without a place (made if missing)."""
    path = data_dir() / "shows"
    path.mkdir(exist_ok=True)
    return path


def log_dir() -> Path:
    """Log files (made if missing)."""
    path = data_dir() / "logs"
    path.mkdir(exist_ok=True)
    return path


def runtime_dir() -> Path:
    """What is running now: sockets, picture memory, process notes; only the user may read it.

    SHOPCAST_RUNTIME names another one, so that two studios (or tests) don't meet.

    Raises:
        PermissionError: the folder belongs to someone else.
    """
    given = os.environ.get("SHOPCAST_RUNTIME")
    if given:
        path = Path(given)
    elif os.environ.get("XDG_RUNTIME_DIR"):
        path = Path(os.environ["XDG_RUNTIME_DIR"]) / "shopcast"
    else:
        who = hashlib.sha256(str(Path.home()).encode()).hexdigest()[:8]
        path = Path(tempfile.gettempdir()) / f"shopcast-{who}"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if sys.platform != "win32":
        found = path.stat()
        if found.st_uid != os.getuid():
            raise PermissionError(f"{path} belongs to another user")
        if stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(0o700)
    return path
