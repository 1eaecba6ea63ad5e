"""Freed memory of one thread serves the others: the process does not grow by its threads."""

from __future__ import annotations

import subprocess
import sys

import pytest

from studio.core.streams import child_environment

COUNT = """
import threading
from studio.core.ceiling import keep_memory_together

assert keep_memory_together({arenas})
begin, end = threading.Barrier(13), threading.Barrier(13)

def work():
    begin.wait()
    kept = [bytearray(900) for _ in range(20_000)]
    end.wait()

threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads:
    thread.start()
begin.wait(); end.wait()
for thread in threads:
    thread.join()
# Heaps of threads begin at multiples of 64 MB.
starts = (line.split("-")[0] for line in open("/proc/self/maps") if line.count(" ") < 6)
print(sum(int(start, 16) % (64 << 20) == 0 for start in starts))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the heaps of glibc")
def test_threads_share_the_heaps() -> None:
    def heaps(arenas: int) -> int:
        ran = subprocess.run(
            [sys.executable, "-c", COUNT.format(arenas=arenas)], capture_output=True, text=True,
            encoding="utf-8", env=child_environment(), check=True,
        )  # fmt: skip
        return int(ran.stdout)

    few, many = heaps(1), heaps(12)
    assert few <= 1, (few, many)
    assert many > 2, "the count itself sees no heaps"
