"""Alarm sounds: told apart, as loud as asked, and a device that is gone is said."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest

from studio.audio.chime import NOTES, AlarmSpeaker, tones
from studio.audio.model import ALARM_LEVELS
from studio.core.errors import StudioError
from studio.media.sound import RATE


def test_every_severity_has_a_sound_of_its_own() -> None:
    assert set(NOTES) == set(ALARM_LEVELS)
    heard = [tuple(hertz for hertz, _ in NOTES[level] if hertz) for level in ALARM_LEVELS]
    for one, other in itertools.combinations(heard, 2):
        assert len(one) != len(other)
    lengths = [len(tones(level)) / RATE for level in ALARM_LEVELS]
    assert max(lengths) < 1.0
    assert lengths == sorted(lengths, reverse=True), "the gravest is the longest"


@pytest.mark.parametrize("level", ALARM_LEVELS)
def test_it_is_as_loud_as_asked_and_never_clicks(level: str) -> None:
    sound = tones(level, -12.0)
    assert sound.dtype == np.float32
    assert sound.shape[1] == 2
    assert np.abs(sound).max() == pytest.approx(10 ** (-12 / 20), rel=0.02)
    assert np.abs(sound[[0, -1]]).max() == 0.0
    highest = max(hertz for hertz, _ in NOTES[level])
    steepest = 10 ** (-12 / 20) * 2 * np.pi * highest / RATE
    assert np.abs(np.diff(sound[:, 0])).max() <= steepest * 1.05


def test_an_output_that_is_not_there_is_said_and_holds_nobody() -> None:
    ended: list[StudioError | None] = []
    over = threading.Event()

    def end(fault: StudioError | None) -> None:
        ended.append(fault)
        over.set()

    speaker = AlarmSpeaker(end)
    assert speaker.play("red", "no such output", -12.0)
    assert over.wait(20)
    speaker.stop()
    assert ended[0] is not None
    assert ended[0].key == "sound.no_output"
    assert "no such output" in ended[0].in_language("en")
