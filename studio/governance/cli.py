"""``shopcast audit`` and ``verify``: is the log whole, is a report as it was signed?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from studio.core.clean import encode_json, write_json
from studio.core.i18n import translate
from studio.governance.audit import Signer
from studio.governance.audit_check import Flaw, check_logs
from studio.governance.secrets import Secrets
from studio.governance.signing import own_key, verify_file

Write = Callable[[str], None]
USUAL = ("open", "torn")
"""Not wrong by themselves: a run that is on, or that was killed."""


def verify(
    folder: Path, key: str, anchors: tuple[str, ...], write: Write, *, as_json: bool
) -> bool:
    """Checks the logs of a folder and says what is wrong with them.

    Args:
        key: public key that must have signed; "" is this machine's own.

    Returns:
        Whether they are whole.

    Raises:
        StudioError: not_found, failed.
    """
    report = check_logs(folder, key or Signer(Secrets()).public, anchors)
    wrong = [flaw for flaw in report.flaws if flaw.what not in USUAL]
    if as_json:
        flaws = [asdict(flaw) for flaw in report.flaws]
        plain = {"files": report.files, "entries": report.entries, "signed": report.signed,
                 "whole": not wrong, "flaws": flaws}  # fmt: skip
        write(write_json(plain))
    else:
        for flaw in report.flaws:
            write(_said(flaw))
        if not wrong:
            write(translate("audit.whole", files=report.files, entries=report.entries,
                            signed=report.signed))  # fmt: skip
    return not wrong


def _said(flaw: Flaw) -> str:
    return translate(f"audit.{flaw.what}", file=flaw.file, line=flaw.line, at=flaw.at or "-")


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
