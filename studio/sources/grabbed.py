"""An input that is read by a child process (`studio.sources.grab_child`)."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from typing import Any

from studio.core.errors import StudioError
from studio.core.paths import project_dir
from studio.core.streams import child_environment


class Grabbed:
    """Behaves like the opened container; the child ends with it, or when ``stopping`` is set.

    Raises:
        StudioError: unavailable: it cannot be opened, with the child's words.
    """

    def __init__(
        self, name: str, form: str, options: dict[str, str], stopping: threading.Event
    ) -> None:
        import av

        call = [sys.executable, "-P", "-m", "studio.sources.grab_child"]
        self._child = subprocess.Popen(
            call,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=project_dir(),
            env=child_environment(),
        )
        assert self._child.stdin is not None
        with contextlib.suppress(OSError), self._child.stdin as pipe:  # a process list shows words
            pipe.write(json.dumps([name, form, options]).encode())
        self._child.stdin = None  # closed: communicate would flush it
        self._is_over = threading.Event()
        self._said = ""
        self._watch = threading.Thread(target=self._end_with, args=(stopping,), daemon=True)
        self._watch.start()
        assert self._child.stdout is not None
        try:
            fd = self._child.stdout.fileno()
            self._media: Any = av.open(f"pipe:{fd}", format="nut", options={"probesize": "32"})
        except (av.FFmpegError, OSError, ValueError):
            self.close()
            why = self._said or "its process ended"
            raise StudioError("unavailable", "sources.cannot_open", what=name, why=why) from None

    def __enter__(self) -> Grabbed:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):
            self._media.close()
        self.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._media, name)

    def close(self) -> None:
        """Ends the child."""
        self._is_over.set()
        self._child.kill()
        if self._watch is not threading.current_thread():
            self._watch.join(2.0)
        _, said = self._child.communicate()
        lines = said.decode(errors="replace").strip().splitlines()
        self._said = lines[-1] if lines else ""

    def _end_with(self, stopping: threading.Event) -> None:
        """A child that hangs (a display that was stopped) holds nobody."""
        while not (stopping.wait(0.2) or self._is_over.is_set()):
            pass
        self._child.kill()
