"""The state in words, and scenes that would show themselves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from studio.core.state_text import state_text
from studio.scenes.model import Item, Scene, ScenesState
from studio.scenes.nested import is_cycle

STATE = {
    "shop": {
        "card": "hat",
        "products": [
            {"id": "bag", "name": "手提包", "price_cents": 9900},
            {"id": "hat", "name": "渔夫帽", "price_cents": 4900, "tags": ["夏", "防晒"]},
        ],
    },
    "show": {"name": "秋季上新"},
    "sound": {"master_db": -3.5, "is_on": True},
}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("shop.card.name", "渔夫帽"),
        ("shop.card", "hat"),
        ("shop.products.0.name", "手提包"),
        ("shop.products.bag.price_cents", "9900"),
        ("shop.card.tags", "夏  防晒"),
        ("show.name", "秋季上新"),
        ("sound.master_db", "-3.5"),
        ("sound.is_on", ""),
        ("nothing.there", ""),
        ("shop.card.none", ""),
        ("", ""),
    ],
)
def test_the_state_is_said_as_people_read_it(path, words):
    state = SimpleNamespace(get=lambda parts: {p: STATE[p] for p in parts if p in STATE})
    assert state_text(state, path) == words


def test_a_state_that_changes_while_it_is_read_is_nothing_for_once():
    def get(parts):
        raise RuntimeError("dictionary changed size during iteration")

    assert state_text(SimpleNamespace(get=get), "shop.card") == ""


def snapshot(**scenes):
    """Scenes by the sources on them; "@X" is scene X, "=Y" a mirror of Y."""

    def runner(name):
        kind = {"@": "scene", "=": "mirror"}.get(name[0], "colour")
        settings = SimpleNamespace(scene=name[1:], source=name[1:])
        return SimpleNamespace(source=SimpleNamespace(kind=kind, settings=settings))

    made = tuple(
        Scene(name, tuple(Item(n, one) for n, one in enumerate(sources, 1)))
        for name, sources in scenes.items()
    )
    names = {source for sources in scenes.values() for source in sources}
    names |= {name[1:] for name in names if name.startswith("=")}
    sources = {name: runner(name) for name in names}
    return SimpleNamespace(state=ScenesState(scenes=made), sources=sources)


@pytest.mark.parametrize(
    ("scenes", "is_round"),
    [
        ({"A": ["x"]}, False),
        ({"A": ["@B"], "B": ["x"]}, False),
        ({"A": ["@A"]}, True),
        ({"A": ["@B"], "B": ["@C"], "C": ["@A"]}, True),
        ({"A": ["=@B"], "B": ["@A"]}, True),
        ({"A": ["@B", "@C"], "B": ["@C"], "C": ["x"]}, False),
        ({"A": ["@B"], "B": ["@C"], "C": ["@B"]}, False),
        ({"A": ["@Gone"]}, False),
    ],
)
def test_a_way_back_is_found(scenes, is_round):
    shot = snapshot(**scenes)
    assert is_cycle(shot, shot.state.scene("A")) is is_round


def test_a_nested_scene_is_see_through_where_it_is_empty_and_looks_the_same_elsewhere():
    """Drawn over another ground it is what the scene itself would be over that ground."""
    import threading
    from pathlib import Path

    import numpy as np

    from studio.media.frame import Frame, blank, from_rgb, to_rgb
    from studio.media.yuv import Scratch, blend, layer
    from studio.sources.base import Feed, SourceContext
    from studio.sources.kinds.scene import NestedScene

    alpha = np.zeros((40, 60), np.uint8)
    alpha[10:30, 10:40] = 255
    alpha[10:30, 40:50] = 128
    goods = layer(from_rgb(np.full((40, 60, 3), (200, 80, 40), np.uint8), alpha))

    def render(scene: str, canvas: str, at_ns: int, ground: str = "") -> Frame:
        value = {"": (60, 128, 128), "#000000": (16, 128, 128), "#ffffff": (235, 128, 128)}[ground]
        frame = blank(80, 60, value)
        blend(frame, goods, 10, 10, Scratch())
        return frame

    got: list[Frame] = []
    stopping = threading.Event()

    def take(frame: Frame, still: bool) -> None:
        got.append(frame)
        stopping.set()

    source = NestedScene(NestedScene.decode({"scene": "any"}), SourceContext(Path(), render=render))
    source.run(Feed(stopping, take, lambda s, p: None, lambda: True))
    nested = got[0]
    assert nested.alpha is not None
    assert nested.alpha[2, 2] == 0
    assert nested.alpha[30, 30] >= 253
    assert abs(int(nested.alpha[30, 55]) - 128) < 4
    over = blank(80, 60, (150, 90, 160))
    blend(over, layer(nested), 0, 0, Scratch())
    wanted = blank(80, 60, (150, 90, 160))
    blend(wanted, goods, 10, 10, Scratch())
    assert np.abs(to_rgb(over).astype(int) - to_rgb(wanted)).max() <= 8
