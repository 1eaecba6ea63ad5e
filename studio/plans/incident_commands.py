"""Incidents when they are over: report, why, review, cases, what is confidential."""

from __future__ import annotations

import asyncio
import functools
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.asking import asking
from studio.core.clean import encode_json
from studio.core.clock import utc_iso
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.happening import PastEvents
from studio.core.paths import data_dir
from studio.core.places import names_place
from studio.core.report_pdf import make_pdf_apart
from studio.core.text import Text
from studio.core.usual_sales import SalesNormal
from studio.governance.masking import Sight, shown
from studio.governance.signing import TextSigner, write_document, write_signed
from studio.plans.incident_store import IncidentStore
from studio.plans.incidents.book import IncidentBook
from studio.plans.incidents.model import (
    MOST_WHYS,
    IncidentId,
    IncidentReport,
    IncidentRow,
    Long,
    Review,
    Short,
)
from studio.plans.incidents.page import report_page
from studio.plans.incidents.paper import report_paper
from studio.plans.incidents.report import Surroundings, make_report, usual_sales
from studio.plans.incidents.why import moment_utc, why_scene
from studio.plans.model import Incident
from studio.plans.runner import Plans

Limit = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Whys = Annotated[tuple[Short, ...], msgspec.Meta(max_length=MOST_WHYS)]
Tags = Annotated[tuple[Short, ...], msgspec.Meta(max_length=10)]
SEARCHED = 10_000


class KnownScenes(Protocol):
    """Knows the standby scenes, and what commands are called."""

    def standby_scenes(self) -> frozenset[str]:
        """Their names now."""
        ...

    def command_labels(self) -> Mapping[str, tuple[Text, bool]]:
        """By id, and whether they only look."""
        ...


