"""The watch: alarms for what somebody should look at, a chain that is checked, breaches' clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.core.asking import Asker, asked_by
from studio.core.command import Bus, Changed, CommandRan, Role, changed, command
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.governance.audit import AuditLog, Signer, logs
from studio.governance.events import AuditContradicted
from studio.governance.keeping.model import KeepingRule, KeepingView, RuleView
from studio.governance.model import PrivacyView
from studio.governance.privacy_commands import Unmasked
from studio.governance.rights.book import OperatorBook
from studio.governance.secrets import Secrets
from studio.governance.watch.breach import HOURS, BreachBook
from studio.governance.watch.events import WatchAlarmed
from studio.governance.watch.model import DoorReport, Guesses, Presence
from studio.governance.watch.service import MASS, WatchService
from tests.waiting import until


class Deeds:
    @command("deeds.end", needs_confirm=True, role=Role.OWNER, label=("止", "End"),
             help=("止。", "Ends."))  # fmt: skip
    def end(self) -> Changed:
        return changed()


class Post:
    """A watch over a folder of its own."""

    def __init__(self, folder: Path) -> None:
        secrets = Secrets(folder / "s", use_keyring=False)
        self.events, self.heard = Events(), list[WatchAlarmed]()
        self.events.on(WatchAlarmed, self.heard.append)
        state = State(self.events, lambda work: None)
        self.bus = Bus(self.events, state)
        self.log = AuditLog(folder / "audit", lambda: Signer(secrets))
        self.book = OperatorBook(secrets)
        self.door = DoorReport()
        self.book.door = lambda: self.door
        self.hour = 12
        keeping = KeepingView(
            rules=(RuleView(rule=KeepingRule(id="logs", data="inner", days=1), due=3, held=1),)
        )
        self.watch = WatchService(
            self.log, self.book, lambda: keeping, PrivacyView,
            BreachBook(folder / "b.json"), self.bus, self.events, state, lambda: self.hour,
        )  # fmt: skip
        self.bus.add(Deeds(), *self.watch.commands())

    @property
    def kinds(self) -> list[str]:
        return [alarm.kind for alarm in self.heard]

    def look(self) -> None:
        async def work() -> None:
            for job in self.watch.every:
                job.job()
            await self.watch.stop()

        asyncio.run(work())


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    made = Post(tmp_path)
    yield made
    made.log.close()


def test_what_somebody_should_look_at(post: Post) -> None:
    post.door = DoorReport(
        present=(Presence(who="desk", address="127.0.0.1", is_here=True),
                 Presence(who="remote:x", address="192.168.1.9")),
        guesses=(Guesses(address="10.0.0.5", count=12), Guesses(address="10.0.0.6", count=2)),
    )  # fmt: skip
    post.look()
    post.look()
    assert [(alarm.kind, alarm.subject) for alarm in post.heard] == [
        ("new_address", "192.168.1.9"), ("guessing", "10.0.0.5"),
    ]  # fmt: skip
    post.events.publish(Unmasked(operator="a", reason="x", minutes=5))
    post.hour = 3
    post.events.publish(Unmasked(operator="a", reason="x", minutes=5))
    for _ in range(MASS):
        post.events.publish(CommandRan(command="privacy.export", args={}, origin="a", ok=True))
    assert post.kinds[2:] == ["unmasked_at_night", "mass_export"]
    view = post.watch.view()
    assert (view.due, view.held, len(view.alarms)) == (3, 1, 4)


def test_refusals_and_red_commands_of_the_day(post: Post) -> None:
    async def work() -> None:
        with asked_by(Asker(1, False, "phone", person="phone")), pytest.raises(StudioError):
            await post.bus.run("deeds.end", {"confirm": True}, origin="phone")
        await post.bus.run("deeds.end", {"confirm": True, "reason": "late"}, origin="desk")

    asyncio.run(work())
    view = post.watch.view()
    assert view.refused == 1
    assert [(red.command, red.origin, red.reason) for red in view.red] == [
        ("deeds.end", "desk", "late")
    ]


def test_a_chain_that_was_changed_is_an_alarm(post: Post) -> None:
    post.log.write("command", command="x")
    until(lambda: post.log.count >= 2, "written")
    assert asyncio.run(post.watch.check_chain()) == "whole"
    assert post.watch.view().chain == "whole"
    (file,) = logs(post.log.folder)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"x"', '"y"'), encoding="utf-8")
    assert asyncio.run(post.watch.check_chain()) == "broken"
    asyncio.run(post.watch.check_chain())
    assert post.kinds == ["chain_broken"]  # once


def test_what_somebody_keeps_against_the_log_is_one_alarm_whenever_it_is_said_to_be_of(
    post: Post,
) -> None:
    """What is signed of an anchor is the anchor: its time is whatever the one who sends it says."""
    for minute in range(3):
        post.events.publish(AuditContradicted(
            anchor="a.log:5:ab", at_utc=f"2026-11-30T20:0{minute}:00Z", public="k", signature="s",
            device="phone",
        ))  # fmt: skip
    assert post.kinds == ["chain_back"]
    assert post.watch.view().chain == "broken"


def test_a_breach_has_clocks_and_is_not_closed_untold(post: Post, tmp_path: Path) -> None:
    async def run(id: str, /, **args: Any) -> Any:
        return (await post.bus.run(id, args)).result

    made = asyncio.run(run("watch.breach", what="a phone was lost"))
    assert HOURS == 72
    assert made["latest_by"] > made["known_utc"]
    assert post.kinds == ["breach"]
    with pytest.raises(StudioError):
        asyncio.run(run("watch.close", id=made["id"]))
    asyncio.run(run("watch.told", id=made["id"], whom="authority"))
    assert len(post.watch.view().breaches) == 1
    assert BreachBook(tmp_path / "b.json").all[0].told  # after a restart, too
    asyncio.run(run("watch.close", id=made["id"]))
    assert post.watch.view().breaches == ()
