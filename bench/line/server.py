"""A real RTMP server for tests and benchmarks: nginx with the rtmp module, on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
import xml.etree.ElementTree as ET
from pathlib import Path


def module_path() -> Path | None:
    """The rtmp module beside nginx, wherever that was installed or unpacked."""
    program = shutil.which("nginx")
    if program is None:
        return None
    for folder in ("lib", "share", "lib64"):
        path = Path(program).parents[1] / folder / "nginx/modules/ngx_rtmp_module.so"
        if path.exists():
            return path
    return None


def is_there() -> bool:
    """Is nginx with its rtmp module installed?"""
    return module_path() is not None


def free_port() -> int:
    """A loopback port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Nginx:
    """Starts, freezes, kills and reads an nginx-rtmp. Use as a context manager.

    Args:
        root: empty folder for configuration, logs and recordings.
        on_publish: a URL nginx asks before it lets a publisher in.
    """

    def __init__(self, root: Path, *, on_publish: str = "") -> None:
        self.root = root
        self.port = free_port()
        self.http_port = free_port()
        self.recordings = root / "rec"
        self._on_publish = on_publish
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Nginx:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def url(self, key: str = "x", app: str = "live") -> str:
        """Address to publish to."""
        return f"rtmp://127.0.0.1:{self.port}/{app}/{key}"

    def start(self) -> None:
        """Starts it and waits until it listens."""
        self.recordings.mkdir(parents=True, exist_ok=True)
        self.recordings.chmod(0o777)
        (self.root / "logs").mkdir(exist_ok=True)
        conf = self.root / "nginx.conf"
        conf.write_text(self._conf(), encoding="utf-8")
        self._process = subprocess.Popen(
            ["nginx", "-p", str(self.root), "-c", str(conf)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for port in (self.port, self.http_port):
                try:
                    socket.create_connection(("127.0.0.1", port), 0.2).close()
                except OSError:
                    break
            else:
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"nginx did not start: {self.error_log()}")

    def _conf(self) -> str:
        module = module_path()
        user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
        guard = f"on_publish {self._on_publish};" if self._on_publish else ""
        return f"""
load_module {module};
{user}
daemon off;
master_process off;
worker_processes 1;
pid {self.root}/nginx.pid;
error_log {self.root}/logs/error.log info;
events {{ worker_connections 256; }}
rtmp {{
  access_log {self.root}/logs/rtmp.log;
  server {{
    listen 127.0.0.1:{self.port};
    chunk_size 4096;
    application live {{
      live on;
      record all;
      record_path {self.recordings};
      record_unique on;
      {guard}
    }}
  }}
}}
http {{
  access_log off;
  client_body_temp_path {self.root}/tmp_body;
  proxy_temp_path {self.root}/tmp_proxy;
  fastcgi_temp_path {self.root}/tmp_fastcgi;
  uwsgi_temp_path {self.root}/tmp_uwsgi;
  scgi_temp_path {self.root}/tmp_scgi;
  server {{
    listen 127.0.0.1:{self.http_port};
    location /stat {{ rtmp_stat all; }}
  }}
}}
"""

    def stat(self) -> ET.Element:
        """The server's own view, /stat."""
        address = f"http://127.0.0.1:{self.http_port}/stat"
        with urllib.request.urlopen(address, timeout=5) as answer:
            return ET.fromstring(answer.read())

    def bytes_in(self) -> int:
        """Bytes the server has received since it started."""
        return int(self.stat().findtext("bytes_in") or 0)

    def publishers(self) -> int:
        """Streams that are being published now."""
        return len(self.stat().findall(".//stream/publishing"))

    def publishes(self) -> int:
        """How often somebody began to publish, from the server's log."""
        return self.error_log().count("publish: name=")

    def error_log(self) -> str:
        """The server's log."""
        log = self.root / "logs" / "error.log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def files(self) -> list[Path]:
        """Recordings, oldest first."""
        return sorted(self.recordings.glob("*.flv"), key=lambda path: path.stat().st_mtime_ns)

    def freeze(self) -> None:
        """SIGSTOP."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def finish(self) -> None:
        """Ends it in good order, so that recordings are complete."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                pass
        self.kill()

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None
