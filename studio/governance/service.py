"""The audit log as a service: every command, refusal and sign-in, as long as the engine runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

import msgspec

from studio.core.command import CommandRan
from studio.core.event import Event, Events
from studio.core.paths import data_dir
from studio.core.service import Every, Service
from studio.core.state import State
from studio.governance.audit import AuditLog, Signer
from studio.governance.commands import AuditCommands, SupportCommands
from studio.governance.people import PeopleKeys
from studio.governance.sealing import sealed_data
from studio.governance.secrets import Secrets

LOOK_S = 1.0
TOLD = ("remote.", "show.")
"""Events that are written beside commands, by the beginning of their names."""


class AuditView(msgspec.Struct, frozen=True):
    """How the log is doing.

    Attributes:
        file: in the folder ``audit`` of the data.
        anchor: of the last signed checkpoint; kept elsewhere it shows a log that was cut.
        key: that signs, public, hex.
        lost: entries that could not be written.
    """

    file: str = ""
    anchor: str = ""
    key: str = ""
    lost: int = 0


class AuditService(Service):
    """Writes down who did what.

    Args:
        secrets: have the signing key.
        people: seal what names a viewer.
        events, state: heard and told.
    """

    name: ClassVar[str] = "audit"
    View: ClassVar[Any] = AuditView

    def __init__(self, secrets: Secrets, people: PeopleKeys, events: Events, state: State) -> None:
        self._state, self._people = state, people
        self.log = AuditLog(data_dir() / "audit", lambda: Signer(secrets))
        self._shown = AuditView()
        events.on_all(self._hear)
        self.every = (Every("audit", LOOK_S, self._look),)
        self._commands = (AuditCommands(self.log), SupportCommands())

    def commands(self) -> Sequence[object]:
        """The anchor."""
        return self._commands

    def view(self) -> AuditView:
        """As it is now."""
        log = self.log
        return AuditView(log.file, log.signed, log.public, log.lost)

    async def stop(self) -> None:
        """Seals the file."""
        self.log.close()

    def _look(self) -> None:
        now = self.view()
        if now != self._shown:
            self._shown = now
            self._state.touch(self.name)

    def _hear(self, event: Event) -> None:
        if isinstance(event, CommandRan):
            self.log.write("command", made=partial(_command, self._people, event))
        elif event.is_journaled and event.name.startswith(TOLD):
            self.log.write("event", name=event.name, data=event.data())


def _command(people: PeopleKeys, ran: CommandRan) -> dict[str, Any]:
    args = sealed_data(people, ran)["args"]
    return {"command": ran.command, "args": args, "who": ran.origin, "ok": ran.ok,
            "error": ran.error, "reason": ran.reason}  # fmt: skip
