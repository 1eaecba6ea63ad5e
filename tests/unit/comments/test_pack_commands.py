"""A pack is armed by a person, counts at once, goes back with one undo, and is kept by the show."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

from studio.app.pack_trials import PackTrialProcess, TrialRequest, past_comments, try_here
from studio.comments.keeper import CommentQueue
from studio.comments.model import Comment
from studio.comments.moderation.packs import own_packs_folder
from studio.comments.moderation.rule_files import read_pack, shipped_rules
from studio.comments.pack_commands import PackCommands
from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.insight.journal import Journal

PACK = {
    "pack": "rivals", "source": "us", "tests": {"catches": ["竞品牌更好"], "passes": ["多少钱"]},
    "rules": [{"id": "rival", "category": "own", "action": "hold", "zh": "竞品", "en": "a rival",
               "words": ["竞品牌"]}],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    folder = own_packs_folder()
    folder.mkdir(parents=True)
    (folder / "rivals.json").write_text(json.dumps(PACK, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture
def room():
    return CommentQueue(shipped_rules(), lambda event: None, lambda: None)


def say(room, text):
    return room.put(Comment(f"c{len(room.entries)}", text, "小鹿", "u1", "douyin"))


def test_armed_and_taken_back(folder, room):
    commands = PackCommands(room, PackTrialProcess())

    async def run():
        assert say(room, "竞品牌更好看").state == "allowed"
        done = await commands.arm_pack("rivals")
        assert say(room, "竞品牌更好啊").verdict.rule == "rival"
        assert room.view().packs == ("rivals",)
        assert room.part().packs == ("rivals",)
        await room.add_words(["别家"], "own", "hold")
        assert say(room, "还是竞 品 牌好").verdict.rule == "rival"
        with pytest.raises(StudioError, match="armed already"):
            await commands.arm_pack("rivals")
        name, arguments = done.undo
        assert name == "comments.disarm_pack"
        await commands.disarm_pack(**arguments)
        assert say(room, "竞品牌真好啊").state == "allowed"
        assert commands.packs().result == [{"name": "rivals", "is_armed": False}]

    asyncio.run(run())


def test_words_and_packs_that_come_at_once_all_count(folder, room):
    commands = PackCommands(room, PackTrialProcess())

    async def run():
        async with asyncio.TaskGroup() as changes:
            changes.create_task(room.add_words(["别家店"], "own", "hold"))
            changes.create_task(commands.arm_pack("rivals"))
            changes.create_task(room.add_words(["隔壁老王"], "own", "block"))
        assert [say(room, text).verdict.action for text in ("别家店好", "隔壁老王好")] == [
            "hold",
            "block",
        ]
        assert say(room, "竞品牌更好啊").verdict.rule == "rival"
        assert room.judge.tier.rules[-2:] == room.own_rules()
        await room.reset()
        assert say(room, "别家店好啊").state == say(room, "竞品牌更好呀").state == "allowed"

    asyncio.run(run())


@pytest.mark.parametrize("name", ["", "none", "../rivals", "/etc/passwd", "rivals.json"])
def test_only_packs_of_the_folder_are_found(folder, room, name):
    with pytest.raises(StudioError, match="rivals"):
        asyncio.run(PackCommands(room, PackTrialProcess()).arm_pack(name))


def test_a_pack_with_a_fault_is_refused(folder, room):
    bad = PACK | {"rules": [PACK["rules"][0] | {"words": ["靠"]}]}
    (folder / "bad.json").write_text(json.dumps(bad, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(StudioError, match="too short"):
        asyncio.run(PackCommands(room, PackTrialProcess()).arm_pack("bad"))
    assert room.packs == {}


def test_tried_on_the_chat_of_the_journal(folder, room):
    """In a process of its own, as the engine has it done."""
    journal = Journal(data_dir() / "journal.db", "old show")
    for text in ("竞品牌更好", "多少钱", "加微信领券", "竞品牌更好"):
        journal.write("comments.received", {"entry": {"text": text}})
    journal.close()
    assert past_comments(3) == ["竞品牌更好", "加微信领券", "多少钱"]
    trial = asyncio.run(PackCommands(room, PackTrialProcess()).try_pack("rivals")).result
    assert (trial["comments"], trial["changed"]) == (4, 2)
    assert trial["rules"][0]["rule"] == "rival"
    assert trial["rules"][0]["caught"] == 2
    here = try_here(TrialRequest(read_pack(folder / "rivals.json")), ["竞品牌更好"])
    assert here.changed == 1


def test_rules_are_compiled_when_they_are_needed_and_beside_the_loop(room) -> None:
    """A show without comments pays nothing; the first comment of a feed meets them ready."""

    async def body() -> None:
        await room.add_words(["竞品牌"], "own", "hold")
        assert not room.judge.tier.is_ready, "nobody has asked yet"
        threads: list[str] = []
        compiles = room.judge.tier.make_ready

        def seen() -> None:
            threads.append(threading.current_thread().name)
            compiles()

        room.judge.tier.make_ready = seen
        await room.make_ready()
        assert room.judge.tier.is_ready
        assert threading.main_thread().name not in threads
        await room.add_words(["别家"], "own", "hold")
        assert room.judge.tier.is_ready, "words added on air are ready when they count"
        entry = room.put(Comment("1", "竞品牌更好", "a", "a", "t", ""))
        assert entry is not None
        assert entry.state == "held"

    asyncio.run(body())
