"""Engine and standby clip take turns on a line that never goes back."""

import random

from studio.sender.clip import ClipPlayer, Unit
from studio.sender.feed import SILENCE_US, PacketFeed
from studio.sender.timeline import Timeline

FRAME = 33_333
SOUND = 21_333


def unit(is_video: bool, at: int, *, is_key: bool = False) -> Unit:
    return Unit(is_video, at, at, FRAME if is_video else SOUND, is_key or not is_video, b"x")


class LoopedClip:
    """Two seconds of clip without any codec."""

    def player(self) -> ClipPlayer:
        video = [unit(True, n * FRAME, is_key=n == 0) for n in range(60)]
        sound = [unit(False, n * SOUND) for n in range(94)]
        return ClipPlayer({True: (video, 60 * FRAME), False: (sound, 94 * SOUND)})


def make_feed(now_us: int = 0, **more: bool) -> tuple[PacketFeed, list[Unit]]:
    sent: list[Unit] = []
    return PacketFeed(LoopedClip(), sent.append, now_us, **more), sent  # type: ignore[arg-type]


def check(sent: list[Unit]) -> None:
    for is_video in (True, False):
        times = [(u.dts_us + 500) // 1000 for u in sent if u.is_video is is_video]
        assert all(b > a for a, b in zip(times, times[1:], strict=False)), "timestamps went back"


def test_origins_move_sound_and_picture_alike() -> None:
    line = Timeline()
    line.begin(5_000_000, 0)
    assert line.place(True, 5_000_000, 5_000_000, FRAME) == (0, 0)
    assert line.place(False, 5_010_000, 5_010_000, SOUND) == (10_000, 10_000)
    line.begin(0, 10_000)  # would be inside what was sent: comes after it
    assert line.place(True, 0, 0, FRAME) == (FRAME, FRAME)


def test_no_two_become_one_when_a_file_rounds_them() -> None:
    line = Timeline()
    line.begin(0, 0)
    assert line.place(False, 100_600, 100_600, SOUND)
    line.begin(0, 0)  # sound of the next origin, 0.6 ms later: both would be 101 ms
    assert line.place(False, 101_200, 101_200, SOUND) is None
    assert line.place(False, 101_600, 101_600, SOUND)


def test_waits_for_a_keyframe_and_keeps_the_sound_beside_it() -> None:
    feed, sent = make_feed()
    feed.put(unit(True, 0), 0)
    feed.put(unit(False, 100), 100)
    feed.put(unit(False, FRAME + 10), 200)
    feed.put(unit(True, FRAME, is_key=True), FRAME)
    assert [(u.is_video, u.dts_us) for u in sent] == [(False, 10), (True, 0)]
    assert not feed.is_waiting


def test_silence_brings_the_clip_and_a_keyframe_ends_it() -> None:
    feed, sent = make_feed()
    now = 0
    for n in range(30):
        now = n * FRAME
        feed.put(unit(True, now, is_key=n == 0), now)
    feed.tick(now + SILENCE_US - 1)
    assert not feed.is_standby
    for later in range(SILENCE_US, 5_000_000, 20_000):
        feed.tick(now + later)
    assert feed.is_standby
    assert sent[30].is_keyframe
    now += 5_000_000
    feed.put(unit(True, 77, is_key=False), now)
    assert feed.is_standby
    feed.put(unit(True, 100, is_key=True), now)
    assert not feed.is_standby
    assert sent[-1].is_keyframe
    assert 4_400_000 < feed.standby_us(now) <= 4_500_000
    check(sent)


def test_sound_alone_does_not_keep_the_show_on_air() -> None:
    feed, sent = make_feed()
    feed.put(unit(True, 0, is_key=True), 0)
    for at in range(0, SILENCE_US + 40_000, 20_000):
        feed.put(unit(False, at), at)
        feed.tick(at)
    assert feed.is_standby
    check(sent)


def test_without_standby_nothing_is_made_up() -> None:
    feed, sent = make_feed(has_standby=False)
    feed.tick(10_000_000)
    assert not sent


def test_random_lives_never_go_back() -> None:
    rng = random.Random(5)
    for _ in range(60):
        feed, sent = make_feed()
        now = engine_zero = 0
        frame = sound = 0
        is_up = True
        while now < 12_000_000:
            now += rng.choice((10_000, 20_000, 20_000, 33_000))
            if rng.random() < 0.01:
                is_up = not is_up
                if is_up:
                    engine_zero, frame, sound = now, 0, 0
                else:
                    feed.lost()
            while is_up and engine_zero + frame * FRAME <= now:
                feed.put(unit(True, frame * FRAME, is_key=frame % 20 == 0), now)
                frame += 1
            while is_up and engine_zero + sound * SOUND <= now:
                feed.put(unit(False, sound * SOUND), now)
                sound += 1
            feed.tick(now)
        check(sent)
        video = [u.dts_us for u in sent if u.is_video]
        holes = [b - a for a, b in zip(video, video[1:], strict=False)]
        assert max(holes) < SILENCE_US + 100_000
        assert abs(video[-1] - now) < 600_000, "the line keeps step with the clock"
