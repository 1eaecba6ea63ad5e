"""Which column was which: what a person said of a table is known when its heads come again."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from studio.core.log import logger
from studio.core.paths import data_dir
from studio.core.whole_file import PRIVATE, write_whole
from studio.shop.importers.base import head_name

_log = logger(__name__)
KEPT = 200


class RememberedMapping(msgspec.Struct):
    """Fields of a table with these heads."""

    heads: list[str]
    mapping: dict[str, str]


def _path() -> Path:
    return data_dir() / "imports" / "mappings.json"


def remembered(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """The mapping that was used for a table with one of these rows as its heads; {} for none."""
    known = {tuple(entry.heads): entry.mapping for entry in _read()}
    for row in rows:
        mapping = known.get(_heads(row))
        if mapping:
            return dict(mapping)
    return {}


def remember(heads: Sequence[str], mapping: dict[str, str]) -> None:
    """Keeps a mapping that worked; one that cannot be written is no fault of the import."""
    wanted = _heads(heads)
    entries = [entry for entry in _read() if tuple(entry.heads) != wanted]
    entries = [*entries, RememberedMapping(list(wanted), mapping)][-KEPT:]
    with contextlib.suppress(OSError):
        _path().parent.mkdir(parents=True, exist_ok=True)
        write_whole(_path(), msgspec.json.encode(entries), mode=PRIVATE)


def _heads(row: Sequence[str]) -> tuple[str, ...]:
    names = [head_name(head) for head in row]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _read() -> list[RememberedMapping]:
    try:
        return msgspec.json.decode(_path().read_bytes(), type=list[RememberedMapping])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.MsgspecError) as error:
        _log.warning("%s: %s", _path(), error)
        return []
