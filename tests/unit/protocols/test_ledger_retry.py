"""What was taken, how old the rest is, and when to try again."""

import random

from studio.protocols.rtmp.ledger import DeliveryTracker
from studio.sender.retry import Retry

MS = 1_000_000


def test_queue_age_by_tcp() -> None:
    ledger = DeliveryTracker()
    for n in range(10):
        ledger.wrote(1000, n * 100 * MS)
    ledger.look(waiting=4000, acknowledged=None, now_ns=900 * MS)
    assert ledger.taken == 6000
    assert ledger.queue_ms(900 * MS) == 300
    ledger.look(waiting=0, acknowledged=None, now_ns=950 * MS)
    assert ledger.queue_ms(950 * MS) == 0
    assert ledger.stalled_ms(9_000 * MS) == 0


def test_a_frozen_server_shows_by_its_silence() -> None:
    ledger = DeliveryTracker()
    now = 0
    for n in range(100):
        now = n * 20 * MS
        ledger.wrote(1000, now)
        ledger.look(0, min(n, 50) // 5 * 5 * 1000, now)
    assert ledger.tcp_taken == 100_000
    assert ledger.taken < 70_000
    assert ledger.queue_ms(now) > 500


def test_a_server_that_never_acknowledges_is_believed_by_tcp() -> None:
    ledger = DeliveryTracker()
    ledger.wrote(5000, 0)
    ledger.look(0, None, 10 * MS)
    assert ledger.taken == 5000


def test_stall_counts_from_the_last_byte_that_moved() -> None:
    ledger = DeliveryTracker()
    ledger.wrote(5000, 0)
    ledger.look(2000, None, 100 * MS)
    ledger.wrote(5000, 5000 * MS)
    ledger.look(7000, None, 5000 * MS)
    assert ledger.stalled_ms(5100 * MS) == 5000


def test_retry_steps() -> None:
    retry = Retry(False, rng=random.Random(1))
    waits = [retry.failed() for _ in range(8)]
    assert waits[0] == 0
    for wait, wanted in zip(waits[1:], (0.5, 1, 2, 3, 3, 3, 3), strict=True):
        assert wanted * 0.8 <= wait <= wanted * 1.2
    retry.worked()
    assert retry.failed() == 0


def test_busy_is_tried_quickly_and_the_backup_in_turn() -> None:
    retry = Retry(True, rng=random.Random(1))
    waits, sides = [], []
    for _ in range(8):
        waits.append(retry.failed(is_busy=True))
        sides.append(retry.use_backup)
    assert all(0.4 <= wait <= 0.6 for wait in waits)
    assert sides == [False, False, True, True, True, False, False, False]
