"""A place in a text: moved by time, by a hand, by the voice; it stays when the text is edited."""

from __future__ import annotations

from collections.abc import Sequence

from studio.host.prompter.model import PrompterLine

Place = tuple[int, float]
"""Number of a line and signs of it that were said."""


def signs(line: PrompterLine) -> int:
    """Length of a line; an empty one takes a moment too."""
    return max(1, len(line.text))


def moved(lines: Sequence[PrompterLine], place: Place, count: float) -> Place:
    """So many signs on; it ends at the end of the last line."""
    line, offset = place
    offset += max(0.0, count)
    while line < len(lines) and offset >= signs(lines[line]):
        if line == len(lines) - 1:
            return line, float(signs(lines[line]))
        offset -= signs(lines[line])
        line += 1
    return line, offset


def kept_place(
    before: Sequence[PrompterLine], after: Sequence[PrompterLine], place: Place
) -> Place:
    """The same place in an edited text: its line by id, or the nearest before that is left.

    Within a line the part that was said stays said, as far as the line still begins so.
    """
    line, offset = place
    ids = {entry.id: number for number, entry in enumerate(after)}
    for number in range(min(line, len(before) - 1), -1, -1):
        found = ids.get(before[number].id)
        if found is None:
            continue
        if number != line:
            return min(found + 1, len(after) - 1), 0.0
        if after[found].text.startswith(before[line].text[: int(offset)]):
            return found, min(offset, float(signs(after[found])))
        part = offset / signs(before[line])
        return found, part * signs(after[found])
    return 0, 0.0
