"""The stand-in: labelled on every picture whatever is tried, and says only what may be said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from msgspec.structs import replace

import studio.scenes.transitions as transition_folder
import studio.sources.kinds as source_folder
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.registry import discover
from studio.core.state import State
from studio.graphics.ai_label import ai_label
from studio.graphics.svg import rasterise
from studio.host.events import HostPresence, StandInCame
from studio.host.guard.judge import Judged
from studio.host.guard.model import GuardPart
from studio.host.script.model import LineView, ProductScriptView, ScriptLine
from studio.host.standin import service as standin_service
from studio.host.standin.model import VoiceState
from studio.host.standin.service import StandInService
from studio.host.voice.wire import SpeechJob
from studio.media.frame import Frame, blank, from_rgb
from studio.media.yuv import layer
from studio.scenes.compositor import Change, Overlay
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import Box, Canvas, Crop, Item, Scene, ScenesState
from studio.scenes.nested import NestedPictures
from studio.scenes.stage import ProgramPicture, ProgramRenderer, Renderer, Snapshot
from studio.scenes.transitions.base import Transition
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product, ShopState
from studio.shop.wearing import TryOnController
from studio.sources.base import Source, SourceContext
from studio.sources.kinds import stand_in
from studio.sources.kinds.stand_in import StandIn
from studio.sources.runner import Shot, SourceRunner

SIZE = (320, 180)
KINDS = discover(source_folder, Source)
TRANSITIONS = discover(transition_folder, Transition)
WALL = "wall"


def picture(colour: tuple[int, int, int], alpha: int = 255) -> Frame:
    rgb = np.full((SIZE[1], SIZE[0], 3), colour, np.uint8)
    return from_rgb(rgb, np.full(rgb.shape[:2], alpha, np.uint8) if alpha < 255 else None)


def runner(kind: str, **settings: Any) -> SourceRunner:
    cls = KINDS.get(kind)
    made = SourceRunner(kind, cls(cls.decode(settings), SourceContext(Path())))
    made.slot.put(Shot(picture((200, 120, 90) if kind == "stand_in" else (20, 200, 40)), 0))
    return made


def one(scene_items: tuple[Item, ...], **more: Any) -> Scene:
    return Scene("s", scene_items, **more)


def world(scene: Scene, *more: Scene, change: Change | None = None) -> Snapshot:
    sources = {
        "ai": runner("stand_in"), WALL: runner("colour"),
        "again": runner("mirror", source="ai"), "twice": runner("mirror", source="again"),
        "inside": runner("scene", scene="inner"), "deeper": runner("scene", scene="outer"),
    }  # fmt: skip
    inner = Scene("inner", (Item(1, "ai"),))
    outer = Scene("outer", (Item(1, "inside"),))
    canvases = (Canvas("landscape", *SIZE), Canvas("portrait", SIZE[1], SIZE[0]))
    state = ScenesState(
        scenes=(scene, inner, outer, *more), canvases=canvases,
        programme={"landscape": scene.name, "portrait": scene.name},
    )  # fmt: skip
    return Snapshot(state, {"landscape": change} if change else {}, sources)


def programme(snapshot: Snapshot, graphics: tuple[Overlay, ...] = ()) -> dict[str, Frame]:
    """A tick of the picture thread's own work."""
    told: list[ProgramPicture] = []
    stage = ProgramRenderer(Fraction(25), lambda canvas, at_ns: graphics, lambda *_: None)
    stage.show(snapshot)
    told += stage._compose(snapshot, 0, 0)
    return {picture.canvas: picture.frame for picture in told}


def bears_label(frame: Frame) -> bool:
    """Pixel by pixel, inside the chroma edge."""
    label, x, y = ai_label(frame.width, frame.height)
    wide, high = label.frame.width, label.frame.height
    there = frame.y[y : y + high, x : x + wide].astype(int)
    return bool(np.abs(there - label.frame.y.astype(int)).max() <= 2)


