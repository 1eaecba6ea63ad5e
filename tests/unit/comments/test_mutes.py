"""A mute has an end, a reason and somebody who decided it; an appeal shows them and undoes it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from studio.comments.events import AuthorMuted
from studio.comments.model import CommentsKept
from studio.core.asking import Asker, asked_by
from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.remote import listing
from tests.phone_page import run_page
from tests.unit.comments.test_audience import Room

PAGE = """
import page, { parts } from "PATH";
import { ranked } from "STAGE";
const state = JSON.parse(process.argv[2]);
const found = {}, ran = [];
for (const who of ["viewer", "controller"]) {
  const element = (tag, props = {}, ...more) => ({ tag, ...props,
    words: more.filter((part) => typeof part === "string").join(" "),
    inside: more.filter((part) => typeof part === "object"),
    append(...parts) { this.inside.push(...parts); },
    replaceChildren(...parts) { this.inside = parts; } });
  const section = element("section");
  const draw = page({ section, element, language: () => "en", isAtLeast: ranked(who),
    run: (id, args) => ran.push([id, args]) });
  draw(state, true);
  const all = (one) => [one, ...(one.inside ?? []).flatMap(all)];
  found[who] = all(section).map((one) => one.words).filter(Boolean);
  for (const one of all(section)) if (!one.disabled) one.onclick?.();
  draw({}, true);
  found[`${who} hidden`] = section.hidden;
}
console.log(JSON.stringify({ parts, found, ran }));
"""


@pytest.fixture
def room():
    return Room()


def muted_troll(room, minutes=10.0):
    """Somebody whom an operator muted for what they wrote."""
    first = room.say("这是骗子吧", "坏人")
    with asked_by(Asker(origin="remote", person="Mei")):
        room.commands.mute(first.comment.id, minutes)
    return first.comment.who


def test_an_appeal_shows_what_was_said_the_rule_and_who_decided(room):
    who = muted_troll(room)
    told = room.commands.appeal(who).result
    assert told["text"] == "这是骗子吧"
    assert told["reason"]["rule"].startswith("rumour") or told["reason"]["rule"]
    assert told["reason"]["text"]["en"]
    assert (told["by"], told["minutes"], told["lifted"]) == ("Mei", 10.0, False)
    assert told["since_utc"] < told["until_utc"]
    assert who in room.audience.mutes, "looking changes nothing"
    assert room.commands.mutes().result[0]["who"] == who


def test_an_appeal_that_is_right_lifts_the_mute_and_shows_what_was_kept_back(room):
    who = muted_troll(room)
    said = room.say("请问有 L 码吗？", "坏人")
    assert (said.state, said.verdict.rule) == ("blocked", "muted")
    done = room.commands.appeal(who, lift=True)
    assert (done.result["lifted"], done.result["rows"]) == (True, 1)
    assert said.state == "held", "a person looks at it; it is not let through by itself"
    assert room.say("还有货吗？", "坏人").state == "allowed"
    back = room.commands.mute_again(**done.undo[1])
    assert room.say("那我再问一次", "坏人").verdict.rule == "muted"
    assert room.commands.appeal(who).result["by"] == "Mei", "with its end and its reason"
    room.commands.unmute(**back.undo[1])
    assert not room.audience.mutes


def test_a_mute_that_is_over_is_lifted_by_itself(room):
    who = muted_troll(room, minutes=5)
    assert room.audience.end_mutes() == []
    soon = msgspec.structs.replace(room.audience.mutes[who], until_ns=now_ns() - 1)
    room.audience.mutes[who] = soon
    assert [mute.who for mute in room.audience.end_mutes()] == [who]
    assert not room.audience.view().muted
    with pytest.raises(StudioError):
        room.commands.appeal(who)


def test_a_mute_is_not_put_back_beyond_its_end(room):
    who = muted_troll(room)
    room.audience.mutes[who] = msgspec.structs.replace(room.audience.mutes[who], until_ns=now_ns())
    done = room.commands.unmute(who)
    with pytest.raises(StudioError) as refused:
        room.commands.mute_again(**done.undo[1])
    assert refused.value.key == "audience.not_lifted"


def test_reason_and_decision_survive_a_kill_and_go_with_the_person(room):
    who = muted_troll(room)
    kept = msgspec.json.decode(msgspec.json.encode(room.audience.kept()), type=CommentsKept)
    again = Room()
    again.audience.restore(kept)
    before, after = room.commands.appeal(who).result, again.commands.appeal(who).result
    assert after == before
    again.audience.forget(who)
    told = again.commands.appeal(who).result
    assert (told["text"], told["author"]) == ("", ""), "the mute goes on without the words"


def test_who_lifts_it_is_told_to_all(room):
    who = muted_troll(room)
    room.commands.appeal(who, lift=True)
    heard = [event for event in room.told if isinstance(event, AuthorMuted)]
    assert [(event.who, event.minutes) for event in heard] == [(who, 10.0), (who, 0)]


def test_the_phone_lists_them_and_lifts_with_one_tap(room, tmp_path: Path):
    who = muted_troll(room)
    state = {"comments": {"muted": msgspec.to_builtins(room.audience.view().muted)}}
    said = run_page("mutes", PAGE, state, tmp_path)
    words = " ".join(said["found"]["controller"])
    for wanted in ("坏人", "这是骗子吧", "decided by Mei", "until"):
        assert wanted in words, wanted
    assert said["ran"] == [["comments.appeal", {"who": who, "lift": True}]], "viewers lift none"
    assert said["found"]["viewer hidden"]
    assert "comments.appeal" in {spec.id for spec in listing.specs()}
    assert said["parts"] == ["comments"]
