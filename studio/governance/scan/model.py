"""What a scan found: plain data."""

from __future__ import annotations

from typing import Literal

import msgspec

Verdict = Literal["green", "amber", "red"]
CHECKS = ("lock", "holes", "licences", "secrets")
"""What is scanned, each in a process of its own."""


class ScanFinding(msgspec.Struct, frozen=True, kw_only=True):
    """Something a scanner found.

    Attributes:
        what: key of a message under ``scan.``.
        where: package or file; never the secret itself.
        detail: version, line, id of a hole.
        verdict: "amber" for what may stand for a while.
    """

    what: str
    where: str = ""
    detail: str = ""
    verdict: Verdict = "red"


class ScanResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a scanner answered; one that could not run is red."""

    check: str
    verdict: Verdict
    count: int = 0
    findings: tuple[ScanFinding, ...] = ()


class Exemption(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that is let pass for a while.

    Attributes:
        id: of the hole, or the file of a secret.
        owner, reason, until: who answers for it, why, and until which day (UTC).
    """

    id: str
    owner: str
    reason: str
    until: str


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """A hole that is known.

    Attributes:
        introduced, fixed: first version that has it and first that has not; "" is open.
    """

    id: str
    package: str
    introduced: str = ""
    fixed: str = ""
    summary: str = ""


class Advisories(msgspec.Struct, frozen=True, kw_only=True):
    """The file of known holes.

    Attributes:
        made_utc: when it was made: it grows old.
        packages: that were asked about; a package that is not named is not known to be sound.
    """

    made_utc: str
    packages: tuple[str, ...] = ()
    holes: tuple[Affected, ...] = ()
