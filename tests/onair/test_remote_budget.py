"""No caller holds the engine's loop: batches, notes, readers that do not read."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.onair.peer import Peer
from tests.onair.studio import Studio

PASSWORD = "a password"
LATE_S = 3.0  # no figure: clients and other tests share the cores; a loop that is held is 4 s


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio(tmp_path_factory.mktemp("budget"), password=PASSWORD) as running:
        yield running
        assert running.process.poll() is None, "the engine ended"


@pytest.fixture
def viewer(studio: Studio) -> Iterator[str]:
    with Peer(studio.address, PASSWORD) as owner:
        token = owner.run("remote.token_add", name="looker", role="viewer")["result"]["token"]
    yield token
    with Peer(studio.address, PASSWORD) as owner:  # one that reads nothing meanwhile is cut off
        owner.run("remote.token_remove", name="looker")


def until(check: Callable[[], bool], seconds: float) -> None:
    """Waits for what comes from another process."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def state_get(number: int) -> dict[str, object]:
    data = {"vendorName": "shopcast", "requestType": "state.get", "requestData": {}}
    return {"requestType": "CallVendorRequest", "requestId": number, "requestData": data}


class Watch:
    """Asks for the version all the time from another connection; how long the worst answer took."""

    def __init__(self, studio: Studio) -> None:
        self.worst_s, self.answers = 0.0, 0
        self._studio, self._over = studio, threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        with Peer(self._studio.address, self._studio.key(), events=0) as desk:
            while not self._over.is_set():
                began = time.monotonic()
                desk.ask("GetVersion")
                self.worst_s = max(self.worst_s, time.monotonic() - began)
                self.answers += 1


@pytest.mark.parametrize("kind", [0, 2], ids=["serial", "parallel"])
def test_a_batch_of_two_thousand_states_holds_nobody_up(
    studio: Studio, viewer: str, kind: int
) -> None:
    requests = [state_get(number) for number in range(2000)]
    with Peer(studio.address, viewer, events=0) as peer, Watch(studio) as watch:
        results = peer.batch(requests, executionType=kind)["results"]
    assert len(results) == 2000
    assert [result["requestId"] for result in results] == list(range(2000))
    done = [result for result in results if result["requestStatus"]["result"]]
    assert done
    assert len(done) < 2000
    assert "another batch" in results[-1]["requestStatus"]["comment"]
    assert watch.answers > 5
    assert watch.worst_s < LATE_S


def test_four_clients_that_flood_hold_nobody_up(studio: Studio, viewer: str) -> None:
    def flood() -> None:
        with Peer(studio.address, viewer, events=0) as peer:
            for _ in range(3):
                peer.batch([state_get(number) for number in range(300)])

    floods = [threading.Thread(target=flood) for _ in range(4)]
    with Watch(studio) as watch:
        for thread in floods:
            thread.start()
        for thread in floods:
            thread.join()
    assert watch.worst_s < LATE_S


def test_notes_of_clients_are_bounded_in_all(studio: Studio) -> None:
    with Peer(studio.address, PASSWORD, events=0) as peer, Watch(studio) as watch:
        codes = [
            peer.run_code("remote.keep", slot=f"s{number}", value="x" * 60_000)
            for number in range(30)
        ]
        for number in range(30):
            peer.run_code("remote.keep", slot=f"s{number}")
    assert codes.count("") == 17  # of 60,000 bytes in 1 MiB
    assert set(codes[17:]) == {"remote.too_much"}
    assert watch.worst_s < LATE_S


def test_a_reader_that_does_not_read_is_dropped(studio: Studio, viewer: str) -> None:
    host, port = studio.address.removeprefix("ws://").rstrip("/").rsplit(":", 1)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)  # else it may take 32 MB for it
    line.connect((host, int(port)))
    deaf = {"max_queue": 1, "ping_interval": None, "sock": line}  # takes two messages, then none
    with Peer(studio.address, viewer, events=0, **deaf) as peer, Watch(studio) as watch:
        with contextlib.suppress(ConnectionClosed, OSError, TimeoutError):
            for number in range(8):  # twice what may wait for a client
                batch = {"requestId": number, "requests": [state_get(n) for n in range(400)]}
                peer.send(8, batch)
        code = 0
        until(lambda: "does not read and is cut off" in studio.log(), 60)
        try:
            while True:
                peer.socket.recv(timeout=30)
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
    assert code in (4100, 1006)
    assert watch.worst_s < LATE_S


def test_a_stranger_says_little(studio: Studio) -> None:
    with Peer(studio.address, identify=False) as stranger:
        with contextlib.suppress(ConnectionClosed, OSError):
            stranger.raw('{"op": 1, "d": {"rpcVersion": 1, "x": "' + "x" * 100_000 + '"}}')
        assert stranger.close_code() == 1009


def test_save_as_copies_in_a_thread(studio: Studio, tmp_path: Path) -> None:
    media = studio.root / "small.show" / "large.bin"
    with media.open("wb") as file:
        for _ in range(300):
            file.write(b"\1" * 1_000_000)
    try:
        with Peer(studio.address, studio.key(), events=0) as here, Watch(studio) as watch:
            here.run("show.save_as", folder=str(tmp_path / "copy"))
        assert (tmp_path / "copy.show" / "large.bin").stat().st_size == 300_000_000
        assert watch.worst_s < LATE_S
    finally:
        media.unlink()
