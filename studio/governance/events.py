"""What the audit log announces."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text


class AuditAnchored(Event, frozen=True, kw_only=True):
    """The audit log was signed: whoever keeps this can show that it was cut.

    Attributes:
        anchor: file, lines and the last one's hash.
        public: the key that signed, hex.
        signature: over ``anchor``, Ed25519, hex.
    """

    name: ClassVar[str] = "audit.anchored"
    label: ClassVar[Text] = Text("审计锚点", "Audit anchor")
    help: ClassVar[Text] = Text(
        "每分钟和一场结束时签名；存到别处，日后能看出审计记录是否被截短。",
        "Signed each minute and at a show's end; kept elsewhere it shows a log that was cut.",
    )
    is_journaled: ClassVar[bool] = False

    anchor: str
    at_utc: str
    public: str
    signature: str
