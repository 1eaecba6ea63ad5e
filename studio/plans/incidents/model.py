"""An incident's report, its review and its actions as plain data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from studio.plans.model import Pair

LineKind = Literal[
    "plan", "command", "scene", "output", "source", "comments", "sale", "alarm", "offer", "goods",
    "told", "note", "engine", "other",
]  # fmt: skip
Severity = Literal["S1", "S2", "S3", "S4"]
IncidentId = Annotated[str, msgspec.Meta(max_length=60)]
ActionId = Annotated[str, msgspec.Meta(max_length=40)]
Short = Annotated[str, msgspec.Meta(max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=4000)]
Day = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
MetricName = Annotated[str, msgspec.Meta(pattern=r"^([a-z][a-z0-9_]{0,39})?$")]
MOST_WHYS = 5


class TimelineLine(msgspec.Struct, frozen=True):
    """One line of an incident on the show's clock.

    Attributes:
        at_ms: from the incident's beginning; below 0 before it.
        who: did it ("desk", "phone Li", "plan:source_lost"), "" where nobody did.
        ok: None where nothing can go wrong.
        entry: number in the journal, for its picture; 0 where it has none.
    """

    at_utc: str
    at_ms: int
    kind: LineKind
    text: Pair
    who: str = ""
    ok: bool | None = None
    entry: int = 0


class OutputLoss(msgspec.Struct, frozen=True):
    """What the viewers of one output did not get.

    Attributes:
        down_s: nothing new came.
        clip_s: they saw the sender's standby clip.
        standby_s: they saw a standby scene of the show.
        off_s: the whole time off programme, each moment counted once.
        is_stream: viewers watch it; a recording is nobody's loss of the moment.
    """

    output: str
    canvas: str = ""
    is_stream: bool = True
    down_s: float = 0.0
    clip_s: float = 0.0
    standby_s: float = 0.0
    off_s: float = 0.0


class OrdersLost(msgspec.Struct, frozen=True):
    """Pieces that were not sold, against the ten minutes before.

    Attributes:
        is_known: there is a forecast; else `lost` says nothing.
        expected: at the rate of before, for as long as the incident took; low and high: four of
            five such stretches lie between them.
        cents: what the lost ones would have cost at the mean price of before.
        basis_s, basis_units: what the rate was made of.
    """

    is_known: bool = False
    expected: float = 0.0
    low: float = 0.0
    high: float = 0.0
    sold: int = 0
    lost: float = 0.0
    cents: int | None = None
    currency: str = ""
    basis_s: float = 0.0
    basis_units: int = 0


class UsualLost(msgspec.Struct, frozen=True):
    """Pieces that were not sold, against the same stretch of the own shows before.

    Attributes:
        is_known: there are five such shows; else the figures say nothing.
        shows: that lasted as far into the show.
        expected: at this show's own level; low and high: four of five shows lie between them.
        cents: what the lost ones would have cost at the show's mean price so far.
        is_slow: the analysis did not answer in time.
    """

    is_known: bool = False
    shows: int = 0
    expected: float = 0.0
    low: float = 0.0
    high: float = 0.0
    lost: float = 0.0
    cents: int | None = None
    currency: str = ""
    is_slow: bool = False


class Review(msgspec.Struct, frozen=True):
    """A retrospective: what happened and why, never who is to blame.

    Attributes:
        whys: up to five, each asks why of the one before.
        learned: for the case library.
        severity: by a person, with a reason; "" is by rule.
    """

    summary: Long = ""
    whys: Annotated[tuple[Short, ...], msgspec.Meta(max_length=MOST_WHYS)] = ()
    learned: Long = ""
    tags: Annotated[tuple[Short, ...], msgspec.Meta(max_length=10)] = ()
    severity: Literal["", "S1", "S2", "S3", "S4"] = ""
    severity_why: Short = ""
    by: str = ""
    at_utc: str = ""
    closed_utc: str = ""

    @property
    def is_case(self) -> bool:
        """Has it something to teach?"""
        return bool(self.learned)


class Action(msgspec.Struct, frozen=True):
    """Something to be done after an incident.

    Attributes:
        incident: "" is after a show.
        owner: who does it.
        until: a day, "YYYY-MM-DD".
        metric: the figure that it is to move, by its id (`studio.insight.metrics`); "" is none.
        done_utc: "" while it is open.
        chased: how often its owner was reminded; the last time on the day chased_day.
    """

    id: str
    incident: str
    what: str
    owner: str
    until: str
    made_utc: str = ""
    done_utc: str = ""
    chased: int = 0
    chased_day: str = ""
    metric: str = ""


class ReviewBook(msgspec.Struct, frozen=True):
    """All that people said about incidents, as it stands in the file.

    Attributes:
        hidden, shown: incidents that a person made confidential, or no longer.
    """

    reviews: dict[str, Review] = {}
    actions: dict[str, Action] = {}
    hidden: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    next_number: int = 1


class IncidentReport(msgspec.Struct, frozen=True):
    """All that is known of one incident.

    Attributes:
        severity_why: the rule that gave it.
        is_cut: it has more lines than are shown.
        has_journal: False where only the plan's own steps are known.
    """

    id: str
    plan: str
    label: Pair
    cause: Pair
    subject: str
    state: str
    origin: str
    began_utc: str
    saved_ms: int | None
    recovered_ms: int | None
    over_ms: int | None
    severity: Severity
    severity_why: Pair
    outputs: tuple[OutputLoss, ...] = ()
    orders: OrdersLost = OrdersLost()
    lines: tuple[TimelineLine, ...] = ()
    review: Review = Review()
    actions: tuple[Action, ...] = ()
    is_confidential: bool = False
    is_drill: bool = False
    is_cut: bool = False
    has_journal: bool = True
    steps: int = 0
    steps_failed: int = 0
    usual: UsualLost = UsualLost()


class IncidentRow(msgspec.Struct, frozen=True):
    """An incident in a list."""

    id: str
    plan: str = ""
    label: Pair = ("", "")
    cause: Pair = ("", "")
    subject: str = ""
    state: str = ""
    began_utc: str = ""
    over_ms: int | None = None
    is_drill: bool = False
    is_confidential: bool = False
    is_closed: bool = False
    is_case: bool = False
    open_actions: int = 0


class ActionView(msgspec.Struct, frozen=True):
    """An action in a list."""

    id: str
    incident: str
    what: str
    owner: str
    until: str
    is_done: bool = False
    is_late: bool = False
    chased: int = 0
    metric: str = ""
    made_utc: str = ""
    done_utc: str = ""


class IncidentsView(msgspec.Struct, frozen=True):
    """The part "incidents" of the state. What is about confidential incidents is not in it."""

    actions: tuple[ActionView, ...] = ()
    open: int = 0
    late: int = 0
