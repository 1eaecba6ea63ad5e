"""Words, countdowns, pictures, playlists, turntables: what they show, and how they are led."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.media.cv import cv2
from studio.media.frame import to_rgb
from studio.sources.gather import Order, counted
from studio.sources.health import Fault
from studio.sources.kinds.countdown import Countdown, until_clock
from tests.unit.sources.media import film, state, until


def shot(runner):
    assert until(lambda: runner.latest is not None), runner.error
    return runner.latest.frame


def plain(path, level, size=(64, 48)):
    cv2.imwrite(str(path), np.full((size[1], size[0], 3), level, np.uint8))


def level(runner):
    return int(to_rgb(shot(runner))[24, 32, 0])


# -- words ----------------------------------------------------------------------------------------


def test_words_from_a_file_are_renewed(run, tmp_path):
    (tmp_path / "t.txt").write_text("Hi", encoding="utf-8")
    runner = run("text", file="t.txt", text="今日：{}")
    short = shot(runner).width
    (tmp_path / "t.txt").write_text("much longer than it was", encoding="utf-8")
    assert until(lambda: shot(runner).width > short * 1.5)
    assert state(runner) == "still"


def test_words_from_the_state_are_renewed(run):
    words = {"shop.card.name": "A"}
    runner = run("text", around={"state": lambda path: words[path]}, state="shop.card.name")
    short = shot(runner).width
    words["shop.card.name"] = "A very long name"
    assert until(lambda: shot(runner).width > short * 2)


def test_no_file_is_said_and_comes_back(run, tmp_path):
    runner = run("text", file="none.txt")
    assert until(lambda: runner.error is not None)
    assert runner.error.key == "sources.file_missing"
    (tmp_path / "none.txt").write_text("there", encoding="utf-8")
    assert until(lambda: runner.latest is not None)


def test_wrapped_words_are_narrower_and_higher(run):
    text = "一场直播里最重要的是好货好价 and words"
    wide, wrapped = run("text", text=text, size=32), run("text", text=text, size=32, wrap=200)
    assert shot(wrapped).width < 240 < shot(wide).width
    assert shot(wrapped).height > 2 * shot(wide).height


def test_vertical_words_stand(run):
    frame = shot(run("text", text="直播中", size=40, is_vertical=True))
    assert frame.height > 1.7 * frame.width


def test_scrolling_words_move_through_a_window(run):
    runner = run("text", text="新品上市 " * 5, size=32, scroll_x=300, window=200)
    first = shot(runner)
    assert first.width == 200
    assert until(lambda: not np.array_equal(runner.latest.frame.alpha, first.alpha))
    assert state(runner) == "ok"


def test_a_font_that_is_none_is_said(run, tmp_path):
    (tmp_path / "x.ttf").write_bytes(b"no font")
    runner = run("text", text="a", font_file="x.ttf")
    assert until(lambda: runner.error is not None)
    assert runner.error.key == "graphics.bad_font"


# -- countdown ------------------------------------------------------------------------------------


def countdown(**settings):
    from pathlib import Path

    from studio.sources.base import SourceContext

    return Countdown(Countdown.decode(settings), SourceContext(Path()))


@pytest.mark.parametrize(
    ("form", "left", "words"),
    [
        ("short", 299.2, "5:00"),
        ("short", 59.0, "0:59"),
        ("short", 3600.0, "1:00:00"),
        ("long", 61, "0:01:01"),
        ("seconds", 89.5, "90"),
        ("short", 0, "开播啦"),
    ],
)
def test_what_a_countdown_says(form, left, words):
    assert countdown(form=form, end_text="开播啦").words(left) == words


def test_a_countdown_is_led_by_hand():
    one = countdown(seconds=100, starts=False)
    assert one.progress().state == "paused"
    one.control("play", 0)
    assert one.progress().state == "playing"
    one.control("seek", 60_000)
    assert one.left_s() == pytest.approx(40, abs=1)
    one.control("pause", 0)
    left = one.left_s()
    assert one.left_s() == left
    one.control("reset", 0)
    assert one.left_s() == 100
    assert one.progress().state == "paused"


def test_a_countdown_to_a_time_of_day_knows_tomorrow():
    at = datetime(2026, 5, 1, 19, 30)
    assert until_clock("20:00", at, at) == 1800
    assert until_clock("19:00", at, at) == 23.5 * 3600
    assert until_clock("20:00", at, datetime(2026, 5, 1, 20, 5)) == 0
    with pytest.raises(StudioError) as wrong:
        until_clock("25:00", at, at)
    assert wrong.value.key == "sources.clock"


def test_a_countdown_runs_on_the_picture(run):
    runner = run("countdown", seconds=2, end_text="开始！", size=32)
    first = shot(runner)
    assert until(lambda: runner.source.progress().state == "ended", 4.0)
    assert until(lambda: runner.latest.frame.width != first.width)


# -- pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_moving_pictures_move(run, tmp_path, name):
    film_ = cv2.Animation()
    film_.frames = [np.full((48, 64, 4), (v, v, v, 255), np.uint8) for v in (40, 120, 220)]
    film_.durations = np.array([60, 60, 60], np.int32)
    assert cv2.imwriteanimation(str(tmp_path / name), film_)
    runner = run("image", path=name)
    seen = set()
    assert until(lambda: seen.add(level(runner) // 20) or len(seen) >= 3)
    assert state(runner) == "still"


def test_slides_change_fade_and_are_led(run, tmp_path):
    for number, grey in enumerate((40, 130, 220)):
        plain(tmp_path / f"{number}.png", grey)
    runner = run("slide_show", folder=".", seconds=60, fade_ms=300, width=64, height=48)
    assert abs(level(runner) - 40) < 4
    runner.source.control("next", 0)
    assert until(lambda: 50 < level(runner) < 120)  # on the way
    assert until(lambda: abs(level(runner) - 130) < 4)
    runner.source.control("previous", 0)
    assert until(lambda: abs(level(runner) - 40) < 4)
    runner.source.control("cue", 3)
    assert until(lambda: abs(level(runner) - 220) < 4)
    assert runner.source.progress().cursor_ms == 120_000


def test_slides_change_by_themselves_and_a_broken_one_is_passed_over(run, tmp_path):
    plain(tmp_path / "1.png", 40)
    (tmp_path / "2.png").write_bytes(b"broken")
    plain(tmp_path / "10.png", 220)
    runner = run("slide_show", folder=".", seconds=0.3, fade_ms=0, width=64, height=48)
    assert until(lambda: abs(level(runner) - 220) < 4)
    assert until(lambda: abs(level(runner) - 40) < 4)


def test_no_pictures_are_said(run):
    runner = run("slide_show", folder="nowhere")
    assert until(lambda: runner.error is not None)
    assert runner.error.key == "sources.no_files"


def test_a_turntable_turns_and_is_wound(run, tmp_path):
    for number in range(12):
        plain(tmp_path / f"p{number}.png", 20 * number + 10)
    runner = run("turntable", folder=".", turns_per_minute=60)
    seen = set()
    assert until(lambda: seen.add(level(runner) // 20) or len(seen) >= 10)
    runner.source.control("pause", 0)
    runner.source.control("seek", 500)  # half a turn
    assert until(lambda: level(runner) // 20 == 6)
    runner.source.control("next", 0)
    assert until(lambda: level(runner) // 20 == 7)


# -- playlists ------------------------------------------------------------------------------------


def films(tmp_path, *greys):
    for number, grey in enumerate(greys):
        film(tmp_path / f"{number}.mp4", 0.7, sound=(48_000, "stereo"),
             draw=lambda n, g=grey: np.full((90, 160, 3), g + n % 3))  # fmt: skip


def test_a_playlist_goes_on_without_a_gap_and_passes_over_what_is_broken(run, tmp_path):
    films(tmp_path, 40, 200)
    (tmp_path / "1b.mp4").write_bytes(b"no film")
    runner = run("playlist", folder=".", loop=True)
    stamps, seen = [], set()

    def look():
        frame = shot(runner)
        if not stamps or frame.pts_ns != stamps[-1]:
            stamps.append(frame.pts_ns)
            seen.add(to_rgb(frame)[24, 32, 0] > 120)
        return len(seen) == 2 and len(stamps) > 60

    assert until(look)
    gaps = np.diff(stamps) / 1e6
    assert gaps.max() < 120
    assert state(runner) == "ok"


def test_a_playlist_is_led_and_ends(run, tmp_path):
    films(tmp_path, 40, 200)
    runner = run("playlist", files=["0.mp4", "1.mp4"], loop=False)
    shot(runner)
    runner.source.control("next", 0)
    assert until(lambda: runner.source.now_playing == "1.mp4")
    runner.source.control("previous", 0)
    assert until(lambda: runner.source.now_playing == "0.mp4")
    assert until(lambda: runner.source.progress().state == "ended")
    assert until(lambda: state(runner) == "still")


def test_order_is_as_people_count_and_shuffled_shows_all_before_any_again():
    assert sorted(["p10", "p2", "P1"], key=counted) == ["P1", "p2", "p10"]
    order = Order(5, is_shuffled=True)
    for _ in range(20):
        row = []
        for _ in range(5):
            row.append(order.now)
            order.step(1)
        assert sorted(row) == [0, 1, 2, 3, 4]


# -- health ---------------------------------------------------------------------------------------


def test_silence_is_told_apart(run, monkeypatch):
    monkeypatch.setattr("studio.sources.health.SILENT_NS", 300_000_000)
    loud, faint = run("tone", level_db=-20), run("tone", level_db=-80)
    assert until(lambda: state(faint) == "silent")
    assert faint.health(now_ns()).is_silent
    assert state(loud) == "sound"


def test_black_is_told_apart(run, tmp_path):
    runner = run("clip", path=str(film(tmp_path / "b.mp4", 4.0, draw=lambda n: np.full(
        (90, 160, 3), 2 + n % 5))), watch_frozen=False)  # fmt: skip
    assert until(lambda: state(runner) == "black")


def test_a_drill_is_seen_on_a_source_that_rests(run, tmp_path):
    runner = run("clip", sleepy=True, path=str(film(tmp_path / "r.mp4", 4.0)))
    runner.is_heard = False
    assert until(lambda: runner.health(now_ns()).is_resting)
    runner.fault = Fault.LOST
    assert state(runner) == "lost"


def test_a_playlist_that_rests_is_wound_where_it_was_asked(run, tmp_path):
    film(tmp_path / "1.mp4", 8.0)
    runner = run("playlist", sleepy=True, files=["1.mp4"])
    runner.is_heard = False
    assert until(lambda: runner.health(now_ns()).is_resting)
    runner.control("seek", 6000)
    assert until(lambda: runner.source.progress().cursor_ms >= 6000, 2.0)


# -- shown again ----------------------------------------------------------------------------------


def leave(runner):
    """Nobody looks any more."""
    runner.is_heard, runner.is_sleepy = False, True
    assert until(lambda: runner.may_rest)


def come_back(runner):
    """Somebody looks again."""
    runner.is_sleepy = False
    runner.look(now_ns())


def test_a_clip_that_has_ended_starts_over_where_it_should(run, tmp_path):
    """As OBS's films do where they are restarted when active, also after their end."""
    path = str(film(tmp_path / "1.mp4", 0.6))
    over = [run("clip", path=path, loop=False, on_show=how) for how in ("restart", "follow")]
    assert until(lambda: all(runner.source.progress().state == "ended" for runner in over))
    for runner in over:
        leave(runner)
    assert not until(lambda: over[0].source.progress().state != "ended", 0.2)  # unseen it waits
    for runner in over:
        come_back(runner)
    assert until(lambda: over[0].source.progress().state == "playing", 2.0)
    assert over[1].source.progress().state == "ended"


