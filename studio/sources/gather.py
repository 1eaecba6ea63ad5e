"""The files of a source that shows several: those listed, or all of a folder that fit."""

from __future__ import annotations

import random
import re
from pathlib import Path

from studio.core.errors import StudioError
from studio.sources.base import SourceContext
from studio.sources.file_list import is_list, read_list

PICTURES = (
    ".png", ".jpg", ".jpeg", ".heic", ".heif", ".webp", ".bmp", ".gif", ".avif", ".tif", ".tiff",
    ".tga", ".svg", ".apng", ".psd", ".qoi",
)  # fmt: skip
FILMS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".flv", ".ts", ".m4v", ".mp3", ".wav", ".m4a",
         ".aac", ".flac", ".ogg", ".opus", ".wmv", ".wma", ".mpg", ".mpeg", ".m2ts", ".mts", ".3gp",
         ".ogv", ".oga", ".aif", ".aiff")  # fmt: skip
MOST = 2000


def gather(
    files: list[str], folder: str, endings: tuple[str, ...], around: SourceContext
) -> list[Path]:
    """Listed files that are there, then those of the folder as people count ("2" before "10").

    A list of another player (.m3u, .pls, .xspf) stands for the files it names.

    Raises:
        StudioError: not_found: none of them is there; invalid: none that a list names is.
    """
    listed = [path for file in files if file and (path := around.find(file)).is_file()]
    found: list[Path] = []
    empty: StudioError | None = None
    for path in listed:
        try:
            found += read_list(path) if is_list(path) else [path]
        except StudioError as error:
            empty = error
    if folder:
        place = around.find(folder)
        inside = place.iterdir() if place.is_dir() else iter(())
        fits = [entry for entry in inside if entry.suffix.lower() in endings and entry.is_file()]
        found += sorted(fits, key=lambda fit: counted(fit.name))[:MOST]
    if not found and empty is not None:
        raise empty
    if not found:
        named = ", ".join([*files[:3], *([folder] if folder else [])]) or "-"
        raise StudioError("not_found", "sources.no_files", what=named, endings=" ".join(endings))
    return found


def counted(name: str) -> list[tuple[int, int | str]]:
    """A key that sorts numbers in names by their value."""
    parts = re.split(r"(\d+)", name.lower())
    return [(0, int(part)) if part.isdigit() else (1, part) for part in parts if part]


class Order:
    """Which comes next, in order or shuffled: then none twice in a row, all before any again."""

    def __init__(self, count: int, *, is_shuffled: bool) -> None:
        self._count, self._is_shuffled = count, is_shuffled
        self._dice = random.Random()
        self._row = self._fresh(None)
        self._at = 0

    @property
    def now(self) -> int:
        """The one that is on."""
        return self._row[self._at]

    @property
    def is_last(self) -> bool:
        """Does the round end with it?"""
        return self._at == self._count - 1

    def step(self, by: int) -> None:
        """On or back; after the last comes a new round."""
        at = self._at + by
        if at >= self._count:
            self._row, at = self._fresh(self.now), 0
        self._at = at % self._count

    def begin(self) -> None:
        """Back to the first of this round."""
        self._at = 0

    def _fresh(self, last: int | None) -> list[int]:
        row = list(range(self._count))
        if self._is_shuffled:
            self._dice.shuffle(row)
            if len(row) > 1 and row[0] == last:
                row.append(row.pop(0))
        return row
