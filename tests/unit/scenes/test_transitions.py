"""Transitions: where each is at a quarter, the T-bar, stingers from real films, tally."""

from __future__ import annotations

import asyncio
from fractions import Fraction

import av
import numpy as np
import pytest
from msgspec.structs import replace

import studio.scenes.transitions as folder
from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.registry import discover
from studio.media.alpha_film import read_alpha_film
from studio.media.frame import blank
from studio.scenes.commands import SceneCommands
from studio.scenes.events import SceneTaken, TransitionEnded
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import Canvas, Item, Scene, ScenesState
from studio.scenes.transitions.base import Transition
from studio.scenes.transitions.stinger import Stinger

KINDS = discover(folder, Transition)
DARK, BRIGHT = (40, 128, 128), (200, 128, 128)


@pytest.fixture
def told():
    return []


@pytest.fixture
def scenes(told):
    keeper = SceneRepository(KINDS, told.append)
    keeper.load(ScenesState(scenes=tuple(Scene(name=n, items=(Item(1, n),)) for n in "abc")))
    return keeper


def mixed(kind, progress, size=(64, 36), **settings):
    cls = KINDS.get(kind)
    target = blank(*size)
    one = cls(cls.decode(settings))
    one.prepare(*size)
    one.mix(target, blank(*size, DARK), blank(*size, BRIGHT), progress)
    return target.y.astype(int)


@pytest.mark.parametrize("kind", ["fade", "slide", "wipe", "zoom"])
def test_each_begins_with_the_old_and_ends_with_the_new(kind):
    assert abs(mixed(kind, 0.0) - DARK[0]).max() <= 2
    assert abs(mixed(kind, 1.0) - BRIGHT[0]).max() <= 2
    middle = mixed(kind, 0.5).mean()
    assert DARK[0] + 20 < middle < BRIGHT[0] - 20


@pytest.mark.parametrize(
    ("direction", "bright"), [("left", (18, 60)), ("right", (18, 3)), ("up", (33, 30))]
)
def test_a_slide_comes_from_its_side(direction, bright):
    picture = mixed("slide", 0.3, direction=direction, push=False)
    assert picture[bright] == BRIGHT[0]
    assert (picture == DARK[0]).mean() > 0.4


@pytest.mark.parametrize("shape", ["left", "down", "circle", "clock", "diagonal", "blinds"])
def test_a_wipe_uncovers_more_and_more(shape):
    parts = [mixed("wipe", p, shape=shape, softness=0.0).mean() for p in (0.1, 0.4, 0.7, 1.0)]
    assert parts == sorted(parts)
    assert parts[1] < parts[2] - 10


