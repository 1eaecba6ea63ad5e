"""Small pictures of a show along its axis, from its recordings. In the child process.

They are kept, and made again when they are gone.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from studio.core.clock import utc_of
from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.core.whole_file import PRIVATE, write_whole
from studio.insight.analysis.base import open_analysis
from studio.insight.analysis.sums import find_airing
from studio.insight.moment import small_picture
from studio.insight.strip.model import StripShot

MOST_SHOTS, MOST_KEPT = 24, 480
HIGH = 90


def shots_folder() -> Path:
    """Where they are kept."""
    return data_dir() / "insight" / "shots"


def find_shots(
    analysis: Path, journal: Path, show: str, count: int, usual: Path
) -> tuple[StripShot, ...]:
    """Pictures from the middle of each of ``count`` equal stretches; where no recording shows
    one, there is none.

    Args:
        usual: folder of recordings.

    Raises:
        StudioError: not_found (the show); failed, when they cannot be kept.
    """
    with closing(open_analysis(analysis, is_read_only=True)) as base:
        airing = find_airing(base, show)
    count, folder, found = max(1, min(MOST_SHOTS, count)), shots_folder(), []
    step_s = (airing.ended_us - airing.began_us) / 1e6 / count
    for number in range(count):
        at_s = round((number + 0.5) * step_s, 3)
        began_s = airing.began_us / 1e6
        file = folder / f"{round(began_s)}-{round(1000 * at_s)}.jpg"
        if not file.is_file():
            try:
                data = small_picture(journal, utc_of(began_s + at_s), usual, HIGH)
            except StudioError:  # not recorded, or the recording is gone
                continue
            try:
                folder.mkdir(parents=True, exist_ok=True)
                write_whole(file, data, mode=PRIVATE)
            except OSError as error:
                why = error.strerror or str(error)
                raise StudioError("failed", "media.cannot_write", path=str(file), why=why) from None
        found.append(StripShot(at_s, str(file)))
    _drop_old(folder)
    return tuple(found)


def _drop_old(folder: Path) -> None:
    files = sorted(folder.glob("*.jpg"), key=lambda file: file.stat().st_mtime)
    for file in files[:-MOST_KEPT]:
        file.unlink(missing_ok=True)
