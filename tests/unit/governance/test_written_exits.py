"""What is written into files or spoken: reports of incidents, lists of people, what was heard."""

from __future__ import annotations

import json
import random
import re
import typing
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest

from studio.core.asking import Asker
from studio.core.command import Role
from studio.core.errors import StudioError
from studio.core.paths import assets_dir
from studio.core.redact import keep_secret
from studio.governance.database import open_database
from studio.governance.masking import Sight, shown_parts, sight_of
from studio.host.guard.model import ClaimAlarm, GuardView
from studio.insight.happenings import JournalWindow
from studio.plans.incidents.model import Review
from studio.plans.incidents.page import report_page
from studio.plans.incidents.paper import report_paper
from studio.plans.incidents.report import Surroundings, make_report
from studio.plans.model import Moment
from tests.unit.governance.test_masks import KINDS, THROUGH, planted
from tests.unit.insight.test_reach import CONTROLLER, OWNER, Room, room, rows_of
from tests.unit.plans.test_incidents import (
    Known,
    made_incident,
    with_room,
    words,
    write_journal,
)

__all__ = ("room",)
KEY = "tok-planted-into-an-incident"
GOODS = "¥199.00 SKU-13812345678"


@pytest.fixture(autouse=True)
def _secrets_of_its_own(monkeypatch: Any) -> None:
    """Words that other tests have kept secret are struck out nowhere here."""
    monkeypatch.setattr("studio.core.redact._SECRETS", set())


def everything() -> list[str]:
    """Of each kind so many as the other exits are tried with, and a key."""
    keep_secret(KEY)
    return [text for kind in KINDS for text in planted(kind)[:THROUGH]] + [KEY]


def clear(secrets: list[str], text: str) -> list[str]:
    return [secret for secret in secrets if secret in text]


def test_an_incident_on_paper_and_as_data_names_nobody(tmp_path: Path, monkeypatch: Any) -> None:
    """Cause, steps, what was told, commands' arguments and the review, to whoever may write it."""
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    secrets = everything()
    incident = made_incident()
    incident.timeline += [Moment(incident.began_utc, 900, words(GOODS))]
    incident.timeline += [
        Moment(incident.began_utc, 1000 + number, words(f"缺货 {secret}，请回电"))
        for number, secret in enumerate(secrets)
    ]
    journal = tmp_path / "journal.db"
    write_journal(journal, incident)
    told = [
        ("command.ran", {"command": "orders.find", "args": {"who": "douyin/rosalind"},
                         "ok": False, "origin": "desk", "error": f"no {secrets[0]}"}),
        ("roles.told", {"role": "owner", "text": {"zh": f"客人 {secrets[1]}", "en": secrets[2]}}),
    ]  # fmt: skip
    with closing(open_database(journal)) as base, base.transaction():
        base.executemany(
            "INSERT INTO entries (run, at_ns, at_utc, name, data, sku, value_cents, currency, "
            "show, scene) SELECT 1, at_ns, at_utc, ?, ?, '', NULL, '', 'show', '' FROM entries "
            "WHERE name = 'plans.started' LIMIT 1",
            [(name, json.dumps(data)) for name, data in told],
        )  # fmt: skip

    async def body(house: Any) -> None:
        house.store.put(incident)
        review = {"summary": f"{secrets[0]} called", "whys": [secrets[1]], "learned": secrets[2]}
        await house.run("incidents.review", incident=incident.id, **review)
        for ending in ("html", "json", *(["pdf"] if find_spec("typst") else [])):
            file = tmp_path / f"report.{ending}"
            with pytest.raises(StudioError) as refused:
                await house.run("incidents.report", Role.STREAMER, file=str(file))
            assert refused.value.code == "denied"
            found = {"incident": incident.id, "file": str(file)}
            for role in (Role.CONTROLLER, Role.OWNER):
                await house.run("incidents.report", role, **found)
                raw = file.read_bytes()
                text = raw.decode("utf-8", "replace")
                assert clear([*secrets, "rosalind"], text) == [], (ending, role)
                if ending != "pdf":
                    assert GOODS in text

    with_room(tmp_path, body)


