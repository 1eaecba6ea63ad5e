"""Limiter: nothing is louder than this."""

from __future__ import annotations

from typing import Annotated, ClassVar

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.chain import ChainFilter, Node, linear


class LimiterSettings(extension.Settings, kw_only=True):
    """Where the ceiling is."""

    threshold_db: Annotated[
        float, setting("上限 (dB)", "Ceiling (dB)", "slider", ge=-24, le=0)
    ] = -3.0
    release_ms: Annotated[
        float, setting("释放 (毫秒)", "Release (ms)", "slider", ge=1, le=1000)
    ] = 60.0


class Limiter(ChainFilter):
    """FFmpeg's alimiter, which looks 5 ms ahead: the sound is 5 ms late and never over."""

    kind: ClassVar[str] = "limiter"
    label: ClassVar[Text] = Text("限幅器", "Limiter")
    help: ClassVar[Text] = Text(
        "声音绝不超过上限，避免爆音；延迟 5 毫秒。",
        "Nothing goes over the ceiling; 5 ms late.",
    )
    Settings: ClassVar[type[extension.Settings]] = LimiterSettings

    def nodes(self, settings: LimiterSettings) -> list[Node]:
        """One limiter, without its automatic gain."""
        return [
            Node(
                "alimiter",
                {
                    "limit": linear(settings.threshold_db),
                    "attack": 5,
                    "release": settings.release_ms,
                    "level": 0,
                },
            )
        ]
