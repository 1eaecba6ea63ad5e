"""Noise gate: silence between the words."""

from __future__ import annotations

from typing import Annotated, ClassVar

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.chain import ChainFilter, Node, linear


class GateSettings(extension.Settings, kw_only=True):
    """When it closes, and how."""

    threshold_db: Annotated[
        float, setting("门限 (dB)", "Threshold (dB)", "slider", ge=-80, le=0)
    ] = -40.0
    reduction_db: Annotated[
        float, setting("关闭时衰减 (dB)", "Reduction when closed (dB)", "slider", ge=-90, le=0)
    ] = -60.0
    attack_ms: Annotated[float, setting("打开 (毫秒)", "Attack (ms)", "slider", ge=0.1, le=500)] = (
        10.0
    )
    release_ms: Annotated[
        float, setting("关闭 (毫秒)", "Release (ms)", "slider", ge=1, le=2000)
    ] = 150.0


class NoiseGate(ChainFilter):
    """FFmpeg's agate. No latency.

    agate looks at its threshold, attack and release only when it is built. So its own
    threshold stays at full scale and the sound is lifted to it and put back; other times build
    it anew.
    """

    kind: ClassVar[str] = "gate"
    label: ClassVar[Text] = Text("噪声门", "Noise gate")
    help: ClassVar[Text] = Text(
        "不说话时静音，去掉房间底噪。", "Closes between words: the room's hum is gone."
    )
    Settings: ClassVar[type[extension.Settings]] = GateSettings
    steps: ClassVar[int] = 1

    def change(self, settings: GateSettings) -> bool:
        """Threshold and reduction at once; times need another chain."""
        s = self.settings
        if (s.attack_ms, s.release_ms) != (settings.attack_ms, settings.release_ms):
            return False
        return super().change(settings)

    def nodes(self, settings: GateSettings) -> list[Node]:
        """One gate, between lifting and putting back."""
        return [
            Node("volume", {"volume": linear(-settings.threshold_db)}),
            Node(
                "agate",
                {
                    "threshold": 1,
                    "range": linear(settings.reduction_db),
                    "attack": settings.attack_ms,
                    "release": settings.release_ms,
                    "ratio": 9000,
                    "knee": 1,
                    "detection": "peak",
                },
            ),
            Node("volume", {"volume": linear(settings.threshold_db)}),
        ]
