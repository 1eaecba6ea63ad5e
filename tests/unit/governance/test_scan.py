"""The build's scan: what is planted is red, and so is a scanner that dies."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from studio.core.clean import encode_json
from studio.core.clock import utc_iso, utc_ms, utc_of
from studio.core.errors import StudioError
from studio.core.paths import project_dir
from studio.governance.scan.checks import (
    ADVISORIES,
    BILL,
    EXEMPTIONS,
    FOLDER,
    SCANNERS,
    check_holes,
    check_licences,
    check_lock,
    check_secrets,
)
from studio.governance.scan.lock import bill_of, pins_of
from studio.governance.scan.model import CHECKS, Advisories, Affected, Exemption, ScanFinding
from studio.governance.scan.run import run_scanner, scan, scanner, take_audit, write_bill

HASH = "a" * 64
LOCK = f"av==18.1.0 \\\n    --hash=sha256:{HASH}\nnumpy==2.4.1 \\\n    --hash=sha256:{'b' * 64}\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text(LOCK, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "third-party.md").write_text("av numpy", encoding="utf-8")
    write_bill(tmp_path)
    put(tmp_path, Advisories(made_utc=utc_iso(), packages=("av", "numpy")))
    return tmp_path


def put(tree: Path, known: Advisories) -> None:
    (tree / FOLDER / ADVISORIES).write_text(encode_json(known), encoding="utf-8")


def whats(findings: object) -> list[tuple[str, str]]:
    return [(found.what, found.verdict) for found in findings if isinstance(found, ScanFinding)]  # type: ignore[attr-defined]


def test_a_sound_tree_is_green(tree: Path) -> None:
    assert set(SCANNERS) == set(CHECKS)
    for check in SCANNERS.values():
        assert list(check(tree)) == []
    result = run_scanner("lock", scanner("lock", tree))
    assert (result.verdict, result.count) == ("green", 2)


def test_the_bill_is_the_lock(tree: Path) -> None:
    (tree / "requirements.lock").write_text(LOCK.replace("18.1.0", "18.1.1"), encoding="utf-8")
    assert whats(check_lock(tree)) == [("not_in_bill", "red"), ("not_in_lock", "red")]
    (tree / "requirements.lock").write_text(LOCK.replace(HASH, "c" * 64), encoding="utf-8")
    assert whats(check_lock(tree)) == [("not_in_bill", "red"), ("not_in_lock", "red")]
    (tree / "requirements.lock").write_text("av==18.1.0\n", encoding="utf-8")
    assert ("unhashed", "red") in whats(check_lock(tree))


def test_this_tree_has_its_bill_and_its_terms() -> None:
    root = project_dir()
    pins = pins_of(root / "requirements.lock")
    assert len(bill_of(pins)["components"]) == len(pins) > 30
    assert list(check_licences(root)) == []


@pytest.mark.parametrize(
    ("introduced", "fixed", "is_hit"),
    [("", "", True), ("18.0", "18.1.1", True), ("", "18.1", False), ("18.2", "", False),
     ("18.1", "", True), ("18.1.0rc1", "18.1.0", False)],
)  # fmt: skip
def test_a_vulnerable_pin_is_red(tree: Path, introduced: str, fixed: str, is_hit: bool) -> None:
    hole = Affected(id="CVE-1", package="AV", introduced=introduced, fixed=fixed)
    put(tree, Advisories(made_utc=utc_iso(), packages=("av", "numpy"), holes=(hole,)))
    assert whats(check_holes(tree)) == ([("hole", "red")] if is_hit else [])


def test_an_exemption_has_an_owner_a_reason_and_an_end(tree: Path) -> None:
    hole = Affected(id="CVE-1", package="av")
    put(tree, Advisories(made_utc=utc_iso(), packages=("av", "numpy"), holes=(hole,)))
    row = Exemption(id="CVE-1", owner="Li", reason="not reached", until="2999-01-01")
    file = tree / FOLDER / EXEMPTIONS
    file.write_text(encode_json([row]), encoding="utf-8")
    assert whats(check_holes(tree)) == [("exempt", "amber")]
    for odd in ({"until": "2020-01-01"}, {"owner": ""}, {"reason": ""}):
        file.write_text(encode_json([msgspec.structs.replace(row, **odd)]), encoding="utf-8")
        assert ("hole", "red") in whats(check_holes(tree))
        assert ("exemption_over", "red") in whats(check_holes(tree))


def test_the_age_of_the_list_is_told(tree: Path) -> None:
    put(tree, Advisories(made_utc=utc_of(utc_ms() / 1000 - 15 * 86_400), packages=("av",)))
    assert whats(check_holes(tree)) == [("old_advisories", "amber"), ("not_asked", "amber")]
    (tree / FOLDER / ADVISORIES).unlink()  # without a list nothing was looked for
    assert run_scanner("holes", scanner("holes", tree)).verdict == "red"


@pytest.mark.parametrize(
    "secret",
    ["AKIA" + "ABCDEFGHIJKLMNOP", "ghp_" + "a1" * 20, "sk_live_" + "x9" * 12,
     "-----BEGIN " + "PRIVATE KEY-----\n" + "MIIB" * 20],
)  # fmt: skip
def test_a_secret_is_red_and_not_repeated(tree: Path, secret: str) -> None:
    (tree / "notes.txt").write_text(f"one\nkey = {secret}\n", encoding="utf-8")
    (found,) = check_secrets(tree)
    assert (found.what, found.where, found.verdict) == ("secret", "notes.txt", "red")
    assert "line 2" in found.detail
    assert secret[:12] not in encode_json(found)


def test_no_terms_written_down_is_red(tree: Path) -> None:
    (tree / "docs" / "third-party.md").write_text("numpy", encoding="utf-8")
    assert whats(check_licences(tree)) == [("no_licence", "red")]


@pytest.mark.parametrize(
    "call",
    [[sys.executable, "-c", "import os; os.abort()"], [sys.executable, "-c", "pass"],
     [sys.executable, "-c", "print('No known vulnerabilities found')"],
     [sys.executable, "-c", "raise SystemExit(3)"], ["/nowhere/scanner"]],
)  # fmt: skip
def test_a_scanner_that_dies_or_says_nothing_is_red(call: list[str]) -> None:
    result = run_scanner("holes", call)
    assert result.verdict == "red"
    assert result.findings[0].what == "did_not_run"


def test_an_audit_that_asked_about_nothing_is_not_taken(tree: Path) -> None:
    """pip-audit without its service says "no known vulnerabilities" and leaves with 0."""
    file = tree / "audit.json"
    file.write_text('{"dependencies":[{"name":"av","skip_reason":"not found"}]}', encoding="utf-8")
    with pytest.raises(StudioError):
        take_audit(tree, file)
    file.write_text(
        '{"dependencies":[{"name":"av","version":"18.1.0","vulns":[{"id":"PYSEC-1",'
        '"fix_versions":["18.2"]}]},{"name":"numpy","skip_reason":"x"}]}',
        encoding="utf-8",
    )
    take_audit(tree, file)
    assert whats(check_holes(tree)) == [("hole", "red"), ("not_asked", "amber")]
    assert (tree / FOLDER / BILL).exists()


@pytest.mark.parametrize("name", ["requirements-dev.lock", "requirements-pdf.lock"])
def test_a_vulnerable_pin_of_any_lock_is_red(tree: Path, name: str) -> None:
    """What is fetched on demand, and what tests run with, has holes too."""
    (tree / name).write_text(f"typst==0.1 \\\n    --hash=sha256:{HASH}\n", encoding="utf-8")
    hole = Affected(id="CVE-1", package="typst", fixed="0.2")
    put(tree, Advisories(made_utc=utc_iso(), packages=("av", "numpy"), holes=(hole,)))
    assert whats(check_holes(tree)) == [("hole", "red")]
    (tree / name).write_text("typst==0.2\n", encoding="utf-8")
    assert whats(check_holes(tree)) == []
    assert whats(check_lock(tree)) == [("unhashed", "red")]


def test_the_build_is_red_by_each_of_the_three(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted pin, a planted secret, a scanner that dies: each as the whole scan tells it."""

    def red() -> set[str]:
        return {result.check for result in scan(tree) if result.verdict == "red"}

    assert red() == set()
    hole = Affected(id="CVE-1", package="av", fixed="19")
    put(tree, Advisories(made_utc=utc_iso(), packages=("av", "numpy"), holes=(hole,)))
    (tree / "notes.txt").write_text("AKIA" + "ABCDEFGHIJKLMNOP", encoding="utf-8")
    assert red() == {"holes", "secrets"}

    def dying(check: str, root: Path) -> list[str]:
        dies = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
        return dies if check == "licences" else scanner(check, root)

    monkeypatch.setattr("studio.governance.scan.run.scanner", dying)
    assert red() == {"holes", "secrets", "licences"}
