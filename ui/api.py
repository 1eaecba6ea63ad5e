"""All that a plugin's panel may import of the desk; of the studio it has `studio.api`."""

from __future__ import annotations

from ui.desk import Desk
from ui.i18n import language, pick
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, LEFT, RIGHT, Spot
from ui.widgets.basics import Badge, Button, Dot, TextLabel, column, holder, row
from ui.widgets.hold import HoldButton

__all__ = [
    "BOTTOM",
    "LEFT",
    "RIGHT",
    "Badge",
    "Button",
    "Desk",
    "Dot",
    "HoldButton",
    "Panel",
    "Spot",
    "TextLabel",
    "column",
    "holder",
    "language",
    "listen",
    "pick",
    "row",
]
