"""Comments from a file, at the moments they came: for rehearsals and drills."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Annotated, ClassVar

from msgspec.structs import replace

from studio.comments.model import Comment
from studio.comments.platforms.base import CommentPlatform
from studio.comments.platforms.lines import BadLine, parse
from studio.core.bounded import TEXT_BYTES, read_bounded
from studio.core.clean import lines_of
from studio.core.clock import NS, now_ns, utc_iso
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.log import logger
from studio.core.text import Text

_log = logger(__name__)


class ReplayFeedSettings(Settings):
    """Settings of a replay."""

    path: Annotated[str, setting("文件", "File", "file")] = ""
    speed: Annotated[float, setting("倍速", "Speed", ge=0.01, le=1000)] = 1.0
    loop: Annotated[bool, setting("循环", "Loop")] = False


class CommentReplay(CommentPlatform):
    """A JSON-lines file; each line may say ``at_ms``, else they come a second apart."""

    kind: ClassVar[str] = "replay"
    label: ClassVar[Text] = Text("评论回放", "Comment replay")
    help: ClassVar[Text] = Text("按时间回放评论文件。", "Plays a comment file at its own pace.")
    Settings: ClassVar[type[Settings]] = ReplayFeedSettings

    settings: ReplayFeedSettings

    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Plays once, or for ever with ``loop``; a broken line is left out and said once."""
        lines = await asyncio.to_thread(self._read)
        rounds = 0
        while True:
            began = now_ns()
            for at_ms, comment in lines:
                due = began + int(at_ms / self.settings.speed * 1e6)
                await asyncio.sleep(max(0.0, (due - now_ns()) / NS))
                id = f"{comment.id}~{rounds}" if rounds else comment.id
                put(replace(comment, id=id, at_utc=utc_iso()))
            rounds += 1
            if not self.settings.loop:
                return
            await asyncio.sleep(1.0 / self.settings.speed)

    def _read(self) -> list[tuple[float, Comment]]:
        path = self.folder / self.settings.path
        if not self.settings.path or not path.is_file():
            raise StudioError("not_found", "audience.file_missing", path=str(path))
        found: list[tuple[float, Comment]] = []
        bad: list[str] = []
        with contextlib.suppress(OSError):
            text = read_bounded(path, TEXT_BYTES).decode("utf-8", "replace")
            for number, line in enumerate(lines_of(text), 1):
                if not line.strip():
                    continue
                try:
                    comment, at_ms = parse(line, number, "replay")
                except BadLine as error:
                    bad.append(f"{number}: {error}")
                    continue
                found.append((float(number * 1000) if at_ms is None else at_ms, comment))
        if bad:
            _log.warning("%s: %d lines are no comments, first %s", path, len(bad), bad[0])
        if not found:
            raise StudioError("invalid", "audience.file_empty", path=str(path))
        return sorted(found, key=lambda pair: pair[0])
