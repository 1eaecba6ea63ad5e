"""A plan as text: read, tried without doing anything, kept in the show."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import read_json
from studio.core.command import Spec
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.core.whole_file import write_whole
from studio.plans.checking.base import World
from studio.plans.checking.check import check_plans
from studio.plans.files import MOST_BYTES, PlanFile, read_plan, read_plan_files
from studio.plans.model import Ask, Pair, Plan, Tell
from studio.plans.run_view import step_words

DRAFT = "draft.json"
PLAIN = re.compile(r"[A-Za-z0-9_-]{1,60}")
RESERVED = ("CON", "PRN", "AUX", "NUL", "COM", "LPT")  # no names of files on Windows


class PlanSource(NamedTuple):
    """The text of a plan; ``path`` is its file, ``is_own`` whether it is the show's."""

    text: str
    path: Path
    is_own: bool


class TextFault(NamedTuple):
    """What is wrong in a text, and in which line."""

    line: int
    words: Pair


class TriedPlan(NamedTuple):
    """A text as it would work: None where it is no plan at all."""

    plan: Plan | None
    faults: list[TextFault]


def source_of(id: str, show: Path) -> PlanSource:
    """The file of a plan: the show's own, else the shipped one.

    Raises:
        StudioError: not_found.
    """
    for folder, is_own in ((show / "plans", True), (assets_dir() / "plans", False)):
        path = path_of(id, folder)
        if path is not None:
            text = read_bounded(path, MOST_BYTES).decode("utf-8-sig", "replace")
            return PlanSource(text, path, is_own)
    known = ", ".join(sorted({file.plan.id for file in read_plan_files(show)[0]}))
    raise StudioError("not_found", "plans.no_plan", plan=id, known=known)


def path_of(id: str, folder: Path) -> Path | None:
    """The file of the plan of this id; one that cannot be read goes by its name."""
    for path in sorted(folder.glob("*.json")):
        try:
            found = read_plan(path).id
        except StudioError:
            found = path.stem
        if found == id:
            return path
    return None


def try_text(text: str, show: Path, world: World) -> TriedPlan:
    """What a text would be beside the other plans of the show; nothing of it is done or kept."""
    with tempfile.TemporaryDirectory(prefix="plan-") as folder:
        beside = Path(folder) / "plans"
        beside.mkdir()
        draft = beside / DRAFT
        draft.write_text(text, encoding="utf-8")
        plan: Plan | None = None
        try:
            plan = read_plan(draft)
        except StudioError:
            pass  # said below, with its line
        replaced = path_of(plan.id, show / "plans") if plan else None
        for path in sorted((show / "plans").glob("*.json")):
            if path != replaced:
                shutil.copyfile(path, beside / f"other-{path.name}")
        found = check_plans(Path(folder), world)
    faults = []
    for fault in found:
        if fault.path.name == DRAFT:
            why = fault.error.params.get("why")
            error = why if isinstance(why, StudioError) else fault.error
            faults.append(TextFault(fault.line, (error.in_language("zh"), error.in_language("en"))))
    return TriedPlan(plan, faults)


def step_lines(plan: Plan, subject: str, specs: Mapping[str, Spec]) -> list[tuple[str, str, Pair]]:
    """What a plan would do, step by step, about a subject: (phase, role told or asked, words)."""
    params = {"subject": subject, "cause": subject, "why": "…"}
    lines: list[tuple[str, str, Pair]] = []
    for phase in ("steps", "recover"):
        for step in getattr(plan, phase):
            zh, en = step_words(step, params, specs)
            role = step.role if isinstance(step, Tell | Ask) else ""
            args = getattr(step, "args", None)
            tail = f" {msgspec.json.encode(args).decode()}" if args else ""
            lines.append((phase, role, (zh + tail, en + tail)))
    return lines


def file_name(id: str) -> str:
    """Of a plan's file: its id where that is a plain word, else one made of it."""
    if PLAIN.fullmatch(id) and not id.upper().startswith(RESERVED):
        return f"{id}.json"
    return f"plan-{hashlib.sha256(id.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.json"


def keep_text(text: str, show: Path) -> PlanFile:
    """Writes a plan into the show, over the show's own one of its id.

    Raises:
        StudioError: invalid: no plan; failed: it cannot be written; conflict: a shipped show.
    """
    if show.resolve().is_relative_to(assets_dir().resolve()):
        raise StudioError("conflict", "plans.save_show_first")
    try:
        plan = msgspec.convert(read_json(text), Plan)
    except (ValueError, msgspec.ValidationError, RecursionError) as error:
        raise StudioError("invalid", "plans.no_plan_text", why=str(error)[:300]) from None
    folder = show / "plans"
    try:
        folder.mkdir(exist_ok=True)
        path = path_of(plan.id, folder) or folder / file_name(plan.id)
        whole = text if text.endswith("\n") else text + "\n"
        write_whole(path, whole, is_synced=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "plans.not_kept", path=str(folder), why=why) from None
    return PlanFile(plan, hashlib.sha256(whole.encode()).hexdigest())


def drop_text(id: str, show: Path) -> str:
    """Takes a plan's file out of the show; returns its text.

    Raises:
        StudioError: not_found: the show has none of this id; failed.
    """
    path = path_of(id, show / "plans")
    if path is None:
        raise StudioError("not_found", "plans.not_own", plan=id)
    try:
        text = read_bounded(path, MOST_BYTES).decode("utf-8-sig", "replace")
        path.unlink()
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "plans.not_kept", path=str(path), why=why) from None
    return text
