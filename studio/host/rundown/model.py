"""The rundown as plain data: Rundown → Phase → Item. Times are instants in UTC."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import msgspec

RundownId = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[\w-]+$")]
Title = Annotated[str, msgspec.Meta(max_length=200)]
ZoneName = Annotated[str, msgspec.Meta(max_length=60)]
ItemSeconds = Annotated[int, msgspec.Meta(ge=0, le=86_400)]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=1_440)]
Pace = Annotated[int, msgspec.Meta(ge=0, le=86_400)]
ItemKind = Literal["talk", "product", "offer", "game", "break"]
PhaseKind = Literal["opening", "middle", "closing"]
RunStage = Literal["ready", "running", "paused", "ended"]
ItemState = Literal["later", "next", "now", "done", "skipped"]
MOST_ITEMS = 500
MOST_PHASES = 12
LEAST_SHARE = 0.6
"""So much of its length an item keeps when time is to be caught up, where it says nothing."""
USUAL_LEAST = {"talk": LEAST_SHARE, "product": LEAST_SHARE, "offer": 0.8, "game": 0.5, "break": 0.0}


class RundownItem(msgspec.Struct, frozen=True):
    """What comes: a product, a game, an offer, a break, or talk.

    Attributes:
        seconds: planned length.
        least_s: it may be cut to when time is to be caught up; None is a share of its length.
        product, offer: ids of what it is about, "" for none.
    """

    id: RundownId
    title: Title = ""
    kind: ItemKind = "talk"
    seconds: ItemSeconds = 0
    least_s: ItemSeconds | None = None
    product: Annotated[str, msgspec.Meta(max_length=200)] = ""
    offer: Annotated[str, msgspec.Meta(max_length=40)] = ""
    note: Annotated[str, msgspec.Meta(max_length=2_000)] = ""

    @property
    def least(self) -> int:
        """Seconds it keeps at least."""
        if self.least_s is not None:
            return min(self.least_s, self.seconds)
        return math.ceil(self.seconds * USUAL_LEAST[self.kind])


class RundownPhase(msgspec.Struct, frozen=True):
    """A part of the show with a pace of its own.

    Attributes:
        question_every_s: a question from viewers is due that often; 0 is no rhythm.
        allows: kinds of items that fit it; others are pointed out.
    """

    id: RundownId
    name: Title = ""
    kind: PhaseKind = "middle"
    items: tuple[RundownItem, ...] = ()
    question_every_s: Pace = 0
    allows: tuple[ItemKind, ...] = ("talk", "product", "offer", "game", "break")

    @property
    def seconds(self) -> int:
        """Planned length of its items."""
        return sum(item.seconds for item in self.items)


class RundownPart(msgspec.Struct, frozen=True):
    """What the show keeps.

    Attributes:
        start_utc: when it is to begin; "" is not said.
        zone: IANA name of the zone people read its times in; "" is this computer's.
    """

    start_utc: Annotated[str, msgspec.Meta(max_length=40)] = ""
    zone: ZoneName = ""
    phases: tuple[RundownPhase, ...] = ()

    @property
    def items(self) -> tuple[RundownItem, ...]:
        """All items in their order."""
        return tuple(item for phase in self.phases for item in phase.items)

    @property
    def seconds(self) -> int:
        """Planned length of everything."""
        return sum(phase.seconds for phase in self.phases)


class ItemTimes(msgspec.Struct, frozen=True):
    """When an item really was; ``paused_s`` of it nobody counts."""

    began_utc: str
    ended_utc: str = ""
    paused_s: float = 0.0


class RundownRun(msgspec.Struct, frozen=True):
    """How far it is; this survives a kill.

    Time within a run is the moment it began plus the monotonic clock since: a computer's clock
    that is set, summer time and midnight change no length.

    Attributes:
        anchor_utc, anchor_ns, boot: one moment by both clocks, and which start of the computer
            the second one counts from.
        due_utc: when it was to end as planned when it began; shortening items does not move that.
        item: id of the one that is on.
        times: of items that began, by id.
        paused_utc: since when it is paused; "" is not.
    """

    stage: RunStage = "ready"
    anchor_utc: str = ""
    anchor_ns: int = 0
    boot: str = ""
    due_utc: str = ""
    item: str = ""
    times: dict[str, ItemTimes] = {}
    paused_utc: str = ""


class ItemView(msgspec.Struct, frozen=True):
    """An item with its three times: planned, actual, expected.

    Attributes:
        ends_utc: of the one that is on: when its planned length is over, pauses added.
        over_s: seconds beyond its planned length, of what was or is on; below 0 is under.
    """

    item: RundownItem
    phase: str
    state: ItemState = "later"
    planned_utc: str = ""
    planned_end_utc: str = ""
    began_utc: str = ""
    ended_utc: str = ""
    expected_utc: str = ""
    expected_end_utc: str = ""
    ends_utc: str = ""
    over_s: int = 0


class Shortened(msgspec.Struct, frozen=True):
    """One line of a proposal to catch up: an item with less time."""

    item: str
    title: str
    seconds: int
    before_s: int


class PhaseView(msgspec.Struct, frozen=True):
    """A phase without its items; ``share`` is its part of the whole in per cent."""

    id: str
    name: str
    kind: PhaseKind
    seconds: int
    share: int
    question_every_s: int


class RundownView(msgspec.Struct, frozen=True):
    """The rundown as desks and remotes see it.

    Attributes:
        left_s: of the item that is on, while it is paused; else it goes by ``ends_utc``.
        late_s: the expected end after the planned one; below 0 is early.
        proposal: what would catch that up; ``short_s`` cannot be.
    """

    stage: RunStage = "ready"
    start_utc: str = ""
    zone: str = ""
    phases: tuple[PhaseView, ...] = ()
    items: tuple[ItemView, ...] = ()
    now: str = ""
    next: str = ""
    left_s: int | None = None
    late_s: int = 0
    planned_end_utc: str = ""
    expected_end_utc: str = ""
    proposal: tuple[Shortened, ...] = ()
    short_s: int = 0
