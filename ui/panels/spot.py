"""Where a panel stands in a layout while nobody has moved it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in one layout.

    Attributes:
        area: side of the window.
        stack: from first to last along the area; panels of one stack share a place as tabs.
        share: of the area, which the stack takes; one panel of a stack says it.
        is_front: the tab that is open at first; without one it is the first.
    """

    area: Qt.DockWidgetArea
    stack: int = 0
    share: float = 0.0
    is_front: bool = False
