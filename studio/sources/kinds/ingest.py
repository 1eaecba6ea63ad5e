"""A phone or another encoder as a camera: it pushes RTMP to this machine."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Annotated, Any, ClassVar, Literal

from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.network import own_address
from studio.core.paths import data_dir
from studio.core.text import Text
from studio.core.whole_file import make_once
from studio.sources.base import Feed
from studio.sources.capture import LiveInput
from studio.sources.listener import IngestEndpoint, IngestListener, Pipe

APP = "live"
SECRET_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9_]{1,32}")
OPTIONS = {"probesize": "200000", "analyzeduration": "700000"}


class IngestSettings(Settings):
    """Settings of an ingest."""

    stream: Annotated[str, setting("流名（字母数字）", "Stream name (letters, digits)")] = "phone"
    port: Annotated[int, setting("端口", "Port", ge=1024, le=65535)] = 19350
    reach: Annotated[
        Literal["this", "network"],
        setting(
            "接受来自",
            "Takes from",
            words={"this": ("仅本机", "This machine"), "network": ("局域网", "The local network")},
        ),
    ] = "this"
    deinterlace: Annotated[bool, setting("去隔行", "Deinterlace")] = True
    watch_frozen: Annotated[bool, setting("画面不动视为故障", "Frozen counts as a fault")] = False


class Ingest(LiveInput):
    """Waits at its door until somebody with its key pushes; when that one goes, waits again."""

    kind: ClassVar[str] = "ingest"
    label: ClassVar[Text] = Text("接收推流（手机当摄像头）", "Ingest (a phone as a camera)")
    help: ClassVar[Text] = Text(
        "在本机端口接收 RTMP 推流；地址与密钥见来源面板。",
        "Takes RTMP that is pushed to this machine; address and key are in the sources panel.",
    )
    Settings: ClassVar[type[Settings]] = IngestSettings
    lost_ms: ClassVar[int] = 1300
    sound_delay_ms: ClassVar[int] = 80

    settings: IngestSettings

    @property
    def drops_backlog(self) -> bool:
        """What came while it was looked at is old."""
        return True

    def address(self) -> tuple[str, str | None, dict[str, str]]:
        """The server, without the key."""
        return f"rtmp://{self.host()}:{self.settings.port}/{APP}", "flv", OPTIONS

    def host(self) -> str:
        """What a phone calls this machine."""
        return own_address() if self.settings.reach == "network" else "127.0.0.1"

    def key(self) -> str:
        """The key that opens this door.

        Raises:
            StudioError: invalid: a stream name with other signs.
        """
        return key_of(self.settings.stream)

    def run(self, feed: Feed) -> None:
        """Takes one caller after the other until stopped.

        Raises:
            StudioError: unavailable (port in use), conflict (another source has the name),
                invalid (stream name).
        """
        door = IngestEndpoint(self.key())
        bind = "0.0.0.0" if self.settings.reach == "network" else "127.0.0.1"
        listener = IngestListener.open(bind, self.settings.port, door)
        try:
            has_called = False
            while not feed.stopping.is_set():
                address = self.address()[0]
                if has_called:
                    feed.tell(StudioError("unavailable", "sources.ingest_lost", address=address))
                else:
                    feed.wait(StudioError("unavailable", "sources.ingest_waiting", address=address))
                pipe = door.wait(0.25)
                if pipe is not None:
                    has_called = True
                    self._take(feed, pipe)
        finally:
            listener.leave(door)

    def _take(self, feed: Feed, pipe: Pipe) -> None:
        import av

        pipe.stopping = feed.stopping
        try:
            media: Any = av.open(pipe, format="flv", options=OPTIONS)
        except (av.FFmpegError, OSError, ValueError):
            pipe.close()
            return
        try:
            with media:
                self._read(media, feed)
        except (av.FFmpegError, OSError):
            return  # it broke off: the next caller is waited for
        finally:
            pipe.close()


def key_of(stream: str) -> str:
    """A stream's key: its name and what only this machine can have made of it.

    Raises:
        StudioError: invalid: a name with other signs than letters and digits.
    """
    if not _NAME.fullmatch(stream):
        raise StudioError("invalid", "sources.ingest_name", stream=stream)
    made = hmac.new(_secret(), stream.encode(), hashlib.sha256).hexdigest()
    return f"{stream}-{made[:20]}"


def _secret() -> bytes:
    """This machine's secret for keys; made at first use, readable by this person alone."""
    file = data_dir() / "ingest.key"
    return make_once(file, lambda: secrets.token_bytes(SECRET_BYTES), least=SECRET_BYTES)
