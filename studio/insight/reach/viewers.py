"""Which segment viewers are in, by how often they wrote in which shows. In the child process."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from studio.core.errors import StudioError
from studio.governance.database import DatabaseError
from studio.insight.analysis.base import open_analysis
from studio.insight.journal import open_to_read

AT_ONCE = 500
SEGMENT_CASE = (
    "CASE WHEN shows = 1 AND last = $air THEN 'new' WHEN last < $air - 3 THEN 'away' "
    "WHEN shows >= 3 THEN 'regular' ELSE 'again' END"
)
"""Of a viewer who wrote in so many ``shows``, the ``last`` of them, as of show ``$air``."""
MINE = (
    "SELECT viewer, count(*) AS said, count(DISTINCT airing) AS shows, max(airing) AS last "
    "FROM events WHERE viewer > 0 AND airing > 0 AND airing <= $air GROUP BY viewer"
)


def viewer_segments(analysis: Path, journal: Path, numbers: Sequence[str]) -> dict[str, str]:
    """The segment of each of these viewers, as of the last show; who never wrote is not in it.

    The analysis knows viewers by numbers of its own: the entries they share tell who is who.

    Raises:
        StudioError: failed: the journal cannot be read.
    """
    entries: dict[int, str] = {}
    try:
        with closing(open_to_read(journal)) as base:
            for at in range(0, len(numbers), AT_ONCE):
                some = list(numbers[at : at + AT_ONCE])
                rows = base.execute(
                    "SELECT min(id), viewer FROM entries WHERE viewer IN "
                    f"({','.join('?' * len(some))}) GROUP BY viewer", some,
                )  # fmt: skip
                entries.update(rows.fetchall())
    except DatabaseError as error:
        raise StudioError("failed", "insight.no_journal", path=str(journal), why=error) from None
    if not entries:
        return {}
    with closing(open_analysis(analysis, is_read_only=True)) as base:
        last = base.execute("SELECT max(id) FROM airings").fetchone()
        if last is None or last[0] is None:
            return {}
        told = base.execute(
            f"WITH mine AS ({MINE}), ours AS (SELECT entry, viewer FROM events WHERE entry IN "
            f"(SELECT unnest($entries))) SELECT entry, {SEGMENT_CASE} FROM mine JOIN ours "
            "USING (viewer)", {"entries": list(entries), "air": last[0]},
        ).fetchall()  # fmt: skip
    return {entries[entry]: segment for entry, segment in told}
