"""Films whose parts do not fit together: channel orders, no index, sound that outlasts pictures."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from studio.core.clock import now_ns
from studio.media.sound import RATE
from studio.sources.runner import SourceRunner
from studio.sources.track import Track
from tests.unit.sources.conftest import KINDS
from tests.unit.sources.media import film, runner_of, served, state, tone, until


def surround(path: Path, count: int, tag: int) -> Path:
    """Plain samples in QuickTime whose `chan` box tells an order by a tag of CoreAudio."""
    layout = {2: "stereo", 6: "5.1", 8: "7.1"}[count]
    with av.open(str(path), "w", format="mov") as out:
        track = out.add_stream("pcm_s16le", rate=RATE, layout=layout)
        wave = 9000 * np.sin(2 * np.pi * 440 * np.arange(RATE // 5) / RATE)
        samples = np.repeat(wave.astype(np.int16), count)[None]
        part = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "s16", layout)
        part.sample_rate, part.pts = RATE, 0
        out.mux(track.encode(part))
        out.mux(track.encode(None))
    data = path.read_bytes()
    at = data.index(b"chan")
    path.write_bytes(
        data[: at + 8] + struct.pack(">III", tag << 16 | count, 0, 0) + data[at + 20 :]
    )
    return path


@pytest.mark.parametrize(("count", "tag"), [(6, 121), (6, 122), (6, 124), (8, 126), (8, 128)])
def test_any_order_of_channels_is_heard(tmp_path: Path, count: int, tag: int) -> None:
    """PyAV frees the table of an order of its own twice: the process that reads it may end."""
    path = surround(tmp_path / "a.mov", count, tag)
    lines = (
        "import sys, pathlib",
        "from studio.sources.track import Track",
        "track = Track(pathlib.Path(sys.argv[1]), 'audio')",
        "print(sum(len(block.samples) for block in track.blocks()))",
        "track.close()",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines), str(path)], capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr[-300:]
    assert int(done.stdout) >= 0.2 * RATE


@pytest.mark.parametrize("ending", ["ts", "flv"])
def test_a_film_without_an_index_begins_at_its_beginning_each_time(
    tmp_path: Path, ending: str
) -> None:
    """FFmpeg winds a stream's file to behind the keyframe, or not at all."""
    codec = {"ts": "libx264", "flv": "flv"}[ending]
    path = film(tmp_path / f"a.{ending}", seconds=1.0, gop=10, codec=codec)
    track = Track(path, "video")
    track.seek(0)
    first = [picture.at_s for picture in track.pictures()]
    track.seek(0)
    again = [picture.at_s for picture in track.pictures()]
    track.seek(first[-1] * 1000)
    last = [picture.at_s for picture in track.pictures()]
    track.close()
    assert len(first) >= 29
    assert again == pytest.approx(first, abs=0.002)
    assert last
    assert last[-1] == pytest.approx(first[-1], abs=0.002)


