"""A stream from the network: RTMP, HTTP, HLS, RTSP."""

from __future__ import annotations

from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.sources.capture import LiveInput

SCHEMES = ("rtmp://", "rtmps://", "http://", "https://", "rtsp://", "tcp://", "udp://")
PLAYLISTS = (".m3u8",)
FILMS = (".mp4", ".m4v", ".mov", ".mkv", ".webm")


class StreamSettings(Settings):
    """Settings of a network stream."""

    url: Annotated[str, setting("地址", "Address", "address")] = ""
    deinterlace: Annotated[bool, setting("去隔行", "Deinterlace")] = True
    watch_frozen: Annotated[bool, setting("画面不动视为故障", "Frozen counts as a fault")] = False


class Stream(LiveInput):
    """Plays a live stream; comes back by itself when the far end does."""

    kind: ClassVar[str] = "stream"
    label: ClassVar[Text] = Text("网络流", "Network stream")
    help: ClassVar[Text] = Text(
        "拉取 RTMP、HTTP、HLS 或 RTSP 流。", "Plays an RTMP, HTTP, HLS or RTSP stream."
    )
    Settings: ClassVar[type[Settings]] = StreamSettings
    lost_ms: ClassVar[int] = 1300
    sound_delay_ms: ClassVar[int] = 80
    patience_s: ClassVar[float] = 0.2

    settings: StreamSettings

    @property
    def read_limit_s(self) -> float:
        """A playlist has nothing new until its next segment is written."""
        return 15.0 if self._ends_in(PLAYLISTS) else super().read_limit_s

    def _ends_in(self, endings: tuple[str, ...]) -> bool:
        return urlsplit(self.settings.url.strip()).path.lower().endswith(endings)

    def address(self) -> tuple[str, str | None, dict[str, str]]:
        """Low-latency options for what was set."""
        url = self.settings.url.strip()
        if not url.startswith(SCHEMES):
            raise StudioError("invalid", "sources.bad_address", url=url, schemes=", ".join(SCHEMES))
        return url, None, {"probesize": "500000", "analyzeduration": "500000"}

    @property
    def drops_backlog(self) -> bool:
        """Of what comes in pieces it is what everything begins with."""
        return not self._ends_in((*PLAYLISTS, *FILMS))