AI = Item(1, "ai")
OVER = Item(2, WALL)
TEN = tuple(replace(OVER, id=number) for number in range(2, 12))
SMALL = {"landscape": Box(0, 0, 0.01, 0.01)}
HOLE = ((0.4, 0.4), (0.6, 0.4), (0.5, 0.6))
FULL = Overlay(layer(picture((255, 255, 255))), 0, 0)
CLEAR = Overlay(layer(picture((0, 0, 0), 128)), 0, 0)


def in_change(kind: str, progress: float, *, leaving: bool, held: bool = False) -> Snapshot:
    cls = TRANSITIONS.get(kind)
    transition = cls(cls.decode({}))
    transition.prepare(*SIZE)
    plain, shown = Scene("plain", (Item(1, WALL),)), Scene("s", (AI,))
    before, after = (shown, plain) if leaving else (plain, shown)
    whole = 10**9
    change = Change(transition, before, -round(progress * whole), whole, progress if held else None)
    return world(after, before, change=change)


WAYS: dict[str, Callable[[], tuple[Snapshot, tuple[Overlay, ...]]]] = {
    "nearly clear": lambda: (world(one((replace(AI, opacity=0.01),))), ()),
    "wholly clear": lambda: (world(one((replace(AI, opacity=0.0),))), ()),
    "covered by another source": lambda: (world(one((AI, OVER))), ()),
    "behind ten others": lambda: (world(one((AI, *TEN))), ()),
    "very small": lambda: (world(one((replace(AI, boxes=SMALL),))), ()),
    "outside the canvas": lambda: (
        world(one((replace(AI, boxes={"landscape": Box(2.0, 2.0, 0.5, 0.5)}),))), ()),
    "cropped away": lambda: (world(one((replace(AI, crop=Crop(0.49, 0.49, 0.49, 0.49)),))), ()),
    "turned": lambda: (world(one((replace(AI, rotation=33.0),))), ()),
    "leaning": lambda: (world(one((replace(AI, shear=0.4),))), ()),
    "mirrored": lambda: (world(one((replace(AI, is_mirrored=True),))), ()),
    "upside down": lambda: (world(one((replace(AI, is_flipped=True),))), ()),
    "cut out": lambda: (world(one((replace(AI, outline=HOLE),))), ()),
    "blended by multiplying": lambda: (world(one((OVER, replace(AI, blend="multiply")))), ()),
    "blended by screen": lambda: (world(one((OVER, replace(AI, blend="screen")))), ()),
    "a group": lambda: (world(one((replace(AI, group="g"), replace(OVER, group="g")))), ()),
    "a white scene": lambda: (world(one((AI,), colour="#ffffff")), ()),
    "a standby scene": lambda: (world(one((AI,), purpose="standby")), ()),
    "a mirror": lambda: (world(one((Item(1, "again"),))), ()),
    "a mirror of a mirror": lambda: (world(one((Item(1, "twice"),))), ()),
    "a nested scene": lambda: (world(one((Item(1, "inside"),))), ()),
    "a scene in a nested scene": lambda: (world(one((Item(1, "deeper"),))), ()),
    "a nested scene under a wall": lambda: (world(one((Item(1, "deeper"), OVER))), ()),
    "a card over everything": lambda: (world(one((AI,))), (FULL,)),
    "a half-clear veil": lambda: (world(one((AI,))), (CLEAR,)),
    "a hundred veils": lambda: (world(one((AI,))), (CLEAR,) * 100),
    "fading in": lambda: (in_change("fade", 0.02, leaving=False), ()),
    "fading out": lambda: (in_change("fade", 0.98, leaving=True), ()),
    "wiping": lambda: (in_change("wipe", 0.5, leaving=True), ()),
    "sliding": lambda: (in_change("slide", 0.5, leaving=False), ()),
    "zooming": lambda: (in_change("zoom", 0.5, leaving=False), ()),
    "held on the T-bar": lambda: (in_change("fade", 0.001, leaving=False, held=True), ()),
    "a card over a transition": lambda: (in_change("fade", 0.5, leaving=True), (FULL,)),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_no_way_hides_the_label(way: str) -> None:
    snapshot, graphics = WAYS[way]()
    assert bears_label(programme(snapshot, graphics)["landscape"])


def test_there_are_thirty_ways_and_a_picture_without_it_has_no_label() -> None:
    assert len(WAYS) >= 30
    assert not bears_label(programme(world(one((OVER,))))["landscape"])
    assert not bears_label(
        programme(world(one((replace(AI, is_enabled=False), OVER))))["landscape"]
    )


def test_every_canvas_that_shows_it_bears_it() -> None:
    frames = programme(world(one((AI,))))
    assert set(frames) == {"landscape", "portrait"}
    assert all(bears_label(frame) for frame in frames.values())
    alone = programme(world(one((replace(AI, boxes={"portrait": Box()}), OVER))))
    assert not bears_label(alone["landscape"])
    assert bears_label(alone["portrait"])


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (640, 360), (160, 90), (96, 96)])
def test_previews_and_stills_bear_it_at_any_size(size: tuple[int, int]) -> None:
    snapshot = world(one((AI, OVER)))
    veil = Overlay(layer(blank(*size, (235, 128, 128))), 0, 0)
    frame = Renderer().draw(
        snapshot, snapshot.state.scenes[0], Canvas("landscape", *size), 0, (veil,)
    )
    assert bears_label(frame)


