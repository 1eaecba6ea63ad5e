"""Encoders: what comes out fits together, keeps its time, and never blocks who feeds it."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
import pytest

from studio.encoding.audio_encoder import AudioEncoder
from studio.encoding.effort import EASIER
from studio.encoding.encoder import VideoEncoder, set_up_video
from studio.encoding.model import AudioSettings, VideoSettings
from studio.media.packet import EncodedPacket
from studio.outputs.standby import make_clip
from studio.sender.clip import BadClip, StandbyClip, Unit
from studio.sender.flv import AUDIO_TAG, SCRIPT_TAG, VIDEO_TAG, FlvMux

SMALL = VideoSettings(width=320, height=180, bitrate_kbps=400, threads=1, preset="superfast")
SHAPE = (270, 320)


def wait(is_so: Callable[[], bool], limit_s: float = 10) -> None:
    deadline = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < deadline, "too late"
        time.sleep(0.005)


def picture(number: int) -> np.ndarray:
    made = np.full(SHAPE, 128, np.uint8)
    made[:180] = 40 + number % 100
    made[20:60, number % 250 : number % 250 + 50] = 200
    return made


def encode(count: int, **cuts: int) -> tuple[list[EncodedPacket], VideoEncoder]:
    found: list[EncodedPacket] = []
    encoder = VideoEncoder(SMALL, found.append)
    encoder.start()
    assert encoder.is_ready.wait(10)
    for number in range(count):
        while not encoder.submit(picture(number), number, is_cut=number == cuts.get("cut", -1)):
            time.sleep(0.002)
    wait(lambda: len(found) == count)
    assert encoder.stop()
    return found, encoder


def test_ticks_are_timestamps_and_a_cut_is_a_keyframe() -> None:
    found, encoder = encode(70, cut=17)
    assert [p.pts for p in found] == [p.dts for p in found] == list(range(70))
    keys = [p.pts for p in found if p.is_keyframe]
    assert keys[:2] == [0, 17]
    assert encoder.fault is None


def test_clip_and_encoder_fit_together() -> None:
    found, encoder = encode(10)
    clip = StandbyClip(make_clip(SMALL, AudioSettings()))
    assert clip.extradata[0] == encoder.extradata, "equal parameters give equal headers"


@pytest.mark.parametrize("preset", EASIER)
def test_an_easier_preset_has_the_same_headers(preset: str) -> None:
    found = []
    for entry in (preset, EASIER[preset]):
        context = av.CodecContext.create("libx264", "w")
        set_up_video(context, VideoSettings(width=1080, height=1920, preset=entry))  # type: ignore[arg-type]
        context.open()
        found.append(context.extradata)
    assert found[0] == found[1]


def test_an_encoder_that_falls_behind_works_less_hard_and_says_so() -> None:
    told: list[bool] = []
    found: list[EncodedPacket] = []
    gate = threading.Event()

    def slow(packet: EncodedPacket) -> None:
        found.append(packet)
        gate.wait(5)

    settings = VideoSettings(width=320, height=180, bitrate_kbps=400, threads=1)
    encoder = VideoEncoder(settings, slow, on_effort=told.append)
    encoder.start()
    assert encoder.is_ready.wait(10)
    assert encoder.submit(picture(0), 0)
    wait(lambda: len(found) == 1)
    for number in range(1, 5):
        assert encoder.submit(picture(number), number)
    gate.set()
    wait(lambda: len(found) == 5)
    assert told == [True]
    assert encoder.effort.now == "superfast"
    assert sum(p.is_keyframe for p in found) == 2, "the change begins with a keyframe"
    assert encoder.dropped == 0
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = encoder.extradata
    shown = [entry for p in found for entry in decoder.decode(av.Packet(p.data))]
    assert len(shown) + len(decoder.decode(None)) == 5
    assert encoder.stop()


def test_a_late_encoder_drops_and_counts_and_gives_buffers_back() -> None:
    gate = threading.Event()
    given: list[np.ndarray] = []
    encoder = VideoEncoder(SMALL, lambda packet: gate.wait(5) and None, release=given.append)
    encoder.start()
    assert encoder.is_ready.wait(10)
    began = time.monotonic()
    taken = sum(encoder.submit(picture(n), n) for n in range(20))
    assert time.monotonic() - began < 0.5
    assert taken < 20
    assert encoder.dropped == 20 - taken
    gate.set()
    wait(lambda: len(given) == 20)
    assert encoder.stop()


def test_keyframes_on_request_are_limited() -> None:
    found: list[EncodedPacket] = []
    encoder = VideoEncoder(SMALL, found.append)
    encoder.start()
    assert encoder.is_ready.wait(10)
    for number in range(40):
        encoder.force_keyframe()
        encoder.submit(picture(number), number)
        wait(lambda number=number: len(found) == number + 1)
        time.sleep(0.01)
    encoder.stop()
    assert 2 <= sum(p.is_keyframe for p in found) <= 4


def test_bitrate_changes_while_running() -> None:
    rng = np.random.default_rng(0)
    sizes: list[int] = []
    encoder = VideoEncoder(SMALL, lambda p: sizes.append(len(p.data)))
    encoder.start()
    assert encoder.is_ready.wait(10)
    noise = rng.integers(16, 235, (4, *SHAPE), dtype=np.uint8)

    def run(start: int, count: int) -> int:
        for number in range(start, start + count):
            while not encoder.submit(noise[number % 4].copy(), number):
                time.sleep(0.002)
        wait(lambda: len(sizes) == start + count)
        return sum(sizes[start + count // 2 :])

    before = run(0, 90)
    encoder.set_bitrate(150)
    after = run(90, 90)
    encoder.stop()
    assert after < before * 0.6


def test_a_wrong_picture_is_dropped_and_the_next_is_encoded() -> None:
    found: list[EncodedPacket] = []
    encoder = VideoEncoder(SMALL, found.append)
    encoder.start()
    assert encoder.is_ready.wait(10)
    encoder.submit(np.zeros(SHAPE, np.float64), 0)
    wait(lambda: encoder.fault is not None)
    encoder.submit(picture(1), 1)
    wait(lambda: len(found) == 1)
    assert found[0].is_keyframe
    assert encoder.stop()


def test_sound_keeps_its_place_over_holes_and_overlaps() -> None:
    found: list[EncodedPacket] = []
    encoder = AudioEncoder(AudioSettings(), found.append)
    encoder.start()
    assert encoder.is_ready.wait(10)
    block = np.zeros((1600, 2), np.float32)
    for position in (0, 1600, 4800, 5000, 6600, 8200):
        encoder.submit(block, position)
    wait(lambda: len(found) >= 8)
    assert encoder.stop()
    times = [p.pts for p in found]
    assert times == list(range(times[0], times[0] + 1024 * len(times), 1024))
    assert times[0] == -1024, "the encoder's own delay"
    assert len(times) == 9800 // 1024 - 1, "of which it still holds one frame"


def test_flv_tags_are_those_of_the_muxer() -> None:
    clip = StandbyClip(make_clip(SMALL, AudioSettings()))
    mux = FlvMux(clip)
    assert [t.type for t in mux.headers] == [SCRIPT_TAG, VIDEO_TAG, AUDIO_TAG]
    player = clip.player()
    tags = []
    units = player.due(3_900_000)
    for unit in units:
        tags += mux.mux(unit)
    assert len(units) - len(tags) < 5, "the muxer keeps next to nothing back"
    assert [t.timestamp_ms for t in tags] == sorted(t.timestamp_ms for t in tags)
    video = [t for t in tags if t.type == VIDEO_TAG]
    assert video[0].is_keyframe
    assert sum(t.is_keyframe for t in video) == 2, "one a loop"
    assert not any(t.is_header for t in tags)


def test_a_stalled_sound_does_not_hold_the_picture_back() -> None:
    clip = StandbyClip(make_clip(SMALL, AudioSettings()))
    mux = FlvMux(clip)
    tags = []
    for unit in clip.player().due(1_900_000):
        if unit.is_video:
            tags += mux.mux(unit)
    assert len(tags) > 40


@pytest.mark.parametrize("data", [b"", b"rubbish" * 100])
def test_broken_clip(data: bytes) -> None:
    with pytest.raises(BadClip):
        StandbyClip(data)


def test_clip_of_film_and_music_loops() -> None:
    frames = [picture(n) for n in range(30)]
    music = np.sin(np.arange(48_000) / 20).astype(np.float32)[:, None].repeat(2, 1)
    clip = StandbyClip(make_clip(SMALL, AudioSettings(), frames, music))
    due = clip.player().due(10_000_000)
    for is_video in (True, False):
        times = [u.dts_us for u in due if u.is_video is is_video]
        steps = [b - a for a, b in zip(times, times[1:], strict=False)]
        assert min(steps) > 15_000
        assert max(steps) < 40_000
        assert times[-1] > 9_900_000


def test_a_picture_of_the_wrong_size_is_named() -> None:
    with pytest.raises(ValueError, match="standby picture"):
        make_clip(SMALL, AudioSettings(), [np.zeros((10, 10), np.uint8)])


def test_decoding_over_the_seam() -> None:
    """Clip after show in mid-GOP, and show after clip, decodes without an error."""
    found, _ = encode(45)
    clip = StandbyClip(make_clip(SMALL, AudioSettings()))
    out = io.BytesIO()
    container = av.open(out, "w", format="matroska")
    stream = container.add_stream_from_template(clip.video, opaque=True)
    container.start_encoding()
    units: list[Unit] = [u for u in clip.player().due(900_000) if u.is_video]
    datas = [(p.data, p.is_keyframe) for p in found[:37]]
    datas += [(u.data, u.is_keyframe) for u in units]
    datas += [(p.data, p.is_keyframe) for p in found]
    for number, (data, is_key) in enumerate(datas):
        packet = av.Packet(data)
        packet.stream, packet.is_keyframe = stream, is_key
        packet.pts = packet.dts = number * 33_333
        packet.time_base = Fraction(1, 1_000_000)
        container.mux(packet)
    container.close()
    out.seek(0)
    with av.open(out) as again:
        again.streams.video[0].codec_context.options = {"err_detect": "explode"}
        assert sum(1 for _ in again.decode(video=0)) == len(datas)
