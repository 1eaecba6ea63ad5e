"""``shopcast insight``: the analysis made anew, a saved question, the picture of a moment."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from studio.core import settings
from studio.core.clean import encode_json
from studio.core.i18n import system_language, translate
from studio.core.paths import data_dir
from studio.core.priority import background_thread
from studio.insight.effects.model import DoneAction
from studio.insight.model import Answer, InsightView, LabelPair

Write = Callable[[str], None]


def journal_path() -> Path:
    """The journal of this data folder."""
    return data_dir() / "journal.db"


def usual_recordings() -> Path:
    """Where recordings go unless they are told otherwise."""
    chosen = settings.load().recordings
    return Path(chosen).expanduser() if chosen else data_dir() / "recordings"


def do_rebuild(write: Write, *, as_json: bool) -> bool:
    """Makes the analysis anew; False when the journal was changed by another hand.

    Raises:
        StudioError: not_found, failed.
    """
    from studio.insight.analysis.apart import AnalysisRequest
    from studio.insight.analysis.child import analyse

    background_thread()
    done = analyse(AnalysisRequest("rebuild")).rebuilt
    assert done is not None
    if as_json:
        write(encode_json(done))
        return not done.broken
    write(translate("insight.rebuilt", entries=done.entries, airings=done.airings,
                    orders=done.orders))  # fmt: skip
    if done.broken:
        places = ", ".join(done.first_broken)
        write(translate("insight.broken", count=done.broken, places=places))
    return not done.broken


def do_ask(name: str, show: str, write: Write, *, as_json: bool) -> None:
    """Answers a saved question; without a name says which there are. It is built when missing.

    Raises:
        StudioError: not_found, failed.
    """
    from studio.insight.analysis.apart import AnalysisRequest
    from studio.insight.analysis.child import analyse
    from studio.insight.analysis.questions import questions

    background_thread()
    if not name:
        for id, question in questions().items():
            write(f"{id}  {said(question.label)}")
        return
    answer = analyse(AnalysisRequest("ask", name, show)).answer
    assert answer is not None
    for line in [encode_json(answer)] if as_json else answer_lines(answer):
        write(line)


def do_effects(actions: Sequence[DoneAction], show: str, write: Write, *, as_json: bool) -> None:
    """Writes what the actions of shows before did to the figure they named.

    Raises:
        StudioError: not_found, failed.
    """
    from studio.insight.analysis.apart import AnalysisRequest
    from studio.insight.analysis.child import analyse

    background_thread()
    request = AnalysisRequest("effects", show=show or "last", actions=tuple(actions))
    answer = analyse(request).answer
    assert answer is not None
    for line in [encode_json(answer)] if as_json else answer_lines(answer):
        write(line)


def do_clicks(show: str, write: Write, *, as_json: bool) -> None:
    """Writes where visitors clicked on pages of one's own during a show: maps as rows of signs.

    Raises:
        StudioError: not_found, failed.
    """
    from studio.insight.analysis.apart import AnalysisRequest
    from studio.insight.analysis.child import analyse

    background_thread()
    shape = analyse(AnalysisRequest("shape", show=show or "last")).shape
    assert shape is not None
    if as_json:
        write(encode_json({"airing": shape.airing, "show": shape.show, "clicks": shape.clicks}))
        return
    if not shape.clicks:
        write(translate("insight.no_clicks", airing=shape.airing))
    for found in shape.clicks:
        most = max(max(row) for row in found.values) or 1
        write(translate(f"insight.clicks_{found.screen}", page=found.page, n=found.clicks,
                        idle=found.idle))  # fmt: skip
        for row in found.values:
            write("|" + "".join(_sign(value / most) for value in row) + "|")
        for target in found.targets:
            write(f"  {target.clicks:6}  {target.name}")


def _sign(share: float) -> str:
    """A cell of a map, as dark as it is often clicked."""
    return " .:-=+*#%@"[min(9, math.ceil(share * 9))]


def fresh_analysis() -> Path:
    """The analysis, made anew; this process goes after others from now on.

    Raises:
        StudioError: not_found, failed.
    """
    from studio.insight.analysis.apart import AnalysisRequest
    from studio.insight.analysis.base import analysis_path
    from studio.insight.analysis.child import analyse

    background_thread()
    analyse(AnalysisRequest("rebuild"))
    return analysis_path()


def do_moment(when: str, out: Path | None, write: Write, *, as_json: bool) -> None:
    """Writes the picture of a moment.

    Raises:
        StudioError: invalid, not_found, failed.
    """
    from studio.insight.moment import picture_of

    name = "".join(sign if sign.isalnum() else "-" for sign in when) or "moment"
    file = (out or Path(f"{name}.png")).absolute()
    found = picture_of(journal_path(), when, usual_recordings(), file)
    seconds = found.file_us / 1_000_000
    if as_json:
        write(encode_json({
            "file": str(file), "recording": str(found.recording), "at_s": seconds,
            "at_utc": found.instant.at_utc, "run": found.instant.run,
        }))  # fmt: skip
    else:
        write(translate("insight.moment", file=file, recording=found.recording.name,
                        seconds=f"{seconds:.3f}"))  # fmt: skip


def board_lines(view: InsightView) -> list[str]:
    """The board for a terminal: alarms first."""
    lines = [
        translate("insight.board_alarm", name=said(alarm.label), value=alarm.value,
                  normal=alarm.normal, since=alarm.since_utc, state=alarm.state)
        for alarm in view.alarms
    ]  # fmt: skip
    for figure in view.figures:
        value = "-" if figure.value is None else f"{figure.value:g}"
        lines.append(f"{said(figure.label)}: {value} {figure.unit} ({figure.state})")
    return lines


def said(label: LabelPair) -> str:
    """A label in the language of this system."""
    return label.zh if system_language() == "zh" else label.en


def answer_lines(answer: Answer) -> list[str]:
    """A table for a terminal; what is not known is "-"."""
    units = [f" ({column.unit})" if column.unit else "" for column in answer.columns]
    heads = [said(column.label) + unit for column, unit in zip(answer.columns, units, strict=True)]
    table = [heads, *([_cell(value) for value in row] for row in answer.rows)]
    widths = [max(_width(row[at]) for row in table) for at in range(len(heads))]
    lines = []
    for row in table:
        padded = [
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return lines + (["…"] if answer.is_cut else [])


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese sign takes two."""
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)