def test_the_paper_of_an_incident_is_made_of_masked_words(tmp_path: Path) -> None:
    """What a PDF is set from, also where typst is not there to set it."""
    secrets, incident = everything(), made_incident()
    incident.timeline += [Moment(incident.began_utc, 900, words(s)) for s in (GOODS, *secrets)]
    journal = tmp_path / "journal.db"
    write_journal(journal, incident)
    past = JournalWindow(journal, lambda: tmp_path)
    report = make_report(incident, Surroundings(past, Known().command_labels()), Review(secrets[0]))
    data = report_paper(report, lambda _: None, "zh").data
    page = report_page(report, lambda _: None, "zh")
    for text in (json.dumps(json.loads(data), ensure_ascii=False), page):
        assert clear(secrets, text) == []
        assert GOODS in text


def test_a_reach_list_is_masked_for_all_but_the_owner_who_asks_for_it(
    room: Room,
) -> None:
    names = [f"viewer{number}-{random.Random(number).randrange(10**9)}" for number in range(60)]
    names += [secret.replace("/", "") for secret in everything()[:: max(1, THROUGH // 20)]]
    for name in names:
        room.consents.consent(f"douyin/{name}", "ads", "2026-11", True)
    wanted = {"segment": "everyone", "purpose": "ads", "reason": "autumn"}
    for role in (Role.VIEWER, Role.STREAMER, Role.CONTROLLER):
        asker = CONTROLLER._replace(role=role)
        if role < Role.CONTROLLER:
            with pytest.raises(StudioError) as refused:
                room.run("reach.write", asker, **wanted)
            assert refused.value.code == "denied"
            continue
        made = room.run("reach.write", asker, **wanted)
        text = Path(made["file"]).read_text(encoding="utf-8-sig")
        assert made["count"] == 4 + len(names)
        assert clear(names, text) == []
        room.run("reach.remove", OWNER, id=made["id"])
    # The owner without `full` has the same masks; those are the order's, not the role's.
    full = room.run("reach.write", OWNER, **wanted, full=True)
    identities = {row[2].removeprefix("'") for row in rows_of(full["file"])}
    assert identities >= {name.strip() for name in names if not name.startswith("+")}


def test_what_the_host_said_of_somebody_is_masked_and_the_law_is_not() -> None:
    """The guard's part of the state, to each role; also what is read of the law and the goods."""
    law = sorted(set(_articles()))
    assert len(law) > 50
    for secret in everything():
        spoken = f"{secret} 买的这件 {GOODS}"
        alarm = ClaimAlarm(1, 0.5, "2026-12-01T00:00:00.000Z", "cn/x", law[0], "red", spoken,
                           spoken, GOODS, ("", ""), ("", ""))  # fmt: skip
        plain = msgspec.to_builtins(GuardView(heard=spoken, alarms=(alarm,)))
        for role in Role:
            out = shown_parts({"guard": plain}, sight_of(Asker(role, False, "x")))["guard"]
            text = json.dumps(out, ensure_ascii=False)
            assert clear([secret], text) == []
            assert text.count(GOODS) == 4
            assert out["alarms"][0]["at_utc"] == alarm.at_utc
    plain = {"alarms": [{"article": text, "why": [text]} for text in law]}
    assert shown_parts({"guard": plain}, Sight.NAMES)["guard"] == plain


def _articles() -> typing.Iterator[str]:
    """Every sentence of the shipped packs that stands in an alarm."""
    for file in sorted((assets_dir() / "packs").rglob("*.json")):
        yield from re.findall(
            r'"(?:article|why|advice|zh|en)": "([^"]+)"', file.read_text(encoding="utf-8")
        )
