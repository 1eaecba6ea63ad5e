"""Writes which literals the studio's patterns need, so that they are not found at run time.

``python -m training.comments.literals`` after a pattern or ``everyday.txt`` has changed.
"""

from __future__ import annotations

import msgspec

from studio.comments.moderation import contacts, context
from studio.comments.moderation.literals import (
    ShippedLiterals,
    find_needed,
    find_needed_together,
    key_of,
)
from studio.comments.moderation.rule_files import shipped_rules
from studio.core.paths import assets_dir


def found() -> ShippedLiterals:
    """Those of all patterns that come with the studio."""
    marks = [
        pattern
        for patterns in (
            *contacts.CONTACT_MARKS.patterns.values(),
            *context.CONTEXT_MARKS.patterns.values(),
        )
        for pattern in patterns
    ]
    rules = [
        pattern for rule in shipped_rules() for pattern in (*rule.patterns, *rule.digits, *rule.raw)
    ]
    return ShippedLiterals(
        {key_of(pattern): tuple(sorted(find_needed(pattern))) for pattern in marks},
        {
            key_of(pattern): tuple(
                tuple(tuple(sorted(literals)) for literals in way)
                for way in find_needed_together(pattern)
            )
            for pattern in rules
        },
    )


if __name__ == "__main__":
    path = assets_dir() / "rules" / "literals.json"
    path.write_bytes(msgspec.json.encode(found(), order="sorted") + b"\n")
