"""Parts of the state are read in two threads from the first moment on, and nothing crashes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RACE = """
import threading
from ui.parts import PARTS, read_parts

plain = {part: {} for part in PARTS}
plain |= {"sources": [{"name": "a"}], "outputs": [{"name": "a", "state": "idle"}]}
begin = threading.Barrier(3)


def read() -> None:
    begin.wait()
    for _ in range(5):
        read_parts(plain)


threads = [threading.Thread(target=read) for _ in range(3)]
for one in threads:
    one.start()
for one in threads:
    one.join()
"""


def test_two_threads_that_meet_a_struct_at_once_crash_nothing() -> None:
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", RACE],
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
