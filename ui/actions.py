"""Runs commands for buttons and keys, remembers how to take them back, says what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from ui.client import DeskClient, Reply
from ui.i18n import pick, t
from ui.listen import owner_of
from ui.store import Store

MERGE_S = 1.0
MOST_UNDO = 100
SURE_S = 4.0

Args = dict[str, Any]


@dataclass(slots=True)
class Done:
    """Something that can be taken back."""

    command: str
    args: Args
    undo: tuple[str, Args]
    merge: str = ""
    at_s: float = field(default_factory=time.monotonic)


class Actions(QObject):
    """The one way from the window to the engine's commands.

    Signals:
        said: (text, is_good) what was done, for the status bar.
        failed: (widget or None, text) to be shown where it was asked for.
        undo_changed: what can be taken back is another now.
    """

    said = Signal(str, bool)
    failed = Signal(object, str)
    undo_changed = Signal()

    def __init__(self, client: DeskClient, store: Store) -> None:
        super().__init__()
        self._client, self._store = client, store
        self.undo_steps: list[Done] = []
        self.redo_steps: list[Done] = []
        self._asked: tuple[str, float] = ("", 0.0)
        self._show = ""
        store.changed.connect(self._changed)

    def _changed(self, part: str) -> None:
        """In another show there is nothing to take back but the going over to it."""
        if part != "show" or self._show == self._store.show.folder:
            return
        was, self._show = self._show, self._store.show.folder
        if was:
            self.undo_steps = [entry for entry in self.undo_steps if entry.command == "show.open"]
            self.redo_steps = [entry for entry in self.redo_steps if entry.command == "show.open"]
            self.undo_changed.emit()

    def label(self, command: str) -> str:
        """What a command is called in the present language."""
        info = self._store.commands.get(command)
        return pick(info.label) if info else command

    def run(
        self,
        command: str,
        args: Args | None = None,
        *,
        origin: QWidget | None = None,
        done: Callable[[Reply], None] | None = None,
        is_quiet: bool = False,
        merge: str = "",
    ) -> None:
        """Runs a command; its outcome is said, its undo kept.

        Args:
            command: id.
            args: plain arguments; with ``confirm`` for guarded commands.
            origin: the widget it was asked at: an error appears there.
            done: called with the reply as well.
            is_quiet: say nothing when it worked (faders).
            merge: runs with the same word are one step back (a drag).
        """
        given = dict(args or {})
        waiting = [each for each in (origin, owner_of(done)) if each is not None]

        def answered(reply: Reply) -> None:
            if reply.ok:
                self._keep(command, given, reply, merge)
                why = _why_not(reply)
                if why:
                    self._say_why(command, given, why, origin)
                elif not is_quiet:
                    self.said.emit(self.describe(command, given), True)
            else:
                self._complain(reply, origin)
            if done is not None and all(isValid(each) for each in waiting):
                done(reply)  # a window that was made anew meanwhile is not told

        self._client.call(command, given, answered)

    def describe(self, command: str, args: Args) -> str:
        """A command and what it acts on, in words."""
        shown = [
            str(value)
            for name, value in args.items()
            if name in ("scene", "name", "source", "product", "plan", "kind", "label")
            and isinstance(value, (str, int))
            and value != ""
        ]
        shown = [self.known(name) for name in shown]
        return " ".join([self.label(command), *shown])

    def known(self, id: str) -> str:
        """A product or plan by the name people know."""
        product = self._store.shop.product(id)
        if product is not None:
            return product.name
        plan = next((p for p in self._store.plans.plans if p.id == id), None)
        return pick(plan.label) if plan else id

    # -- taking back ---------------------------------------------------------------------------

    @property
    def next_undo(self) -> str:
        """What Ctrl+Z would take back, in words; "" when there is nothing."""
        return (
            self.describe(self.undo_steps[-1].command, self.undo_steps[-1].args)
            if self.undo_steps
            else ""
        )

    @property
    def next_redo(self) -> str:
        """What Ctrl+Shift+Z would do again, in words; "" when there is nothing."""
        return (
            self.describe(self.redo_steps[-1].command, self.redo_steps[-1].args)
            if self.redo_steps
            else ""
        )

    def undo(self) -> None:
        """Takes the last thing back."""
        self._turn(self.undo_steps, self.redo_steps, "undo.done", "undo.nothing")

    def redo(self) -> None:
        """Does again what was taken back."""
        self._turn(self.redo_steps, self.undo_steps, "undo.redone", "undo.nothing_redo")

    def _turn(self, taken: list[Done], other: list[Done], key: str, empty: str) -> None:
        if not taken:
            self.said.emit(t(empty), False)
            return
        last = taken[-1]
        command, args = last.undo
        info = self._store.commands.get(command)
        if info and info.needs_confirm:
            name, at = self._asked
            if name != command or time.monotonic() - at > SURE_S:
                self._asked = (command, time.monotonic())
                self.said.emit(t("undo.again", what=self.describe(command, args)), False)
                return
            args = {**args, "confirm": True}
        taken.pop()
        self.undo_changed.emit()
        words = self.describe(last.command, last.args)

        def answered(reply: Reply) -> None:
            if not reply.ok:
                self._complain(reply, None)
                return
            back = _undo_of(reply)
            if back is not None:
                other.append(Done(last.command, last.args, back))
            self.undo_changed.emit()
            self.said.emit(t(key, what=words), True)

        # It is refused where another desk has changed the same since.
        self._client.call(command, {**args, "undoing": True}, answered)

    def _keep(self, command: str, args: Args, reply: Reply, merge: str) -> None:
        back = _undo_of(reply)
        if back is None:
            return
        self.redo_steps.clear()
        last = self.undo_steps[-1] if self.undo_steps else None
        now = time.monotonic()
        if last and merge and last.merge == merge and last.command == command:
            last.args, last.at_s, last.undo = args, now, _joined(last.undo, back)
        elif (
            last
            and last.command == command
            and command in ("sound.set", "sound.master", "scenes.transition")
            and last.args.get("source") == args.get("source")
            and now - last.at_s < MERGE_S
        ):
            # A fader that is being moved: one step back.
            last.args, last.at_s, last.undo = args, now, _joined(last.undo, back)
        else:
            self.undo_steps.append(Done(command, args, back, merge))
            del self.undo_steps[:-MOST_UNDO]
        self.undo_changed.emit()

    def _say_why(self, command: str, given: Args, why: str, origin: QWidget | None) -> None:
        """It is remembered, and does not show: no tick for that."""
        self.said.emit(self.describe(command, given), False)
        self.failed.emit(origin, why)

    def _complain(self, reply: Reply, origin: QWidget | None) -> None:
        self.failed.emit(origin, pick(reply.text) or reply.code)


def _why_not(reply: Reply) -> str:
    """Why a command that was taken has no effect yet, as it says itself; "" for none."""
    result = reply.answer
    why = result.get("no_effect") if isinstance(result, dict) else None
    return pick((str(why[0]), str(why[1]))) if isinstance(why, (list, tuple)) and why else ""


def _joined(first: tuple[str, Args], then: tuple[str, Args]) -> tuple[str, Args]:
    """What takes two steps back at once: each gives back only what it changed itself.

    ``instead_of`` is what the last of them has left.
    """
    if first[0] != then[0]:
        return first
    both: Args = _over(first[1], then[1])
    if "instead_of" in then[1]:
        both["instead_of"] = then[1]["instead_of"]
    return first[0], both


def _over(first: Any, then: Any) -> Any:
    if not isinstance(first, dict) or not isinstance(then, dict):
        return first
    shared = {name: _over(value, then[name]) if name in then else value
              for name, value in first.items()}  # fmt: skip
    return {**then, **shared}


def _undo_of(reply: Reply) -> tuple[str, Args] | None:
    result = reply.result
    back = result.get("undo") if isinstance(result, dict) else None
    if isinstance(back, (list, tuple)) and len(back) == 2 and isinstance(back[1], dict):
        return str(back[0]), dict(back[1])
    return None
