"""``shopcast incident``: an incident's report from the data folder, with or without an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from studio.core.clean import encode_json
from studio.core.errors import StudioError
from studio.core.i18n import system_language, translate
from studio.governance.audit import Signer
from studio.governance.secrets import Secrets
from studio.governance.signing import DocumentSigner
from studio.insight.cli import journal_path, usual_recordings
from studio.insight.happenings import JournalWindow
from studio.insight.usual_sales import OwnSalesNormal
from studio.plans.incident_commands import write_report_file
from studio.plans.incident_store import IncidentStore
from studio.plans.incidents.book import IncidentBook
from studio.plans.incidents.lines import labels_of
from studio.plans.incidents.model import IncidentReport
from studio.plans.incidents.report import Surroundings, make_report, usual_sales
from studio.plans.incidents.told import IncidentWords
from studio.plans.incidents.why import moment_utc, why_scene
from studio.plans.model import Incident, Pair
from studio.remote import listing

Write = Callable[[str], None]


def _past() -> JournalWindow:
    return JournalWindow(journal_path(), usual_recordings)


async def _incidents(id: str, most: int) -> list[Incident]:
    store = IncidentStore()
    try:
        if not id:
            return await store.recent(most)
        found = await store.find(id)
        return [found] if found else []
    finally:
        await store.close()


def show_incident(id: str, files: Sequence[Path], write: Write, *, as_json: bool) -> None:
    """Writes the report of an incident, "" the last one, to the terminal or into files.

    Who sits at this machine owns its data folder: what is confidential is shown.

    Raises:
        StudioError: not_found, failed; unavailable, a PDF without typst.
    """
    found = asyncio.run(_incidents(id, 1))
    if not found:
        raise StudioError("not_found", "plans.no_incident", incident=id or "-")
    book, incident = IncidentBook(), found[0]
    book.read()
    usual = asyncio.run(usual_sales(incident, OwnSalesNormal(journal_path())))
    around = Surroundings(_past(), labels_of(listing.specs()), usual=usual)
    report = make_report(
        incident, around, book.review(incident.id),
        book.actions(incident.id), is_confidential=book.is_hidden(incident),
    )  # fmt: skip
    for file in files:
        signer = DocumentSigner(lambda: Signer(Secrets()))
        asyncio.run(write_report_file(report, file, _past(), signer))
    if as_json:
        write(encode_json(report))
    elif files:
        names = ", ".join(str(file) for file in files)
        write(translate("plans.report_written", file=names))
    else:
        for line in report_lines(report):
            write(line)


def list_incidents(write: Write, *, as_json: bool) -> None:
    """The last fifty."""
    found = asyncio.run(_incidents("", 50))
    if as_json:
        write(encode_json({"incidents": found}))
        return
    for incident in found:
        label = _said(incident.label.pair())
        write(f"{incident.id}  {incident.began_utc}  {incident.state:8} {label} {incident.subject}")
    if not found:
        write(translate("plans.report_none"))


def tell_why(at: str, write: Write, *, as_json: bool) -> None:
    """Why the picture of a time was on.

    Raises:
        StudioError: invalid, not_found.
    """
    when = moment_utc(at)
    why = why_scene(when, _past(), asyncio.run(_incidents("", 1000)))
    if as_json:
        write(encode_json({"at_utc": when, "text": why.pair(), "incident": why.incident}))
    else:
        write(_said(why.pair()))


def report_lines(report: IncidentReport) -> list[str]:
    """For a terminal."""
    lines = [
        f"{report.id}  {_said(report.label)} {report.subject}",
        f"{report.severity}  {_said(report.severity_why)}",
        _said(report.cause),
    ]
    for loss in report.outputs:
        head = translate("plans.report_head_off")
        lines.append(f"{loss.output}: {loss.off_s:.1f} ({head})")
    losses = IncidentWords(report, system_language()).losses()
    lines += [f"{figure.name}: {figure.value} ({figure.note})" for figure in losses]
    lines += [
        f"{line.at_ms / 1000:+9.1f} s  {line.who:20} {_said(line.text)}" for line in report.lines
    ]
    return lines


def _said(pair: Pair) -> str:
    return pair[0] if system_language() == "zh" else pair[1]
