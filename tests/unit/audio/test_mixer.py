"""The mixer is gapless, on the picture's clock, and clicks nowhere."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from studio.audio import routing
from studio.audio.commands import SoundCommands
from studio.audio.desk import SoundDesk
from studio.audio.mixer import Channel, Mixer, db_of, gain_of, measure
from studio.audio.model import Strip
from studio.core.clock import NS
from studio.core.errors import StudioError
from studio.media.sound import RATE, SoundRing
from studio.scenes.compositor import Change
from studio.scenes.model import Item, Scene
from studio.scenes.transitions.fade import Fade


def steady(level=0.5, seconds=2.0):
    ring = SoundRing()
    ring.put(np.full((int(seconds * RATE), 2), level, np.float32), 0)
    return ring


def channel(ring, is_open=True, **strip):
    return Channel(Strip("a", **strip), ring, 0, is_open)


@pytest.mark.parametrize("fps", [Fraction(30), Fraction(30000, 1001), Fraction(25), Fraction(60)])
def test_the_sound_is_as_long_as_the_picture(fps):
    mixer, total = Mixer(fps), 0
    for tick in range(600):
        total += len(mixer.mix((), tick, 0))
    assert total == 600 * RATE * fps.denominator // fps.numerator


def test_skipped_ticks_are_made_up():
    mixer = Mixer(Fraction(30))
    assert len(mixer.mix((), 0, 0)) == 1600
    assert len(mixer.mix((), 4, 0)) == 6400


def test_gain_mute_pan_and_scene():
    mixer = Mixer(Fraction(30))
    at = NS // 10

    def level(**more):
        mixer._gains.clear()
        block = Mixer(Fraction(30)).mix((channel(steady(), **more),), 0, at)
        return block[-1]

    assert level() == pytest.approx([0.5, 0.5])
    assert level(gain_db=-6.0206) == pytest.approx([0.25, 0.25], rel=1e-3)
    assert level(is_muted=True) == pytest.approx([0, 0])
    assert level(pan=1.0) == pytest.approx([0, 0.5])
    assert level(is_open=False) == pytest.approx([0, 0])


def test_a_cut_does_not_click():
    mixer, ring = Mixer(Fraction(30)), steady()
    mixer.mix((channel(ring),), 0, 0)
    block = mixer.mix((channel(ring, is_open=False),), 1, NS // 30)
    assert np.abs(np.diff(block[:, 0])).max() < 0.01
    assert block[-1, 0] == pytest.approx(0, abs=1e-3)


def test_too_loud_is_held_under_full_scale():
    mixer = Mixer(Fraction(30))
    loud = (channel(steady(0.9)), Channel(Strip("b"), steady(0.9), 0, True))
    assert mixer.mix(loud, 0, 0).max() < 1.0


def test_decibels():
    assert gain_of(-100) == 0
    assert db_of(gain_of(-20)) == pytest.approx(-20)
    assert db_of(0) == -100
    assert measure(np.full((100, 2), 0.1, np.float32)).peak_db[0] == pytest.approx(-20, abs=0.01)


def test_strips_from_outside():
    told = []
    desk = SoundDesk(told.append)
    desk.keep_only(["主播"])
    commands = SoundCommands(desk)
    done = commands.set_strip("主播", gain_db=-12.0)
    assert done.undo == ("sound.set", {"source": "主播", "gain_db": 0.0})
    commands.mute("主播")
    assert desk.get("主播").is_muted
    assert [e.is_muted for e in told] == [False, True]
    with pytest.raises(StudioError, match="主播"):
        commands.mute("nobody")
    desk.rename("主播", "小李")
    assert desk.get("小李").gain_db == -12.0


def test_solo_is_for_the_headphones_alone():
    mixer = Mixer(Fraction(30))
    loud = Channel(Strip("a"), steady(0.5), 0, True)
    off = Channel(Strip("b", is_solo=True, gain_db=-100), steady(0.2), 0, False)
    out = mixer.mix((loud, off), 0, NS // 10)
    assert out[-1] == pytest.approx([0.5, 0.5])
    assert mixer.phones[-1] == pytest.approx([0.2, 0.2])


def test_without_solo_the_headphones_hear_the_programme_and_what_is_monitored():
    mixer = Mixer(Fraction(30))
    on = Channel(Strip("a"), steady(0.25), 0, True)
    waiting = Channel(Strip("b", is_monitored=True), steady(0.5), 0, False)
    out = mixer.mix((on, waiting), 0, NS // 10)
    assert out[-1] == pytest.approx([0.25, 0.25])
    assert mixer.phones[-1] == pytest.approx([0.75, 0.75])


def test_each_canvas_has_its_own_mix_and_alike_ones_cost_one():
    mixer = Mixer(Fraction(30), ("landscape", "portrait"))
    ring, other = steady(0.5), steady(0.25)
    alike = Channel(Strip("a"), ring, 0, True, frozenset({"landscape", "portrait"}))
    mixer.mix((alike,), 0, NS // 10)
    assert mixer.sent["landscape"] is mixer.sent["portrait"]
    sends = Channel(Strip("a", sends={"portrait": -100.0}), ring, 0, True)
    there = Channel(Strip("b"), other, 0, False, frozenset({"portrait"}))
    mixer._gains.clear()
    out = mixer.mix((sends, there), 1, NS // 10)
    assert out[-1] == pytest.approx([0.5, 0.5])
    assert mixer.sent["portrait"][-1] == pytest.approx([0.25, 0.25])


def test_a_send_and_a_solo_can_be_taken_back():
    desk = SoundDesk(lambda event: None)
    desk.keep_only(["a"])
    commands = SoundCommands(desk)
    done = commands.send("a", "portrait", -6.0)
    assert desk.get("a").sends == {"portrait": -6.0}
    commands.send(**done.undo[1])
    assert desk.get("a").sends == {}
    commands.solo("a")
    assert desk.get("a").is_solo
    back = commands.set_strip("a", monitored=True)
    commands.set_strip(**back.undo[1])
    assert not desk.get("a").is_monitored


@pytest.mark.parametrize(("ppm", "minutes"), [(200, 5), (-200, 3), (500, 3)])
def test_a_clock_that_is_off_stays_in_step(ppm, minutes):
    """Minutes in the mixer's own time: a beep that is due at t is heard at t, within 20 ms.

    The source's clock runs off by ``ppm``: it delivers that much more or less a second, and its
    stamps are the machine's, jittered by up to 4 ms as a device's are.
    """
    random = np.random.default_rng(3)
    ring, mixer = SoundRing(), Mixer(Fraction(30))
    one = Channel(Strip("a"), ring, 60, True)
    tick_ns, block = NS // 30, 960
    made, worst, beeps = 0, 0.0, 0
    period = 60.0
    for tick in range(30 * 60 * minutes):
        at_ns = NS + tick * tick_ns
        while True:
            due_s = made / (RATE * (1 + ppm * 1e-6))
            if NS + due_s * NS + block * NS / RATE > at_ns + tick_ns:
                break
            samples = np.zeros((block, 2), np.float32)
            left = int((period - due_s % period) * RATE)
            if left < block:  # a click at each minute
                samples[left : left + RATE // 1000] = 1.0
            jitter = int(random.uniform(0, 4_000_000))
            ring.put(samples, NS + int(due_s * NS) + jitter)
            made += block
        out = mixer.mix((one,), tick, at_ns)
        loud = np.flatnonzero(out[:, 0] > 0.3)
        if len(loud):
            heard_s = (at_ns - NS) / NS + loud[0] / RATE - 0.060
            minute = round(heard_s / period) * period
            if minute > 0:
                beeps += 1
                worst = max(worst, abs(heard_s - minute))
    assert beeps >= minutes - 2
    assert worst < 0.020, f"{1000 * worst:.1f} ms"
    assert ring.jumps == 0


def test_strips_nobody_hears_are_left_alone_until_somebody_does():
    mixer, ring, quiet = Mixer(Fraction(30)), steady(), steady()
    open_, shut = channel(ring), Channel(Strip("b"), quiet, 0, is_open=False)
    channels = (open_, shut)
    for tick in range(5):
        mixer.mix(channels, tick, tick * NS // 30)
    left = len(quiet)
    for tick in range(5, 10):
        mixer.mix(channels, tick, tick * NS // 30)
    assert len(quiet) == left, "not taken from"
    assert max(mixer.meters["a"].peak_db) == pytest.approx(-6.0, abs=0.1)
    muted = (channel(ring, is_muted=True), Channel(Strip("b"), quiet, 0, is_open=True))
    for tick in range(10, 14):
        mixer.mix(muted, tick, tick * NS // 30)
    assert max(mixer.meters["a"].peak_db) == -100.0, "its meter falls"
    assert max(mixer.meters["b"].peak_db) == pytest.approx(-6.0, abs=0.1)


def test_the_master_is_moved_without_a_click():
    mixer, one = Mixer(Fraction(30)), (channel(steady()),)
    mixer.mix(one, 0, 0)
    mixer.master_db = -100.0
    block = mixer.mix(one, 1, NS // 30)
    assert np.abs(np.diff(block[:, 0])).max() < 0.01
    assert block[-1, 0] == pytest.approx(0, abs=1e-3)
    assert not mixer.mix(one, 2, 2 * NS // 30).any()


def beep_heard_ms(before_ms, sync_ms, delay_ms=60, ahead_ms=0, come_ms=0):
    """When a beep at 2 s of a live source is heard; its sync offset is set at 1 s."""
    ring, mixer, put, out = SoundRing(), Mixer(Fraction(30)), 0, []
    sound = np.full((3 * RATE, 2), 0.1, np.float32)
    sound[2 * RATE : 2 * RATE + 480] = 0.9
    for tick in range(84):
        at = NS + tick * NS // 30
        while NS + (put + 480) * NS // RATE <= at + come_ms * 1_000_000:  # blocks of 10 ms
            ring.put(sound[put : put + 480], NS + put * NS // RATE)
            put += 480
        strip = Strip("m", sync_ms=before_ms if tick < 30 else sync_ms)
        out.append(mixer.mix((Channel(strip, ring, delay_ms, True, None, ahead_ms),), tick, at))
    heard = np.concatenate(out)[:, 0]
    assert np.abs(np.diff(heard[RATE : RATE * 19 // 10])).max() < 0.01, "it clicks"
    return int(np.argmax(heard > 0.5)) / RATE * 1000 - 2000 - delay_ms


@pytest.mark.parametrize("sync_ms", [0, 40, 100, 500, 700])
def test_a_sync_offset_is_kept_at_once_and_exactly(sync_ms):
    assert beep_heard_ms(sync_ms, sync_ms) == pytest.approx(sync_ms, abs=1)
    assert beep_heard_ms(0, sync_ms) == pytest.approx(sync_ms, abs=1)
    assert beep_heard_ms(300, sync_ms) == pytest.approx(sync_ms, abs=1)


def test_what_has_not_come_yet_is_not_silenced_by_a_sync_offset():
    assert beep_heard_ms(0, -300) == pytest.approx(0, abs=1)
    assert beep_heard_ms(0, -300, delay_ms=20, ahead_ms=60, come_ms=100) == pytest.approx(
        -60, abs=1
    )
    desk = SoundDesk(lambda event: None, SimpleNamespace(sound_ahead_ms=lambda source: 0))
    desk.keep_only(["mic"])
    with pytest.raises(StudioError) as caught:
        SoundCommands(desk).set_strip("mic", sync_ms=-200)
    assert caught.value.key == "sound.early"
    SoundCommands(desk).set_strip("mic", sync_ms=200)


def two_scenes():
    """A strip of the scene that leaves and one of the scene that comes, as the engine has them."""
    strips = {name: Strip(name) for name in ("old", "new")}
    source = SimpleNamespace(sound_delay_ms=0, sound_ahead_ms=0)
    rings = {"old": steady(0.5), "new": steady(0.25)}
    runners = {n: SimpleNamespace(source=source, ring=rings[n]) for n in strips}

    def now(shown, changes):
        left = {
            canvas: routing.leaving(change, {item.source for item in change.before.items})
            for canvas, change in changes.items()
        }
        return routing.channels(strips, runners, {"landscape": [shown]}, ("landscape",), left)

    return now


def test_sound_goes_over_with_the_picture():
    now, mixer = two_scenes(), Mixer(Fraction(30))
    scene = Scene("a", (Item(1, "old", {}),))
    at = [tick * NS // 30 for tick in range(30)]
    mixer.mix(now("old", {}), 0, at[0])
    change = Change(Fade(), scene, at[1], NS // 2)
    one = now("new", {"landscape": change})
    heard = np.concatenate([mixer.mix(one, t, at[t]) for t in range(1, 20)])[:, 0]
    assert heard[RATE // 4] == pytest.approx(0.375, abs=0.01), "half way: half of both"
    assert np.abs(np.diff(heard)).max() < 1e-3
    assert heard[-1] == pytest.approx(0.25)


def test_a_t_bar_holds_the_sound_as_it_holds_the_picture():
    now, mixer = two_scenes(), Mixer(Fraction(30))
    scene = Scene("a", (Item(1, "old", {}),))
    mixer.mix(now("old", {}), 0, 0)
    held = now("new", {"landscape": Change(Fade(), scene, 0, 1, 0.2)})
    for tick in (1, 2, 3, 4):
        block = mixer.mix(held, tick, tick * NS // 30)
    assert block[-1, 0] == pytest.approx(0.8 * 0.5 + 0.2 * 0.25)
