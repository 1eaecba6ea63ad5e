"""``shopcast audit``: is the log whole?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from studio.core.clean import write_json
from studio.core.i18n import translate
from studio.governance.audit import Flaw, Signer, check_logs
from studio.governance.secrets import Secrets

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
