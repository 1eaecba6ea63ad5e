"""What is on the picture wears the brand, also what was there before it was chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from msgspec.structs import replace

import studio.filters.kinds as filter_folder
import studio.scenes.transitions as transition_folder
import studio.sources.kinds as source_folder
from studio.app.overlays import OverlayController
from studio.core.clock import now_ns
from studio.core.registry import discover
from studio.filters.base import Filter
from studio.filters.workshop import FilterFactory
from studio.graphics.deck import OverlayStack
from studio.graphics.model import BoardRow, BoardSpec
from studio.graphics.text import TextDrawer
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import Canvas
from studio.scenes.transitions.base import Transition
from studio.shop.catalogue import Catalogue
from studio.shop.wearing import TryOnController
from studio.show.model import BrandKit
from studio.sources.bank import SourceManager
from studio.sources.base import Source, SourceContext

BOARD = BoardSpec("Which next?", (BoardRow("1  Red", 3, 1.0, leads=True),), ("3 joined",))


def _overlays():
    around = SourceContext(Path(), TextDrawer(), 30.0, 320, 180)
    workshop = FilterFactory(discover(filter_folder, Filter), lambda: around.base)
    bank = SourceManager(discover(source_folder, Source), around, workshop, print)
    scenes = SceneRepository(discover(transition_folder, Transition), lambda event: None)
    catalogue, deck = Catalogue(), OverlayStack()
    overlays = OverlayController(deck, scenes, catalogue, TryOnController(bank, scenes))
    return overlays, deck, scenes


def test_comment_and_board_are_drawn_anew_in_the_brand():
    overlays, deck, _ = _overlays()

    def drawn():
        placed = deck.at("landscape", 1920, 1080, now_ns())
        return [entry.layer.frame.planes[0].copy() for entry in placed]

    overlays.show_comment("Li", "Which size?")
    overlays.show_board(BOARD)
    before = drawn()
    assert len(before) == 2
    overlays.wear_brand(BrandKit(plate="#f0f0f0", plate_ink="#101010"))
    after = drawn()
    assert len(after) == 2
    assert not any(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    overlays.show_board(None)
    overlays.wear_brand(BrandKit())
    assert deck.names == ["comment"], "what was taken off does not come back with a brand"


def test_hearts_that_never_end_have_the_brand_and_the_canvases_of_now():
    overlays, _, scenes = _overlays()
    overlays.send_hearts(3)
    shower, first = overlays.hearts, overlays.hearts.layers
    assert set(first) == {canvas.name for canvas in scenes.state.canvases if canvas.is_enabled}
    overlays.send_hearts(3)
    assert shower.layers is first, "drawn once"
    overlays.wear_brand(BrandKit(accent="#00c0ff"))
    overlays.send_hearts(3)
    planes = [layers["landscape"].whole[0].frame.planes[1] for layers in (first, shower.layers)]
    assert not np.array_equal(*planes)
    canvases = (Canvas("landscape", 1280, 720), Canvas("square", 720, 720))
    scenes.load(replace(scenes.state, canvases=canvases))
    overlays.send_hearts(3)
    assert set(shower.layers) == {"landscape", "square"}
