"""Saved questions: a file each in ``assets/questions``; asked of one time on air, or of all."""

from __future__ import annotations

import functools
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from studio.core.clean import read_json
from studio.core.clock import utc_of
from studio.core.errors import StudioError
from studio.core.paths import assets_dir, data_dir
from studio.insight.analysis.base import TEXTS, open_analysis
from studio.insight.model import Answer, AnswerColumn, LabelPair

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 5_000
MOST_BYTES = 64 << 10


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A saved question.

    Attributes:
        sql: over ``shown`` (entries, with texts: name, show_name, scene, sku, platform, viewer,
            phase; local_us is the person's own clock), ``shown_figures``, ``airings``,
            ``orders``; of imported exports ``shown_settled``, ``shown_buys``, ``touches``.
    """

    label: LabelPair
    columns: tuple[AnswerColumn, ...]
    sql: str


def question_folders() -> tuple[Path, Path]:
    """Shipped ones, and this person's own, which stand in for a shipped one of the same name."""
    return assets_dir() / "questions", data_dir() / "insight" / "questions"


def questions() -> dict[str, Question]:
    """All there are, by name.

    Raises:
        StudioError: invalid, when a file cannot be read as one.
    """
    found: dict[str, Question] = {}
    for folder in question_folders():
        for file in sorted(folder.glob("*.json")):
            found[file.stem] = _read(file, file.stat().st_size)
    return found


@functools.lru_cache(maxsize=256)
def _read(file: Path, size: int) -> Question:
    try:
        if size > MOST_BYTES:
            raise ValueError(f"{size} bytes")
        return msgspec.convert(read_json(file.read_bytes()), Question)
    except (OSError, ValueError) as error:
        raise StudioError("invalid", "insight.bad_file", path=str(file), why=error) from None


def ask(path: Path, name: str, show: str = "", most: int = MOST_ROWS) -> Answer:
    """The answer to a saved question.

    Args:
        show: a time on air by its number, all of a show by its name, "last", or "" for all.

    Raises:
        StudioError: not_found (the question, the show, the analysis), failed.
    """
    _question(name)
    if not path.is_file():
        raise StudioError("not_found", "insight.not_built")
    with closing(open_analysis(path, is_read_only=True)) as base:
        airings = _airings(base, show)
        found = answer_in(base, name, None if not show else [row[0] for row in airings], most)
    shown = tuple((id, title, utc_of(began / 1e6)) for id, title, began in airings)
    return msgspec.structs.replace(found, airings=shown)


def answer_in(
    base: duckdb.DuckDBPyConnection, name: str, airings: list[int] | None, most: int = MOST_ROWS
) -> Answer:
    """The answer to a saved question in an analysis that is open.

    Args:
        airings: times on air by number; None is all.

    Raises:
        StudioError: not_found (the question), failed.
    """
    import duckdb

    question = _question(name)
    try:
        _show_only(base, airings)
        rows = base.execute(question.sql).fetchmany(most + 1)
    except duckdb.Error as error:
        raise StudioError("failed", "insight.question_failed", name=name, why=error) from None
    width = len(question.columns)
    if rows and len(rows[0]) != width:
        raise StudioError("failed", "insight.question_failed", name=name, why=f"{width} columns")
    return Answer(
        name, question.label, question.columns, tuple(tuple(row) for row in rows[:most]),
        len(rows) > most,
    )  # fmt: skip


def _airings(base: duckdb.DuckDBPyConnection, show: str) -> list[tuple[int, str, int]]:
    rows = base.execute("SELECT id, show_name, began_us FROM airings ORDER BY id").fetchall()
    chosen = [
        (row[0], row[1], row[2]) for row in rows
        if show in ("", str(row[0]), row[1]) or (show == "last" and row is rows[-1])
    ]  # fmt: skip
    if not chosen and show:
        known = ", ".join(f"{row[0]} {row[1]}" for row in rows[-10:])
        raise StudioError("not_found", "insight.no_show", show=show, known=known or "-")
    return chosen


def _question(name: str) -> Question:
    known = questions()
    if name not in known:
        raise StudioError("not_found", "insight.no_question", name=name, known=", ".join(known))
    return known[name]


def _show_only(base: duckdb.DuckDBPyConnection, airings: list[int] | None) -> None:
    """Views of what is asked about."""
    some = "" if airings is None else f" WHERE airing IN ({','.join(map(str, airings))})"
    base.execute(
        "CREATE OR REPLACE TEMP VIEW shown AS SELECT entry, airing, at_us, came_us, "
        "at_us + coalesce(zone_us, 0) AS local_us, (at_us - began_us) // 1000 AS air_ms, "
        "CASE WHEN airing = 0 THEN '' WHEN at_us < opened_us THEN 'opening' "
        "WHEN at_us < closing_us THEN 'deepening' ELSE 'closing' END AS phase, viewer, "
        f"number, value_cents, {', '.join(f'e.{name}' for name in TEXTS)} "
        f"FROM events e LEFT JOIN airings a ON a.id = airing{some}"
    )
    base.execute(f"CREATE OR REPLACE TEMP VIEW shown_figures AS SELECT * FROM figures{some}")
    meanwhile = "" if airings is None else (
        " WHERE EXISTS (SELECT 1 FROM airings a WHERE a.id IN "
        f"({','.join(map(str, airings))}) AND o.at_us BETWEEN a.began_us AND a.ended_us)"
    )  # fmt: skip
    base.execute(f"CREATE OR REPLACE TEMP VIEW shown_settled AS SELECT * FROM settled o{meanwhile}")
    base.execute(
        "CREATE OR REPLACE TEMP VIEW shown_buys AS SELECT visitor, order_id, "
        "max(at_us) AS at_us, "
        "max(amount) AS amount, max(currency) AS currency, max(scale) AS scale FROM ("
        f"SELECT * FROM touches o{meanwhile}) WHERE order_id <> '' GROUP BY visitor, order_id"
    )
