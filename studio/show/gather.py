"""Brings what a show uses from elsewhere into its new folder, so that the copy stands alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from studio.core.errors import StudioError

PLACES = frozenset(
    {"path", "photo", "asset", "image", "logo", "font"}
)  # fields of show.json that name a file
INTO = "media"


def gather(raw: dict[str, Any], old: Path, new: Path) -> dict[str, Any]:
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
            key: _place(one, old, new, taken)
            if key in PLACES and isinstance(one, str) and one
            else _walk(one, old, new, taken)
            for key, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [_walk(one, old, new, taken) for one in value]
    return value


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
