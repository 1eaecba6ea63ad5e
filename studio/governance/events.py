"""What the audit log and the rights of persons announce."""

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


class AuditContradicted(Event, frozen=True, kw_only=True):
    """A desk or phone keeps an anchor that the log has no line for any more.

    Attributes:
        anchor, at_utc, public, signature: as it was signed (`AuditAnchored`).
        device: that keeps it.
    """

    name: ClassVar[str] = "audit.contradicted"
    label: ClassVar[Text] = Text("审计记录与锚点不符", "The audit log lost what a desk saw")
    help: ClassVar[Text] = Text(
        "某台导播台或手机存着的锚点在记录里找不到了：被截短、重写，或数据文件夹退回了旧备份。",
        "An anchor that a desk or phone keeps has no line in the log any more: cut, written anew, "
        "or the data folder was brought back from an old copy.",
    )

    anchor: str
    at_utc: str
    public: str
    signature: str
    device: str


class ErasedAgain(Event, frozen=True, kw_only=True):
    """An old copy brought persons back who had been erased: they were erased once more.

    Attributes:
        persons: how many; nobody is named.
        missing: erasures that the data folder did not know of any more.
    """

    name: ClassVar[str] = "privacy.erased_again"
    label: ClassVar[Text] = Text("旧备份里的人已再次删除", "Persons erased again")
    help: ClassVar[Text] = Text(
        "数据文件夹退回了旧备份，里面有已删除的人；启动时已按删除凭证再次删除。",
        "The data folder was brought back from an old copy with persons in it who had been erased; "
        "they were erased again at the start.",
    )

    persons: int
    missing: int
