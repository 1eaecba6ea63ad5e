"""The bitrate follows the line: down at once, up with care, and one slow line drags nobody."""

from __future__ import annotations

from studio.encoding.rate import CLEAN_S, Rate


class Link:
    """A line of so many kbit/s: what does not go through waits."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.queue_kbit = 0.0

    def pass_(self, kbps: float, seconds: float) -> tuple[int, int]:
        self.queue_kbit = max(0.0, self.queue_kbit + (kbps - self.capacity) * seconds)
        taken = self.capacity if self.queue_kbit else kbps
        return round(self.queue_kbit / max(1, self.capacity) * 1000), round(taken)


def run(rate: Rate, links: dict[str, Link], start_s: float, seconds: float) -> list[int]:
    """Runs in steps of 250 ms; the queue of the first link at each step."""
    queues, now = [], start_s
    while now < start_s + seconds:
        now += 0.25
        for name, link in links.items():
            sent = rate.kbps / rate.frame_step + 170
            queue, taken = link.pass_(sent, 0.25)
            rate.heard(name, is_flowing=True, queue_ms=queue, taken_kbps=taken, now_s=now)
            if name == next(iter(links)):
                queues.append(queue)
    return queues


def test_a_third_for_20_s_and_back() -> None:
    rate, link = Rate(2500), Link(8000)
    assert max(run(rate, {"a": link}, 0, 10)) == 0
    link.capacity = 890
    queues = run(rate, {"a": link}, 10, 20)
    assert rate.kbps < 890
    assert all(queue < 1000 for queue in queues[4 * 4 :]), "under a second within five"
    link.capacity = 8000
    run(rate, {"a": link}, 30, 60)
    assert rate.kbps == 2500


def test_down_within_a_second_of_the_queue_growing() -> None:
    rate = Rate(2500)
    for at, queue in ((0.0, 0), (0.25, 180), (0.5, 400), (0.75, 600)):
        rate.heard("a", is_flowing=True, queue_ms=queue, taken_kbps=1000, now_s=at)
    assert rate.kbps <= 2500 * 0.7


def test_not_up_before_ten_clean_seconds() -> None:
    rate = Rate(2000, kbps=800)
    rate.heard("a", is_flowing=True, queue_ms=500, taken_kbps=700, now_s=0.0)
    low = rate.kbps
    now = 0.0
    while now < CLEAN_S - 0.5:
        now += 0.25
        rate.heard("a", is_flowing=True, queue_ms=0, taken_kbps=700, now_s=now)
    assert rate.kbps == low


def test_one_slow_line_of_three_drags_nobody() -> None:
    rate = Rate(2500)
    run(rate, {"a": Link(9000), "b": Link(9000), "slow": Link(300)}, 0, 20)
    assert rate.kbps == 2500


def test_the_primary_is_followed() -> None:
    rate = Rate(2500)
    run(rate, {"slow": Link(900), "b": Link(9000)}, 0, 10)
    assert rate.kbps < 900


def test_frame_rate_only_below_the_floor() -> None:
    rate = Rate(2500)
    run(rate, {"a": Link(120)}, 0, 12)
    assert rate.kbps == rate.floor_kbps
    assert rate.frame_step == 2
    link = Link(9000)
    run(rate, {"a": link}, 100, 13)
    assert rate.frame_step == 1


def test_who_is_gone_has_no_say() -> None:
    rate = Rate(2500)
    rate.heard("slow", is_flowing=True, queue_ms=0, taken_kbps=100, now_s=0)
    rate.heard("slow", is_flowing=False, queue_ms=5000, taken_kbps=0, now_s=0.2)
    rate.heard("b", is_flowing=True, queue_ms=0, taken_kbps=100, now_s=0.3)
    assert rate.kbps == 2500
