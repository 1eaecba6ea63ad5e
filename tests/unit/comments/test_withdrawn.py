"""What a platform deletes, what is muted and what is answered: the picture and the lists follow."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from studio.comments import replies
from studio.comments.commands import AudienceCommands
from studio.comments.events import CommentWithdrawn, ReplyFailed
from studio.comments.keeper import CommentQueue
from studio.comments.model import Comment, CommentsKept, Entry, FeedSpec, Withdrawn
from studio.comments.moderation.rule_files import shipped_rules
from studio.comments.persons import LiveComments
from studio.comments.platforms.base import CommentFeed, CommentPlatform
from studio.core.errors import StudioError
from studio.governance.people import Person
from studio.graphics.deck import OverlayStack

RULES = shipped_rules()


class House:
    """A queue with its commands; ``picture`` is what stands on it."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.picture = ""
        self.dropped = 0
        self.queue = CommentQueue(RULES, self.told.append, lambda: None)
        self.do = AudienceCommands(self.queue, self.told.append, self._show, self._drop)

    def _show(self, author: str, text: str, platform: str) -> None:
        self.picture = text

    def _drop(self) -> None:
        self.picture = ""
        self.dropped += 1

    def say(self, id: str, text: str, who: str = "ann") -> Entry:
        entry = self.queue.put(Comment(id, text, who, who, "twitch"))
        assert entry is not None
        return entry

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.told if isinstance(event, kind)]


def test_what_is_deleted_there_is_gone_here_and_off_the_picture() -> None:
    house = House()
    house.say("1", "160 穿什么码？")
    house.say("2", "好看", "bob")
    house.do.pin("1")
    assert house.picture
    assert house.queue.take_away(Withdrawn("douyin", ("1",))) == 0, "another platform's number"
    assert house.picture
    assert house.queue.take_away(Withdrawn("twitch", ("1", "none"))) == 1
    assert (house.picture, house.dropped, house.queue.pinned) == ("", 1, None)
    assert list(house.queue.entries) == ["2"]
    assert house.of(CommentWithdrawn)[0].comment == "1"
    with pytest.raises(StudioError):
        house.do.pin("1")


def test_what_was_unpinned_and_still_slides_out_goes_at_once() -> None:
    house = House()
    house.say("1", "160 穿什么码？")
    house.do.pin("1")
    house.do.unpin()
    house.queue.take_away(Withdrawn("twitch", ("1",)))
    assert house.dropped == 1
    stack = OverlayStack()
    stack.show("comment", {}, 0)
    stack.hide("comment", 1)
    stack.drop("comment")
    assert stack.names == []
    assert stack.hide("comment", 2) is False


def test_one_of_a_fold_goes_and_the_others_stay() -> None:
    house = House()
    for number, who in enumerate(("ann", "bob", "cat")):
        house.say(str(number), "多少钱", who)
    (entry,) = house.queue.entries.values()
    assert entry.count == 3
    house.queue.take_away(Withdrawn("twitch", ("1",)))
    assert entry.count == 2
    assert house.queue.rings.get("1") is None
    house.do.pin("0")
    house.queue.take_away(Withdrawn("twitch", ("0",)))
    assert house.picture == "", "its words stood there under the name of who deleted them"
    assert entry.count == 1


def test_who_is_banned_there_takes_all_along() -> None:
    house = House()
    house.say("1", "160 穿什么码？", "bob")
    house.say("2", "多少钱", "bob")
    house.say("3", "多少钱", "ann")
    house.do.pin("2")
    assert house.queue.take_away(Withdrawn("twitch", author_id="bob")) == 2
    assert house.picture == ""
    assert [e.comment.id for e in house.queue.entries.values()] == ["2"], "ann wrote it too"
    assert house.queue.take_away(Withdrawn("twitch", author_id="nobody")) == 0


@pytest.mark.parametrize("how", ["erased", "banned", "deleted", "muted"])
def test_who_goes_from_a_row_of_many_is_named_no_more(how: str) -> None:
    house = House()
    house.say("1", "送一朵玫瑰", "ann")
    house.say("2", "送一朵玫瑰", "bob")
    assert house.queue.may_name("1")
    who = house.queue.rings.get("1").comment.who  # type: ignore[union-attr]
    if how == "erased":
        house.queue.forget(who)
    elif how == "muted":
        house.do.mute("1")
    elif how == "deleted":
        house.queue.take_away(Withdrawn("twitch", ("1",)))
    else:
        house.queue.take_away(Withdrawn("twitch", author_id="ann"))
    assert house.queue.rings.get("1") is not None, "others wrote the same"
    assert not house.queue.may_name("1")
    assert not house.queue.may_name("unknown")


def test_a_thousand_bans_at_once_are_one_pass() -> None:
    house = House()
    for number in range(900):
        house.say(f"c{number}", f"{number} 号外套有 M 码吗", f"v{number}")
    house.say("last", "160 穿什么码？", "ann")
    bans = [Withdrawn("twitch", author_id=f"v{number}") for number in range(1000)]
    assert house.queue.take_away(*bans) == 900
    assert list(house.queue.entries) == ["last"]
    assert len(house.of(CommentWithdrawn)) == 1


