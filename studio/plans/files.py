"""Reads plan files: those that are shipped, and those of the show."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.names import check_name
from studio.core.paths import assets_dir
from studio.plans.model import Plan

MOST_BYTES = 1_000_000


class PlanFile(NamedTuple):
    """A plan and where it comes from: ``digest`` of its file, "" for one that is shipped."""

    plan: Plan
    digest: str = ""


def read_plan(path: Path) -> Plan:
    """One plan.

    Raises:
        StudioError: invalid, with file and place.
    """
    return _read(path).plan


def _read(path: Path) -> PlanFile:
    try:
        text = read_bounded(path, MOST_BYTES)
        raw = read_json(text)
        plan = msgspec.convert(raw, Plan)
        check_name(plan.id)
        return PlanFile(plan, hashlib.sha256(text).hexdigest())
    except json.JSONDecodeError as error:
        why = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise StudioError("invalid", "plans.broken", path=str(path), why=why) from None
    except StudioError as error:
        raise StudioError("invalid", "plans.broken", path=str(path), why=error) from None
    except (msgspec.ValidationError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise StudioError("invalid", "plans.broken", path=str(path), why=str(error)) from None


def read_plan_files(show: Path) -> tuple[list[PlanFile], list[StudioError]]:
    """All plans, the shipped ones first, then the show's own.

    Returns:
        The plans, and an error for each file that cannot be used.
    """
    found: list[PlanFile] = []
    errors = []
    for folder, is_own in ((assets_dir() / "plans", False), (show / "plans", True)):
        for path in sorted(folder.glob("*.json")):
            try:
                read = _read(path)
                found.append(read if is_own else PlanFile(read.plan))
            except StudioError as error:
                errors.append(error)
    return found, errors


def read_plans(show: Path) -> tuple[list[Plan], list[StudioError]]:
    """All plans by id as they are once the show's own are accepted and stand in."""
    files, errors = read_plan_files(show)
    return list({file.plan.id: file.plan for file in files}.values()), errors
