"""Runs the scanners, each in a process of its own: one that dies or says nothing is red."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import encode_json, write_json
from studio.core.clock import utc_iso
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.streams import child_environment
from studio.core.whole_file import write_whole
from studio.governance.scan.checks import ADVISORIES, BILL, FOLDER
from studio.governance.scan.lock import LOCK, MOST_BYTES, bill_of, pins_of
from studio.governance.scan.model import (
    CHECKS,
    Advisories,
    Affected,
    ScanFinding,
    ScanResult,
)

SECONDS = 120.0


def scanner(check: str, root: Path) -> list[str]:
    """The call of a scanner of our own."""
    return [sys.executable, "-m", "studio.governance.scan.checks", check, str(root)]


def run_scanner(check: str, call: Sequence[str], seconds: float = SECONDS) -> ScanResult:
    """What a scanner answers; red when it could not run, died, hung, or said what nobody reads."""
    try:
        done = subprocess.run(
            call, capture_output=True, text=True, encoding="utf-8", errors="replace",
            timeout=seconds, env=child_environment(), stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return _dead(check, type(error).__name__)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        said = done.stderr.strip().splitlines()
        return _dead(check, said[-1][:200] if said else f"exit {done.returncode}")
    try:
        result = msgspec.json.decode(lines[-1], type=ScanResult)
    except msgspec.DecodeError as error:
        return _dead(check, str(error)[:200])
    return result if result.check == check else _dead(check, f"it answered for {result.check}")


def _dead(check: str, why: str) -> ScanResult:
    return ScanResult(
        check=check, verdict="red", findings=(ScanFinding(what="did_not_run", detail=why),)
    )


def scan(root: Path) -> list[ScanResult]:
    """All scanners over a tree."""
    return [run_scanner(check, scanner(check, root)) for check in CHECKS]


def write_bill(root: Path) -> Path:
    """Writes the bill of materials of the lock.

    Raises:
        OSError: it cannot be.
    """
    path = root / FOLDER / BILL
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, write_json(bill_of(pins_of(root / LOCK)), indent=1) + "\n")
    return path


class _Audited(msgspec.Struct):
    """A package as pip-audit tells it; one that it skipped was not asked about."""

    name: str
    version: str = ""
    vulns: list[dict[str, object]] = []


class _Audit(msgspec.Struct):
    dependencies: list[_Audited]


def take_audit(root: Path, file: Path) -> Path:
    """Makes the file of known holes from what ``pip-audit -f json`` wrote.

    Raises:
        StudioError: invalid: it is no such file, or nothing was asked about.
        OSError: it cannot be read or written.
    """
    try:
        audit = msgspec.json.decode(read_bounded(file, MOST_BYTES), type=_Audit)
    except msgspec.DecodeError as error:
        raise StudioError("invalid", "scan.no_audit", path=str(file), why=str(error)) from None
    asked = [entry for entry in audit.dependencies if entry.version]
    if not asked:  # it says "no known vulnerabilities" all the same
        raise StudioError("invalid", "scan.nothing_asked", path=str(file))
    holes = [
        Affected(
            id=str(hole.get("id", "?")), package=entry.name,
            fixed=str(next(iter(_texts(hole.get("fix_versions"))), "")),
            summary=str(hole.get("description", ""))[:300],
        )
        for entry in asked for hole in entry.vulns
    ]  # fmt: skip
    known = Advisories(
        made_utc=utc_iso(), packages=tuple(entry.name for entry in asked), holes=tuple(holes)
    )
    path = root / FOLDER / ADVISORIES
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, encode_json(known) + "\n")
    return path


def _texts(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else []


def tell(results: Sequence[ScanResult], write: Callable[[str], None]) -> None:
    """Writes it for people."""
    for result in results:
        write(translate(f"scan.{result.check}", verdict=translate(f"scan.{result.verdict}")))
        for finding in result.findings:
            words = translate(
                f"scan.{finding.what}", where=finding.where or "-", detail=finding.detail or "-"
            )
            write(f"  {words}")
