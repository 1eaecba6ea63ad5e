"""The operators of this machine: kept with the secrets, and asked about by the door."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import msgspec

from studio.core.clean import write_json
from studio.core.clock import NS, now_ns, utc_of
from studio.core.command import Role
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.governance.rights.model import GlassView, Operator, RedRule, left_s
from studio.governance.rights.names import check_person
from studio.governance.roles import Token, keep_aside, load, role_of
from studio.governance.secrets import Secrets
from studio.governance.watch.model import DoorReport

_log = logger(__name__)
KEPT = "rights/people"
MOST, MOST_GLASS = 200, 200


class _Kept(msgspec.Struct, kw_only=True):
    """What is written down."""

    operators: list[Operator] = []
    red: list[RedRule] = []
    glass: list[GlassView] = []


Changed = Callable[[str], None]
"""Told the name of an operator whose devices must go, "" for every other change."""


class OperatorBook:
    """Who there is, and what a device of theirs may do now.

    Args:
        store: where it is kept; read at first use.

    Attributes:
        present: names of the tokens by which somebody is in now; the door says so.
        door: what else it has to tell.
    """

    def __init__(self, store: Secrets) -> None:
        self._store = store
        self._known: _Kept | None = None
        self._tokens: list[Token] | None = None
        self._listeners: list[Changed] = []
        self.present: Callable[[], set[str]] = set
        self.door: Callable[[], DoorReport] = DoorReport
        self._unmasked: dict[str, int] = {}
        self._writing, self._is_noted = threading.Lock(), False

    def listen(self, listener: Changed) -> None:
        """Calls ``listener`` at each change."""
        self._listeners.append(listener)

    @property
    def tokens(self) -> list[Token]:
        """The tokens there are, as they were made; read from the secrets once."""
        if self._tokens is None:
            try:
                self._tokens = load(self._store)
            except StudioError:
                return []
        return self._tokens

    def devices(self, operator: str | None = None) -> list[str]:
        """Names of the tokens that open the door.

        Args:
            operator: whose; "" is nobody's, None is all.
        """
        return [
            token.name for token in self.tokens
            if operator in (None, token.operator) and token.left_s > 0
        ]  # fmt: skip

    def touch(self) -> None:
        """A token came or went."""
        self._tokens = None
        self._tell()

    def _tell(self, ended: str = "") -> None:
        for listener in tuple(self._listeners):
            listener(ended)

    @property
    def operators(self) -> tuple[Operator, ...]:
        """All, by name."""
        return tuple(sorted(self._read().operators, key=lambda operator: operator.name))

    @property
    def red(self) -> tuple[RedRule, ...]:
        """What needs a reason or a second person."""
        return tuple(self._read().red)

    @property
    def glass(self) -> tuple[GlassView, ...]:
        """Full rights taken in need, the newest last."""
        return tuple(self._read().glass)

    def find(self, name: str) -> Operator | None:
        """One by name."""
        return next((entry for entry in self._read().operators if entry.name == name), None)

    def get(self, name: str) -> Operator:
        """One by name.

        Raises:
            StudioError: not_found.
        """
        operator = self.find(name)
        if operator is None:
            known = ", ".join(entry.name for entry in self.operators) or "-"
            raise StudioError("not_found", "rights.nobody", name=name, known=known)
        return operator

    def put(self, operator: Operator) -> Operator | None:
        """Adds an operator or takes the place of the one of that name; who was there before.

        Raises:
            StudioError: invalid (role, name), conflict (looks like another, too many), failed.
        """
        kept = self._load()
        if role_of(operator.role) is None:
            known = ", ".join(entry.name.lower() for entry in Role)
            raise StudioError("invalid", "security.no_role", role=operator.role, known=known)
        name = check_person(operator.name, [entry.name for entry in kept.operators])
        operator = msgspec.structs.replace(operator, name=name, role=operator.role.lower())
        before = self.find(name)
        if before is None and len(kept.operators) >= MOST:
            raise StudioError("conflict", "rights.too_many", most=MOST)
        others = [entry for entry in kept.operators if entry.name != name]
        self._write(operators=[*others, operator])
        return before

    def remove(self, name: str) -> Operator:
        """Takes somebody out; their devices open nothing any more.

        Raises:
            StudioError: not_found; failed.
        """
        others = [entry for entry in self._load().operators if entry.name != name]
        gone = self.get(name)
        self._write(name, operators=others)
        return gone

    def set_red(self, rules: list[RedRule]) -> tuple[RedRule, ...]:
        """Takes over rules; those before.

        Raises:
            StudioError: failed: they cannot be kept.
        """
        before = tuple(self._load().red)
        self._write(red=rules)
        return before

    def put_glass(self, glass: GlassView) -> None:
        """Keeps a breaking of the glass, or what became of it.

        Raises:
            StudioError: failed: it cannot be kept.
        """
        others = [entry for entry in self._load().glass if entry.id != glass.id]
        # One that nobody has looked at yet is not dropped for a newer one.
        over = len(others) + 1 - MOST_GLASS
        if over > 0:
            done = [entry.id for entry in others if entry.reviewed_by][:over]
            others = [entry for entry in others if entry.id not in done]
        rows: list[GlassView] = sorted([*others, glass], key=lambda entry: entry.at_utc)
        self._write(glass=rows)

    def note_glass(self, glass: GlassView) -> None:
        """The same at once and without the disk; `save_noted` writes it."""
        kept = self._load()
        rows = [glass if entry.id == glass.id else entry for entry in kept.glass]
        self._known = msgspec.structs.replace(kept, glass=rows)
        self._is_noted = True
        self._tell()

    @property
    def is_noted(self) -> bool:
        """Is there something that is not written yet?"""
        return self._is_noted

    def save_noted(self) -> None:
        """Writes what was noted; not for the engine's loop.

        Raises:
            StudioError: failed: it cannot be kept; it is tried again.
        """
        with self._writing:
            if not self._is_noted or self._known is None:
                return
            self._is_noted = False
            try:
                self._store.set(KEPT, write_json(msgspec.to_builtins(self._known)))
            except StudioError:
                self._is_noted = True
                raise

    def glass_of(self, name: str) -> GlassView | None:
        """The full rights this operator has now."""
        return next(
            (entry for entry in self._read().glass if entry.operator == name
             and left_s(entry.until) > 0 and not entry.reviewed_by),
            None,
        )  # fmt: skip

    def standing(self, token: Token) -> Token:
        """A device as it stands: never more than its operator has, or everything in need.

        One whose operator is no more has ended.
        """
        if not token.operator:
            return token
        operator = self.find(token.operator)
        if operator is None:
            return msgspec.structs.replace(token, until=utc_of(0.0))
        if token.left_s > 0 and operator.left_s > 0 and self.glass_of(operator.name):
            return msgspec.structs.replace(token, role="owner", without=(), scopes=())
        mine = role_of(operator.role) or Role.VIEWER
        return msgspec.structs.replace(
            token,
            role=min(token.right, mine).name.lower(),
            until=token.until if token.left_s <= operator.left_s else operator.until,
            scopes=(*token.scopes, operator.scope),
        )

    def unmask(self, person: str, minutes: float) -> None:
        """Shows personal data in full to somebody for a while; 0 ends it. Nothing of it is kept."""
        self._unmasked[person] = now_ns() + round(minutes * 60 * NS)

    def is_unmasked(self, person: str) -> bool:
        """Are they shown in full to them now?"""
        return self._unmasked.get(person, 0) > now_ns()

    def end_unmasked(self) -> bool:
        """Forgets those whose while is over; whether there were any."""
        over = [person for person in self._unmasked if not self.is_unmasked(person)]
        for person in over:
            del self._unmasked[person]
        return bool(over)

    @property
    def unmasked(self) -> tuple[str, ...]:
        """To whom personal data are shown in full now."""
        return tuple(person for person in self._unmasked if self.is_unmasked(person))

    def _read(self) -> _Kept:
        """For whoever looks; while the secrets cannot be read there is nobody."""
        try:
            return self._load()
        except StudioError as error:
            _log.error("the operators cannot be read: %s", error)
            return _Kept()

    def _load(self) -> _Kept:
        """For whoever changes it.

        Raises:
            StudioError: failed: it cannot be read just now.
        """
        if self._known is None:
            text = self._store.get(KEPT)
            try:
                self._known = msgspec.json.decode(text, type=_Kept) if text else _Kept()
            except msgspec.DecodeError as error:  # nobody has a right that cannot be read
                _log.error("the operators cannot be read: %s", error)
                keep_aside(self._store, KEPT, text)
                self._known = _Kept()
        return self._known

    def _write(self, ended: str = "", /, **changes: Sequence[msgspec.Struct]) -> None:
        fresh = msgspec.structs.replace(
            self._load(), **{name: list(rows) for name, rows in changes.items()}
        )
        with self._writing:
            self._store.set(KEPT, write_json(msgspec.to_builtins(fresh)))
            self._known, self._is_noted = fresh, False
        self._tell(ended)
