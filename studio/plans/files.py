"""Reads plan files: those that are shipped, and those of the show."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from studio.core.errors import StudioError
from studio.core.names import check_name
from studio.core.paths import assets_dir
from studio.plans.model import Plan


def read_plan(path: Path) -> Plan:
    """One plan.

    Raises:
        StudioError: invalid, with file and place.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        plan = msgspec.convert(raw, Plan)
        check_name(plan.id)
        return plan
    except json.JSONDecodeError as error:
        why = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise StudioError("invalid", "plans.broken", path=str(path), why=why) from None
    except StudioError as error:
        raise StudioError("invalid", "plans.broken", path=str(path), why=error) from None
    except (msgspec.ValidationError, UnicodeDecodeError, OSError) as error:
        raise StudioError("invalid", "plans.broken", path=str(path), why=str(error)) from None


def read_plans(show: Path) -> tuple[list[Plan], list[StudioError]]:
    """All plans; the show's own stand in for shipped ones of the same id.

    Returns:
        The plans, and an error for each file that cannot be used.
    """
    plans: dict[str, Plan] = {}
    errors = []
    for folder in (assets_dir() / "plans", show / "plans"):
        for path in sorted(folder.glob("*.json")):
            try:
                plan = read_plan(path)
                plans[plan.id] = plan
            except StudioError as error:
                errors.append(error)
    return list(plans.values()), errors
