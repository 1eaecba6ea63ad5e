"""The rundown: times that hold over midnight, summer time, pauses, kills; edits; files."""

from __future__ import annotations

import asyncio
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from studio.app.rundown_cli import import_rundown
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.instants import from_iso, iso, on_clock, parse_instant
from studio.core.service import ShowContext
from studio.core.state import State
from studio.host.rundown import service as rundown_service
from studio.host.rundown.book import drafted, put_item, remove_item
from studio.host.rundown.difference import compare_items, taken_over
from studio.host.rundown.durations import clock_s, duration_s, unit_of
from studio.host.rundown.importing import read_rundown, read_rundown_text
from studio.host.rundown.model import RundownItem, RundownPart, RundownPhase, RundownRun
from studio.host.rundown.schedule import phase_lengths, rundown_view
from studio.host.rundown.service import RundownService
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product, ShopState

GOODS = tuple(Product(f"p{n}", n, f"Product {n}", 9900) for n in range(1, 7))


@dataclass
class Clocks:
    """Both clocks of a computer, moved by hand."""

    wall: datetime = datetime(2026, 10, 24, 20, 30, tzinfo=UTC)
    ns: int = 5_000_000_000
    boot: str = "first"

    def pass_s(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.ns += round(seconds * 1e9)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    made = Clocks()
    monkeypatch.setattr(rundown_service, "utc_now", lambda: made.wall)
    monkeypatch.setattr(rundown_service, "now_ns", lambda: made.ns)
    monkeypatch.setattr(rundown_service, "boot_id", lambda: made.boot)
    return made


def service(part: RundownPart) -> RundownService:
    events = Events()
    catalogue = Catalogue()
    catalogue.load(ShopState(products=GOODS))
    made = RundownService(catalogue, events, State(events, lambda call: None))
    made.put(part)
    return made


def sixty(seconds: int = 240) -> RundownPart:
    """60 items in three phases; planned from 22:30 on the night the clocks go back in Berlin."""
    items = [RundownItem(f"i{n}", f"Item {n}", "product", seconds) for n in range(60)]
    start = parse_instant("2026-10-24 22:30", "Europe/Berlin")
    return RundownPart(iso(start), "Europe/Berlin", (
        RundownPhase("a", "A", "opening", tuple(items[:3])),
        RundownPhase("b", "B", "middle", tuple(items[3:55])),
        RundownPhase("c", "C", "closing", tuple(items[55:])),
    ))  # fmt: skip


def killed(before: RundownService) -> RundownService:
    """The next engine: the show's file and the checkpoint, through JSON as on the disk."""
    part = msgspec.convert(json.loads(msgspec.json.encode(before.save())), RundownPart)
    run = msgspec.convert(json.loads(msgspec.json.encode(before.checkpoint())), RundownRun)
    after = service(part)
    asyncio.run(after.restore(run))
    return after


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(StudioError) as caught:
        act()
    return caught.value.key


def test_sixty_items_over_midnight_summer_time_pauses_and_kills(clocks: Clocks) -> None:
    """Expected ends within 1 s of what a stopwatch beside it says, after each of 400 steps."""
    chance = random.Random(16)
    room = service(sixty())
    ends_at = clocks.wall + timedelta(seconds=60 * 240)
    assert on_clock(ends_at, "Europe/Berlin") == "10-25 02:30:00"
    room.begin()
    left = {f"i{n}": 240.0 for n in range(60)}  # the stopwatch: seconds each still needs
    here, is_paused = 0, False
    for step in range(400):
        gone = chance.choice((0.4, 3.0, 30.0, 61.5, 200.0))
        clocks.pass_s(gone)
        if not is_paused:
            left[f"i{here}"] -= gone
        what = chance.randrange(8)
        if what < 3 and here < 59:
            here, is_paused = here + 1, False
            room.go(f"i{here}")
        elif what == 3:
            is_paused = not is_paused
            room.pause(on=is_paused)
        elif what == 4:
            clocks.pass_s(7.25)  # nobody runs meanwhile
            if not is_paused:
                left[f"i{here}"] -= 7.25
            if chance.random() < 0.3:
                clocks.boot, clocks.ns = f"boot {step}", chance.randrange(10**9, 10**12)
            room = killed(room)
        view = room.view()
        rest = max(0.0, left[f"i{here}"]) + 240 * (59 - here)
        expected = clocks.wall + timedelta(seconds=rest)
        assert abs((from_iso(view.expected_end_utc) - expected).total_seconds()) < 1, step
        for number, item in enumerate(view.items[here:], here):
            within = max(0.0, left[f"i{here}"]) + 240 * (number - here)
            end = clocks.wall + timedelta(seconds=within)
            assert abs((from_iso(item.expected_end_utc) - end).total_seconds()) < 1, (step, number)
        assert view.now == f"i{here}"
        assert all(item.over_s >= 0 for item in view.items if item.state == "now")
    assert here > 40, "it went far enough to cross midnight and the change of clocks"
    assert clocks.wall > datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "past the change of clocks"


def test_a_computers_clock_that_is_set_changes_no_length(clocks: Clocks) -> None:
    room = service(sixty())
    room.begin()
    clocks.pass_s(100)
    clocks.wall += timedelta(minutes=5)  # somebody set it right
    view = room.view()
    assert view.items[0].over_s == 0
    assert view.items[0].ends_utc == iso(clocks.wall + timedelta(seconds=140))
    assert view.expected_end_utc == iso(clocks.wall + timedelta(seconds=140 + 59 * 240))


def test_planned_ends_are_real_time_in_the_night_of_25_hours() -> None:
    view = rundown_view(sixty(), RundownRun(), datetime(2026, 10, 24, 12, tzinfo=UTC))
    end = from_iso(view.planned_end_utc)
    assert on_clock(end, "Europe/Berlin") == "10-25 02:30:00"
    assert end - from_iso(view.start_utc) == timedelta(hours=4)
    spring = parse_instant("2026-03-29 01:30", "Europe/Berlin")
    assert on_clock(spring + timedelta(hours=1), "Europe/Berlin") == "03-29 03:30:00"


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("2026-03-29 02:30", "Europe/Berlin", "rundown.skipped_time"),
        ("2026-10-25 02:30", "Europe/Berlin", "rundown.double_time"),
        ("2026-10-25 20:00", "Mars/Olympus", "rundown.no_zone"),
        ("2026-10-25 20:00", "../etc/passwd", "rundown.no_zone"),
        ("tonight", "Europe/Berlin", "rundown.no_time"),
        ("0001-01-01 00:00", "Asia/Shanghai", "rundown.no_time"),
        ("9999-12-31 23:59", "Asia/Shanghai", "rundown.no_time"),
    ],
)
def test_a_time_that_is_none_is_said(text: str, zone: str, said: str) -> None:
    with pytest.raises(StudioError) as caught:
        parse_instant(text, zone)
    assert caught.value.key == said
    assert parse_instant("2026-10-25T02:30+01:00", zone if "Berlin" in zone else "").hour == 1


