"""Standby is silence: no voice, no overlay, whoever takes it; the way back restores exactly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.app.check import read
from studio.app.engine import Engine
from studio.app.extensions import Extensions
from studio.audio.mixer import db_of
from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.media.sound import RATE
from studio.scenes.stage import ProgramPicture
from studio.sources.kinds.tone import Tone

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]

SHOW: dict[str, Any] = {
    "schema": 1, "name": "S", "language": "en", "fps": "25",
    "canvases": {"landscape": [320, 180], "portrait": [180, 320], "on": ["landscape", "portrait"]},
    "sources": [
        {"name": "ground", "kind": "colour", "settings": {"top": "#204060", "bottom": "#204060"}},
        {"name": "host", "kind": "tone", "settings": {"hz": 440.0}},
        {"name": "guest", "kind": "tone", "settings": {"hz": 660.0}},
        {"name": "music", "kind": "tone", "settings": {"hz": 3000.0}},
    ],
    "scenes": {
        "scenes": [
            {"name": "Host", "id": "h", "purpose": "host",
             "items": [{"id": 1, "source": "ground"}, {"id": 2, "source": "guest"}]},
            {"name": "Close", "id": "c", "items": [{"id": 1, "source": "ground"}]},
            {"name": "Back soon", "id": "s", "purpose": "standby",
             "items": [{"id": 1, "source": "ground"}, {"id": 2, "source": "music"}]},
        ],
        "programme": {"landscape": "Host", "portrait": "Host"},
        "preview": {"landscape": "Close", "portrait": "Close"},
    },
    "sound": {"strips": [
        {"source": "host", "gain_db": -6.0, "follows_scene": False},
        {"source": "guest", "gain_db": -9.0},
        {"source": "music", "gain_db": -12.0},
    ]},
    "shop": {
        "products": [{"id": "hat", "number": 1, "name": "Hat", "price_cents": 9900, "stock": 4}],
        "card": "hat",
    },
    "lower_third": {"title": "Lin", "line": "Host"},
}  # fmt: skip


class Ear:
    """What the mixer gave for each canvas, by the moment it is for, and the pictures beside it."""

    def __init__(self, engine: Engine) -> None:
        self.blocks: list[tuple[int, dict[str, np.ndarray]]] = []
        self._at_ns = 0
        self.pictures: dict[str, list[tuple[str, bytes]]] = {"landscape": [], "portrait": []}
        programme = engine.parts.programme
        pipeline, stage = programme._pipeline, programme.stage
        heard, ticked = pipeline.sound, stage._on_tick

        def sound(samples: Any, at: int, sent: Any = None) -> Any:
            begins = self._at_ns + NS // 25 - len(samples) * NS // RATE
            self.blocks.append((begins, {bus: block.copy() for bus, block in sent.items()}))
            return heard(samples, at, sent)

        def on_tick(tick: int, at_ns: int, pictures: Any) -> None:
            for picture in pictures:
                assert isinstance(picture, ProgramPicture)
                kept = (picture.scene, picture.frame.keep.tobytes())
                self.pictures[picture.canvas].append(kept)
            self._at_ns = at_ns
            ticked(tick, at_ns, pictures)

        pipeline.sound = sound  # type: ignore[method-assign]
        stage._on_tick = on_tick

    def level(self, bus: str, hertz: float, since_ns: int, seconds: float = 0.4) -> float:
        """How loud a tone is on a bus, dBFS, in what was mixed after ``since_ns``."""
        blocks = [sent[bus] for at, sent in list(self.blocks) if at >= since_ns]
        sound = np.concatenate(blocks)[: int(seconds * RATE), 0]
        assert len(sound) >= seconds * RATE * 0.9
        window = np.hanning(len(sound))
        turns = np.exp(-2j * np.pi * hertz * np.arange(len(sound)) / RATE)
        return db_of(2 * abs((sound * window * turns).sum()) / window.sum())

    async def wait(self, since_ns: int, seconds: float = 0.5) -> None:
        """Until so much sound came after a moment."""

        def enough() -> bool:
            blocks = [sent for at, sent in list(self.blocks) if at >= since_ns]
            return sum(len(sent["landscape"]) for sent in blocks) >= seconds * RATE

        await until(enough)


async def until(check: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not check():
            await asyncio.sleep(0.01)


def run(folder: Path, body: Callable[[Engine, Ear], Awaitable[None]], show: Any = SHOW) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")

    async def live() -> None:
        engine = Engine(read(folder), Extensions())
        engine.parts.programme.viewers = Everybody()
        try:
            await engine.start()
            ear = Ear(engine)
            await until(lambda: len(ear.pictures["portrait"]) > 12)  # the card has slid in
            await body(engine, ear)
        finally:
            await engine.stop()

    asyncio.run(live())


class Everybody:
    def looks_at(self, canvas: str) -> bool:
        return True


WAYS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "standby": [("scenes.standby", {})],
    "take": [("scenes.take", {"scene": "Back soon"})],
    "fade": [("scenes.take", {"scene": "Back soon", "transition": "fade", "duration_ms": 5000})],
    "preview and take": [("scenes.preview", {"scene": "Back soon"}), ("scenes.take", {})],
    "T-bar": [("scenes.preview", {"scene": "Back soon"}), ("scenes.tbar", {"position": 0.2})],
    "put": [("scenes.put_air", {"programme": {"landscape": "Back soon", "portrait": "Back soon"}})],
    "purpose": [("scenes.set", {"scene": "Host", "purpose": "standby"})],
    "plan": [("plans.run_red", {"plan": "spoken_violation", "confirm": True})],
}


SLOW = ("fade", "T-bar")


@pytest.mark.parametrize("way", WAYS)
def test_however_standby_comes_it_is_silent(tmp_path: Path, way: str) -> None:
    async def body(engine: Engine, ear: Ear) -> None:
        bus = engine.parts.bus
        began = now_ns()
        await ear.wait(began)
        assert ear.level("landscape", 440, began) > -30
        for command, args in WAYS[way]:
            await bus.run(command, args)
        await until(lambda: engine.parts.facade.scenes.state.is_on_standby("portrait"))
        after = now_ns() + NS // 10
        await ear.wait(after)
        for canvas in ("landscape", "portrait"):
            print(f"{way}, {canvas}: {ear.level(canvas, 440, after):.1f} dBFS")
            assert ear.level(canvas, 440, after) <= -60
            if way != "purpose":
                assert ear.level(canvas, 660, after) <= -60
                # Standby's own sound comes with the picture: softly while a transition runs.
                assert ear.level(canvas, 3000, after) > (-80 if way in SLOW else -40)
        seen = json.loads(json.dumps(engine.parts.state.get(["sound", "scenes"])))
        assert "host" in seen["sound"]["closed"]
        assert seen["scenes"]["on_standby"]["canvases"] == ["landscape", "portrait"]
        strips = {strip["source"]: strip for strip in seen["sound"]["strips"]}
        assert not strips["host"]["is_muted"]  # the fader is as the person left it

    run(tmp_path / "s.show", body)


def test_overlays_are_gone_in_the_same_frame_and_all_comes_back(tmp_path: Path) -> None:
    async def body(engine: Engine, ear: Ear) -> None:
        bus, state = engine.parts.bus, engine.parts.state
        await bus.run("sound.mute", {"source": "guest"})
        await bus.run("comments.say", {"text": "how much?", "author": "Li"})
        before = state.get(["scenes", "sound", "shop"])
        before["sound"].pop("loudness")
        bare = _bare(engine, "Host")
        assert all(ear.pictures[canvas][-1][1] != bare[canvas] for canvas in bare)
        await bus.run("scenes.standby", {})
        await until(lambda: all(ear.pictures[c][-1][0] == "Back soon" for c in ear.pictures))
        clean = _bare(engine, "Back soon")
        for canvas, pictures in ear.pictures.items():
            first = next(picture for scene, picture in pictures if scene == "Back soon")
            assert first == clean[canvas]
        await bus.run("scenes.back", {})
        await until(lambda: all(ear.pictures[c][-1][0] == "Host" for c in ear.pictures))
        for canvas, pictures in ear.pictures.items():
            last = max(n for n, (scene, _) in enumerate(pictures) if scene == "Back soon")
            assert pictures[last + 1][1] == pictures[_steady(pictures)][1], canvas
        back = state.get(["scenes", "sound", "shop"])
        back["sound"].pop("loudness")
        assert back == before
        began = now_ns() + NS // 10
        await ear.wait(began)
        assert ear.level("landscape", 440, began) > -30
        assert ear.level("landscape", 660, began) <= -60  # muted before, muted after

    run(tmp_path / "s.show", body)


def _steady(pictures: list[tuple[str, bytes]]) -> int:
    """The last picture of the host scene before standby."""
    return next(n for n, (scene, _) in enumerate(pictures) if scene == "Back soon") - 1


def _bare(engine: Engine, name: str) -> dict[str, bytes]:
    """A scene without anything over it, by canvas."""
    from studio.scenes.stage import Renderer

    snapshot, renderer = engine.parts.programme.snapshot, Renderer()
    scene = snapshot.state.scene(name)
    assert scene is not None
    return {
        canvas.name: renderer.draw(snapshot, scene, canvas, now_ns()).keep.tobytes()
        for canvas in snapshot.state.canvases
    }


def test_one_canvas_alone_and_the_other_talks_on(tmp_path: Path) -> None:
    async def body(engine: Engine, ear: Ear) -> None:
        await engine.parts.bus.run("scenes.standby", {"canvas": "portrait"})
        after = now_ns() + NS // 10
        await ear.wait(after)
        assert ear.level("portrait", 440, after) <= -60
        assert ear.level("landscape", 440, after) > -30
        seen = json.loads(json.dumps(engine.parts.state.get(["sound", "scenes"])))
        assert seen["sound"]["closed"] == []  # it is heard somewhere
        assert seen["scenes"]["on_standby"]["back_to"] == {"portrait": "Host"}

    run(tmp_path / "s.show", body)


def test_a_microphone_on_the_standby_scene_is_off_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = json.loads(json.dumps(SHOW))
    show["scenes"]["scenes"][2]["items"].append({"id": 3, "source": "host"})
    monkeypatch.setattr(Tone, "carries_voice", True)

    async def body(engine: Engine, ear: Ear) -> None:
        await engine.parts.bus.run("scenes.standby", {})
        after = now_ns() + NS // 10
        await ear.wait(after)
        assert ear.level("landscape", 440, after) <= -60

    run(tmp_path / "s.show", body, show)


def test_the_way_back_is_what_was_whatever_happens_meanwhile(tmp_path: Path) -> None:
    async def body(engine: Engine, ear: Ear) -> None:
        bus, scenes = engine.parts.bus, engine.parts.facade.scenes
        with pytest.raises(StudioError, match="standby"):
            await bus.run("scenes.back", {})
        await bus.run("scenes.take", {"scene": "Close"})
        await bus.run("scenes.standby", {})
        again = await bus.run("scenes.standby", {})
        assert again.undo is None  # nothing was done: nothing to take back
        await bus.run("scenes.rename", {"name": "Close", "new_name": "Nearer"})
        await bus.run("scenes.preview", {"scene": "Host"})
        await bus.run("scenes.back", {})
        assert scenes.state.programme["landscape"] == "Nearer"
        assert scenes.state.preview["landscape"] == "Host"  # chosen meanwhile: it stays
        await bus.run("scenes.standby", {})
        await bus.run("scenes.remove", {"name": "Nearer"})
        back = await bus.run("scenes.back", {})
        assert scenes.state.programme["landscape"] == "Host"  # the host scene stands in
        assert back.undo is not None
        await bus.run(*back.undo)
        assert scenes.state.is_on_standby("landscape")
        # Swapped by a take: the preview comes back too.
        await bus.run("scenes.take", {"scene": "Host"})
        await bus.run("scenes.preview", {"scene": "Back soon"})
        await bus.run("scenes.take", {})
        await bus.run("scenes.back", {})
        assert scenes.state.programme["landscape"] == "Host"
        assert scenes.state.preview["landscape"] == "Back soon"

    run(tmp_path / "s.show", body)


def test_it_survives_a_kill(tmp_path: Path) -> None:
    from tests.onair.door import Door
    from tests.onair.studio import Studio

    with Studio(tmp_path) as studio:
        with Door(studio.address) as door:
            door.run("scenes.take", scene="Two")
            door.run("scenes.preview", scene="One")
            door.run("scenes.standby")
        studio.kill()
        studio.options["restarts"] = 1
        studio.start()
        with Door(studio.address) as door:
            seen = door.run("state.get", parts=["scenes"])
            assert seen["scenes"]["programme"]["landscape"] == "Standby"
            assert seen["scenes"]["on_standby"]["back_to"]["landscape"] == "Two"
            door.run("scenes.back")
            seen = door.run("state.get", parts=["scenes"])
            assert seen["scenes"]["programme"]["landscape"] == "Two"
            assert seen["scenes"]["preview"]["landscape"] == "One"
            assert seen["scenes"]["on_standby"]["canvases"] == []
