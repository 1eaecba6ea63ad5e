"""What the mixer announces."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text


class StripChanged(Event, frozen=True, kw_only=True):
    """A strip's fader, mute or pan changed."""

    name: ClassVar[str] = "sound.strip_changed"
    label: ClassVar[Text] = Text("调音已变", "Strip changed")
    help: ClassVar[Text] = Text("音量、静音或声像变化。", "A fader, mute or pan changed.")

    source: str
    gain_db: float
    is_muted: bool
    pan: float


class Meters(Event, frozen=True, kw_only=True):
    """Levels, several times a second."""

    name: ClassVar[str] = "sound.meters"
    label: ClassVar[Text] = Text("电平", "Meters")
    help: ClassVar[Text] = Text("各路与主输出的电平。", "Levels of every strip and the programme.")
    is_frequent: ClassVar[bool] = True
    is_journaled: ClassVar[bool] = False

    levels: dict[str, dict[str, tuple[float, float]]]
    loudness: dict[str, float | str] = {}


class LoudnessChanged(Event, frozen=True, kw_only=True):
    """The programme became too quiet, too loud or silent, or is right again."""

    name: ClassVar[str] = "sound.loudness_changed"
    label: ClassVar[Text] = Text("响度提示", "Loudness changed")
    help: ClassVar[Text] = Text(
        "节目响度偏离目标或恢复；verdict 为 ok、quiet、loud、silent。",
        "The loudness left its target or is back: ok, quiet, loud, silent.",
    )

    verdict: str
    short_term: float
    target: float
