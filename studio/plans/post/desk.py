"""The command post itself: open or not, tasks that one accepts, messages that are read."""

from __future__ import annotations

from msgspec.structs import replace

from studio.core.clock import utc_iso
from studio.core.command import Role
from studio.core.errors import StudioError
from studio.plans.model import Level, Pair
from studio.plans.model import Role as RoleName
from studio.plans.post.model import Acknowledged, PostCheckpoint, PostMessage, PostTask

MOST_TASKS, MOST_MESSAGES, MOST_READ = 100, 200, 50


class CommandPost:
    """Tasks and messages of the emergency that is on.

    Attributes:
        since_utc: since when it is open; "" while it is closed.
    """

    def __init__(self) -> None:
        self.since_utc = ""
        self.tasks: list[PostTask] = []
        self.messages: list[PostMessage] = []
        self._next = 1

    def open(self) -> bool:
        """Opens it; False when it is open already."""
        if self.since_utc:
            return False
        self.since_utc = utc_iso()
        self.tasks, self.messages = [], []
        return True

    def close(self) -> None:
        """Nobody waits for anything any more."""
        self.since_utc = ""
        self.tasks, self.messages = [], []

    @property
    def is_settled(self) -> bool:
        """Every task is done, or was only to be known."""
        return all(task.done_utc or task.level == "green" for task in self.tasks)

    # -- tasks ---------------------------------------------------------------------------------

    def add_task(
        self, role: RoleName, text: Pair, level: Level = "amber", incident: str = "", plan: str = ""
    ) -> PostTask:
        """One more; the oldest that are done give way, then the oldest."""
        while len(self.tasks) >= MOST_TASKS:
            done = next((task for task in self.tasks if task.done_utc), self.tasks[0])
            self.tasks.remove(done)
        task = PostTask(self._id("T"), role, text, level, incident, plan, utc_iso())
        self.tasks.append(task)
        return task

    def accept(self, id: str, who: str, right: int, *, on: bool = True) -> PostTask:
        """Somebody does it; the first one who accepts has it.

        Args:
            right: of whoever accepts; it must reach the task's role.

        Returns:
            The task as it was.

        Raises:
            StudioError: not_found; denied; conflict: another one has it, or it is done.
        """
        task = self._task(id)
        if right < Role[task.role.upper()]:
            raise StudioError("denied", "plans.post_role", role=task.role)
        if task.by not in ("", who) and (on or right < Role.TECHNICIAN):
            raise StudioError("conflict", "plans.post_taken", who=task.by)
        if task.done_utc:
            raise StudioError("conflict", "plans.post_done", who=task.by)
        if on and task.by == who:
            return task  # pressed twice
        self._put(replace(task, by=who if on else "", accepted_utc=utc_iso() if on else ""))
        return task

    def done(self, id: str, who: str, right: int, *, on: bool = True) -> PostTask:
        """It is done, or not yet; whoever has it says so, or a technician.

        Raises:
            StudioError: not_found, denied, conflict.
        """
        task = self._task(id)
        if right < Role[task.role.upper()]:
            raise StudioError("denied", "plans.post_role", role=task.role)
        if task.by and task.by != who and right < Role.TECHNICIAN:
            raise StudioError("conflict", "plans.post_taken", who=task.by)
        at = utc_iso() if on else ""
        accepted = task.accepted_utc or at
        self._put(replace(task, by=task.by or who, accepted_utc=accepted, done_utc=at))
        return task

    def _task(self, id: str) -> PostTask:
        found = next((task for task in self.tasks if task.id == id), None)
        if found is None:
            known = ", ".join(task.id for task in self.tasks[-10:])
            raise StudioError("not_found", "plans.post_no_task", task=id, known=known)
        return found

    def _put(self, task: PostTask) -> None:
        self.tasks = [task if other.id == task.id else other for other in self.tasks]

    # -- messages ------------------------------------------------------------------------------

    def say(self, who: str, text: str, role: str = "") -> PostMessage:
        """A message that nobody has read yet: who wrote it is not among those it is for."""
        message = PostMessage(self._id("M"), who, text, utc_iso(), role)
        self.messages = [*self.messages[-MOST_MESSAGES + 1 :], message]
        return message

    def acknowledge(self, id: str, who: str) -> bool:
        """Somebody has read it; False when that is known.

        Raises:
            StudioError: not_found.
        """
        message = next((message for message in self.messages if message.id == id), None)
        if message is None:
            raise StudioError("not_found", "plans.post_no_message", message=id)
        if any(read.who == who for read in message.read) or len(message.read) >= MOST_READ:
            return False
        fresh = replace(message, read=(*message.read, Acknowledged(who, utc_iso())))
        self.messages = [fresh if other.id == id else other for other in self.messages]
        return True

    # -- over a kill ---------------------------------------------------------------------------

    def kept(self) -> PostCheckpoint:
        """What the next engine needs."""
        return PostCheckpoint(self.since_utc, tuple(self.tasks), tuple(self.messages), self._next)

    def take(self, kept: PostCheckpoint) -> None:
        """As it was."""
        self.since_utc, self._next = kept.since_utc, kept.next_number
        self.tasks, self.messages = list(kept.tasks), list(kept.messages)

    def _id(self, letter: str) -> str:
        self._next += 1
        return f"{letter}{self._next - 1}"
