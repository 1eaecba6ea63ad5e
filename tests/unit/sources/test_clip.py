"""Clips: every odd file plays or says why not; places, cues, speed, and rest while unseen."""

from __future__ import annotations

import struct
from fractions import Fraction

import av
import numpy as np
import pytest

from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.media.cv import cv2
from studio.media.frame import to_rgb
from studio.media.protected import is_protected
from studio.sources.health import Fault
from tests.unit.sources.media import film, state, tone, turned, until


def first(runner):
    assert until(lambda: runner.latest is not None), runner.error
    return runner.latest.frame


def red_above_blue(number):
    picture = np.zeros((90, 160, 3), np.uint8)
    picture[:45] = (220, 30, 30)
    picture[45:] = (30, 30, 220)
    picture[:, : 4 + number] = 120
    return picture


def test_a_phone_held_upright(run, tmp_path):
    runner = run(path=str(turned(film(tmp_path / "p.mp4", draw=red_above_blue))))
    frame = first(runner)
    assert (frame.width, frame.height) == (90, 160)
    rgb = to_rgb(frame)
    # The matrix says: turned a quarter clockwise, so what was above is at the right.
    assert rgb[100, 70, 0] > 150
    assert rgb[100, 20, 2] > 150


def test_uneven_times_keep_their_pace(run, tmp_path):
    stamps = [0.0, 0.02, 0.3, 0.31, 0.9, 1.0, 1.6, 1.62]
    runner = run(path=str(film(tmp_path / "v.mkv", stamps=stamps)), loop=False)
    first(runner)
    began = now_ns()
    assert until(lambda: runner.source.progress().state == "ended")
    assert (now_ns() - began) / 1e9 == pytest.approx(1.62, abs=0.4)
    assert until(lambda: state(runner) == "still")


@pytest.mark.parametrize(
    ("codec", "pix", "size"),
    [
        ("libx264", "yuv420p10le", (160, 90)),
        ("libx264", "yuv444p", (161, 91)),
        ("libx264", "yuv422p", (160, 90)),
        ("mjpeg", "yuvj422p", (160, 90)),
        ("libx264rgb", "rgb24", (160, 90)),
        ("rawvideo", "gray", (160, 90)),
    ],
)
def test_odd_pixels_and_sizes_come_out_with_right_colours(run, tmp_path, codec, pix, size):
    def draw(number):
        picture = np.full((size[1], size[0], 3), (180, 90, 60), np.uint8)
        picture[:, : 3 + number] = 40
        return picture

    runner = run(path=str(film(tmp_path / "o.mkv", 1.0, size=size, codec=codec,
                               pix=pix, draw=draw)))  # fmt: skip
    frame = first(runner)
    assert (frame.width, frame.height) == (size[0] & ~1, size[1] & ~1)
    wanted = np.array([108] * 3 if pix == "gray" else [180, 90, 60])
    assert np.abs(to_rgb(frame)[40, 120].astype(int) - wanted).max() <= 12


def test_full_range_and_hd_matrix_are_told_by_the_file(run, tmp_path):
    def mark(context):
        context.color_range, context.colorspace = 2, 1

    def draw(number):
        return np.full((90, 160, 3), (200, 60, 40))

    path = tmp_path / "f.mkv"
    with av.open(str(path), "w") as out:
        video = out.add_stream("ffv1", rate=30)
        video.width, video.height, video.pix_fmt = 160, 90, "yuv420p"
        mark(video.codec_context)
        for number in range(30):
            frame = av.VideoFrame.from_ndarray(draw(number).astype(np.uint8), "rgb24")
            frame = frame.reformat(
                format="yuv420p", dst_colorspace="ITU709", dst_color_range="JPEG"
            )
            frame.pts = number
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    rgb = to_rgb(first(run(path=str(path), watch_frozen=False)))[45, 80].astype(int)
    assert np.abs(rgb - (200, 60, 40)).max() <= 6


@pytest.mark.parametrize(("transfer", "code", "wanted"), [(16, 148, 239), (18, 192, 239)])
def test_hdr_is_mapped_to_what_a_screen_shows(run, tmp_path, transfer, code, wanted):
    def mark(context):
        context.color_trc, context.color_primaries, context.colorspace = transfer, 9, 9

    runner = run(
        path=str(film(tmp_path / "h.mkv", 1.0, pix="yuv420p10le", mark=mark,
                      draw=lambda n: np.full((90, 160, 3), code))),
        watch_frozen=False,
    )  # fmt: skip
    # Diffuse white (203 nits) is a bright grey, and grey stays grey.
    rgb = to_rgb(first(runner))[45, 80].astype(int)
    assert np.abs(rgb - wanted).max() <= 6


