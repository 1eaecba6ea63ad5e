"""A stream from the network: RTMP, HTTP, HLS, RTSP."""

from __future__ import annotations

from typing import Annotated, ClassVar

from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.sources.capture import LiveInput

SCHEMES = ("rtmp://", "rtmps://", "http://", "https://", "rtsp://", "tcp://", "udp://")


class StreamSettings(Settings):
    """Settings of a network stream."""

    url: Annotated[str, setting("地址", "Address")] = ""


class Stream(LiveInput):
    """Plays a live stream; comes back by itself when the far end does."""

    kind: ClassVar[str] = "stream"
    label: ClassVar[Text] = Text("网络流", "Network stream")
    help: ClassVar[Text] = Text(
        "拉取 RTMP、HTTP、HLS 或 RTSP 流。", "Plays an RTMP, HTTP, HLS or RTSP stream."
    )
    Settings: ClassVar[type[Settings]] = StreamSettings
    sound_delay_ms: ClassVar[int] = 80

    settings: StreamSettings

    def address(self) -> tuple[str, str | None, dict[str, str]]:
        """Low-latency options for what was set."""
        url = self.settings.url.strip()
        if not url.startswith(SCHEMES):
            raise StudioError("invalid", "sources.bad_address", url=url, schemes=", ".join(SCHEMES))
        return url, None, {"fflags": "nobuffer", "probesize": "500000", "analyzeduration": "500000"}
