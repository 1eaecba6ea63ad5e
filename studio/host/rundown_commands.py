"""The rundown from outside: edit, import, begin, next, pause, end, catch up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Protocol

import msgspec

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.instants import iso, parse_instant, utc_now
from studio.core.places import names_place
from studio.core.taking_back import (
    changed_since,
    taken_back,
    way_back,
    with_rows_taken_back,
)
from studio.host.rundown.book import drafted, find_item, put_item, remove_item, shortened
from studio.host.rundown.difference import compare_items, taken_over
from studio.host.rundown.importing import RundownImport, read_rundown, read_rundown_text
from studio.host.rundown.model import (
    Minutes,
    RundownId,
    RundownItem,
    RundownPart,
    RundownPhase,
    RundownRun,
    RundownView,
    ZoneName,
)
from studio.shop.model import Product

Pasted = Annotated[str, msgspec.Meta(max_length=1_000_000)]
ItemIndex = Annotated[int, msgspec.Meta(ge=-1, le=10_000)]
MomentText = Annotated[str, msgspec.Meta(max_length=40)]
LineIds = Annotated[list[str], msgspec.Meta(max_length=5_000)]


class RundownRoom(Protocol):
    """The rundown of this show, and how far it is."""

    part: RundownPart
    run: RundownRun
    language: str

    def put(self, part: RundownPart) -> None: ...

    def put_run(self, run: RundownRun) -> None: ...

    def begin(self) -> None: ...

    def go(self, id: str) -> None: ...

    def pause(self, *, on: bool) -> None: ...

    def end(self) -> None: ...

    def view(self) -> RundownView: ...

    def products(self) -> tuple[Product, ...]: ...


class RundownCommands:
    """What comes when."""

    def __init__(self, room: RundownRoom) -> None:
        self._room = room
        self._read: RundownImport | None = None

    # -- edit ----------------------------------------------------------------------------------

    @command(
        "rundown.set",
        role=Role.CONTROLLER,
        label=("设定流程", "Set the rundown"),
        help=(
            "换成这份流程：开始时间、阶段、环节；有 instead_of（那一步留下的）时只还原有差别的项。",
            "Takes this rundown: start, phases, items; with instead_of, what the step had left, "
            "only where the two differ.",
        ),
    )
    def set_whole(self, rundown: RundownPart, instead_of: RundownPart | None = None) -> Changed:
        if instead_of is not None:
            rundown = with_rows_taken_back(
                self._room.part, instead_of, rundown, "phases", _id_of, _phase_taken_back
            )
        return self._edit(rundown)

    @command(
        "rundown.draft",
        role=Role.CONTROLLER,
        label=("生成流程", "Draft a rundown"),
        help=(
            "按商品生成流程：开场 10 分钟、收尾 20 分钟，其余给商品（不足 100 分钟按 10/70/20%）。",
            "A rundown from the goods: opening 10 min, closing 20, the rest for them "
            "(under 100 min: 10/70/20 %).",
        ),
    )
    def draft(self, minutes: Minutes = 120, start: MomentText = "", zone: ZoneName = "") -> Changed:
        zone = zone or self._room.part.zone
        at = iso(parse_instant(start, zone)) if start else self._room.part.start_utc
        return self._edit(
            drafted(self._room.products(), minutes * 60, at, zone, self._room.language)
        )

    @command(
        "rundown.start_at",
        role=Role.CONTROLLER,
        label=("开播时间", "Start time"),
        help=(
            "计划开播的时刻与时区；空为未定。夏令时跳过或重复的时刻会被指出。",
            "When the show is to begin, and in which zone; empty: not said. A time that the "
            "change of clocks skips or has twice is refused.",
        ),
    )
    def start_at(self, start: MomentText = "", zone: ZoneName = "") -> Changed:
        part = self._room.part
        at = iso(parse_instant(start, zone)) if start else ""
        return self._edit(msgspec.structs.replace(part, start_utc=at, zone=zone))

    @command(
        "rundown.put_item",
        role=Role.CONTROLLER,
        label=("编辑环节", "Put an item"),
        help=(
            "新建或修改一个环节，可换阶段和位置。",
            "Makes or changes an item; phase and index move it.",
        ),
    )
    def put_item(
        self,
        item: RundownItem,
        phase: Annotated[str, msgspec.Meta(max_length=40)] = "",
        index: ItemIndex = -1,
    ) -> Changed:
        return self._edit(put_item(self._room.part, item, phase, index))

    @command(
        "rundown.remove_item",
        role=Role.CONTROLLER,
        label=("删除环节", "Remove an item"),
        help=("删除一个没有在进行的环节。", "Removes an item that is not on."),
    )
    def remove_item(self, item: RundownId) -> Changed:
        return self._edit(remove_item(self._room.part, item))

    @command(
        "rundown.catch_up",
        role=Role.CONTROLLER,
        label=("追时间", "Catch up"),
        help=(
            "按提议缩短后面的环节，把结束时间拉回来；可撤销。",
            "Shortens what is yet to come as proposed, so that the end is where it was planned.",
        ),
    )
    def catch_up(self) -> Changed:
        view = self._room.view()
        if not view.proposal:
            raise StudioError("conflict", "rundown.nothing_to_cut")
        done = self._edit(shortened(self._room.part, view.proposal))
        return msgspec.structs.replace(
            done, result={"lines": msgspec.to_builtins(view.proposal), "short_s": view.short_s}
        )

    # -- import --------------------------------------------------------------------------------

    @command(
        "rundown.import",
        role=Role.CONTROLLER,
        label=("导入流程", "Import a rundown"),
        help=(
            "读取流程表（CSV、XLSX、Ontime、SRT），列出差异；rundown.accept 接受。",
            "Reads a rundown (CSV, XLSX, Ontime, SRT) and says what differs; rundown.accept "
            "takes it.",
        ),
    )
    async def import_file(
        self, path: Annotated[str, names_place("read")] = "", text: Pasted = ""
    ) -> Changed:
        if bool(path) == bool(text):
            raise StudioError("invalid", "imports.path_or_text")
        products = self._room.products()
        if path:
            read = await asyncio.to_thread(read_rundown, path, products)
        else:
            read = await asyncio.to_thread(read_rundown_text, text, products)
        self._read = read
        lines = compare_items(self._room.part, read)
        return changed(result={
            "kind": read.kind, "items": len(read.items),
            "refused": msgspec.to_builtins(read.faults),
            "difference": msgspec.to_builtins(lines),
        })  # fmt: skip

    @command(
        "rundown.accept",
        role=Role.CONTROLLER,
        label=("接受流程导入", "Accept a rundown"),
        help=(
            "接受导入的差异（默认全部；可逐行指定）。",
            "Takes the lines of an import, by default all of them.",
        ),
    )
    def accept(self, lines: LineIds | None = None) -> Changed:
        if self._read is None:
            raise StudioError("not_found", "rundown.no_import")
        difference = compare_items(self._room.part, self._read)
        known = {line.id for line in difference}
        chosen = known if lines is None else set(lines)
        if not chosen <= known:
            raise StudioError("not_found", "imports.no_line", line=sorted(chosen - known)[0])
        return self._edit(taken_over(self._room.part, self._read, chosen))

    # -- the run -------------------------------------------------------------------------------

    @command(
        "rundown.begin",
        role=Role.STREAMER,
        label=("流程开始", "Begin the rundown"),
        help=("从第一个环节开始计时。", "The first item is on and the clock runs."),
    )
    def begin(self) -> Changed:
        return self._move(self._room.begin)

    @command(
        "rundown.next",
        role=Role.STREAMER,
        label=("下一环节", "Next item"),
        help=(
            "进入下一个没讲过的环节；没有了就结束。",
            "The next item that was not on yet; after the last one the rundown ends.",
        ),
    )
    def next_item(self) -> Changed:
        view = self._room.view()
        if view.stage == "ready":
            return self._move(self._room.begin)
        if not view.next:
            return self._move(self._room.end)
        return self._move(lambda: self._room.go(view.next))

    @command(
        "rundown.go",
        role=Role.STREAMER,
        label=("跳到环节", "Go to an item"),
        help=("跳到这个环节，前面没讲的算跳过。", "Goes to an item; what was left out is skipped."),
    )
    def go(self, item: RundownId) -> Changed:
        find_item(self._room.part, item)
        return self._move(lambda: self._room.go(item))

    @command(
        "rundown.pause",
        role=Role.STREAMER,
        label=("流程暂停", "Pause the rundown"),
        help=(
            "暂停或继续当前环节的计时；后面的预计时间顺延。",
            "Holds the clock of the item that is on, or goes on; all that follows moves.",
        ),
    )
    def pause(self, on: bool = True) -> Changed:
        return self._move(lambda: self._room.pause(on=on))

    @command(
        "rundown.end",
        role=Role.STREAMER,
        label=("流程结束", "End the rundown"),
        help=("结束计时；实际时间保留。", "Nothing is on any more; the actual times stay."),
    )
    def end(self) -> Changed:
        return self._move(self._room.end)

    @command(
        "rundown.put_run",
        role=Role.STREAMER,
        label=("恢复流程进度", "Restore progress"),
        help=(
            "回到先前的进度（撤销用）；给出 instead_of（那一步留下的）时只还原有差别的项，"
            "此后又换了环节则不还原。",
            "Goes back to a progress before; for undo. With instead_of, what the step had left, "
            "only where the two differ, and not where another item has come on since.",
        ),
    )
    def put_run(self, run: RundownRun, instead_of: RundownRun | None = None) -> Changed:
        if instead_of is not None:
            run = _run_taken_back(self._room.run, instead_of, run)
        return self._move(lambda: self._room.put_run(run))

    @command(
        "rundown.times",
        role=Role.VIEWER,
        label=("流程时间", "Rundown times"),
        help=(
            "每个环节的计划、实际、预计时间。",
            "Planned, actual and expected times of every item.",
        ),
    )
    def times(self) -> Changed:
        view: dict[str, Any] = msgspec.to_builtins(self._room.view())
        return changed(result={**view, "at_utc": iso(utc_now())})

    # ------------------------------------------------------------------------------------------

    def _edit(self, part: RundownPart) -> Changed:
        before = self._room.part
        self._room.put(part)
        undo = way_back("rundown.set", "rundown", before, self._room.part)
        return changed("rundown", "prompter", undo=undo)

    def _move(self, act: Callable[[], object]) -> Changed:
        before = self._room.run
        act()
        undo = way_back("rundown.put_run", "run", before, self._room.run)
        return changed("rundown", "prompter", undo=undo)


def _id_of(row: RundownPhase | RundownItem) -> str:
    return row.id


def _run_taken_back(now: RundownRun, left: RundownRun, before: RundownRun) -> RundownRun:
    """The times of items hang together with the one that is on.

    Raises:
        StudioError: conflict, another has come on since.
    """
    for name in ("item", "stage"):
        was, own, here = (getattr(run, name) for run in (before, left, now))
        if own != was and here not in (own, was):
            raise changed_since()
    return taken_back(now, left, before)


def _phase_taken_back(now: RundownPhase, left: RundownPhase, before: RundownPhase) -> RundownPhase:
    return with_rows_taken_back(now, left, before, "items", _id_of)
