"""Which command who may run, as a table: the roles, then the people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt

from studio.governance.rights.model import OperatorView
from ui.i18n import pick, t
from ui.models.commands import CommandInfo
from ui.models.rows import Index, RowsModel
from ui.panels.people.schemas import ROLES

MOST_PEOPLE = 20
YES, NO = "✓", "·"


class RightsModel(RowsModel):
    """A row a command."""

    def __init__(self) -> None:
        super().__init__()
        self._commands: list[CommandInfo] = []
        self._people: list[OperatorView] = []

    def put(self, commands: Sequence[CommandInfo], people: Sequence[OperatorView]) -> None:
        """Other commands, other people."""
        with self.other_rows():
            self._commands = sorted(commands, key=lambda info: info.id)
            self._people = list(people[:MOST_PEOPLE])

    def rows(self) -> Sequence[Any]:
        """The commands."""
        return self._commands

    def heads(self) -> list[str]:
        """The command, the roles, the people."""
        roles = [t(f"role.{role}") for role in ROLES]
        return [t("people.command"), *roles, *(view.operator.name for view in self._people), ""]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        info, at = self._commands[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if at == 0:
                return f"{pick(info.label)}  {info.id}"
            return "" if at > len(ROLES) + len(self._people) else self._mark(info, at - 1)
        if role == Qt.ItemDataRole.TextAlignmentRole and at:
            return int(Qt.AlignmentFlag.AlignCenter)
        return None

    def _mark(self, info: CommandInfo, at: int) -> str:
        least = ROLES.index(info.role)
        if at < len(ROLES):
            return YES if at >= least else NO
        operator = self._people[at - len(ROLES)].operator
        may = ROLES.index(operator.role) >= least and operator.scope.has(info.id)
        return YES if may and operator.left_s > 0 else NO