def test_a_nested_picture_bears_it_by_itself() -> None:
    snapshot = world(one((Item(1, "inside"),)))
    nested = NestedPictures(SimpleNamespace(snapshot=snapshot))
    frame = nested.render("inner", "landscape", 0)
    assert frame is not None
    assert bears_label(frame)


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1080, 1920), (640, 360)])
def test_its_signs_are_five_percent_of_the_shorter_side(size: tuple[int, int]) -> None:
    label, _, _ = ai_label(*size)
    rows = np.nonzero((label.frame.y > 150).any(axis=1))[0]
    gaps = np.nonzero(np.diff(rows) > 1)[0]
    first_line = rows[: gaps[0] + 1] if len(gaps) else rows
    assert len(first_line) >= 0.05 * min(size)
    assert label.frame.alpha is None or int(label.frame.alpha.min()) == 255


def test_a_try_on_keeps_no_picture_of_it_without_the_label() -> None:
    """Those pictures go past the canvases: what a machine made is refused there."""
    bank = SimpleNamespace(runners=world(one((AI,))).sources)
    wearer = TryOnController(bank, SceneRepository(TRANSITIONS, lambda event: None))
    assert [wearer.is_generated(name) for name in ("ai", "again", "twice", WALL, "gone")] == [
        True, True, True, False, False,
    ]  # fmt: skip


# --- what it says -------------------------------------------------------------------------------


class Guard:
    part = GuardPart()
    quiet_s: float | None = None

    def judged(self, text: str, *, is_heard: bool = False) -> list[Judged]:
        if "最" not in text:
            return []
        at = text.index("最")
        return [Judged(at, at + 2, "cn/x", "第九条", "look", text[at : at + 2], "", ("不", "no"),
                       ("换", "other"))]  # fmt: skip


class Scripts:
    def script_view(self, product: str) -> ProductScriptView | None:
        if product != "hat":
            return None
        lines = (
            LineView(ScriptLine("a", "大家好，这顶帽子是羊毛的。")),
            LineView(ScriptLine("b", "价格变了。"), "stale"),
            LineView(ScriptLine("c", "这是最好的帽子。")),
            LineView(ScriptLine("d", "A warm hat.")),
        )
        return ProductScriptView("hat", "Hat", "young", "", "", lines=lines)


class Bus:
    def __init__(self, room: Room) -> None:
        self.room, self.ran = room, list[dict[str, Any]]()

    async def run(self, id: str, args: dict[str, Any] | None = None) -> object:
        assert id == "scenes.take"
        self.ran.append(args or {})
        self.room.show((args or {})["scene"])
        return None


class Voice:
    """Without a model; or one that makes a sentence when it is told to."""

    def __init__(self) -> None:
        self.state: VoiceState = "absent"
        self.fault: StudioError | None = None
        self.asked: list[tuple[str, bool]] = []
        self.is_wanted = False
        self.sounds: dict[str, str] = {}

    @property
    def is_absent(self) -> bool:
        return self.state == "absent"

    def made(self, job: SpeechJob) -> str | None:
        return self.sounds.get(job.text)

    def ask(self, job: SpeechJob, *, is_urgent: bool) -> None:
        self.asked.append((job.text, is_urgent))

    def keep_ready(self, *, on: bool) -> None:
        self.is_wanted = on

    def rest(self) -> None:
        self.state = "off"