def test_a_decision_about_many_does_not_bring_back_what_is_gone() -> None:
    house = House()
    house.say("1", "这是骗子吧", "bob")
    name = house.queue.many.settle(list(house.queue.entries.values()), "blocked")
    house.queue.take_away(Withdrawn("twitch", ("1",)))
    assert house.queue.many.take_back(name) == 0
    assert house.queue.entries == {}


def test_who_is_muted_leaves_the_picture_at_once() -> None:
    house = House()
    house.say("1", "160 穿什么码？", "bob")
    house.say("2", "有货吗", "ann")
    house.do.pin("1")
    house.do.mute("2")
    assert house.picture, "another one was muted"
    house.do.mute("1")
    assert (house.picture, house.dropped) == ("", 1)


def test_rows_that_wait_come_back_after_a_kill() -> None:
    house = House()
    for number in range(312):
        house.say(f"f{number}", "全是托", f"viewer {number}")
    house.say("q", "160 穿什么码？", "ann")
    house.say("h", "这是骗子吧", "bob")
    house.do.block("h")
    house.say("p", "有货吗", "cat")
    house.do.pin("p")
    kept = msgspec.json.decode(msgspec.json.encode(house.queue.kept()), type=CommentsKept)
    after = House()
    assert after.queue.restore(kept) is not None
    assert after.queue.kept() == kept
    fold = after.queue.get("f0")
    assert (fold.state, fold.count, len(fold.authors)) == ("held", 312, 312)
    assert after.queue.get("q").rank == house.queue.get("q").rank
    assert "h" not in after.queue.entries, "what was decided does not come back"
    assert after.do.mute("f0").result == 312
    again = after.say("f900", "全是托", "another")
    assert again is fold, "and what means the same is counted there"
    assert after.queue.pinned is not None
    assert len(msgspec.json.encode(kept)) < 60_000


def test_who_is_erased_leaves_lists_and_picture() -> None:
    async def body() -> None:
        house = House()
        house.say("1", "160 穿什么码？", "bob")
        house.say("2", "多少钱", "bob")
        house.say("3", "多少钱", "ann")
        house.say("4", "有货吗", "cat")
        house.do.pin("1")
        house.do.mute("2")
        store = LiveComments(house.queue)
        bob = Person("n1", "twitch/bob", "bob", "")
        (about,) = [await asyncio.to_thread(store.about, [bob])]
        assert {entry["id"] for entry in about} == {"1", "2"}
        answer = await asyncio.to_thread(store.erase, [bob])
        assert answer.erased == 2
        assert house.picture == ""
        said = msgspec.json.encode((house.queue.view(), house.queue.kept())).decode()
        for word in ("160 穿", "穿什么码"):  # "160" alone may stand in a time in nanoseconds
            assert word not in said
        assert '"author":"bob"' not in said
        assert house.queue.mutes["twitch/bob"].author == "", "it goes on, by its number alone"
        assert "有货吗" in said

    asyncio.run(body())


class Site(CommentPlatform):
    """A platform that takes answers, or does not."""

    kind: ClassVar[str] = "twitch"

    def __init__(self) -> None:
        super().__init__(None, Path())
        self.got: list[str] = []
        self.fault: Exception | None = None

    @property
    def can_reply(self) -> bool:
        return True

    async def run(self, put: Any, told: Any) -> None:
        await asyncio.Event().wait()

    async def reply(self, text: str, to: Comment | None) -> None:
        if self.fault is not None:
            raise self.fault
        self.got.append(text)


def test_an_answer_goes_back_in_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "APART_S", 0.02)

    async def body() -> None:
        house, site = House(), Site()
        entry = house.say("1", "160 穿什么码？")
        with pytest.raises(StudioError, match="twitch"):
            house.do.reply("1", "M")
        house.queue.feeds["t"] = CommentFeed(FeedSpec("t", "twitch"), site, house.queue.put)
        for number in range(5):
            done = house.do.reply("1", f"answer {number}")
        assert done.result == {"feed": "t", "waiting": 4}
        assert entry.is_answered
        async with asyncio.timeout(10):
            while len(site.got) < 5:
                await asyncio.sleep(0.01)
        assert site.got == [f"answer {number}" for number in range(5)]
        site.fault = RuntimeError("gone")
        house.do.reply("1", "lost")
        async with asyncio.timeout(10):
            while not house.of(ReplyFailed):
                await asyncio.sleep(0.01)
        assert not entry.is_answered, "the question is open again"
        assert "gone" in house.of(ReplyFailed)[0].why
        held = house.say("9", "这是骗子吧", "bob")
        assert held.state == "held"
        with pytest.raises(StudioError):
            house.do.reply("9", "no")
        for number in range(replies.MOST_WAITING):
            house.do.reply("1", str(number))
        with pytest.raises(StudioError, match="20"):
            house.do.reply("1", "one too many")
        await house.do.replies.stop()

    asyncio.run(body())