def test_overrun_is_shown_and_caught_up_as_proposed(clocks: Clocks) -> None:
    room = service(sixty())
    room.begin()
    clocks.pass_s(240 + 300)
    view = room.view()
    assert (view.late_s, view.items[0].over_s, view.short_s) == (300, 300, 0)
    assert sum(line.before_s - line.seconds for line in view.proposal) == 300
    assert all(line.seconds >= 144 for line in view.proposal)
    commands = room.commands()[0]
    done = commands.catch_up()  # type: ignore[attr-defined]
    assert room.view().late_s == 0
    assert room.view().expected_end_utc != view.expected_end_utc
    room.put(msgspec.convert(done.undo[1]["rundown"], RundownPart))
    assert room.part == sixty()


def test_what_cannot_be_caught_up_is_said(clocks: Clocks) -> None:
    room = service(sixty(10))
    room.begin()
    clocks.pass_s(1_000)
    view = room.view()
    assert view.short_s == view.late_s - 59 * 4
    assert view.short_s > 0


def test_one_goes_back_and_skips(clocks: Clocks) -> None:
    room = service(sixty())
    room.begin()
    for id in ("i1", "i4"):
        clocks.pass_s(60)
        room.go(id)
    states = [item.state for item in room.view().items[:6]]
    assert states == ["done", "done", "skipped", "skipped", "now", "next"]
    room.go("i2")
    states = [item.state for item in room.view().items[:6]]
    assert states == ["done", "done", "now", "next", "done", "later"]
    room.end()
    view = room.view()
    assert (view.stage, view.now, view.next) == ("ended", "", "")
    assert {item.state for item in view.items[5:]} == {"skipped"}


