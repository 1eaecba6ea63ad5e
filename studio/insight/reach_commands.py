"""Commands of reach lists: how many might be reached, a list as a file, what was written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec

from studio.core.asking import PERSONAL, asking
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.places import names_place
from studio.governance.people import PeopleKeys
from studio.insight.analysis.apart import AnalysisRequest, analyse_apart
from studio.insight.events import ReachWritten
from studio.insight.reach.book import Buyers, Consents, ReachBook, chosen, people_of
from studio.insight.reach.model import (
    LEAST_WHY,
    SEGMENTS,
    ListId,
    Purpose,
    ReachList,
    ReachPerson,
    Segment,
)

Why = Annotated[str, msgspec.Meta(max_length=400)]


class ReachCommands:
    """Lists of persons leave only for a purpose they agreed to.

    Args:
        book: writes and remembers them.
        consents: who agreed to what.
        buyers: what they ordered.
        people: by which name they go.
        publish: told of each list.
    """

    def __init__(
        self, book: ReachBook, consents: Consents, buyers: Buyers, people: PeopleKeys,
        publish: Callable[[Event], None],
    ) -> None:  # fmt: skip
        self._book, self._consents, self._buyers = book, consents, buyers
        self._people, self._publish = people, publish

    @command(
        "reach.count",
        role=Role.CONTROLLER,
        label=("可触达人数", "Who may be reached"),
        help=(
            "某一用途下，各分群里有多少人同意且没有撤回、没有反对；不给出任何人。",
            "How many of each segment agreed to a purpose, and neither took it back nor objected; "
            "names nobody.",
        ),
    )
    async def count(self, purpose: Purpose) -> Changed:
        """Answers with numbers alone."""
        people = await self._reachable(purpose)
        counts = {segment: len(chosen(people, segment)) for segment in SEGMENTS}
        return changed(result={"purpose": purpose, "segments": counts})

    @command(
        "reach.write",
        role=Role.CONTROLLER,
        reads=PERSONAL,
        label=("导出触达名单", "Write a reach list"),
        help=(
            "把一个分群里同意这一用途的人写成 CSV（带 BOM，没有公式），须写明理由；full 为不打码，"
            "限负责人。记入流水；删除某人时名单里也删掉。",
            "Writes those of a segment who agreed to a purpose as CSV (utf-8-sig, no formulas), "
            "with a reason; full: not masked, the owner's. It is in the journal, and whoever is "
            "erased is taken out of it.",
        ),
    )
    async def write(
        self, segment: Segment, purpose: Purpose, reason: Why, full: bool = False,
        file: Annotated[str, names_place("write", max_length=1000)] = "",
    ) -> Changed:  # fmt: skip
        """Answers with the file and how many stand in it."""
        asker = asking()
        if len(reason.strip()) < LEAST_WHY:
            raise StudioError("invalid", "reach.no_reason")
        if full and asker.role < Role.OWNER:
            raise StudioError("denied", "reach.not_full")
        people = chosen(await self._reachable(purpose), segment)
        order = ReachList(
            id="", file="", purpose=purpose, segment=segment, is_full=full, numbers=(),
            operator=asker.person, reason=reason.strip(), at_utc="",
        )  # fmt: skip
        place = Path(file).expanduser() if file else None
        if place is not None and not place.is_absolute():
            place = self._book.folder / place
        made = await asyncio.to_thread(self._book.write, people, order, self._consents, place)
        count = len(made.numbers)
        self._publish(ReachWritten(
            id=made.id, segment=segment, purpose=purpose, count=count, is_full=full,
            operator=made.operator, reason=made.reason,
        ))  # fmt: skip
        found = {"id": made.id, "file": made.file, "count": count, "is_full": full}
        return changed(result=found)

    @command(
        "reach.lists",
        role=Role.CONTROLLER,
        label=("触达名单清单", "Reach lists"),
        help=(
            "写过哪些名单：用途、分群、人数、谁写的、为什么，以及其后撤回同意的人数。",
            "Which lists were written: purpose, segment, how many, by whom and why, and how many "
            "took their consent back since.",
        ),
    )
    async def lists(self) -> Changed:
        """Answers with them, the newest first."""
        rows = await asyncio.to_thread(self._book.rows, self._consents)
        return changed(result={"lists": msgspec.to_builtins(rows)})

    @command(
        "reach.remove",
        role=Role.OWNER,
        needs_confirm=True,
        label=("删除触达名单", "Remove a reach list"),
        help=("删除名单文件和它的登记。", "Removes a list's file and what is known of it."),
    )
    async def remove(self, id: ListId) -> Changed:
        """It cannot be taken back; it can be written again."""
        await asyncio.to_thread(self._book.remove, id)
        return changed()

    async def _reachable(self, purpose: str) -> list[ReachPerson]:
        agreed = await asyncio.to_thread(self._consents.agreed, purpose)
        if not agreed:
            return []
        request = AnalysisRequest("viewers", numbers=tuple(entry.person for entry in agreed))
        viewers = (await analyse_apart(request)).viewers
        whos = [entry.who for entry in agreed]
        bought = await asyncio.to_thread(self._buyers.bought, whos)
        return await asyncio.to_thread(people_of, agreed, viewers, bought, self._people)
