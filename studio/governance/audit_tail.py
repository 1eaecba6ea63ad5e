"""The last entries of the audit log, for whoever looks at it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.core.clean import read_json
from studio.governance.audit import logs
from studio.governance.model import AuditEntry
from studio.governance.people import SEALED

TAIL_BYTES = 400_000
MOST_FILES = 5
HIDDEN = "•••"


def last_entries(folder: Path, limit: int, text: str = "") -> list[AuditEntry]:
    """The newest first; of each file its end alone is read.

    Args:
        text: that is in the entry; "" is all.

    Raises:
        OSError: a file cannot be read.
    """
    found: list[AuditEntry] = []
    for path in reversed(logs(folder)[-MOST_FILES:]):
        for line in reversed(_tail(path)):
            entry = _entry(path.name, line)
            if entry is None or (text and text.lower() not in _words(entry).lower()):
                continue
            found.append(entry)
            if len(found) >= limit:
                return found
    return found


def _tail(path: Path) -> list[str]:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - TAIL_BYTES))
        lines = file.read().decode("utf-8", "replace").split("\n")
    return lines[1:] if size > TAIL_BYTES else lines


def _entry(file: str, line: str) -> AuditEntry | None:
    _, _, body = line.partition(" ")
    try:
        raw = read_json(body) if body else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, dict) or raw.get("kind") in ("begin", "checkpoint"):
        return None
    args = raw.get("args")
    data = args if isinstance(args, dict) else raw.get("data")
    what = str(raw.get("command") or raw.get("name") or raw.get("kind", ""))
    return AuditEntry(
        file=file, at_utc=str(raw.get("at", "")), what=what, who=str(raw.get("who", "")),
        is_done=raw.get("ok") is not False, why=str(raw.get("error") or raw.get("reason") or ""),
        args=", ".join(f"{name}={_shown(value)}" for name, value in data.items())[:300]
        if isinstance(data, dict) else "",
    )  # fmt: skip


def _shown(value: Any) -> str:
    text = str(value)
    return HIDDEN if SEALED in text else text[:80]


def _words(entry: AuditEntry) -> str:
    return f"{entry.what} {entry.who} {entry.why} {entry.args}"
