"""Which process a number stands for, and the one place where a process is signalled by number.

A process id that was read from a file is a hint: the number may be another program's by now, or
never have been ours. So whoever wants to trust or signal it says what it ought to be (its start
time and words of its command line), and the operating system is asked whether it is that.
Standard library only: the supervisor leans on it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

LEAST_PID = 2  # 0 and negative numbers mean groups or everybody, 1 is the system itself
MOST_PID = 1 << 31


class ProcessIdentity(NamedTuple):
    """Attributes:
    pid: its number.
    started: when it began, in the system's own words; "" when that is not known. Two processes
        that had the same number one after the other differ in it, before and after a restart of
        the machine too.
    """

    pid: int
    started: str = ""


class _Facts(NamedTuple):
    started: str
    is_own: bool  # of the same user
    words: str  # the command line, each word followed by `gap`
    gap: str


def identity_in(facts: Mapping[str, object]) -> ProcessIdentity | None:
    """The process that a note's ``pid`` and ``started`` name; None when they name none."""
    pid, started = facts.get("pid"), facts.get("started")
    if type(pid) is not int or not is_possible(pid) or not isinstance(started, str):
        return None
    return ProcessIdentity(pid, started)


def is_possible(pid: int) -> bool:
    """Whether ``pid`` can be the number of one ordinary process."""
    return LEAST_PID <= pid < MOST_PID


def own_identity() -> ProcessIdentity:
    """This process."""
    return identify(os.getpid()) or ProcessIdentity(os.getpid())


def identify(pid: int) -> ProcessIdentity | None:
    """The process that has this number now; None when none has, or it has ended (a zombie)."""
    facts = _facts(pid) if is_possible(pid) else None
    return ProcessIdentity(pid, facts.started) if facts is not None else None


def is_program(process: ProcessIdentity, words: Sequence[str]) -> bool:
    """Whether ``process`` runs, is this user's, and has ``words`` in a row in its command line.

    Args:
        process: with its start time; without one nothing is believed.
        words: what cannot stand in another program's command line, e.g. "-m", "studio".
    """
    if not process.started or not words or not is_possible(process.pid):
        return False
    facts = _facts(process.pid)
    if facts is None or not facts.is_own or facts.started != process.started:
        return False
    row = "".join(word + facts.gap for word in words)
    return (facts.gap + row) in (facts.gap + facts.words)


def end(process: ProcessIdentity, words: Sequence[str], *, politely: bool = False) -> bool:
    """Ends ``process`` if it is the program it ought to be (see `is_program`); never itself.

    Args:
        politely: asks with SIGTERM, which Windows has not; else it is killed.

    Returns:
        Whether it was signalled.
    """
    if process.pid == os.getpid() or not is_possible(process.pid):
        return False
    if sys.platform == "win32":
        return not politely and _windows_end(process, words)
    return _send(process, words, signal.SIGTERM if politely else signal.SIGKILL)


def freeze(process: ProcessIdentity, words: Sequence[str]) -> bool:
    """Stops it as `end` would end it, until `thaw`; for tests, and not on Windows."""
    if process.pid == os.getpid() or not is_possible(process.pid) or sys.platform == "win32":
        return False
    return _send(process, words, signal.SIGSTOP)


def thaw(process: ProcessIdentity, words: Sequence[str]) -> bool:
    """Lets go on what `freeze` stopped."""
    if sys.platform == "win32":
        return False
    return _send(process, words, signal.SIGCONT)


def _send(process: ProcessIdentity, words: Sequence[str], number: int) -> bool:
    try:
        with _held(process.pid) as handle:
            # Looked at while it is held: the number cannot become another's between look and shot.
            if not is_program(process, words):
                return False
            if handle is not None:
                signal.pidfd_send_signal(handle, number)
            else:
                os.kill(process.pid, number)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _held(pid: int) -> Iterator[int | None]:
    if sys.platform != "linux":
        yield None
        return
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        raise
    except OSError:  # a kernel before 5.3, or a jail that forbids it
        yield None
        return
    try:
        yield handle
    finally:
        os.close(handle)


def _facts(pid: int) -> _Facts | None:
    try:
        if sys.platform == "win32":
            return _windows_facts(pid)
        if sys.platform == "linux":
            return _linux_facts(pid)
        return _posix_facts(pid)
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return None


