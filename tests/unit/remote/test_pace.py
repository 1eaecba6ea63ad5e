"""The loop stays free whatever remotes ask for."""

from __future__ import annotations

import asyncio
import time

import pytest

from studio.remote.pace import SessionPace, Timed, Turn


def busy(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def test_what_is_waited_for_is_not_counted() -> None:
    async def work() -> str:
        busy(0.01)
        await asyncio.sleep(0.2)
        busy(0.01)
        return "done"

    async def run() -> None:
        timed = Timed(work())
        assert await timed == "done"
        assert 0.02 <= timed.spent_s < 0.15

    asyncio.run(run())


def test_faults_and_cancellations_reach_the_work_and_the_caller() -> None:
    ends: list[str] = []
    begun = asyncio.Event()

    async def work(fault: bool) -> None:
        try:
            if not fault:
                begun.set()
            await asyncio.sleep(0 if fault else 60)
            raise ValueError("broken")
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise
        finally:
            ends.append("ended")

    async def run() -> None:
        turn = Turn(SessionPace())
        with pytest.raises(ValueError, match="broken"):
            await turn.run(work(True))
        task = asyncio.create_task(turn.run(work(False)))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert ends == ["ended", "cancelled", "ended"]


def test_many_clients_together_leave_half_of_the_loop() -> None:
    """Twenty clients with 20 requests of 2 ms: what else runs on the loop is hardly late."""

    async def work() -> None:
        busy(0.002)

    async def client(pace: SessionPace) -> None:
        turn = Turn(pace)
        for _ in range(20):
            await turn.run(work())

    async def run() -> list[float]:
        pace = SessionPace()
        clients = [asyncio.create_task(client(pace)) for _ in range(20)]
        late = []
        while not all(client.done() for client in clients):
            began = time.monotonic()
            await asyncio.sleep(0.005)
            late.append(time.monotonic() - began - 0.005)
        return late

    late = sorted(asyncio.run(run()))
    assert len(late) > 50
    assert late[len(late) * 9 // 10] < 0.05


def test_one_at_this_machine_only_lets_others_in_between() -> None:
    async def work() -> None:
        busy(0.002)

    async def run() -> int:
        turn = Turn(SessionPace())
        turn.is_paced = False
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                beats += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(beat())
        for _ in range(50):
            await turn.run(work())
        task.cancel()
        return beats

    assert asyncio.run(run()) >= 10
