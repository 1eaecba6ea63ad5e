"""Comments that are pushed to a door of ours, signed as Standard Webhooks; lines as from a file."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ClassVar

from studio.comments.model import Comment, Withdrawn
from studio.comments.platforms.base import CommentPlatform
from studio.comments.platforms.fields import as_object, decoded
from studio.comments.platforms.lines import LineTaker
from studio.core.clean import write_json
from studio.core.clock import utc_ms
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.post_door import PostDoor
from studio.core.text import Text
from studio.core.webhooks import check_standard, secret_bytes

LOOPBACK = "127.0.0.1"
FOLDER = "/comments"
MOST_LINES = 2000
Answer = tuple[int, dict[str, Any]]


class PushSettings(Settings):
    """What every pushed feed needs."""

    port: Annotated[int, setting("本机端口", "Port of this computer", ge=0, le=65535)] = 8790
    secret: Annotated[str, setting("签名密钥", "Signing secret")] = ""


class PushedFeed(CommentPlatform):
    """Waits at a door of this computer; a tunnel or proxy brings the platform's messages to it.

    Attributes:
        port: where it listens; 0 while it is closed.
    """

    settings: PushSettings

    def __init__(self, settings: PushSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        self.port = 0
        self.refused = 0
        self._put: Callable[[Comment], None] = lambda comment: None

    @abstractmethod
    def taken(self, headers: dict[str, str], body: bytes) -> Answer:
        """One message: checks whose it is, then puts what it brings.

        Raises:
            StudioError: denied: it is not from who it should be.
        """

    async def run(self, put: Callable[[Comment], None], told: Callable[[str, str], None]) -> None:
        """Listens until cancelled."""
        if not self.settings.secret:
            raise StudioError("invalid", "audience.no_key", kind=self.kind)
        self._put = put

        async def take(name: str, headers: dict[str, str], body: bytes) -> Answer:
            if name != self.kind:
                return 404, {"error": "no such address"}
            try:
                answer = self.taken(headers, body)
            except StudioError as error:
                self.refused += 1
                told("connecting" if self.port else "failed", self._refusals(error))
                return 401, {"error": error.in_language("en")}
            told("live", "")
            return answer

        door = PostDoor(take, folder=FOLDER)
        await door.open(LOOPBACK, self.settings.port)
        try:
            self.port = door.port
            told("connecting", self._waiting())
            await asyncio.Event().wait()
        finally:
            self.port = 0
            await door.close()

    def _waiting(self) -> str:
        address = f"http://{LOOPBACK}:{self.port}{FOLDER}/{self.kind}"
        return StudioError("unavailable", "audience.waits_at", url=address).in_language()

    def _refusals(self, error: StudioError) -> str:
        why = error.in_language()
        return StudioError(
            "denied", "audience.push_refused", count=self.refused, why=why
        ).in_language()


class WebhookSettings(PushSettings):
    """Settings of pushed lines."""

    platform: Annotated[str, setting("平台名", "Platform's name")] = ""


class WebhookFeed(PushedFeed):
    """Lines as from a file, several in a message; deletions and bans as lines of their own."""

    kind: ClassVar[str] = "webhook"
    label: ClassVar[Text] = Text("Webhook 评论", "Pushed comments")
    help: ClassVar[Text] = Text(
        "接收签名推送的 JSON 行评论（Standard Webhooks）。",
        "Takes JSON-line comments that are pushed and signed (Standard Webhooks).",
    )
    Settings: ClassVar[type[Settings]] = WebhookSettings

    settings: WebhookSettings

    def __init__(self, settings: WebhookSettings, folder: Path) -> None:
        super().__init__(settings, folder)
        if settings.secret:
            secret_bytes(settings.secret)
        self._platform = settings.platform or "webhook"
        self._lines = LineTaker(self._platform)

    def taken(self, headers: dict[str, str], body: bytes) -> Answer:
        """Lines, or one JSON array of them."""
        check_standard(self.settings.secret, headers, body, utc_ms() / 1000)
        lines = _lines_of(body)
        bad = max(0, len(lines) - MOST_LINES)
        for line in lines[:MOST_LINES]:
            bad += not self._line(line)
        return 200, {"taken": len(lines) - bad, "bad": bad}

    def _line(self, line: str) -> bool:
        gone = _withdrawn(line, self._platform)
        if gone is not None:
            self.withdraw(gone)
            return True
        return not self._lines.take(line, self._put)


def _lines_of(body: bytes) -> list[str]:
    text = body.decode("utf-8", "replace").strip()
    if text.startswith("["):
        found = decoded(text)
        return [write_json(entry) for entry in found] if isinstance(found, list) else [text]
    return [line for line in text.split("\n") if line.strip()]


def _withdrawn(line: str, platform: str) -> Withdrawn | None:
    if '"deleted"' not in line and '"banned"' not in line:
        return None
    raw = as_object(decoded(line))
    if not raw or "text" in raw:
        return None
    ids, who = raw.get("deleted"), raw.get("banned")
    ids = [ids] if isinstance(ids, str | int) else ids
    found = tuple(str(id)[:100] for id in ids[:1000]) if isinstance(ids, list) else ()
    return Withdrawn(platform, found, str(who)[:100] if isinstance(who, str | int) else "")
