"""The mixer is gapless, on the picture's clock, and clicks nowhere."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from studio.core.clock import NS
from studio.core.errors import StudioError
from studio.media.sound import RATE, SoundRing
from studio.sound.desk import SoundCommands, SoundDesk
from studio.sound.mixer import Channel, Mixer, db_of, gain_of, measure
from studio.sound.model import Strip


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
