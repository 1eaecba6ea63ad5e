"""One request to a process of our own, and its reply: who asks waits, the engine does not.

`ask_process` is the side that asks, `serve_one` the process's ``main``.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from asyncio import create_subprocess_exec
from collections.abc import Callable
from typing import TypeVar

import msgspec

from studio.core.errors import PackedError, StudioError, packed, unpacked
from studio.core.paths import project_dir
from studio.core.priority import background_thread
from studio.core.streams import child_environment


class ProcessReply(msgspec.Struct, kw_only=True):
    """What came of a request, or an error; a subclass says what may come of it."""

    error: PackedError | None = None


Request = TypeVar("Request", bound=msgspec.Struct)
Reply = TypeVar("Reply", bound=ProcessReply)


async def ask_process(
    module: str, request: msgspec.Struct, reply: type[Reply], limit_s: float
) -> Reply:
    """Runs ``python -m module`` with the request on its stdin; it ends with whoever waits.

    Raises:
        StudioError: as the process says; failed, when it ended or took too long.
    """
    try:
        out = await _asked(module, msgspec.msgpack.encode(request), limit_s)
        answer = msgspec.msgpack.decode(out, type=reply)
    except (TimeoutError, msgspec.DecodeError, OSError) as error:
        raise StudioError("failed", "insight.worker", why=type(error).__name__) from None
    if answer.error is not None:
        raise unpacked(answer.error)
    return answer


def serve_one(request: type[Request], reply: type[Reply], work: Callable[[Request], Reply]) -> None:
    """One request on stdin, its reply on stdout, at low priority."""
    background_thread()
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=request)
    try:
        answer = work(asked)
    except StudioError as error:
        answer = reply(error=packed(error))
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))


async def _asked(module: str, request: bytes, limit_s: float) -> bytes:
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
