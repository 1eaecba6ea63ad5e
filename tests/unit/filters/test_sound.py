"""Sound filters on real signals: what they do in decibels, and that no sample is lost."""

from __future__ import annotations

import math

import numpy as np
import pytest

import studio.filters.kinds as filter_folder
from studio.core.registry import discover
from studio.filters.base import Filter
from studio.media.sound import RATE, Samples
from studio.sources.sound_chain import SoundChain

KINDS = discover(filter_folder, Filter)
SOUND = [kind.kind for kind in KINDS if kind.is_sound]


def make(kind: str, **settings: object) -> Filter:
    cls = KINDS.get(kind)
    return cls(cls.decode(settings))


def tone(seconds: float, hz: float = 1000, db: float = -20) -> Samples:
    at = np.arange(int(seconds * RATE)) / RATE
    one = 10 ** (db / 20) * np.sin(2 * np.pi * hz * at)
    return np.stack([one, one], axis=1).astype(np.float32)


def run(one: Filter, samples: Samples, block: int = 480) -> Samples:
    parts = [one.apply_sound(samples[n : n + block]) for n in range(0, len(samples), block)]
    return np.concatenate(parts)


def peak_db(samples: Samples) -> float:
    return 20 * math.log10(float(np.abs(samples).max()) + 1e-9)


def rms_db(samples: Samples) -> float:
    return 20 * math.log10(float(np.sqrt((samples**2).mean())) + 1e-9)


@pytest.mark.parametrize("kind", SOUND)
def test_as_many_samples_come_out_as_go_in_whatever_the_block(kind: str) -> None:
    sound = tone(0.6, 440)
    rng = np.random.default_rng(3)
    whole = run(make(kind), sound, 480)
    assert whole.dtype == np.float32
    assert whole.shape == sound.shape
    one, parts, at = make(kind), [], 0
    while at < len(sound):
        size = int(rng.integers(1, 1700))
        given = sound[at : at + size]
        made = one.apply_sound(given)
        assert made.shape == given.shape
        parts.append(made)
        at += size
    assert np.abs(np.concatenate(parts) - whole).max() < 2e-3, "the block size is heard"


def test_gain_is_exact_and_does_not_click() -> None:
    one, sound = make("gain", gain_db=6.0), tone(0.1)
    assert peak_db(run(one, sound)) == pytest.approx(-14, abs=0.05)
    assert one.change(one.decode({"gain_db": -20.0}))
    changed = run(one, sound)
    assert peak_db(changed[960:]) == pytest.approx(-40, abs=0.05)
    assert np.abs(np.diff(changed[:, 0])).max() < 0.05


def test_the_gate_closes_between_words() -> None:
    one = make("gate", threshold_db=-40.0, reduction_db=-60.0, release_ms=50.0)
    quiet, loud = tone(0.5, db=-55), tone(0.5, db=-15)
    made = run(one, np.concatenate([quiet, loud, quiet]))
    assert rms_db(made[4800:24000]) < -90
    assert rms_db(made[28800:48000]) == pytest.approx(rms_db(loud), abs=0.5)
    assert rms_db(made[-9600:]) < -90


def test_the_compressor_holds_down_what_is_over_the_threshold() -> None:
    one = make("compressor", threshold_db=-20.0, ratio=4.0)
    loud = run(one, tone(1.0, db=-4))[24000:]
    # FFmpeg's detector works on the mean level: a sine lies 3 dB under its peak.
    reduced = -4 - peak_db(loud)
    assert 8 < reduced < 13, f"{reduced:.1f} dB instead of about 12 (16 over, 4:1)"
    soft = make("compressor", threshold_db=-20.0, ratio=4.0)
    assert peak_db(run(soft, tone(1.0, db=-35))[24000:]) == pytest.approx(-35, abs=0.3)


def test_nothing_passes_the_limiter() -> None:
    one = make("limiter", threshold_db=-6.0)
    burst = np.concatenate([tone(0.2, db=-30), tone(0.3, 700, db=6), tone(0.2, db=-30)])
    made = run(one, burst)
    assert peak_db(made) <= -5.95
    assert peak_db(made[-2400:]) == pytest.approx(-30, abs=1.0)


@pytest.mark.parametrize(
    ("band", "hz"),
    [("low_db", 40), ("low_mid_db", 250), ("mid_db", 1000), ("high_mid_db", 3500),
     ("high_db", 16000)],
)  # fmt: skip
def test_the_equaliser_lifts_its_band_and_leaves_the_others(band: str, hz: int) -> None:
    one = make("equaliser", **{band: 9.0})
    assert rms_db(run(one, tone(0.5, hz))[12000:]) - rms_db(tone(0.5, hz)) == pytest.approx(
        9, abs=1.5
    )
    far = 8000 if hz < 2000 else 100
    other = make("equaliser", **{band: 9.0})
    assert abs(rms_db(run(other, tone(0.5, far))[12000:]) - rms_db(tone(0.5, far))) < 1.2


