"""Reads a goods file in a process of its own: the picture never waits for it, nor dies of it."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import msgspec

from studio.core.errors import PackedError, StudioError, packed, unpacked
from studio.core.paths import project_dir
from studio.core.streams import child_environment
from studio.shop.importers.base import ReadOptions
from studio.shop.importers.model import Understood

READ_S = 120.0
MEMORY_BYTES = 2_000_000_000


class ReadRequest(msgspec.Struct):
    """What is to be read, and how."""

    path: str
    kind: str = ""
    currency: str = "CNY"
    is_currency_said: bool = False
    mapping: dict[str, str] = {}
    mends: dict[str, dict[str, str]] = {}


class ReadAnswer(msgspec.Struct):
    """What came of it: the goods, or an error."""

    understood: Understood | None = None
    error: PackedError | None = None


def read_apart(request: ReadRequest) -> Understood:
    """The goods in a file, read by a process of low priority; waits for it.

    Raises:
        StudioError: as `studio.shop.importers.reading.read_goods`; failed, when the process ended
            or took too long.
    """
    call = [sys.executable, "-m", "studio.shop.importers.child"]
    try:
        done = subprocess.run(
            call,
            input=msgspec.msgpack.encode(request),
            capture_output=True,
            timeout=READ_S,
            cwd=project_dir(),
            env=child_environment(),
        )
    except subprocess.TimeoutExpired:
        raise StudioError(
            "failed", "imports.too_slow", path=request.path, seconds=int(READ_S)
        ) from None
    try:
        answer = msgspec.msgpack.decode(done.stdout, type=ReadAnswer)
    except msgspec.DecodeError:
        raise StudioError("failed", "imports.reader_died", path=request.path) from None
    if answer.error is not None:
        raise unpacked(answer.error)
    assert answer.understood is not None
    return answer.understood


def bound_memory() -> None:
    """A file that lies about its size ends this process, not the machine.

    Rows are many small lists without cycles: looking for cycles among them took a third of the
    time of a large file, so this short-lived process does not.
    """
    gc.disable()
    if sys.platform == "win32":
        return
    import os
    import resource

    os.nice(10)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > MEMORY_BYTES:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, hard))


def _answer(request: ReadRequest) -> ReadAnswer:
    from studio.shop.importers.reading import importer_kinds, read_goods

    mends = {int(row): cells for row, cells in request.mends.items() if row.isdecimal()}
    options = ReadOptions(request.currency, request.is_currency_said, request.mapping, mends)
    try:
        return ReadAnswer(read_goods(Path(request.path), importer_kinds(), options, request.kind))
    except StudioError as error:
        return ReadAnswer(error=packed(error))
    except MemoryError:
        return ReadAnswer(error=("invalid", "imports.bomb_memory", {"path": request.path}))


def main() -> None:
    """Reads a request from standard input, writes the answer to standard output."""
    bound_memory()
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=ReadRequest)
    sys.stdout.buffer.write(msgspec.msgpack.encode(_answer(request)))


if __name__ == "__main__":
    main()
