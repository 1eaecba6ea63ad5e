"""Looks in other forms than .cube: .3dl (Autodesk), .spi1d and .spi3d (Sony), .csp (Rising Sun).

Sources: the forms as OpenColorIO reads them (``src/OpenColorIO/fileformats``).
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import StudioError
from studio.core.text import natural
from studio.filters.colour_table import MOST_1D, MOST_3D, Cube

Wrong = Callable[[int, str], StudioError]
Lines = list[tuple[int, list[str]]]
ENDINGS = (".3dl", ".spi3d", ".spi1d", ".csp")
MOST_LINES = MOST_3D**3 + MOST_1D + 10_000
"""Of any table that is read, with its notes: each line is kept for a while."""
MOST = 1e9
FULL = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def read_look(text: str, ending: str, wrong: Wrong) -> Cube:
    """A look in the form that its file's ending names.

    Args:
        wrong: makes what is raised, of a line's number and a reason.

    Raises:
        StudioError: invalid, saying the line.
    """
    lines = []
    for number, raw in enumerate(io.StringIO(text, newline=None), 1):
        words = raw.partition("#")[0].split()
        if words:
            lines.append((number, words))
        if len(lines) > MOST_LINES:
            raise wrong(number, f"more than {MOST_LINES} lines")
    read = {".3dl": _of_3dl, ".spi3d": _of_spi3d, ".spi1d": _of_spi1d, ".csp": _of_csp}[ending]
    return read(lines, wrong)


def _numbers(line: tuple[int, list[str]], wrong: Wrong) -> list[float]:
    try:
        found = [float(word) for word in line[1]]
    except ValueError:
        raise wrong(line[0], " ".join(line[1])[:80]) from None
    if not all(abs(number) < MOST for number in found):
        raise wrong(line[0], " ".join(line[1])[:80])
    return found


def _size(size: int, most: int, line: int, wrong: Wrong) -> int:
    if not 2 <= size <= most:
        raise wrong(line, f"size {size}")
    return size


def _table(rows: list[list[float]], size: int, line: int, wrong: Wrong) -> NDArray[np.float32]:
    """(n³, 3) entries, whichever axis is the fastest, as they come."""
    if len(rows) != size**3:
        raise wrong(line, f"{len(rows)} entries, {size**3} needed")
    if any(len(row) != 3 for row in rows):
        raise wrong(line, "an entry has three numbers")
    return np.array(rows, np.float32).reshape(size, size, size, 3)


def _of_3dl(lines: Lines, wrong: Wrong) -> Cube:
    """A row of input levels, then whole numbers, blue the fastest; "Mesh 4 12" tells their bits."""
    rows = [line for line in lines if line[1][0].lstrip("+-.").replace(".", "").isdigit()]
    if not rows:
        raise wrong(0, "no table")
    levels = _numbers(rows[0], wrong)
    has_levels = len(levels) > 3
    entries = [_numbers(line, wrong) for line in rows[1 if has_levels else 0 :]]
    size = len(levels) if has_levels else round(len(entries) ** (1 / 3))
    table = _table(entries, _size(size, MOST_3D, rows[0][0], wrong), rows[-1][0], wrong)
    most = float(table.max())
    # Its numbers are whole ones of a depth that nothing tells: the next that holds them.
    told = [words[2] for _, words in lines if words[0].upper() == "MESH" and len(words) == 3]
    bits = natural(told[0]) if told else None
    if bits is not None and 8 <= bits <= 16:
        full = 2.0**bits - 1
    else:
        depths = (2.0**bits - 1 for bits in (8, 10, 12, 14, 16))
        full = next((depth for depth in depths if most <= depth), 65535.0)
    own = np.ascontiguousarray(table.transpose(2, 1, 0, 3)) / np.float32(full)
    return Cube(_straight(own, levels), *FULL)


def _straight(table: NDArray[np.float32], levels: list[float]) -> NDArray[np.float32]:
    """The table for inputs that lie evenly, where its own levels do not."""
    at = np.array(levels, np.float64)
    if len(at) <= 3 or not (np.diff(at) > 0).all():
        return np.asarray(table, np.float32)
    at = (at - at[0]) / (at[-1] - at[0])
    even = np.linspace(0, 1, len(at))
    if np.abs(at - even).max() < 2 / 1023:
        return np.asarray(table, np.float32)
    for axis in range(3):
        place = np.interp(even, at, np.arange(len(at)))
        below = np.minimum(place.astype(int), len(at) - 2)
        shape = [1, 1, 1, 1]
        shape[axis] = len(at)
        part = (place - below).reshape(shape)
        table = np.take(table, below, axis) * (1 - part) + np.take(table, below + 1, axis) * part
    return np.asarray(table, np.float32)


def _of_spi3d(lines: Lines, wrong: Wrong) -> Cube:
    """``SPILUT``, two numbers, the sizes, then "r g b R G B" rows in any order."""
    if len(lines) < 4 or not lines[0][1][0].upper().startswith("SPILUT"):
        raise wrong(lines[0][0] if lines else 0, "no SPILUT")
    sizes = [int(side) for side in _numbers(lines[2], wrong)]
    if len(sizes) != 3 or len(set(sizes)) != 1:
        raise wrong(lines[2][0], f"sizes {sizes}")
    size = _size(sizes[0], MOST_3D, lines[2][0], wrong)
    table = np.full((size, size, size, 3), np.nan, np.float32)
    for line in lines[3:]:
        row = _numbers(line, wrong)
        if len(row) != 6 or not all(0 <= place < size for place in row[:3]):
            raise wrong(line[0], " ".join(line[1])[:80])
        r, g, b = (int(place) for place in row[:3])
        table[b, g, r] = row[3:]
    if np.isnan(table).any():
        raise wrong(lines[-1][0], f"{len(lines) - 3} entries, {size**3} needed")
    return Cube(table, *FULL)


def _of_spi1d(lines: Lines, wrong: Wrong) -> Cube:
    """``From low high``, ``Length n``, ``Components c``, and the entries in braces."""
    low, high, length, parts = 0.0, 1.0, 0, 1
    entries = []
    for line in lines:
        word = line[1][0].lower()
        if word == "from" and len(line[1]) >= 3:
            low, high = _numbers((line[0], line[1][1:3]), wrong)
        elif word in ("length", "components") and len(line[1]) >= 2:
            value = int(_numbers((line[0], line[1][1:2]), wrong)[0])
            length, parts = (value, parts) if word == "length" else (length, value)
        elif word not in ("version", "{", "}"):
            entries.append(_numbers(line, wrong))
    _size(length, MOST_1D, 0, wrong)
    if len(entries) != length or parts not in (1, 3) or any(len(row) != parts for row in entries):
        raise wrong(0, f"{len(entries)} entries, {length} needed")
    if high <= low:
        raise wrong(0, f"domain {low} .. {high}")
    table = np.array(entries, np.float32)
    table = np.repeat(table, 3, axis=1) if parts == 1 else table
    return Cube(table, (low,) * 3, (high,) * 3)


def _of_csp(lines: Lines, wrong: Wrong) -> Cube:
    """``CSPLUTV100``, "3D" or "1D", a curve before it for each channel, the size, the entries."""
    lines = _without_notes(lines)
    if len(lines) < 3 or not lines[0][1][0].upper().startswith("CSPLUT"):
        raise wrong(lines[0][0] if lines else 0, "no CSPLUTV100")
    form, at = lines[1][1][0].upper(), 2
    curves = []
    for _ in range(3):
        if at + 2 >= len(lines):
            raise wrong(lines[-1][0], "it ends before its table")
        count = int(_numbers(lines[at], wrong)[0])
        if count == 0:  # no curve for this channel, as some programs write it
            curves.append(([0.0, 1.0], [0.0, 1.0]))
            at += 1
            continue
        inputs, outputs = _numbers(lines[at + 1], wrong), _numbers(lines[at + 2], wrong)
        if count < 2 or len(inputs) != count or len(outputs) != count:
            raise wrong(lines[at][0], f"{count} places of a curve")
        curves.append((inputs, outputs))
        at += 3
    if at >= len(lines):
        raise wrong(lines[-1][0], "it ends before its table")
    sizes, rest = [int(side) for side in _numbers(lines[at], wrong)], lines[at + 1 :]
    entries = [_numbers(line, wrong) for line in rest]
    shaper = _shaper(curves, lines[at][0], wrong)
    if form == "1D":
        size = _size(sizes[0], MOST_1D, lines[at][0], wrong)
        if len(entries) != size or any(len(row) != 3 for row in entries):
            raise wrong(lines[-1][0], f"{len(entries)} entries, {size} needed")
        return Cube(np.array(entries, np.float32), *FULL, shaper)
    if form != "3D" or len(sizes) != 3 or len(set(sizes)) != 1:
        raise wrong(lines[at][0], f"{form} {sizes}")
    size = _size(sizes[0], MOST_3D, lines[at][0], wrong)
    return Cube(_table(entries, size, lines[-1][0], wrong), *FULL, shaper)


def _without_notes(lines: Lines) -> Lines:
    """Without what stands between BEGIN METADATA and END METADATA."""
    made, is_note = [], False
    for line in lines:
        words = " ".join(line[1]).upper()
        is_note = is_note or words.startswith("BEGIN METADATA")
        if not is_note:
            made.append(line)
        if words.startswith("END METADATA"):
            is_note = False
    return made


def _shaper(curves: list[tuple[list[float], list[float]]], line: int, wrong: Wrong) -> Cube:
    """The curves before a table, as one even table of their own."""
    lows, highs, columns = [], [], []
    for inputs, outputs in curves:
        if any(b <= a for a, b in zip(inputs, inputs[1:], strict=False)):
            raise wrong(line, "the places of a curve go up")
        lows.append(inputs[0])
        highs.append(inputs[-1])
        columns.append(np.interp(np.linspace(inputs[0], inputs[-1], 1024), inputs, outputs))
    table = np.stack(columns, axis=1).astype(np.float32)
    return Cube(table, (lows[0], lows[1], lows[2]), (highs[0], highs[1], highs[2]))
