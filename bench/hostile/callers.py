"""Callers of the door that mean harm, each in a thread of its own."""

from __future__ import annotations

import contextlib
import json
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Any

from bench.hostile.values import Values
from studio.protocols.obs_client import (
    ObsClientProtocol,
    obs_batch,
    obs_request,
    obs_vendor_request,
)
from studio.protocols.obs_ws import Data

BATCH = 100
LATE_S = 120.0
KEPT = 12
NAMING = frozenset({"name", "id", "sku", "source", "scene", "code", "kind", "programme", "item"})
MOST_NAMES = 400
ENDS = frozenset({"remote.token_remove", "remote.places"})
"""Not called: they would end the callers themselves, or open more than a caller has."""
HEAVY = frozenset({
    "show.new", "show.open", "show.save_as", "show.import_obs", "record.start", "record.pack",
    "support.bundle", "reports.write", "incidents.report", "tryon.capture", "insight.rebuild",
    "outputs.check", "phone.start", "keys.rotate", "virtualcam.start", "privacy.export",
    "record.folder",
})  # fmt: skip
"""Called a hundred times less: each takes the disk or the processor for a while."""


class Link:
    """A connection: batches, and what was answered to them."""

    def __init__(self, remote: str, secret: str) -> None:
        from websockets.sync.client import connect

        self._protocol = ObsClientProtocol()
        self._context = connect(
            remote, max_size=None, open_timeout=30, compression=None, ping_interval=None
        )
        self._socket = self._context.__enter__()
        self._protocol.take_hello(self._socket.recv(timeout=30))
        self._socket.send(self._protocol.identify(secret))
        self._protocol.is_admitted(self._socket.recv(timeout=30))

    def close(self) -> None:
        """Ends it."""
        self._socket.close()

    def answers(self, number: str, requests: list[Data], **more: Any) -> list[Data]:
        """Sends a batch and waits for its results."""
        # By json alone: what the protocol's own writer refuses goes out too.
        self._socket.send(json.dumps(obs_batch(number, requests, **more)))
        deadline = time.monotonic() + LATE_S
        while True:
            frame = self._socket.recv(timeout=max(0.1, deadline - time.monotonic()))
            heard = self._protocol.read_batch(frame)
            if heard is not None and heard[0] == number:
                return heard[1]


def one(link: Link, kind: str, /, **data: Any) -> Any:
    """One of our own questions or commands; its answer: ok with result, or error."""
    (result,) = link.answers("one", [obs_vendor_request(1, kind, data)])
    return result.get("responseData", {}).get("responseData", result)


class Caller(threading.Thread):
    """Calls commands and requests until it is told to stop.

    Args:
        remote, secret: the door.
        commands: as `commands.list` tells them.
        requests: of the protocol: name and the fields it takes.
        seed: of its own.

    Attributes:
        calls: answered so far. done: of them, those that were done.
        faults: answers that say that the program itself is at fault, and what was called.
        last: the newest batches, to find what was called when it fell.
    """

    def __init__(
        self, remote: str, secret: str, commands: Sequence[dict[str, Any]],
        requests: Mapping[str, Sequence[str]], seed: int,
    ) -> None:  # fmt: skip
        super().__init__(name=f"caller {seed}", daemon=True)
        self._remote, self._secret = remote, secret
        self._commands = [entry for entry in commands if entry["id"] not in ENDS]
        self._requests = {name: takes for name, takes in requests.items() if name != "Sleep"}
        self._chance = random.Random(seed)
        self._values = Values(self._chance, lambda: self._names)
        self._names: list[str] = []
        self.stopping = threading.Event()
        self.calls = self.done = self.lost = 0
        self.by_command: Counter[str] = Counter()
        self.faults: dict[str, str] = {}
        self.last: deque[Any] = deque(maxlen=KEPT)

    def run(self) -> None:
        """Calls, and comes back when it was thrown out."""
        while not self.stopping.is_set():
            try:
                link = Link(self._remote, self._secret)
            except Exception:
                self.lost += 1
                self.stopping.wait(1.0)
                continue
            try:
                self._call(link)
            except Exception as error:
                self.lost += 1
                self.faults.setdefault(f"lost: {type(error).__name__}: {error}"[:200], "")
                self.stopping.wait(0.2)
            finally:
                with contextlib.suppress(Exception):
                    link.close()

    def _call(self, link: Link) -> None:
        number = 0
        while not self.stopping.is_set():
            if number % 40 == 0:
                self._names = names_in(one(link, "state.get"))
            number += 1
            requests = [self._request(at) for at in range(BATCH)]
            self.last.append(requests)
            kind = 2 if self._chance.random() < 0.1 else 0
            for result in link.answers(f"b{number}", requests, executionType=kind):
                status = result["requestStatus"]
                if "this request was not run" in status.get("comment", ""):
                    continue
                self.calls += 1
                self._judge(requests[result["requestId"]], result)

    def _judge(self, request: dict[str, Any], result: dict[str, Any]) -> None:
        status, inner = (
            result["requestStatus"],
            result.get("responseData", {}).get("responseData", {}),
        )
        is_ours = isinstance(inner, dict) and "ok" in inner
        self.done += bool(inner["ok"] if is_ours else status["result"])
        # 702 is what the door says of an exception that nobody expected.
        if status["code"] == 702:
            self.faults.setdefault(status.get("comment", "")[:200], json.dumps(request)[:1500])

    def _request(self, number: int) -> Data:
        chance = self._chance
        if chance.random() < 0.25:
            name = chance.choice(list(self._requests))
            return obs_request(number, name, self._fields(self._requests[name]))
        while True:
            command = chance.choice(self._commands)
            if command["id"] not in HEAVY or chance.random() < 0.01:
                break
        self.by_command[command["id"]] += 1
        return obs_vendor_request(number, command["id"], self._values.arguments(command["args"]))

    def _fields(self, takes: Sequence[str]) -> Any:
        chance = self._chance
        if chance.random() < 0.03:
            return self._values.anything()
        kinds = {"number": "number", "boolean": "boolean", "object": "object", "array": "array"}
        made = {}
        for word in takes:
            name, _, kind = word.partition("=")
            if chance.random() < (0.4 if name.endswith("?") else 0.95):
                shape = {"type": kinds.get(kind, "string")}
                made[name.rstrip("?")] = self._values.of(shape, {})
        return made


def names_in(state: Any) -> list[str]:
    """Names of things that a state speaks of."""
    found: dict[str, None] = {}

    def look(value: Any, key: str = "") -> None:
        if len(found) >= MOST_NAMES:
            return
        if isinstance(value, str):
            if key in NAMING and 0 < len(value) < 200:
                found[value] = None
        elif isinstance(value, dict):
            for name, inner in value.items():
                look(inner, name)
        elif isinstance(value, list):
            for inner in value:
                look(inner, key)

    look(state)
    return list(found)
