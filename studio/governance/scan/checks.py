"""The scanners; each runs in a process of its own (`python -m studio.governance.scan.checks`)."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import encode_json
from studio.core.clock import age_days, utc_iso
from studio.core.streams import write_line
from studio.governance.scan.lock import LOCK, MOST_BYTES, locks_of, pins_of, plain_name, read_bill
from studio.governance.scan.model import Advisories, Exemption, ScanFinding, ScanResult, Verdict

OLD_DAYS = 14
ADVISORIES, EXEMPTIONS, BILL = "advisories.json", "exemptions.json", "sbom.cdx.json"
FOLDER = Path("assets") / "security"
THIRD_PARTY = Path("docs") / "third-party.md"
LEFT_OUT = frozenset((".git", ".venv", "__pycache__", "node_modules", ".mypy_cache",
                      ".ruff_cache", ".pytest_cache", "out"))  # fmt: skip
MOST_FILE = 2_000_000
_SECRETS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{60,}"),
    "cloud key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "token": re.compile(
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|glpat-[A-Za-z0-9_-]{20,}|xox[baprs]-[A-Za-z0-9-]{20,}"
        r"|sk_live_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9]{40,}|LTAI[A-Za-z0-9]{16,})\b"
    ),
}


def check_lock(root: Path) -> Iterator[ScanFinding]:
    """Every package is pinned with hashes, and the bill of materials lists just these."""
    for path in locks_of(root):
        for pin in pins_of(path):
            if not pin.hashes:
                yield ScanFinding(what="unhashed", where=f"{path.name}: {pin.name}")
    bill = root / FOLDER / BILL
    wanted = {(pin.name, pin.version, tuple(sorted(pin.hashes))) for pin in pins_of(root / LOCK)}
    listed = read_bill(bill)
    for name, version, _ in sorted(wanted - listed):
        yield ScanFinding(what="not_in_bill", where=name, detail=version)
    for name, version, _ in sorted(listed - wanted):
        yield ScanFinding(what="not_in_lock", where=name, detail=version)


def check_holes(root: Path) -> Iterator[ScanFinding]:
    """Known holes of the locked versions; the file's age is told."""
    text = read_bounded(root / FOLDER / ADVISORIES, MOST_BYTES)
    known = msgspec.json.decode(text, type=Advisories)
    age = age_days(known.made_utc)
    if age > OLD_DAYS:
        yield ScanFinding(what="old_advisories", detail=str(int(age)), verdict="amber")
    asked = {plain_name(name) for name in known.packages}
    exempt, is_over = _exempt(root)
    yield from is_over
    for pin in sorted({pin for path in locks_of(root) for pin in pins_of(path)}):
        for hole in known.holes:
            if plain_name(hole.package) != pin.name or not _has(pin.version, hole.introduced,
                                                                hole.fixed):  # fmt: skip
                continue
            is_let = hole.id in exempt
            yield ScanFinding(
                what="exempt" if is_let else "hole", where=f"{pin.name} {pin.version}",
                detail=hole.id, verdict="amber" if is_let else "red",
            )  # fmt: skip
    for pin in pins_of(root / LOCK):
        if pin.name not in asked:
            yield ScanFinding(what="not_asked", where=pin.name, verdict="amber")


def check_licences(root: Path) -> Iterator[ScanFinding]:
    """The terms of every package are written down."""
    text = read_bounded(root / THIRD_PARTY, MOST_BYTES).decode("utf-8", "replace")
    named = {plain_name(word) for word in re.findall(r"[A-Za-z0-9][A-Za-z0-9._-]+", text)}
    for pin in pins_of(root / LOCK):
        if pin.name not in named:
            yield ScanFinding(what="no_licence", where=pin.name)


def check_secrets(root: Path) -> Iterator[ScanFinding]:
    """Keys that were left in a file; told by file and line, never by the key."""
    exempt, is_over = _exempt(root)
    yield from is_over
    for path in _files(root):
        text = path.read_bytes().decode("utf-8", "replace")
        for what, pattern in _SECRETS.items():
            for found in pattern.finditer(text):
                where, line = path.relative_to(root).as_posix(), text.count("\n", 0, found.start())
                verdict: Verdict = "amber" if where in exempt else "red"
                detail = f"{what}, line {line + 1}"
                yield ScanFinding(what="secret", where=where, detail=detail, verdict=verdict)


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        for name in sorted(names):
            path = Path(folder) / name
            if not path.is_symlink() and path.is_file() and path.stat().st_size <= MOST_FILE:
                yield path


def _exempt(root: Path) -> tuple[set[str], list[ScanFinding]]:
    """What is let pass now, and what was until its day came."""
    path = root / FOLDER / EXEMPTIONS
    if not path.exists():
        return set(), []
    rows = msgspec.json.decode(read_bounded(path, MOST_BYTES), type=list[Exemption])
    today = utc_iso()[:10]
    over = [row for row in rows if row.until < today or not (row.owner and row.reason)]
    findings = [ScanFinding(what="exemption_over", where=row.id, detail=row.until) for row in over]
    return {row.id for row in rows if row not in over}, findings


def _has(version: str, introduced: str, fixed: str) -> bool:
    at = _order(version)
    return (not introduced or at >= _order(introduced)) and (not fixed or at < _order(fixed))


def _order(version: str) -> tuple[tuple[int, int], ...]:
    """Numbers of a version for comparing; what comes before a release is less than it (PEP 440)."""
    parts: list[tuple[int, int]] = []
    for word in re.findall(r"\d+|[a-z]+", version.lower().partition("+")[0]):
        if word.isdigit():
            parts.append((0, int(word)))
        elif word in ("a", "b", "c", "rc", "alpha", "beta", "dev", "pre"):
            parts.append((-1, ("dev", "a", "alpha", "b", "beta", "c", "pre", "rc").index(word)))
    while parts and parts[-1] == (0, 0):
        parts.pop()
    return tuple(parts)


SCANNERS: dict[str, Callable[[Path], Iterator[ScanFinding]]] = {
    "lock": check_lock, "holes": check_holes, "licences": check_licences, "secrets": check_secrets,
}  # fmt: skip


def main(check: str, root: str) -> None:
    """Runs one and writes its result as a line of JSON."""
    findings = tuple(SCANNERS[check](Path(root)))
    verdicts = {finding.verdict for finding in findings}
    verdict: Verdict = "red" if "red" in verdicts else "amber" if "amber" in verdicts else "green"
    count = len(pins_of(Path(root) / LOCK))
    result = ScanResult(check=check, verdict=verdict, count=count, findings=findings)
    write_line(encode_json(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