def test_the_shares_of_the_three_phases() -> None:
    for minutes in range(1, 600):
        opening, middle, closing = phase_lengths(minutes * 60)
        assert opening + middle + closing == minutes * 60
        if minutes >= 100:
            assert (opening, closing) == (600, 1200)
        assert middle >= 0.7 * minutes * 60 - 1
    part = drafted(GOODS, 180 * 60, "", "", "zh")
    assert [phase.seconds for phase in part.phases] == [600, 9000, 1200]
    assert [item.product for item in part.phases[1].items] == [p.id for p in GOODS]
    assert drafted((), 40 * 60, "", "", "en").seconds == 2400


def test_a_middle_that_is_too_short_is_pointed_out() -> None:
    part = RundownPart(phases=(
        RundownPhase("a", kind="opening", items=(RundownItem("1", seconds=1800),)),
        RundownPhase("b", kind="middle", items=(RundownItem("2", seconds=3600, product="gone"),)),
        RundownPhase("c", kind="closing", items=(RundownItem("3", "x", "break", 1800),),
                     allows=("talk",)),
    ))  # fmt: skip
    context = ShowContext(Path(), parts={"shop": ShopState(products=GOODS)})
    found = {finding.error.key for finding in RundownService.validate(part, context)}
    assert found == {"rundown.middle_short", "rundown.no_product", "rundown.not_allowed"}


def test_items_are_put_moved_and_removed() -> None:
    part = sixty()
    part = put_item(part, RundownItem("new", "New", "game", 60), "b", 0)
    assert part.phases[1].items[0].id == "new"
    part = put_item(part, RundownItem("i0", "First", "talk", 30))
    assert part.phases[0].items[0].title == "First"
    part = put_item(part, part.phases[0].items[0], "c", 1)
    assert part.phases[2].items[1].id == "i0"
    assert len(remove_item(part, "new").items) == 60
    assert refused(lambda: put_item(part, RundownItem("x"), "nowhere")) == "rundown.no_phase"


def test_what_is_on_stays_in_the_rundown(clocks: Clocks) -> None:
    room = service(sixty())
    room.begin()
    assert refused(lambda: room.put(RundownPart())) == "rundown.is_on"
    assert refused(room.begin) == "rundown.runs"
    odd = RundownRun("running", "soon", 1, item="i1")
    assert refused(lambda: room.put_run(odd)) == "rundown.no_instant"


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "head", "seconds"),
    [
        ("10", "时长", 600), ("10", "时长(秒)", 10), ("1.5", "Duration (min)", 90),
        ("10分钟", "时长", 600), ("1小时5分", "时长", 3900), ("2分30秒", "", 150),
        ("1h 5m", "", 3900), ("00:10:00", "", 600), ("2:30", "", 150), ("90s", "", 90),
        ("１０分", "", 600),
    ],
)  # fmt: skip
def test_lengths_as_people_write_them(text: str, head: str, seconds: int) -> None:
    assert duration_s(text, unit_of(head)) == seconds


