"""Compressor: loud softer, so that soft can be louder."""

from __future__ import annotations

from typing import Annotated, ClassVar

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.chain import ChainFilter, Node, linear


class CompressorSettings(extension.Settings, kw_only=True):
    """When it works, and how."""

    threshold_db: Annotated[
        float, setting("阈值 (dB)", "Threshold (dB)", "slider", ge=-60, le=0)
    ] = -18.0
    ratio: Annotated[float, setting("压缩比", "Ratio", "slider", ge=1, le=20)] = 4.0
    attack_ms: Annotated[float, setting("启动 (毫秒)", "Attack (ms)", "slider", ge=0.1, le=500)] = (
        6.0
    )
    release_ms: Annotated[
        float, setting("释放 (毫秒)", "Release (ms)", "slider", ge=1, le=2000)
    ] = 80.0
    output_gain_db: Annotated[
        float, setting("输出增益 (dB)", "Output gain (dB)", "slider", ge=0, le=32)
    ] = 0.0


class Compressor(ChainFilter):
    """FFmpeg's acompressor. No latency."""

    kind: ClassVar[str] = "compressor"
    label: ClassVar[Text] = Text("压缩器", "Compressor")
    help: ClassVar[Text] = Text(
        "压低过响的声音，让音量更均匀。", "Holds loud sound down, so that all is about as loud."
    )
    Settings: ClassVar[type[extension.Settings]] = CompressorSettings

    def nodes(self, settings: CompressorSettings) -> list[Node]:
        """One compressor."""
        return [
            Node(
                "acompressor",
                {
                    "threshold": linear(settings.threshold_db),
                    "ratio": settings.ratio,
                    "attack": settings.attack_ms,
                    "release": settings.release_ms,
                    "makeup": linear(settings.output_gain_db),
                    "knee": 2,
                },
            )
        ]
