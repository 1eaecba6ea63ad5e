"""Quick answers: variables come from the fact sheet; one it does not know is never sent."""

from __future__ import annotations

import asyncio

import pytest

from studio.comments.model import AudiencePart, QuickAnswer
from studio.comments.quick import fill, variables_of
from studio.comments.quick_commands import MOST_ANSWERS, QuickCommands
from studio.core.errors import StudioError
from tests.unit.comments.test_withdrawn import House

FACTS = {"price": "199元", "stock": "38", "name": "猫眼偏光墨镜"}


class Sheet:
    """The facts of one product."""

    async def facts(self, product: str) -> dict[str, str]:
        if product == "none":
            raise StudioError("conflict", "audience.none_explained")
        return FACTS


class Desk(House):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self.quick = QuickCommands(self.queue, self, Sheet())

    def reply(self, id: str, text: str):
        self.sent.append((id, text))
        return _Done()


class _Done:
    parts = ("comments",)
    result = {"feed": "chat", "waiting": 0}


@pytest.fixture
def desk():
    made = Desk()
    made.say("1", "多少钱？")
    return made


def run(job):
    return asyncio.run(job)


def test_variables_are_filled_from_the_facts_of_the_product(desk):
    desk.quick.put("价格", "{name}今天{price}，还剩{ stock }件")
    assert run(desk.quick.try_text("价格")).result == {"text": "猫眼偏光墨镜今天199元，还剩38件"}
    assert not desk.sent, "a preview sends nothing"
    done = run(desk.quick.reply("1", "价格"))
    assert desk.sent == [("1", "猫眼偏光墨镜今天199元，还剩38件")]
    assert done.result["text"] == desk.sent[0][1]
    run(desk.quick.reply("1", text="就是{price}"))
    assert desk.sent[-1] == ("1", "就是199元")


@pytest.mark.parametrize(
    ("text", "product", "key"),
    [("{size}码有货", "", "audience.no_fact"), ("{}", "", "audience.no_fact"),
     ("{price}", "none", "audience.none_explained"), (" ", "", "audience.no_answer_text"),
     ("{name}" * 40, "", "audience.reply_too_long")],
)  # fmt: skip
def test_what_cannot_be_filled_in_is_told_and_never_sent(desk, text, product, key):
    with pytest.raises(StudioError) as told:
        run(desk.quick.reply("1", text=text, product=product))
    assert told.value.key == key
    assert not desk.sent
    assert not desk.queue.get("1").is_answered
    if key == "audience.no_fact":
        assert "{price}" in told.value.in_language("en"), "and what there is"


def test_a_variable_goes_out_by_no_other_way(desk):
    with pytest.raises(StudioError) as told:
        desk.do.reply("1", "只要{price}")
    assert told.value.key == "audience.unfilled"


def test_they_belong_to_the_show_and_each_step_has_its_way_back(desk):
    first = desk.quick.put("价格", "{price}")
    again = desk.quick.put("价格", "今天{price}")
    assert again.undo == ("comments.quick_put", {"name": "价格", "text": "{price}"})
    gone = desk.quick.remove("价格")
    desk.quick.put(**gone.undo[1])
    assert desk.queue.part().answers == (QuickAnswer("价格", "今天{price}"),)
    assert desk.queue.view().answers == desk.queue.part().answers
    desk.quick.remove(**first.undo[1])
    run(desk.queue.load_rules(AudiencePart(answers=(QuickAnswer("尺码", "看详情"),)), {}))
    assert list(desk.queue.answers) == ["尺码"]
    run(desk.queue.reset())
    assert not desk.queue.answers
    with pytest.raises(StudioError) as told:
        run(desk.quick.try_text("尺码"))
    assert told.value.key == "audience.no_answer"


def test_there_are_not_too_many(desk):
    for number in range(MOST_ANSWERS):
        desk.quick.put(f"a{number}", "x")
    desk.quick.put("a0", "y")
    with pytest.raises(StudioError):
        desk.quick.put("one more", "x")


def test_braces_name_facts_and_each_once():
    assert variables_of("{price} {price} {stock} {") == ("price", "stock")
    assert fill("no variable", {}) == "no variable"
