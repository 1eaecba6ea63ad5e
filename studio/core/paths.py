"""Where things are: the project's assets, the person's settings, what is running now."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from studio.core.troubles import tell_trouble


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


def _person() -> Path:
    """The person's home; one that cannot be told (no HOME, no account) is said, not fatal."""
    try:
        return Path.home()
    except RuntimeError:
        return _makeshift("home")


def _makeshift(name: str) -> Path:
    """A private folder in the temporary one, in place of one that cannot be used.

    Raises:
        PermissionError: it belongs to someone else, or is a link.
    """
    who = str(os.getuid()) if sys.platform != "win32" else os.environ.get("USERNAME", "")
    path = Path(tempfile.gettempdir()) / f"shopcast-makeshift-{who}"
    path.mkdir(mode=0o700, exist_ok=True)
    if sys.platform != "win32":
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise PermissionError(f"{path} belongs to another user")
        if stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(0o700)
    inner = path / name
    inner.mkdir(exist_ok=True)
    return inner


def _made(path: Path, name: str) -> Path:
    """The folder, made if missing; where that cannot be, a makeshift one, and a trouble told."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        return path
    except OSError as error:
        instead = _makeshift(name)
        why = error.strerror or str(error)
        tell_trouble("machine.folder", path=str(path), why=why, instead=str(instead))
        return instead


def _home(variable: str, windows: str, mac: str, other: str) -> Path:
    given = os.environ.get(variable)
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get(windows) or _person()) / "Shopcast"
    if sys.platform == "darwin":
        return _person() / mac / "Shopcast"
    base = {"config": "XDG_CONFIG_HOME", "data": "XDG_DATA_HOME"}[other.split("/")[0]]
    fallback = {"config": ".config", "data": ".local/share"}[other.split("/")[0]]
    given = os.environ.get(base)
    return (Path(given) if given else _person() / fallback) / "shopcast"


def config_dir() -> Path:
    """Settings of the person and the machine (made if missing)."""
    path = _home("SHOPCAST_CONFIG", "APPDATA", "Library/Application Support", "config")
    return _made(path, "config")


def data_dir() -> Path:
    """Journals, recordings, logs (made if missing)."""
    path = _home("SHOPCAST_DATA", "LOCALAPPDATA", "Library/Application Support", "data")
    return _made(path, "data")


def shows_dir() -> Path:
    """Where a show lies that is named without a place (made if missing)."""
    return _made(data_dir() / "shows", "shows")


def log_dir() -> Path:
    """Log files (made if missing)."""
    return _made(data_dir() / "logs", "logs")


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
        who = hashlib.sha256(str(_person()).encode()).hexdigest()[:8]
        path = _own_of(Path(tempfile.gettempdir()) / f"shopcast-{who}")
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if sys.platform != "win32":
        found = path.stat()
        if found.st_uid != os.getuid():
            raise PermissionError(f"{path} belongs to another user")
        if stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(0o700)
    return path


def folder_mark(folder: Path) -> str:
    """A short name for a folder, for what is kept of it elsewhere; the same by whatever path."""
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


PLACES = 9
"""Names tried in the temporary folder, where anybody can make any of them beforehand."""


def _own_of(path: Path) -> Path:
    """The folder itself, or the next name when it is a link or belongs to someone else.

    One that is there already and is ours comes first, so that all processes meet in it.
    """
    if sys.platform == "win32":
        return path
    names = [path, *(path.with_name(f"{path.name}-{n}") for n in range(2, PLACES + 1))]
    free = []
    for name in names:
        try:
            found = name.lstat()
        except FileNotFoundError:
            free.append(name)
            continue
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid():
            return name
    if not free:
        raise PermissionError(f"{path} belongs to another user")
    return free[0]


def keep_private(file: Path) -> None:
    """Makes the file if it is missing; from now on only the user may read and write it.

    Raises:
        OSError: it cannot be made.
    """
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    if sys.platform != "win32" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        with suppress(PermissionError):  # somebody else's, that may be written all the same
            file.chmod(0o600)
