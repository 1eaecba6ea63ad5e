"""The text that a host reads for what is on: a product's script, else an item's own words."""

from __future__ import annotations

import re
from typing import Protocol

from studio.host.prompter.model import PrompterLine
from studio.host.rundown.model import RundownItem
from studio.host.script.model import ProductScriptView

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*|\n")
LONGEST = 160
MOST_LINES = 4_000


class ScriptsOfShow(Protocol):
    """The scripts there are."""

    def script_view(self, product: str) -> ProductScriptView | None:
        """That of a product as it stands now; None where it has none."""
        ...


def script_lines(script: ProductScriptView) -> tuple[PrompterLine, ...]:
    """Its lines; gaps and stale ones are marked, for they must not be said so."""
    return tuple(
        PrompterLine(view.line.id, view.line.text, view.line.star, view.state, view.line.cue)
        for view in script.lines
    )


def item_lines(item: RundownItem) -> tuple[PrompterLine, ...]:
    """The note of an item, sentence by sentence, or its title.

    The id of a line is what it says, so that an edit further up moves nobody.
    """
    return text_lines(item.note or item.title)


def text_lines(text: str) -> tuple[PrompterLine, ...]:
    """A text as lines: by sentences, long ones without an end cut where they may be."""
    found: list[PrompterLine] = []
    seen: dict[str, int] = {}
    for match in _SENTENCE.finditer(text):
        sentence = match[0].strip()
        for start in range(0, len(sentence), LONGEST):
            piece = sentence[start : start + LONGEST]
            count = seen[piece] = seen.get(piece, 0) + 1
            found.append(PrompterLine(f"{piece[:40]}#{count}", piece))
            if len(found) >= MOST_LINES:
                return tuple(found)
    return tuple(found)
