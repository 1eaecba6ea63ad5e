"""What goes between the studio and a drill's process: one request, then lines both ways."""

from __future__ import annotations

from typing import Literal

import msgspec

from studio.core.errors import PackedError
from studio.plans.drills.model import DrillAsk, DrillRecord, DrillTask
from studio.plans.model import Pair


class DrillRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be drilled: some plans, or ``game`` faults by surprise.

    Attributes:
        show: folder of the real show.
        team: whose people answer.
    """

    show: str
    plans: tuple[str, ...] = ()
    game: int = 0
    seed: int = 0
    team: str = ""
    has_hints: bool = False


class DrillWord(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of a role answers a question, or accepts a task.

    Attributes:
        who: scored.
        individual: as `studio.core.asking.Asker.individual`.
    """

    what: Literal["answer", "accept"]
    id: str
    who: str
    role: str
    individual: str
    option: str = ""


class DrillNews(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened in the drill.

    Attributes:
        kind: "fault": one is put in; "people": what is asked of them now; "score": it is over;
            "end": the drill is, with an error or without.
    """

    kind: Literal["fault", "people", "score", "end"]
    number: int = 0
    count: int = 0
    hint: Pair = ("", "")
    asks: tuple[DrillAsk, ...] = ()
    tasks: tuple[DrillTask, ...] = ()
    score: DrillRecord | None = None
    error: PackedError | None = None
