"""Lists of files as other players write them: .m3u, .m3u8, .pls and .xspf, read to their files."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from studio.core.bounded import read_bounded
from studio.core.errors import StudioError

ENDINGS = (".m3u", ".m3u8", ".pls", ".xspf")
ENCODINGS = ("utf-8-sig", "gbk", "big5", "shift_jis", "euc_kr")
MOST_BYTES = 4_000_000
MOST = 2000
_ENTRY = re.compile(r"file(\d+)\s*=\s*(.+)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def is_list(path: Path) -> bool:
    """Does it name files? A .m3u8 with the words of HLS is a film in pieces, and no list."""
    if path.suffix.lower() not in ENDINGS:
        return False
    try:
        return "#EXT-X-" not in _readings(path)[0]
    except (OSError, StudioError):
        return False


def read_list(path: Path) -> list[Path]:
    """The files that a list names and that are there, in its order; addresses are left out.

    Raises:
        StudioError: not_found: there is no such list; invalid: none of its files is there.
    """
    try:
        readings = _readings(path)
    except OSError:
        raise StudioError("not_found", "sources.file_missing", path=str(path)) from None
    found: list[Path] = []
    named: list[str] = []
    # Chinese in GBK may be UTF-8 by chance: the reading that finds the most files is right.
    for text in readings:
        entries = _entries(text, path)
        places = (_place(entry, path.parent) for entry in entries[:MOST])
        there = [place for place in places if place is not None and place != path]
        if len(there) > len(found) or not named:
            found, named = there, entries
    if not found:
        shown = ", ".join(named[:3]) or "-"
        raise StudioError("invalid", "sources.list_empty", path=str(path), what=shown)
    return found


def _readings(path: Path) -> list[str]:
    """Its text in every encoding in which it can be read, the likeliest first."""
    data = read_bounded(path, MOST_BYTES)
    if path.suffix.lower() == ".xspf":
        return ["\n".join(_tracks(data))]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [data.decode("utf-16", "replace")]
    made = []
    for encoding in ENCODINGS:
        try:
            made.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return [*made, data.decode("cp1252", "replace")]


def _tracks(data: bytes) -> list[str]:
    """The locations of an XSPF's tracks (xspf.org, 4.1.1.2.14.1.1.1.1): addresses."""
    from defusedxml import DefusedXmlException, ElementTree

    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        return []
    found = (node.text or "" for node in root.iter() if node.tag.rpartition("}")[2] == "location")
    return [" ".join(text.split()) for text in found]


def _entries(text: str, path: Path) -> list[str]:
    """What a list names, line by line; a .pls by its numbers."""
    lines = [line.strip() for line in text.splitlines()]
    if path.suffix.lower() != ".pls":
        return [line for line in lines if line and not line.startswith("#")]
    found = [entry for line in lines if (entry := _ENTRY.fullmatch(line))]
    return [entry[2].strip() for entry in sorted(found, key=lambda entry: int(entry[1][:9]))]


def _place(entry: str, folder: Path) -> Path | None:
    """The file of an entry: a path from the list's folder on, or a file:// address."""
    if entry.lower().startswith("file://"):
        entry = unquote(urlsplit(entry).path)
        if re.match(r"/[A-Za-z]:", entry):
            entry = entry[1:]
    elif _SCHEME.match(entry):
        return None
    try:
        for name in (entry, entry.replace("\\", "/"), unquote(entry)):
            if (folder / name).is_file():
                return folder / name
    except (OSError, ValueError):  # too long, or no path at all
        pass
    return None
