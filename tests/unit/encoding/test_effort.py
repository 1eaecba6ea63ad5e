"""How hard an encoder works: eased before a picture is dropped, back when it is calm."""

from studio.encoding.effort import BACK_S, FULL, TIMES, Effort


def test_a_single_wait_is_nothing():
    effort = Effort("veryfast")
    for tick in range(90):
        effort.waits(2 if tick == 40 else 0, tick / 30)
    assert not effort.is_eased


def test_often_behind_or_once_far_behind_eases():
    often, far = Effort("veryfast"), Effort("veryfast")
    for tick in range(TIMES):
        often.waits(2, tick / 30)
    far.waits(FULL, 0.0)
    assert often.now == far.now == "superfast"


def test_calm_brings_it_back_and_a_return_that_fails_waits_longer():
    effort = Effort("veryfast")
    effort.waits(FULL, 100.0)
    effort.waits(0, 100.0 + BACK_S - 1)
    assert effort.is_eased
    effort.waits(0, 100.0 + BACK_S)
    assert effort.now == "veryfast"
    effort.waits(FULL, 101.0 + BACK_S)
    effort.waits(0, 102.0 + 2 * BACK_S)
    assert effort.is_eased, "the second time it waits twice as long"
    effort.waits(0, 102.0 + 3 * BACK_S)
    assert not effort.is_eased
    effort.waits(FULL, 10_000.0)
    effort.waits(0, 10_000.0 + BACK_S)
    assert not effort.is_eased, "after a long calm time it begins anew"


def test_trouble_while_eased_puts_the_return_off():
    effort = Effort("veryfast")
    effort.waits(FULL, 0.0)
    effort.waits(2, BACK_S - 1)
    effort.waits(0, BACK_S + 1)
    assert effort.is_eased


def test_presets_without_a_twin_stay():
    effort = Effort("faster")
    effort.waits(9, 0.0)
    assert effort.now == "faster"
