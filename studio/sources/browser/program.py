"""The browser that is installed: found, started with a folder of its own, ended."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from studio.core.errors import StudioError
from studio.core.paths import project_dir, runtime_dir
from studio.core.processes import identify
from studio.core.streams import child_environment

TRIES = 40
CHOSEN = "SHOPCAST_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
         "microsoft-edge", "microsoft-edge-stable", "chrome", "msedge")  # fmt: skip
MAC = ("Chromium", "Google Chrome", "Microsoft Edge")
WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe",
           r"Chromium\Application\chrome.exe")  # fmt: skip
WORDS = (
    "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
    "--disable-gpu", "--mute-audio", "--hide-scrollbars", "--deny-permission-prompts",
    "--block-new-web-contents", "--disable-extensions", "--disable-sync", "--disable-breakpad",
    "--disable-default-apps", "--disable-component-update", "--disable-background-networking",
    "--disable-domain-reliability", "--metrics-recording-only", "--no-pings",
    "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling", "--autoplay-policy=no-user-gesture-required",
    "--password-store=basic", "--disable-quic",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--use-mock-keychain", "--force-color-profile=srgb",
    "--default-tile-width=1280", "--default-tile-height=720",
    "--disable-features=Translate,MediaRouter,OptimizationHints,InterestFeedContentSuggestions",
)  # fmt: skip
"""Silent, without prompts, extensions, downloads in the background or a word to anybody; what it
shows is seen by nobody on a screen, so nothing may be slowed down for being hidden."""


def find_browser() -> str:
    """The program of Chromium, Chrome or Edge.

    Raises:
        StudioError: unavailable: none is installed, and what to install.
    """
    chosen = os.environ.get(CHOSEN, "")
    if chosen and shutil.which(chosen):
        return str(shutil.which(chosen))
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    for place in _usual_places():
        if place.is_file():
            return str(place)
    raise StudioError("unavailable", "sources.no_browser")


def _usual_places() -> list[Path]:
    if sys.platform == "darwin":
        return [Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in MAC]
    if sys.platform == "win32":
        roots = [os.environ.get(name, "") for name in
                 ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]  # fmt: skip
        return [Path(root) / rest for root in roots if root for rest in WINDOWS]
    return [Path("/snap/bin/chromium")]


class BrowserProcess:
    """A browser of one source, in a profile folder that goes with it.

    Args:
        width, height: of its window, pixels.
        proxy: all its connections go by it, those to this machine too; "" for none.

    Attributes:
        reads, writes: descriptors of our ends of its pipe.

    Raises:
        StudioError: unavailable: there is none, or it cannot be started.
    """

    def __init__(self, width: int, height: int, proxy: str = "") -> None:
        program = find_browser()
        _sweep()
        folder = runtime_dir() / "browser"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=folder))
        words = [program, *WORDS, f"--user-data-dir={self._folder}",
                 f"--window-size={width},{height}", "about:blank"]  # fmt: skip
        if proxy:
            words[1:1] = [f"--proxy-server={proxy}", "--proxy-bypass-list=<-loopback>"]
        if sys.platform != "win32" and os.geteuid() == 0:
            words.insert(1, "--no-sandbox")  # as root it refuses to start with one
        its_end, self.writes = os.pipe()
        self.reads, its_other = os.pipe()
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = _start(words, its_end, its_other)
        except OSError as error:
            self.close()
            why = error.strerror or str(error)
            raise StudioError("unavailable", "sources.browser_failed", why=why) from None
        finally:
            os.close(its_end)
            os.close(its_other)

    @property
    def pid(self) -> int:
        """Of the browser; its helpers are its children."""
        return 0 if self._process is None else self._process.pid

    def kill(self) -> None:
        """Ends it at once; what reads from it hears the end of its pipe."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Ends it, and takes its folder away."""
        self.kill()
        for descriptor in (self.reads, self.writes):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        for _ in range(TRIES):  # a helper that is about to end may write once more
            shutil.rmtree(self._folder, ignore_errors=True)
            if not self._folder.exists():
                return
            time.sleep(0.05)


def _start(words: list[str], reads: int, writes: int) -> subprocess.Popen[bytes]:
    """The browser, or on POSIX what becomes it; its words go through a pipe."""
    more: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if sys.platform == "win32":
        import msvcrt

        handles = [msvcrt.get_osfhandle(end) for end in (reads, writes)]
        for handle in handles:
            os.set_handle_inheritable(handle, True)
        words.insert(2, f"--remote-debugging-io-pipes={handles[0]},{handles[1]}")
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles})
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, startupinfo=startup, env=child_environment(), **more
        )
    call = [sys.executable, "-P", "-m", "studio.sources.browser.child"]
    child = subprocess.Popen(
        call, stdin=subprocess.PIPE, pass_fds=(reads, writes), cwd=project_dir(),
        env=child_environment(), **more,
    )  # fmt: skip
    assert child.stdin is not None
    with contextlib.suppress(OSError), child.stdin as pipe:
        pipe.write(json.dumps([words, reads, writes]).encode())
    child.stdin = None
    return child


def _sweep() -> None:
    """Folders that an engine left behind which was killed."""
    folder = runtime_dir() / "browser"
    for left in folder.glob("*-*") if folder.is_dir() else ():
        number = left.name.partition("-")[0]
        if number.isdecimal() and int(number) != os.getpid() and identify(int(number)) is None:
            shutil.rmtree(left, ignore_errors=True)