def test_noise_reduction_takes_noise_and_keeps_the_voice() -> None:
    rng = np.random.default_rng(0)
    noise = (rng.standard_normal((3 * RATE, 2)) * 10 ** (-50 / 20)).astype(np.float32)
    one = make("noise_reduction", reduction_db=20.0, floor_db=-45.0)
    assert rms_db(run(one, noise)[RATE:]) < rms_db(noise) - 10
    voice = noise + tone(3, 300, db=-20)
    two = make("noise_reduction", reduction_db=20.0, floor_db=-45.0)
    assert rms_db(run(two, voice)[RATE:]) == pytest.approx(rms_db(tone(1, 300, db=-20)), abs=1)


def test_the_latency_of_noise_reduction_is_what_it_says() -> None:
    click = np.zeros((RATE, 2), np.float32)
    click[20_000:20_200] = 0.7
    made = run(make("noise_reduction"), click)
    late_ms = (int(np.abs(made[:, 0]).argmax()) - 20_000) / 48
    assert 0 <= late_ms < 45, late_ms


def test_settings_of_a_chain_change_without_a_gap() -> None:
    one, sound = make("compressor", threshold_db=-60.0, ratio=20.0), tone(0.5, db=-6)
    before = run(one, sound)
    chain = one._chain  # type: ignore[attr-defined]
    assert one.change(one.decode({"threshold_db": 0.0, "ratio": 1.0}))
    after = run(one, sound)
    assert one._chain is chain  # type: ignore[attr-defined]
    assert peak_db(before[12000:]) < -30
    assert peak_db(after[12000:]) == pytest.approx(-6, abs=0.5)
    assert np.abs(np.diff(after[:, 0])).max() < 0.2


@pytest.mark.parametrize("kind", ["gate", "compressor", "limiter", "equaliser", "gain"])
def test_every_slider_works_while_it_runs(kind: str) -> None:
    """What FFmpeg takes without a word and then never looks at is a dead slider."""
    words = np.concatenate([tone(0.06, 700, db) for db in (-12, -45, -24, -70)])
    for name, field in KINDS.get(kind).schema()["properties"].items():
        value = field["minimum"] if name == "threshold_db" else field["maximum"]
        one, fresh = make(kind), make(kind, **{name: value})
        run(one, words, 2400)
        if not one.change(one.decode({name: value})):
            one = make(kind, **{name: value})  # as the bank does
        run(one, words, 2400)
        run(fresh, words, 2400)
        made, wanted = run(one, words, 2400), run(fresh, words, 2400)
        assert made == pytest.approx(wanted, abs=0.02), name


@pytest.mark.parametrize("kind", ["gain", "compressor", "equaliser", "gate"])
def test_a_filter_is_switched_without_a_click(kind: str) -> None:
    settings = {
        "gain": {"gain_db": -20.0},
        "compressor": {"threshold_db": -50.0},
        "equaliser": {"low_db": 20.0},
        "gate": {"threshold_db": 0.0},
    }[kind]
    one, chain, sound = make(kind, **settings), SoundChain(), tone(0.3, hz=90, db=-14)
    sets = [(), (one,), (), (one,)]  # on, off, on again: each for 60 ms, half way up a wave
    parts = [chain.run(sets[n // 7 % 4], sound[n * 480 + 130 :][:480]) for n in range(28)]
    heard = np.concatenate(parts)[:, 0]
    assert np.abs(np.diff(heard, 2)).max() < 2e-3


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("compressor", {"threshold_db": -50.0}),
        ("compressor", {"output_gain_db": 12.0}),
        ("limiter", {"threshold_db": -24.0}),
        ("gate", {"threshold_db": -60.0}),
    ],
)
def test_a_slider_moves_without_a_click(kind: str, settings: dict[str, float]) -> None:
    one, sound = make(kind), tone(0.2, hz=90, db=-16)
    run(one, sound)
    before = one.apply_sound(sound[:610])
    assert one.change(one.decode(settings))
    after = run(one, sound[610:])
    assert np.abs(np.diff(np.concatenate([before, after])[:, 0], 2)).max() < 0.02
    assert np.abs(after).max() < 0.7


def test_sound_is_delayed_by_what_was_asked() -> None:
    click = np.zeros((RATE, 2), np.float32)
    click[1000] = 1.0
    made = run(make("delay", delay_ms=250), click)
    assert int(made[:, 0].argmax()) == 1000 + 12_000
    only = run(make("delay", delay_ms=250, what="picture"), click)
    assert int(only[:, 0].argmax()) == 1000


def test_music_steps_back_while_the_host_speaks() -> None:
    one, music = make("ducking", source="mic", hold_ms=100.0, reduction_db=-14.0), tone(1.0)
    level = -math.inf
    one.level_db = lambda source: level if source == "mic" else 0.0  # type: ignore[attr-defined]
    assert peak_db(run(one, music)) == pytest.approx(-20, abs=0.1)
    level = -12.0
    assert peak_db(run(one, music)[24_000:]) == pytest.approx(-34, abs=0.2)
    level = -math.inf
    back = run(one, music)
    assert peak_db(back[:4000]) == pytest.approx(-34, abs=0.3), "it holds for a moment"
    assert peak_db(back[-4000:]) == pytest.approx(-20, abs=0.1)
