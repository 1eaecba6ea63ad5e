"""Rundowns from files: sheets, Word tables, Ontime, Sofie, subtitles; what they would change."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, get_args

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import clean_text, decode_words, read_json
from studio.core.errors import StudioError
from studio.host.cues import cues_of
from studio.host.rundown.durations import clock_s, duration_s, unit_of
from studio.host.rundown.model import MOST_ITEMS, ItemKind
from studio.shop.importers.base import Record, Table, TableKind
from studio.shop.importers.reading import best_kind, heads_of
from studio.shop.importers.tables import Grid, check_zip, read_grid, read_grid_text
from studio.shop.model import Product

MOST_BYTES = 8_000_000
DAY_S = 86_400
KIND_WORDS: dict[str, ItemKind] = {
    "商品": "product", "讲品": "product", "讲解": "product", "product": "product",
    "秒杀": "offer", "优惠": "offer", "福利": "offer", "offer": "offer", "sale": "offer",
    "游戏": "game", "抽奖": "game", "互动": "game", "game": "game", "draw": "game",
    "休息": "break", "break": "break", "pause": "break", "口播": "talk", "talk": "talk",
}  # fmt: skip


class RundownTable(TableKind):
    """A sheet with one item a row."""

    kind = "rundown"
    is_generic = True
    columns: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "title": ("环节", "内容", "标题", "名称", "环节名称", "流程", "事项", "title", "item",
                  "name", "event", "segment", "what", "content"),
        "seconds": ("时长", "用时", "时间长度", "分钟", "分钟数", "秒", "秒数", "duration",
                    "length", "minutes", "seconds", "planned duration", "时长 min"),
        "start": ("开始", "开始时间", "时间", "时间段", "起始时间", "start", "start time", "time",
                  "time start", "from"),
        "end": ("结束", "结束时间", "end", "end time", "time end", "to", "until"),
        "kind": ("类型", "类别", "type", "kind"),
        "product": ("商品", "商品编号", "货号", "产品", "product", "product id", "sku", "链接"),
        "phase": ("阶段", "板块", "phase", "block", "part"),
        "note": ("备注", "说明", "话术", "note", "notes", "remark", "remarks", "script"),
    }  # fmt: skip
    needs = ("title|product", "seconds|start|end")


class ReadItem(msgspec.Struct):
    """One item of a file; ``seconds`` of None is not said."""

    title: str
    row: int
    kind: ItemKind = "talk"
    seconds: int | None = None
    product: str = ""
    note: str = ""
    phase: str = ""


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that is not taken; ``why`` is a key of the catalogue."""

    row: int
    value: str
    why: str


class RundownImport(msgspec.Struct):
    """A file that was read."""

    kind: str
    items: list[ReadItem] = []
    faults: list[RefusedRow] = []


def read_rundown(path: str, products: Sequence[Product] = ()) -> RundownImport:
    """The rundown in a file.

    Raises:
        StudioError: not_found, invalid.
    """
    file = Path(path).expanduser()
    try:
        data = read_bounded(file, MOST_BYTES)
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("not_found", "imports.unreadable", path=path, why=why) from None
    if not data.strip():
        raise StudioError("invalid", "imports.empty", path=path)
    special = _special(data)
    if special is not None:
        return _finished(special, products, path)
    if data[:4] == b"PK\x03\x04" and (rows := _word_rows(file)):
        return _finished(_from_grid(Grid(rows), path), products, path)
    return _finished(_from_grid(read_grid(file, _score), path), products, path)


def read_rundown_text(text: str, products: Sequence[Product] = ()) -> RundownImport:
    """The rundown in what was pasted.

    Raises:
        StudioError: invalid.
    """
    data = text.encode("utf-8", "replace")
    read = _special(data)
    if read is None:
        read = _from_grid(read_grid_text(data, _score), "")
    return _finished(read, products, "")


