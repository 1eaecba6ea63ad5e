"""An incident afterwards: an ordered timeline, its cost, its review, what is kept from whom."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from msgspec.structs import replace

import studio.plans.triggers as folder
from studio.core.clock import local_date, seconds_of, utc_iso, utc_of, zone_s
from studio.core.command import Bus, CommandRan, Role, specs_of
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.happening import Happening
from studio.core.registry import discover
from studio.core.report_html import escape
from studio.core.report_pdf import make_pdf
from studio.core.state import State
from studio.core.text import Text
from studio.core.usual_sales import UsualSales
from studio.governance.audit import Signer
from studio.governance.database import open_database
from studio.governance.signing import DocumentSigner, verify_file
from studio.insight.happenings import JournalWindow
from studio.insight.journal import Journal
from studio.plans.action_commands import ActionCommands
from studio.plans.commands import PlanCommands
from studio.plans.incident_commands import IncidentCommands
from studio.plans.incident_store import IncidentStore
from studio.plans.incidents.book import IncidentBook
from studio.plans.incidents.losses import orders_lost, output_losses
from studio.plans.incidents.model import OrdersLost, OutputLoss, Review, UsualLost
from studio.plans.incidents.page import report_page
from studio.plans.incidents.paper import report_paper
from studio.plans.incidents.report import Surroundings, make_report
from studio.plans.incidents.severity import severity
from studio.plans.incidents.why import moment_utc, why_scene
from studio.plans.model import Incident, Moment, PlanText, Told
from studio.plans.runner import Plans
from studio.plans.triggers.base import Situation, Trigger

BEGAN_S = 1_793_622_000.0
MINUTES = 10
SECRET = "玛丽晕倒了"


def words(text: str) -> PlanText:
    return PlanText(text, text)


def made_incident(id: str = "20261102-122000-1", *, secret: bool = False) -> Incident:
    cause = words(SECRET if secret else "cam is lost")
    incident = Incident(
        id, "unwell" if secret else "source_lost", words("Host" if secret else "Lost"), cause,
        utc_of(BEGAN_S), "trigger", "saved", 400, 598_000, MINUTES * 60_000,
        level="amber", is_confidential=secret,
    )  # fmt: skip
    incident.timeline = [
        Moment(utc_of(BEGAN_S), 0, cause),
        Moment(utc_of(BEGAN_S + 0.4), 400, words(f"step of {cause.en}")),
        Moment(utc_of(BEGAN_S + 598), 598_000, words("gone")),
    ]
    return incident


class Memory(dict):
    """Keeps secrets."""

    def get(self, name: str) -> str:  # type: ignore[override]
        return super().get(name, "")

    def set(self, name: str, value: str) -> None:
        self[name] = value


class Never:
    """Knows no own shows."""

    async def usual_sales(self, began_utc, took_s):
        return UsualSales(3)


class Known:
    """Names of a show."""

    def standby_scenes(self):
        return frozenset({"垫片"})

    def command_labels(self):
        return {"scenes.standby": (Text("垫片", "Standby"), False)}


def write_journal(path: Path, *incidents: Incident) -> None:
    """Ten minutes of a busy show before incidents, and ten of theirs."""
    Journal(path, "show").close()
    rng, rows = random.Random(1), []

    def add(at_s: float, name: str, data: dict, **more: object) -> None:
        rows.append((
            1, round((at_s - 1_000_000_000) * 1e9), utc_of(at_s), name,
            json.dumps(data, ensure_ascii=False), more.get("sku", ""), more.get("cents"),
            "CNY" if more.get("cents") else "",
        ))  # fmt: skip

    def stream(at_s: float, state: str, before: str) -> None:
        status = {"kind": "rtmp", "canvas": "landscape"}
        data = {"output": "抖音", "state": state, "before": before, "status": status}
        add(at_s, "outputs.changed", data)

    def ran(at_s: float, command: str, origin: str, **args: object) -> None:
        data = {"command": command, "args": args, "ok": True, "origin": origin, "error": ""}
        add(at_s, "command.ran", data)

    stream(BEGAN_S - 700, "live", "connecting")
    for second in range(-600, MINUTES * 60, 2):
        for _ in range(rng.randint(0, 6)):
            add(BEGAN_S + second, "comments.received", {"entry": {"text": "hello"}})
        if second < 0 and second % 10 == 0:
            add(BEGAN_S + second, "insight.sold", {"units": 1}, sku="hat", cents=9900)
    for incident in incidents:
        cause = {"zh": incident.cause.zh, "en": "-"}
        data = {"plan": incident.plan, "incident": incident.id, "cause": cause}
        add(BEGAN_S, "plans.started", data)
        add(BEGAN_S + 0.4, "scenes.taken", {"scene": "垫片", "before": "主播", "canvas": ""})
        ran(BEGAN_S + 0.401, "scenes.standby", f"plan:{incident.plan}")
        text = {"zh": incident.timeline[1].text.zh, "en": incident.timeline[1].text.en}
        add(BEGAN_S + 0.5, "roles.told", {"role": "owner", "text": text})
    stream(BEGAN_S + 20, "reconnecting", "live")
    stream(BEGAN_S + 50, "live", "reconnecting")
    for number in range(300):
        ran(BEGAN_S + 60 + number, "shop.card", "desk", product=number)
    add(BEGAN_S + 400, "insight.sold", {"units": 2}, sku="hat", cents=19800)
    add(BEGAN_S + 420, "insight.alarm", {"label": {"zh": "在线", "en": "Online"}, "value": 3})
    add(BEGAN_S + 598, "scenes.taken", {"scene": "主播", "before": "垫片", "canvas": ""})
    rows.sort(key=lambda row: row[1])
    with closing(open_database(path)) as base, base.transaction():
        base.executemany(
            "INSERT INTO entries (run, at_ns, at_utc, name, data, sku, value_cents, currency, "
            "show, scene) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'show', '')", rows,
        )  # fmt: skip


@pytest.fixture
def past(tmp_path: Path) -> JournalWindow:
    write_journal(tmp_path / "journal.db", made_incident())
    return JournalWindow(tmp_path / "journal.db", lambda: tmp_path)


# -- the timeline and what it cost -----------------------------------------------------------


def test_a_ten_minute_report_is_ordered_complete_and_quick(past, tmp_path):
    began = time.perf_counter()
    report = make_report(made_incident(), Surroundings(past, Known().command_labels()), Review())
    page = report_page(report, past.picture, "zh")
    assert time.perf_counter() - began < 10
    times = [line.at_ms for line in report.lines]
    assert times == sorted(times)
    cards = [line for line in report.lines if "shop.card" in line.text[0]]
    assert len(cards) == 300
    assert {"plan", "scene", "command", "output", "sale", "alarm", "comments", "told"} == {
        line.kind for line in report.lines
    }
    with closing(open_database(tmp_path / "journal.db")) as base:
        within = base.execute(
            "SELECT count(*) FROM entries WHERE name = 'comments.received' AND at_utc >= ?",
            (utc_of(BEGAN_S - 60),),
        ).fetchone()[0]
    said = [int(re.search(r"(\d+) comments", line.text[1])[1])
            for line in report.lines if line.kind == "comments"]  # fmt: skip
    assert sum(said) == within
    assert "hello" not in page  # nobody's words
    assert not report.is_cut
    assert "<script" not in page


def test_the_cost_counts_each_moment_once_and_says_what_it_was(past):
    report = make_report(made_incident(), Surroundings(past), Review())
    (loss,) = report.outputs
    # Standby from 0.4 s to 598 s (known from the journal alone), down for 30 s within it.
    assert loss.down_s == 30.0
    assert loss.standby_s == pytest.approx(597.6, abs=0.01)
    assert loss.off_s == pytest.approx(597.6, abs=0.01)
    assert report.severity == "S1"
    orders = report.orders
    assert orders.is_known
    assert orders.expected == pytest.approx(60, rel=0.02)  # one in ten seconds before
    assert orders.sold == 2
    assert orders.lost == pytest.approx(58, rel=0.03)
    assert orders.cents == pytest.approx(58 * 9900, rel=0.03)


def test_states_of_outputs_are_counted_as_viewers_see_them():
    def changed(output, state, kind="rtmp"):
        data = {"output": output, "state": state, "status": {"kind": kind, "canvas": "landscape"}}
        return Happening(1, 1, 0, "", "outputs.changed", data)

    before = [changed("a", "live"), changed("idle", "connecting"), changed("gone", "live"),
              changed("gone", "stopped"), changed("tape", "recording", "file")]  # fmt: skip
    within = [(10.0, changed("a", "standby")), (14.0, changed("a", "reconnecting")),
              (15.0, changed("a", "connecting")), (18.0, changed("a", "live")),
              (90.0, changed("a", "failed"))]  # fmt: skip
    losses = {o.output: o for o in output_losses(before, within, [("portrait", (0, 9))], 100.0)}
    assert set(losses) == {"a", "tape"}
    assert (losses["a"].clip_s, losses["a"].down_s, losses["a"].off_s) == (4.0, 14.0, 18.0)
    assert losses["a"].standby_s == 0.0  # another canvas
    assert not losses["tape"].is_stream


@pytest.mark.parametrize(
    ("units", "basis_s", "is_known"), [(4, 600, False), (5, 299, False), (5, 300, True)]
)
def test_without_a_basis_there_is_no_forecast(units, basis_s, is_known):
    sold = Happening(1, 1, 0, "", "insight.sold", {"units": 1})
    orders = orders_lost([sold] * units, [], basis_s, 60)
    assert orders.is_known is is_known
    assert orders.lost == (0.0 if not is_known else pytest.approx(units * 60 / basis_s, abs=0.01))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_own_shows_say_what_would_have_been_sold(past, language):
    usual = UsualSales(7, 80.0, 60.5, 99.5, 9900.0, "CNY")
    report = make_report(made_incident(), Surroundings(past, usual=usual), Review())
    assert report.usual.is_known
    assert report.usual.lost == 78.0
    assert report.usual.cents == 78 * 9900
    page = report_page(report, lambda _: None, language)
    paper = report_paper(report, lambda _: None, language).data
    for text in (page, paper):
        assert "60.5–99.5" in text
        assert "7 场" in text or "7 own shows" in text
        assert "45.96" in text  # the trivial baseline stands beside it, with its own band
    few = make_report(made_incident(), Surroundings(past, usual=UsualSales(4)), Review())
    assert (few.usual.is_known, few.usual.lost) == (False, 0.0)
    words = report_page(few, lambda _: None, language)
    told = {"zh": "不知道：开到这个时候的自己场次不足 5 场", "en": "not known: fewer than five"}
    assert told[language] in words


def test_severity_goes_by_own_shows_where_they_are_known():
    orders = OrdersLost(True, 60, 46, 74, 40, 20)
    calm = UsualLost(True, 9, 41.0, 30.0, 52.0, 1.0)
    assert severity(made_incident(), (), orders, UsualLost(), Review())[0] == "S1"
    assert severity(made_incident(), (), orders, calm, Review())[0] == "S4"


@pytest.mark.parametrize(
    ("off", "level", "state", "expected"),
    [([31, 40], "amber", "saved", "S1"), ([31, 0], "amber", "saved", "S2"),
     ([0], "red", "failed", "S1"), ([0], "red", "saved", "S2"), ([0], "amber", "failed", "S2"),
     ([6], "amber", "saved", "S3"), ([1], "amber", "saved", "S4"), ([], "green", "saved", "S4")],
)  # fmt: skip
def test_severity_by_rule_says_its_rule(off, level, state, expected):
    incident = made_incident()
    incident.level, incident.state = level, state
    losses = tuple(OutputLoss(str(n), off_s=float(s)) for n, s in enumerate(off))
    grade, why = severity(incident, losses, OrdersLost(), UsualLost(), Review())
    assert grade == expected
    assert all(why)
    by_hand = Review(severity="S4", severity_why="a test", by="Li")
    assert severity(incident, losses, OrdersLost(), UsualLost(), by_hand) == (
        "S4",
        ("a test (Li)",) * 2,
    )


def test_a_clock_that_was_set_leaves_the_order(tmp_path):
    """The wall clock jumped back an hour in the middle; the monotonic one goes on."""
    path = tmp_path / "journal.db"
    incident = made_incident()
    write_journal(path, incident)
    with closing(open_database(path)) as base:
        rows = base.execute("SELECT id, at_utc FROM entries WHERE at_utc > ?",
                            (utc_of(BEGAN_S + 100),)).fetchall()  # fmt: skip
        for id, at_utc in rows:
            back = utc_of(seconds_of(at_utc) - 20)
            base.execute("UPDATE entries SET at_utc = ? WHERE id = ?", (back, id))
    report = make_report(incident, Surroundings(JournalWindow(path, lambda: tmp_path)), Review())
    numbers = [
        int(m[1]) for line in report.lines if (m := re.search(r"product=(\d+)", line.text[0]))
    ]
    assert numbers == list(range(300))


def test_why_standby_at_a_time(past):
    at = utc_of(BEGAN_S + 100)
    why = why_scene(at, past, [made_incident()])
    assert why.incident == made_incident().id
    assert "cam is lost" in why.en
    assert "source_lost" not in why.en or "Lost" in why.en
    before = utc_of(BEGAN_S - 3600)
    with pytest.raises(StudioError):
        why_scene(before, past, [])


def test_times_are_read_as_people_type_them():
    now = "2026-11-29T12:00:30.000Z"
    local = seconds_of(now) + zone_s(seconds_of(now))
    typed = utc_of(local - 60)[11:16]
    assert 0 <= seconds_of(now) - seconds_of(moment_utc(typed, now)) <= 60
    later = utc_of(local + 3600)[11:16]  # has not come today: yesterday's
    assert seconds_of(moment_utc(later, now)) < seconds_of(now) - 80_000
    assert moment_utc("", now) == now
    assert moment_utc("2026-11-29T12:00:00Z", now) == "2026-11-29T12:00:00.000Z"
    for odd in ("25:00", "20:61", "soon", "1e9", "20:41:99"):
        with pytest.raises(StudioError):
            moment_utc(odd, now)


# -- rights, reviews, actions ----------------------------------------------------------------


class Room:
    """The commands of incidents, without an engine."""

    def __init__(self, path: Path) -> None:
        loop = asyncio.get_running_loop()
        self.told: list[object] = []
        events = Events()
        events.on_all(self.told.append)
        self.bus = Bus(events, State(events, loop.call_soon))
        look = lambda: Situation(0, None, {}, {})  # noqa: E731
        plans = Plans(self.bus, discover(folder, Trigger), look, events.publish, lambda: None)
        self.store, self.book = IncidentStore(path / "incidents.db"), IncidentBook(path / "r.json")
        past = JournalWindow(path / "journal.db", lambda: path)
        signer = DocumentSigner(lambda: Signer(Memory()))
        self.incidents = IncidentCommands(
            plans, self.store, self.book, past, Never(), Known(), signer
        )
        self.actions = ActionCommands(self.book, self.incidents.find)
        self.owners = (PlanCommands(plans, self.store, self.book), self.incidents, self.actions)
        for owner in self.owners:
            self.bus.add(owner)
        self.plans = plans

    async def run(self, id: str, role: Role = Role.OWNER, /, **args: object) -> object:
        done = await self.bus.run(id, args, role=role, origin="desk")
        return done.result


def with_room(path: Path, body) -> None:
    async def run() -> None:
        room = Room(path)
        try:
            await body(room)
        finally:
            await room.store.close()

    asyncio.run(run())


def test_what_is_confidential_stays_so_for_every_command(tmp_path):
    """Over all commands of incidents and actions, so that a new one is caught too."""
    hidden, open_ = made_incident("H-1", secret=True), made_incident("O-1")
    write_journal(tmp_path / "journal.db", hidden, open_)
    args: dict[str, dict[str, object]] = {
        "plans.note": {"text": "x"}, "incidents.review": {"summary": "x"},
        "incidents.grade": {"severity": "S1", "why": "x"},
        "actions.put": {"what": "x", "owner": "Li", "until": "2026-12-01"},
        "incidents.list": {"text": SECRET}, "incidents.cases": {"text": SECRET},
        "incidents.why": {"at": utc_of(BEGAN_S + 100)},
    }  # fmt: skip

    async def body(room):
        for incident in (hidden, open_):
            room.plans.incidents.append(incident)
            room.store.put(incident)
        await room.run("incidents.review", incident="H-1", summary=SECRET, learned=SECRET)
        made = await room.run("actions.put", incident="H-1", what=SECRET, owner=SECRET,
                              until=local_date())  # fmt: skip
        tried, refused = set(), []
        for owner in room.owners:
            for spec, _ in specs_of(owner):
                names = spec.args.__struct_fields__
                given = dict(args.get(spec.id, {}))
                if "incident" in names:
                    given["incident"] = "H-1"
                if "action" in names and spec.id != "actions.restore":
                    given["action"] = made["action"]
                if spec.id == "actions.restore":
                    given["action"] = {"id": "A1", "incident": "H-1", "what": "", "owner": "",
                                       "until": ""}  # fmt: skip
                for id in ("H-1", "O-1") if spec.id in ("incidents.show",) else ("H-1",):
                    if "incident" in names and spec.id != "plans.answer":
                        given["incident"] = id
                    try:
                        found = await room.run(spec.id, Role.TECHNICIAN, **given)
                    except StudioError as error:
                        refused.append(error.in_language("zh"))
                        continue
                    tried.add(spec.id)
                    assert SECRET not in json.dumps(found, ensure_ascii=False, default=str), spec.id
                    assert SECRET not in str(found)
        assert SECRET not in str(refused)
        assert {"incidents.list", "incidents.show", "actions.list", "plans.incidents"} <= tried
        file = tmp_path / "o.html"
        await room.run("incidents.report", Role.TECHNICIAN, incident="O-1", file=str(file))
        assert SECRET not in file.read_text(encoding="utf-8")
        assert SECRET not in str(room.actions.view())
        room.plans.told.append(Told(utc_iso(), "owner", words(SECRET), "red", "H-1"))
        room.plans.told.append(Told(utc_iso(), "owner", words("seen"), "red", "O-1"))
        assert SECRET not in str(room.owners[0].view())
        assert "seen" in str(room.owners[0].view().told)
        due = await room.actions.chase()
        assert due
        assert SECRET not in str(due)
        ran = [event for event in room.told if isinstance(event, CommandRan)]
        assert ran
        assert SECRET not in str([e for e in ran if e.command not in args or "text" not in e.args])
        whole = await room.run("incidents.list", text=SECRET)
        assert [row["id"] for row in whole["incidents"]] == ["H-1"]  # the owner's search
        await room.run("incidents.confide", incident="H-1", on=False)
        seen = await room.run("incidents.list", Role.VIEWER)
        assert {row["id"] for row in seen["incidents"]} == {"H-1", "O-1"}

    with_room(tmp_path, body)


def test_an_action_is_chased_daily_until_it_is_done_and_holds_the_case_open(tmp_path):
    incident = made_incident()

    async def body(room):
        room.store.put(incident)
        made = await room.run("actions.put", incident=incident.id, what="spare cable", owner="Li",
                              until=local_date())  # fmt: skip
        late = await room.run("actions.put", incident=incident.id, what="drill", owner="Wu",
                              until="2020-01-01")  # fmt: skip
        await room.run("actions.put", incident=incident.id, what="later", owner="Wu",
                       until="2199-01-01")  # fmt: skip
        assert {e.action for e in await room.actions.chase()} == {made["action"], late["action"]}
        assert await room.actions.chase() == []  # once a day
        again = IncidentBook(tmp_path / "r.json")  # the next engine
        again.read()
        assert await ActionCommands(again, room.incidents.find).chase() == []
        yesterday = [replace(a, chased_day="2026-01-01") for a in room.book.actions()]
        await room.book.put_actions(yesterday)
        assert [e.chased for e in await room.actions.chase()] == [2, 2]
        assert room.actions.view().late == 1
        with pytest.raises(StudioError) as told:
            await room.run("incidents.close", incident=incident.id)
        assert late["action"] in str(told.value)
        for action in room.book.actions():
            await room.run("actions.done", action=action.id)
        await room.run("incidents.close", incident=incident.id)
        assert (await room.run("incidents.list"))["incidents"][0]["is_closed"]
        assert await room.actions.chase() == []

    with_room(tmp_path, body)


def test_what_people_said_is_taken_back_by_the_undo_of_each_command(tmp_path):
    incident = made_incident()

    async def body(room):
        room.store.put(incident)
        made = await room.run("actions.put", incident=incident.id, what="a", owner="b",
                              until="2026-12-01")  # fmt: skip
        id = made["action"]
        for command, args in (
            ("incidents.review", {"summary": "s", "whys": ["1", "2"], "learned": "l"}),
            ("incidents.grade", {"severity": "S1", "why": "w"}),
            ("incidents.confide", {"on": True}),
            ("actions.put", {"action": id, "what": "c", "owner": "d", "until": "2027-01-01"}),
            ("actions.put", {"what": "new", "owner": "d", "until": "2027-01-01"}),
            ("actions.done", {"action": id}),
            ("incidents.close", {"incident": incident.id}),
            ("actions.remove", {"action": id}),
        ):  # fmt: skip
            if not command.startswith("actions.") or command == "actions.put":
                args = {"incident": incident.id, **args}
            if command == "incidents.close":
                await room.run("actions.done", action=id)
            before = said(room, incident)
            done = await room.bus.run(command, args, role=Role.OWNER)
            assert said(room, incident) != before, command
            await room.bus.run(done.undo[0], done.undo[1], role=Role.OWNER)
            assert said(room, incident) == before, command

    with_room(tmp_path, body)


def said(room: Room, incident: Incident) -> object:
    review = replace(room.book.review(incident.id), at_utc="", by="")
    return review, room.book.actions(), room.book.is_hidden(incident)


def test_words_that_cannot_be_read_are_put_aside_and_nothing_is_lost(tmp_path):
    path = tmp_path / "r.json"
    path.write_bytes(b'{"reviews": {"x": 3}}')
    book = IncidentBook(path)
    book.read()
    assert not path.exists()
    assert path.with_suffix(".unreadable.json").read_bytes() == b'{"reviews": {"x": 3}}'
    asyncio.run(book.put_review("x", Review(learned="kept", at_utc=utc_iso())))
    again = IncidentBook(path)
    again.read()
    assert again.cases() == ["x"]


@pytest.mark.parametrize(
    ("command", "args"),
    [("actions.put", {"what": " ", "owner": "Li", "until": "2026-12-01"}),
     ("actions.put", {"what": "a", "owner": "Li", "until": "2026-13-01"}),
     ("actions.put", {"what": "a", "owner": "Li", "until": "soon"}),
     ("incidents.grade", {"severity": "S1"}), ("incidents.grade", {"severity": "S9", "why": "x"}),
     ("incidents.review", {"whys": ["1"] * 6}), ("incidents.show", {"incident": "none"}),
     ("actions.done", {"action": "A99"})],
)  # fmt: skip
def test_bad_input_is_refused_in_words(tmp_path, command, args):
    async def body(room):
        room.store.put(made_incident())
        given = {"incident": made_incident().id, **args}
        if command == "actions.done":
            given.pop("incident")
        with pytest.raises(StudioError) as told:
            await room.run(command, **given)
        assert told.value.in_language("zh")

    with_room(tmp_path, body)


# -- signed ----------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["html", "json"])
def test_a_signed_report_is_good_until_a_byte_is_changed(tmp_path, ending):
    store = Memory()
    signer = DocumentSigner(lambda: Signer(store))
    if ending == "json":
        text = signer.signed_json("incident", {"a": [1, 2.5, "中"], "b": None, "c": "x < y"})
    else:
        text = signer.signed_page("incident", "<!doctype html><p>中 -->\n</p>\n")
    file = tmp_path / f"r.{ending}"
    data = text.encode()
    file.write_bytes(data)
    own = Signer(store).public
    good = verify_file(file, own)
    assert (good.verdict, good.kind, good.is_own) == ("good", "incident", True)
    assert verify_file(file, "", good.key_id).verdict == "good"
    assert not verify_file(file, "").is_own
    assert verify_file(file, own, Signer(Memory()).public).verdict == "forged"
    rng = random.Random(2)
    meaning = json.loads(data) if ending == "json" else None
    for _ in range(150):
        at = rng.randrange(len(data))
        changed = bytes((*data[:at], data[at] ^ (1 << rng.randrange(7)), *data[at + 1 :]))
        if meaning is not None:
            try:
                if json.loads(changed) == meaning:
                    continue  # a blank for a blank
            except ValueError:
                pass
        file.write_bytes(changed)
        found = verify_file(file, own)
        assert not (found.verdict == "good" and found.is_own and found.kind == "incident")
    for more in (b"more", b"<p>", data):
        file.write_bytes(data + more)
        assert verify_file(file).verdict != "good"
    file.write_bytes(more + data if ending == "html" else data.replace(b'"a":', b'"a": 1, "a":'))
    assert verify_file(file).verdict != "good"


def test_somebody_elses_signature_does_not_pass_for_this_desks(tmp_path):
    mine, theirs = Signer(Memory()).public, DocumentSigner(lambda: Signer(Memory()))
    file = tmp_path / "r.json"
    file.write_text(theirs.signed_json("drill", {"passed": True}), encoding="utf-8")
    found = verify_file(file, mine)
    assert found.verdict == "good"
    assert not found.is_own
    assert verify_file(file, mine, mine).verdict == "forged"
    with pytest.raises(StudioError):
        verify_file(tmp_path / "none")


# -- on paper --------------------------------------------------------------------------------


def shot(color: tuple[int, int, int]) -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QColor, QImage

    image, buffer = QImage(640, 360, QImage.Format.Format_RGB32), QBuffer()
    image.fill(QColor(*color))
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG")
    return bytes(buffer.data().data())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_paper_says_what_the_page_says_and_shows_its_pictures(past, language):
    incident = made_incident()
    review = Review("#summary", ("$why$ *b*",), "learned", ("tag",))
    report = make_report(incident, Surroundings(past, Known().command_labels()), review)
    jpeg = shot((200, 40, 40))
    data = report_paper(report, lambda _: jpeg, language)
    page = report_page(report, lambda _: jpeg, language)
    parts = json.loads(data.data)["parts"]
    words = re.sub(r'src="data:[^"]*"', "", page)
    figures = words.replace(",", "")
    for part in parts:
        assert escape(part["title"]) in words
        for cell in (cell for row in part["rows"] for cell in row if cell != "—"):
            assert escape(cell) in words or cell.replace(",", "") in figures
    assert sum(len(part["rows"]) for part in parts) > len(report.lines)  # the whole timeline
    assert len(data.pictures) == page.count("<img ") >= 2
    began = time.perf_counter()
    if find_spec("typst") is None:
        with pytest.raises(StudioError, match="requirements-pdf.lock"):
            make_pdf(data)
        return
    pdf = make_pdf(data)
    assert time.perf_counter() - began < 10
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Subtype /Image") + pdf.count(b"/Subtype/Image") >= 1


def test_a_signed_paper_is_good_until_a_byte_is_changed(tmp_path):
    store = Memory()
    signer = DocumentSigner(lambda: Signer(store))
    own = Signer(store).public
    pdf = b"%PDF-1.7\n\xff\xfe content\nstartxref\n9\n%%EOF\n"
    data = signer.signed_pdf("incident", pdf)
    assert data.startswith(pdf)
    assert len(data) - len(pdf) < 900  # a reader still finds the end of the PDF
    file = tmp_path / "r.pdf"
    file.write_bytes(data)
    found = verify_file(file, own)
    assert (found.verdict, found.kind, found.is_own) == ("good", "incident", True)
    for at in range(len(data)):
        file.write_bytes(bytes((*data[:at], data[at] ^ 1, *data[at + 1 :])))
        assert verify_file(file, own).verdict != "good"
    for more in (b"\n", b"%%EOF\n", data):
        file.write_bytes(data + more)
        assert verify_file(file, own).verdict != "good"


def test_a_paper_is_written_by_a_process_of_its_own_and_stays_confidential(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    hidden = made_incident("H-1", secret=True)
    write_journal(tmp_path / "journal.db", hidden)

    async def body(room):
        room.store.put(hidden)
        file = tmp_path / "deep" / "r.pdf"
        with pytest.raises(StudioError) as told:
            await room.run("incidents.report", Role.CONTROLLER, incident="H-1", file=str(file))
        assert told.value.code == "not_found"
        if find_spec("typst") is None:
            with pytest.raises(StudioError, match="requirements-pdf.lock"):
                await room.run("incidents.report", incident="H-1", pdf=True)
            return
        found = await room.run("incidents.report", incident="H-1", file=str(file))
        assert found["file"] == str(file)
        assert verify_file(file).verdict == "good"
        assert file.stat().st_mode & 0o077 == 0
        usual = await room.run("incidents.report", incident="H-1", pdf=True)
        assert usual["file"].endswith("incident-H-1.pdf")

    with_room(tmp_path, body)
