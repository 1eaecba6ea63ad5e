"""Commands of the board: alarms acknowledged and snoozed, a platform's figure noted."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

import msgspec

from studio.core.clock import seconds_of
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.insight.board import Board
from studio.insight.entries import EntryFacts
from studio.insight.journal import Journal
from studio.insight.metrics import metrics

MetricId = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
FigureValue = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]
Short = Annotated[str, msgspec.Meta(max_length=60)]
Minutes = Annotated[float, msgspec.Meta(ge=1, le=24 * 60)]


class BoardCommands:
    """What a person does with the board.

    Args:
        board: the figures.
        journal: where figures are kept.
    """

    def __init__(self, board: Board, journal: Journal) -> None:
        self._board, self._journal = board, journal

    @command(
        "insight.figure",
        role=Role.CONTROLLER,
        label=("记入平台数据", "Note a platform's figure"),
        help=(
            "记入平台的一个数字（在线、曝光、成交……）；is_total 表示累计值；同一 id 只算一次。",
            "Notes a platform's figure (online, exposed, paid, …); is_total: a running total; the "
            "same id counts once.",
        ),
    )
    def figure(
        self, metric: MetricId, value: FigureValue, platform: Short = "", room: Short = "",
        at_utc: Short = "", id: Short = "", is_total: bool = False,
    ) -> Changed:  # fmt: skip
        """Late figures keep both times: when it happened and when it came."""
        known = metrics().get(metric)
        if known is None or known.formula:
            names = ", ".join(name for name, each in metrics().items() if not each.formula)
            raise StudioError("not_found", "insight.no_metric", name=metric, known=names)
        if at_utc:
            try:
                seconds_of(at_utc)
            except ValueError:
                raise StudioError("invalid", "insight.no_time", text=at_utc) from None
        uid = _uid(id)
        data: dict[str, Any] = {"metric": metric, "value": value}
        if is_total and known.kind == "sum":
            data = {"metric": metric, "total": value}
            data["value"] = value = self._board.figures.increase(metric, platform, value)
        own = EntryFacts(platform=platform, room=room, happened_utc=at_utc, uid=uid)
        if self._journal.write("insight.figure", data, own) and not at_utc:
            self._board.figures.add(metric, value)
        return changed(result={"value": value})

    @command(
        "insight.acknowledge",
        role=Role.STREAMER,
        label=("已知晓报警", "Acknowledge the alarm"),
        help=("有人看到并在处理这条数据报警。", "Somebody has seen the alarm and looks after it."),
    )
    def acknowledge(self, alarm: Short) -> Changed:
        """It is quiet, and stays on the list until it is over."""
        return self._put(alarm, "acknowledged")

    @command(
        "insight.snooze",
        role=Role.CONTROLLER,
        label=("稍后再报", "Snooze the alarm"),
        help=("这个指标在若干分钟内不再提醒。", "This figure is quiet for some minutes."),
    )
    def snooze(self, alarm: Short, minutes: Minutes = 10.0) -> Changed:
        """It is active again after that, if it still holds."""
        return self._put(alarm, "snoozed", minutes)

    @command(
        "insight.reopen",
        role=Role.STREAMER,
        label=("重新提醒", "Raise the alarm again"),
        help=("撤回“已知晓”或“稍后再报”。", "Takes back that it was acknowledged or snoozed."),
    )
    def reopen(self, alarm: Short) -> Changed:
        """It is active as before."""
        return self._put(alarm, "active")

    def _put(self, alarm: str, state: str, minutes: float = 0.0) -> Changed:
        before = self._board.put(alarm, state, minutes)
        undo: dict[str, tuple[str, dict[str, Any]]] = {
            "active": ("insight.reopen", {"alarm": alarm}),
            "acknowledged": ("insight.acknowledge", {"alarm": alarm}),
            "snoozed": ("insight.snooze", {"alarm": alarm}),
        }
        return changed("insight", undo=undo[before.state])


def _uid(id: str) -> bytes:
    if not id:
        return b""
    try:
        return uuid.UUID(id).bytes
    except ValueError:
        raise StudioError("invalid", "insight.no_uuid", text=id) from None
