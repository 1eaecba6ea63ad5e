"""Tables of other programs' files: text of any encoding, workbooks, feeds; read within bounds.

Nothing is guessed from statistics: each way to read a text (encoding, separator) is tried on its
beginning, and the one that yields the most known heads is taken.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from studio.core.bounded import read_bounded, read_start
from studio.core.clean import clean_text, decode_words, read_json
from studio.core.errors import StudioError

MOST_BYTES = 64_000_000
MOST_UNPACKED = 400_000_000
MOST_ROWS = 300_000
MOST_COLUMNS = 2_000
MOST_CELLS = 20_000_000
LONGEST_CELL = 1_000_000
SAMPLE = 200_000
HEAD_ROWS = 30
SEPARATORS = (",", "\t", ";", "|")
MARKS = (
    (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
)  # fmt: skip
Rows = list[list[str]]
Score = Callable[[Sequence[Sequence[str]]], int]
"""How many known heads the best of these rows has."""


class NumberText(str):
    """A cell that held a number: a point in it is a decimal point."""


@dataclass(slots=True)
class Grid:
    """The cells of one table as texts; row 1 is the file's first.

    Attributes:
        rows: as they stand, of different lengths.
        encoding, separator: how a text was read; "" of workbooks and feeds.
        sheet: of a workbook.
        notes: keys of what was mended on the way.
    """

    rows: Rows
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    notes: list[str] = field(default_factory=list)


def read_grid(path: Path, score: Score) -> Grid:
    """The table in a file, read in the way that yields the most known heads.

    Raises:
        StudioError: not_found, invalid.
    """
    try:
        start = read_start(path, 4096)
        if start[:4] == b"PK\x03\x04" or start[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            return _workbook(path, score, is_zip=start[:2] == b"PK")
        data = read_bounded(path, MOST_BYTES)
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("not_found", "imports.unreadable", path=str(path), why=why) from None
    if not data.strip():
        raise StudioError("invalid", "imports.empty", path=str(path))
    if is_markup(start) and not re.search(rb"<(html|table)\b", start, re.IGNORECASE):
        from studio.shop.importers.feeds import read_feed

        return Grid(read_feed(data, str(path)))
    if re.search(rb"<(table|tr)\b", start, re.IGNORECASE) and start.lstrip()[:1] == b"<":
        rows = html_rows(decode_words(data))
        if rows:
            return Grid(rows)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        rows = json_rows(data)
        if rows:
            return Grid(rows)
    return _text(data, score, str(path))


def read_grid_text(data: bytes, score: Score) -> Grid:
    """The table in a text that was pasted, read in the way that yields the most known heads."""
    return _text(data, score, "")


def json_rows(data: bytes) -> Rows:
    """The longest list of objects in a JSON text as a table; [] where there is none."""
    try:
        whole = read_json(data)
    except (ValueError, RecursionError):
        return []
    best: list[dict[str, Any]] = []
    todo: list[Any] = [whole]
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            objects = [entry for entry in value if isinstance(entry, dict)]
            if len(objects) > len(best):
                best = objects
        todo += (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
    heads = list(dict.fromkeys(key for entry in best for key in entry))[:MOST_COLUMNS]
    return [heads, *([cell_text(entry.get(head, "")) for head in heads] for entry in best)]


class _TableReader(HTMLParser):
    """The cells of the tables of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Rows = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None and self.rows:
            self.rows[-1].append("".join(self._cell).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def html_rows(text: str) -> Rows:
    """The rows of a web page's tables: many back offices call such a page .xls."""
    reader = _TableReader()
    reader.feed(text)
    _check_size(len(reader.rows), max(map(len, reader.rows), default=0), "")
    return reader.rows


def is_markup(start: bytes) -> bool:
    """Does the file begin as XML or HTML does?"""
    plain = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return bool(re.match(rb"<(\?xml|rss|feed|products?|items?|channel|!doctype)\b", plain, re.I))


# --- text ---------------------------------------------------------------------------------------


def _text(data: bytes, score: Score, path: str) -> Grid:
    best: tuple[int, str, str, str] | None = None
    for encoding, text in _readings(data):
        sample = tidy_lines(text[:SAMPLE])
        for separator in SEPARATORS:
            rows = list(itertools.islice(_rows(sample, separator), HEAD_ROWS))
            points = score(rows)
            if best is None or points > best[0]:
                best = (points, encoding, separator, text)
    assert best is not None
    _, encoding, separator, text = best
    grid = Grid([], encoding, separator)
    if "\0" in text:
        grid.notes.append("nul")
    plain = tidy_lines(text)
    try:
        for row in _rows(plain, separator):
            _check_size(len(grid.rows), len(row), path)
            grid.rows.append(row)
        is_open = _swallows(grid.rows, separator)
    except csv.Error:
        is_open = True
    if is_open:
        grid.notes.append("open_quote")
        grid.rows = [line.split(separator) if line else [] for line in plain.split("\n")]
        _check_size(len(grid.rows), 0, path)
    return grid


def _readings(data: bytes) -> Iterator[tuple[str, str]]:
    """Each encoding in which all of the data can be read."""
    for mark, name in MARKS:
        if data.startswith(mark):
            yield name, data[len(mark) :].decode(name, "replace")
            return
    even, odd = data[0:4000:2].count(0), data[1:4000:2].count(0)
    if max(even, odd) > 200 or (max(even, odd) > 0.2 * len(data[:4000:2]) and len(data) > 8):
        name = "utf-16-be" if even > odd else "utf-16-le"
        yield name, data.decode(name, "replace")
        return
    usual = decode_words(data[:SAMPLE])
    names = ["utf-8", "gb18030", "big5", "cp1252", "shift_jis"]
    if any("\u4e00" <= sign <= "\u9fff" for sign in usual[:SAMPLE]) is False:
        names.remove("cp1252")
        names.insert(1, "cp1252")
    for name in names:
        try:
            yield name, data.decode(name)
        except UnicodeDecodeError:
            continue
    yield "utf-8?", data.decode("utf-8", "replace")


def tidy_lines(text: str) -> str:
    """One kind of line end: CR CR LF is one, a CR within the cells of a file of LF is a space."""
    text = text.replace("\0", "").replace("\ufeff", "")
    text = re.sub(r"\r+\n", "\n", text)
    return text.replace("\r", " ") if "\n" in text else text.replace("\r", "\n")


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        yield [cell if cell.isascii() else clean_text(cell) for cell in row]


def _swallows(rows: Sequence[Sequence[str]], separator: str) -> bool:
    """Did a quote that was never closed take many lines into one cell?"""
    return any(
        cell.count("\n") > 3 and cell.count(separator) >= 3 * (len(row) - 1 or 1)
        and not re.search(r"<\w+|\. ", cell)
        for row in rows[-1:] for cell in row[-1:]
    )  # fmt: skip


def _check_size(rows: int, columns: int, path: str) -> None:
    if rows >= MOST_ROWS or columns > MOST_COLUMNS:
        raise StudioError(
            "invalid", "imports.too_many_rows", path=path, rows=MOST_ROWS, columns=MOST_COLUMNS
        )


# --- workbooks ----------------------------------------------------------------------------------


def _workbook(path: Path, score: Score, *, is_zip: bool) -> Grid:
    import python_calamine

    if path.stat().st_size > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise StudioError("invalid", "files.too_large", path=str(path), most_mb=most)
    if is_zip:
        check_zip(path)
    try:
        with python_calamine.load_workbook(str(path)) as book:
            visible = [
                sheet.name for sheet in book.sheets_metadata
                if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            ]  # fmt: skip
            best: tuple[int, Grid] | None = None
            for name in visible or book.sheet_names:
                grid = _sheet(book.get_sheet_by_name(name), name, path)
                points = score(grid.rows[:HEAD_ROWS])
                if best is None or points > best[0]:
                    best = (points, grid)
    except python_calamine.PasswordError:
        raise StudioError("invalid", "imports.password", path=str(path)) from None
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        why = f"{type(error).__name__}: {error}"
        raise StudioError("invalid", "imports.not_a_workbook", path=str(path), why=why) from None
    if best is None or not best[1].rows:
        raise StudioError("invalid", "imports.empty", path=str(path))
    return best[1]


def check_zip(path: Path) -> None:
    """Refuses what would not fit into memory when it is unpacked.

    Raises:
        StudioError: invalid.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            deepest = max((e.file_size / max(1, e.compress_size) for e in entries), default=0)
            is_bomb = deepest > 500 and size > 50_000_000
            if size <= MOST_UNPACKED and not is_bomb:
                for entry in entries:
                    if re.fullmatch(r"xl/worksheets/[^/]+\.xml", entry.filename):
                        _check_extent(archive, entry, path)
    except (zipfile.BadZipFile, OSError) as error:
        raise StudioError(
            "invalid", "imports.not_a_workbook", path=str(path), why=str(error)
        ) from None
    if size > MOST_UNPACKED or len(entries) > 10_000 or is_bomb:
        raise StudioError(
            "invalid", "imports.bomb", path=str(path), mb=size // 1_000_000,
            most=MOST_UNPACKED // 1_000_000,
        )  # fmt: skip


def _check_extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """One cell at the far end of a sheet makes the reader fill all that lies between."""
    rows, letters, rest = 0, set[bytes](), b""
    with archive.open(entry) as file:
        while chunk := file.read(1 << 20):
            data = rest + chunk
            rows = max(rows, *map(int, re.findall(rb"<row\b[^>]{0,80}?\sr=\"(\d{1,9})\"", data)), 0)
            letters.update(re.findall(rb"<c\b[^>]{0,80}?\sr=\"([A-Z]{1,3})\d", data))
            rest = data[-120:]
    columns = max((_column_number(name) for name in letters), default=0)
    _check_size(rows - 1, columns, str(path))
    if rows * columns > MOST_CELLS:
        _check_size(MOST_ROWS, columns, str(path))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheet(sheet: object, name: str, path: Path) -> Grid:
    height, width = sheet.total_height, sheet.total_width  # type: ignore[attr-defined]
    if height * width > MOST_CELLS:
        _check_size(MOST_ROWS, width, str(path))
    _check_size(height, width, str(path))
    cells = sheet.to_python(skip_empty_area=False)  # type: ignore[attr-defined]
    rows: Rows = [[cell_text(cell) for cell in row] for row in cells]
    del cells
    grid = Grid(rows, sheet=name)
    merged = sheet.merged_cell_ranges or ()  # type: ignore[attr-defined]
    for (top, left), (bottom, right) in merged[:100_000]:
        # Down a column: it belongs to each row. Across columns it is a title over the heads.
        if top == bottom or left != right or top >= len(rows):
            continue
        value = rows[top][left] if left < len(rows[top]) else ""
        for row in rows[top + 1 : min(bottom + 1, len(rows))]:
            if left < len(row) and not row[left]:
                row[left] = value
    for row in rows:
        while row and not row[-1]:
            row.pop()
    return grid


def cell_text(cell: object) -> str:
    """A workbook's cell as a person would have typed it; codes stay whole numbers."""
    if isinstance(cell, str):
        return cell if cell.isascii() and "\0" not in cell else clean_text(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return NumberText(int(cell))
        return NumberText(repr(cell))
    if isinstance(cell, int):
        return NumberText(cell)
    return str(cell)
