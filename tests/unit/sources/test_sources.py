"""Every source delivers, is judged by what it delivers, and says what is wrong."""

from __future__ import annotations

import threading
import time

import av
import numpy as np
import pytest

import studio.sources.kinds as folder
from studio.core.clock import now_ns
from studio.core.paths import assets_dir
from studio.core.registry import discover
from studio.graphics.text import TextDrawer
from studio.media.yuv import Rect
from studio.sources.base import Source, SourceContext
from studio.sources.health import Fault
from studio.sources.runner import PictureWant, SourceRunner

KINDS = discover(folder, Source)
MEDIA = assets_dir() / "demo" / "demo.show"


@pytest.fixture
def run():
    runners = []

    def start(kind, settings=None, base=MEDIA):
        cls = KINDS.get(kind)
        around = SourceContext(base, TextDrawer(), 30.0, 640, 360)
        runner = SourceRunner(kind, cls(cls.decode(settings or {}), around))
        runners.append(runner)
        runner.start()
        return runner

    yield start
    for runner in runners:
        runner.stop()


def until(check, seconds=10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        threading.Event().wait(0.02)
    return False


def state(runner):
    return runner.health(now_ns()).state


def film(path, frames=30, size=(320, 240), still=False, rate=30, sound=False, pix="yuv420p"):
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=rate)
        video.width, video.height, video.pix_fmt = *size, pix
        audio = out.add_stream("aac", rate=44100, layout="mono") if sound else None
        for number in range(frames):
            picture = np.full((size[1], size[0], 3), 120 if still else number * 5 % 255, np.uint8)
            picture[: size[1] // 2] = 60
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(video.encode(None))
        if audio:
            wave = np.sin(np.arange(44100) * 0.06).astype(np.float32)[None, :]
            for start in range(0, 44100 - 1024, 1024):
                part = av.AudioFrame.from_ndarray(wave[:, start : start + 1024], "flt", "mono")
                part.sample_rate, part.pts = 44100, start
                out.mux(audio.encode(part))
            out.mux(audio.encode(None))
    return path


@pytest.mark.parametrize(
    ("kind", "settings", "wanted"),
    [
        ("clip", {"path": "media/host.mp4"}, "ok"),
        ("image", {"path": "media/shop.jpg"}, "still"),
        ("colour", {"top": "#ff0000", "bottom": "#0000ff"}, "still"),
        ("text", {"text": "橱窗 Shopcast"}, "still"),
        ("test_signal", {"width": 320, "height": 240}, "ok"),
        ("tone", {}, "sound"),
    ],
)
def test_every_kind_delivers(run, kind, settings, wanted):
    runner = run(kind, settings)
    assert until(lambda: state(runner) == wanted), runner.health(now_ns())


def test_a_clip_keeps_its_pace_and_its_sound(run, tmp_path):
    runner = run("clip", {"path": str(film(tmp_path / "a.mp4", 60, sound=True))})
    assert until(lambda: runner.slot.count > 20)
    at, number = now_ns(), runner.slot.count
    assert until(lambda: runner.slot.count >= number + 60)
    assert (now_ns() - at) / 1e9 == pytest.approx(2.0, abs=0.35)
    assert len(runner.ring) > 0


@pytest.mark.parametrize(
    ("kind", "settings", "key"),
    [
        ("clip", {"path": "no.mp4"}, "sources.file_missing"),
        ("clip", {"path": "show.json"}, "sources.file_broken"),
        ("image", {"path": "media/host.mp4"}, "sources.picture_format"),
        ("colour", {"top": "red"}, "sources.colour"),
        ("stream", {"url": "ftp://x"}, "sources.bad_address"),
        ("stream", {"url": "rtmp://127.0.0.1:9/live/x"}, "sources.cannot_open"),
        ("camera", {"device": "/dev/no-such"}, "sources.camera_gone"),
    ],
)
def test_what_is_wrong_is_said(run, kind, settings, key):
    runner = run(kind, settings)
    assert until(lambda: runner.error is not None)
    assert runner.error.key == key
    assert state(runner) == "missing"


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"ftypisom" * 50])
def test_garbage_is_no_film(run, tmp_path, content):
    (tmp_path / "x.mp4").write_bytes(content)
    runner = run("clip", {"path": str(tmp_path / "x.mp4")})
    assert until(lambda: runner.error is not None)
    assert runner.error.key in ("sources.file_broken", "sources.file_empty")


@pytest.mark.parametrize(("size", "pix"), [((320, 240), "yuv444p"), ((322, 242), "yuv420p")])
def test_odd_formats_become_yuv420p(run, tmp_path, size, pix):
    runner = run("clip", {"path": str(film(tmp_path / "o.mp4", 20, size, pix=pix))})
    assert until(lambda: runner.latest is not None)
    frame = runner.latest.frame
    assert frame.u.shape == (frame.height // 2, frame.width // 2)


def test_a_still_film_is_frozen_only_where_that_is_watched(run, tmp_path):
    still = {"path": str(film(tmp_path / "s.mp4", 60, still=True))}
    frozen = run("clip", {**still, "watch_frozen": True})
    moving = run("clip", {"path": str(film(tmp_path / "m.mp4", 60))})
    allowed = run("clip", still)
    assert until(lambda: state(frozen) == "frozen")
    assert state(moving) == "ok"
    assert state(allowed) == "ok"


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.FROZEN])
def test_a_drilled_fault_shows_like_a_real_one_and_goes_again(run, fault):
    runner = run("clip", {"path": "media/host.mp4"})
    assert until(lambda: state(runner) == "ok")
    runner.fault = fault
    assert until(lambda: state(runner) == fault.value)
    runner.fault = Fault.NONE
    assert until(lambda: state(runner) == "ok")


def test_a_version_that_was_asked_for_is_prepared_ahead(run):
    runner = run("clip", {"path": "media/host.mp4"})
    assert until(lambda: runner.latest is not None)
    want = PictureWant(Rect(0, 0, 200, 150), 100, 74)
    runner.shot(want, now_ns())
    number = runner.latest.number
    assert until(lambda: runner.latest.number > number + 1)
    assert want in runner.latest._made


def test_a_source_stops_at_once(run):
    runner = run("clip", {"path": "media/host.mp4"})
    assert until(lambda: runner.latest is not None)
    began = now_ns()
    runner.stop()
    assert now_ns() - began < 1e9


def test_media_can_be_paused_and_goes_on(run):
    runner = run("clip", {"path": "media/host.mp4"})
    assert until(lambda: state(runner) == "ok")
    runner.source.control("pause", 0)
    assert until(lambda: state(runner) == "still")
    runner.source.control("seek", 10_000)
    runner.source.control("play", 0)
    assert until(lambda: state(runner) == "ok")
