"""Product feeds in XML as tables: RSS and Atom of Google and Meta, flat lists of products."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from studio.core.clean import clean_text
from studio.core.errors import StudioError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ENTRIES = ("item", "entry", "product", "offer", "row")
MOST_ENTRIES = 300_000
DEEPEST = 64


def read_feed(data: bytes, path: str) -> list[list[str]]:
    """A head row and a row for each entry; repeated fields are joined by ", ".

    Entities, external ones and DTDs are refused: a bomb of a few hundred bytes unpacks to
    gigabytes.

    Raises:
        StudioError: invalid.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise StudioError("invalid", "imports.xml_bomb", path=path, why=str(error)) from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise StudioError("invalid", "imports.bad_xml", path=path, why=str(error)) from None
    entries: list[dict[str, str]] = []
    heads: dict[str, None] = {}
    for element in _entries(root):
        fields: dict[str, str] = {}
        for name, text in _leaves(element, 0):
            if name in fields and text:
                fields[name] = f"{fields[name]}, {text}" if fields[name] else text
            else:
                fields.setdefault(name, text)
            heads.setdefault(name)
        entries.append(fields)
        if len(entries) > MOST_ENTRIES:
            raise StudioError(
                "invalid", "imports.too_many_rows", path=path, rows=MOST_ENTRIES, columns=2_000
            )
    if not entries:
        raise StudioError("invalid", "imports.no_entries", path=path)
    return [list(heads), *([fields.get(head, "") for head in heads] for fields in entries)]


def _entries(root: Element) -> Iterator[Element]:
    for element in root.iter():
        if _name(element) in ENTRIES and len(element):
            yield element


def _leaves(element: Element, depth: int) -> Iterator[tuple[str, str]]:
    for child in element:
        if len(child) and depth < DEEPEST:
            yield from _leaves(child, depth + 1)
        else:
            text = child.text or child.get("href") or ""
            yield _name(child), clean_text(text).strip()


def _name(element: Element) -> str:
    """Without its namespace: some feeds put a field into it, some beside it."""
    return str(element.tag).rpartition("}")[2].lower()
