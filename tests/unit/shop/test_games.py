"""Quiz, guess the price, lucky words: one entry a person, checkable, and a kill loses nothing."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from studio.core.clock import NS
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.state import State
from studio.graphics.model import BoardSpec
from studio.shop.coupons.model import Coupon
from studio.shop.events import GameChanged, GameKeptBack
from studio.shop.games import verify
from studio.shop.games.draw import BEACON, Draw
from studio.shop.games.model import DrawRules, Heard, Prize
from studio.shop.games.on_air import board_of, masked_name
from studio.shop.games.running import running_path
from studio.shop.games.service import DrawListener, GameService, PrizeCoupons
from studio.shop.stock.model import Booking, Line
from tests.unit.shop.trade import Trade
from tests.waiting import until

QUIZ = DrawRules("How many?", (Prize("Scarf", 2),), kind="quiz", options=("A", "B", "C"))
PRICE = DrawRules("What does it cost?", (Prize("Coat"),), kind="price", counts="last")
WORDS = DrawRules("Say it", (Prize("Hat"),), kind="words", keyword="我爱 帽子")
SEED = "22" * 32


def play(rules: DrawRules, answer: str, said: list[tuple[str, str]]) -> Draw:
    draw = Draw("g", rules, SEED, answer)
    draw.open()
    for number, (person, text) in enumerate(said):
        draw.hear(Heard(f"c{number}", f"douyin/{person}", person, text), 0)
    draw.close(NS, set())
    for number in range(BEACON):
        draw.hear(Heard(f"b{number}", f"douyin/x{number}", "x", f"later {number}"), 2 * NS)
    draw.draw(3 * NS)
    return draw


def winners(draw: Draw) -> list[str]:
    return [winner["author"] for winner in draw.winners()]


def test_the_right_answers_of_a_quiz_are_drawn_from() -> None:
    said = [("a", "B"), ("b", "a"), ("c", " ｂ "), ("d", "B!"), ("e", "c"), ("a", "C"), ("f", "b")]
    draw = play(QUIZ, "b", said)
    assert set(winners(draw)) < {"a", "c", "f"}
    assert len(winners(draw)) == 2
    view = draw.view()
    assert (view.answers, view.answer, view.entries) == ({"A": 1, "B": 3, "C": 1}, "B", 5)
    assert verify.faults(json.loads(json.dumps(draw.proof()))) == []


def test_the_nearest_price_wins_and_chance_decides_between_equals() -> None:
    said = [("a", "199"), ("b", "￥２０５元"), ("c", "19 5"), ("d", "about 200"), ("a", "201.50"),
            ("e", "200.999"), ("f", "9999999999")]  # fmt: skip
    draw = play(replace(PRICE, prizes=(Prize("Coat", 5),)), "200", said)
    assert winners(draw)[0] == "a", "the last of a person counts here"
    assert set(winners(draw)[1:]) == {"b", "c"}
    assert draw.view().entries == 3
    assert verify.faults(json.loads(json.dumps(draw.proof()))) == []


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("199", "CNY", 19900), ("¥1９.5", "CNY", 1950), ("19.99元", "CNY", 1999),
     ("1.999", "CNY", None), ("1.990", "CNY", 199), ("1200", "JPY", 1200),
     ("12.5", "JPY", None), ("1.234", "OMR", 1234),
     ("-5", "CNY", None), ("1e3", "CNY", None), ("٣", "CNY", None), ("", "CNY", None)],
)  # fmt: skip
def test_a_guess_is_a_price_or_nothing(text: str, currency: str, minor: int | None) -> None:
    assert verify.price_in(text, currency) == minor


def test_an_answer_cannot_be_chosen_afterwards() -> None:
    proof = json.loads(json.dumps(play(QUIZ, "B", [("a", "B"), ("b", "C")]).proof()))
    other = {**proof, "answer": "C"}
    assert "the answer is not the one that was promised" in verify.faults(other)
    for answer in ("", "D"):
        with pytest.raises(StudioError, check=lambda error: error.key == "games.no_option"):
            Draw("g", QUIZ, SEED, answer)
    with pytest.raises(StudioError, check=lambda error: error.key == "games.no_price"):
        Draw("g", PRICE, SEED, "cheap")
    with pytest.raises(StudioError, check=lambda error: error.key == "games.no_words"):
        Draw("g", replace(WORDS, keyword=""), SEED)
    ready = Draw("g", QUIZ, SEED, "B")
    assert "answer='B'" not in repr(ready.view())
    assert SEED not in repr(ready.view())


VOTE = DrawRules(
    "Which next?", (), kind="vote", counts="last",
    options=("Red coat", "Black coat", "Jeans"), products=("p-red", "p-black", "p-jeans"),
)  # fmt: skip


def test_a_vote_is_counted_by_name_and_number_and_needs_no_prize() -> None:
    said = [("a", "2"), ("b", "black COAT"), ("c", "red coat"), ("d", "4"), ("e", "no idea"),
            ("a", "3"), ("f", "２")]  # fmt: skip
    draw = play(VOTE, "", said)
    assert draw.view().answers == {"Red coat": 1, "Black coat": 2, "Jeans": 1}
    assert (draw.view().leader, draw.view().leader_product) == ("Black coat", "p-black")
    assert draw.winners() == []
    assert verify.faults(draw.proof()) == []
    tie = play(VOTE, "", [("a", "1"), ("b", "2")])
    assert (tie.view().leader, tie.view().leader_product) == ("", "")
    lucky = play(replace(VOTE, prizes=(Prize("Hat"),)), "", said)
    assert winners(lucky)[0] in "abcf", "all who voted are drawn from"
    assert verify.faults(lucky.proof()) == []


@pytest.mark.parametrize(
    "rules",
    [
        replace(VOTE, options=("Red",), products=()),
        replace(VOTE, options=("Red", "r e d"), products=()),
        replace(VOTE, options=("2", "1"), products=()),
        replace(VOTE, products=("p-red",)),
        replace(QUIZ, prizes=()),
        DrawRules("Scarf", ()),
    ],
)
def test_what_is_no_game_is_told(rules: DrawRules) -> None:
    with pytest.raises(StudioError):
        Draw("g", rules, SEED, "B" if rules.kind == "quiz" else "")


def test_a_plain_draw_is_hashed_as_ever() -> None:
    """Proofs of before hold: the rules of a draw are the same bytes as before there were games."""
    rules = DrawRules("Scarf", (Prize("Scarf"),), keyword="x")
    assert set(play(rules, "", [("a", "x")]).proof()["rules"]) == {
        "title", "prizes", "keyword", "counts", "excluded", "currency", "terms",
    }  # fmt: skip


# -- as a service -------------------------------------------------------------------------------


class Stream:
    """Comments, said by the test."""

    def __init__(self) -> None:
        self.listener: DrawListener | None = None
        self.liked = 0

    def likes(self) -> int:
        return self.liked

    def listen(self, listener: DrawListener) -> None:
        self.listener = listener

    def muted_people(self) -> set[str]:
        return {"douyin/rude"}

    def say(self, person: str, text: str) -> None:
        assert self.listener is not None
        self.listener(f"c-{person}-{text}", f"douyin/{person}", person, text)


class NoCoupons:
    """A show without coupons."""

    def get(self, id: str) -> Coupon:
        raise StudioError("not_found", "coupons.unknown", id=id, known="-")

    def stage(self, id: str) -> str:
        return "ready"

    async def claim(self, id: str, buyer: str) -> Booking:
        raise StudioError("not_found", "coupons.unknown", id=id, known="-")


class Board:
    """What viewers see."""

    language = "en"

    def __init__(self) -> None:
        self.shown: BoardSpec | None = None

    def show_board(self, spec: BoardSpec | None) -> None:
        self.shown = spec


class Room:
    """The service of one engine."""

    def __init__(self, coupons: PrizeCoupons | None = None) -> None:
        self.stream, self.events, self.heard = Stream(), Events(), list[Event]()
        self.board = Board()
        self.events.on_all(self.heard.append)
        state = State(self.events, asyncio.get_running_loop().call_soon)
        self.games = GameService(
            self.stream, coupons or NoCoupons(), self.board, self.events, state
        )

    def beacon(self) -> None:
        for number in range(BEACON):
            self.stream.say(f"later{number}", f"later {number}")

    async def until(self, check: Callable[[], object], what: str) -> None:
        end = asyncio.get_running_loop().time() + 20
        while not check():
            assert asyncio.get_running_loop().time() < end, what
            for every in self.games.every:
                every.job()
            await asyncio.sleep(0.01)


def test_a_running_game_survives_a_kill() -> None:
    """Killed open, killed closing, killed drawn: nothing is lost and nobody else wins."""

    async def body() -> None:
        first = Room()
        draw = Draw("quiz-1", replace(QUIZ, claim_s=3600), answer="B")
        first.games.put(draw)
        first.games.open(draw)
        for number in range(200):
            first.stream.say(f"u{number}", "ABC"[number % 3])
        first.stream.say("rude", "B")
        path = running_path("quiz-1", draw.commitment)

        def lines() -> int:
            return path.read_bytes().count(b"\n") if path.is_file() else 0

        until(lambda: lines() == 203, "each entry is written down")
        assert path.stat().st_mode & 0o077 == 0
        kept = first.games.checkpoint()
        with path.open("ab") as cut:  # the kill came in the middle of a line
            cut.write(b'\n{"do": "hear", "at": 1, "comm')

        second = Room()
        await second.games.restore(kept)
        again = second.games.draws["quiz-1"]
        assert again.view() == draw.view()
        digest = await second.games.close(again)
        assert draw.close(NS, {"douyin/rude"}) == digest
        second.beacon()
        for heard in again.beacon:
            draw.hear(heard, NS)
        until(lambda: lines() == 204 + 21, "end and beacon are written down")
        third = Room()
        await third.games.restore(kept)
        assert third.games.draws["quiz-1"].stage == "closing"
        await second.games.finish(again)
        draw.draw(2 * NS)
        names = winners(again)
        assert names == winners(draw)
        assert "rude" not in names
        for room in (first, second, third):
            await room.games.stop()
        fourth = Room()
        await fourth.games.restore(kept)
        drawn = fourth.games.draws["quiz-1"]
        assert winners(drawn) == names
        assert drawn.proof_path.endswith(".json")
        await fourth.games.reset()
        await fourth.games.stop()
        assert not path.exists(), "persons are forgotten with the game"

    asyncio.run(body())


def test_who_does_not_claim_is_passed_over() -> None:
    async def body() -> None:
        room = Room()
        rules = replace(WORDS, prizes=(Prize("Hat", 2),), claim_s=1, claim_word="领奖")
        draw = Draw("words-1", rules)
        room.games.put(draw)
        with pytest.raises(StudioError):
            await room.games.close(draw)
        assert draw.view().keyword == ""
        room.games.open(draw)
        assert draw.view().keyword == "我爱 帽子", "told when it opens"
        for number in range(5):
            room.stream.say(f"u{number}", "我爱帽子")
        await room.games.close(draw)
        room.beacon()
        first, second = [w["author"] for w in await room.games.finish(draw)]
        room.stream.say("u9", "领奖")
        room.stream.say(second, "领 奖")
        assert [w.get("claimed") for w in draw.view().winners] == [None, "yes"]
        await room.until(lambda: first not in winners(draw), "the next in rank has it")
        assert second in winners(draw), "who claimed keeps it"
        third = next(w for w in draw.winners() if w["author"] != second)
        room.games.claim(draw, third["entry"])
        with pytest.raises(StudioError):
            room.games.claim(draw, "0000099")
        await room.until(lambda: not draw.overdue(0), "nobody is left to be passed over")

        def written() -> dict[str, Any]:
            proof: dict[str, Any] = json.loads(Path(draw.proof_path).read_text(encoding="utf-8"))
            return proof

        await room.until(lambda: bool(written()["passed_over"]), "the proof is written again")
        proof = written()
        assert verify.faults(proof) == []
        assert len(proof["passed_over"]) >= 1
        stages = [e.stage for e in room.heard if e.name == "games.changed"]  # type: ignore[attr-defined]
        assert stages[:4] == ["ready", "open", "closing", "drawn"]
        await room.games.reset()
        await room.games.stop()

    asyncio.run(body())


def test_of_two_desks_that_draw_at_once_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    async def body() -> None:
        room, draw = Room(), Draw("words-1", WORDS)
        room.games.put(draw)
        room.games.open(draw)
        for number in range(5):
            room.stream.say(f"u{number}", "我爱帽子")
        await room.games.close(draw)
        room.beacon()
        both, whole = threading.Barrier(2), draw.is_beacon_whole

        def meeting(at_ns: int) -> bool:
            with suppress(threading.BrokenBarrierError):
                both.wait(0.1)  # where two are in it at once they go on together
            return whole(at_ns)

        monkeypatch.setattr(draw, "is_beacon_whole", meeting)
        tries = [room.games.finish(draw) for _ in range(2)]
        told = await asyncio.gather(*tries, return_exceptions=True)
        refused = [entry for entry in told if isinstance(entry, StudioError)]
        assert [error.key for error in refused] == ["games.stage"]
        await room.games.reset()
        await room.games.stop()

    asyncio.run(body())


def test_commands_keep_the_answer_out_of_sight() -> None:
    from studio.core.command import specs_of
    from studio.shop.games_commands import GameCommands

    specs: dict[str, Any] = {spec.id: spec for spec, _ in specs_of(GameCommands)}
    assert specs["games.put"].secret_args == {"answer"}


def test_entries_close_by_themselves_when_the_time_is_up() -> None:
    async def body() -> None:
        room = Room()
        draw = Draw("vote-1", replace(VOTE, open_s=3600))
        room.games.put(draw)
        assert draw.view().left_s == 0, "it begins when it is opened"
        room.games.open(draw)
        assert 3590 < draw.view().left_s <= 3600
        room.stream.say("a", "1")
        for every in room.games.every:
            every.job()
        kept = room.games.checkpoint()
        await room.games.stop()
        second = Room()
        await second.games.restore(kept)
        again = second.games.draws["vote-1"]
        assert again.opened_ns == draw.opened_ns, "a kill gives no time back"
        again.opened_ns -= 3600 * NS
        await second.until(lambda: again.stage == "closing", "it closes")
        second.stream.say("b", "2")
        assert again.view().answers["Black coat"] == 0
        await second.games.reset()
        await second.games.stop()

    asyncio.run(body())


def test_who_wins_a_coupon_has_it_booked_once(tmp_path: Path) -> None:
    """With the ledger of the shop; who does not claim has none, and a kill books none twice."""

    async def body() -> None:
        trade = Trade("coupon-prizes")
        await trade.open(hat=10)
        coupons = trade.coupons
        coupons.put(Coupon("ten", off_cents=1000, uses=3))
        room = Room(coupons)
        prize = Prize("10 off", 2, coupon="ten")
        rules = DrawRules("Coupons", (prize,), keyword="x", claim_s=3600, claim_word="claim")
        with pytest.raises(StudioError, match="other"):
            room.games.put(Draw("c-0", replace(rules, prizes=(replace(prize, coupon="other"),))))
        with pytest.raises(StudioError, match="3"):
            room.games.put(Draw("c-0", replace(rules, prizes=(replace(prize, count=4),))))
        draw = Draw("c-1", rules)
        room.games.put(draw)
        with pytest.raises(StudioError, match="ten"):
            room.games.open(draw)
        await coupons.turn("ten", "released")
        room.games.open(draw)
        for number in range(4):
            room.stream.say(f"u{number}", "x")
        await room.games.close(draw)
        room.beacon()
        first, second = [w["author"] for w in await room.games.finish(draw)]
        for every in room.games.every:
            every.job()
        assert not draw.coupons, "nobody has claimed"
        room.stream.say(first, "claim")
        await room.until(lambda: len(draw.coupons) == 1, "it is booked")
        assert [w.get("coupon") for w in draw.view().winners] == ["booked", None]
        ledger = trade.stock.need()
        held = [order.buyer for order in ledger.reservations("held")]
        assert held == [f"douyin/{first}"]
        kept = room.games.checkpoint()
        await room.games.stop()

        again = Room(coupons)
        await again.games.restore(kept)
        after = again.games.draws["c-1"]
        await again.until(lambda: len(after.coupons) == 1, "it is asked once more")
        assert len(ledger.reservations("held")) == 1
        booked = await coupons.hold("order-1", [Line("hat")], "", 1, f"douyin/{first}", "ten", None)
        assert booked.outcome == "held"
        assert json.loads(booked.note)["off_cents"] == 1000
        await coupons.turn("ten", "ended")
        again.stream.say(second, "claim")
        await again.until(lambda: len(after.coupons) == 2, "the other is told")
        assert [w["coupon"] for w in after.view().winners] == ["booked", "coupons.not_open"]
        await again.games.reset()
        await again.games.stop()
        await trade.close()

    asyncio.run(body())


def test_a_game_begins_when_the_room_has_the_likes_for_it() -> None:
    async def body() -> None:
        room = Room()
        draw = Draw("likes-1", replace(VOTE, likes=10_000))
        room.games.put(draw)
        room.games.show("likes-1")
        room.stream.liked = 8_230

        def tick() -> None:
            for every in room.games.every:
                every.job()

        tick()
        assert draw.stage == "ready"
        (view,) = room.games.view()
        assert (view.likes, view.liked) == (10_000, 8_230)
        assert room.board.shown is not None
        (row,) = room.board.shown.rows
        assert (row.name, row.count, row.share) == ("Begins at 10,000 likes", 8_230, 0.823)
        room.stream.liked = 10_002
        tick()
        assert draw.stage == "open"
        assert [event.stage for event in room.heard if isinstance(event, GameChanged)][-1] == "open"
        await room.games.stop()

    asyncio.run(body())


def test_what_keeps_a_game_back_is_told_once() -> None:
    async def body() -> None:
        room = Room()
        rules = replace(VOTE, likes=5, prizes=(Prize("Ten off", coupon="ten"),))
        draw = Draw("likes-1", rules)
        room.games.draws[draw.id] = draw
        room.stream.liked = 5
        for _ in range(3):
            for every in room.games.every:
                every.job()
        (told,) = [event for event in room.heard if isinstance(event, GameKeptBack)]
        assert "ten" in told.why
        assert draw.stage == "ready", "a person may begin it"
        await room.games.stop()

    asyncio.run(body())


def test_the_board_on_the_picture_goes_with_the_game() -> None:
    """Question, votes, time left, masked winners; off with its game, back after a kill."""

    async def body() -> None:
        room = Room()
        rules = replace(VOTE, prizes=(Prize("Hat"),), open_s=90, title="Next? call 13800138000")
        draw = Draw("v-1", rules)
        room.games.put(draw)
        assert room.board.shown is None
        room.games.show("v-1")
        shown = room.board.shown
        assert shown is not None
        assert "13800138000" not in shown.title
        assert shown.foot == ("About to begin",)
        room.games.open(draw)
        room.stream.say("Annabel", "2")
        room.stream.say("Bo", "2")
        await room.until(lambda: room.board.shown.rows[1].count == 2, "votes are seen")  # type: ignore[union-attr]
        assert room.board.shown is not None
        assert room.board.shown.rows[1].leads
        assert room.board.shown.foot[1] in ("2 joined  ·  1:30 left", "2 joined  ·  1:29 left")
        kept = room.games.checkpoint()
        await room.games.stop()

        again = Room()
        await again.games.restore(kept)
        assert again.board.shown is not None, "an engine that was killed shows it again"
        game = again.games.draws["v-1"]
        await again.games.close(game)
        again.beacon()
        await again.games.finish(game)
        assert again.board.shown.foot[-1] in ("Won by A**l", "Won by B**")
        again.games.remove(game)
        assert again.board.shown is None
        assert again.games.on_air == ""
        await again.games.stop()

    asyncio.run(body())


@pytest.mark.parametrize(
    ("name", "masked"), [("小鹿", "小**"), ("山里的风", "山**风"), ("X", "X**"), ("a b c", "a**c")]
)
def test_names_of_winners_are_masked(name: str, masked: str) -> None:
    assert masked_name(name) == masked


def test_how_others_answer_is_no_help() -> None:
    draw = play(QUIZ, "B", [("a", "A"), ("b", "B")])
    done = board_of(draw.view(), "zh")
    assert [row.count for row in done.rows] == [1, 1, 0]
    assert done.foot[0] == "答案：B"
    running = Draw("g", QUIZ, SEED, "B")
    running.open()
    running.hear(Heard("c", "douyin/a", "a", "A"), 0)
    assert [row.count for row in board_of(running.view(), "zh").rows] == [None] * 3
