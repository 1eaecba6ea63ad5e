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
from studio.core.event import Event
from studio.core.places import names_place
from studio.governance.anchors import AnchorFolder
from studio.governance.audit import AuditLog, SignedAnchor
from studio.governance.audit_tail import last_entries
from studio.governance.events import AuditContradicted
from studio.governance.kept_anchors import compare
from studio.governance.support import write_bundle
from studio.governance.time_stamps import check_stamp
from studio.governance.updates import check_update

MOST_COMPARED = 10


class GivenAnchor(msgspec.Struct, frozen=True):
    """An anchor as the event ``audit.anchored`` tells it."""

    anchor: Annotated[str, msgspec.Meta(max_length=300)]
    at_utc: Annotated[str, msgspec.Meta(max_length=40)] = ""
    public: Annotated[str, msgspec.Meta(max_length=64)] = ""
    signature: Annotated[str, msgspec.Meta(max_length=128)] = ""


class AuditCommands:
    """What outsiders keep of the log.

    Args:
        log: the audit log.
        anchors: kept in a folder.
        look: tells what is new.
        publish: announces a log that is not as somebody saw it.
    """

    def __init__(
        self,
        log: AuditLog,
        anchors: AnchorFolder,
        look: Callable[[], None],
        publish: Callable[[Event], None],
    ) -> None:
        self._log, self._anchors, self._look, self._publish = log, anchors, look, publish
        self._comparing = asyncio.Lock()

    @command(
        "audit.anchor",
        role=Role.STREAMER,
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
        "audit.compare",
        role=Role.STREAMER,
        label=("核对别处存的锚点", "Compare anchors"),
        help=(
            "导播台和手机连上时送来自己存的锚点；记录里没有这些行（被截短、重写或退回旧备份）就"
            "告警。只认本机密钥签过的。",
            "Desks and phones send the anchors they keep when they come in: a log that has not "
            "these lines any more (cut, written anew, an old copy) is an alarm. Anchors that this "
            "machine's key did not sign say nothing.",
        ),
    )
    async def compare(
        self, anchors: Annotated[list[GivenAnchor], msgspec.Meta(max_length=MOST_COMPARED)]
    ) -> Changed:
        log = self._log
        given = [SignedAnchor(g.anchor, g.at_utc, g.public, g.signature) for g in anchors]
        async with self._comparing:
            try:
                said = await asyncio.to_thread(compare, log.folder, log.public, given)
            except OSError as error:
                path, why = str(log.folder), error.strerror or str(error)
                raise StudioError("failed", "audit.unreadable", path=path, why=why) from None
        for made in said.missing:
            self._publish(AuditContradicted(
                anchor=made.anchor, at_utc=made.at, public=made.key, signature=made.signature,
                device=asking().person,
            ))  # fmt: skip
        missing = [made.anchor for made in said.missing]
        return changed(result={"agreed": said.agreed, "strange": said.strange, "missing": missing})

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
        "audit.stamp",
        role=Role.OWNER,
        label=("盖时间戳", "Stamp with the time"),
        help=(
            "让时间戳服务（RFC 3161）为最近的锚点盖章，存入锚点文件夹，之后每小时一次；"
            "只发送锚点的哈希。"
            "url 为服务网址，空字符串是不再盖；只能在本机修改，不填则用记下的网址。",
            "Has a time-stamp service (RFC 3161) stamp the newest anchor, kept in the folder of "
            "anchors, and each hour from then on; only the anchor's hash is sent. An empty url "
            "ends that; changed at this machine only, the one that is kept when nothing is given.",
        ),
    )
    async def stamp(self, url: Annotated[str | None, names_place("address")] = None) -> Changed:
        if not asking().is_here:
            raise StudioError("denied", "audit.anchors_only_here")
        kept = await asyncio.to_thread(settings.load)
        before, address = kept.time_stamp_url, (kept.time_stamp_url if url is None else url.strip())
        result: dict[str, str] = {"url": address}
        if address:
            newest = self._log.newest
            if not newest.anchor:
                raise StudioError("conflict", "audit.none_signed")
            stamped = await asyncio.to_thread(self._anchors.stamp, address, newest)
            result |= {"anchor": stamped.anchor, **check_stamp(stamped)._asdict()}
        elif url is None:
            raise StudioError("invalid", "audit.no_stamp_address", url="")
        if address != before:
            await asyncio.to_thread(_keep_service, address)
        undo = ("audit.stamp", {"url": before})
        return changed("audit", undo=undo, result=result)

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


def _keep_service(url: str) -> None:
    kept = settings.load()
    kept.time_stamp_url = url
    settings.keep(kept)


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