@pytest.mark.parametrize(("how", "name"), [("restart", "0.mp4"), ("pause", "1.mp4")])
def test_a_playlist_starts_over_where_it_should(run, tmp_path, how, name):
    for number in range(2):
        film(tmp_path / f"{number}.mp4", 4.0)
    runner = run("playlist", files=["0.mp4", "1.mp4"], on_show=how)
    shot(runner)
    runner.source.control("next", 0)
    assert until(lambda: runner.source.now_playing == "1.mp4")
    assert until(lambda: runner.source.progress().cursor_ms > 200)
    leave(runner)
    assert until(lambda: runner.health(now_ns()).is_resting)
    come_back(runner)
    assert until(lambda: not runner.health(now_ns()).is_resting)
    assert until(lambda: runner.source.now_playing == name, 2.0)
    assert runner.source.progress().cursor_ms < 2000


def test_a_playlist_is_cleared_at_its_end_and_starts_over(run, tmp_path):
    films(tmp_path, 200)
    runner = run("playlist", files=["0.mp4"], loop=False, on_show="restart", clear_at_end=True)
    assert until(lambda: runner.source.progress().state == "ended")
    assert until(lambda: runner.latest.frame.alpha is not None)
    assert not runner.latest.frame.alpha.any()
    leave(runner)
    assert not until(lambda: runner.source.progress().state != "ended", 0.2)
    come_back(runner)
    assert until(lambda: runner.source.progress().state == "playing", 2.0)


