"""Pictures for desks: what has not changed is not drawn again."""

from types import SimpleNamespace

import pytest

from studio.graphics.bubble import draw_lower_third
from studio.graphics.model import LowerThirdSpec
from studio.media.frame import blank
from studio.media.picture_memory import PictureWriter
from studio.remote.views import PreviewStream, PreviewStreams
from studio.scenes.compositor import Overlay
from studio.scenes.model import Box, Canvas, Item, Scene, ScenesState
from studio.scenes.stage import Renderer, Snapshot
from studio.sources.base import Source
from studio.sources.runner import SourceRunner


class Quiet(Source):
    def run(self, feed):
        feed.stopping.wait()


class Desk:
    """One view on a small canvas with one source."""

    def __init__(self, file, what):
        self.runner = SourceRunner("a", Quiet(None, None))
        self.scene = Scene("x", (Item(1, "a"),))
        self.overlays = {}
        self.rooms = SimpleNamespace(programme=self, stage=SimpleNamespace(latest={}))
        self.views, self.renderer = PreviewStreams(self.rooms), Renderer()
        name = "x" if what == "scene" else "a"
        self.view = PreviewStream(
            "1", None, what, name, "landscape", PictureWriter(file, 64, 36), 1
        )

    @property
    def snapshot(self):
        canvas = Canvas("landscape", 128, 72)
        at = {"landscape": "x"}
        state = ScenesState(scenes=(self.scene,), canvases=(canvas,), programme=at, preview=at)
        return Snapshot(state, {}, {"a": self.runner})

    def over(self, snapshot, scene, canvas, at_ns):
        return self.overlays.get(canvas.name, ())

    def frame(self):
        return self.views._frame(self.view, self.renderer)


@pytest.fixture(params=["preview", "scene", "source"])
def desk(request, tmp_path):
    made = Desk(tmp_path / "view", request.param)
    yield made
    made.view.writer.close()


def test_a_picture_is_drawn_when_its_source_has_a_new_one(desk):
    assert desk.frame() is not None
    assert desk.frame() is None
    desk.runner._deliver(blank(64, 36))
    assert desk.frame() is not None
    assert desk.frame() is None
    assert desk.runner._is_wanted(), "a source that is looked at goes on"


def test_a_scene_that_is_edited_is_drawn(desk):
    desk.runner._deliver(blank(64, 36))
    desk.frame()
    half = {"landscape": Box(0, 0, 0.5, 0.5)}
    desk.scene = Scene("x", (Item(1, "a", half),), id=desk.scene.id)
    assert (desk.frame() is not None) is (desk.view.what != "source")


def test_graphics_move_on_the_preview(tmp_path):
    desk = Desk(tmp_path / "view", "preview")
    lower = draw_lower_third(LowerThirdSpec("a"), 12)
    desk.frame()
    desk.overlays["landscape"] = [Overlay(lower, 10, 40)]
    assert desk.frame() is not None
    desk.overlays["landscape"] = [Overlay(lower, 10, 40)]
    assert desk.frame() is None
    desk.overlays["landscape"] = [Overlay(lower, 12, 40)]
    assert desk.frame() is not None
    desk.view.writer.close()
