"""The shadow: engines of their own with folders of their own, which reach this machine alone."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.app.drill.copy import MICROPHONE, copy_show, ingest_show
from studio.app.drill.relay import Relay
from studio.app.supervisor import python_module
from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.loopback import DRILL
from studio.core.paths import project_dir
from studio.core.streams import child_environment
from studio.core.whole_file import write_whole
from studio.governance.database import Database, open_database
from studio.governance.secrets import Secrets
from studio.governance.store_keys import StoreKeys
from studio.plans.faults.trade import FREE, SKU
from studio.plans.probe import CLOCK_FILE
from studio.remote.client import RemoteClient

START_S = 60.0
NICENESS = 15
LETTERS = "abcdefghkm"
"""For the ten digits: none looks like another, as 1 and l do."""
STOP_MS, GO_MS = 0.12, 0.05


class DrillEnded(Exception):
    """The real show needs the machine: the drill ends at once."""


class ShadowEngine:
    """One engine process of a drill."""

    def __init__(self, root: Path, show: Path) -> None:
        self._root, self._show = root, show
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._client: RemoteClient | None = None
        self._address = ""
        self._tokens: dict[tuple[str, str], str] = {}
        self._people: dict[tuple[str, str], RemoteClient] = {}
        self._restarts = 0
        (root / "run").mkdir(parents=True, mode=0o700)

    def send(self, number: int) -> None:
        """Signals the process, which is a child of this one."""
        if self._process is not None:
            self._process.send_signal(number)

    def start(self) -> None:
        """Starts it and waits until its door is open.

        Raises:
            StudioError: failed.
        """
        environment = {
            **child_environment(), DRILL: str(os.getpid()), "SHOPCAST_KEYRING": "0",
            "SHOPCAST_CONFIG": str(self._root / "config"),
            "SHOPCAST_DATA": str(self._root / "data"),
            "SHOPCAST_RUNTIME": str(self._root / "run"),
        }  # fmt: skip
        # A door without a password asks nobody who they are: all would be one person, the owner.
        options = {
            "show": str(self._show), "port": 0, "password": secrets.token_urlsafe(24),
            "restarts": self._restarts,
        }  # fmt: skip
        process = subprocess.Popen(
            [*python_module("studio"), "--runtime", str(self._root / "run")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=project_dir(),
            preexec_fn=_nice if os.name == "posix" else None,
        )
        self._process = process
        assert process.stdin is not None
        process.stdin.write(json.dumps(options).encode() + b"\n")
        process.stdin.close()
        is_on_air = threading.Event()
        said: list[str] = []

        def read() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                with contextlib.suppress(ValueError):
                    heard = read_json(line)
                    if heard.get("event") == "on_air":
                        said.append(str(heard["remote"]))
                        is_on_air.set()
            is_on_air.set()

        self._reader = threading.Thread(target=read, name="shadow", daemon=True)
        self._reader.start()
        is_on_air.wait(START_S)
        if not said:
            log = self._root / "data" / "logs" / "engine.log"
            raise StudioError("failed", "drill.no_shadow", path=str(log))
        key = read_json((self._root / "run" / "remote.json").read_bytes())["key"]
        self._address = said[0]
        self._client = RemoteClient(self._address, str(key), "drill")

    def store_keys(self) -> StoreKeys:
        """Of its own folder of settings."""
        folder = self._root / "config"
        return StoreKeys(Secrets(folder, use_keyring=False), folder)

    def run(self, command: str, /, **args: Any) -> Any:
        """Runs a command; its result."""
        assert self._client is not None
        return self._client.vendor(command, **args)

    def run_as(self, who: str, role: str, command: str, /, **args: Any) -> Any:
        """Runs a command as somebody of a role, who has a device of their own; its result.

        Raises:
            StudioError: what the engine says; denied where the role may not.
        """
        key = who, role
        if key not in self._tokens:  # its name is no person's: theirs is not to leave the studio
            number = "".join(LETTERS[int(digit)] for digit in f"{len(self._tokens)}")
            given = {"name": f"drill {number}", "role": role}
            self._tokens[key] = self.run("remote.token_add", **given)["result"]["token"]
        if key not in self._people:
            self._people[key] = RemoteClient(self._address, self._tokens[key])
        return self._people[key].vendor(command, **args)

    def run_all(self, command: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs a command with each of these, without waiting in between."""
        assert self._client is not None
        self._client.vendor_all(command, rows)

    def kill(self) -> None:
        """SIGKILL, and again from where it was."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._let_go()
        self._restarts += 1
        self.start()

    def end_now(self) -> None:
        """SIGKILL and no more: from any thread."""
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """Ends it, kindly first."""
        self._let_go()
        if self._process is None:
            return
        with contextlib.suppress(OSError):
            self._process.send_signal(getattr(signal, "SIGCONT", signal.SIGTERM))
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._reader is not None:
            self._reader.join(5)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _let_go(self) -> None:
        clients = [*self._people.values(), *filter(None, [self._client])]
        self._people, self._client = {}, None
        for client in clients:
            with contextlib.suppress(Exception):
                client.close()


class ShadowShow:
    """The shadow of a show with its local ingest. Use as a context manager.

    Args:
        show: folder of the real show; it is only read.
    """

    def __init__(self, show: Path) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="sc-drill-"))
        self.folder = self._root / "shadow.show"
        self.microphone = MICROPHONE
        try:
            self.main, self.moving = _moving(copy_show(show, self.folder))
            self.engine = ShadowEngine(self._root / "s", self.folder)
            self._port = _free_port()
            ingest_show(self._root / "ingest.show", self._port)
            self._ingest = ShadowEngine(self._root / "i", self._root / "ingest.show")
        except BaseException:  # a show that cannot be drilled leaves no copy of itself
            shutil.rmtree(self._root, ignore_errors=True)
            raise
        self.lines: dict[str, Relay] = {}
        self._keys: dict[str, str] = {}
        self.ended = threading.Event()
        """Set from outside: the drill ends now, as the real show needs the machine."""
        self._lock: Database | None = None
        self._slower: tuple[threading.Event, threading.Thread] | None = None

    def __enter__(self) -> ShadowShow:
        try:
            self._begin()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin(self) -> None:
        self._ingest.start()
        self.engine.start()
        for name in ("a", "b"):
            given = self._ingest.run("sources.address", name=name)["result"]
            self.lines[name] = relay = Relay(self._port)
            url = str(given["url"]).replace(str(self._port), str(relay.port))
            self._keys[name] = key = str(given.get("key", ""))
            self.run("outputs.add", name=f"drill {name}", url=url, key=key, bitrate_kbps=400)
            self.run("outputs.start", name=f"drill {name}")
        self.run("stock.open", shop="drill")
        self.run("stock.move", sku=SKU, count=FREE, why="drill")
        self.until(self._is_flowing, 30)

    def _is_flowing(self) -> bool:
        rows = self.part("outputs")
        return len(rows) >= 2 and all(r["state"] == "live" and r["taken_kbps"] for r in rows)

    def end_now(self) -> None:
        """Both engines are gone at once, and whoever waits for them is told; from any thread."""
        self.ended.set()
        for engine in (self.engine, self._ingest):
            engine.end_now()

    def insist(self) -> None:
        """A drill that was ended from outside counts neither as passed nor as failed.

        Raises:
            DrillEnded: it was.
        """
        if self.ended.is_set():
            raise DrillEnded

    def close(self) -> None:
        """Ends everything and leaves nothing behind."""
        self.slow_engine(False)
        self.lose_ledger(False)
        self.engine.stop()
        for relay in self.lines.values():
            relay.close()
        self._ingest.stop()
        shutil.rmtree(self._root, ignore_errors=True)

    def run(self, command: str, /, **args: Any) -> Any:
        """Runs a command on the shadow; its result."""
        return self.engine.run(command, **args)

    def run_as(self, who: str, role: str, command: str, /, **args: Any) -> Any:
        """Runs a command on the shadow as somebody of a role; its result."""
        return self.engine.run_as(who, role, command, **args)

    def run_all(self, command: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs a command on the shadow with each of these, without waiting in between."""
        self.engine.run_all(command, rows)

    def part(self, name: str) -> Any:
        """A part of its state."""
        return self.engine.run("state.get", parts=[name])[name]

    def kill_engine(self) -> None:
        """SIGKILL, and another one in its place."""
        self.engine.kill()

    def slow_engine(self, on: bool) -> None:
        """Stops it for moments, over and over."""
        if not on:
            if self._slower is not None:
                self._slower[0].set()
                self._slower[1].join(5)
                self._slower = None
            return
        ending, engine = threading.Event(), self.engine

        def work() -> None:
            while not ending.is_set():
                with contextlib.suppress(OSError):
                    engine.send(signal.SIGSTOP)
                    time.sleep(STOP_MS)
                    engine.send(signal.SIGCONT)
                ending.wait(GO_MS)

        thread = threading.Thread(target=work, name="slow", daemon=True)
        self._slower = ending, thread
        thread.start()

    def jump_clock(self, seconds: float) -> None:
        """Sets its wall clock on, or back; the computer's own stays."""
        file = self._root / "s" / "run" / CLOCK_FILE
        write_whole(file, f"{seconds}")

    def refuse_stream(self, on: bool) -> None:
        """The ingest gets a key that it does not know, or its own again."""
        name, key = next(iter(self._keys.items()))
        output = f"drill {name}"
        self.run("outputs.stop", name=output, confirm=True)
        self.run("outputs.edit", name=output, key="refused" if on else key)
        self.run("outputs.start", name=output)

    def lose_ledger(self, on: bool) -> None:
        """Locks the ledger's file, as another till that hangs does, and lets it go again."""
        if on:
            file = self._root / "s" / "data" / "stock" / "drill.db"
            self._lock = open_database(file, keys=self.engine.store_keys())
            self._lock.execute("BEGIN EXCLUSIVE")
        elif self._lock is not None:
            self._lock.close()
            self._lock = None

    def until(self, check: Callable[[], bool], seconds: float) -> bool:
        """Waits until something holds of the shadow; False when it does not in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.ended.is_set():
                raise DrillEnded
            if check():
                return True
            self.ended.wait(0.04)
        return False

    def wait(self, seconds: float) -> None:
        """Lets it go on for so long."""
        self.until(lambda: False, seconds)


def _moving(raw: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The first moving source on programme, and all of them."""
    kinds = {source["name"]: source["kind"] for source in raw["sources"]}
    moving = tuple(
        name for name, kind in kinds.items() if kind in ("clip", "camera", "stream", "ingest")
    )
    scenes = raw["scenes"]
    on_air = scenes.get("programme", {}).get("landscape", "")
    for scene in sorted(scenes["scenes"], key=lambda s: s["name"] != on_air):
        for item in scene.get("items", []):
            if item["source"] in moving:
                return item["source"], moving
    raise StudioError("invalid", "drill.no_camera")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _nice() -> None:
    os.nice(NICENESS)