class Room:
    def __init__(self) -> None:
        self.voice = Voice()
        self.snapshot: Snapshot | None = None
        self.with_ai, self.plain = Scene("with", (AI,)), Scene("plain", (OVER,))
        self.show("plain")
        self.told: list[Event] = []
        events = Events()
        events.on_all(self.told.append)
        catalogue = Catalogue()
        catalogue.load(ShopState(products=(Product("hat", 1, "Hat", 9900),), explaining="hat"))
        self.bus = Bus(self)
        self.standin = StandInService(
            self, Guard(), Scripts(), catalogue, self.bus, self.voice, events,
            State(events, lambda c: None),
        )  # fmt: skip

    def show(self, scene: str) -> None:
        made = world(self.with_ai, self.plain)
        programme = {"landscape": scene, "portrait": scene}
        self.snapshot = replace_state(made, programme)


def replace_state(snapshot: Snapshot, programme: dict[str, str]) -> Snapshot:
    return Snapshot(replace(snapshot.state, programme=programme), {}, snapshot.sources)


class Clock:
    ns = 10**9


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(standin_service, "now_ns", lambda: made.ns)
    return made


def test_it_comes_in_says_that_it_is_no_person_and_goes_back(clock: Clock) -> None:
    room = Room()
    asyncio.run(room.standin.come_in(""))
    view = room.standin.view()
    assert view.is_in
    assert "AI 生成" in view.text
    assert [event.on for event in room.told if isinstance(event, StandInCame)] == [True]
    asyncio.run(room.standin.go())
    assert {args["scene"] for args in room.bus.ran[1:]} == {"plain"}
    assert not room.standin.view().is_in
    with pytest.raises(StudioError) as refused:
        asyncio.run(room.standin.go())
    assert refused.value.key == "standin.no_way_back"


def test_every_ten_minutes_it_says_so_again(clock: Clock) -> None:
    room = Room()
    asyncio.run(room.standin.come_in(""))
    clock.ns += 30 * 10**9
    room.standin._tick()
    assert room.standin.view().text == ""
    clock.ns += 600 * 10**9
    room.standin._tick()
    assert "AI 生成" in room.standin.view().text


def test_only_lines_that_are_ready_and_allowed_are_said(clock: Clock) -> None:
    room = Room()
    assert room.standin.say("", "") == "大家好，这顶帽子是羊毛的。"
    run = room.standin.view().run
    for line, key in (
        ("b", "standin.not_ready"),
        ("c", "standin.refused"),
        ("x", "standin.no_line"),
    ):
        with pytest.raises(StudioError) as refused:
            room.standin.say("hat", line)
        assert refused.value.key == key
    assert room.standin.view().run == run
    assert room.standin.say("hat", "d") == "A warm hat."
    with pytest.raises(StudioError) as refused:
        room.standin.say("other", "")
    assert refused.value.key == "standin.no_script"


def test_a_stop_is_there_with_the_next_picture(clock: Clock) -> None:
    room = Room()
    room.standin.say("hat", "a")
    assert room.standin.is_speaking
    run = room.standin.view().run
    room.standin.stop_speech()
    view = room.standin.view()
    assert (view.is_speaking, view.mouths, view.run) == (False, "", run + 1)


def test_a_sentence_begins_when_its_sound_is_made(clock: Clock) -> None:
    room = Room()
    room.voice.state = "ready"
    text = room.standin.say("hat", "a")
    view = room.standin.view()
    assert (view.is_waiting, view.text, view.is_speaking) == (True, "", False)
    assert room.voice.asked == [(text, True)]
    room.voice.sounds[text] = "-aa-ii"
    room.standin._tick()
    view = room.standin.view()
    assert (view.is_waiting, view.text, view.mouths, view.has_voice) == (
        False,
        text,
        "-aa-ii",
        True,
    )
    assert len(view.sound) == 32


