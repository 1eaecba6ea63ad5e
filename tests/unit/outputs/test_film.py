"""What is kept of a show can be played, split, cut and found again."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from bench.line.film import read_film
from studio.core.errors import StudioError
from studio.encoding.audio_encoder import AudioEncoder
from studio.encoding.encoder import VideoEncoder
from studio.encoding.model import AudioSettings, VideoSettings
from studio.media.packet import EncodedPacket
from studio.outputs.clips import Span, cut, mark_span, product_spans
from studio.outputs.replay import ReplayRing
from studio.outputs.standby import make_clip
from studio.sender import wire
from studio.sender.chapters import read_chapters
from studio.sender.clip import StandbyClip, Unit
from studio.sender.file_sink import FileSink
from studio.sender.machine import Machine
from studio.sender.model import OutputSettings, OutputState
from studio.sender.readback import playable_ms

VIDEO = VideoSettings(width=320, height=180, bitrate_kbps=600, keyint_s=1.0)
AUDIO = AudioSettings()
SECONDS = 20


@pytest.fixture(scope="module")
def clip_data() -> bytes:
    return make_clip(VIDEO, AUDIO)


@pytest.fixture(scope="module")
def made() -> list[EncodedPacket]:
    """Twenty seconds of picture and sound, in the order they leave the encoders."""
    found: list[EncodedPacket] = []
    video, audio = VideoEncoder(VIDEO, found.append), AudioEncoder(AUDIO, found.append)
    video.start()
    audio.start()
    assert video.is_ready.wait(20)
    rng = np.random.default_rng(2)
    for tick in range(30 * SECONDS):
        picture = rng.integers(60, 90, (270, 320), dtype=np.uint8)
        while not video.submit(picture, tick):
            time.sleep(0.001)
        at = np.arange(tick * 1600, (tick + 1) * 1600)
        tone = (0.2 * np.sin(at * 0.05)).astype(np.float32)
        while not audio.submit(np.stack([tone, tone], 1), tick * 1600):
            time.sleep(0.001)
    assert video.stop(20)
    assert audio.stop(20)
    return sorted(found, key=lambda p: p.pts / (30 if p.stream == "video" else 48_000))


def units(made: list[EncodedPacket]) -> Iterator[Unit]:
    for entry in made:
        is_video = entry.stream == "video"
        rate = 30 if is_video else 48_000
        at = max(0, entry.pts * 1_000_000 // rate)
        length = 1_000_000 // 30 if is_video else 21_333
        yield Unit(is_video, at, at, length, entry.is_keyframe, entry.data)


def record(
    made: list[EncodedPacket],
    clip_data: bytes,
    file: Path,
    marks: dict[int, wire.Mark],
    **more: int,
) -> FileSink:
    settings = OutputSettings(name="r", kind="file", url=str(file), **more)
    machine = Machine("file", lambda: None)
    sink = FileSink(wire.Configure(settings), StandbyClip(clip_data), machine)
    sink.start()
    for number, unit in enumerate(units(made)):
        sink.put(unit)
        if number in marks:
            sink.mark(marks[number])
        if number % 50 == 0:
            sink.poll()
    assert machine.state is OutputState.RECORDING
    return sink


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_cut_off_anywhere_it_plays_to_within_two_seconds(
    made: list[EncodedPacket], clip_data: bytes, tmp_path: Path, suffix: str
) -> None:
    whole = tmp_path / f"a{suffix}"
    record(made, clip_data, whole, {})
    data = whole.read_bytes()
    with av.open(str(whole)) as container:
        rows = sorted(
            (p.pos + p.size, float(p.pts * p.time_base))
            for p in container.demux(video=0)
            if p.pts is not None and p.pos is not None
        )
    rng = random.Random(5)
    first = next(end for end, at in rows if at > 2.0)
    part = tmp_path / f"cut{suffix}"
    for _ in range(100):
        size = rng.randrange(first, len(data))
        part.write_bytes(data[:size])
        there = max((at for end, at in rows if end <= size), default=0.0)
        assert playable_ms(part) / 1000 >= there - 2.0


def test_read_back_of_a_long_file_reads_its_end_alone(
    made: list[EncodedPacket], clip_data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import studio.sender.readback as readback

    monkeypatch.setattr(readback, "TAIL", 200_000)
    for suffix in (".mkv", ".mp4"):
        file = tmp_path / f"long{suffix}"
        record(made, clip_data, file, {})
        assert file.stat().st_size > 400_000
        assert playable_ms(file) >= (SECONDS - 1.5) * 1000


def test_splits_by_size_and_by_key(
    made: list[EncodedPacket], clip_data: bytes, tmp_path: Path
) -> None:
    sink = record(made, clip_data, tmp_path / "s.mkv", {}, split_mb=1)
    assert sink.files >= 2
    sink._finish(None)
    files = sorted(tmp_path.glob("s*.mkv"))
    assert len(files) == sink.files
    total = 0
    for file in files:
        film = read_film(file)
        assert film.faults == film.goes_back == 0
        assert film.times_ms[True][0] < 40, "each begins at zero"
        total += film.pictures
    assert total == 30 * SECONDS, "not one picture is lost at a split"
    assert sink.bytes >= sum(f.stat().st_size for f in files) - 200_000


def test_chapters_and_clips(made: list[EncodedPacket], clip_data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "c.mkv"
    marks = {
        200: wire.Mark("product", "Mug = #1", "p1"),
        700: wire.Mark("product", "Scarf", "p2"),
        900: wire.Mark("mark", "laugh"),
        1100: wire.Mark("product", "", ""),
    }
    record(made, clip_data, file, marks)._finish(None)
    chapters = read_chapters(file)
    assert [chapter["kind"] for chapter in chapters] == ["product", "product", "mark", "product"]
    assert "title=Mug \\= \\#1" in (tmp_path / "c.mkv.ffmeta").read_text()
    json.loads((tmp_path / "c.mkv.chapters.json").read_text())
    (span,) = product_spans(file, "p1")
    target = tmp_path / "p1.mkv"
    length = cut(file, span, target)
    wanted = (span.to_s or 0) - span.from_s
    assert wanted <= length + 0.1 <= wanted + VIDEO.keyint_s + 0.2
    film = read_film(target)
    assert film.faults == film.goes_back == 0
    assert film.times_ms[True][0] == 0
    assert film.keys_ms[0] == 0
    assert mark_span(file, 1, 2, 2).label == "laugh"
    with pytest.raises(StudioError):
        mark_span(file, 2, 2, 2)
    with pytest.raises(StudioError):
        cut(file, Span(4000, 4001), tmp_path / "none.mkv")
    assert not (tmp_path / "none.mkv").exists()


def test_replay_of_the_last_seconds(
    made: list[EncodedPacket], clip_data: bytes, tmp_path: Path
) -> None:
    ring = ReplayRing({"landscape": VIDEO}, seconds=8)
    with pytest.raises(StudioError):
        ring.save("landscape", 5, StandbyClip(clip_data), tmp_path / "x.mp4")
    for entry in made:
        if entry.stream == "video":
            ring.video("landscape", entry)
        else:
            ring.audio(entry)
        assert ring.length_s("landscape") <= 8.1
    target = tmp_path / "replay.mp4"
    length = ring.save("landscape", 5, StandbyClip(clip_data), target)
    assert 5 <= length <= 6.1
    film = read_film(target)
    assert film.faults == film.goes_back == 0
    assert film.pictures == pytest.approx(length * 30, abs=1)
    assert abs(film.times_ms[True][0] - film.times_ms[False][0]) < 40


def test_replay_does_not_reach_over_a_time_without_pictures(made: list[EncodedPacket]) -> None:
    ring = ReplayRing({"landscape": VIDEO}, seconds=60)
    videos = [entry for entry in made if entry.stream == "video"]
    for video in videos[:60]:
        ring.video("landscape", video)
    for video in videos[60:120]:
        ring.video("landscape", replace(video, pts=video.pts + 900, dts=video.dts + 900))
    assert ring.length_s("landscape") == pytest.approx(2, abs=0.1)


def test_replay_is_bounded_in_memory(made: list[EncodedPacket]) -> None:
    ring = ReplayRing({"landscape": VIDEO}, seconds=60, most_bytes=300_000)
    for entry in made:
        if entry.stream == "video":
            ring.video("landscape", entry)
            assert ring.bytes("landscape") <= 300_000
    assert ring.length_s("landscape") > 1
