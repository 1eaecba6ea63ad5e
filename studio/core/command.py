"""Commands: the only way to change a show. A command is a typed method with a decorator.

Its name, role, label, help and arguments come from one place, and from them come the command
line, the remote door, the desk's palette and the docs.
"""

from __future__ import annotations

import asyncio
import enum
import inspect
import typing
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import msgspec

from studio.core.asking import Asker, asked_by, asking
from studio.core.clean import clean_data, has_nul
from studio.core.clock import now_ns
from studio.core.credentials import has_secrets, masked, sealed
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.log import logger
from studio.core.own_undo import OwnStep, OwnUndos
from studio.core.personal import mask_name
from studio.core.redact import HIDDEN, redact
from studio.core.state import State
from studio.core.text import Text
from studio.governance.catalogue import is_personal

_log = logger(__name__)


class Role(enum.IntEnum):
    """Who may do it; a higher one may do all a lower one may."""

    VIEWER = 0
    STREAMER = 1
    CONTROLLER = 2
    TECHNICIAN = 3
    OWNER = 4


class Changed(msgspec.Struct, frozen=True):
    """What a command changed and what it has to say.

    Attributes:
        parts: parts of the state with new values.
        result: plain data for the caller.
        undo: the command that takes it back, with its arguments, where there is one.
    """

    parts: tuple[str, ...] = ()
    result: Any = None
    undo: tuple[str, dict[str, Any]] | None = None


def changed(
    *parts: str, result: Any = None, undo: tuple[str, dict[str, Any]] | None = None
) -> Changed:
    """Short form of `Changed` for command bodies."""
    return Changed(parts, result, undo)


def only_given(**values: Any) -> dict[str, Any]:
    """The arguments that were given: those that are not None.

    A command that takes back these alone leaves what another desk set meanwhile.
    """
    return {name: value for name, value in values.items() if value is not None}


class Around(Protocol):
    """What a caller does right before and after a command, with no wait in between."""

    def check(self) -> None:
        """The command runs now.

        Raises:
            StudioError: it is no longer wanted.
        """
        ...

    def done(self, done: Changed) -> Changed:
        """It has run, and nothing of it is kept or told yet.

        Returns:
            The same; with more parts what the caller noted is kept together with the change.
        """
        ...


class CommandRan(Event, frozen=True, kw_only=True):
    """A command was carried out or refused."""

    name: ClassVar[str] = "command.ran"
    label: ClassVar[Text] = Text("命令已执行", "Command ran")
    help: ClassVar[Text] = Text(
        "每条命令执行后发出，含来源与结果。",
        "Sent after each command: who asked, the outcome.",
    )

    command: str
    args: dict[str, Any]
    origin: str
    ok: bool
    error: str = ""
    took_ms: float = 0.0
    reason: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """What is known of a command without running it."""

    id: str
    role: Role
    label: Text
    help: Text
    args: type[msgspec.Struct]
    needs_confirm: bool
    secret_args: frozenset[str]
    keys: str
    reads: str = ""

    def schema(self) -> dict[str, Any]:
        """JSON schema of the arguments."""
        whole = msgspec.json.schema(self.args)
        name = whole.get("$ref", "").rsplit("/", 1)[-1]
        inner: dict[str, Any] = whole.get("$defs", {}).get(name, whole)
        return inner


_SPEC = "__command__"


