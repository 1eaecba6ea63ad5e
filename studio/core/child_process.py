"""One request to a process of our own, and its reply: who asks waits, the engine does not."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from asyncio import create_subprocess_exec

from studio.core.paths import project_dir
from studio.core.streams import child_environment


async def ask_process(module: str, request: bytes, limit_s: float) -> bytes:
    """Runs ``python -m module`` with the request on its stdin; it ends with whoever waits.

    Raises:
        TimeoutError: it took too long.
        OSError: it could not be started.
    """
    process = await create_subprocess_exec(
        sys.executable, "-m", module, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, cwd=project_dir(), env=child_environment(),
    )  # fmt: skip
    try:
        async with asyncio.timeout(limit_s):
            out, _ = await process.communicate(request)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return out
