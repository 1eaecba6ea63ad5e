"""Equaliser: five bands."""

from __future__ import annotations

from typing import Annotated, ClassVar

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.chain import ChainFilter, Node


class EqualiserSettings(extension.Settings, kw_only=True):
    """Decibels by band."""

    low_db: Annotated[
        float, setting("低频 80 Hz (dB)", "Low 80 Hz (dB)", "slider", ge=-20, le=20)
    ] = 0.0
    low_mid_db: Annotated[
        float, setting("中低 250 Hz (dB)", "Low mid 250 Hz (dB)", "slider", ge=-20, le=20)
    ] = 0.0
    mid_db: Annotated[
        float, setting("中频 1 kHz (dB)", "Mid 1 kHz (dB)", "slider", ge=-20, le=20)
    ] = 0.0
    high_mid_db: Annotated[
        float, setting("中高 3.5 kHz (dB)", "High mid 3.5 kHz (dB)", "slider", ge=-20, le=20)
    ] = 0.0
    high_db: Annotated[
        float, setting("高频 10 kHz (dB)", "High 10 kHz (dB)", "slider", ge=-20, le=20)
    ] = 0.0


class Equaliser(ChainFilter):
    """Two shelves and three bells of FFmpeg's. No latency."""

    kind: ClassVar[str] = "equaliser"
    label: ClassVar[Text] = Text("均衡器", "Equaliser")
    help: ClassVar[Text] = Text(
        "五段均衡：去闷、提亮人声。", "Five bands: takes boom out, brings the voice forward."
    )
    Settings: ClassVar[type[extension.Settings]] = EqualiserSettings
    steps: ClassVar[int] = 1

    def nodes(self, settings: EqualiserSettings) -> list[Node]:
        """Shelf, three bells, shelf."""
        s = settings
        return [
            Node("lowshelf", {"f": 80, "t": "q", "w": 0.7, "g": s.low_db}),
            Node("equalizer", {"f": 250, "t": "q", "w": 1, "g": s.low_mid_db}),
            Node("equalizer", {"f": 1000, "t": "q", "w": 1, "g": s.mid_db}),
            Node("equalizer", {"f": 3500, "t": "q", "w": 1, "g": s.high_mid_db}),
            Node("highshelf", {"f": 10000, "t": "q", "w": 0.7, "g": s.high_db}),
        ]
