"""Tries comment packs on the chat of the last shows, in a process of low priority.

``python -m studio.app.pack_trials`` is that process: one request on stdin, its reply on stdout.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

import msgspec

from studio.app.persons import own_people
from studio.comments.moderation.packs import PackTrial, try_rules
from studio.comments.moderation.rule_files import Rule, RuleFile, shipped_rules
from studio.comments.moderation.rules import RuleTier
from studio.core.child_process import ProcessReply, ask_process, serve_one
from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.governance.database import DatabaseError
from studio.governance.people import PeopleKeys
from studio.insight.journal import open_to_read

LIMIT_S = 300.0


class TrialRequest(msgspec.Struct):
    """What is tried beside what counts now."""

    pack: RuleFile
    armed: tuple[Rule, ...] = ()
    words: tuple[Rule, ...] = ()
    most: int = 100_000


class TrialReply(ProcessReply):
    """What came of it."""

    trial: PackTrial | None = None


class PackTrialProcess:
    """Has packs tried by another process; it ends with whoever waits for it."""

    async def try_pack(
        self, pack: RuleFile, armed: tuple[Rule, ...], words: tuple[Rule, ...], most: int
    ) -> PackTrial:
        """See `studio.comments.pack_commands.TrialRunner`."""
        request = TrialRequest(pack, armed, words, most)
        reply = await ask_process("studio.app.pack_trials", request, TrialReply, LIMIT_S)
        assert reply.trial is not None
        return reply.trial


def try_here(request: TrialRequest, texts: list[str] | None = None) -> PackTrial:
    """Tries a pack here and now.

    Args:
        request: the pack and what counts now.
        texts: old comments; None for those of the journal.

    Raises:
        StudioError: not_found, when there is no journal.
    """
    now = (*shipped_rules(), *request.armed, *request.words)
    before, after = RuleTier(now), RuleTier((*now, *request.pack.rules))
    old = past_comments(request.most) if texts is None else texts
    alone = RuleTier(request.pack.rules, has_model=False)
    return try_rules(request.pack.pack, before, after, old,
                     lambda text: alone.judge(text).action != "allow")  # fmt: skip


def past_comments(most: int) -> list[str]:
    """The newest comments of the journal; those of people who were erased are left out.

    Raises:
        StudioError: not_found.
    """
    path = data_dir() / "journal.db"
    people = own_people()
    try:
        with closing(open_to_read(path)) as base:
            rows = base.execute(
                "SELECT data FROM entries WHERE name = 'comments.received' "
                "ORDER BY id DESC LIMIT ?",
                (most,),
            )
            texts = [_text_of(people, row[0]) for row in rows]
    except DatabaseError as error:
        raise StudioError("not_found", "insight.no_journal", path=str(path), why=error) from None
    finally:
        people.close()
    return [text for text in texts if text]


def _text_of(people: PeopleKeys, data: str) -> str:
    plain: Any = read_json(data)
    entry = plain.get("entry") if isinstance(plain, dict) else None
    text = people.opened(entry.get("text")) if isinstance(entry, dict) else None
    return text if isinstance(text, str) else ""


def main() -> None:
    """One request on stdin, its reply on stdout."""
    serve_one(TrialRequest, TrialReply, lambda request: TrialReply(trial=try_here(request)))


if __name__ == "__main__":
    main()