def command(
    id: str,
    *,
    role: Role = Role.CONTROLLER,
    label: tuple[str, str],
    help: tuple[str, str],
    needs_confirm: bool = False,
    secret: Iterable[str] = (),
    keys: str = "",
    reads: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes a method a command.

    Args:
        id: dotted name, "room.verb".
        role: the least role that may run it.
        label: what a button says, Chinese and English.
        help: one sentence each.
        needs_confirm: it cannot be undone; a call without ``confirm=true`` is refused, whoever
            asks (rule 3 of the desk: the guard sits in the command).
        secret: arguments that are never journaled or logged.
        keys: default hotkey, e.g. "Return".
        reads: the class of data it gives out ("personal"), which whoever asks must be shown.

    The method's signature is the schema: parameters must be annotated with types msgspec knows.
    It may be async and returns `Changed`, None or raises `StudioError`.
    """

    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        hints = typing.get_type_hints(method, include_extras=True)
        fields: list[Any] = []
        for name, parameter in list(inspect.signature(method).parameters.items())[1:]:
            if parameter.default is inspect.Parameter.empty:
                fields.append((name, hints[name]))
            else:
                fields.append((name, hints[name], parameter.default))
        args = msgspec.defstruct(id, fields, kw_only=True, forbid_unknown_fields=True, frozen=True)
        spec = Spec(
            id=id,
            role=role,
            label=Text(*label),
            help=Text(*help),
            args=args,
            needs_confirm=needs_confirm,
            secret_args=frozenset(secret),
            keys=keys,
            reads=reads,
        )
        setattr(method, _SPEC, spec)
        return method

    return mark


def specs_of(owner: type | object) -> list[tuple[Spec, str]]:
    """The commands of a class or object: (spec, method name)."""
    kind = owner if isinstance(owner, type) else type(owner)
    found = []
    for name in dir(kind):
        spec = getattr(getattr(kind, name, None), _SPEC, None)
        if isinstance(spec, Spec):
            found.append((spec, name))
    return found


class AfterCommand(Protocol):
    """Told on the engine loop what a command has changed, before its caller is answered."""

    def __call__(self, changed: Changed) -> Awaitable[None] | None: ...


@dataclass(slots=True)
class Bus:
    """Finds, checks and runs commands on the engine loop.

    One that awaits (an output that is being stopped) holds up no other.

    find → decode and validate → right? → confirmed? → run → journal → changed → event.

    Attributes:
        show: the open show, which a right may be bound to.
    """

    events: Events
    state: State
    show: str = ""
    _commands: dict[str, tuple[Spec, Callable[..., Any]]] = field(default_factory=dict)
    _after: list[AfterCommand] = field(default_factory=list)
    _gates: list[Callable[[Spec, dict[str, Any]], Any]] = field(default_factory=list)
    _own_undos: OwnUndos = field(default_factory=OwnUndos)

    def add(self, *owners: object) -> None:
        """Registers all commands of ``owners``.

        Raises:
            ValueError: an id is there twice.
        """
        for owner in owners:
            for spec, name in specs_of(owner):
                if spec.id in self._commands:
                    raise ValueError(f"command {spec.id} is defined twice")
                self._commands[spec.id] = (spec, getattr(owner, name))

    def after(self, listener: AfterCommand, *, is_first: bool = False) -> None:
        """Calls ``listener``, async or not, after every command and before it is answered.

        Args:
            is_first: before those that are there: what it keeps is kept before the checkpoint.
        """
        self._after.insert(0 if is_first else len(self._after), listener)

    def gate(self, check: Callable[[Spec, dict[str, Any]], Any]) -> None:
        """Adds a check before every command, async or not; it raises `StudioError` to refuse."""
        self._gates.append(check)

    def specs(self) -> list[Spec]:
        """All commands by id."""
        return [self._commands[name][0] for name in sorted(self._commands)]

    async def run(
        self,
        id: str,
        args: dict[str, Any] | None = None,
        *,
        role: Role = Role.OWNER,
        origin: str = "engine",
        is_text: bool = False,
        is_here: bool = True,
        around: Around | None = None,
    ) -> Changed:
        """Runs a command.

        Args:
            id: the command.
            args: its arguments as plain data; ``confirm`` is taken out for guarded commands, and
                ``reason``, why it is asked for, where it is no argument of the command itself;
                ``undoing`` says that this is a way back: it is refused where another has changed
                the same since, or where it was gone already.
            role: whose right it runs with.
            origin: who asked, for the journal ("desk", "remote", "plan:NAME", "cli").
            is_text: values are strings from a command line and are converted.
            is_here: whoever asks is at this machine (`studio.core.asking`). A command that runs
                on behalf of another never has more right than that one had.
            around: is asked in the last moment, and sees what changed before it is kept.

        Raises:
            StudioError: not found, invalid arguments, not allowed, or what the command says.
        """
        given, reason = dict(args or {}), ""
        began = now_ns()
        spec: Spec | None = None
        try:
            spec, call = self._find(id)
            given = clean_data(given, keep_nul=True)
            if has_nul(given):
                raise StudioError("invalid", "command.nul", command=id)
            is_confirmed = not spec.needs_confirm or given.pop("confirm", False) in (True, "true")
            reason = _reason(spec, given)
            is_undo = self._is_undo(spec, given)
            decoded = self._decode(spec, given, is_text)
            way = self._own_undos.find(asking(), self.show, id, given)
            has_right = min(role, asking().role) >= spec.role
            least = way.least if way is not None and not has_right else None
            self.check_right(spec, asking(), role, least=least)
            if not is_confirmed:
                raise StudioError("confirm", "command.confirm", command=id)
            if is_undo:
                self._insist_unchanged(way, id, given)
            if has_secrets(given):
                given = await asyncio.to_thread(sealed, given)
                decoded = self._decode(spec, given, is_text)
            step = id, {n: v for n, v in given.items() if n not in spec.secret_args}
            with asked_by(Asker(role, is_here, origin, reason=reason)):
                for check in self._gates:
                    wait = check(spec, decoded)
                    if inspect.isawaitable(wait):
                        await wait
                if around is not None:
                    around.check()
                done = await self._run_one(call, decoded)
                done = done if around is None else around.done(done)
            if way is not None and (is_undo or least is not None):
                self._own_undos.forget(way)
            if done.undo:
                back = done.undo[0], {n: v for n, v in done.undo[1].items() if n != "confirm"}
                self._own_undos.remember(
                    asking(), self.show, step, back, spec.role if least is None else least,
                    is_undo=is_undo and not (way is not None and way.is_undo),
                )  # fmt: skip
        except StudioError as error:
            self._tell(spec, id, given, origin, began, error.in_language("en"), reason, error.code)
            raise
        except OSError as fault:
            if fault.filename is None:
                raise self._fault(spec, id, given, origin, began, fault) from fault
            # A place that the system refuses: its name too long, its disk gone, no right to it.
            refused = StudioError(
                "failed", "command.place", command=id, path=str(fault.filename)[:200],
                why=fault.strerror or type(fault).__name__,
            )  # fmt: skip
            _log.warning("%s", refused.in_language("en"))
            self._tell(spec, id, given, origin, began, refused.in_language("en"))
            raise refused from None
        except Exception as fault:
            raise self._fault(spec, id, given, origin, began, fault) from fault
        with self.state.held(done.parts):  # the answer comes before the news
            self.state.touch(*done.parts)
            for listener in self._after:
                wait = listener(done)
                if inspect.isawaitable(wait):
                    await wait
        self._tell(spec, id, given, origin, began, "", reason)
        return done

    def _fault(
        self,
        spec: Spec | None,
        id: str,
        given: dict[str, Any],
        origin: str,
        began: int,
        fault: Exception,
    ) -> StudioError:
        """A fault of our own: the log has where."""
        _log.error("command %s failed", id, exc_info=fault)
        self._tell(spec, id, given, origin, began, f"{type(fault).__name__}")
        return StudioError(
            "failed", "command.failed", command=id, why=f"{type(fault).__name__}: {fault}"
        )

    def _is_undo(self, spec: Spec, given: dict[str, Any]) -> bool:
        """Is it said to be a way back? The word is taken out of the arguments."""
        if "undoing" in spec.args.__struct_fields__:
            return False
        return given.pop("undoing", False) in (True, "true")

    def _insist_unchanged(self, way: OwnStep | None, id: str, given: dict[str, Any]) -> None:
        """A way back leads where it was answered to.

        Raises:
            StudioError: conflict: another has changed the same since; it was gone already.
        """
        if way is None:
            if self._own_undos.is_gone(asking(), self.show, id, given):
                raise StudioError("conflict", "command.undone")
            return
        later = self._own_undos.overtaken_by(way)
        if later is not None:
            spec = self.find(later.did)
            what = spec.label if spec is not None else Text(later.did, later.did)
            raise StudioError("conflict", "command.overtaken", who=later.origin, what=what)

    def last_step(self, asker: Asker) -> OwnStep | None:
        """The last step of ``asker`` in the open show that they can take back."""
        return self._own_undos.last(asker, self.show)

    def drop_step(self, step: OwnStep) -> None:
        """It cannot be taken back any more: the one before it is the last."""
        self._own_undos.forget(step)

    def leave_show(self, name: str) -> None:
        """Another show is opened, or the same anew; ``name`` is what it is called."""
        self.show = name
        self._own_undos.leave_show()

    def check_right(
        self, spec: Spec, asker: Asker, role: int = Role.OWNER, *, least: int | None = None
    ) -> None:
        """May ``asker`` run a command now? The one place where a right is judged.

        Args:
            least: the role that is enough where it takes back a step of ``asker``'s own.

        Raises:
            StudioError: denied, saying what is missing.
        """
        if min(role, asker.role) < (spec.role if least is None else least):
            needed = spec.role.name.lower()
            raise StudioError("denied", "command.denied", command=spec.id, role=needed)
        if asker.may_not(spec.id):
            raise StudioError("denied", "command.not_lent", command=spec.id, who=asker.origin)
        if asker.scopes and asker.is_away(self.show):
            raise StudioError("denied", "command.other_show", show=self.show, who=asker.origin)
        if spec.reads and not asker.sees(spec.reads):
            raise StudioError("denied", "command.not_shown", command=spec.id, who=asker.origin)

    def may(self, spec: Spec, asker: Asker) -> bool:
        """Would `check_right` let ``asker`` run this command now?"""
        try:
            self.check_right(spec, asker)
        except StudioError:
            return False
        return True

    def find(self, id: str) -> Spec | None:
        """What is known of a command."""
        found = self._commands.get(id)
        return found[0] if found else None

    def reads(self, id: str) -> str:
        """The class of data that a command gives out."""
        return self._find(id)[0].reads

    def _find(self, id: str) -> tuple[Spec, Callable[..., Any]]:
        found = self._commands.get(id)
        if found is None:
            raise StudioError("not_found", "command.not_found", command=id)
        return found

    @staticmethod
    def _decode(spec: Spec, given: dict[str, Any], is_text: bool) -> dict[str, Any]:
        try:
            struct = msgspec.convert(given, spec.args, strict=not is_text)
        except msgspec.ValidationError as error:
            raise StudioError(
                "invalid", "command.invalid", command=spec.id, why=str(error)
            ) from None
        return {name: getattr(struct, name) for name in struct.__struct_fields__}

    async def _run_one(self, call: Callable[..., Any], args: dict[str, Any]) -> Changed:
        result = call(**args)
        if inspect.isawaitable(result):
            result = await result
        return result if isinstance(result, Changed) else Changed(result=result)

    def _tell(
        self, spec: Spec | None, id: str, args: dict[str, Any], origin: str, began: int,
        error: str, reason: str = "", code: str = "",
    ) -> None:  # fmt: skip
        # What is no argument of it may be a secret whose name was misspelt.
        shut = set(args) - set(spec.args.__struct_fields__) if spec else set(args)
        shut |= spec.secret_args if spec else set()
        shown = {k: (HIDDEN if k in shut else v) for k, v in masked(args).items()}
        for name, value in args.items():  # who it was about stands in no log
            if error and isinstance(value, str) and is_personal(f"{id}.{name}"):
                error = error.replace(value, mask_name(value)) if len(value) > 1 else error
        took_ms = round((now_ns() - began) / 1e6, 3)
        self.events.publish(
            CommandRan(
                command=id, args=shown, origin=origin, ok=not error, error=error, took_ms=took_ms,
                reason=redact(reason), code=code,
            )
        )  # fmt: skip


LONGEST_REASON = 400


def _reason(spec: Spec, given: dict[str, Any]) -> str:
    """Why it is asked for, taken out of the arguments, unless the command asks for it itself."""
    if "reason" in spec.args.__struct_fields__:
        return str(given.get("reason", ""))[:LONGEST_REASON].strip()
    return str(given.pop("reason", ""))[:LONGEST_REASON].strip()
