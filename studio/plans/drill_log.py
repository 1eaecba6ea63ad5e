"""Which plans were drilled, when, and how it went: one line a drill in the data folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import encode_json
from studio.core.clock import utc_iso
from studio.core.log import logger
from studio.core.paths import data_dir
from studio.plans.model import Plan

_log = logger(__name__)
MOST_BYTES = 50_000_000


class DrillRecord(msgspec.Struct, frozen=True):
    """One drill of one plan.

    Attributes:
        digest: of the plan as it was drilled.
    """

    plan: str
    digest: str
    at_utc: str
    passed: bool


def plan_digest(plan: Plan) -> str:
    """Tells whether a plan is another one than it was, however its file is laid out."""
    return hashlib.sha256(msgspec.json.encode(plan)).hexdigest()


def log_path() -> Path:
    """The file of the drills."""
    return data_dir() / "plans" / "drills.jsonl"


def note_drill(plan: Plan, passed: bool) -> None:
    """Adds a drill.

    Raises:
        OSError: it cannot be written.
    """
    path = log_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    record = DrillRecord(plan.id, plan_digest(plan), utc_iso(), passed)
    with path.open("a", encoding="utf-8") as file:
        file.write(encode_json(record) + "\n")


def last_drills() -> dict[str, DrillRecord]:
    """The last drill of each plan; a line that cannot be read is passed over."""
    try:
        text = read_bounded(log_path(), MOST_BYTES)
    except FileNotFoundError:
        return {}
    except OSError as error:
        _log.warning("the drills cannot be read: %s", error)
        return {}
    last: dict[str, DrillRecord] = {}
    for line in text.splitlines():
        try:
            record = msgspec.json.decode(line, type=DrillRecord)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        last[record.plan] = record
    return last
