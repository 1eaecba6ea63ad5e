"""``shopcast rundown``: the rundown of a show with its times, or what a file would change in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from studio.core.clean import encode_json, write_json
from studio.core.i18n import translate
from studio.core.instants import from_iso, on_clock, utc_now
from studio.host.rundown.difference import RundownChange, compare_items, taken_over
from studio.host.rundown.importing import RundownImport, read_rundown
from studio.host.rundown.model import RundownPart, RundownRun
from studio.host.rundown.schedule import rundown_view
from studio.shop.model import ShopState
from studio.show.file import read_part, read_show, write_show

Write = Callable[[str], None]


def show_rundown(folder: Path, write: Write, *, as_json: bool) -> bool:
    """Writes a show's rundown with its planned times.

    Returns:
        False where the show has none.

    Raises:
        StudioError: not_found, invalid.
    """
    part, _ = _parts(folder)
    view = rundown_view(part, RundownRun(), utc_now())
    if as_json:
        write(encode_json(view))
        return bool(part.items)
    if not part.items:
        write(translate("rundown.cli.none", show=folder.name))
        return False
    end = _clock(view.planned_end_utc, part.zone)
    write(translate("rundown.cli.head", show=folder.name, count=len(part.items),
                    length=_length(part.seconds), end=end or "-"))  # fmt: skip
    for phase in view.phases:
        write(translate("rundown.cli.phase", name=phase.name or phase.id, share=phase.share,
                        length=_length(phase.seconds)))  # fmt: skip
        for item in view.items:
            if item.phase == phase.id:
                at = _clock(item.planned_utc, part.zone) or "-"
                title = item.item.title or item.item.id
                write(f"  {at}  {_length(item.item.seconds):>8}  {title}")
    return True


def import_rundown(folder: Path, file: Path, write: Write, *, accept: bool, as_json: bool) -> bool:
    """Writes what a file would change in a show's rundown, and changes it where that is said.

    Returns:
        False when a row of the file was refused.

    Raises:
        StudioError: not_found, invalid; nothing was changed.
    """
    part, raw = _parts(folder)
    shop = read_part(raw, "shop", ShopState, folder)
    read = read_rundown(str(file), shop.products)
    lines = compare_items(part, read)
    if accept and lines:
        after = taken_over(part, read, {line.id for line in lines})
        write_show(folder, {**raw, "rundown": msgspec.to_builtins(after)})
    if as_json:
        write(write_json({
            "kind": read.kind, "items": len(read.items), "accepted": len(lines) if accept else 0,
            "difference": msgspec.to_builtins(lines), "refused": msgspec.to_builtins(read.faults),
        }))  # fmt: skip
    else:
        for text in _words(lines, read, accept=accept):
            write(text)
    return not read.faults


def _words(lines: list[RundownChange], read: RundownImport, *, accept: bool) -> list[str]:
    said = [
        translate(f"rundown.cli.{line.what}", title=line.title, before=line.before,
                  after=line.after)
        for line in lines
    ]  # fmt: skip
    said += [
        translate("rundown.cli.refused", row=fault.row, value=fault.value, why=translate(fault.why))
        for fault in read.faults
    ]
    if not lines:
        return [*said, translate("rundown.cli.same")]
    word = "accepted" if accept else "not_accepted"
    return [*said, translate(f"rundown.cli.{word}", count=len(lines))]


def _parts(folder: Path) -> tuple[RundownPart, dict[str, Any]]:
    _, raw = read_show(folder)
    return read_part(raw, "rundown", RundownPart, folder), raw


def _length(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _clock(utc: str, zone: str) -> str:
    """On the zone's clock; "" for a rundown without a start."""
    if not utc:
        return ""
    at = from_iso(utc)
    form = "%H:%M:%S" if at.date() == utc_now().date() else "%m-%d %H:%M:%S"
    return on_clock(at, zone, form)
