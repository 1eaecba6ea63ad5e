"""The engine's socket to a sender, and how senders are found and ended."""

from __future__ import annotations

import socket
import time
from pathlib import Path

from studio.core import processes
from studio.sender import wire
from studio.sender.model import OutputStatus

STOP_S = 2.0
_ANSWER_S = 3.0


class SenderFault(Exception):
    """The sender is gone or does not answer."""


class SenderConnection:
    """The engine's socket to a sender."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.pending = bytearray()
        self.welcome: wire.Welcome | None = None
        self._unpacker = wire.EngineUnpacker()
        self._early: list[OutputStatus] = []

    @classmethod
    def open(cls, note: wire.SenderRecord) -> SenderConnection:
        """Connects and says hello.

        Raises:
            SenderFault: nobody there, or not ours.
        """
        try:
            connection = socket.create_connection(("127.0.0.1", note.port), timeout=1.0)
        except OSError as error:
            raise SenderFault(f"not there: {error}") from None
        line = cls(connection)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(_ANSWER_S)
            connection.sendall(wire.pack(wire.Hello(note.token)))
            line._await_welcome(note)
        except (OSError, wire.WireFault) as error:
            line.close()
            raise SenderFault(f"does not answer: {error}") from None
        except SenderFault:
            line.close()
            raise
        return line

    def _await_welcome(self, note: wire.SenderRecord) -> None:
        deadline = time.monotonic() + _ANSWER_S
        while time.monotonic() < deadline:
            data = self.socket.recv(65536)
            if not data:
                raise SenderFault("turned us away")
            for message in self._unpacker.feed(data):
                if isinstance(message, wire.SenderStatus):
                    self._early.append(message.status)
                elif message.output == note.output and message.version == wire.VERSION:
                    self.welcome = message
                    return
                else:
                    raise SenderFault("another sender")
        raise SenderFault("no welcome")

    def send_all(self, data: bytes) -> None:
        """Sends before the line is non-blocking.

        Raises:
            SenderFault: it is gone or does not read.
        """
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise SenderFault(f"does not read: {error}") from None

    def flush(self) -> None:
        """Sends what it can of `pending`.

        Raises:
            SenderFault: it is gone.
        """
        if self.pending:
            try:
                del self.pending[: self.socket.send(self.pending)]
            except (BlockingIOError, InterruptedError):
                pass
            except OSError as error:
                raise SenderFault(str(error)) from None

    def read(self) -> list[OutputStatus]:
        """Statuses that have come.

        Raises:
            SenderFault: it is gone, or speaks another language.
        """
        found, self._early = self._early, []
        try:
            data = self.socket.recv(65536)
            if not data:
                raise SenderFault("hung up")
            for message in self._unpacker.feed(data):
                if isinstance(message, wire.SenderStatus):
                    found.append(message.status)
        except (BlockingIOError, InterruptedError):
            pass
        except (OSError, wire.WireFault) as error:
            raise SenderFault(str(error)) from None
        return found

    def close(self) -> None:
        """Hangs up."""
        self.socket.close()


def orphans(runtime: Path) -> dict[str, wire.SenderRecord]:
    """Senders that run, by output: they hold the line for an engine that has gone."""
    found = wire.find_notes(runtime)
    return {name: note for name, note in found.items() if is_sender(runtime, note)}


def end_orphan(runtime: Path, note: wire.SenderRecord) -> None:
    """Ends a sender nobody wants any more: politely, and within about 2 s."""
    try:
        line = SenderConnection.open(note)
        try:
            line.send_all(wire.pack(wire.StopSending()))
            deadline = time.monotonic() + STOP_S
            while is_sender(runtime, note) and time.monotonic() < deadline:
                time.sleep(0.02)
        finally:
            line.close()
    except SenderFault:
        pass
    kill_sender(runtime, note)
    wire.note_path(runtime, note.output).unlink(missing_ok=True)


def sender_words(runtime: Path, output: str) -> list[str]:
    """The end of the command line of the sender of ``output``: no other program has it."""
    return ["-m", "studio.sender", "--output", output, "--runtime", str(runtime)]


def kill_sender(runtime: Path, note: wire.SenderRecord) -> None:
    """Kills the process that ``note`` names, if it is that sender; else nothing is touched."""
    processes.end(note.process, sender_words(runtime, note.output))


def is_sender(runtime: Path, note: wire.SenderRecord) -> bool:
    """Does the process that ``note`` names run, and is it the sender of this output?"""
    return processes.is_program(note.process, sender_words(runtime, note.output))
