"""The audit log as a service: every command, refusal and sign-in, as long as the engine runs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from studio.core import settings
from studio.core.command import CommandRan
from studio.core.event import Event, Events
from studio.core.paths import data_dir
from studio.core.service import Every, Service
from studio.core.state import State
from studio.governance.anchors import AnchorFolder
from studio.governance.audit import AuditLog, SignedAnchor, Signer
from studio.governance.commands import AuditCommands, SupportCommands
from studio.governance.events import AuditAnchored
from studio.governance.kept_anchors import own_kept
from studio.governance.model import AuditView
from studio.governance.people import PeopleKeys
from studio.governance.sealing import sealed_data
from studio.governance.secrets import Secrets

LOOK_S = 1.0
TOLD = ("remote.", "show.", "audit.", "privacy.")
"""Events that are written beside commands, by the beginning of their names."""
ENDS = frozenset(("show.open", "outputs.stop", "record.stop", "rundown.end"))
"""A show ends here: what was done in it is signed at once."""


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
        self._state, self._people, self._events = state, people, events
        folder = data_dir() / "audit"
        self.anchors = AnchorFolder(
            lambda: settings.load().anchor_folder, folder, lambda: settings.load().time_stamp_url
        )
        self._own = own_kept(folder)
        self.log = AuditLog(folder, lambda: Signer(secrets), self._keep)
        self._told = SignedAnchor("")
        self._shown = AuditView()
        events.on_all(self._hear)
        self.every = (Every("audit", LOOK_S, self._look),)
        audit = AuditCommands(self.log, self.anchors, self._look, events.publish)
        self._commands = (audit, SupportCommands())

    def commands(self) -> Sequence[object]:
        """The anchor."""
        return self._commands

    def view(self) -> AuditView:
        """As it is now."""
        log = self.log
        made = log.newest
        return AuditView(
            log.file, made.anchor, log.public, log.lost, made.at, made.signature,
            self.anchors.place,
        )  # fmt: skip

    async def stop(self) -> None:
        """Seals the file; its last anchor is kept too."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self.log.close()
        self.anchors.close()

    def _keep(self, made: SignedAnchor) -> None:
        """In the log's thread, which waits for the disk anyhow."""
        self.anchors.keep(made)
        self._own.take(made)

    def _look(self) -> None:
        now = self.view()
        if now != self._shown:
            self._shown = now
            self._state.touch(self.name)
        made = self.log.newest
        if made != self._told:
            self._told = made
            self._events.publish(AuditAnchored(
                anchor=made.anchor, at_utc=made.at, public=made.key, signature=made.signature
            ))  # fmt: skip

    def _hear(self, event: Event) -> None:
        if isinstance(event, CommandRan):
            self.log.write("command", made=partial(_command, self._people, event))
            if event.ok and event.command in ENDS:
                self.log.checkpoint()
        elif event.is_journaled and event.name.startswith(TOLD):
            self.log.write("event", name=event.name, data=event.data())


def _command(people: PeopleKeys, ran: CommandRan) -> dict[str, Any]:
    args = sealed_data(people, ran)["args"]
    return {"command": ran.command, "args": args, "who": ran.origin, "ok": ran.ok,
            "error": ran.error, "reason": ran.reason}  # fmt: skip
