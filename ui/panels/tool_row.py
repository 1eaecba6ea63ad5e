"""The tools of a panel's head: those that have no room stand in a menu, none is cut."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLineEdit, QMenu, QWidget

from ui.theme import tokens
from ui.widgets.basics import STANDS_IN, Button, below

AWAY = -20_000
"""Where a tool stands that has no room: it stays as its panel made it, and nobody sees it."""


def _wide(tool: QWidget) -> int:
    """How wide it wants to be."""
    return min(max(tool.sizeHint().width(), tool.minimumWidth()), tool.maximumWidth())


class ToolRow(QHBoxLayout):
    """Tools from left to right, as many as there is room for; the last go into the menu first.

    A tool's own visibility stays its panel's: what the panel hides is neither shown nor listed.

    Attributes:
        more: opens the menu of those without room; it stands away while there are none.
    """

    def __init__(self, head: QWidget) -> None:
        super().__init__()
        self.setSpacing(tokens.px(6))
        self.more = Button("", "quiet", icon="more", clicked=self._open)
        self.more.setParent(head)
        self._policies: dict[QWidget, Qt.FocusPolicy] = {}
        self._put_away(self.more)

    def minimumSize(self) -> QSize:
        """Room for the menu alone."""
        return QSize(self.more.sizeHint().width() if self._tools() else 0, 0)

    def setGeometry(self, rect: QRect) -> None:
        """Shows those for which there is room."""
        tools = self._tools()
        folded = self._without_room(tools, rect.width())
        for tool in [*tools, self.more]:
            self._bring_back(tool)
        if not folded:
            super().setGeometry(rect)
            self._put_away(self.more)
            return
        for tool in folded:
            self._put_away(tool)
        right = rect.right() + 1
        for tool in (self.more, *(tool for tool in reversed(tools) if tool not in folded)):
            wide, high = _wide(tool), min(tool.sizeHint().height(), rect.height())
            right -= wide
            tool.setGeometry(right, rect.top() + (rect.height() - high) // 2, wide, high)
            right -= self.spacing()
        self.more.raise_()

    def folded(self) -> list[QWidget]:
        """Those that stand in the menu now, from left to right."""
        return [tool for tool in self._tools() if tool in self._policies]

    def _tools(self) -> list[QWidget]:
        """Those that their panel shows."""
        items = (self.itemAt(place) for place in range(self.count()))
        tools = (item.widget() for item in items if item is not None)
        return [tool for tool in tools if tool is not None and not tool.isHidden()]

    def _without_room(self, tools: list[QWidget], wide: int) -> list[QWidget]:
        def needs(tool: QWidget) -> int:
            return _wide(tool) + self.spacing()

        left = wide + self.spacing() - sum(map(needs, tools))
        if left >= 0:
            return []
        folded: list[QWidget] = []
        left -= needs(self.more)
        # What is written into cannot stand in a menu: it goes when nothing else can.
        for tool in sorted(reversed(tools), key=lambda tool: isinstance(tool, QLineEdit)):
            if left >= 0:
                break
            folded.append(tool)
            left += needs(tool)
        return folded

    def _put_away(self, tool: QWidget) -> None:
        self._policies.setdefault(tool, tool.focusPolicy())
        tool.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if tool is not self.more:  # what it opens or says stands here
            tool.setProperty(STANDS_IN, self.more)
        tool.move(AWAY, 0)

    def _bring_back(self, tool: QWidget) -> None:
        if tool in self._policies:
            tool.setFocusPolicy(self._policies.pop(tool))
            tool.setProperty(STANDS_IN, None)

    def _open(self) -> None:
        menu = QMenu(self.more)
        for tool in self.folded():
            if menu.actions():
                menu.addSeparator()
            is_button = isinstance(tool, QAbstractButton)
            for button in [tool] if is_button else tool.findChildren(QAbstractButton):
                if not isinstance(button, QAbstractButton) or button.isHidden():
                    continue
                action = menu.addAction(button.text() or button.accessibleName())
                action.setEnabled(button.isEnabled())
                action.setCheckable(button.isCheckable())
                action.setChecked(button.isChecked())
                action.triggered.connect(button.click)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(below(self.more))
