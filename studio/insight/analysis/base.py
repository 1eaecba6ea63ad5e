"""The file of columns (DuckDB): what stands in it, and how it is opened.

It is derived: whoever deletes it loses nothing. No extension is ever fetched, and no question can
read or write a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.errors import StudioError
from studio.core.paths import data_dir

if TYPE_CHECKING:
    import duckdb

MEMORY = "300MB"
VERSION = 4
TEXTS = ("name", "show_name", "scene", "sku", "platform", "traffic", "metric", "currency")
"""Few different ones in many rows: they come as numbers (`WordCodes`) and are kept as texts."""
NUMBERS = {
    "entry": "BIGINT", "airing": "INTEGER", "at_us": "BIGINT", "came_us": "BIGINT",
    "at_ns": "BIGINT", "tick": "BIGINT", "number": "DOUBLE", "value_cents": "BIGINT",
    "viewer": "INTEGER",
}  # fmt: skip
TABLES = f"""
CREATE TABLE about (version INTEGER, made_utc VARCHAR, entries BIGINT, exports VARCHAR);
CREATE TABLE airings (
  id INTEGER, show_name VARCHAR, began_us BIGINT, ended_us BIGINT, zone_us BIGINT, entries BIGINT,
  opened_us BIGINT, closing_us BIGINT);
CREATE TABLE events ({", ".join(f"{name} {kind}" for name, kind in NUMBERS.items())},
  {", ".join(f"{name} VARCHAR" for name in TEXTS)});
CREATE TABLE orders (
  kind VARCHAR, key VARCHAR, order_id VARCHAR, at_us BIGINT, rank INTEGER, amount BIGINT,
  currency VARCHAR, units DOUBLE, sku VARCHAR);
CREATE TABLE settled (
  kind VARCHAR, order_id VARCHAR, at_us BIGINT, currency VARCHAR, gross BIGINT, discount BIGINT,
  refund BIGINT, fee BIGINT, commission BIGINT, scale DOUBLE);
CREATE TABLE touches (
  visitor VARCHAR, at_us BIGINT, source VARCHAR, order_id VARCHAR, amount BIGINT,
  currency VARCHAR, scale DOUBLE);
CREATE TABLE clicks (
  page VARCHAR, at_us BIGINT, x DOUBLE, y DOUBLE, width DOUBLE, height DOUBLE, what VARCHAR);
CREATE TABLE figures (
  airing INTEGER, at_us BIGINT, platform VARCHAR, metric VARCHAR, number DOUBLE, source VARCHAR);
"""


def analysis_path() -> Path:
    """The file."""
    return data_dir() / "insight" / "analysis.duckdb"


def insert_rows(
    base: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Puts rows into a table, as arrays: row by row takes 400 times as long."""
    import numpy as np

    if not rows:
        return
    columns = {}
    for number, values in enumerate(zip(*rows, strict=True)):
        columns[f"c{number}"] = column = np.empty(len(rows), object)
        column[:] = values
    base.register("fresh_rows", columns)
    base.execute(f"INSERT INTO {table} SELECT * FROM fresh_rows")
    base.unregister("fresh_rows")


def open_analysis(
    path: Path, *, is_read_only: bool = False, memory: str = MEMORY
) -> duckdb.DuckDBPyConnection:
    """Opens the file; one thread, bounded memory, nothing from outside.

    Raises:
        StudioError: unavailable, when it cannot be opened (another process writes it).
    """
    import duckdb

    config: dict[str, Any] = {
        "threads": 1,
        "memory_limit": memory,
        "autoload_known_extensions": False,
        "autoinstall_known_extensions": False,
        "enable_external_access": False,
        "lock_configuration": True,
    }
    try:
        return duckdb.connect(str(path), read_only=is_read_only, config=config)
    except duckdb.Error as error:
        raise StudioError("unavailable", "insight.no_analysis", path=str(path), why=error) from None