@functools.cache
def boot_id() -> str:
    """Names this start of the computer; "" where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _linux_facts(pid: int) -> _Facts | None:
    folder = Path(f"/proc/{pid}")
    text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
    fields = text.rpartition(")")[2].split()  # the name before it may hold anything
    if fields[0] in "ZXx":
        return None
    words = os.fsdecode((folder / "cmdline").read_bytes())
    is_own = folder.stat().st_uid == os.getuid()
    return _Facts(f"{boot_id()}:{fields[19]}", is_own, words, "\0")


def _posix_facts(pid: int) -> _Facts | None:
    call = ["ps", "-ww", "-o", "stat=,uid=,lstart=,command=", "-p", str(pid)]
    around = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(call, capture_output=True, timeout=2, env=around)
    fields = os.fsdecode(done.stdout).split(None, 7)
    if len(fields) < 8 or fields[0].startswith("Z"):
        return None
    return _Facts(
        " ".join(fields[2:7]), int(fields[1]) == os.getuid(), fields[7].strip() + " ", " "
    )


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _QUERY, _TERMINATE, _STILL_ACTIVE, _COMMAND_LINE = 0x1000, 0x0001, 259, 60

    class _UnicodeString(ctypes.Structure):
        _fields_ = (
            ("length", wintypes.USHORT),
            ("room", wintypes.USHORT),
            ("text", ctypes.c_void_p),
        )

    @contextlib.contextmanager
    def _windows_open(pid: int, rights: int) -> Iterator[int]:
        """A handle: while it is open the number belongs to this process alone."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        handle = kernel.OpenProcess(rights, False, pid)
        if not handle:
            raise OSError(ctypes.get_last_error(), "OpenProcess")
        try:
            yield handle
        finally:
            kernel.CloseHandle(wintypes.HANDLE(handle))

    def _windows_facts(pid: int) -> _Facts | None:
        with _windows_open(pid, _QUERY) as handle:
            return _windows_read(handle)

    def _windows_read(handle: int) -> _Facts | None:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        code = wintypes.DWORD()
        if not kernel.GetExitCodeProcess(wintypes.HANDLE(handle), ctypes.byref(code)):
            return None
        if code.value != _STILL_ACTIVE:
            return None
        began, other = wintypes.FILETIME(), [wintypes.FILETIME() for _ in range(3)]
        rest = [ctypes.byref(time) for time in other]
        if not kernel.GetProcessTimes(wintypes.HANDLE(handle), ctypes.byref(began), *rest):
            return None
        started = str((began.dwHighDateTime << 32) | began.dwLowDateTime)
        # Only processes of the same user (or an administrator's caller) can be opened for ending.
        return _Facts(started, True, _windows_words(handle), "\0")

    def _windows_words(handle: int) -> str:
        """The command line, a NUL after each word (ProcessCommandLineInformation, Windows 8.1)."""
        query = ctypes.WinDLL("ntdll").NtQueryInformationProcess
        size = wintypes.ULONG(0)
        room = ctypes.create_string_buffer(1 << 16)
        status = query(wintypes.HANDLE(handle), _COMMAND_LINE, room, len(room), ctypes.byref(size))
        if status != 0:
            return ""
        text = _UnicodeString.from_buffer(room)
        line = ctypes.wstring_at(text.text, text.length // 2)
        shell = ctypes.WinDLL("shell32")
        shell.CommandLineToArgvW.restype = ctypes.POINTER(wintypes.LPWSTR)
        count = ctypes.c_int(0)
        words = shell.CommandLineToArgvW(wintypes.LPCWSTR(line), ctypes.byref(count))
        if not words:
            return ""
        try:
            return "".join(f"{words[number]}\0" for number in range(count.value))
        finally:
            local_free = ctypes.WinDLL("kernel32").LocalFree
            local_free.argtypes = [ctypes.c_void_p]
            local_free(words)

    def _windows_end(process: ProcessIdentity, words: Sequence[str]) -> bool:
        try:
            with _windows_open(process.pid, _QUERY | _TERMINATE) as handle:
                if not is_program(process, words):
                    return False
                kernel = ctypes.WinDLL("kernel32", use_last_error=True)
                return bool(kernel.TerminateProcess(wintypes.HANDLE(handle), 9))
        except OSError:
            return False
