"""Actions after incidents: who does what by when, until it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from studio.core.asking import asking
from studio.core.clock import local_date, utc_iso
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.plans.events import ActionDue
from studio.plans.incidents.book import IncidentBook, action_view
from studio.plans.incidents.model import (
    Action,
    ActionId,
    Day,
    IncidentId,
    IncidentsView,
    MetricName,
    Short,
)
from studio.plans.model import Incident

MOST_SHOWN = 100
USUAL_DAYS = 7


class ActionCommands:
    """Actions of all incidents; those of confidential ones are the owner's.

    Args:
        book: keeps them.
        find: an incident that whoever asks may see.
    """

    def __init__(self, book: IncidentBook, find: Callable[[str], Awaitable[Incident]]) -> None:
        self._book, self._find = book, find

    def view(self) -> IncidentsView:
        """What everybody may see."""
        shown = [a for a in self._book.actions() if not self._book.hides(a.incident)]
        today = local_date()
        views = [action_view(action, today) for action in shown]
        left = [view for view in views if not view.is_done]
        late = sum(view.is_late for view in left)
        return IncidentsView(tuple(left[:MOST_SHOWN]), len(left), late)

    def _may_see(self, action: Action) -> bool:
        return asking().role >= Role.OWNER or not self._book.hides(action.incident)

    def _get(self, id: str) -> Action:
        action = self._book.action(id)
        if not self._may_see(action):
            raise StudioError("not_found", "plans.no_action", action=id, known="")
        return action

    async def chase(self) -> list[ActionDue]:
        """Whose day has come, each once a day; it is noted that they were reminded."""
        today = local_date()
        due = [
            replace(action, chased=action.chased + 1, chased_day=today)
            for action in self._book.actions()
            if not action.done_utc and action.until <= today and action.chased_day != today
        ]
        if due:
            await self._book.put_actions(due)
        return [
            ActionDue(
                action=action.id, incident=action.incident,
                owner="" if self._book.hides(action.incident) else action.owner,
                until=action.until, chased=action.chased,
                what="" if self._book.hides(action.incident) else action.what,
            )
            for action in due
        ]  # fmt: skip

    @command(
        "actions.list",
        role=Role.STREAMER,
        label=("整改清单", "List actions"),
        help=(
            "列出整改：做什么、谁、何时之前、是否逾期；all=true 连同已完成的。",
            "Lists actions: what, who, until when, whether late; with all=true the done ones too.",
        ),
    )
    def list_all(self, incident: IncidentId = "", all: bool = False) -> Changed:
        today = local_date()
        rows = [
            action_view(action, today)
            for action in self._book.actions(incident)
            if self._may_see(action) and (all or not action.done_utc)
        ]
        return changed(result={"actions": msgspec.to_builtins(rows)})

    @command(
        "actions.put",
        role=Role.CONTROLLER,
        label=("登记整改", "Put an action"),
        help=(
            "登记一项整改：做什么、谁负责、哪天之前（2026-12-01，不写为一周后）；每天提醒，直到完成。"
            "不写 incident 为一场直播之后的；metric 为要改善的指标，下次复盘报告写明前后变化。",
            "An action after an incident: what, who, until which day (in a week); reminded daily. "
            "Without incident: after a show; metric: the figure it is to move, whose change the "
            "next weekly report tells.",
        ),
        secret=("what", "owner"),
    )
    async def put(
        self,
        incident: IncidentId = "",
        what: Short = "",
        owner: Short = "",
        until: Day = "",
        action: ActionId = "",
        metric: MetricName = "",
    ) -> Changed:
        if not what.strip() or not owner.strip():
            raise StudioError("invalid", "plans.action_empty")
        until = _checked_day(until)
        if action:
            before = self._get(action)
            fresh = replace(
                before, what=what, owner=owner, until=until, chased_day="", metric=metric
            )
            await self._book.put_actions([fresh])
            undo = {"incident": before.incident, "what": before.what, "owner": before.owner,
                    "until": before.until, "action": action, "metric": before.metric}  # fmt: skip
            return changed("incidents", result={"action": action}, undo=("actions.put", undo))
        found = await self._find(incident) if incident else None
        made = await self._book.add_action(found, what, owner, until, metric)
        return changed(
            "incidents", result={"action": made.id}, undo=("actions.remove", {"action": made.id})
        )

    @command(
        "actions.done",
        role=Role.STREAMER,
        label=("整改完成", "Action done"),
        help=("整改已完成，或还没有（on=false）。", "An action is done, or not yet."),
    )
    async def done(self, action: ActionId, on: bool = True) -> Changed:
        before = self._get(action)
        await self._book.put_actions([replace(before, done_utc=utc_iso() if on else "")])
        undo = ("actions.done", {"action": action, "on": bool(before.done_utc)})
        return changed("incidents", undo=undo)

    @command(
        "actions.remove",
        role=Role.CONTROLLER,
        label=("移除整改", "Remove an action"),
        help=("移除一项整改。", "Takes an action away."),
    )
    async def remove(self, action: ActionId) -> Changed:
        self._get(action)
        gone = await self._book.remove_action(action)
        undo = ("actions.restore", {"action": msgspec.to_builtins(gone)})
        return changed("incidents", undo=undo)

    @command(
        "actions.restore",
        role=Role.CONTROLLER,
        label=("恢复整改", "Restore an action"),
        help=("放回移除的整改。", "Puts a removed action back."),
        secret=("action",),
    )
    async def restore(self, action: Action) -> Changed:
        if not self._may_see(action):
            raise StudioError("not_found", "plans.no_incident", incident=action.incident)
        await self._book.put_actions([action])
        return changed("incidents", undo=("actions.remove", {"action": action.id}))


def _checked_day(day: str) -> str:
    """A day that there is; in a week where none is said."""
    today = date.fromisoformat(local_date())
    try:
        return day if day and date.fromisoformat(day) else str(today + timedelta(days=USUAL_DAYS))
    except ValueError:
        raise StudioError("invalid", "plans.no_day", day=day) from None