@pytest.mark.parametrize("text", ["", "soon", "10 apples", "-5", "1:2:3:4", "十分钟左右吧"])
def test_no_length(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        duration_s(text)


def test_times_of_day() -> None:
    assert [clock_s(t) for t in ("20:00", "8:05 pm", "2026-11-29 23:59:30", "00:00")] == [
        72000, 72300, 86370, 0,
    ]  # fmt: skip


SHEET = (
    "阶段,时间段,环节,商品,备注\n开场,23:40-23:55,欢迎,,\n"
    "主推,23:55-00:20,讲墨镜,1,★价格\n主推,00:20-00:30,抽奖,,\n"
)


def test_a_sheet_over_midnight_and_its_difference() -> None:
    read = read_rundown_text(SHEET, GOODS)
    assert [(i.title, i.seconds, i.kind, i.product) for i in read.items] == [
        ("欢迎", 900, "talk", ""), ("讲墨镜", 1500, "product", "p1"), ("抽奖", 600, "game", ""),
    ]  # fmt: skip
    lines = compare_items(RundownPart(), read)
    assert [line.what for line in lines] == ["new"] * 3
    part = taken_over(RundownPart(), read, {line.id for line in lines})
    assert [(p.name, len(p.items)) for p in part.phases] == [("开场", 1), ("主推", 2)]
    assert compare_items(part, read) == []
    other = SHEET.replace("23:40-23:55", "23:30-23:55").replace(",抽奖,", ",福利秒杀,")
    changed = read_rundown_text(other, GOODS)
    lines = compare_items(part, changed)
    assert sorted(line.what for line in lines) == ["gone", "new", "seconds"]
    chosen = {line.id for line in lines if line.what == "seconds"}
    assert [i.seconds for i in taken_over(part, changed, chosen).items] == [1500, 1500, 600]
    after = taken_over(part, changed, {line.id for line in lines})
    assert [i.title for i in after.items] == ["欢迎", "讲墨镜", "福利秒杀"]
    assert after.items[1].id == part.items[1].id


def test_another_order_is_a_line_of_its_own() -> None:
    part = sixty()
    rows = [f"{item.title},4" for item in (part.items[1], part.items[0], *part.items[2:])]
    read = read_rundown_text("title,minutes\n" + "\n".join(rows))
    lines = compare_items(part, read)
    assert [line.what for line in lines] == ["order"]
    assert [i.id for i in taken_over(part, read, {"order"}).items[:3]] == ["i1", "i0", "i2"]


def test_subtitles_in_gb2312(tmp_path: Path) -> None:
    file = tmp_path / "script.srt"
    text = (
        "1\r\n00:00:01,000 --> 00:00:04,500\r\n大家好，欢迎\r\n\r\n"
        "2\r\n00:00:06,000 --> 00:00:16,000\r\n今天讲墨镜\r\n"
    )
    file.write_bytes(text.encode("gb2312"))
    read = read_rundown(str(file))
    assert [(i.title, i.seconds) for i in read.items] == [("大家好，欢迎", 5), ("今天讲墨镜", 10)]


def test_ontime_sofie_and_word(tmp_path: Path) -> None:
    events = [
        {"type": "block", "title": "Opening"},
        {"type": "event", "title": "Welcome", "timeStart": 0, "duration": 600000},
        {"type": "event", "title": "Cut", "duration": 1, "skip": True},
        {"type": "event", "title": "Bad", "duration": "long"},
    ]
    read = read_rundown_text(json.dumps({"rundown": events}))
    assert [(i.title, i.seconds, i.phase) for i in read.items] == [("Welcome", 600, "Opening")]
    assert [fault.why for fault in read.faults] == ["rundown.row.no_duration"]
    entries = {str(n): event for n, event in enumerate(events)}
    whole = {"rundowns": {"a": {"entries": entries, "order": ["1", "0"]}}}
    assert read_rundown_text(json.dumps(whole)).items[0].title == "Welcome"
    sofie: dict[str, Any] = {
        "segments": [
            {
                "name": "S",
                "parts": [{"name": "P", "payload": {"expectedDuration": 30000, "script": "Hello"}}],
            }
        ]
    }
    item = read_rundown_text(json.dumps(sofie)).items[0]
    assert (item.title, item.seconds, item.note, item.phase) == ("P", 30, "Hello", "S")
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    rows = "".join(
        "<w:tr>" + "".join(cell.format(text) for text in row) + "</w:tr>"
        for row in (("环节", "时长"), ("开场", "10"), ("收尾", "5分钟"))
    )
    word = tmp_path / "rundown.docx"
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{name}">{rows}</w:document>')
    assert [i.seconds for i in read_rundown(str(word)).items] == [600, 300]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "rundown.no_heads"),
        ("title,minutes\n", "rundown.nothing_read"),
        ('{"rundown": []}', "rundown.nothing_read"),
        ("环节,时长\n" + "x,1\n" * 501, "rundown.too_many"),
    ],
)
def test_a_file_that_is_no_rundown_is_said(text: str, said: str) -> None:
    with pytest.raises(StudioError) as caught:
        read_rundown_text(text)
    assert caught.value.key == said


def test_two_heads_and_rows_that_say_nothing() -> None:
    """A title over the heads, the heads, and one row whose time nobody can read."""
    read = read_rundown_text(
        "双十一流程表,,\n环节,时长(分钟),备注\n欢迎,10,\n讲品,差不多,\n返场,5,\n"
    )
    assert [i.title for i in read.items] == ["欢迎", "返场"]
    assert [(fault.row, fault.value) for fault in read.faults] == [(4, "差不多")]


def test_a_show_whose_goods_cannot_be_read_names_the_field(tmp_path: Path) -> None:
    show = tmp_path / "broken.show"
    show.mkdir()
    (show / "show.json").write_text(
        '{"schema": 1, "name": "x", "shop": {"products": [{"id": 5}]}}', encoding="utf-8"
    )
    with pytest.raises(StudioError) as told:
        import_rundown(show, tmp_path / "any.csv", print, accept=False, as_json=False)
    assert told.value.key == "show.broken"
    assert "products" in told.value.in_language("en")
