"""Brings what a show uses from elsewhere into its new folder, so that the copy stands alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from studio.core.errors import StudioError
from studio.core.places import FILE_KEYS

INTO = "media"


LEFT = ("backups", "show.json")  # of the old folder: what the copy makes for itself
SPARE_BYTES = 256 << 20
"""Left free on the disk: the recordings and the journal go on."""


def check_copy(old: Path, new: Path) -> None:
    """Looks before anything is copied: is it another place, and has the disk room?

    Raises:
        StudioError: invalid (a folder within the show itself), failed (no room).
    """
    inner = new.resolve()
    if inner.is_relative_to(old.resolve()):
        raise StudioError("invalid", "show.within_itself", path=str(new))
    there = next(parent for parent in (inner, *inner.parents) if parent.exists())
    try:
        needed = sum(
            file.stat().st_size
            for file in old.rglob("*")
            if file.is_file() and file.relative_to(old).parts[0] not in LEFT
        )
        free = shutil.disk_usage(there).free - SPARE_BYTES
    except OSError as error:
        raise StudioError("failed", "show.cannot_write", path=str(new), why=str(error)) from None
    if needed > free:
        raise StudioError(
            "failed", "show.no_room", path=str(new), mb=needed >> 20, free=max(0, free) >> 20
        )


def copy_media(old: Path, new: Path) -> None:
    """Copies the files of a show's folder; links are copied as what they point at.

    Raises:
        StudioError: failed when one cannot be copied.
    """
    try:
        shutil.copytree(old, new, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*LEFT))
    except OSError as error:
        raise StudioError("failed", "show.cannot_write", path=str(new), why=str(error)) from None


def collect_media(raw: dict[str, Any], old: Path, new: Path) -> dict[str, Any]:
    """The show's parts as they stand in its copy.

    Args:
        raw: the parts; left as they are.
        old: folder that relative places in ``raw`` start from.
        new: folder of the copy, where everything inside ``old`` has been copied already.

    Returns:
        The parts with every file outside ``old`` copied into ``new`` and named there. A file
        that is not there keeps its name: the show says so when it is opened.

    Raises:
        StudioError: failed when a file cannot be copied.
    """
    taken: dict[Path, str] = {}
    found: dict[str, Any] = _walk(raw, old.resolve(), new, taken)
    return found


def _walk(value: Any, old: Path, new: Path, taken: dict[Path, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: _place(file, old, new, taken)
            if key in FILE_KEYS and isinstance(file, str) and file
            else _places(file, old, new, taken)
            if key in FILE_KEYS and isinstance(file, list | tuple)
            else _walk(file, old, new, taken)
            for key, file in value.items()
        }
    if isinstance(value, list | tuple):
        return [_walk(entry, old, new, taken) for entry in value]
    return value


def _places(value: Any, old: Path, new: Path, taken: dict[Path, str]) -> list[Any]:
    """A list of files, as playlists and slide shows have it."""
    return [
        _place(file, old, new, taken) if isinstance(file, str) and file else file for file in value
    ]


def _place(place: str, old: Path, new: Path, taken: dict[Path, str]) -> str:
    try:
        file = (old / Path(place).expanduser()).resolve()
        if not file.is_file():
            return place
        if file.is_relative_to(old):
            return file.relative_to(old).as_posix()
        if file not in taken:
            taken[file] = _copy(file, new)
    except (OSError, ValueError, RuntimeError) as error:
        raise StudioError("failed", "show.cannot_write", path=str(new), why=str(error)) from None
    return taken[file]


def _copy(file: Path, new: Path) -> str:
    folder = new / INTO
    folder.mkdir(parents=True, exist_ok=True)
    target, count = folder / file.name, 1
    while target.exists():
        count += 1
        target = folder / f"{file.stem}-{count}{file.suffix}"
    shutil.copy2(file, target)
    return f"{INTO}/{target.name}"
