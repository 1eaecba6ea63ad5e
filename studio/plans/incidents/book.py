"""Reviews and actions of three years, in one file of the data folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from studio.core.asking import asking
from studio.core.bounded import read_bounded
from studio.core.clean import encode_json
from studio.core.clock import age_days, local_date, utc_iso
from studio.core.command import Role
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.paths import data_dir
from studio.core.troubles import tell_trouble
from studio.core.whole_file import PRIVATE, take_name, write_whole
from studio.plans.incident_store import KEPT_DAYS
from studio.plans.incidents.model import Action, ActionView, Review, ReviewBook
from studio.plans.model import Incident

_log = logger(__name__)
MOST_BYTES = 100_000_000
MOST_ACTIONS = 10_000


def book_path() -> Path:
    """The file."""
    return data_dir() / "plans" / "reviews.json"


class IncidentBook:
    """What people said about incidents. Every change is on the disk before it counts.

    Args:
        path: the file; None for the one in the data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._given = path
        self._book = ReviewBook()
        self._lock = asyncio.Lock()

    @property
    def path(self) -> Path:
        """The file."""
        return self._given or book_path()

    def read(self) -> None:
        """Takes over what is in the file; one that cannot be read is put aside and told."""
        try:
            book = msgspec.json.decode(read_bounded(self.path, MOST_BYTES), type=ReviewBook)
        except FileNotFoundError:
            return
        except (OSError, StudioError, msgspec.DecodeError, UnicodeDecodeError) as error:
            tell_trouble("plans.reviews_unreadable", path=str(self.path), why=str(error))
            try:
                take_name(self.path, self.path.with_suffix(".unreadable.json"))
            except OSError as why:
                _log.warning("%s cannot be put aside: %s", self.path, why)
            return
        self._book = _without_old(book)

    async def _change(self, make: Callable[[ReviewBook], ReviewBook]) -> ReviewBook:
        """Writes another book; returns what it was. One change after the other."""
        async with self._lock:
            before, book = self._book, make(self._book)
            try:
                await asyncio.to_thread(self._write, encode_json(book))
            except OSError as error:
                why = error.strerror or str(error)
                raise StudioError(
                    "failed", "media.cannot_write", path=str(self.path), why=why
                ) from None
            self._book = book
        return before

    def _write(self, text: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, text, mode=PRIVATE, is_synced=True)

    # -- reviews -------------------------------------------------------------------------------

    def review(self, incident: str) -> Review:
        """Of an incident; an empty one where nobody made one."""
        return self._book.reviews.get(incident, Review())

    async def put_review(self, incident: str, review: Review) -> Review:
        """Keeps a review; returns what stood there.

        Raises:
            StudioError: failed.
        """
        before = await self._change(
            lambda book: replace(book, reviews={**book.reviews, incident: review})
        )
        return before.reviews.get(incident, Review())

    def cases(self) -> list[str]:
        """Incidents that have something to teach, the latest review first."""
        found = [(r.at_utc, id) for id, r in self._book.reviews.items() if r.is_case]
        return [id for _, id in sorted(found, reverse=True)]

    # -- what is confidential ------------------------------------------------------------------

    def is_hidden(self, incident: Incident) -> bool:
        """Is it confidential: by its plan, or because a person said so?"""
        if incident.id in self._book.shown:
            return False
        return incident.is_confidential or incident.id in self._book.hidden

    def may_see(self, incident: Incident) -> bool:
        """May whoever asks now see it? What is confidential is the owner's."""
        return asking().role >= Role.OWNER or not self.is_hidden(incident)

    async def hide(self, incident: str, *, on: bool) -> None:
        """Makes an incident confidential, or no longer.

        Raises:
            StudioError: failed.
        """

        def make(book: ReviewBook) -> ReviewBook:
            hidden = [id for id in book.hidden if id != incident]
            shown = [id for id in book.shown if id != incident]
            (hidden if on else shown).append(incident)
            return replace(book, hidden=tuple(hidden), shown=tuple(shown))

        await self._change(make)

    # -- actions -------------------------------------------------------------------------------

    def actions(self, incident: str = "") -> list[Action]:
        """Of an incident, or all: the open ones first, by their day."""
        found = [a for a in self._book.actions.values() if incident in ("", a.incident)]
        return sorted(found, key=lambda a: (bool(a.done_utc), a.until, a.id))

    def action(self, id: str) -> Action:
        """The action of this id.

        Raises:
            StudioError: not_found.
        """
        action = self._book.actions.get(id)
        if action is None:
            known = ", ".join(list(self._book.actions)[-10:])
            raise StudioError("not_found", "plans.no_action", action=id, known=known)
        return action

    def hides(self, incident: str) -> bool:
        """Is this incident, that somebody spoke about, confidential?"""
        return incident in self._book.hidden

    async def add_action(
        self, incident: Incident | None, what: str, owner: str, until: str, metric: str = ""
    ) -> Action:
        """A new one.

        Args:
            incident: None is after a show.

        Raises:
            StudioError: conflict (too many), failed.
        """
        id = "" if incident is None else incident.id
        made = Action("", id, what, owner, until, utc_iso(), metric=metric)
        is_hidden = incident is not None and self.is_hidden(incident)

        def make(book: ReviewBook) -> ReviewBook:
            nonlocal made
            if len(book.actions) >= MOST_ACTIONS:
                raise StudioError("conflict", "plans.too_many_actions", most=MOST_ACTIONS)
            made = replace(made, id=f"A{book.next_number}")
            actions = {**book.actions, made.id: made}
            hidden = book.hidden
            if is_hidden and id not in hidden:
                hidden = (*hidden, id)
            return replace(book, actions=actions, next_number=book.next_number + 1, hidden=hidden)

        await self._change(make)
        return made

    async def put_actions(self, changed: Iterable[Action]) -> None:
        """Keeps actions as they are now.

        Raises:
            StudioError: failed.
        """
        fresh = {action.id: action for action in changed}
        await self._change(lambda book: replace(book, actions=book.actions | fresh))

    async def remove_action(self, id: str) -> Action:
        """Takes one away.

        Raises:
            StudioError: not_found, failed.
        """
        gone = self.action(id)

        def make(book: ReviewBook) -> ReviewBook:
            rest = {other: action for other, action in book.actions.items() if other != id}
            return replace(book, actions=rest)

        await self._change(make)
        return gone


def action_view(action: Action, today: str = "") -> ActionView:
    """As lists show it; late is one whose day is over."""
    is_done = bool(action.done_utc)
    is_late = not is_done and action.until < (today or local_date())
    return ActionView(
        action.id, action.incident, action.what, action.owner, action.until, is_done, is_late,
        action.chased, action.metric, action.made_utc, action.done_utc,
    )  # fmt: skip


def _without_old(book: ReviewBook) -> ReviewBook:
    """What was done three years ago is forgotten with its incident; open actions never are."""

    def is_old(utc: str) -> bool:
        try:
            return bool(utc) and age_days(utc) > KEPT_DAYS
        except ValueError:
            return False

    return replace(
        book,
        reviews={id: r for id, r in book.reviews.items() if not is_old(r.at_utc)},
        actions={id: a for id, a in book.actions.items() if not is_old(a.done_utc)},
    )