def test_sound_is_heard_to_its_end_while_the_last_picture_stands(run, tmp_path) -> None:
    path = tmp_path / "long.mp4"
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio = out.add_stream("aac", rate=RATE, layout="stereo")
        for number in range(3):
            picture = np.full((64, 64, 3), 40 + number * 80, np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(video.encode(None))
        tone(out, audio, 1.6, RATE, "stereo")
    runner = run(path=str(path), loop=False)
    heard, seen, put = [0], set(), runner.ring.put

    def counted(samples, pts_ns):
        heard[0] += len(samples)
        put(samples, pts_ns)

    runner.ring.put = counted

    def is_over():
        seen.add(state(runner))
        return heard[0] >= 1.5 * RATE

    assert until(is_over), heard
    assert seen <= {"opening", "ok", "still"}


def relabelled(path: Path, old: bytes, new: bytes) -> Path:
    """The name of a codec in the table of an MP4's tracks is another one, at its first place."""
    data = path.read_bytes()
    at = data.index(old, data.index(b"stsd", data.index(b"moov")))
    path.write_bytes(data[:at] + new + data[at + len(old) :])
    return path


def test_pictures_that_cannot_be_decoded_leave_the_sound(run, tmp_path) -> None:
    """FFmpeg knows the codec that the file names, and gets no picture out of what is in it."""
    path = relabelled(film(tmp_path / "a.mp4", sound=(48_000, "stereo")), b"avc1", b"vvc1")
    runner = run(path=str(path), loop=True)
    assert until(lambda: state(runner) == "sound"), runner.health(now_ns())
    health = runner.health(now_ns())
    assert health.error == "sources.tracks_unknown"
    assert (health.params["pictures"], health.params["sounds"]) == ("1", "0")
    assert until(lambda: len(runner.ring) > 0)


@pytest.mark.parametrize("count", [1, 2])
def test_sound_that_cannot_be_decoded_gives_way_to_the_next(run, tmp_path, count: int) -> None:
    """The set-up of the first track of AAC is damaged: the second one is heard, or only seen."""
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        sounds = [out.add_stream("aac", rate=RATE, layout="stereo") for _ in range(count)]
        for number in range(20):
            picture = np.full((64, 64, 3), number * 10, np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(video.encode(None))
        for sound in sounds:
            tone(out, sound, 2.0, RATE, "stereo")
    data = path.read_bytes()
    at = data.index(b"\x05\x80\x80\x80", data.index(b"esds"))
    path.write_bytes(data[: at + 5] + b"\xff\xff" + data[at + 7 :])
    runner = run(path=str(path), loop=True)
    assert until(lambda: state(runner) == "ok"), runner.health(now_ns())
    health = runner.health(now_ns())
    assert health.error == "sources.tracks_unknown"
    assert (health.params["pictures"], health.params["sounds"]) == ("0", "1")
    assert count == 1 or until(lambda: len(runner.ring) > 0)


def streamed(url: str, folder: Path, check) -> tuple[SourceRunner, int]:
    """A network stream until ``check`` holds of its runner; and how much sound it gave, samples."""
    runner = runner_of(KINDS, "stream", {"url": url}, folder)
    heard, put = [0], runner.ring.put

    def counted(samples, pts_ns):
        heard[0] += int(np.abs(samples).max(initial=0) > 0.01) * len(samples)
        put(samples, pts_ns)

    runner.ring.put = counted
    runner.start()
    try:
        assert until(lambda: check(runner, heard[0])), runner.health(now_ns())
    finally:
        runner.stop()
    return runner, heard[0]


@pytest.mark.parametrize(("ending", "codec"), [("mp3", "mp3"), ("m4a", "aac")])
def test_a_song_at_an_address_is_heard(tmp_path: Path, ending: str, codec: str) -> None:
    """It is there all at once: what came before anybody waited for it is no old news."""
    with av.open(str(tmp_path / f"a.{ending}"), "w") as out:
        tone(out, out.add_stream(codec, rate=RATE, layout="stereo"), 1.5, RATE, "stereo")
    with served(tmp_path) as address:
        streamed(f"{address}/a.{ending}", tmp_path, lambda _, heard: heard > RATE)


def test_a_stream_says_which_of_its_tracks_cannot_be_played(tmp_path: Path) -> None:
    options = {"movflags": "faststart"}
    path = film(tmp_path / "a.mp4", sound=(48_000, "stereo"), container=options)
    relabelled(path, b"avc1", b"zqzq")

    def is_told(runner, heard):
        health = runner.health(now_ns())
        return heard > 0 and health.error == "sources.tracks_unknown" and state(runner) == "sound"

    with served(tmp_path) as address:
        runner, _ = streamed(f"{address}/a.mp4", tmp_path, is_told)
    assert runner.health(now_ns()).params["pictures"] == "1"


def test_a_stream_of_which_nothing_is_known_says_so(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", container={"movflags": "faststart"})
    relabelled(path, b"avc1", b"zqzq")

    def is_told(runner, _):
        return runner.health(now_ns()).error == "sources.codec_unknown"

    with served(tmp_path) as address:
        streamed(f"{address}/a.mp4", tmp_path, is_told)


@pytest.mark.parametrize(
    ("wanted", "hz", "told"),
    [(0, 440, "sources.sound_tracks"), (1, 440, ""), (2, 1500, ""), (3, 3000, ""),
     (4, 440, "sources.sound_track_gone")],
)  # fmt: skip
def test_one_of_several_tracks_of_sound_is_chosen(run, tmp_path, wanted, hz, told) -> None:
    """As recorders write them: everything, the microphone, the music. The first one is said."""
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        sounds = [out.add_stream("aac", rate=RATE, layout="stereo") for _ in range(3)]
        for number in range(20):
            picture = np.full((64, 64, 3), number * 10, np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(video.encode(None))
        for sound, pitch in zip(sounds, (440, 1500, 3000), strict=True):
            tone(out, sound, 2.0, RATE, "stereo", pitch)
    runner = run(path=str(path), loop=True, sound_track=wanted)
    heard = []
    runner.ring.put = lambda samples, pts_ns: heard.append(samples[:, 0].copy())
    assert until(lambda: sum(map(len, heard)) > RATE), runner.health(now_ns())
    wave = np.concatenate(heard)[RATE // 4 : RATE]
    loudest = np.abs(np.fft.rfft(wave)).argmax() * RATE / len(wave)
    assert loudest == pytest.approx(hz, abs=20)
    assert runner.health(now_ns()).error == told
    assert not runner.health(now_ns()).needs_look


def test_a_stream_says_how_many_tracks_of_sound_it_has(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w", options={"movflags": "faststart"}) as out:
        for sound in [out.add_stream("aac", rate=RATE, layout="stereo") for _ in range(2)]:
            tone(out, sound, 1.5, RATE, "stereo")

    def is_told(runner, heard):
        return heard > 0 and runner.health(now_ns()).error == "sources.sound_tracks_live"

    with served(tmp_path) as address:
        runner, _ = streamed(f"{address}/a.mp4", tmp_path, is_told)
    assert runner.health(now_ns()).params["count"] == "2"
