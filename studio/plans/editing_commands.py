"""Plans as text from outside: read, try, keep, drop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Protocol

import msgspec

from studio.core.command import Changed, Role, Spec, changed, command
from studio.core.errors import StudioError
from studio.core.taking_back import changed_since, way_back
from studio.plans.checking.base import World
from studio.plans.editing import drop_text, keep_text, source_of, step_lines, try_text
from studio.plans.files import PlanFile, read_plan_files
from studio.plans.model import Plan

PlanText = Annotated[str, msgspec.Meta(max_length=200_000)]
PlanId = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Short = Annotated[str, msgspec.Meta(max_length=100)]


class EditedPlans(Protocol):
    """The plans that work (`studio.plans.runner.Plans`).

    Attributes:
        errors: files that cannot be used.
    """

    errors: list[StudioError]

    def is_running(self, id: str) -> bool:
        """Does one of its runs go on?"""
        ...

    def take_own(self, id: str, file: PlanFile | None) -> None:
        """The show has another file of this plan now, or none."""
        ...

    def specs(self) -> dict[str, Spec]:
        """The commands there are."""
        ...

    def highest(self, plan: Plan) -> str:
        """The role that its highest command needs."""
        ...


class PlanEditing:
    """Reads and keeps the show's own plans.

    Args:
        plans: takes over what was kept.
        show: folder of the show that is open.
        world: what plans may name now.
    """

    def __init__(
        self, plans: EditedPlans, show: Callable[[], Path], world: Callable[[], World]
    ) -> None:
        self._plans, self._show, self._world = plans, show, world
        self._one = asyncio.Lock()  # two desks that keep the same plan: one after the other

    @command(
        "plans.source",
        role=Role.TECHNICIAN,
        label=("预案原文", "A plan's text"),
        help=("预案文件的原文与位置。", "The text of a plan's file, and where it is."),
    )
    async def source(self, plan: PlanId) -> Changed:
        found = await asyncio.to_thread(source_of, plan, self._show())
        result = {"text": found.text, "file": str(found.path), "own": found.is_own}
        return changed(result=result)

    @command(
        "plans.try_text",
        role=Role.TECHNICIAN,
        label=("试读预案", "Try a plan's text"),
        help=(
            "检查一份预案原文：每个错误在第几行、它会做什么、需要什么权限；什么都不执行、不保存。",
            "Checks a plan's text: each fault with its line, what it would do, which role it "
            "needs. Nothing is done or kept.",
        ),
        secret=("text",),
    )
    async def try_it(self, text: PlanText, subject: Short = "…") -> Changed:
        tried = await asyncio.to_thread(try_text, text, self._show(), self._world())
        result: dict[str, object] = {
            "faults": [{"line": fault.line, "text": list(fault.words)} for fault in tried.faults],
            "plan": tried.plan.id if tried.plan else "",
            "steps": [],
            "highest": "",
        }
        if tried.plan is not None:
            lines = step_lines(tried.plan, subject, self._plans.specs())
            result["steps"] = [
                {"phase": phase, "role": role, "text": list(words)} for phase, role, words in lines
            ]
            result["highest"] = self._plans.highest(tried.plan)
        return changed(result=result)

    @command(
        "plans.save",
        role=Role.TECHNICIAN,
        label=("保存预案", "Save a plan"),
        help=(
            "把预案原文存进本场（plans 文件夹），顶替同名的自带预案；接受之前不生效。",
            "Keeps a plan's text in the show (folder plans), in place of the shipped one of its "
            "id; it works once it is accepted.",
        ),
        secret=("text", "instead_of"),
    )
    async def save(self, text: PlanText, instead_of: PlanText = "") -> Changed:
        async with self._one:
            show = self._show()
            tried = await asyncio.to_thread(try_text, text, show, self._world())
            if tried.plan is None:
                first = tried.faults[0] if tried.faults else None
                why = f"{first.line}: {first.words[1]}" if first else "-"
                raise StudioError("invalid", "plans.no_plan_text", why=why)
            id = tried.plan.id
            self._refuse_running(id)
            before = await asyncio.to_thread(_own_text, id, show)
            if instead_of and before not in (instead_of, text):
                raise changed_since()
            file = await asyncio.to_thread(keep_text, text, show)
            self._plans.take_own(id, file)
            left = await asyncio.to_thread(_own_text, id, show)
            await self._read_errors(show)
        undo = (
            way_back("plans.save", "text", before, left)
            if before
            else way_back("plans.discard", "plan", id, left)
        )
        result = {
            "plan": id, "digest": file.digest,
            "faults": [{"line": fault.line, "text": list(fault.words)} for fault in tried.faults],
        }  # fmt: skip
        return changed("plans", result=result, undo=undo)

    @command(
        "plans.discard",
        role=Role.TECHNICIAN,
        label=("删除本场预案", "Drop the show's plan"),
        help=(
            "从本场删除这份预案；自带的同名预案重新生效。",
            "Takes the plan out of the show; the shipped one of its id works again.",
        ),
        secret=("instead_of",),
    )
    async def discard(self, plan: PlanId, instead_of: PlanText = "") -> Changed:
        async with self._one:
            self._refuse_running(plan)
            if instead_of:
                now = await asyncio.to_thread(_own_text, plan, self._show())
                if now != instead_of:
                    raise changed_since()
            text = await asyncio.to_thread(drop_text, plan, self._show())
            self._plans.take_own(plan, None)
            await self._read_errors(self._show())
        return changed("plans", undo=("plans.save", {"text": text}))

    async def _read_errors(self, show: Path) -> None:
        _, self._plans.errors = await asyncio.to_thread(read_plan_files, show)

    def _refuse_running(self, id: str) -> None:
        if self._plans.is_running(id):
            raise StudioError("conflict", "plans.edit_running", plan=id)


def _own_text(id: str, show: Path) -> str:
    try:
        found = source_of(id, show)
    except StudioError:
        return ""
    return found.text if found.is_own else ""