def test_alpha_of_a_web_film_is_kept(run, tmp_path):
    def draw(number):
        picture = np.zeros((90, 160, 4), np.uint8)
        picture[20:60, 10 + number : 60 + number] = (250, 200, 0, 255)
        return picture

    path = film(tmp_path / "a.webm", 1.0, codec="libvpx-vp9", pix="yuva420p", draw=draw)
    frame = first(run(path=str(path)))
    assert frame.alpha is not None
    assert frame.alpha[5, 5] < 10
    assert frame.alpha[40, 40] > 240


@pytest.mark.parametrize("sound", [(44_100, "mono"), (48_000, "5.1"), (22_050, "stereo")])
def test_every_sound_comes_as_stereo_at_48k(run, tmp_path, sound):
    runner = run(path=str(film(tmp_path / "s.mkv", 2.0, sound=sound)))
    assert until(lambda: len(runner.ring) > 24_000)
    samples = runner.ring.take(24_000, round(runner.ring._head_ns))
    assert np.abs(samples).max() > 0.05
    crossings = np.count_nonzero(np.diff(np.signbit(samples[4000:20_000, 0])))
    assert crossings == pytest.approx(2 * 440 * 16_000 / 48_000, rel=0.05)


def test_sound_can_be_left_out(run, tmp_path):
    runner = run(path=str(film(tmp_path / "s.mkv", sound=(48_000, "stereo"))), sound=False)
    assert until(lambda: runner.slot.count > 10)
    assert len(runner.ring) == 0


