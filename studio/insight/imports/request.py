"""What the engine asks of the process that reads exports; nothing heavy is loaded for it."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.core.child_process import ProcessReply


class TakeRequest(msgspec.Struct, frozen=True):
    """What is to be read, and how; with ``is_kept`` it is taken as well.

    Attributes:
        kind: "" for the one that fits, or that was used for these heads before.
        mapping: field → head.
        year, zone, currency: of dates, times and amounts that name none.
    """

    path: str
    kind: str = ""
    mapping: dict[str, str] = {}
    currency: str = ""
    year: int | None = None
    zone: str = ""
    is_kept: bool = False


class TakeReply(ProcessReply):
    """What came of it: `shown`."""

    found: dict[str, Any] = {}