def test_a_line_that_is_forbidden_while_its_sound_is_made_is_not_said(clock: Clock) -> None:
    room = Room()
    room.voice.state = "ready"
    text = room.standin.say("hat", "a")
    room.standin._guard = cast(
        Any,
        SimpleNamespace(
            judged=lambda text: ["a price has changed"], quiet_s=None, part=GuardPart()
        ),
    )
    room.voice.sounds[text] = "-aa"
    room.standin._tick()
    assert (room.standin.view().text, room.standin.view().is_waiting) == ("", False)


def test_a_stop_forgets_the_sentence_that_is_being_made(clock: Clock) -> None:
    room = Room()
    room.voice.state = "ready"
    text = room.standin.say("hat", "a")
    room.standin.stop_speech()
    room.voice.sounds[text] = "-aa"
    room.standin._tick()
    assert room.standin.view().text == ""


def test_a_voice_that_is_gone_or_late_leaves_the_words_and_the_mouth(clock: Clock) -> None:
    room = Room()
    room.voice.state = "ready"
    text = room.standin.say("hat", "a")
    room.voice.state = "absent"
    room.standin._tick()
    view = room.standin.view()
    assert (view.text, view.sound, view.has_voice) == (text, "", False)
    assert view.mouths


def test_next_lines_are_made_ahead_and_a_voice_is_chosen(clock: Clock) -> None:
    room = Room()
    room.voice.state = "ready"
    room.standin._tick()
    room.standin._prepare()
    made = [text for text, is_urgent in room.voice.asked if not is_urgent]
    assert "AI 生成" in made[0]
    assert made[1] == "大家好，这顶帽子是羊毛的。"
    (commands,) = room.standin.commands()
    cast(Any, commands).voice(on=False)
    room.voice.asked.clear()
    room.standin._prepare()
    assert room.voice.asked == []
    assert room.standin.view().voice == ""
    with pytest.raises(StudioError) as refused:
        cast(Any, commands).voice(voice="nobody")
    assert refused.value.key == "voice.no_voice"
    cast(Any, commands).voice(voice="zm_yunxi", speed=1.2)
    assert (room.standin.part.voice, room.standin.part.speed) == ("zm_yunxi", 1.2)


def test_a_host_who_is_silent_is_missed_and_back_when_he_speaks(clock: Clock) -> None:
    room = Room()
    guard = cast(Any, room.standin._guard)
    room.standin._tick()

    def told() -> list[bool]:
        room.standin._tick()
        return [event.on for event in room.told if isinstance(event, HostPresence)]

    guard.quiet_s = 29.0
    assert told() == []
    assert not room.voice.is_wanted
    guard.quiet_s = 31.0
    assert told() == [False]
    assert room.voice.is_wanted, "the voice is loaded while the question stands"
    assert told() == [False]  # once
    asyncio.run(room.standin.come_in(""))
    guard.quiet_s = 0.5
    assert told() == [False]  # what is heard may be the stand-in itself
    guard.part = GuardPart(listens=True, source="mic")
    assert told() == [False, True]
    guard.quiet_s = None
    assert told() == [False, True]  # nobody listens: nobody knows


def test_its_view_looks_through_no_scenes(clock: Clock) -> None:
    """Its source reads it 25 times a second, from a thread of its own."""
    room = Room()
    room.standin._tick()
    assert room.standin.view().scenes[0] == "with"
    room.snapshot = Snapshot(ScenesState(), {}, {})
    assert room.standin.view().scenes[0] == "with"
    room.standin._tick()
    assert room.standin.view().scenes == ()


def test_its_source_moves_the_mouth_and_stands_still_else() -> None:
    assert StandIn.is_generated
    assert [kind.kind for kind in KINDS if kind.is_generated] == ["stand_in"]


def test_its_ground_lies_under_every_face(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stand_in, "svg_drawer", lambda: rasterise)
    settings = StandIn.decode({"ground": "#336699", "height": 160})
    faces = StandIn(settings, SourceContext(Path()))._faces()
    assert len(faces) == 12
    for face in faces.values():
        assert face[:, :, 3].min() == 255
        assert tuple(face[0, 0, :3]) == (0x33, 0x66, 0x99)
