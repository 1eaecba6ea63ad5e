"""Templates of cards as files: those of the studio, and those in a show's folder ``cards``."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.graphics.model import CardTemplate
from studio.shop.card.model import AUTO, PLAIN

FOLDER = "cards"
MOST_BYTES, MOST_FILES = 64_000, 50


def read_template(path: Path) -> CardTemplate:
    """A template of a file.

    Raises:
        StudioError: invalid, with the file, the place in it and what is wrong there.
    """
    try:
        found = msgspec.convert(read_json(read_bounded(path, MOST_BYTES)), CardTemplate)
    except json.JSONDecodeError as error:
        why = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise StudioError("invalid", "cards.broken", path=path.name, why=why) from None
    except OSError as error:
        raise StudioError(
            "invalid", "cards.broken", path=path.name, why=error.strerror or ""
        ) from None
    except (msgspec.ValidationError, ValueError) as error:
        raise StudioError("invalid", "cards.broken", path=path.name, why=str(error)) from None
    if found.id in (PLAIN, AUTO):
        why = f'"{found.id}" is taken'
        raise StudioError("invalid", "cards.broken", path=path.name, why=why)
    return found


@functools.cache
def shipped_templates() -> dict[str, CardTemplate]:
    """Those that come with the studio, by id."""
    found = [read_template(path) for path in sorted((assets_dir() / FOLDER).glob("*.json"))]
    return {template.id: template for template in found}


def own_templates(show: Path) -> tuple[dict[str, CardTemplate], list[StudioError]]:
    """Those of a show, by id, and what is wrong with the others; reads the disk."""
    found: dict[str, CardTemplate] = {}
    faults: list[StudioError] = []
    try:
        paths = sorted((show / FOLDER).glob("*.json"))[:MOST_FILES]
    except OSError:
        return found, faults
    for path in paths:
        try:
            template = read_template(path)
            if template.id in found:
                why = f'"{template.id}" stands twice'
                raise StudioError("invalid", "cards.broken", path=path.name, why=why)
            found[template.id] = template
        except StudioError as error:
            faults.append(error)
    return found, faults
