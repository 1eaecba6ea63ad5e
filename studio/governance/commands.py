"""The audit log from outside, and the bundle for whoever helps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

import msgspec

from studio.core import settings
from studio.core.asking import asking
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.places import names_place
from studio.governance.anchors import AnchorFolder
from studio.governance.audit import AuditLog
from studio.governance.audit_tail import last_entries
from studio.governance.support import write_bundle
from studio.governance.updates import check_update


class AuditCommands:
    """What outsiders keep of the log.

    Args:
        log: the audit log.
        anchors: kept in a folder.
        look: tells what is new.
    """

    def __init__(self, log: AuditLog, anchors: AnchorFolder, look: Callable[[], None]) -> None:
        self._log, self._anchors, self._look = log, anchors, look

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

    @command(
        "audit.anchor_folder",
        role=Role.OWNER,
        label=("审计锚点文件夹", "Folder of audit anchors"),
        help=(
            "每分钟把签名的锚点另存到这里，最好在另一块硬盘上；只能在本机修改，path 为空字符串是"
            "不另存，不填则列出。",
            "Where signed anchors are kept each minute, best on another disk; changed at this "
            "machine only, an empty path keeps none, told when nothing is given.",
        ),
    )
    async def anchor_folder(
        self, path: Annotated[str | None, names_place("folder")] = None
    ) -> Changed:
        before = self._anchors.place.folder
        if path is None:
            return changed(result=msgspec.to_builtins(self._anchors.place))
        if not asking().is_here:
            raise StudioError("denied", "audit.anchors_only_here")
        await asyncio.to_thread(self._choose, path.strip())
        self._look()
        self._log.checkpoint()
        undo = ("audit.anchor_folder", {"path": before})
        return changed("audit", undo=undo, result=msgspec.to_builtins(self._anchors.place))

    def _choose(self, folder: str) -> None:
        self._anchors.choose(folder)
        kept = settings.load()
        kept.anchor_folder = folder
        settings.keep(kept)

    @command(
        "audit.list",
        role=Role.TECHNICIAN,
        label=("审计记录", "Audit entries"),
        help=(
            "最近的审计记录，新的在前；text 为要找的字。观众的话不打开。",
            "The last entries of the audit log, the newest first; text: words in it. What viewers "
            "said is not opened.",
        ),
    )
    async def list_last(
        self,
        text: Annotated[str, msgspec.Meta(max_length=100)] = "",
        limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 200,
    ) -> Changed:
        try:
            found = await asyncio.to_thread(last_entries, self._log.folder, limit, text)
        except OSError as error:
            path, why = str(self._log.folder), error.strerror or str(error)
            raise StudioError("failed", "audit.unreadable", path=path, why=why) from None
        return changed(result=msgspec.to_builtins(found))


class SupportCommands:
    """What is given to whoever helps."""

    @command(
        "support.bundle",
        role=Role.OWNER,
        label=("导出日志包", "Write a log bundle"),
        help=(
            "把日志、设置和版本打包给技术支持；不含密钥、令牌、节目和记录。",
            "Packs logs, settings and versions for support; no key, token, show or journal.",
        ),
    )
    async def bundle(self) -> Changed:
        try:
            file = await asyncio.to_thread(write_bundle)
        except OSError as error:
            raise StudioError("failed", "security.no_bundle", why=str(error)) from None
        return changed(result={"file": str(file)})

    @command(
        "support.check_update",
        role=Role.OWNER,
        label=("检查更新", "Check for an update"),
        help=(
            "看文件 path 或网址 url 里写的最新版本是否比这里新；只读这一份说明，不下载也不安装。",
            "Whether the newest version, as the file path or the address url says, is newer than "
            "this; that note alone is read, nothing is fetched or installed.",
        ),
    )
    async def check_for_update(
        self,
        path: Annotated[str, names_place("read")] = "",
        url: Annotated[str, names_place("address")] = "",
    ) -> Changed:
        found = await asyncio.to_thread(check_update, path.strip(), url.strip())
        return changed(result=msgspec.to_builtins(found))