class IncidentCommands:
    """Incidents of three years.

    Args:
        plans: has those that run.
        store: has the others.
        book: what people said about them.
        past: the journal.
        normal: what is usually sold.
        known: names.
        signer: signs reports.
    """

    def __init__(
        self,
        plans: Plans,
        store: IncidentStore,
        book: IncidentBook,
        past: PastEvents,
        normal: SalesNormal,
        known: KnownScenes,
        signer: TextSigner,
    ) -> None:
        self._plans, self._store, self._book = plans, store, book
        self._past, self._known, self._signer = past, known, signer
        self._normal = normal
        self._reads = asyncio.Semaphore(1)  # a long show's journal: one reads it at a time

    # -- which there are -----------------------------------------------------------------------

    async def find(self, id: str) -> Incident:
        """An incident that whoever asks may see; "" is the last one.

        Raises:
            StudioError: not_found, also for one that is not to be seen.
        """
        if not id:
            seen = [i for i in self._plans.incidents if self._book.may_see(i)]
            found = seen[0] if seen else None
        else:
            found = next((i for i in self._plans.incidents if i.id == id), None)
            found = found or await self._store.find(id)
        if found is None or not self._book.may_see(found):
            raise StudioError("not_found", "plans.no_incident", incident=id or "-")
        return found

    async def _all(self, limit: int, before: str = "") -> list[Incident]:
        """The last ones that whoever asks may see; those that run as they are now."""
        running = {run.incident.id: run.incident for run in self._plans.runs}
        kept = await self._store.recent(limit, before)
        fresh = [i for id, i in running.items() if not before and id not in {k.id for k in kept}]
        every = fresh + [running.get(incident.id, incident) for incident in kept]
        return [incident for incident in every if self._book.may_see(incident)]

    def row(self, incident: Incident) -> IncidentRow:
        """An incident as lists show it."""
        book = self._book
        review = book.review(incident.id)
        left = sum(not action.done_utc for action in book.actions(incident.id))
        return IncidentRow(
            incident.id, incident.plan, incident.label.pair(), incident.cause.pair(),
            incident.subject, incident.state, incident.began_utc, incident.over_ms,
            incident.is_drill, book.is_hidden(incident), bool(review.closed_utc), review.is_case,
            left,
        )  # fmt: skip

    @command(
        "incidents.list",
        role=Role.VIEWER,
        label=("事件列表", "List incidents"),
        help=(
            "列出事件，可按文字查找；保密的只给负责人看。",
            "Lists incidents, those with a text in them; confidential ones to the owner alone.",
        ),
    )
    async def list_all(self, limit: Limit = 50, text: Short = "", before: Short = "") -> Changed:
        found = await self._all(SEARCHED if text else limit, before)
        if text:  # years of them: not on the engine's loop
            found = await asyncio.to_thread(self._fitting, found, text, limit)
        rows = [self.row(incident) for incident in found[:limit]]
        return changed(result={"incidents": msgspec.to_builtins(rows)})

    def _fitting(self, incidents: list[Incident], text: str, limit: int) -> list[Incident]:
        fitting = (incident for incident in incidents if self._fits(incident, text))
        return list(itertools.islice(fitting, limit))

    def _fits(self, incident: Incident, text: str) -> bool:
        if not text:
            return True
        review = self._book.review(incident.id)
        actions = self._book.actions(incident.id)
        return text.casefold() in encode_json([incident, review, actions]).casefold()

    @command(
        "incidents.cases",
        role=Role.CONTROLLER,
        label=("案例库", "Case library"),
        help=("复盘后写下教训的事件。", "Incidents whose review says what was learned."),
    )
    async def cases(self, text: Short = "", limit: Limit = 50) -> Changed:
        found = []
        for id in self._book.cases():
            incident = await self._store.find(id)
            if incident is None or not self._book.may_see(incident):
                continue
            if self._fits(incident, text):
                row = msgspec.to_builtins(self.row(incident))
                found.append({**row, "review": msgspec.to_builtins(self._book.review(id))})
            if len(found) >= limit:
                break
        return changed(result={"cases": found})

    # -- one of them ---------------------------------------------------------------------------

    async def _report(self, incident: Incident) -> IncidentReport:
        book = self._book
        others = [i for i in self._plans.incidents if book.is_hidden(i)]
        around = Surroundings(
            self._past, self._known.command_labels(), self._known.standby_scenes(), tuple(others),
            await usual_sales(incident, self._normal),
        )  # fmt: skip
        async with self._reads:
            return await asyncio.to_thread(
                make_report, incident, around, book.review(incident.id), book.actions(incident.id),
                is_confidential=book.is_hidden(incident),
            )  # fmt: skip

    @command(
        "incidents.show",
        role=Role.CONTROLLER,
        label=("事件详情", "Show an incident"),
        help=(
            "一条时间线（命令、画面、评论、订单、报警）、各路输出离开节目的秒数、少卖的件数、等级；"
            "不写编号为最近一个。",
            "One timeline (commands, scenes, comments, orders, alarms), seconds off programme per "
            "output, orders lost, severity; the last incident without an id.",
        ),
    )
    async def show(self, incident: IncidentId = "") -> Changed:
        report = await self._report(await self.find(incident))
        return changed(result=msgspec.to_builtins(report))

    @command(
        "incidents.report",
        role=Role.CONTROLLER,
        label=("写事件报告", "Write an incident report"),
        help=(
            "把事件写成一个不联网的 HTML（.html）、PDF（.pdf）或数据（.json）文件，带当时画面和本机"
            "签名；不写 file 而写 pdf=true 时为 PDF。",
            "Writes an incident as one HTML file without network, PDF or JSON, with pictures of "
            "its moments, signed by this desk; without a file, `pdf=true` makes it PDF.",
        ),
    )
    async def report(
        self,
        incident: IncidentId = "",
        file: Annotated[str, names_place("write", max_length=1000)] = "",
        pdf: bool = False,
    ) -> Changed:
        found = await self.find(incident)
        place = reports_folder() / (file or f"incident-{found.id}.{'pdf' if pdf else 'html'}")
        report = await self._report(found)
        await write_report_file(report, place, self._past, self._signer)
        return changed(result={"file": str(place), "severity": report.severity})

    @command(
        "incidents.why",
        role=Role.STREAMER,
        label=("为什么是这个画面", "Why this picture"),
        help=(
            "某一刻（如 20:41）为什么是那个画面：谁、何时、因为什么切的；不写为现在。",
            "Why that scene was on at a time (20:41): who took it, when and for what; now without "
            "a time.",
        ),
    )
    async def why(self, at: Short = "") -> Changed:
        when = moment_utc(at)
        recent = await self._store.recent(1000)
        known = {i.id: i for i in [*recent, *self._plans.incidents]}.values()
        seen = [incident for incident in known if self._book.may_see(incident)]
        hidden = [incident for incident in known if not self._book.may_see(incident)]
        why = await asyncio.to_thread(why_scene, when, self._past, seen, hidden)
        return changed(result={"at_utc": when, "text": list(why.pair()), "incident": why.incident})

    # -- what people say about it --------------------------------------------------------------

    @command(
        "incidents.review",
        role=Role.CONTROLLER,
        label=("复盘", "Review an incident"),
        help=(
            "写下经过、最多五个为什么、教训；只找原因，不追究人。",
            "Keeps what happened, up to five whys, and what was learned; causes, nobody's blame.",
        ),
        secret=("summary", "whys", "learned", "tags"),
    )
    async def review(
        self,
        incident: IncidentId,
        summary: Long = "",
        whys: Whys = (),
        learned: Long = "",
        tags: Tags = (),
    ) -> Changed:
        found = await self.find(incident)
        before = self._book.review(found.id)
        fresh = replace(
            before, summary=summary, whys=tuple(why for why in whys if why.strip()),
            learned=learned, tags=tags, by=asking().origin, at_utc=utc_iso(),
        )  # fmt: skip
        await self._book.put_review(found.id, fresh)
        undo = {"incident": found.id, "summary": before.summary, "whys": list(before.whys),
                "learned": before.learned, "tags": list(before.tags)}  # fmt: skip
        return changed("incidents", undo=("incidents.review", undo))

    @command(
        "incidents.grade",
        role=Role.TECHNICIAN,
        label=("定级", "Grade an incident"),
        help=(
            "由人定级并写明理由；不写等级则恢复按规则定级。",
            "A person's severity with a reason; without one the rule counts again.",
        ),
        secret=("why",),
    )
    async def grade(
        self, incident: IncidentId, severity: Literal["", "S1", "S2", "S3", "S4"], why: Short = ""
    ) -> Changed:
        if severity and not why.strip():
            raise StudioError("invalid", "plans.grade_why")
        found = await self.find(incident)
        before = self._book.review(found.id)
        await self._put(found, replace(before, severity=severity, severity_why=why,
                                       by=asking().origin))  # fmt: skip
        undo = {"incident": found.id, "severity": before.severity, "why": before.severity_why}
        return changed("incidents", undo=("incidents.grade", undo))

    @command(
        "incidents.close",
        role=Role.CONTROLLER,
        label=("结案", "Close an incident"),
        help=(
            "结案，或重新打开（on=false）；还在处理、或有未完成的整改时不能结案。",
            "Closes an incident, or opens it again; not while it runs or an action is open.",
        ),
    )
    async def close(self, incident: IncidentId, on: bool = True) -> Changed:
        found = await self.find(incident)
        if on and found.state == "running":
            raise StudioError("conflict", "plans.still_running", incident=found.id)
        left = [action.id for action in self._book.actions(found.id) if not action.done_utc]
        if on and left:
            names = ", ".join(left)
            raise StudioError("conflict", "plans.actions_open", incident=found.id, actions=names)
        before = self._book.review(found.id)
        await self._put(found, replace(before, closed_utc=utc_iso() if on else ""))
        undo = {"incident": found.id, "on": bool(before.closed_utc)}
        return changed("incidents", undo=("incidents.close", undo))

    async def _put(self, incident: Incident, review: Review) -> None:
        await self._book.put_review(incident.id, review)

    @command(
        "incidents.confide",
        role=Role.OWNER,
        label=("设为保密", "Make confidential"),
        help=(
            "保密的事件在列表、查找、报告、整改里只给负责人看；on=false 取消。",
            "A confidential incident is the owner's alone in lists, search, reports and actions.",
        ),
    )
    async def confide(self, incident: IncidentId, on: bool = True) -> Changed:
        found = await self.find(incident)
        was = self._book.is_hidden(found)
        await self._book.hide(found.id, on=on)
        undo = ("incidents.confide", {"incident": found.id, "on": was})
        return changed("incidents", "plans", undo=undo)


def reports_folder() -> Path:
    """Where reports go that were given no place."""
    return data_dir() / "reports"


async def write_report_file(
    report: IncidentReport, file: Path, past: PastEvents, signer: TextSigner
) -> None:
    """Writes a signed report, as its name ends: .json, .pdf, else HTML; nothing waits for it.

    Raises:
        StudioError: failed; unavailable, a PDF without typst.
    """
    if file.suffix.lower() == ".pdf":
        request = await asyncio.to_thread(report_paper, report, past.picture)
        pdf = await make_pdf_apart(request)
        await asyncio.to_thread(lambda: write_signed(file, signer.signed_pdf("incident", pdf)))
        return

    def write() -> None:
        plain = shown(msgspec.to_builtins(report), "incidents.report", Sight.NOBODY)
        page = functools.partial(report_page, report, past.picture)
        write_document(file, signer, "incident", plain, page)

    await asyncio.to_thread(write)
