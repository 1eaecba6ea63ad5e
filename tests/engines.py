"""Engines as processes of their own, each started without the second that its imports take.

On Linux they are forked from a Python that has loaded everything (`tests/loaded`): the same program
with the same words in the process list, in a process of its own, a child of the test's. Elsewhere,
and with ``SHOPCAST_TESTS_FORK=0``, they are started as the supervisor starts them.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
CALL = [sys.executable, "-P", "-m", "studio"]
_SUBREAPER = 36  # prctl: orphans below this process become its children


class Forked:
    """A forked process, as `subprocess.Popen` shows one.

    Args:
        pid: of a child of this process.
        stdin: what it reads, for writing.
        stdout: what it writes, for reading.
    """

    def __init__(self, pid: int, stdin: IO[str], stdout: IO[str]) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self.args = CALL
        self.returncode: int | None = None
        self._lock = threading.Lock()
        self._end = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        with self._lock:
            if self.returncode is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
                    os.close(self._end)
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended.

        Raises:
            subprocess.TimeoutExpired: it has not, in so many seconds.
        """
        if self.poll() is None:
            ended = select.poll()
            ended.register(self._end, select.POLLIN)
            if not ended.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: int) -> None:
        """Does nothing when it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Loaded:
    """The Python that has everything loaded, one for each process that runs tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._door: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def _begin(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                CALL,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT / "tests" / "loaded"),
                    "PYTHONUTF8": "1",
                    "SHOPCAST_TESTS_DOOR": str(theirs.fileno()),
                    "SHOPCAST_TESTS_ROOT": str(ROOT),
                },
            )
        return ours

    def fork(self, env: dict[str, str]) -> Forked:
        """A new engine with these variables; its errors go nowhere."""
        with self._lock, open(os.devnull, "rb+") as nowhere:
            if self._door is None:
                self._door = self._begin()
            stdin, to_it = os.pipe()
            from_it, stdout = os.pipe()
            asked = json.dumps({"env": env, "cwd": str(ROOT)}).encode()
            prctl = ctypes.CDLL(None).prctl
            prctl(_SUBREAPER, 1, 0, 0, 0)
            try:
                socket.send_fds(self._door, [asked], [stdin, stdout, nowhere.fileno()])
                answer = json.loads(self._door.recv(10_000))
                assert isinstance(answer, int), answer
            finally:
                prctl(_SUBREAPER, 0, 0, 0, 0)
                os.close(stdin)
                os.close(stdout)
        return Forked(
            answer, os.fdopen(to_it, "w", encoding="utf-8"), os.fdopen(from_it, encoding="utf-8")
        )


_loaded = _Loaded()


def loaded_pid() -> int | None:
    """The process from which engines are forked, once there is one."""
    return _loaded._process.pid if _loaded._process else None


def start_engine(env: dict[str, str] | None = None) -> Any:
    """``python -m studio`` with these variables, or ours; stdin and stdout are pipes of text."""
    env = dict(os.environ) if env is None else env
    if sys.platform == "linux" and os.environ.get("SHOPCAST_TESTS_FORK") != "0":
        return _loaded.fork(env)
    return subprocess.Popen(
        CALL,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=env,
    )
