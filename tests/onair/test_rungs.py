"""Rungs, the warm backup address and HEVC, against real servers and real processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.line.hostile import Hostile
from studio.sender import wire
from studio.sender.model import OutputState
from tests.onair import nginx
from tests.onair.test_outputs import Rig, check_file

pytestmark = [pytest.mark.onair, pytest.mark.timeout(90)]
needs_nginx = pytest.mark.skipif(not nginx.is_there(), reason="nginx with rtmp is not installed")


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path / "run")
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[nginx.Nginx]:
    with nginx.Nginx(tmp_path / "nginx") as made:
        yield made


@needs_nginx
def test_each_gets_what_it_can_take(rig: Rig, server: nginx.Nginx) -> None:
    rig.show.is_busy = True
    rig.start(server.url("thin"), "thin", bitrate_kbps=400)
    rig.wait(OutputState.LIVE, "thin")
    assert rig.status("thin").rung == "landscape", "alone it needs no encode of its own"
    rig.until(lambda: rig.status("thin").packets > 120, 10)
    rig.start(server.url("full"), "full")
    rig.start(server.url("small"), "small", short_side=180)
    for name in ("full", "small"):
        rig.wait(OutputState.LIVE, name)
    rig.until(lambda: rig.status("thin").rung == "landscape/2", 5)
    assert rig.status("full").rung == "landscape"
    rig.until(lambda: rig.status("full").kbps > 900 and 0 < rig.status("thin").kbps < 750, 12)
    assert rig.status("thin").encode_kbps == 400
    assert rig.status("full").encode_kbps == 1200
    rig.add(server.url("tiny"), "tiny", short_side=90)
    assert rig.pipeline.plan_with("tiny").squeezed == {"full": 400}, "it is known beforehand"
    rig.until(lambda: rig.status("thin").packets > 700, 12)
    for name in ("thin", "full", "small"):
        assert rig.status(name).reconnects == 0
        rig.pipeline.stop(name)
    server.finish()
    assert server.publishes() == 3
    import av

    for file in server.files():
        check_file(file, largest_hole_ms=600)  # at a keyframe; a busy machine may skip a few
        if "small" in file.name:
            with av.open(str(file)) as film:
                assert film.streams.video[0].width == 320


@needs_nginx
def test_the_backup_address_is_one_word_away(rig: Rig, server: nginx.Nginx, tmp_path: Path) -> None:
    with nginx.Nginx(tmp_path / "backup") as backup:
        rig.start(server.url("k"), backup_url=backup.url("k").rpartition("/")[0])
        rig.wait(OutputState.LIVE)
        rig.until(lambda: rig.status().backup == "warm", 5)
        assert backup.publishers() == 0, "it lays no claim to the stream"
        rig.until(lambda: rig.status().packets > 100, 5)
        server.kill()
        killed = time.monotonic()
        rig.until(lambda: backup.publishers() == 1, 3)
        took = time.monotonic() - killed
        assert took < 1
        rig.until(lambda: rig.status().backup == "in_use", 5)
        status = rig.wait(OutputState.LIVE)
        assert str(backup.port) in status.shown_url
        rig.until(lambda: rig.status().packets > status.packets + 60, 5)
        server.start()  # and now the first one is the spare
        backup.kill()
        rig.until(lambda: server.publishers() == 1, 8)
        rig.wait(OutputState.LIVE)
        assert rig.status().backup != "in_use"


def test_hevc_over_enhanced_rtmp(rig: Rig, tmp_path: Path) -> None:
    """FFmpeg itself is the server: it takes hvc1, and what it took can be decoded."""
    import av

    url = f"rtmp://127.0.0.1:{nginx.free_port()}/live/k"
    seen: list[tuple[str, int, bool]] = []
    faults: list[Exception] = []

    def serve() -> None:
        try:
            with av.open(url, options={"listen": "1", "timeout": "15"}) as came:
                for packet in came.demux(came.streams.video[0]):
                    name = packet.stream.codec_context.name
                    for picture in packet.decode():
                        seen.append((name, picture.width, bool(picture.key_frame)))
                    if len(seen) > 60:
                        return
        except (av.FFmpegError, IndexError) as fault:
            faults.append(fault)

    listener = threading.Thread(target=serve, daemon=True)
    listener.start()
    rig.start(url, codec="hevc")
    rig.wait(OutputState.LIVE, limit_s=15)
    rig.until(lambda: len(seen) > 60 or bool(faults), 20)
    rig.pipeline.stop("push")
    listener.join(5)
    assert not faults
    assert seen[0] == ("hevc", 640, True)


def test_hevc_in_a_recording(rig: Rig, tmp_path: Path) -> None:
    import av

    film = tmp_path / "film.mkv"
    rig.start(str(film), "record", codec="hevc")
    rig.wait(OutputState.RECORDING, "record")
    rig.until(lambda: rig.status("record").packets > 200, 15)
    rig.pipeline.stop("record")
    check_file(film, largest_hole_ms=600)  # several encodes, whatever else the machine does
    with av.open(str(film)) as found:
        assert found.streams.video[0].codec_context.name == "hevc"


def test_an_enhanced_server_is_told_the_codec(rig: Rig) -> None:
    with Hostile("good") as good:
        rig.start(good.url(), codec="hevc")
        rig.wait(OutputState.LIVE, limit_s=15)
        rig.until(lambda: len(good.media) > 60, 10)
        assert good.connected["fourCcList"] == ["hvc1"]
        # IsExHeader, then a sequence start (0) or coded frames (1, 3), with the FourCC behind it.
        assert good.first_video[0] & 0x80
        assert good.first_video[1:5] == b"hvc1"


def test_the_brands_own_standby(rig: Rig, tmp_path: Path) -> None:
    """A running sender gets it; viewers see it when the engine goes."""
    import av
    import cv2
    import numpy as np

    white = tmp_path / "white.png"
    cv2.imwrite(str(white), np.full((360, 640, 3), 255, np.uint8))
    film = tmp_path / "film.mkv"
    rig.start(str(film), "record", standby_limit_s=2)
    rig.wait(OutputState.RECORDING, "record")
    rig.pipeline.set_film(white, None, tmp_path / "cache")
    rig.until(lambda: rig.pipeline.films.state.state == "ready", 10)
    before = rig.status("record").packets
    rig.until(lambda: rig.status("record").packets > before + 120, 8)
    rig.pipeline.close(keep_senders=True)
    deadline = time.monotonic() + 10
    while wire.find_notes(rig.runtime) and time.monotonic() < deadline:
        time.sleep(0.05)
    with av.open(str(film)) as found:
        luma = [frame.to_ndarray()[:360].mean() for frame in found.decode(video=0)]
    assert max(luma[:30]) < 200
    assert min(luma[-30:]) > 220
    check_file(film, largest_hole_ms=1000)
