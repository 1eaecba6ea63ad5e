"""Comments that cross the picture: none meets another, a face or a card; all run evenly."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from studio.core.clock import NS
from studio.graphics.crawl import (
    MOST_WAITING,
    PATIENCE_NS,
    CommentCrawl,
    CrawlText,
    draw_crawl,
    row_height,
)
from studio.graphics.deck import OverlayStack
from studio.graphics.model import CrawlSettings
from studio.graphics.placer import safe_area
from studio.media.frame import blank
from studio.media.yuv import Layer, Rect, layer

FPS = 25.0


def drawn(width: int, height: int = 30) -> Layer:
    return layer(blank(width, height, (235, 128, 128)))


def tick(number: int) -> int:
    return round(number * NS / FPS)


class Canvas:
    """One canvas with comments that cross it; pictures in turn."""

    def __init__(self, width: int = 1920, height: int = 1080, **settings: object) -> None:
        self.size = (width, height)
        self.crawl = CommentCrawl(FPS)
        self.crawl.settings = CrawlSettings(**{"kind": "bullets", **settings})  # type: ignore[arg-type]
        self.area = safe_area(width, height)
        self.tick = 0
        self.at([])

    def send(self, id: str, width: int = 400) -> None:
        self.crawl.send(CrawlText(id, {"c": drawn(width)}))

    def at(self, avoid: list[Rect]) -> list[Rect]:
        placed = self.crawl.at("c", self.size, self.area, avoid, tick(self.tick))
        self.tick += 1
        return [Rect(p.x, p.y, p.layer.width, p.layer.height) for p in placed]


def test_it_crosses_in_its_time_in_even_steps() -> None:
    canvas = Canvas(seconds=10.0)
    canvas.send("a")
    seen = canvas.at([])
    while rects := canvas.at([]):
        seen += rects
    canvas.at([])
    steps = {a.x - b.x for a, b in itertools.pairwise(seen)}
    assert len(steps) == 1, "no judder"
    assert steps.pop() % 2 == 0, "chroma is half size"
    assert seen[0].x == 1920
    assert seen[-1].x + 400 <= 10
    until_left = next(i for i, rect in enumerate(seen) if rect.x <= 0)
    assert until_left / FPS == pytest.approx(10, rel=0.05)
    assert canvas.crawl.crossing == set()


@pytest.mark.parametrize("seed", range(12))
def test_none_meets_another_a_face_or_a_card(seed: int) -> None:
    draw = random.Random(seed)
    width, height = draw.choice([(1920, 1080), (1080, 1920), (640, 360), (3840, 2160)])
    canvas = Canvas(
        width, height, lines=draw.randint(1, 6), seconds=draw.uniform(4, 30),
        size=draw.uniform(0.6, 2), kind=draw.choice(["bullets", "ticker"]),
    )  # fmt: skip
    high = row_height(width, height, canvas.crawl.settings) * 8 // 10 // 2 * 2
    avoid: list[Rect] = []
    shown = 0
    for number in range(400):
        if draw.random() < 0.3:
            wide = draw.randrange(40, width * 7 // 10, 2)
            canvas.crawl.send(CrawlText(f"{number}", {"c": drawn(wide, max(2, high))}))
        if draw.random() < 0.05:
            avoid = [
                Rect(draw.randrange(0, width, 2), draw.randrange(0, height, 2),
                     draw.randrange(20, width // 2, 2), draw.randrange(20, height // 2, 2))
                for _ in range(draw.randint(0, 3))
            ]  # fmt: skip
        if draw.random() < 0.02:
            for id in canvas.crawl.crossing:
                canvas.crawl.drop(id)
            assert canvas.at(avoid) == [], "from the next picture on"
            assert canvas.crawl.crossing == set()
        rects = canvas.at(avoid)
        shown += len(rects)
        for rect in rects:
            assert rect.x % 2 == rect.y % 2 == rect.w % 2 == 0
            assert not any(rect.meets(box) for box in avoid)
        for first, second in itertools.combinations(rects, 2):
            assert not first.meets(second)
    assert shown


def test_it_passes_behind_a_face_and_comes_out_whole() -> None:
    canvas = Canvas()
    face = Rect(800, 0, 200, 300)
    canvas.send("a", 600)
    widths = []
    while not widths or widths[-1]:
        widths.append(sum(rect.w for rect in canvas.at([face])))
    assert min(widths[1:-40]) >= 360, "only what lies behind the face is hidden"
    assert widths.count(600) > 50


def test_a_ticker_runs_below_the_graphics_in_a_row_that_they_leave_free() -> None:
    deck = OverlayStack()
    free = deck.area("c", 1920, 1080)
    settings = CrawlSettings(kind="ticker")
    high = row_height(1920, 1080, settings)
    deck.spared = lambda width, height: high
    area = deck.area("c", 1920, 1080)
    canvas = Canvas(kind="ticker")
    canvas.area = area
    canvas.send("a")
    rect = canvas.at([])[0]
    assert area.h == free.h - high
    assert rect.y >= area.y + area.h
    assert rect.y + rect.h <= free.y + free.h


def test_of_too_many_the_oldest_are_left_out_and_counted() -> None:
    canvas = Canvas(lines=1, seconds=30.0)
    for number in range(MOST_WAITING + 11):
        canvas.send(f"{number}", 1300)
    canvas.at([])
    assert canvas.crawl.take_left_out() == 11
    assert canvas.crawl.take_left_out() == 0
    canvas.tick += round(PATIENCE_NS / NS * FPS) + 1
    canvas.at([])
    assert canvas.crawl.take_left_out() > 0, "an answer to nothing"


def test_what_was_dropped_before_it_began_never_comes() -> None:
    canvas = Canvas()
    canvas.send("a")
    canvas.crawl.drop("a")
    canvas.send("b")
    assert len(canvas.at([])) == 1
    canvas.crawl.clear()
    canvas.send("c")
    assert canvas.crawl.crossing >= {"c"}
    assert len(canvas.at([])) == 1
    assert canvas.crawl.crossing == {"c"}


def test_a_canvas_that_is_off_keeps_nobody_waiting() -> None:
    canvas = Canvas()
    canvas.send("a")
    canvas.at([])
    for number in range(200):
        canvas.crawl.at("other", (640, 360), safe_area(640, 360), [], tick(number + canvas.tick))
    assert canvas.crawl.crossing == set()


def test_a_line_is_drawn_with_its_author_masked_and_long_text_cut() -> None:
    short = draw_crawl("Li", "好看 👍", 34, 1300)
    long = draw_crawl("Li", "好看" * 200 + "\n13812345678", 34, 1300)
    assert short.width < long.width <= 1300
    assert short.height == long.height
    assert np.count_nonzero(short.frame.y > 150), "there is text"
    phone = draw_crawl("", "13812345678", 34, 1300)
    masked = draw_crawl("", "138****5678", 34, 1300)
    assert np.array_equal(phone.frame.y, masked.frame.y)