def film(path, codec="qtrle", form="argb", rate=25, count=10):
    """A bar that covers everything half way, drawn with real alpha by a real encoder."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 36, form
        for n in range(count):
            picture = np.zeros((36, 64, 4), np.uint8)
            wide = int(64 * (1 - abs(2 * n / (count - 1) - 1)))
            picture[:, :wide] = (255, 255, 0, 0)  # ARGB: solid red
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="argb")
            frame.pts, frame.time_base = n, Fraction(1, rate)
            out.mux(stream.encode(frame if form == "argb" else frame.reformat(format=form)))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec", "form"),
    [
        ("s.mov", "qtrle", "argb"),
        ("s.webm", "libvpx-vp9", "yuva420p"),
        ("p.mov", "prores_ks", "yuva444p10le"),
    ],
)
def test_a_stinger_hides_its_cut(tmp_path, name, codec, form):
    path = film(tmp_path / name, codec, form)
    got = read_alpha_film(path, 64, 36)
    assert got.has_alpha
    assert 0.3 < got.half_way() < 0.7
    one = Stinger(Stinger.decode({"path": name}), tmp_path)
    assert not one.is_ready
    one.prepare(64, 36)
    assert one.is_ready
    target = blank(64, 36)
    for progress, corner in ((0.02, DARK[0]), (0.98, BRIGHT[0])):
        one.mix(target, blank(64, 36, DARK), blank(64, 36, BRIGHT), progress)
        assert abs(int(target.y[18, 60]) - corner) <= 3
    one.mix(target, blank(64, 36, DARK), blank(64, 36, BRIGHT), got.half_way())
    assert int(target.v[9, 8]) > 200  # red over both


def test_a_bad_stinger_is_told_when_chosen_and_a_take_cuts(scenes, told, tmp_path):
    commands = SceneCommands(scenes, told.append)
    scenes.box.base = tmp_path
    (tmp_path / "x.webm").write_bytes(b"no film at all")
    for path in ("gone.webm", "x.webm", ""):
        with pytest.raises(StudioError):
            asyncio.run(commands.transition("stinger", settings={"path": path}))
    assert scenes.state.transition.kind == "cut"
    scenes.take("b", kind="stinger")  # never chosen, not in memory: better a cut than nothing
    assert scenes.state.programme["landscape"] == "b"
    assert not scenes.changes


def test_a_stinger_takes_as_long_as_its_film(scenes, told, tmp_path):
    scenes.box.base = tmp_path
    film(tmp_path / "s.mov", rate=20, count=13)
    commands = SceneCommands(scenes, told.append)
    settings = {"path": "s.mov"}
    asyncio.run(commands.transition("stinger", duration_ms=300, settings=settings))
    scenes.take("b")
    assert scenes.changes["landscape"].duration_ns == 650_000_000
    scenes.take("a", duration_ms=200)
    assert scenes.changes["landscape"].duration_ns == 200_000_000


def test_settings_stay_with_the_kind_and_with_the_scene(scenes, told):
    commands = SceneCommands(scenes, told.append)
    asyncio.run(commands.transition("wipe", 200, {"shape": "circle"}))
    asyncio.run(commands.transition("wipe", 300))
    assert scenes.state.transition.settings == {"shape": "circle"}
    asyncio.run(commands.own_transition("b", "slide", 100, {"direction": "up"}))
    scenes.take("b")
    assert scenes.changes["landscape"].transition.settings.direction == "up"
    scenes.take("c")
    assert scenes.changes["landscape"].transition.settings.shape == "circle"
    with pytest.raises(StudioError):
        asyncio.run(commands.transition("wipe", settings={"shape": "star"}))


def test_the_t_bar_goes_there_and_back(scenes, told):
    scenes.set_transition("fade")
    commands = SceneCommands(scenes, told.append)
    commands.tbar(0.4)
    change = scenes.changes["landscape"]
    assert change.progress(now_ns()) == 0.4
    assert scenes.held == 0.4
    assert scenes.tally() == {"b": "programme", "a": "programme"}
    commands.tbar(0.0)
    assert scenes.state.programme["landscape"] == "a"
    assert scenes.state.preview["landscape"] == "b"
    assert not scenes.changes
    for position in (0.2, 0.9, 1.0):
        commands.tbar(position)
    assert scenes.state.programme == {"landscape": "b", "portrait": "b"}
    assert scenes.state.preview["landscape"] == "a"
    assert not scenes.changes
    assert [type(e) for e in told if isinstance(e, TransitionEnded)]
    assert len([e for e in told if isinstance(e, SceneTaken)]) == 2


def test_a_cut_while_the_bar_is_held_wins(scenes):
    scenes.hold(0.5)
    scenes.take("c", kind="cut")
    assert scenes.state.programme["landscape"] == "c"
    assert not scenes.changes


def test_tally_knows_programme_and_preview_and_who_saw_it(scenes, told):
    commands = SceneCommands(scenes, told.append)
    assert scenes.tally() == {"a": "programme", "b": "preview"}
    commands.acknowledge("b", "小李")
    assert scenes.acknowledged["b"] == ("preview", "小李")
    with pytest.raises(StudioError):
        commands.acknowledge("c")


def test_a_canvas_that_is_off_lights_nothing(scenes):
    canvases = (Canvas("landscape", 1920, 1080), Canvas("portrait", 1080, 1920, False))
    scenes.load(replace(scenes.state, canvases=canvases))
    scenes.take("c", canvas="portrait")
    assert "c" not in scenes.tally()


def test_scenes_are_moved_in_the_row(scenes, told):
    commands = SceneCommands(scenes, told.append)
    done = commands.move("c", 0)
    assert [s.name for s in scenes.state.scenes] == ["c", "a", "b"]
    commands.move(**done.undo[1])
    assert [s.name for s in scenes.state.scenes] == ["a", "b", "c"]


def test_take_with_the_bar_half_way_runs_on_from_there(scenes):
    scenes.set_transition("fade", 1000)
    scenes.hold(0.5)
    scenes.take()
    change = scenes.changes["landscape"]
    assert change.held is None
    assert 0.5 <= change.progress(now_ns()) < 0.7
    assert scenes.state.programme["landscape"] == "b"
    assert scenes.state.preview["landscape"] == "a"
    assert scenes.held == 0.0


def test_a_bar_still_in_a_hand_does_not_undo_a_cut(scenes):
    scenes.hold(0.5)
    scenes.take("c", kind="cut")
    for position in (0.55, 0.7, 1.0):
        scenes.hold(position)
    assert scenes.state.programme["landscape"] == "c"
    assert not scenes.changes
    scenes.hold(0.3)  # a new move works again
    assert scenes.held == 0.3
    scenes.take("b", kind="cut")
    scenes.hold(0.05)  # and so does one that begins at the start, the bar having been let go
    assert scenes.held == 0.05


def test_removing_a_scene_leaves_a_transition_alone(scenes):
    scenes.hold(0.5)
    with pytest.raises(StudioError, match="on air"):
        scenes.remove("a")  # half of the picture
    scenes.remove("c")
    assert scenes.held == 0.5


def test_putting_back_what_was_on_air_takes_numbers_and_ids_too(scenes):
    scenes.put_air({"landscape": "3"}, {"landscape": scenes.get("b").id})
    assert scenes.state.programme["landscape"] == "c"
    assert scenes.state.preview["landscape"] == "b"
