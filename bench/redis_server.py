"""A real Redis for tests and benchmarks, on loopback, with its file beside it."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

START_S = 20.0


def is_there() -> bool:
    """Is a Redis server installed?"""
    return shutil.which("redis-server") is not None


class RedisServer:
    """Starts, freezes, kills and starts again a Redis. Use as a context manager.

    Args:
        root: empty folder for its file.
        options: words of its command line beside the usual ones, in pairs.
        secure: folder with "key.pem" and "cert.pem": it speaks TLS with them, and nothing else.
    """

    def __init__(self, root: Path, *options: str, secure: Path | None = None) -> None:
        self.root, self._options, self._secure = root, options, secure
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"{'rediss' if secure else 'redis'}://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Starts it on what is in its file, and waits until it answers."""
        self.root.mkdir(parents=True, exist_ok=True)
        doors = ["--port", str(self.port)]
        if self._secure is not None:
            doors = [
                "--port", "0", "--tls-port", str(self.port), "--tls-auth-clients", "no",
                "--tls-cert-file", str(self._secure / "cert.pem"),
                "--tls-key-file", str(self._secure / "key.pem"),
                "--tls-ca-cert-file", str(self._secure / "cert.pem"),
            ]  # fmt: skip
        self._process = subprocess.Popen(
            [
                "redis-server", *doors, "--bind", "127.0.0.1",
                "--dir", str(self.root), "--appendonly", "yes", "--appendfsync", "always",
                "--save", "", *self._options,
            ],
            stdout=(self.root / "log").open("ab"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 0.5) as link:
                    if self._secure is not None:
                        return  # it listens; who shakes hands is the client's matter
                    link.sendall(b"PING\r\n")
                    if link.recv(64).startswith((b"+PONG", b"-NOAUTH")):
                        return
            except OSError:
                pass
            time.sleep(0.02)
        raise RuntimeError(f"redis did not start: {(self.root / 'log').read_text('utf-8')[-2000:]}")

    def send(self, number: signal.Signals) -> None:
        """Freezes (SIGSTOP) or wakes (SIGCONT) it."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """Ends it at once, as a power cut would."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait(10)