def test_a_film_cut_off_plays_as_far_as_it_goes(run, tmp_path):
    path = film(tmp_path / "c.mkv", 3.0, sound=(48_000, "stereo"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    runner = run(path=str(path))
    assert until(lambda: runner.slot.count > 20), runner.error
    assert state(runner) == "ok"


def test_damage_in_the_middle_is_skipped(run, tmp_path):
    noise = np.random.default_rng(3)
    path = film(tmp_path / "d.ts", 3.0, draw=lambda n: noise.integers(0, 255, (90, 160, 3)))
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : third + third // 2] = bytes(noise.integers(0, 255, third // 2, np.uint8))
    path.write_bytes(bytes(data))
    runner = run(path=str(path), loop=False)
    first(runner)
    assert until(lambda: runner.source.progress().state == "ended"), runner.error
    assert runner.source.progress().cursor_ms > 2000


def test_nothing_inside_is_said(run, tmp_path):
    (tmp_path / "zero.mp4").write_bytes(b"")
    runner = run(path=str(tmp_path / "zero.mp4"))
    assert until(lambda: runner.error is not None)
    assert runner.error.key == "sources.file_broken"


def test_it_plays_from_the_in_to_the_out_point_round_and_round(run, tmp_path):
    runner = run(path=str(film(tmp_path / "i.mp4", 3.0, sound=(48_000, "stereo"))), in_ms=1000,
                 out_ms=1500)  # fmt: skip
    seen = set()
    first(runner)
    began = now_ns()
    while now_ns() - began < 1.3e9:
        seen.add(runner.source.progress().cursor_ms)
        until(lambda: runner.source.progress().cursor_ms not in seen, 0.3)
    assert min(seen) >= 990
    assert max(seen) < 1500
    assert state(runner) == "ok"


def test_cues_are_gone_to_by_number_and_one_after_the_other(run, tmp_path):
    runner = run(path=str(film(tmp_path / "q.mp4", 6.0)), cues=[4000, 2000], loop=False)
    first(runner)
    runner.source.control("cue", 2)
    assert until(lambda: 3990 <= runner.source.progress().cursor_ms < 4600)
    runner.source.control("previous", 0)
    assert until(lambda: 1990 <= runner.source.progress().cursor_ms < 2600)
    runner.source.control("next", 0)
    assert until(lambda: 3990 <= runner.source.progress().cursor_ms < 4600)
    with pytest.raises(StudioError) as wrong:
        runner.source.control("cue", 3)
    assert wrong.value.key == "sources.no_cue"


def test_twice_the_speed_takes_half_the_time_at_the_same_pitch(run, tmp_path):
    path = film(tmp_path / "2.mkv", 3.0, sound=(48_000, "stereo"))
    runner = run(path=str(path), speed=2.0, loop=False)
    first(runner)
    began = now_ns()
    assert until(lambda: len(runner.ring) > 20_000)
    samples = runner.ring.take(16_000, round(runner.ring._head_ns))[4000:]
    crossings = np.count_nonzero(np.diff(np.signbit(samples[:, 0])))
    assert crossings == pytest.approx(2 * 440 * len(samples) / 48_000, rel=0.1)
    assert until(lambda: runner.source.progress().state == "ended")
    assert (now_ns() - began) / 1e9 == pytest.approx(1.5, abs=0.4)


def test_unseen_and_unheard_it_rests_and_wakes_with_a_fresh_picture(run, tmp_path):
    runner = run(sleepy=True, path=str(film(tmp_path / "r.mp4", 8.0)))
    runner.is_heard = False
    first(runner)
    assert until(lambda: runner.health(now_ns()).is_resting)
    number, at_ms, slept = runner.slot.count, runner.source.progress().cursor_ms, now_ns()
    until(lambda: False, 1.0)
    assert runner.slot.count == number
    assert state(runner) == "ok"
    asked = now_ns()
    runner.look(asked)
    assert until(lambda: runner.slot.count > number, 2.0)
    assert now_ns() - asked < 0.3e9
    moved = (asked - slept) / 1e6
    cursor = runner.source.progress().cursor_ms
    assert at_ms < cursor <= at_ms + moved + 400
    assert cursor > at_ms + moved - 600  # the keyframe before


def test_unseen_but_heard_its_sound_goes_on_alone(run, tmp_path):
    runner = run(sleepy=True, path=str(film(tmp_path / "h.mkv", 8.0, sound=(48_000, "stereo"))))
    first(runner)
    assert until(lambda: runner.health(now_ns()).is_resting)
    number = runner.slot.count
    head = runner.ring._head_ns + len(runner.ring) * 1e9 / 48_000
    assert until(lambda: runner.ring._head_ns + len(runner.ring) * 1e9 / 48_000 > head + 0.8e9, 3.0)
    assert runner.slot.count == number
    runner.look(now_ns())
    assert until(lambda: runner.slot.count > number + 3, 2.0)
    drift = runner.latest.frame.pts_ns - now_ns()
    assert abs(drift) < 0.2e9


def test_one_that_rests_is_woken_by_a_listener_and_by_a_control_at_once(run, tmp_path):
    runner = run(sleepy=True, path=str(film(tmp_path / "w.mkv", 8.0, sound=(48_000, "stereo"))))
    runner.is_heard = False
    first(runner)
    assert until(lambda: runner.health(now_ns()).is_resting)
    runner.control("seek", 6000)
    assert until(lambda: runner.source.progress().cursor_ms >= 6000, 2.0)
    assert until(lambda: runner.health(now_ns()).is_resting)
    runner.ring.clear()
    runner.is_heard = True
    assert until(lambda: len(runner.ring) > 0, 2.0)


def test_one_that_rests_is_not_judged_again_until_something_is_wrong(run, tmp_path):
    runner = run(sleepy=True, path=str(film(tmp_path / "j.mkv", 8.0)))
    runner.is_heard = False
    first(runner)
    assert until(lambda: runner.health(now_ns()).is_resting)
    before = runner.health(now_ns())
    assert runner.is_settled(now_ns(), before)
    runner.fault = Fault.FROZEN
    assert not runner.is_settled(now_ns(), before)
    runner.fault = Fault.NONE
    runner.look(now_ns())
    assert until(lambda: not runner.is_settled(now_ns(), before))


def combed(n):
    """A bar that moves on between the two fields of a picture."""
    rgb = np.full((96, 160, 3), 60)
    for field in (0, 1):
        at = (n * 2 + field) * 5 % 120
        rgb[field::2, at : at + 30] = 200
    return rgb


@pytest.mark.parametrize("is_on", [True, False])
def test_halves_are_made_whole_unless_it_is_switched_off(run, tmp_path, is_on):
    path = film(tmp_path / "i.mp4", 1.0, 25, (160, 96), draw=combed, gop=5,
                options={"x264-params": "tff=1", "crf": "10", "preset": "veryfast"})  # fmt: skip
    runner = run(path=str(path), deinterlace=is_on)
    assert until(lambda: runner.slot.count > 12)
    y = runner.latest.frame.y.astype(int)
    comb = np.abs(2 * y[2:-2:2] - y[1:-3:2] - y[3:-1:2]).mean()
    assert comb < 3 if is_on else comb > 8
    assert until(lambda: runner.slot.count > 45), "every picture of it, round and round"


def test_a_film_that_its_shop_locked_is_called_protected(run, tmp_path):
    """Common encryption, as FFmpeg itself writes it."""
    path = film(
        tmp_path / "locked.mp4",
        container={
            "encryption_scheme": "cenc-aes-ctr",
            "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
            "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
        },
    )
    runner = run(path=str(path))
    assert until(lambda: runner.error is not None)
    assert runner.error.key == "sources.film_locked"


@pytest.mark.parametrize(
    ("name", "data"),
    [("matroska", b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x9a\x16\x54\xae\x6b\x95\xae\x93"
      b"\xd7\x81\x01\x6d\x80\x8d\x62\x40\x8a\x53\x4f\x81\x01\x50\x35\x84\x47\xe1\x81\x05"),
     ("noise", b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x9a\x1f\x43\xb6\x75\x95\x50\x35\x80"),
     ("fairplay", None), ("plain", b"\0\0\0\x10ftypisom\0\0\0\0"), ("odd", b"\0\0\0\x01moov")],
)  # fmt: skip
def test_what_says_that_it_is_locked_and_what_does_not(tmp_path, name, data):
    if data is None:
        inner = b"\0\0\0\x10drms" + bytes(8)
        for kind in (b"stsd", b"stbl", b"minf", b"mdia", b"trak", b"moov"):
            inner = bytes(8) + inner if kind == b"stsd" else inner
            inner = (len(inner) + 8).to_bytes(4, "big") + kind + inner
        data = b"\0\0\0\x10ftypM4V \0\0\0\0" + b"\0\0\0\x0cmdat\0\0\0\0" + inner
    (tmp_path / "film").write_bytes(data)
    assert is_protected(tmp_path / "film") == (name in ("matroska", "fairplay"))
    assert not is_protected(tmp_path / "gone")


def test_side_data_without_a_name_kills_no_film(run, tmp_path):
    """What a camera writes beside its pictures (Exif, the views of spatial video), unknown here."""
    path = tmp_path / "exif.mkv"
    block = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHH", 0x112, 3, 1, 6, 0) + bytes(4)
    segment = b"Exif\0\0" + block
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 80, 48, "yuvj420p"
        for number in range(20):
            data = cv2.imencode(".jpg", np.full((48, 80, 3), number * 9, np.uint8))[1].tobytes()
            head = b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment
            packet = av.Packet(data[:2] + head + data[2:])
            packet.stream, packet.pts, packet.dts = stream, number, number
            packet.time_base, packet.is_keyframe = Fraction(1, 10), True
            out.mux(packet)
    runner = run(path=str(path))
    assert first(runner).width == 48  # turned to the right, as the Exif says
    assert runner.error is None


def with_unknown(path, picture, *sounds):
    """A film whose tracks are known (True) or of a codec nobody knows (False)."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 160, 90, "yuv420p"
        audios = [out.add_stream("pcm_s16le", rate=48_000, layout="stereo") for _ in sounds]
        for number in range(50):
            frame = av.VideoFrame.from_ndarray(np.full((135, 160), number * 4, np.uint8), "yuv420p")
            frame.pts = number
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        for audio in audios:
            tone(out, audio, 2.0, 48_000, "stereo")
    data = path.read_bytes()
    table = data.index(b"moov")
    for tag, is_known in ((b"avc1", picture), *((b"sowt", known) for known in sounds)):
        at = data.index(tag, table)
        table = at + 4
        if not is_known:
            data = data[:at] + b"zqzq" + data[at + 4 :]
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("picture", "sounds", "left_out"),
    [
        (True, (False, True), (0, 1)), (True, (False,), (0, 1)), (True, (True, False), (0, 1)),
        (False, (True,), (1, 0)), (False, (False, True), (1, 1)), (True, (True,), None),
    ],
)  # fmt: skip
def test_one_track_that_is_not_known_loses_no_film(run, tmp_path, picture, sounds, left_out):
    """What can be is played; the rest is said in words, and is no fault."""
    path = tmp_path / "odd.mov"
    with_unknown(path, picture, *sounds)
    runner = run(path=str(path), loop=True)
    assert until(lambda: state(runner) == ("ok" if picture else "sound")), runner.health(now_ns())
    if any(sounds):
        assert until(lambda: len(runner.ring) > 0)
    health = runner.health(now_ns())
    if left_out is None:
        assert health.error == ""
        return
    assert health.error == "sources.tracks_unknown"
    assert (health.params["pictures"], health.params["sounds"]) == tuple(map(str, left_out))
    assert not health.needs_look


def test_a_film_of_which_nothing_is_known_says_so(run, tmp_path):
    path = tmp_path / "odd.mov"
    with_unknown(path, False, False)
    runner = run(path=str(path))
    assert until(lambda: runner.error is not None)
    assert runner.error.key == "sources.codec_unknown"


@pytest.mark.parametrize("part", [0.0, 0.05, 0.3])
def test_hevc_in_a_transport_stream_whose_size_comes_later(run, tmp_path, part):
    """A recording that begins between two key pictures, without what tells its size."""
    options = {"x265-params": "keyint=20:min-keyint=20:scenecut=0:log-level=none"}
    whole = film(tmp_path / "whole.ts", codec="libx265", options=options).read_bytes()
    cut = int(len(whole) * part) // 188 * 188
    (tmp_path / "cut.ts").write_bytes(whole[cut:])
    runner = run(path=str(tmp_path / "cut.ts"))
    assert first(runner).width == 160
    assert state(runner) == "ok"
