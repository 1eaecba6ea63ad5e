"""What an SVG asks for, read before it is drawn: how many shapes, which files, which shape.

A few rows of it may stand for a hundred million shapes. Source: SVG 1.1, 5.6 (use): what it points
at is drawn as if it stood there, and so on within; 7.8 (preserveAspectRatio).
"""

from __future__ import annotations

from typing import NamedTuple
from xml.parsers import expat

MOST_DRAWN = 100_000
"""Elements, each as often as it is drawn: a second or two of Qt's time."""


class Request(NamedTuple):
    """What an SVG asks for.

    Attributes:
        elements: that are drawn, each as often as ``use`` asks for it; `MOST_DRAWN` + 1 is where
            counting ends.
        links: what its elements point at, but for the links one may click on.
        root: the attributes of its first element.
    """

    elements: int
    links: tuple[str, ...]
    root: dict[str, str]


def read_request(data: bytes) -> Request:
    """Reads an SVG of UTF-8 as whoever draws it will: with its entities and default attributes.

    Raises:
        expat.ExpatError: it is no XML that can be read.
    """
    reader = expat.ParserCreate()
    own: list[int] = []
    """By depth: elements met so far inside of what is open there."""
    links: list[list[str]] = []
    names: list[str] = []
    counts: dict[str, tuple[int, tuple[str, ...]]] = {}
    all_links: list[str] = []
    root: dict[str, str] = {}

    def opened(tag: str, its: dict[str, str]) -> None:
        if not own:
            root.update(its)
        if tag.rpartition(":")[2] != "a":
            named = (value for name, value in its.items() if is_link(name))
            all_links.extend(named)
        own.append(1)
        names.append(its.get("id", ""))
        link = its.get("href") or its.get("xlink:href") or ""
        is_use = tag.rpartition(":")[2] == "use" and link.startswith("#")
        links.append([link[1:]] if is_use else [])

    def closed(_tag: str) -> None:
        count, name, its = own.pop(), names.pop(), links.pop()
        if name:
            counts.setdefault(name, (count, tuple(its)))
        if own:
            own[-1] += count
            links[-1] += its
        else:
            counts["\0whole"] = (count, tuple(its))

    reader.StartElementHandler, reader.EndElementHandler = opened, closed
    reader.Parse(data, True)
    known: dict[str, int] = {}
    return Request(_weight("\0whole", counts, known, 0), tuple(all_links), root)


def is_link(attribute: str) -> bool:
    """Does an attribute of this name point at something?"""
    return attribute.rpartition(":")[2].lower() == "href"


def _weight(
    name: str, counts: dict[str, tuple[int, tuple[str, ...]]], known: dict[str, int], deep: int
) -> int:
    if name not in known:
        known[name] = MOST_DRAWN + 1  # of one that shows itself
        count, links = counts.get(name, (0, ()))
        if deep < 100:
            for link in links:
                count += _weight(link, counts, known, deep + 1)
                if count > MOST_DRAWN:
                    break
        known[name] = min(count, MOST_DRAWN + 1)
    return known[name]