def _score(rows: Sequence[Sequence[str]]) -> int:
    return best_kind(rows, (RundownTable,))[0]


def _finished(read: RundownImport, products: Sequence[Product], path: str) -> RundownImport:
    """With the goods that its rows mean; nothing in it is an error."""
    if not read.items:
        raise StudioError("invalid", "rundown.nothing_read", path=path or "-")
    if len(read.items) > MOST_ITEMS:
        raise StudioError("invalid", "rundown.too_many", most=MOST_ITEMS)
    names: dict[str, str] = {}
    for product in products:
        names |= {key: product.id for key in (str(product.number), product.name, product.id)}
        names |= dict.fromkeys(product.skus, product.id)
    for item in read.items:
        item.product = (
            names.get(item.product.strip().removesuffix("号"), "")
            if item.product
            else (names.get(item.title.strip(), ""))
        )
        if item.product and item.kind == "talk":
            item.kind = "product"
    return read


# --- sheets -------------------------------------------------------------------------------------


def _from_grid(grid: Grid, path: str) -> RundownImport:
    _, at, kind = best_kind(grid.rows, (RundownTable,))
    if kind is None:
        heads = next((row for row in grid.rows if len(row) > 1), [])
        seen = ", ".join(head[:30] for head in heads[:12])
        raise StudioError("invalid", "rundown.no_heads", path=path or "-", heads=seen)
    heads = heads_of(grid.rows[at])
    table = Table(heads, grid.rows[at + 1 :], at + 2, kind.fields(heads), {})
    read = RundownImport("sheet")
    starts: list[int | None] = []
    for record in table.records():
        title = (record.get("title") or record.get("product"))[:200]
        if not title:
            continue
        try:
            seconds, start = _times(record, table)
        except ValueError:
            value = record.get("seconds") or record.get("start")
            read.faults.append(RefusedRow(record.row, value[:80], "rundown.row.no_duration"))
            continue
        starts.append(start)
        read.items.append(ReadItem(
            title, record.row, _kind_of(record.get("kind"), title), seconds,
            record.get("product")[:200], record.get("note")[:2000], record.get("phase")[:40],
        ))  # fmt: skip
    for item, start, following in zip(read.items, starts, [*starts[1:], None], strict=False):
        if item.seconds is None and start is not None and following is not None:
            item.seconds = (following - start) % DAY_S  # the next one may be after midnight
    return read


def _times(record: Record, table: Table) -> tuple[int | None, int | None]:
    """Length and start of a row; the length is the file's own, or from start to end."""
    text = record.get("seconds")
    seconds = duration_s(text, unit_of(table.head("seconds"))) if text else None
    if seconds is not None and not 0 <= seconds <= DAY_S:
        raise ValueError(text)
    start_text, end_text = record.get("start"), record.get("end")
    span = re.split(r"\s*(?:-|–|—|~|～|至|到)\s*", start_text, maxsplit=1)
    if len(span) == 2 and not end_text:
        start_text, end_text = span
    start = clock_s(start_text) if start_text else None
    end = clock_s(end_text) if end_text else None
    if seconds is None and start is not None and end is not None:
        seconds = (end - start) % DAY_S
    return seconds, start


def _kind_of(word: str, title: str) -> ItemKind:
    plain = word.strip().casefold()
    if plain in get_args(ItemKind):
        return plain  # type: ignore[return-value]
    for text in (plain, title.casefold()):
        for known, kind in KIND_WORDS.items():
            if text and known in text and (text is plain or kind in ("break", "game", "offer")):
                return kind
    return "talk"


def _word_rows(file: Path) -> list[list[str]]:
    """The rows of a Word file's tables; [] where it is another kind of zip."""
    from defusedxml import ElementTree

    check_zip(file)
    with zipfile.ZipFile(file) as archive:
        if "word/document.xml" not in archive.namelist():
            return []
        data = archive.read("word/document.xml")
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    rows = []
    for row in ElementTree.fromstring(data).iter(f"{word}tr"):
        cells = []
        for cell in row.iter(f"{word}tc"):
            cells.append(clean_text("".join(text.text or "" for text in cell.iter(f"{word}t"))))
        rows.append(cells)
    if not rows:
        raise StudioError("invalid", "rundown.no_table", path=str(file))
    return rows


