"""Colours, sizes and fonts of the desk: the only place where they are said."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont

BACKGROUND = "#14161A"
PANEL = "#1C1F26"
RAISED = "#262A33"
HOVER = "#313744"
LINE = "#333844"
TEXT = "#E8EAED"
MUTED = "#9AA0AC"
FAINT = "#8C93A0"  # 4.5:1 on PANEL, RAISED and SELECTED; for what is off
ACCENT = "#4C8DFF"
ACCENT_FILL = "#1F3A6B"
ACCENT_TEXT = "#BFD6FF"
FOCUS = "#F2F5FA"  # 2 px around what has the keyboard: neither "on" nor a state
GO_LIVE = "#2A5FC4"  # white text on it keeps 5:1
GO_LIVE_HOVER = "#2F68D2"
SELECTED = "#1D2A45"
ON_AIR = "#E5383B"
ON_AIR_FILL = "#CC2B30"  # white text on it keeps 5:1
ON_AIR_HOVER = "#DA3236"  # the brightest that white text can be read on
ON_PROGRAMME = "#6B7280"  # taken, but nothing goes out: off air nothing is red
ON_AIR_SOFT = "#43202A"
NEXT = "#2FB170"
NEXT_SOFT = "#1A3A2C"
NEXT_TEXT = "#6FDBA4"
ATTENTION = "#F2A33A"
ATTENTION_SOFT = "#3F2F17"
WHITE = "#FFFFFF"
DARK = "#0B0D10"

GRID = 4
RADIUS = 6

_scale = 1.0


def set_scale(scale: float) -> None:
    """Scales all sizes and texts, 0.8..3; to be called before widgets are made."""
    global _scale
    _scale = max(0.8, min(3.0, scale))


def scale() -> float:
    """The scale now."""
    return _scale


def px(value: float) -> int:
    """A size in pixels at the present scale, never 0 for a positive one."""
    return max(1, round(value * _scale)) if value > 0 else 0


def colour(name: str, alpha: int = 255) -> QColor:
    """A token as a colour."""
    made = QColor(name)
    made.setAlpha(alpha)
    return made


_family = ""


def set_family(name: str) -> None:
    """The family all fonts of the desk are of."""
    global _family
    _family = name


def font(size: float = 13, weight: int = 400) -> QFont:
    """The desk's font; ``size`` in pixels at scale 1. Its digits are all of one width."""
    made = QFont(_family) if _family else QFont()
    made.setPixelSize(px(size))
    made.setWeight(QFont.Weight.Bold if weight >= 600 else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made