@pytest.mark.parametrize(("how", "number"), [("restart", 0), ("pause", 2), ("follow", 1)])
def test_slides_go_on_as_they_should_when_seen_again(run, tmp_path, how, number, monkeypatch):
    clock = [0]
    for at, grey in enumerate((40, 130, 220)):
        plain(tmp_path / f"{at}.png", grey)
    runner = run("slide_show", folder=".", seconds=60, fade_ms=0, width=64, height=48, on_show=how)
    shot(runner)
    runner.source.control("cue", 3)
    assert until(lambda: abs(level(runner) - 220) < 4)
    monkeypatch.setattr("studio.sources.kinds.slide_show.now_ns", lambda: now_ns() + clock[0])
    leave(runner)
    assert until(lambda: runner.health(now_ns()).is_resting)
    clock[0] = 130_000_000_000  # two slides later
    come_back(runner)
    assert until(lambda: abs(level(runner) - (40, 130, 220)[number]) < 4)
    assert until(lambda: runner.source.progress().cursor_ms == number * 60_000)


@pytest.mark.parametrize("kind", ["clip", "playlist", "slide_show"])
def test_what_starts_over_on_air_waits_at_its_start(run, tmp_path, kind):
    """Seen in preview it stands at its first picture; off air again it is wound back."""
    for at, grey in enumerate((40, 130, 220)):
        plain(tmp_path / f"{at}.png", grey)
    for number in range(2):
        film(tmp_path / f"{number}.mp4", 4.0)
    settings = {
        "clip": {"path": "0.mp4"},
        "playlist": {"files": ["0.mp4", "1.mp4"]},
        "slide_show": {"folder": ".", "seconds": 0.5, "fade_ms": 0, "width": 64, "height": 48},
    }[kind]
    runner = run(kind, on_show="on_air", **settings)
    shot(runner)
    assert not until(lambda: runner.source.progress().cursor_ms > 100, 0.6), "it waits in preview"
    for _ in range(2):
        runner.put_on_air(True)
        assert until(lambda: runner.source.progress().cursor_ms > 300)
        assert runner.source.progress().state == "playing"
        if kind == "playlist":
            runner.source.control("next", 0)
            assert until(lambda: runner.source.now_playing == "1.mp4")
        runner.put_on_air(True)  # said again, it plays on
        runner.put_on_air(False)
        assert until(lambda: runner.source.progress().cursor_ms == 0)
        assert runner.source.progress().state != "playing"
        if kind == "playlist":
            assert until(lambda: runner.source.now_playing == "0.mp4")
    assert runner.error is None


def test_slides_that_are_played_again_have_their_whole_time(run, tmp_path):
    for at, grey in enumerate((40, 130)):
        plain(tmp_path / f"{at}.png", grey)
    runner = run("slide_show", folder=".", seconds=0.6, fade_ms=0, width=64, height=48)
    shot(runner)
    runner.source.control("stop", 0)
    assert not until(lambda: runner.source.progress().cursor_ms > 0, 0.8)
    at = now_ns()
    runner.source.control("play", 0)
    assert until(lambda: runner.source.progress().cursor_ms == 600)
    assert now_ns() - at > 250_000_000
