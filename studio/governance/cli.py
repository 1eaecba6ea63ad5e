"""``shopcast audit`` and ``verify``: is the log whole, is a report as it was signed?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from studio.core import settings
from studio.core.clean import encode_json, write_json
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.paths import data_dir
from studio.governance.anchors import read_anchors
from studio.governance.audit import SignedAnchor, Signer
from studio.governance.audit_check import Flaw, Report, check_logs
from studio.governance.kept_anchors import own_kept
from studio.governance.secrets import Secrets
from studio.governance.signing import own_key, verify_file

Write = Callable[[str], None]
USUAL = ("open", "torn", "clock")
"""Not wrong by themselves: a run that is on, or that was killed; a clock that was set."""


def verify(
    folder: Path, key: str, anchors: tuple[str, ...], write: Write, *, as_json: bool
) -> bool:
    """Checks the logs of a folder and says what is wrong with them.

    Args:
        key: public key that must have signed; "" is this machine's own.
        anchors: kept elsewhere: texts, files or folders; without any, those of this machine's own
            folder of anchors for its own log.

    Returns:
        Whether they are whole.

    Raises:
        StudioError: not_found, failed.
    """
    known = [made for word in anchors for made in read_anchors(word)]
    public = key or Signer(Secrets()).public
    if not known and folder == data_dir() / "audit":
        known = own_anchors(settings.load().anchor_folder, write if not as_json else None)
        known += own_kept(folder).of(public)
    report = check_logs(folder, public, known)
    wrong = [flaw for flaw in report.flaws if flaw.what not in USUAL]
    if as_json:
        flaws = [asdict(flaw) for flaw in report.flaws]
        plain: dict[str, Any] = {
            "files": report.files, "entries": report.entries, "signed": report.signed,
            "anchored": report.anchored, "newest_anchor": msgspec.to_builtins(report.newest),
            "stamped": report.stamped, "stamp": report.stamp._asdict(),
            "whole": not wrong, "flaws": flaws,
        }  # fmt: skip
        write(write_json(plain))
    else:
        for flaw in report.flaws:
            write(_said(flaw))
        if not wrong:
            write(translate("audit.whole", files=report.files, entries=report.entries,
                            signed=report.signed))  # fmt: skip
            write(_anchored(report))
            if report.stamped:
                at, who, print_ = report.stamp
                write(translate("audit.stamped", n=report.stamped, at=at, who=who, print=print_))
    return not wrong


def own_anchors(folder: str, write: Write | None = None) -> list[SignedAnchor]:
    """What this machine keeps outside; [] where it keeps none or cannot read it, which is said."""
    if not folder:
        return []
    try:
        return read_anchors(folder)
    except StudioError as error:
        if write is not None:
            write(translate("audit.anchors_away", folder=folder, why=error.in_language()))
        return []


def _anchored(report: Report) -> str:
    if not report.anchored:
        return translate("audit.not_anchored")
    file, line, _ = report.newest.anchor.split(":")
    return translate("audit.anchored", n=report.anchored, file=file, line=line,
                     at=report.newest.at or "-")  # fmt: skip


def _said(flaw: Flaw) -> str:
    return translate(f"audit.{flaw.what}", file=flaw.file, line=flaw.line, at=flaw.at or "-",
                     seen=flaw.seen or "-", count=flaw.count)  # fmt: skip


def verify_document(file: Path, key: str, write: Write, *, as_json: bool) -> bool:
    """Checks a signed report.

    Args:
        key: public key, or its id, that must have signed; "" takes any.

    Returns:
        Whether it is as it was signed.

    Raises:
        StudioError: not_found, failed.
    """
    found = verify_file(file, own_key(Secrets()), key)
    if as_json:
        write(encode_json(found))
    else:
        whose = translate("verify.own" if found.is_own else "verify.other")
        write(translate(f"verify.{found.verdict}", kind=found.kind, made=found.made_utc,
                        id=found.key_id, whose=whose))  # fmt: skip
    return found.verdict == "good"
