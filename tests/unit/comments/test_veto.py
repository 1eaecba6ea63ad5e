"""The veto window: a pinned comment waits, another moderator may keep it off the picture."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from studio.comments.events import CommentPinned, CommentVetoed, CommentWaits
from studio.comments.model import AudiencePart, CommentsKept, Withdrawn
from studio.core.asking import Asker, asked_by
from studio.core.errors import StudioError
from studio.remote import listing
from tests.phone_page import run_page
from tests.unit.comments.test_audience import Room

SHORT_S = 0.05
PAGE = """
import page, { parts } from "PATH";
import { ranked } from "STAGE";
const state = JSON.parse(process.argv[2]);
const found = {}, ran = [];
for (const who of ["viewer", "controller"]) {
  const made = [];
  const element = (tag, props = {}, ...more) => {
    const one = { tag, ...props, words: more.filter((part) => typeof part === "string").join(" "),
      inside: more.filter((part) => typeof part === "object"),
      append(...parts) { this.inside.push(...parts); },
      replaceChildren(...parts) { this.inside = parts; } };
    made.push(one);
    return one;
  };
  const section = element("section");
  const draw = page({ section, element, language: () => "en", isAtLeast: ranked(who),
    run: (id, args) => ran.push([id, args]) });
  draw(state, true);
  found[who] = made.map((one) => [one.words, one.textContent].join(" ")).join(" | ");
  for (const one of made) if (!one.disabled) one.onclick?.();
  draw({}, true);
  found[`${who} hidden`] = section.hidden;
}
console.log(JSON.stringify({ parts, found, ran }));
"""


@pytest.fixture
def room():
    return Room()


def by(person):
    return asked_by(Asker(origin="remote", person=person))


def live(job):
    """Runs it on a loop, and what waits when it is done ends with it."""
    return asyncio.run(job)


async def pin(room, text="160 穿什么码？", seconds=SHORT_S):
    entry = room.say(text)
    room.commands.veto_window(seconds)
    with by("Mei"):
        done = room.commands.pin(entry.comment.id)
    return entry, done


async def over():
    """The window that was begun last is over: a timer that is set later rings later."""
    rung = asyncio.Event()
    asyncio.get_running_loop().call_later(SHORT_S, rung.set)
    await rung.wait()


def test_without_a_window_it_goes_up_at_once(room):
    entry = room.say("160 穿什么码？")
    room.commands.pin(entry.comment.id)
    assert room.shown == [("小鹿", "160 穿什么码？", "douyin")]


def test_it_waits_is_shown_with_its_time_and_goes_up(room):
    async def work():
        entry, done = await pin(room)
        assert done.result == {"waits_s": SHORT_S}
        assert not room.shown
        waiting = room.audience.view().waiting
        assert (waiting.entry.id, waiting.by) == (entry.comment.id, "Mei")
        assert 0 <= waiting.left_s <= SHORT_S + 0.1
        touched = room.touched
        await over()
        assert room.shown == [("小鹿", "160 穿什么码？", "douyin")]
        assert room.audience.view().waiting is None
        assert room.touched > touched
        kinds = [type(event) for event in room.told]
        assert kinds.index(CommentWaits) < kinds.index(CommentPinned)

    live(work())


def test_another_moderator_keeps_it_off(room):
    async def work():
        entry, done = await pin(room)
        with by("Lin"):
            room.commands.veto(**done.undo[1])
        await over()
        assert not room.shown
        (told,) = [event for event in room.told if isinstance(event, CommentVetoed)]
        assert (told.comment, told.by) == (entry.comment.id, "Lin")
        with pytest.raises(StudioError) as refused:
            room.commands.veto(entry.comment.id)
        assert refused.value.key == "audience.nothing_waits"

    live(work())


def test_a_veto_that_comes_too_late_takes_it_off(room):
    async def work():
        entry, _ = await pin(room)
        await over()
        room.commands.veto(entry.comment.id)
        assert room.shown[-1] == ("", "", "")
        assert room.audience.pinned is None

    live(work())


@pytest.mark.parametrize("what", ["block", "mute", "deleted", "forget", "reset"])
def test_what_becomes_foul_while_it_waits_never_goes_up(room, what):
    async def work():
        entry, _ = await pin(room)
        id = entry.comment.id
        if what == "deleted":
            room.audience.take_away(Withdrawn("douyin", (id,)))
        elif what == "forget":
            room.audience.forget(entry.comment.who)
        elif what == "reset":
            await room.audience.reset()
        else:
            getattr(room.commands, what)(id)
        assert room.audience.view().waiting is None, "and it no longer counts down"
        await over()
        assert ("小鹿", "160 穿什么码？", "douyin") not in room.shown

    live(work())


def test_the_newest_takes_the_place_and_asking_again_does_not_begin_anew(room):
    async def work():
        first, _ = await pin(room)
        wait = room.audience.veto._wait
        room.commands.pin(first.comment.id)
        assert room.audience.veto._wait is wait
        second = room.say("有现货吗？", "阿哲")
        room.commands.pin(second.comment.id)
        await over()
        assert [text for _, text, _ in room.shown] == ["有现货吗？"]

    live(work())


def test_the_window_belongs_to_the_show_and_what_waits_does_not_survive_a_kill(room):
    async def work():
        await pin(room)
        assert room.audience.part().veto_s == SHORT_S
        kept = msgspec.json.decode(msgspec.json.encode(room.audience.kept()), type=CommentsKept)
        again = Room()
        assert again.audience.restore(kept) is None
        await again.audience.load_rules(AudiencePart(veto_s=5), {})
        assert again.audience.view().veto_s == 5
        done = again.commands.veto_window(0)
        assert done.undo == ("comments.veto_window", {"seconds": 5})
        room.audience.veto.end()

    live(work())


def test_the_phone_counts_down_and_vetoes(room, tmp_path: Path):
    async def work():
        entry, _ = await pin(room, seconds=5)
        view = msgspec.to_builtins(room.audience.view().waiting)
        room.audience.veto.end()
        return entry.comment.id, view

    id, view = live(work())
    said = run_page("veto", PAGE, {"comments": {"waiting": view}}, tmp_path)
    words = said["found"]["controller"]
    for wanted in ("About to go up", "160 穿什么码？", "wanted by Mei", "5 s left", "Veto"):
        assert wanted in words, words
    assert said["ran"] == [["comments.veto", {"id": id}]], "viewers stop nothing"
    assert said["found"]["viewer hidden"]
    assert "comments.veto" in {spec.id for spec in listing.specs()}
