"""Which role may run which command, as a table: ``shopcast rights matrix``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from studio.core.asking import Asker, Scope
from studio.core.clean import encode_json
from studio.core.command import Role
from studio.core.i18n import system_language
from studio.governance.rights.book import OperatorBook
from studio.governance.secrets import Secrets
from studio.remote import listing

ROLES = tuple(Role)


def matrix(without: Sequence[str] = (), scopes: Sequence[Scope] = ()) -> list[dict[str, Any]]:
    """A row a command: who may run it, by role; True, False.

    Args:
        without: patterns of commands that are not lent.
        scopes: how far the right reaches (an operator's).
    """
    asker = Asker(without=tuple(without), scopes=tuple(scopes))
    return [
        {
            "command": spec.id,
            "label": list(spec.label),
            "needs_confirm": spec.needs_confirm,
            "reads": spec.reads,
            **{
                role.name.lower(): role >= spec.role
                and not asker.may_not(spec.id)
                and (not spec.reads or asker.sees(spec.reads))
                for role in ROLES
            },
        }
        for spec in listing.specs()
    ]


def write_matrix(
    write: Callable[[str], None],
    *,
    without: Sequence[str] = (),
    operator: str = "",
    as_json: bool = False,
) -> None:
    """Writes the table for people, or as JSON.

    Args:
        operator: with whose scope; their own role is one of the columns.

    Raises:
        StudioError: not_found.
    """
    rows = matrix(without, [OperatorBook(Secrets()).get(operator).scope] if operator else ())
    if as_json:
        write(encode_json({"rows": rows}))
        return
    at = 0 if system_language() == "zh" else 1
    names = [role.name.lower() for role in ROLES]
    width = max(len(row["command"]) for row in rows)
    write(f"{'':{width}}  " + "  ".join(names))
    for row in rows:
        marks = "  ".join(f"{'✓' if row[name] else '·':^{len(name)}}" for name in names)
        guard = " ⚠" if row["needs_confirm"] else ""
        write(f"{row['command']:{width}}  {marks}  {row['label'][at]}{guard}")


def write_people(write: Callable[[str], None], *, as_json: bool = False) -> None:
    """Writes who there is, with role, end and devices."""
    book = OperatorBook(Secrets())
    if as_json:
        rows = [
            {"operator": operator, "devices": book.devices(operator.name)}
            for operator in book.operators
        ]
        write(encode_json({"rows": rows}))
        return
    for operator in book.operators:
        own = ", ".join(book.devices(operator.name)) or "-"
        write(f"{operator.name}  {operator.role}  {operator.until or '∞'}  {own}")
