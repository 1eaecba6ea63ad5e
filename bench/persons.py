"""The rights of a person among 20,000 viewers with 200,000 entries: given out, then forgotten.

Comments, mutes and commands go sealed into an encrypted journal and the audit log, as an engine
writes them; orders into a ledger, requests and consents beside them. Words of one viewer are
planted in all of them, also beside words of others. What is given out must hold every one of
them and nothing of anybody else; afterwards none may stand in any file, free pages and logs of
databases included, and both chains must be whole.
"""

from __future__ import annotations

import json
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from bench.base import BenchReport, Row
from bench.places import own_places, set_here
from studio.app.persons import persons_of
from studio.comments.events import AuthorMuted, CommentReceived
from studio.core.clean import write_json
from studio.core.command import CommandRan
from studio.core.event import Event
from studio.core.paths import data_dir
from studio.governance.audit import AuditLog, Signer
from studio.governance.audit_check import check_logs
from studio.governance.database import open_database
from studio.governance.people import PeopleKeys
from studio.governance.requests import RequestBook
from studio.governance.sealing import sealed_data
from studio.governance.secrets import Secrets
from studio.insight.entries import EntryFacts
from studio.insight.journal import Journal, broken_links
from studio.shop.stock.model import Line
from studio.shop.stock.sqlite import SqliteStock

ENTRIES, VIEWERS = 200_000, 20_000
ROSE, NAME, WORD = "douyin/rose-4711", "玫瑰rosalind", "rosewood"
OWN = 500
"""Entries of the one that is asked for."""
MOST_S = 10.0
AHEAD = 20_000


def run(events: int = ENTRIES) -> BenchReport:
    """A kept limit is ten seconds each, all that was planted, nothing of others, nothing left.

    Args:
        events: entries of all viewers.
    """
    report = BenchReport("persons", "none")
    with (
        tempfile.TemporaryDirectory(prefix="shopcast-persons-") as folder,
        set_here(own_places(Path(folder))),
    ):
        report.rows += _rows(events)
    return report


def _rows(events: int) -> list[Row]:
    people = PeopleKeys(data_dir() / "people.db", Secrets(), lambda: b"salt")
    planted = _written(people, events)
    persons = persons_of(people)
    began = time.perf_counter()
    given = persons.export(ROSE)
    export_s = time.perf_counter() - began
    said = write_json(given)
    missing = sum(word not in said for word in planted)
    key = people._kept_key(people.person(ROSE))  # its very bytes must be gone, too
    before = _totals()
    began = time.perf_counter()
    erasure = persons.erase(ROSE)
    erase_s = time.perf_counter() - began
    left = _left((*planted, NAME, ROSE.partition("/")[2]), key)
    after = _totals()
    people.close()
    signer = Signer(Secrets())
    flaws = check_logs(data_dir() / "audit", signer.public).flaws
    return [
        Row(f"given out, of {VIEWERS} viewers, {events} entries", export_s, None, "s", MOST_S),
        Row("  planted words", len(planted), None, ""),
        Row("  of them not in it", missing, None, "", 0),
        Row("  words of others in it", said.count("other "), None, "", 0),
        Row("erased", erase_s, None, "s", MOST_S),
        Row("  entries that lost their person", sum(erasure.erased.values()), None, ""),
        Row("  files with a word, the name or the key", left, None, "", 0),
        Row("  links of the journal broken", len(broken_links(data_dir() / "journal.db")), None,
            "", 0),
        Row("  flaws of the audit log", len(flaws), None, "", 0),
        Row("  totals that changed", sum(b != a for b, a in zip(before, after, strict=True)), None,
            "", 0),
    ]  # fmt: skip


def _written(people: PeopleKeys, events: int) -> list[str]:
    """Writes everything; the words that were planted."""
    journal = Journal(data_dir() / "journal.db", "night")
    signer = Signer(Secrets())
    log = AuditLog(data_dir() / "audit", lambda: signer)
    every, planted = max(2, events // OWN), []

    def write(event: Event, who: str) -> None:
        own = EntryFacts(viewer=people.person(who))
        while not journal.write(event.name, partial(sealed_data, people, event), own):
            time.sleep(0.01)

    for number in range(events):
        if number % AHEAD == 0:
            _wait(journal)
        if number % every == 1:
            planted.append(f"{WORD} {number}!")
            write(_comment(ROSE, NAME, planted[-1]), ROSE)
        else:
            who = f"douyin/other-{number % VIEWERS}"
            write(_comment(who, f"other {number % VIEWERS}", f"other words {number}"), who)
    both = [ROSE, "douyin/other-7"]
    ran = CommandRan(command="comments.unmute", args={"who": both}, origin="desk", ok=True)
    write(AuthorMuted(who=ROSE, minutes=5), ROSE)
    write(ran, ROSE)
    while not log.count:
        time.sleep(0.001)
    for _ in range(1000):
        log.write("command", **sealed_data(people, ran))
    _wait(journal)
    journal.close()
    log.close()
    ledger = SqliteStock(data_dir() / "stock" / "hat.db")
    ledger.receive("in", "hat", 100_000).result()
    for number in range(200):
        is_hers = number % 10 == 0
        order, buyer = f"{'rose' if is_hers else 'other'}-order-{number}", NAME
        ledger.sell_outside(order, [Line("hat", 1)], buyer if is_hers else f"other {number}",
                            ).result()  # fmt: skip
    ledger.close()
    book = RequestBook(data_dir() / "privacy" / "requests.json", people)
    book.ask(ROSE, "access", f"{WORD} proof")
    book.ask("douyin/other-9", "access", "other proof")
    book.consent(ROSE, "ads", "2026-11", True)
    return [*planted, f"{WORD} proof"]


def _wait(journal: Journal) -> None:
    while journal.is_behind(0):
        time.sleep(0.01)


def _comment(who: str, author: str, text: str) -> CommentReceived:
    entry = {"id": "1", "platform": "douyin", "author": author, "text": text, "who": who,
             "state": "allowed", "authors": 1, "reason": None}  # fmt: skip
    return CommentReceived(entry=entry)


def _totals() -> list[Any]:
    found: list[Any] = []
    for name, sql in (
        ("journal.db", "SELECT count(*), count(DISTINCT viewer), max(seq) FROM entries"),
        ("stock/hat.db", "SELECT count(*), sum(state = 'confirmed') FROM reservations"),
    ):
        base = open_database(data_dir() / name, reads=True)
        found += base.execute(sql).fetchone()
        base.close()
    return found


def _left(words: tuple[str, ...], key: bytes) -> int:
    """Files of the data folder in which one of them stands, also as JSON writes it."""
    marks = {word.encode() for word in words} | {key}
    marks |= {json.dumps(word)[1:-1].encode() for word in words}
    texts = [path.read_bytes() for path in data_dir().rglob("*") if path.is_file()]
    return sum(any(mark in text for mark in marks) for text in texts)
