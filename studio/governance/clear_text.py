"""The owner's exception by which phones are spoken with in clear: with a reason, until a day."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import msgspec

from studio.core.clock import utc_iso
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.log import logger
from studio.core.text import Text
from studio.governance.document import PrivateDocument
from studio.governance.rights.model import ends_in, left_s
from studio.governance.watch.model import ClearText

_log = logger(__name__)
MOST_BYTES = 100_000


class ClearTextEnded(Event, frozen=True, kw_only=True):
    """The exception is over: what was spoken in clear is encrypted again, or closed."""

    name: ClassVar[str] = "remote.clear_ended"
    label: ClassVar[Text] = Text("不加密的例外已到期", "The exception for clear text is over")
    help: ClassVar[Text] = Text(
        "手机遥控不加密的例外到期，已改为加密；手机需要重新扫码。",
        "Phones were connected unencrypted by an exception of the owner; it is over, and what they "
        "say is encrypted. They scan the code again.",
    )

    until_utc: str


class _Kept(msgspec.Struct):
    exception: ClearText | None = None


class ClearTextPermit:
    """Keeps the exception. Callable from any thread.

    Args:
        path: of the document.
    """

    def __init__(self, path: Path) -> None:
        self._document = PrivateDocument(
            path, _Kept, most_bytes=MOST_BYTES, unreadable="clear.unreadable",
            not_kept="clear.not_kept",
        )  # fmt: skip

    def now(self) -> ClearText | None:
        """The one that holds; None without one, when it is over or cannot be read."""
        try:
            kept = self._document.known().exception
        except StudioError as error:
            _log.warning("the exception for clear text cannot be read: %s", error)
            return None
        return kept if kept is not None and left_s(kept.until_utc) > 0 else None

    def allow(self, who: str, reason: str, hours: float) -> ClearText:
        """From now on, for so long.

        Raises:
            StudioError: failed: it cannot be kept, and does not hold.
        """
        made = ClearText(who=who, reason=reason, at_utc=utc_iso(), until_utc=ends_in(hours))
        with self._document.changing() as kept:
            kept.exception = made
        return made

    def end(self) -> None:
        """It is over now.

        Raises:
            StudioError: failed: it cannot be kept.
        """
        with self._document.changing() as kept:
            kept.exception = None
