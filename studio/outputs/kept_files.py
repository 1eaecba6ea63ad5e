"""What was recorded and cut lately, found on the disk: it is there also after a restart."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from studio.core.clock import utc_of
from studio.outputs.model import KeptFile

KINDS = (".mkv", ".mp4", ".mov", ".flv", ".ts")
CLIPS = "clips"
MOST = 100


def kept_files(folder: Path, growing: Collection[str] = (), most: int = 5) -> list[KeptFile]:
    """The newest recordings and clips, newest first.

    Args:
        folder: of recordings; clips are in ``clips`` below it.
        growing: files that are written now.
        most: how many at most.
    """
    found: list[tuple[int, KeptFile]] = []
    for place in (folder, folder / CLIPS):
        with suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                if not entry.name.lower().endswith(KINDS) or entry.name.startswith("."):
                    continue
                with suppress(OSError):  # it was moved away meanwhile
                    if not entry.is_file():
                        continue
                    known = entry.stat()
                    kept = KeptFile(
                        file=entry.path,
                        size_bytes=known.st_size,
                        at_utc=utc_of(known.st_mtime_ns / 1e9),
                        is_growing=entry.path in growing,
                        is_clip=place != folder,
                    )
                    found.append((known.st_mtime_ns, kept))
    found.sort(key=lambda pair: (pair[1].is_growing, pair[0]), reverse=True)
    return [kept for _, kept in found[:most]]
