"""The audit log from outside."""

from __future__ import annotations

from studio.core.command import Changed, Role, changed, command
from studio.governance.audit import AuditLog


class AuditCommands:
    """What outsiders keep of the log."""

    def __init__(self, log: AuditLog) -> None:
        self._log = log

    @command(
        "audit.anchor",
        role=Role.VIEWER,
        label=("审计锚点", "Audit anchor"),
        help=(
            "最近一次签名的文件、行数与哈希；抄到别处，日后能看出记录是否被截短。",
            "File, lines and hash of the last signature: kept elsewhere, it shows a log that was "
            "cut.",
        ),
    )
    def anchor(self) -> Changed:
        return changed(result={"anchor": self._log.signed, "key": self._log.public})
