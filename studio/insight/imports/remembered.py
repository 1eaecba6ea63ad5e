"""How a table of orders or figures was read: known again when its heads come again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from studio.core.paths import data_dir
from studio.governance.document import PrivateDocument
from studio.shop.importers.base import head_name

KEPT = 200
MOST_BYTES = 5_000_000


class KnownTable(msgspec.Struct):
    """How a table with these heads is read.

    Attributes:
        heads: as `head_name` writes them.
        mapping: field → head, where a person said so.
        currency, zone: of amounts and times that name none.
    """

    heads: list[str]
    kind: str
    mapping: dict[str, str] = {}
    currency: str = ""
    zone: str = ""


class KnownTables(msgspec.Struct):
    """All of them, the latest last."""

    tables: list[KnownTable] = []


def _document(path: Path | None = None) -> PrivateDocument[KnownTables]:
    return PrivateDocument(
        path or data_dir() / "imports" / "tables.json", KnownTables, most_bytes=MOST_BYTES,
        unreadable="imports.store", not_kept="imports.store",
    )  # fmt: skip


Tables = Mapping[tuple[str, ...], KnownTable]


def known_tables() -> Tables:
    """How tables were read before, by their heads.

    Raises:
        StudioError: failed: what is kept cannot be read.
    """
    return {tuple(table.heads): table for table in _document().read().tables}


def known_table(rows: Sequence[Sequence[str]], tables: Tables) -> KnownTable | None:
    """How a table with one of these rows as its heads was read the last time."""
    return next((tables[key] for row in rows if (key := _key(row)) in tables), None)


def remember_table(heads: Sequence[str], table: KnownTable) -> None:
    """Keeps how a table was read.

    Raises:
        StudioError: failed: it cannot be written.
    """
    key = _key(heads)
    with _document().changing() as kept:
        others = [known for known in kept.tables if tuple(known.heads) != key]
        table.heads = list(key)
        kept.tables = [*others, table][-KEPT:]


def _key(row: Sequence[str]) -> tuple[str, ...]:
    names = [head_name(head) for head in row]
    while names and not names[-1]:
        names.pop()
    return tuple(names)
