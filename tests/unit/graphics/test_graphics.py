"""Graphics: sizes, text that fits, places clear of faces, movement in and out."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.graphics import qt
from studio.graphics.board import draw_board
from studio.graphics.bubble import draw_comment, draw_lower_third, draw_mark
from studio.graphics.card import draw_card
from studio.graphics.deck import MOVE_NS, SLIDE_NS, OverlayStack
from studio.graphics.model import BoardRow, BoardSpec, CardSpec, CommentSpec, LowerThirdSpec
from studio.graphics.placer import CORNERS, at_corner, find_place, safe_area
from studio.graphics.svg import rasterise
from studio.graphics.text import draw_text
from studio.media.frame import blank
from studio.media.yuv import Rect, layer

MS = 1_000_000


def box(width, height):
    return layer(blank(width, height))


@pytest.mark.parametrize(
    "spec",
    [
        CardSpec("1号", "短", "", "", "¥9"),
        CardSpec("99号", "很长" * 40, "琥珀", "/no/such.png", "¥99,999", "¥199,999", "仅剩 4 件"),
        CardSpec(
            "No. 2", "word " * 30, "Amber", "", "$1,299.00", "$1,599.00", "Only 4 left", "Flash"
        ),
        CardSpec("", "", "", "", ""),
        CardSpec("1", "🦌👓 emoji \u200b zero\x00", "", "", "¥1"),
    ],
)
def test_any_card_can_be_drawn_at_an_even_size(spec):
    card = draw_card(spec, 120)
    assert card.width % 2 == 0
    assert card.height % 2 == 0
    assert card.width < 120 * 5


def test_the_right_edge_of_a_full_card_is_clear():
    spec = CardSpec("1", "猫眼", "", "", "¥19,999", "¥29,999", "仅剩 38 件", "秒杀 02:31")
    alpha = draw_card(spec, 200).frame.alpha
    assert alpha is not None
    assert alpha[:, -2:].max() < 40


def test_chinese_text_is_not_boxes():
    glyphs = {draw_text(sign, {"size": 48}).y.tobytes() for sign in "橱窗直播"}
    assert len(glyphs) == 4
    assert "Noto" in qt.family()


def test_what_has_no_glyph_is_left_out():
    assert qt.printable("小鹿") == "小鹿"
    assert "\U0001f98c" not in qt.printable("小鹿\U0001f98c") or qt._has_emoji()


def test_a_long_comment_keeps_to_two_lines_and_its_width():
    short = draw_comment(CommentSpec("小鹿", "好看"), 30, 600)
    long = draw_comment(CommentSpec("小鹿" * 50, "160 穿什么码？" * 40), 30, 600)
    assert short.width < 250
    assert long.width <= 602
    assert long.height < short.height * 2


def test_lower_third_and_mark_have_their_text():
    assert draw_lower_third(LowerThirdSpec("秋季上新", "今晚"), 40).width > 160
    assert draw_mark("虚拟试戴", 24).width > 96


def test_safe_areas_lie_inside():
    for size in ((1920, 1080), (1080, 1920), (640, 360)):
        area = safe_area(*size)
        assert area.clipped(*size) == area


def test_a_place_is_clear_of_faces():
    area = safe_area(1920, 1080)
    face = at_corner("bottom-left", (600, 400), area)
    corner, rect = find_place((500, 200), area, [face])
    assert corner == "bottom-right"
    assert not rect.meets(face)


def test_with_no_clear_corner_the_least_is_covered():
    area = Rect(0, 0, 400, 400)
    faces = [Rect(0, 0, 400, 400), Rect(0, 200, 400, 200), Rect(0, 0, 200, 200)]
    assert find_place((200, 200), area, faces)[0] == "top-right"


def test_a_graphic_slides_in_stays_and_slides_out():
    deck = OverlayStack()
    deck.show("card", {"landscape": box(200, 100)}, 0)
    xs = [deck.at("landscape", 1920, 1080, t * MS)[0].x for t in (0, 60, 120, 250, 5000)]
    assert xs[0] == -200
    assert xs == sorted(xs)
    assert xs[-1] == xs[-2] == safe_area(1920, 1080).x
    assert deck.hide("card", 6000 * MS)
    assert deck.at("landscape", 1920, 1080, 6100 * MS)[0].x < xs[-1]
    assert deck.at("landscape", 1920, 1080, 6000 * MS + SLIDE_NS + MS) == []
    assert not deck.hide("card", 7000 * MS)


def test_a_changed_card_changes_in_place():
    deck = OverlayStack()
    deck.show("card", {"landscape": box(200, 100)}, 0)
    before = deck.at("landscape", 1920, 1080, 400 * MS)[0].x
    deck.show("card", {"landscape": box(240, 100)}, 400 * MS)
    assert deck.at("landscape", 1920, 1080, 410 * MS)[0].x == before


def test_two_graphics_never_lie_on_each_other():
    deck = OverlayStack()
    for name in ("a", "b", "c", "d"):
        deck.show(name, {"landscape": box(300, 200)}, 0)
    deck.at("landscape", 1920, 1080, 0)
    placed = deck.at("landscape", 1920, 1080, 1000 * MS)
    rects = [Rect(p.x, p.y, 300, 200) for p in placed]
    assert not any(a.meets(b) for i, a in enumerate(rects) for b in rects[i + 1 :])


def test_nothing_covers_the_mark():
    deck = OverlayStack()
    for name in ("card", "lower_third", "comment", "more"):
        deck.show(name, {"portrait": box(300, 60)}, 0, ("top-right",))
    deck.at("portrait", 360, 640, 0)
    deck.show("mark", {"portrait": box(90, 20)}, MS, ("top-right", "top-left"))
    deck.at("portrait", 360, 640, 2 * MS)
    deck.show("comment", {"portrait": box(320, 60)}, 3 * MS, ("top-right",))
    last = deck.at("portrait", 360, 640, 2000 * MS)[-1]
    assert (last.layer.width, last.layer.height) == (90, 20)


def test_what_has_left_is_not_up():
    deck = OverlayStack()
    deck.show("mark", {"landscape": box(90, 20)}, 0)
    assert deck.names == ["mark"]
    deck.hide("mark", 100 * MS)
    assert deck.names == []


def test_a_face_that_stays_moves_the_card_a_nod_does_not():
    faces: list[Rect] = []
    deck = OverlayStack(lambda canvas: faces)
    deck.show("card", {"landscape": box(300, 200)}, 0)

    def x(ms):
        return deck.at("landscape", 1920, 1080, ms * MS)[0].x

    home = x(0), x(400)
    faces.append(Rect(0, 600, 500, 480))
    x(500)
    faces.clear()
    assert x(600) == home[1]
    faces.append(Rect(0, 600, 500, 480))
    for ms in range(700, 2600, 33):
        last = x(ms)
    assert last > 1000
    faces.clear()
    assert x(2600 + MOVE_NS // MS) == pytest.approx(last, abs=2)
    assert set(CORNERS) == {"bottom-left", "bottom-right", "top-left", "top-right"}


def test_layers_are_premultiplied():
    card = draw_card(CardSpec("1", "猫眼", "", "", "¥9"), 100)
    clear = np.asarray(card.inverse) == 255
    assert card.frame.y[clear].max() == 0


def test_an_svg_is_drawn_at_the_size_asked_for():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="20" '
    svg += b'height="20" fill="#ff0000"/></svg>'
    picture = rasterise(svg, 200)
    assert picture.shape == (100, 200, 4)
    assert picture[50, 50].tolist() == [255, 0, 0, 255]
    assert picture[50, 150, 3] == 0
    with pytest.raises(StudioError):
        rasterise(b"<svg", 100)


@pytest.mark.parametrize("width", [200.0, 860.0])
def test_a_board_is_no_wider_than_it_may_be_and_keeps_its_width(width: float) -> None:
    rows = [BoardRow("1  猫眼偏光墨镜 with a name that goes on and on", 0), BoardRow("2  B", None)]
    at_first = draw_board(BoardSpec("下一套试哪件？", tuple(rows), ("Comment it",)), 32, width)
    rows[0] = BoardRow(rows[0].name, 98_765, 0.9, leads=True)
    later = draw_board(BoardSpec("下一套试哪件？", tuple(rows), ("Comment it",)), 32, width)
    assert at_first.frame.width == later.frame.width <= width + 2
    assert at_first.frame.height == later.frame.height


def test_a_board_has_no_box_for_a_sign_that_no_font_has():
    plain = draw_board(BoardSpec("Which?", (BoardRow("1  Red", 3, 0.5),), ("3 joined",)), 32, 860)
    odd = BoardSpec("Which?\U0001f9a9", (BoardRow("1  Red\U0001f9a9", 3, 0.5),), ("3 joined",))
    if qt.printable("\U0001f9a9"):
        pytest.skip("this machine has signs for all of it")
    drawn = draw_board(odd, 32, 860)
    assert np.array_equal(drawn.frame.planes[0], plain.frame.planes[0])
