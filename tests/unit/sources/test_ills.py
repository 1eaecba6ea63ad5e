"""What ails a source is told as what it is: waiting, gone, broken; and it mends by itself."""

from __future__ import annotations

import logging
import os
import socket

import numpy as np
import pytest

from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.media.cv import cv2
from studio.media.frame import Frame, to_rgb
from studio.media.picture_file import read_picture
from studio.sources.health import Fault, HealthWatch
from tests.unit.sources.media import film, state, tone, turned, until

DEADLINE_S = 8.0


def picture(level=90):
    planes = (np.full((48, 64), level, np.uint8), *(np.full((24, 32), 128, np.uint8),) * 2)
    return Frame(*planes, now_ns())


# -- waiting and gone -----------------------------------------------------------------------------


def test_an_ingest_nobody_has_called_waits_and_is_no_fault(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    runner = run("ingest", port=port)
    assert until(lambda: state(runner) == "waiting")
    found = runner.health(now_ns())
    assert not found.is_bad
    assert found.error == "sources.ingest_waiting"
    assert str(port) in found.params["address"]


def test_a_busy_port_is_a_fault_at_once(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    with socket.create_server(("127.0.0.1", 0)) as one:
        runner = run("ingest", port=one.getsockname()[1])
        assert until(lambda: state(runner) == "missing")
        assert runner.error.key == "sources.ingest_port"
    assert until(lambda: state(runner) == "waiting")  # the other program has ended


def test_waiting_ends_with_the_first_picture_and_does_not_come_back():
    watch = HealthWatch(is_live=True, has_video=True)
    error = StudioError("unavailable", "sources.ingest_waiting", address="x")
    watch.wait()
    assert watch.health(now_ns(), error, Fault.NONE).state == "waiting"
    watch.saw(picture(), False)
    assert watch.health(now_ns(), None, Fault.NONE).state == "ok"
    watch.wait()
    assert watch.health(now_ns() + 10**9, error, Fault.NONE).state == "lost"


class Others:
    """Stands where the engine lends pictures of other sources."""

    def __init__(self, is_still):
        self.there, self.frame, self.is_still = True, picture(), is_still

    def look(self, name):
        if not self.there:
            raise StudioError("not_found", "sources.mirrored_gone", source=name)
        return self.frame if self.is_still else picture(now_ns() // 10**7 % 200)

    def has(self, name):
        return self.there


@pytest.mark.parametrize(("is_still", "is_seen"), [(True, True), (False, False)])
def test_a_mirror_of_what_was_removed_is_missing_and_comes_back(run, is_still, is_seen):
    others = Others(is_still)
    around = {"look": others.look, "has": others.has}
    runner = run("mirror", around, sleepy=not is_seen, source="host")
    assert until(lambda: state(runner) in ("ok", "still"))
    others.there = False
    assert until(lambda: state(runner) == "missing"), runner.health(now_ns())
    found = runner.health(now_ns())
    assert found.is_bad
    assert found.error == "sources.mirrored_gone"
    assert found.params["source"] == "host"
    others.there = True
    assert until(lambda: state(runner) in ("ok", "still"))
    assert runner.health(now_ns()).error == ""


# -- broken files ---------------------------------------------------------------------------------


def png(path, size=(64, 48), extension=".png"):
    rgb = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    path.write_bytes(cv2.imencode(extension, rgb)[1].tobytes())
    return path


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path):
    data = bytearray(path.read_bytes())
    for at in range(len(data) // 3, len(data), 997):
        data[at] ^= 0x55
    path.write_bytes(data)


def gone(path):
    path.unlink()


def emptied(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [cut, flipped, gone, emptied])
def test_a_broken_picture_is_told_once_and_mends_by_itself(run, tmp_path, caplog, capfd, harm):
    file = png(tmp_path / "a.png")
    whole = file.read_bytes()
    harm(file)
    runner = run("image", path="a.png")
    with caplog.at_level(logging.WARNING):
        assert until(lambda: state(runner) == "missing")
        key = "sources.file_missing" if harm is gone else "sources.picture_"
        assert runner.error.key.startswith(key)
        tries = []
        read, runner.source.run = runner.source.run, lambda feed: (tries.append(1), read(feed))
        assert not until(lambda: tries, 0.8)  # it stays as it was: it is not read again
    file.write_bytes(whole)
    assert until(lambda: state(runner) == "still")
    assert runner.health(now_ns()).error == ""
    assert len([record for record in caplog.records if "a.png" in record.getMessage()]) <= 1
    assert "libpng" not in capfd.readouterr().err


def test_a_broken_film_mends_by_itself(run, tmp_path):
    file = film(tmp_path / "a.mp4", 0.5)
    whole = file.read_bytes()
    cut(file)
    runner = run("clip", path="a.mp4")
    assert until(lambda: state(runner) == "missing")
    assert runner.error.key == "sources.file_broken"
    file.write_bytes(whole)
    assert until(lambda: state(runner) == "ok")


@pytest.mark.parametrize("kind", ["image", "clip"])
def test_a_folder_a_pipe_and_a_device_are_no_files_and_nothing_waits_for_them(run, tmp_path, kind):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    runners = [run(kind, path=path) for path in ("folder", "pipe", "/dev/zero", "x" * 5000)]
    for runner in runners:
        assert until(lambda runner=runner: state(runner) == "missing"), runner.source.settings


@pytest.mark.parametrize("size", [(1, 1), (33, 17), (1, 600), (9000, 1), (4096, 2)])
@pytest.mark.parametrize("extension", [".png", ".jpg"])
def test_odd_sizes_are_pictures(tmp_path, size, extension):
    frame = read_picture(png(tmp_path / f"a{extension}", size, extension))
    assert frame.width % 2 == frame.height % 2 == 0
    assert 2 <= frame.width <= 4096
    assert abs(int(frame.y.mean()) - 110) < 100


def test_a_whole_png_with_odd_chunks_is_read(tmp_path):
    file = png(tmp_path / "a.png")
    data = file.read_bytes()
    text = b"\0\0\0\4tEXta\0bcBAD!"  # its CRC is wrong, and nobody needs it
    file.write_bytes(data[:33] + text + data[33:] + b"behind the end")
    assert read_picture(file).width == 64


# -- films of phones, and sound alone -------------------------------------------------------------


@pytest.mark.parametrize(
    ("matrix", "corners"),
    [
        ((1, 0, 0, 1), "rg bw"),
        ((0, 1, -1, 0), "br wg"),
        ((-1, 0, 0, -1), "wb gr"),
        ((0, -1, 1, 0), "gw rb"),
        ((-1, 0, 0, 1), "gr wb"),  # a front camera writes what a mirror shows
        ((1, 0, 0, -1), "bw rg"),
        ((0, 1, 1, 0), "rb gw"),
        ((0, -1, -1, 0), "wg br"),
    ],
)
def test_a_phone_film_stands_as_its_matrix_says(run, tmp_path, matrix, corners):
    def four(number):
        rgb = np.zeros((48, 64, 3), np.uint8)
        rgb[:24, :32, 0] = rgb[:24, 32:, 1] = rgb[24:, :32, 2] = 255
        rgb[24:, 32:] = 255
        return rgb

    file = turned(film(tmp_path / "p.mp4", 0.2, size=(64, 48), draw=four), matrix)
    runner = run("clip", path=file.name)
    assert until(lambda: runner.latest is not None), runner.error
    rgb = to_rgb(runner.latest.frame)
    high, wide = rgb.shape[:2]
    assert (wide > high) == (matrix[0] != 0)

    def letter(x, y):
        red, green, blue = (int(entry) > 128 for entry in rgb[round(high * y), round(wide * x)])
        return "w" if red and green and blue else "rgb"[(red, green, blue).index(True)]

    rows = ["".join(letter(x, y) for x in (0.25, 0.75)) for y in (0.25, 0.75)]
    assert " ".join(rows) == corners


def test_sound_alone_is_no_missing_picture(run, tmp_path):
    import av

    with av.open(str(tmp_path / "a.wav"), "w") as out:
        tone(out, out.add_stream("pcm_s16le", rate=44100, layout="mono"), 1.0, 44100, "mono")
    runner = run("clip", path="a.wav")
    assert until(lambda: state(runner) == "sound"), runner.health(now_ns())


@pytest.mark.parametrize("size", [(1, 1), (2, 34), (33, 17), (1, 600)])
def test_a_film_of_a_few_pixels_is_judged_without_a_fault(run, tmp_path, size):
    file = film(tmp_path / "a.mov", 0.4, size=size, codec="png", pix="rgb24", gop=0)
    runner = run("clip", path=file.name)
    assert until(lambda: state(runner) == "ok"), runner.health(now_ns())
    seen = (runner.latest.frame.width, runner.latest.frame.height)
    assert seen == tuple(max(2, side & ~1) for side in size)


def test_a_replay_before_any_was_saved_waits_and_is_no_fault(run, monkeypatch):
    monkeypatch.setattr("studio.sources.kinds.replay.latest", lambda: None)
    runner = run("replay")
    assert until(lambda: state(runner) == "waiting")
    assert runner.error.key == "sources.no_replay"
