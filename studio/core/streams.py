"""What processes say to each other is UTF-8, whatever the system's own encoding: one place for it.

Chinese Windows speaks GBK on pipes, a bare server ASCII. So each program of the studio calls
`speak_utf8` first, and whoever starts one gives it `child_environment`. Standard library only: the
supervisor leans on it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Mapping
from typing import Any

_GONE = (errno.EPIPE, errno.EINVAL) if sys.platform == "win32" else (errno.EPIPE,)


def child_environment(given: Mapping[str, str] | None = None, **more: str) -> dict[str, str]:
    """The environment in which a program of the studio is started.

    Args:
        given: what to start from; None is this process' own.
        more: further variables.
    """
    return {
        **(os.environ if given is None else given),
        "PYTHONUTF8": "1",
        "PYTHONIOENCODING": "utf-8",
        **more,
    }


def speak_utf8() -> None:
    """Standard input, output and error of this process are UTF-8 from now on; call it first.

    A sign that cannot be written is written as an escape, one that cannot be read becomes U+FFFD:
    no line is lost for one sign. A terminal keeps its own encoding, people look at it. On POSIX a
    process whose file names are not UTF-8 (a C or GBK locale) starts itself again in UTF-8 mode:
    names of shows and recordings are the same in every process, and none of them fails.
    """
    _in_utf8_mode()
    for stream, errors in (
        (sys.stdin, "replace"),
        (sys.stdout, "backslashreplace"),
        (sys.stderr, "backslashreplace"),
    ):
        if not hasattr(stream, "reconfigure"):  # none (pythonw), or a test's own
            continue
        with contextlib.suppress(OSError, ValueError):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors=errors)


def _in_utf8_mode() -> None:
    if sys.platform == "win32" or sys.getfilesystemencoding().replace("-", "").lower() == "utf8":
        return
    if os.environ.get("PYTHONUTF8") == "1":
        return  # that is how it was started: once is enough
    words = [sys.executable, *sys.orig_argv[1:]]
    with contextlib.suppress(OSError):
        os.execve(sys.executable, words, child_environment())


def is_reader_gone(fault: OSError) -> bool:
    """Whether a write failed because nobody reads any more (``| head``)."""
    return isinstance(fault, BrokenPipeError) or fault.errno in _GONE


def let_go_of_output() -> None:
    """What is left goes out; a reader that has gone is no fault, now or while Python ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            _to_nowhere(stream)


def _to_nowhere(stream: Any) -> None:
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)


def write_line(text: str) -> None:
    """A line on standard output; a reader that went away does not end who speaks."""
    try:
        print(text, flush=True)
    except (OSError, ValueError):
        let_go_of_output()
