"""What is on the picture wears the brand, also what was there before it was chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np

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
from studio.scenes.transitions.base import Transition
from studio.shop.catalogue import Catalogue
from studio.shop.wearing import TryOnController
from studio.show.model import BrandKit
from studio.sources.bank import SourceManager
from studio.sources.base import Source, SourceContext

BOARD = BoardSpec("Which next?", (BoardRow("1  Red", 3, 1.0, leads=True),), ("3 joined",))


def test_comment_and_board_are_drawn_anew_in_the_brand():
    around = SourceContext(Path(), TextDrawer(), 30.0, 320, 180)
    workshop = FilterFactory(discover(filter_folder, Filter), lambda: around.base)
    bank = SourceManager(discover(source_folder, Source), around, workshop, print)
    scenes = SceneRepository(discover(transition_folder, Transition), lambda event: None)
    catalogue, deck = Catalogue(), OverlayStack()
    overlays = OverlayController(deck, scenes, catalogue, TryOnController(bank, scenes))

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