# --- other programs -----------------------------------------------------------------------------


def _special(data: bytes) -> RundownImport | None:
    if b"-->" in data[:4000].replace(b"\0", b""):
        return _subtitles(decode_words(data))
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        try:
            whole = read_json(data)
        except (json.JSONDecodeError, UnicodeDecodeError):
            return None
        if isinstance(whole, dict):
            return _ontime(whole) or _sofie(whole)
    return None


def _subtitles(text: str) -> RundownImport:
    """One item a cue; its length reaches to the next one's start."""
    read = RundownImport("srt")
    cues = list(cues_of(text))
    for number, cue in enumerate(cues):
        if not cue.text:
            continue
        end = cues[number + 1].start_s if number + 1 < len(cues) else cue.end_s
        seconds = round(end - cue.start_s)
        if seconds < 0:
            read.faults.append(RefusedRow(number + 1, cue.text[:80], "rundown.row.backwards"))
            continue
        item = ReadItem(cue.text[:200], number + 1, "talk", seconds, note=cue.text[:2000])
        read.items.append(item)
    return read


def _ontime(whole: dict[str, Any]) -> RundownImport | None:
    """A project of Ontime: events with times in milliseconds, blocks or groups above them."""
    entries = whole.get("rundown")
    if not isinstance(entries, list):
        rundowns = whole.get("rundowns")
        first = next(iter(rundowns.values()), None) if isinstance(rundowns, dict) else None
        known = first.get("entries") if isinstance(first, dict) else None
        if not isinstance(first, dict) or not isinstance(known, dict):
            return None
        order = first.get("flatOrder") or first.get("order") or list(known)
        entries = [known[id] for id in order if id in known] if isinstance(order, list) else []
    read, phase = RundownImport("ontime"), ""
    for row, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            continue
        title = str(entry.get("title", ""))[:200]
        if entry.get("type") in ("block", "group"):
            phase = title[:40]
        elif entry.get("type", "event") == "event" and not entry.get("skip"):
            _put_ms(read, row, title, entry.get("duration"), str(entry.get("note", "")), phase)
    return read


def _sofie(whole: dict[str, Any]) -> RundownImport | None:
    """A rundown as Sofie takes it in: segments of parts, lengths in milliseconds."""
    segments = whole.get("segments")
    if not isinstance(segments, list):
        return None
    read, row = RundownImport("sofie"), 0
    for segment in segments:
        if not isinstance(segment, dict):
            continue
        phase = str(segment.get("name") or segment.get("title") or "")[:40]
        for part in segment.get("parts") or ():
            row += 1
            if isinstance(part, dict):
                inner = part.get("payload")
                more = inner if isinstance(inner, dict) else {}
                length = next((v for source in (part, more) for name in
                               ("expectedDuration", "duration")
                               if (v := source.get(name)) is not None), None)  # fmt: skip
                title = str(part.get("name") or part.get("title") or "")[:200]
                _put_ms(read, row, title, length, str(more.get("script", "")), phase)
    return read


def _put_ms(
    read: RundownImport, row: int, title: str, length_ms: object, note: str, phase: str
) -> None:
    is_length = isinstance(length_ms, int | float) and 0 <= length_ms <= DAY_S * 1000
    if not is_length:
        read.faults.append(RefusedRow(row, str(length_ms)[:80], "rundown.row.no_duration"))
        return
    assert isinstance(length_ms, int | float)
    read.items.append(ReadItem(
        title or str(row), row, _kind_of("", title), round(length_ms / 1000), note=note[:2000],
        phase=phase,
    ))  # fmt: skip
