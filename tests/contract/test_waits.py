"""No wait swallows a cancellation: Python 3.11's ``asyncio.wait_for`` does, when it comes as the
time is over or the work is done. ``asyncio.timeout`` does not.
"""

from __future__ import annotations

from tests.contract import source_tree


def test_nothing_waits_by_wait_for() -> None:
    used = [
        f"{file}:{call.lineno}"
        for file, tree in source_tree.trees().items()
        for name, call in source_tree.calls(tree)
        if name in ("asyncio.wait_for", "wait_for")
    ]
    assert not used, f"async with asyncio.timeout(seconds): {used}"
