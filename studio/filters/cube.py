"""Colour tables in .cube files (Adobe Cube LUT Specification 1.0), others, and OBS's PNGs."""

from __future__ import annotations

import codecs
import functools
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.bounded import TEXT_BYTES, read_bounded
from studio.core.errors import StudioError
from studio.filters.colour_table import MOST_1D, MOST_3D, Cube
from studio.filters.looks import ENDINGS, read_look
from studio.media.picture_file import decode

MOST_BYTES = 64_000_000
BATCH = 256
PNG, PICTURE = b"\x89PNG", 512
OTHER_FORMS = (
    ".look", ".clf", ".ctf", ".icc", ".icm", ".lut", ".vlt", ".mga", ".m3d", ".itx", ".hdl", ".vf",
    ".cc", ".ccc", ".cdl", ".xmp", ".lrtemplate", ".dcp", ".aml", ".amf", ".olut", ".davlut",
    ".ilut",
)  # fmt: skip
"""Looks of other programs whose form is named instead of a line of it."""
UNIT = ([0.0] * 3, [1.0] * 3)


def read_cube(path: str) -> Cube:
    """Reads a .cube file; the last few are kept until they change.

    Raises:
        StudioError: not_found; invalid, saying the line.
    """
    place = Path(path).expanduser()
    try:
        stat = place.stat()
        if stat.st_size > MOST_BYTES:
            raise StudioError(
                "invalid", "filters.cube", path=path, line=0, why=f"{stat.st_size} bytes"
            )
        return _read(place, stat.st_mtime_ns)
    except OSError:
        raise StudioError("not_found", "filters.file_missing", path=path) from None


@functools.lru_cache(maxsize=8)
def _read(place: Path, _changed_ns: int) -> Cube:
    def wrong(line: int, why: str) -> StudioError:
        return StudioError("invalid", "filters.cube", path=str(place), line=line, why=why)

    text = read_bounded(place, TEXT_BYTES).removeprefix(codecs.BOM_UTF8)
    if text.startswith(PNG):
        found = _of_picture(text)
        if found is None:
            raise wrong(0, f"a picture with a look is {PICTURE} × {PICTURE}")
        return found
    ending = place.suffix.lower()
    if ending in OTHER_FORMS or text.lstrip()[:1] == b"<":
        named = ending or "XML"
        raise StudioError("invalid", "filters.look_form", path=str(place), form=named)
    if b"\0" in text[:4096]:
        raise wrong(1, "not a text file")
    if ending in ENDINGS:
        return read_look(text.decode("utf-8", "replace"), ending, wrong)
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    sizes: dict[int, int] = {}
    domains: dict[int, tuple[list[float], list[float]]] = {1: UNIT, 3: UNIT}
    entries = count = 0
    parts: list[NDArray[np.float32]] = []
    batch: list[tuple[int, bytes]] = []

    def read_batch() -> None:
        nonlocal entries
        parts.append(_numbers(batch, wrong))
        entries += len(batch)
        batch.clear()

    # In small parts: one call over two million lines would keep every other thread waiting.
    for count, raw in enumerate(io.BytesIO(text), 1):
        line = raw.partition(b"#")[0].strip()
        if not line:
            continue
        if line[:1] in b"0123456789+-.":
            batch.append((count, line))
            if len(batch) >= BATCH:
                read_batch()
            continue
        word, *rest = line.upper().split()
        try:
            if word in (b"LUT_1D_SIZE", b"LUT_3D_SIZE"):
                sizes[int(word[4:5])] = int(rest[0])
            elif word == b"DOMAIN_MIN":
                domains = {n: ([float(x) for x in rest[:3]], domains[n][1]) for n in domains}
            elif word == b"DOMAIN_MAX":
                domains = {n: (domains[n][0], [float(x) for x in rest[:3]]) for n in domains}
            elif word in (b"LUT_3D_INPUT_RANGE", b"LUT_1D_INPUT_RANGE"):
                domains[int(word[4:5])] = ([float(rest[0])] * 3, [float(rest[1])] * 3)
        except (ValueError, IndexError):
            raise wrong(count, line.decode("utf-8", "replace")[:80]) from None
    if not sizes:
        raise wrong(0, "no LUT_1D_SIZE or LUT_3D_SIZE")
    for dimensions, size in sizes.items():
        if not 2 <= size <= (MOST_3D if dimensions == 3 else MOST_1D):
            raise wrong(0, f"size {size}")
        low, high = domains[dimensions]
        if len(low) != 3 or len(high) != 3:
            raise wrong(0, f"domain {low} .. {high}")
        if any(b <= a for a, b in zip(low, high, strict=True)):
            raise wrong(0, f"domain {low} .. {high}")
    wanted = sum(size**dimensions for dimensions, size in sizes.items())
    read_batch()
    if entries != wanted:
        raise wrong(count, f"{entries} entries, {wanted} needed")
    flat, shaper = np.concatenate(parts), None
    for dimensions, size in sorted(sizes.items()):  # the 1D table comes first
        form = (size, 3) if dimensions == 1 else (size, size, size, 3)
        low, high = domains[dimensions]
        here, flat = flat[: 3 * size**dimensions], flat[3 * size**dimensions :]
        shaper = Cube(
            here.reshape(form), (low[0], low[1], low[2]), (high[0], high[1], high[2]), shaper
        )
    assert shaper is not None
    return shaper


def _of_picture(data: bytes) -> Cube | None:
    """A look as OBS has it in a PNG: 8 × 8 tiles of blue, red across and green down in each."""
    picture = decode(np.frombuffer(data, np.uint8))
    if picture is None or picture.ndim != 3 or picture.shape[:2] != (PICTURE, PICTURE):
        return None
    rgb = picture[:, :, 2::-1] / np.float32(np.iinfo(picture.dtype).max)
    tiles = rgb.reshape(8, 64, 8, 64, 3).transpose(0, 2, 1, 3, 4)
    table = np.ascontiguousarray(tiles.reshape(64, 64, 64, 3), np.float32)
    return Cube(table, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def _numbers(
    lines: list[tuple[int, bytes]], wrong: Callable[[int, str], StudioError]
) -> NDArray[np.float32]:
    """The entries of some lines, one after the other; ``wrong`` makes what is raised."""
    try:
        with np.errstate(over="ignore"):
            words = b" ".join(line for _, line in lines).split()
            flat = np.array([*map(float, words)], np.float32)
    except ValueError:
        flat = np.empty(0, np.float32)
    if flat.size == len(lines) * 3 and np.isfinite(flat).all():
        return flat
    for count, line in lines:
        try:
            entry = [float(n) for n in line.split()]
        except ValueError:
            entry = []
        if len(entry) != 3 or not np.abs(entry).max() < 1e9:
            raise wrong(count, line.decode("utf-8", "replace")[:80])
    raise wrong(lines[0][0], f"{flat.size} numbers, {len(lines) * 3} needed")
