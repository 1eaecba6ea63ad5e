"""Comments come in, are judged and ranked; a person decides; a flood harms nobody."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import time

import msgspec
import pytest
from websockets.asyncio.server import serve

import studio.comments.platforms as platform_folder
from studio.comments.cli import moderate
from studio.comments.commands import AudienceCommands
from studio.comments.keeper import MOST_A_SECOND, CommentQueue
from studio.comments.model import Comment, CommentsKept, FeedSpec
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.platforms.base import CommentFeed, CommentPlatform
from studio.comments.platforms.lines import parse
from studio.comments.platforms.replay import CommentReplay
from studio.comments.platforms.websocket import WebSocketFeed
from studio.comments.ranking import rank
from studio.comments.rings import SIZES
from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.registry import discover

RULES = shipped_rules()
SPEC = FeedSpec("f", "test")


class Room:
    def __init__(self):
        self.told, self.shown, self.touched = [], [], 0
        self.audience = CommentQueue(RULES, self.told.append, self.touch)
        self.commands = AudienceCommands(
            self.audience, self.told.append, lambda *what: self.shown.append(what),
            lambda: self.shown.append(("", "", "")),
        )  # fmt: skip

    def touch(self):
        self.touched += 1

    def say(self, text, who="小鹿", id=None):
        number = len(self.audience.entries) + 1
        return self.audience.put(Comment(id or f"c{number}", text, who, who, "douyin"))


@pytest.fixture
def room():
    return Room()


def test_a_clean_comment_can_be_pinned_and_taken_off(room):
    entry = room.say("160 穿什么码？")
    room.commands.pin(entry.comment.id)
    assert room.shown == [("小鹿", "160 穿什么码？", "douyin")]
    assert room.audience.view().pinned.text == "160 穿什么码？"
    room.commands.unpin()
    assert room.shown[-1] == ("", "", "")


def test_a_held_comment_reaches_the_picture_only_after_a_person_said_so(room):
    entry = room.say("这是骗子吧")
    assert entry.state == "held"
    with pytest.raises(StudioError, match="accuses of fraud") as caught:
        room.commands.pin(entry.comment.id)
    assert "指责欺诈" in caught.value.in_language("zh")
    assert room.shown == []
    done = room.commands.release(entry.comment.id)
    room.commands.pin(entry.comment.id)
    assert room.shown
    assert done.undo == (
        "comments.restore",
        {"id": entry.comment.id, "state": "held", "by": "rules", "seen": "released"},
    )


def test_blocking_takes_a_pinned_comment_off(room):
    entry = room.say("多少钱")
    room.commands.pin(entry.comment.id)
    room.commands.block(entry.comment.id)
    assert room.shown[-1] == ("", "", "")
    assert room.audience.pinned is None


def test_a_mute_survives_a_kill_and_a_step_of_the_clock(room):
    """It is kept by the monotonic clock; the wall clock counts after a restart of the machine."""
    first = room.say("水军", "坏人")
    room.commands.mute(first.comment.id, 10)
    (kept,) = room.audience.kept().mutes
    stepped = msgspec.structs.replace(kept, until_utc="2001-01-01T00:00:00Z")
    rebooted = msgspec.structs.replace(kept, until_ns=kept.until_ns + (1 << 60))
    forever = msgspec.structs.replace(stepped, until_ns=kept.until_ns + (1 << 60))
    for case, is_muted in ((kept, True), (stepped, True), (rebooted, True), (forever, False)):
        again = Room()
        again.audience.restore(CommentsKept(None, (case,), False))
        assert (again.say("我又来了", "坏人").verdict.rule == "muted") is is_muted, case


def test_a_muted_author_is_blocked_until_it_is_over(room):
    room.say("这是骗子吧", "坏人")
    first = room.say("你好", "坏人")
    done = room.commands.mute(first.comment.id, 0.001)
    assert all(e.state != "held" for e in room.audience.entries.values())
    assert room.say("我又来了", "坏人").verdict.rule == "muted"
    room.commands.unmute(done.undo[1]["who"])
    assert room.say("我又来了", "坏人").state == "allowed"


def test_one_key_mutes_all_who_wrote_it_and_one_undo_frees_them(room):
    """312 people write 假货 in ten spellings: one line, one key, one way back."""
    ways = ("都是假货", "都是假貨", "都 是 假 货", "dou shi jia huo", "都是jia货", "都-是-假-货",
            "都是假货货", "都\u200b是假货", "都是贾货", "都是假𝗵𝘂𝗼")  # fmt: skip
    repeats: list[str] = []
    room.audience.on_repeat.append(repeats.append)
    for number in range(312):
        room.say(ways[number % len(ways)], f"水军{number}")
    (fold,) = room.audience.listed("held", 10)
    assert (fold.count, len(fold.authors)) == (312, 312)
    assert repeats == ["held"] * 311, "of them no event tells"
    done = room.commands.mute(fold.comment.id, 10)
    assert done.result == len(room.audience.mutes) == 312
    assert room.say("你好", "水军77").verdict.rule == "muted"
    room.commands.unmute(**done.undo[1])
    assert not room.audience.mutes


def test_a_decision_about_many_is_counted_before_and_taken_back_after(room):
    for number in range(900):
        room.say(f"这家骗子店 {number} 号", f"路人{number}")
    held = room.audience.listed("held", 2000)
    room.say("加微信领券", "广告")
    counted = room.commands.bulk("count", rule="abuse-cheat")
    assert counted.result == {"rows": len(held), "comments": 900, "kept": 0}
    assert not counted.parts
    assert len(held) == 900
    began = time.perf_counter()
    done = room.commands.bulk("block", rule="abuse-cheat")
    took_s = time.perf_counter() - began
    assert {entry.state for entry in held} == {"blocked"}
    room.commands.release(held[0].comment.id)  # a person decides again, and that stays
    assert room.commands.bulk("count", "all", rule="abuse-cheat").result["rows"] < len(held)
    command, args = done.undo
    assert command == "comments.undo_bulk"
    assert room.commands.undo_bulk(**args).result == len(held) - 1
    assert [entry.state for entry in held] == ["released"] + ["held"] * (len(held) - 1)
    assert took_s < 0.2
    with pytest.raises(StudioError, match="no longer be taken back"):
        room.commands.undo_bulk(**args)


@pytest.mark.parametrize(
    "name",
    [
        "Troll99",
        "troll99 ",
        "TROLL99",
        "tro\u200bll99",
        "ｔｒｏｌｌ９９",
        "trоll99",
        "t r o l l 99",
    ],
)
def test_a_mute_by_name_is_not_got_round_by_a_space_or_a_letter(room, name):
    first = room.audience.put(Comment("1", "hello", "troll99", "", "douyin"))
    room.audience.mute(first, 10)
    again = room.audience.put(Comment("2", "hello again", name, "", "douyin"))
    assert again.verdict.rule == "muted", name
    for other in ("troll9", "小薇", "❤"):
        entry = room.audience.put(Comment(f"x{other}", f"hi {other}", other, "", "douyin"))
        assert entry.verdict.rule != "muted", other


@pytest.mark.parametrize(
    "odd", ["NaN", "Infinity", "-1", "1e400", "true", "null", '"5"', "[]", "1e99"]
)
def test_an_odd_time_fails_no_line(odd):
    comment, at_ms = parse(f'{{"text": "hi", "at_ms": {odd}}}', 1)
    assert (comment.text, at_ms) == ("hi", None)
    out = io.StringIO()
    assert moderate([f'{{"text": "hi", "user": "a", "at_ms": {odd}}}'], out)


def test_a_name_can_be_a_violation_too(room):
    assert room.say("你好", "加微信xx999").state == "blocked"


def test_slow_mode_holds_everything(room):
    room.commands.slow(True)
    assert room.say("好看").state == "held"
    room.commands.slow(False)
    assert room.say("好看").state == "allowed"


def test_a_word_added_on_air_counts_at_once(room):
    asyncio.run(room.commands.add_rule("竞品"))
    assert room.say("竞 品 更便宜").state == "held"


@pytest.mark.parametrize(
    ("text", "ranked", "topic"),
    [
        ("160/52 穿什么码", 3, "size"),
        ("do you ship to Malaysia?", 3, "shipping"),
        ("主播今天好精神", 1, ""),
        ("666666", 0, ""),
        ("哈哈哈哈", 0, ""),
        ("❤❤❤", 0, ""),
        ("上次的断了，客服没回", 2, "service"),
    ],
)
def test_ranking(text, ranked, topic):
    assert rank(text) == (ranked, topic)


def test_what_many_ask_comes_first(room):
    room.say("包邮吗", "a")
    for who in "bcd":
        room.say("穿什么码？", who)
    best = room.audience.listed("best", 10)
    assert best[0].comment.text == "穿什么码？"
    assert best[0].asked == 3
    room.commands.answer(best[0].comment.id)
    assert best[0] not in room.audience.listed("best", 10)


def test_a_flood_is_bounded_and_counted(room, monkeypatch):
    now = now_ns()  # all within one second, however slow the machine is
    monkeypatch.setattr("studio.comments.keeper.now_ns", lambda: now)
    for number in range(MOST_A_SECOND + 300):
        room.say(f"好看 {number}", id=f"f{number}")
    assert len(room.audience.entries) <= sum(SIZES.values())
    assert room.audience.counts["dropped"] >= 250


def test_held_comments_outlive_talk(room):
    held = room.say("这是骗子吧", id="keep")
    for number in range(SIZES["talk"] + 50):
        room.say(f"好看 {number}", id=f"g{number}")
    assert room.audience.get(held.comment.id) is held


def test_the_same_id_twice_is_two_comments(room):
    room.say("一", id="x")
    second = room.say("二", id="x")
    assert second.comment.id != "x"
    assert len(room.audience.entries) == 2


def test_what_is_not_there_is_said(room):
    for call in (room.commands.release, room.commands.pin, room.commands.answer):
        with pytest.raises(StudioError):
            call("nope")


def test_a_replay_plays_in_order_and_leaves_out_garbage(tmp_path):
    lines = [
        json.dumps({"at_ms": 30, "text": "二"}),
        "garbage",
        json.dumps({"at_ms": 10, "text": "一"}),
        json.dumps({"no": 1}),
    ]
    (tmp_path / "c.jsonl").write_text("\n".join(lines), encoding="utf-8")

    async def run():
        found = []
        feed = CommentFeed(
            SPEC, CommentReplay(CommentReplay.decode({"path": "c.jsonl"}), tmp_path), found.append
        )
        feed.start()
        async with asyncio.timeout(5):
            while feed.state != "ended":
                await asyncio.sleep(0.01)
        assert [c.text for c in found] == ["一", "二"]

    asyncio.run(run())


def test_a_feed_that_cannot_be_opened_says_why(tmp_path):
    async def run():
        feed = CommentFeed(
            SPEC, CommentReplay(CommentReplay.decode({"path": "no"}), tmp_path), lambda c: None
        )
        feed.start()
        async with asyncio.timeout(5):
            while feed.state != "failed":
                await asyncio.sleep(0.01)
        assert "no" in feed.error
        await feed.stop()

    asyncio.run(run())


def test_a_websocket_feed_reads_lines_counts_garbage_and_reconnects(tmp_path):
    async def run():
        found, rounds = [], 0

        async def server(socket):
            nonlocal rounds
            rounds += 1
            await socket.send('{"text": "一", "user": "小鹿"}\n{"text": "二"}\nnot json')
            await socket.send(b'{"text": "\xe4\xb8\x89"}')
            await socket.send(f'{{"text": "round {rounds}"}}')
            await socket.send("[" * 5000)
            if rounds > 1:
                await asyncio.sleep(5)

        async with serve(server, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            settings = WebSocketFeed.decode({"url": f"ws://127.0.0.1:{port}", "platform": "p"})
            feed = CommentFeed(SPEC, WebSocketFeed(settings, tmp_path), found.append)
            feed.start()
            async with asyncio.timeout(10):
                while len(found) < 5 or "bad lines" not in feed.error:
                    await asyncio.sleep(0.01)
            said = [c.text for c in found]  # what comes once more after a reconnect counts once
            assert said == ["一", "二", "三", "round 1", "round 2"]
            assert found[0].author == "小鹿"
            assert feed.state == "live"
            await feed.stop()

    asyncio.run(run())


def test_feeds_come_and_go_and_are_kept(tmp_path):
    async def run():
        room = Room()
        kinds = discover(platform_folder, CommentPlatform)
        audience = CommentQueue(RULES, room.told.append, room.touch, kinds)
        audience.folder = tmp_path
        (tmp_path / "c.jsonl").write_text('{"text": "一"}', encoding="utf-8")
        commands = AudienceCommands(audience, room.told.append, lambda *what: None, lambda: None)
        commands.add_feed("file", "replay", {"path": "c.jsonl", "speed": 1000.0})
        async with asyncio.timeout(5):
            while not audience.counts["all"]:
                await asyncio.sleep(0.01)
        assert audience.part().feeds[0].kind == "replay"
        for name, kind in (("file", "replay"), ("x", "pigeon")):
            with pytest.raises(StudioError):
                commands.add_feed(name, kind)
        done = await commands.remove_feed("file")
        assert done.undo[1]["settings"]["path"] == "c.jsonl"
        assert audience.view().feeds == ()

    asyncio.run(run())


def test_a_raid_pushes_out_no_question_and_nothing_held(room, monkeypatch):
    """2,000 a second with a tenth held: 50 questions are all in "best", the held ones are folds."""
    clock = itertools.count(now_ns(), 500_000)
    monkeypatch.setattr("studio.comments.keeper.now_ns", lambda: next(clock))
    for number in range(40):
        room.say(f"{number} 号多少钱？", f"buyer{number}", id=f"q{number}")
    for number in range(10_000):
        who = f"troll{number % 900}"
        text = "骗子" if number % 10 == 0 else f"刷屏 {number} 呵"
        room.say(text, who, id=f"r{number}")
        if number % 1000 == 999:
            room.say(f"{number} 米穿什么码？", f"late{number}", id=f"late{number}")
    best = {entry.comment.id for entry in room.audience.listed("best", 1000)}
    assert {f"q{number}" for number in range(40)} <= best
    assert {f"late{number}" for number in range(999, 10_000, 1000)} <= best
    (held,) = room.audience.listed("held", 1000)
    assert held.count == 1000
    assert len(held.authors) == 90
    counts = room.audience.view().counts
    assert counts.all + counts.dropped >= 10_050
    assert counts.held == 1


def test_one_decision_is_for_all_of_the_same_meaning_and_for_those_to_come(room):
    first = room.say("骗子", "a", id="1")
    for number, text in enumerate(("骗 子", "骗子！", "骗子"), 2):
        assert room.say(text, f"b{number}", id=str(number)) is first
    assert first.count == 4
    done = room.commands.block("3")
    assert first.state == "blocked"
    assert room.say("骗子", "c").state == "blocked"
    assert room.audience.listed("held", 10) == []
    room.commands.restore(**done.undo[1])
    assert (first.state, first.by, first.count) == ("held", "rules", 5)


@pytest.mark.parametrize("before", ["allowed", "held", "blocked"])
@pytest.mark.parametrize("decide", ["release", "block"])
def test_a_decision_is_taken_back_to_what_it_was(room, before, decide):
    """Undoing the release of a held comment holds it again; it does not block it."""
    entry = room.say({"allowed": "好看", "held": "这是骗子吧", "blocked": "加微信xx99"}[before])
    assert entry.state == before
    done = getattr(room.commands, decide)(entry.comment.id)
    room.commands.restore(**done.undo[1])
    assert (entry.state, entry.by) == (before, "rules")


def test_what_is_on_the_picture_falls_out_of_no_ring(room):
    pinned = room.say("好看", id="pin")
    room.commands.pin("pin")
    for number in range(SIZES["talk"] + 20):
        room.say(f"说话 {number}", id=f"t{number}")
    assert room.audience.get("pin") is pinned
    assert room.audience.rings.count("talk") <= SIZES["talk"]
