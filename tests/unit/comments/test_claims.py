"""Two moderators on one row: each sees who is there, nobody's decision is overwritten unseen."""

from __future__ import annotations

import msgspec
import pytest

from studio.comments.claims import CLAIM_S
from studio.comments.model import CommentsKept
from studio.core.asking import Asker, asked_by
from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from tests.unit.comments.test_audience import Room


@pytest.fixture
def room():
    return Room()


def by(person):
    """What runs inside is asked by this operator."""
    return asked_by(Asker(origin="remote", person=person))


def test_a_row_shows_who_is_looking_and_the_first_one_keeps_it(room):
    entry, other = room.say("这是骗子吧"), room.say("都是假货")
    with by("Mei"):
        assert room.commands.claim(entry.comment.id).result == {"claimed_by": "Mei", "me": "Mei"}
    with by("Lin"):
        told = room.commands.claim(entry.comment.id)
        assert told.result == {"claimed_by": "Mei", "me": "Lin"}
        assert not told.parts, "nothing changed, so nobody is told"
    (shown,) = [row for row in room.audience.view().held if row.id == entry.comment.id]
    assert shown.claimed_by == "Mei"
    with by("Mei"):
        room.commands.claim(other.comment.id)
    assert (entry.claimed_by, other.claimed_by) == ("", "Mei"), "one row for each person"


def test_a_claim_ends_when_it_is_left_decided_or_not_made_again(room):
    entry = room.say("这是骗子吧")
    with by("Mei"):
        room.commands.claim(entry.comment.id)
        room.commands.claim(entry.comment.id, on=False)
        assert entry.claimed_by == ""
        room.commands.claim(entry.comment.id)
    with by("Lin"):
        room.commands.claim(entry.comment.id, on=False)
        assert entry.claimed_by == "Mei", "nobody ends the claim of another"
    assert not room.audience.claims.end_those_over(now_ns())
    assert room.audience.claims.end_those_over(now_ns() + int((CLAIM_S + 1) * NS))
    assert entry.claimed_by == ""
    with by("Mei"):
        room.commands.claim(entry.comment.id)
    with by("Lin"):
        room.commands.block(entry.comment.id)
    assert entry.claimed_by == ""


@pytest.mark.parametrize("late", ["release", "mute"])
def test_a_decision_that_comes_second_is_told_of_the_first(room, late):
    entry = room.say("这是骗子吧")
    id = entry.comment.id
    with by("Mei"):
        room.commands.block(id, seen="held")
    with by("Lin"), pytest.raises(StudioError) as told:
        getattr(room.commands, late)(id, seen="held")
    assert (told.value.code, told.value.key) == ("conflict", "audience.decided")
    assert "Mei" in told.value.in_language("en")
    assert "blocked" in told.value.in_language("en")
    assert "拦截" in told.value.in_language("zh")
    assert (entry.state, entry.decider, room.audience.mutes) == ("blocked", "Mei", {})
    with by("Lin"):  # who has seen it may decide otherwise
        getattr(room.commands, late)(id, seen="blocked")


def test_the_same_decision_twice_is_one_and_whose_it_was_takes_it_back(room):
    entry = room.say("这是骗子吧")
    with by("Mei"):
        first = room.commands.block(entry.comment.id, seen="held")
    with by("Lin"):
        second = room.commands.block(entry.comment.id, seen="held")
    assert second.undo is None
    assert entry.decider == "Mei"
    with by("Mei"):
        room.commands.restore(**first.undo[1])
    assert entry.state == "held"


def test_an_undo_does_not_overwrite_what_another_decided_meanwhile(room):
    entry = room.say("这是骗子吧")
    with by("Mei"):
        first = room.commands.block(entry.comment.id, seen="held")
    with by("Lin"):
        room.commands.release(entry.comment.id, seen="blocked")
    with by("Mei"), pytest.raises(StudioError) as told:
        room.commands.restore(**first.undo[1])
    assert "Lin" in told.value.in_language("en")
    assert entry.state == "released"


def test_who_does_not_say_what_was_seen_decides_as_before(room):
    entry = room.say("这是骗子吧")
    room.commands.block(entry.comment.id)
    room.commands.release(entry.comment.id)
    assert entry.state == "released"


def test_who_decided_survives_a_kill(room):
    entry = room.say("请问这件多少钱？")
    with by("Mei"):
        room.commands.release(entry.comment.id)
    kept = msgspec.json.decode(msgspec.json.encode(room.audience.kept()), type=CommentsKept)
    again = Room()
    again.audience.restore(kept)
    assert [e.decider for e in again.audience.listed("best", 5)] == ["Mei"]
