"""``shopcast privacy``: what is kept of a person, with or without an engine that runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.app.keeping import keeper_of
from studio.app.persons import own_people, persons_of
from studio.core import settings
from studio.core.clean import encode_json, write_json
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.paths import data_dir
from studio.governance.catalogue import RULES
from studio.governance.privacy_commands import plain_erasure
from studio.governance.secrets import Secrets
from studio.remote.client import ask_running

Write = Callable[[str], None]


def privacy(what: str, who: str, write: Write, *, as_json: bool) -> bool:
    """Does it and tells; an engine that runs does it itself, since it has keys in memory.

    Returns:
        False when nobody is known by that name.

    Raises:
        StudioError: conflict, invalid, failed.
    """
    if what == "due":
        _write_due(write, as_json=as_json)
        return True
    if what == "catalogue":
        _write_catalogue(write, as_json=as_json)
        return True
    try:
        answer = _asked(what, who)
    except StudioError as error:
        if error.code != "not_found":
            raise
        write(write_json({"found": []}) if as_json else str(error))
        return False
    if as_json or what == "export":
        write(write_json(answer, indent=1))
    elif what == "find":
        for person in answer:
            write(
                translate(
                    "privacy.person",
                    who=person["who"],
                    author=person["author"],
                    since=person["since_utc"],
                    id=person["id"],
                )  # fmt: skip
            )
    else:
        _write_erasure(answer, write)
    return True


def _asked(what: str, who: str) -> Any:
    more = {"confirm": True} if what == "erase" else {}
    answer = ask_running(f"privacy.{what}", who=who, **more)
    return _here(what, who) if answer is None else answer


def _here(what: str, who: str) -> Any:
    people = own_people()
    persons = persons_of(people)
    try:
        if what == "find":
            return [person._asdict() for person in persons.find(who)]
        if what == "export":
            return persons.export(who)
        return plain_erasure(persons.erase(who))
    finally:
        people.close()


def _write_due(write: Write, *, as_json: bool) -> None:
    """A dry run of the rules of keeping; nothing is dropped by it."""
    secrets = Secrets()
    people = own_people(secrets)
    chosen = settings.load().recordings
    recordings = Path(chosen).expanduser() if chosen else data_dir() / "recordings"
    try:
        keeper = keeper_of(people, secrets, recordings)
        due, rules = keeper.due(), keeper.rules
    finally:
        people.close()
    if as_json:
        write(encode_json({"due": due, "rules": rules}))
        return
    for rule in rules:
        mine = [entry for entry in due if entry.rule == rule.id]
        count, held = len(mine), sum(bool(entry.held) for entry in mine)
        days = str(rule.days) if rule.days else "∞"
        write(translate("keeping.line", what=translate(f"keeping.{rule.id}"), days=days,
                        n=count - held, held=held))  # fmt: skip


def _write_erasure(answer: dict[str, Any], write: Write) -> None:
    count = sum(answer["erased"].values())
    write(translate("privacy.erased", count=count, keys=answer["keys"], at=answer["at_utc"]))
    for kept in answer["kept"]:
        write(translate(f"privacy.kept.{kept['what']}", count=kept["count"]))
    write(translate("privacy.kept.outside"))


def _write_catalogue(write: Write, *, as_json: bool) -> None:
    if as_json:
        write(write_json({name: rule._asdict() for name, rule in RULES.items()}, indent=1))
        return
    for name, rule in RULES.items():
        purpose, ground = (translate(f"privacy.{key}") for key in rule)
        write(f"{name}: {purpose} · {ground}")
